"""Ideas and runs of both versions of the AI Scientist, journals of AIDE, programs of ShinkaEvolve: almost good ones."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st

from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.sources.contract import Read
from reviewer.sources.jsontext import BadJsonError, parse
from tests.fuzz.fuzzing import Draw
from tests.fuzz.mutations import as_json, damaged, damages, edited, texts, without_some, yes_or_no
from tests.fuzz.samples import ATTEMPTS, FOUND_IN_STAGE, IDEAS_TO_SEARCH, IDEAS_TRIED, MEASURED_BY_RUN, NODES, REVIEWED
from tests.sources.ai_scientist_fixture import NOTES, RUN
from tests.sources.shinka_fixture import COLUMNS, PROGRAMS

_few = st.integers(0, 6)
_some = st.integers(1, 20)
_notes = st.sampled_from((NOTES, NOTES.replace("adaptive lr", "batch size"), NOTES[:40], "", "# Title: On adaptive lr"))


@dataclass(frozen=True, slots=True)
class Tried:
    """The files of a folder of the first version, by their paths in it."""

    files: Mapping[str, bytes]
    FORMAT: ClassVar[str | None] = "ai-scientist"

    @property
    def size(self) -> int:
        return len(self.files)

    def written(self, folder: Path) -> tuple[Path, ...]:
        root = folder / RUN
        root.mkdir()
        for name, data in self.files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        return (root,)

    def is_told(self, found: Sequence[Read]) -> None:
        for name, data in self.files.items():
            ideas = [r for r in found if _file(r).endswith(f"/{name}")]
            rows = _rows(data)
            if not name.endswith("ideas.json"):
                continue
            if rows is None:
                # What is no JSON may be taken for none of theirs: then it is passed over, which an import tells.
                assert len(ideas) <= 1, f"of {name}, which is no JSON, {len(ideas)} are told"
            else:
                assert len(ideas) in (0, len(rows)), f"{len(rows)} ideas in {name}, and {len(ideas)} told"
        measured = sum("final_info" in name for name in self.files)
        told = [m for m in found if isinstance(m, MethodRecord) and m.part]
        assert len(told) <= 1, f"{len(told)} times the results of {measured} runs"

    def less(self) -> Iterator["Tried"]:
        return (Tried(dict(some)) for some in without_some([*self.files.items()]))


def _file(record: Read) -> str:
    provenance = getattr(record, "provenance", None)
    return str(getattr(record, "file", "") if provenance is None else provenance.file)


def _rows(data: bytes) -> list[Any] | None:
    try:
        value, _ = parse(data)
    except BadJsonError:
        return None
    return value if isinstance(value, list) else [value]


def _document(draw: Draw, value: Any) -> bytes:
    return damaged(as_json(value, ascii=draw(yes_or_no)), draw(damages))


def tried(draw: Draw) -> Tried:
    """Return the folder of an idea with lists, runs, notes and reviews, some of them missing."""
    files = {"ideas.json": _document(draw, [edited(draw, IDEAS_TRIED) for _ in range(draw(_few))])}
    if draw(yes_or_no):
        files["seed_ideas.json"] = _document(draw, [edited(draw, IDEAS_TRIED) for _ in range(draw(_few))])
    for number in range(draw(_few) % 4):
        files[f"run_{number}/final_info.json"] = _document(draw, edited(draw, MEASURED_BY_RUN))
    if draw(yes_or_no):
        files["notes.txt"] = damaged(draw(_notes).encode(), draw(damages))
    if draw(yes_or_no):
        files["review.txt"] = _document(draw, edited(draw, REVIEWED))
    return Tried(files)


class Searched(Tried):
    """The files of a run of the second version, by their paths in its folder."""

    FORMAT: ClassVar[str | None] = "ai-scientist-v2"

    def is_told(self, found: Sequence[Read]) -> None:
        nodes = sum(len(_nodes(data)) for name, data in self.files.items() if name.endswith("journal.json"))
        told = sum(isinstance(each, MethodRecord) and "idea" not in each.provenance.place for each in found)
        assert told <= nodes + len(self.files), f"{nodes} nodes, and {told} records of them"

    def less(self) -> Iterator["Tried"]:
        return (Searched(dict(some)) for some in without_some([*self.files.items()]))


def searched(draw: Draw) -> Searched:
    """Return a run with its idea, journals of stages, and what was found in them."""
    files = {"idea.json": _document(draw, edited(draw, IDEAS_TO_SEARCH))}
    for stage in range(draw(_few) % 3):
        files[f"logs/stage_{stage}/journal.json"] = _document(draw, _journal(draw, ATTEMPTS))
        if draw(yes_or_no):
            files[f"logs/stage_{stage}/notes/stage_progress.json"] = _document(draw, edited(draw, FOUND_IN_STAGE))
    return Searched(files)


def _journal(draw: Draw, samples: Sequence[Any]) -> dict[str, Any]:
    nodes = [edited(draw, samples) for _ in range(draw(_few) + 1)]
    ids = [node.get("id") for node in nodes if isinstance(node, dict)]
    known = [known_as for known_as in ids if isinstance(known_as, str)]
    parents: Any = {child: known[draw(_few) % len(known)] for child in known if draw(yes_or_no)}
    return {"nodes": nodes, "node2parent": parents, "__version": "2"}


def _nodes(data: bytes) -> list[Any]:
    try:
        value, _ = parse(data)
    except BadJsonError:
        return []
    nodes = value.get("nodes") if isinstance(value, dict) else None
    return nodes if isinstance(nodes, list) else []


@dataclass(frozen=True, slots=True)
class Journal:
    """One journal of AIDE."""

    data: bytes
    FORMAT: ClassVar[str | None] = "aide"

    @property
    def size(self) -> int:
        return 1

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "journal.json"
        path.write_bytes(self.data)
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        nodes = _nodes(self.data)
        told = sum(isinstance(each, MethodRecord | Reject) for each in found)
        repeats = sum(isinstance(node, dict) and True in (node.get("is_seed_node"), node.get("is_seed_agg_node"))
                      for node in nodes)  # fmt: skip
        ids = {json.dumps(node.get("id")) if isinstance(node, dict) else str(place) for place, node in enumerate(nodes)}
        assert len(ids) - repeats <= told <= max(1, len(nodes)), f"{len(nodes)} nodes, and {told} records and rejects"

    def less(self) -> Iterator["Journal"]:
        nodes: Sequence[Any] = _nodes(self.data)
        return (Journal(as_json({"nodes": [*some], "node2parent": {}})) for some in without_some(nodes))


def journals(draw: Draw) -> Journal:
    """Return a journal some of whose nodes are changed."""
    return Journal(_document(draw, _journal(draw, NODES)))


@dataclass(frozen=True, slots=True)
class Programs:
    """Rows of ShinkaEvolve's table."""

    rows: tuple[Mapping[str, Any], ...]
    FORMAT: ClassVar[str | None] = "shinka"

    @property
    def size(self) -> int:
        return len(self.rows)

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "evolution.sqlite"
        names = [column.split()[0] for column in COLUMNS.split(", ")]
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"CREATE TABLE programs ({', '.join(names)})")
            for row in self.rows:
                cells = {name: _cell(value) for name, value in row.items() if name in names}
                marks = ", ".join("CAST(? AS TEXT)" if isinstance(v, bytes) else "?" for v in cells.values())
                into = f"({', '.join(cells)}) VALUES ({marks})" if cells else "DEFAULT VALUES"
                connection.execute(f"INSERT INTO programs {into}", list(cells.values()))
            connection.commit()
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        told = sum(isinstance(each, MethodRecord | Remark | Reject) for each in found)
        assert told == len(self.rows), f"{len(self.rows)} programs, and {told} records and rejects"

    def less(self) -> Iterator["Programs"]:
        return (Programs(tuple(some)) for some in without_some(self.rows))


def _cell(value: Any) -> bytes | int | float | None:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else b"9" * 400
    if isinstance(value, float):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else as_json(value)


def programs(draw: Draw) -> Programs:
    """Return rows of which some parts are changed, ids made different more often than not."""
    rows = []
    for _ in range(draw(_some)):
        row = edited(draw, PROGRAMS)
        if isinstance(row, dict):
            if isinstance(known_as := row.get("id"), str) and draw(yes_or_no):
                row["id"] = known_as + draw(texts)
            rows.append(row)
    return Programs(tuple(rows))
