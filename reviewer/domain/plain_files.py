"""Opening the plain files that people name: a pipe waits for a writer who may never come, a device gives for ever."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_plain(path: Path) -> BinaryIO:
    """Open a plain file, or the null device, which is as good as an empty one, to read its bytes.

    Raises:
        OSError: when it cannot be opened, or is a pipe, a socket or another device.
    """
    found = path.stat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)) and not path.samefile(os.devnull):
        raise OSError(errno.EINVAL, "it is a pipe or a device and no plain file", str(path))
    return path.open("rb")


def read_plain(path: Path) -> bytes:
    """Return all that a plain file holds.

    Raises:
        OSError: as ``open_plain`` does, and when it cannot be read.
    """
    with open_plain(path) as file:
        return file.read()
