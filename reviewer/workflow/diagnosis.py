"""What is said of a damaged store, line by line, beside the sentence that says what to do."""

from reviewer.domain.counted import counted
from reviewer.store.diagnosis import Diagnosis, Lost
from reviewer.store.recovering import FOLLOWS_FROM_THE_REST


def damage_lines(found: Diagnosis | None) -> list[tuple[str, str]]:
    """Return the lines that ``doctor`` prints of what is broken; none where nothing is known to be."""
    if found is None:
        return []
    if not found.in_time:
        return [("damage", f"{found.pages:,} pages are too many to look through here; `reviewer recover OUT` does")]
    return [
        ("damage", f"{found.broken_pages:,} of {counted(found.pages, 'page')} cannot be read as what they should be"),
        *[("damage", f"{lost.table:<20} {_rows(lost)}") for lost in found.tables],
        *([("damage", f"also broken: {', '.join(found.indexes)}")] if found.indexes else []),
    ]


def _rows(lost: Lost) -> str:
    if lost.table in FOLLOWS_FROM_THE_REST:
        return "follows from the rest, and is built anew"
    return f"{lost.read:,} of at least {counted(lost.known, 'row')} can be read"
