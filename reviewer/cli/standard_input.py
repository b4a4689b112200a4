"""Standard input as a file: it is put aside, so that it can be looked at and read like any other, and goes away again.

Readers look at a file twice, and a large one is read by another process; a pipe gives its bytes once, and to one alone.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from reviewer.cli.cutting_short import told_when_cut_short
from reviewer.domain.errors import UserError

DASH = Path("-")
"""What stands for standard input among paths; a file of that name is ``./-``."""

CALLED = "standard input"
_PIECE = 1024 * 1024
_CUT_SHORT = "Interrupted; give the same on standard input once more, and what is missing comes in."


class PutAside(NamedTuple):
    """The paths to read in place of those that were given, and what each of ours stands for."""

    paths: tuple[Path, ...]
    stands_for: dict[Path, tuple[str, str]]
    """By path, what people are told, and what an import of it is known by: the same where the same comes again."""


@contextmanager
def standard_input_aside(paths: tuple[Path, ...]) -> Iterator[PutAside]:
    """Give the paths with a file in place of ``-``, which holds what came on standard input, and goes away in the end.

    Raises:
        UserError: when nothing comes: standard input is closed or a terminal; or when it cannot be put aside.
        CutShortError: when the command was ended meanwhile.
    """
    if DASH not in paths:
        yield PutAside(paths, {})
        return
    if paths.count(DASH) > 1:
        raise UserError("- stands for standard input, which can be read once; name it once.")
    source = _standard_input()
    from tempfile import TemporaryDirectory

    with told_when_cut_short(_CUT_SHORT), TemporaryDirectory(prefix="reviewer-") as folder:
        path = Path(folder, CALLED)
        digest = _copy(source, path)
        key = f"{CALLED} (sha256 {digest[:12]})"
        yield PutAside(tuple(path if p == DASH else p for p in paths), {path: (CALLED, key)})


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise UserError("Standard input is closed; pipe something into the command, or name a file.")
    if sys.stdin.isatty():
        raise UserError("Standard input is a terminal; pipe something into the command, or name a file.")
    return sys.stdin.buffer


def _copy(source: BinaryIO, path: Path) -> str:
    """Write all that comes into a new file that nobody else can read; return its sha256."""
    digest = hashlib.sha256()
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb", buffering=0) as file:
        while piece := _read(source):
            digest.update(piece)
            try:
                _write_whole(file, piece)
            except OSError as error:
                where = path.parent.parent
                raise UserError(
                    f"Standard input cannot be put aside in {where} ({error.strerror}); make room there, or name "
                    "another folder by TMPDIR."
                ) from error
    return digest.hexdigest()


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(_PIECE)
    except OSError as error:
        raise UserError(f"Standard input cannot be read ({error.strerror}); name a file.") from error


def _write_whole(file: FileIO, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]
