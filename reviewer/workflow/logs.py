"""The log file: what went wrong, in full, for whoever looks into it. Nothing of it reaches the terminal."""

import copy
import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from reviewer.domain.errors import DamagedStoreError, UserError
from reviewer.domain.folders import make_private_folder
from reviewer.domain.text import safe_text

_BYTES = 1_000_000
_KEPT = 3
_logger = logging.getLogger("reviewer")


def start_logging(log: Path) -> None:
    """Send our log, and the warnings of every library, to the file ``log`` and nowhere else.

    The file is made when the first line is written, with mode 0600; at 1 MB it becomes ``.1``, and three such are
    kept. When it cannot be written the lines are lost: a log never stands in the way of the work.
    """
    root = logging.getLogger()
    stop_logging()
    root.addHandler(_LogFile(log))
    _logger.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def stop_logging() -> None:
    """Close the log file that ``start_logging`` opened, if any."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _LogFile)]:
        root.removeHandler(handler)
        handler.close()
    logging.captureWarnings(capture=False)


def record_failure(log: Path, error: BaseException) -> bool:
    """Write ``error`` to ``log``, with its traceback unless a person can put it right; return whether it is there."""
    start_logging(log)
    if isinstance(error, UserError) and not isinstance(error, DamagedStoreError):
        _logger.warning("%s: %s", type(error).__name__, error)
    else:
        _logger.critical("unexpected %s", type(error).__name__, exc_info=error)
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, _LogFile))
    return handler.written


class _Formatter(logging.Formatter):
    """One line for the message; those of a traceback are set in, so that no text in it can pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        ours = copy.copy(record)
        ours.exc_text = None  # another handler may have left its own rendering there, which logging would take
        return super().format(ours)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        return safe_text(super().formatMessage(record), keep_newlines=False)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return self.formatStack(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return "\n".join("    " + safe_text(line) for line in stack_info.splitlines())


def _open_private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


class _LogFile(logging.handlers.RotatingFileHandler):
    """A rotating file of mode 0600 that stays quiet when it cannot be written."""

    def __init__(self, log: Path) -> None:
        super().__init__(log, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self.written = False
        self.setFormatter(_Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        make_private_folder(path.parent)
        return open(path, "a", encoding="utf-8", opener=_open_private)

    def emit(self, record: logging.LogRecord) -> None:
        self.written = True
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        self.written = False
