"""Keep-or-discard logs and Markdown with front matter that are almost good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st

from reviewer.domain.methods import MethodRecord, Reject
from reviewer.sources.contract import Read
from tests.fuzz.fuzzing import Draw
from tests.fuzz.mutations import as_json, damaged, damages, edited, without_some, yes_or_no
from tests.fuzz.samples import NATIVE

HEADERS = (
    "commit\tval_bpb\tmemory_gb\tstatus\tdescription",
    "run_id\tparent\tscore\tsharpe\thypothesis\tstatus\tnote\tagent",
)
_how_many = st.integers(1, 40)
_few = st.integers(1, 10)
_cell = st.sampled_from((
    "0a1b2c3", "HEAD", "n/a", "", "-", "0.9979", "0.000000", "-999", "nan", "1e400", "4e+263", "44.0", "keep", "KEEP",
    "discard", "crash", "baseline", "tentative", "half the batch", '"quoted', "a, b", "\u202eodd", "commit", "status",
))  # fmt: skip
_header = st.sampled_from((*HEADERS, "commit,val_bpb,status,description", "## Notes", ""))
_shift = st.integers(-2, 2)


@dataclass(frozen=True, slots=True)
class Log:
    """A keep-or-discard log, line by line; the first line is a good header, so that it is one."""

    lines: tuple[bytes, ...]
    FORMAT: ClassVar[str | None] = "autoresearch"

    @property
    def size(self) -> int:
        return len(self.lines)

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "results.tsv"
        path.write_bytes(b"\n".join((HEADERS[0].encode(), *self.lines)))
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        filled = sum(1 for line in b"\n".join(self.lines).split(b"\n") if line.strip())
        headers = sum(line.count(b"status") and line.count(b"\t") > 0 for line in self.lines)
        told = len(found)
        assert filled - headers <= told <= max(filled, 1), f"{filled} lines, and {told} records and rejects"
        ids = [m.external_id for m in found if isinstance(m, MethodRecord)]
        assert len(set(ids)) == len(ids), "two rows under one id"

    def less(self) -> Iterator["Log"]:
        return (Log(tuple(some)) for some in without_some(self.lines))


def log(draw: Draw) -> Log:
    """Return a log some lines of which are headers, prose or damaged."""
    lines = []
    for _ in range(draw(_how_many)):
        if draw(_few) == 1:
            line = draw(_header)
        else:
            width = max(1, draw(st.sampled_from(HEADERS)).count("\t") + 1 + draw(_shift) * draw(yes_or_no))
            line = "\t".join(draw(_cell) for _ in range(width))
        lines.append(damaged(line.encode(), draw(damages)))
    return Log(tuple(lines))


@dataclass(frozen=True, slots=True)
class Documents:
    """Files of Markdown in one folder, by their names."""

    files: Mapping[str, bytes]
    FORMAT: ClassVar[str | None] = "markdown"

    @property
    def size(self) -> int:
        return len(self.files)

    def written(self, folder: Path) -> tuple[Path, ...]:
        root = folder / "ideas"
        root.mkdir()
        for name, data in self.files.items():
            (root / name).write_bytes(data)
        return (root,)

    def is_told(self, found: Sequence[Read]) -> None:
        told = sum(isinstance(r, MethodRecord | Reject) for r in found)
        assert told <= len(self.files), f"{len(self.files)} files, and {told} records and rejects"

    def less(self) -> Iterator["Documents"]:
        return (Documents(dict(some)) for some in without_some([*self.files.items()]))


def documents(draw: Draw) -> Documents:
    """Return files whose fields are those of a line of our own format with something changed: JSON is YAML as well."""
    files = {}
    for number in range(draw(_few)):
        record = edited(draw, NATIVE)
        fields = record if isinstance(record, dict) else {"title": record}
        lines = (b"%s: %s\n" % (as_json(name), as_json(value)) for name, value in fields.items())
        text = b"---\n" + b"".join(lines) + b"---\n\n# A heading\n\nWords.\n"
        files[f"{number}.md"] = damaged(text, draw(damages))
    return Documents(files)
