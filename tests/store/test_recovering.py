"""A damaged store of an earlier version is recovered into one of this version."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.judgements import Judgement, judgement_to_data
from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE, prepare_file
from reviewer.store.health import examine_store
from reviewer.store.migrations import SCHEMA_VERSION, make_as_of
from reviewer.store.recovering import recover_store
from tests.builders import NOW, table

JUDGED = json.dumps(judgement_to_data(Judgement(verdict=Verdict.FAILS)))


def earlier(path: Path, version: int) -> None:
    """Make a store as a version made it, with a proposal and a judgement of it."""
    path.touch()
    prepare_file(path)
    with closing(Store(path)) as store:
        make_as_of(store, version)
        with store.write() as connection:

            def add(name: str, /, **values: Any) -> None:
                connection.execute(
                    f"INSERT INTO {name} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                    tuple(values.values()),
                )

            def uuid(n: int) -> str:
                return f"01a22315-9103-7122-b548-{n:012x}"

            add("problems", uuid=uuid(1), slug="p", title="P", description="", created_at=NOW)
            add("imports", uuid=uuid(2), state="complete", source="native", path="a", options="{}", host="", process=1,
                started_at=NOW)  # fmt: skip
            add("reviewers", uuid=uuid(3), name="kim", created_at=NOW)
            texts = dict.fromkeys(("agent", "run", "parent", "idea", "family"), "")
            add("methods", uuid=uuid(4), problem_id=1, namespace="n", external_id="e", role="proposal",
                origin="agent", title="T", created_at="", imported_at=NOW, revision_id=1, revisions=1,
                **texts)  # fmt: skip
            add("revisions", uuid=uuid(5), method_id=1, part="", content_hash="h", current=1, title="T", hypothesis="",
                body="A body.", claims="[]", raw="{}", file="", sha256="", place="", import_id=1,
                recorded_at=NOW)  # fmt: skip
            add("annotations", uuid=uuid(6), act=uuid(7), kind="verdict", reviewer_id=1, method_id=1, revision_id=1,
                rubric="r/1", snapshot=JUDGED, visible="{}", seconds=1.5, created_at=NOW)  # fmt: skip


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
@pytest.mark.parametrize("how", ["whole", "text lost"])
def test_every_earlier_version_is_recovered(tmp_path: Path, version: int, how: str) -> None:
    path, new = tmp_path / "old.db", tmp_path / "new.db"
    earlier(path, version)
    if how == "text lost":
        with closing(Store(path)) as store:
            ((root,),) = table(store, "SELECT rootpage FROM sqlite_master WHERE name = 'revisions'")
        raw = bytearray(path.read_bytes())
        raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
        path.write_bytes(raw)
    before = path.read_bytes()
    new.touch()
    asides: list[Any] = []

    def take_aside(records: Any) -> int:
        asides.extend(records)
        return sum(r["type"] == "event" for r in asides)

    done = recover_store(path, new, take_aside, NOW)
    assert path.read_bytes() == before
    found = examine_store(new)
    assert (found.version, found.damage, found.missing_triggers) == (SCHEMA_VERSION, (), ())
    assert (found.broken_references, found.stale_judgements, found.stale_counts, found.unsearchable) == (0, 0, 0, 0)
    events = done.of("annotations")
    if how == "whole":
        assert (events.read, events.known, events.kept, done.events_aside) == (1, 1, 1, 0)
        with closing(Store(new)) as store:
            assert table(store, "SELECT title, verdict, reviewer FROM judgements") == [("T", "fails", "kim")]
    else:
        assert (events.read, events.known, events.kept, done.events_aside) == (1, 1, 0, 1)
        assert {r["type"]: r.get("content_hash") for r in asides}["revision"] == "h", "which the index still has"
