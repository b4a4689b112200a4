"""What every source offers: to recognise its format, to plan the reading of a path, and to read it into records.

A new format is one module with a ``SOURCE`` of this shape and one line in the registry.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import RawIOBase
from pathlib import Path
from typing import NamedTuple, Protocol

from reviewer.domain.methods import MethodRecord, Notice, Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.domain.stating import StatedIn
from reviewer.sources.shared_ids import SharesIds
from reviewer.sources.table_map import TableMap

Record = Problem | MethodRecord | Remark | Reject
"""What stands at one place of a file. A ``Problem`` comes before the records that name it."""

Read = Record | UnknownFields | Notice
"""What a reader yields; at its end what it had to leave out, if that can be told, and what else is to be told."""

ANY_COLUMN = "*"
"""Among a source's ``baseline_fields``: any column that the file has."""

Progress = Callable[[int], object]
"""Is told how much of ``Plan.total`` has been read so far; called from the thread that reads, some times a second."""


def no_progress(_done: int) -> None:
    """Take a report of progress and do nothing with it."""


HEAD_BYTES = 64 * 1024
"""How much of a file a source sees when it is asked whether it knows the format."""

RECOGNITION_BYTES = 1024 * 1024
"""The most that is read of a file to find out its format, be it as large as it may."""

_BEYOND_BYTES = RECOGNITION_BYTES // 2 - 2 * HEAD_BYTES
"""What may be read after the head: sources that plan a folder look at its files, and beyond the heads, once more."""


@dataclass(frozen=True)
class Head:
    """The beginning of a file, by which a source recognises its format: the first 64 KiB, and the size in bytes."""

    path: Path
    start: bytes
    size: int

    @property
    def whole(self) -> bool:
        """Tell whether ``start`` is all there is."""
        return len(self.start) == self.size

    @cached_property
    def beyond(self) -> bytes:
        """Where one line of text fills all of ``start``, how it goes on, some 400 kB more.

        It is read when it is first asked for; empty where there is no such line, or the file can be read no more.
        """
        if self.whole or len(self.start) < HEAD_BYTES or b"\n" in self.start or b"\0" in self.start:
            return b""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(len(self.start))
                return read_up_to(file, _BEYOND_BYTES)
        except OSError:
            return b""


def read_up_to(file: RawIOBase, size: int) -> bytes:
    """Return the next ``size`` bytes of an unbuffered file, or as many as there are, and read no more of it."""
    pieces = []
    while size and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the person says once for all that is read, since no file of these formats says it.

    ``baseline`` has pairs of a field and its value: a method for which all of them hold is a baseline. ``table_map``
    says what the columns of a table are. ``namespace`` is the run that records are of which no file says it of.
    ``stated_in`` is where they say it, by whose names sentences ask for more.
    """

    baseline: tuple[tuple[str, str], ...] = ()
    table_map: TableMap | None = None
    namespace: str = ""
    stated_in: StatedIn = StatedIn.COMMAND_LINE


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be read: by which source, which files in which order, and how many bytes that are.

    ``namespace`` is the one that records get where the file names none. ``problem`` is the slug that the person gave.

    Where the file is one of ours that goes away again, ``stands_for`` is what people are told in place of its path, and
    ``known_by`` what an import of it is known by in the store.
    """

    source: str
    path: Path
    files: Sequence[Path]
    namespace: str
    problem: str | None = None
    total: int | None = None
    stated: Stated = Stated()
    stands_for: str = ""
    known_by: str = ""

    @property
    def import_path(self) -> str:
        """Return what an import of the plan is known by: the path, or what stands for it."""
        return self.known_by or str(self.path.absolute())


class Planner(Protocol):
    """Makes the plan for a path; ``problem`` is a slug that the person gave, for records whose file names none."""

    def __call__(self, path: Path, *, problem: str | None = None) -> Plan:
        """Return the plan. Raises ``SourceError`` when there is nothing there to read."""
        ...


class Reader(Protocol):
    """Reads what was planned, lazily: one record in memory at a time wherever the format allows it."""

    def __call__(self, plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
        """Yield the records and the rejects. Raises ``SourceError`` when nothing at all can be read."""
        ...


class FieldMeaning(NamedTuple):
    """What a field of a format becomes here: ``score`` → ``a measurement``.

    ``field`` may name several, with ``", "`` between them, and one within another as ``config.direction``; ``*`` is any
    that is not named.
    """

    field: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Source:
    """One outside format. ``title`` is one line for people; ``name`` is what ``--format`` takes.

    ``together`` is True where all files of the format beneath a folder are one thing (a seed's file alone means
    little), and False where each file stands for itself. A file beside one of the format whose name ends with one of
    ``beside`` belongs to it, or is known to be left out, although it is not of the format.

    The rest is what people are told of it: by what in the content it is known (``sign``, the rest of a sentence that
    begins with the file), what each field becomes, what no such file can say (``cannot_know``), and a small file of the
    kind, which ``example_name`` gives a path that it could have: the example of a database is the SQL that makes it.
    ``baseline_fields`` are those that ``Stated.baseline`` may name, ``args.*`` for ``args.`` with any name behind it; a
    source that has none knows its baselines.

    One that is ``only_named`` would take nearly any text: it is tried where the person names the file itself, after
    all others, and never on what is met in a folder.

    ``shares_ids`` tells of a namespace and an id whether two runs may both have them, as where ids are counted anew in
    each file and no file says which run it is; ``ids`` tells it to people, as the rest of a sentence that begins with
    the ids. Where nothing tells it, it is those that are no UUIDs, in the plan's namespace. What may be shared and says
    something else in another file is asked about, and never overwritten.
    """

    name: str
    title: str
    together: bool
    recognise: Callable[[Head], bool]
    plan: Planner
    read: Reader
    beside: tuple[str, ...] = ()
    sign: str = ""
    fields: tuple[FieldMeaning, ...] = ()
    cannot_know: tuple[str, ...] = ()
    example: str = ""
    example_name: str = ""
    baseline_fields: tuple[str, ...] = ()
    only_named: bool = False
    shares_ids: SharesIds | None = None
    ids: str = "are unique in the run that a file names; where it names none, only UUIDs are sure to be"

    @property
    def told_baselines_by(self) -> str:
        """Return in words by which fields baselines are told; empty where the files say it."""
        return ", ".join("any column" if field == ANY_COLUMN else field for field in self.baseline_fields)
