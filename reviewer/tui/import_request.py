"""What the form for taking in files asks, and what answers it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reviewer.domain.errors import UserError
from reviewer.domain.how_far import HowFar
from reviewer.domain.methods import Reject
from reviewer.domain.stating import Statement

if TYPE_CHECKING:
    from reviewer.sources.table_map import TableMap
    from reviewer.workflow.table_looking import TableLook, TablePreview


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to take in, as typed. ``problem`` is None where the files say it; ``settings`` may be empty."""

    path: str
    problem: str | None
    settings: str
    directions: str = ""
    """Which way metrics are better, as ``acc=higher, loss=lower``; may be empty."""
    baseline: str = ""
    """What tells a baseline where no file does, as ``model=gpt-4o, solver=plain``; may be empty."""
    table_map: "TableMap | None" = None
    """What the columns of a table are, where the person has said it."""
    run: str = ""
    """The run that records are of whose files name none; ``newer`` where they are newer versions of what is known."""
    format_name: str | None = None
    """The format, where the content is not to tell it."""


class MisstatedError(UserError):
    """What stands in a field cannot be understood; the field is the one of ``statement``."""

    def __init__(self, statement: Statement, sentence: str) -> None:
        super().__init__(sentence)
        self.statement = statement


class ImportReport(Protocol):
    """What an import did, or would do."""

    @property
    def new(self) -> int:
        """How many records were not there before."""
        ...

    @property
    def changed(self) -> int:
        """How many have changed since they were taken in last."""
        ...

    @property
    def unchanged(self) -> int:
        """How many are there already as they are."""
        ...

    @property
    def elsewhere(self) -> int:
        """How many that are there were met as they are in another file for the first time."""
        ...

    @property
    def rejected(self) -> int:
        """How many could not be taken."""
        ...

    @property
    def rejects(self) -> Sequence[Reject]:
        """Those that could not be taken; may be fewer than ``rejected``."""
        ...

    @property
    def sentences(self) -> Sequence[str]:
        """What else there is to tell."""
        ...

    @property
    def sources(self) -> Sequence[str]:
        """What was recognised, one line a source."""
        ...

    @property
    def settings_told(self) -> int:
        """How many measurements that were known already have their setting by it."""
        ...

    @property
    def metrics_told(self) -> int:
        """Of how many metrics it says which way they are better, otherwise than was known."""
        ...

    @property
    def unknown_settings(self) -> Sequence[str]:
        """Datasets with a measurement whose setting nobody has told."""
        ...

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before its end."""
        ...


Progress = Callable[[HowFar], None]
"""Is told how far it has come. May be called from any thread."""

Preview = Callable[[ImportRequest], Awaitable[ImportReport]]
Perform = Callable[[ImportRequest, Progress], Awaitable[ImportReport]]


Formats = Callable[[], Awaitable[Sequence[tuple[str, str]]]]
"""Gives the formats that there are: the name of each, and its title."""


class Tables(Protocol):
    """What is asked for a table, of which somebody has to say what its columns are."""

    async def look(self, path: str, *, is_named: bool) -> "TableLook | None":
        """Return a look at a table; None of anything else. Where ``is_named``, any text with rows is one."""
        ...

    async def preview(self, look: "TableLook", mapping: "TableMap", problem: str | None) -> "TablePreview":
        """Return what a map makes of the first rows."""
        ...

    async def keep(self, name: str, mapping: "TableMap", look: "TableLook") -> str:
        """Keep a map for tables with the same columns; return a sentence that says where."""
        ...
