"""Paths as people write them, of which ``~`` stands for somebody's home."""

from pathlib import Path

from reviewer.domain.errors import UserError


def expanded(path: str | Path) -> Path:
    """Return a path with what ``~`` stands for. Asks the system who there is, so not for the UI thread.

    Raises:
        UserError: when it names the home of somebody who is not known, or holds what no path can.
    """
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise UserError(f"{str(path)!r} cannot be used as a path ({reason}); name another one.") from error
