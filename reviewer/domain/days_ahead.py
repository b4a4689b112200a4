"""Days to come as people write them: ``2027-03-31``, ``in 6 months``."""

import re
from datetime import date, timedelta

from reviewer.domain.errors import UserError
from reviewer.domain.outcomes import day_of, months_after
from reviewer.domain.text import safe_line

_FROM_NOW = re.compile(r"(?:in\s+)?(an?|\d{1,4})\s+(day|week|month|year)s?", re.IGNORECASE)


def day_ahead(text: str, today: date) -> date:
    """Return the day that is written, itself or by how far off it is; today has not passed yet.

    Raises:
        UserError: when it is no day, or has passed.
    """
    written = text.strip()
    shown = safe_line(written, 40)
    try:
        day = _from_now(written, today) or day_of(written)
    except (ValueError, OverflowError):
        raise UserError(f"“{shown}” is no day; write it as 2027-03-31, or in 6 months.") from None
    if day < today:
        raise UserError(f"{day} has passed (today is {today} in UTC); write a day to come.")
    return day


def _from_now(written: str, today: date) -> date | None:
    found = _FROM_NOW.fullmatch(written)
    if found is None:
        return None
    n = int(found[1]) if found[1].isdigit() else 1
    match found[2].lower():
        case "day":
            return today + timedelta(days=n)
        case "week":
            return today + timedelta(weeks=n)
        case "month":
            return months_after(today, n)
        case _:
            return months_after(today, 12 * n)
