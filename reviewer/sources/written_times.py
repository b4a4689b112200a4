"""Times that a text file spells out in a cell or a field of its own."""

from datetime import UTC, datetime

from reviewer.sources.written_numbers import number_in

_LONGEST = 100
_SECONDS = (946_684_800, 4_102_444_800)
"""Numbers between these are seconds since 1970, those a thousand times as large milliseconds: from 2000 to 2100.

Further out they would be what people write as one number of a date: 20260331120000, 202603311200.
"""


def time_in(text: str) -> str:
    """Return the time that a text is: in UTC where it says its zone or counts seconds, else as it stands there.

    Empty where it is no time: a number that counts something else, or a text too long to be one.
    """
    number = number_in(text)
    try:
        if number is not None:
            seconds = number / 1000 if number >= _SECONDS[1] else number
            return _in_utc(datetime.fromtimestamp(seconds, UTC)) if _SECONDS[0] <= seconds < _SECONDS[1] else ""
        moment = datetime.fromisoformat(text)
        return _in_utc(moment) if moment.tzinfo else text
    except (ValueError, OverflowError, OSError):
        return text if len(text) <= _LONGEST and number is None else ""


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
