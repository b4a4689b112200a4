"""Times as files state them: which instant is meant, where they say it."""

from datetime import UTC, datetime

from reviewer.domain.identity import timestamp


def instant(written: str) -> str:
    """Return a time that names its zone in UTC; one without a zone, and what is no time, stays as it is written."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return written.strip() if moment.tzinfo is None else timestamp(moment)
    except (ValueError, OverflowError):
        return written.strip()


def instant_of(seconds: float | None) -> str:
    """Return the time that is so many seconds since 1970; empty where there is none, or nobody can have meant it."""
    try:
        return timestamp(datetime.fromtimestamp(seconds, UTC)) if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""
