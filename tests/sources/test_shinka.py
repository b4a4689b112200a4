import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.vocabulary import Origin, Role, Setting
from reviewer.sources import registry
from reviewer.sources.contract import Stated
from reviewer.store.prepared import prepare

from .reading import Records, read_all
from .shinka_fixture import COLUMNS, PROGRAMS, build_database, program


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "2026.01.02_run"
    folder.mkdir()
    return build_database(folder / "evolution_db.sqlite")


@pytest.fixture
def records(database: Path) -> Records:
    return read_all(database)


def test_a_program_is_a_proposal_with_its_parent(records: Records) -> None:
    assert not records.rejects
    (problem,) = records.problems
    assert (problem.slug, problem.primary_metric, problem.authoritative) == ("shinka", "combined_score", False)
    method = records.method("bbbb-1")
    assert (method.namespace, method.parent, method.run, method.agent) == (
        "shinka", "aaaa-0", "2026.01.02_run", "acme/coder",
    )  # fmt: skip
    assert (method.role, method.origin, method.title) == (
        Role.PROPOSAL, Origin.AGENT, "Generation 1, bbbb-1: hexagonal_grid",
    )  # fmt: skip
    assert method.created_at == "2026-01-07T12:58:42.250Z"
    assert method.provenance.place == "programs #2"
    for said in ("## Description\n\nStart from a hexagonal grid.", "Circles 3 and 4 **touch**.", "`correct`: `true`",
                 "```python\ndef f(x):\n    return x\n```", "`kind`: `hex`", "`ok`: `true`"):  # fmt: skip
        assert said in method.body
    assert method.raw["metadata"]["patch_type"] == "diff"
    assert "embedding" not in method.raw


def test_private_metrics_are_told_apart_and_their_setting_is_unknown(records: Records) -> None:
    rows = {m.metric: m for m in records.method("bbbb-1").measurements}
    assert {name: m.value for name, m in rows.items()} == {
        "combined_score": 0.62, "radius": 0.6, "gap": None, "private/holdout": None, "private/radius": 0.55,
    }  # fmt: skip
    assert rows["gap"].missing == "the file gives NaN"
    assert rows["private/holdout"].missing == "the file gives 4e+263, which can be no measurement"
    assert rows["private/radius"].source == "private: not shown to the model that writes the programs"
    assert rows["radius"].source == ""
    assert {m.setting for m in rows.values()} == {Setting.UNKNOWN}


def test_a_score_of_nothing_measured_is_missing_and_one_of_an_incorrect_program_says_so(
    tmp_path: Path, records: Records
) -> None:
    (row,) = records.method("cccc-2").measurements
    assert (row.metric, row.value) == ("combined_score", None)
    assert row.missing == "the program is not correct, and 0 is what the run writes where nothing was measured"
    wrong = [
        program("a", 1, "p", 0.0, correct=0),
        program("b", 1, "p", 0.4, correct=0, public_metrics=None, private_metrics=None),
        program("c", 1, "p", 0.0, correct=1, public_metrics={}, private_metrics={}),
        program("d", 1, "p", None),
    ]
    told = read_all(build_database(tmp_path / "x.sqlite", wrong))
    rows = {m.external_id: m.measurements[0] for m in told.methods}
    assert {name: (m.value, m.source, m.missing) for name, m in rows.items()} == {
        "a": (0.0, "the run marks the program as not correct", ""),
        "b": (0.4, "the run marks the program as not correct", ""),
        "c": (0.0, "", ""),
        "d": (None, "", "the file gives null"),
    }


def test_the_first_program_is_a_baseline_only_where_the_person_says_so(database: Path, records: Records) -> None:
    first = records.method("aaaa-0")
    assert (first.role, first.origin, first.title) == (Role.PROPOSAL, Origin.UNKNOWN, "Generation 0, aaaa-0")
    stated = read_all(database, stated=Stated(baseline=(("generation", "0"),)))
    assert {m.external_id: m.role for m in stated.methods} == {
        "aaaa-0": Role.BASELINE, "bbbb-1": Role.PROPOSAL, "cccc-2": Role.PROPOSAL,
    }  # fmt: skip


def test_it_is_left_as_it_was_also_in_wal_mode(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before = database.read_bytes()
    assert len(read_all(database.parent).methods) == 3
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


def test_what_a_run_has_in_its_wal_is_read_and_files_beside_it_are_its_own(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE programs SET combined_score = 0.9 WHERE id = 'aaaa-0'")
        connection.commit()
        assert registry.planned(database.parent).unknown == ()
        assert read_all(database).method("aaaa-0").measurements[0].value == 0.9


def test_an_older_database_without_some_columns_is_read(tmp_path: Path) -> None:
    columns = COLUMNS.replace(", text_feedback TEXT", "").replace(", island_idx INTEGER", "")
    rows = [{k: v for k, v in row.items() if k not in ("text_feedback", "island_idx")} for row in PROGRAMS]
    assert len(read_all(build_database(tmp_path / "x.sqlite", rows, columns)).methods) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"combined_score": "high"}, "combined_score: must be a number, not the text 'high'"),
        ({"generation": -1}, "generation: must lie between 0 and 2^53"),
        ({"correct": 7}, "correct: must be true or false, not 7"),
        ({"public_metrics": "[1]"}, "public_metrics: must be an object in JSON, not a list"),
        ({"private_metrics": "{cut"}, "private_metrics: must be an object in JSON, not the text '{cut'"),
        ({"id": None}, "id: is missing"),
        ({"code": b"\x00\x01"}, "code: must be text, not binary data"),
        ({"code": "x" * 5_000_001}, "code: is longer than 5,000,000 characters"),
        ({"code": "x" * 40_000_000}, "a field is longer than 32 MiB"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_taken(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    rows = [PROGRAMS[0], {**PROGRAMS[1], **change}, PROGRAMS[2]]
    records = read_all(build_database(tmp_path / "x.sqlite", rows))
    assert [m.external_id for m in records.methods] == ["aaaa-0", "cccc-2"]
    (reject,) = records.rejects
    assert (reject.place, reject.reason) == ("programs #2", reason)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_truncated_database_is_one_sentence(database: Path, kept: float) -> None:
    os.truncate(database, int(database.stat().st_size * kept))
    with pytest.raises(SourceError, match="is cut short: the database says"):
        read_all(database, format_name="shinka")


def test_another_database_and_a_folder_are_told(tmp_path: Path) -> None:
    path = build_database(tmp_path / "x.sqlite", [], "id TEXT, score REAL")
    with pytest.raises(SourceError, match="is no database of ShinkaEvolve: it has no table programs with"):
        read_all(path, format_name="shinka")
    with pytest.raises(SourceError, match="is a SQLite database of no known format: its tables are"):
        read_all(path)
    with pytest.raises(SourceError, match="is a folder; name the run's database file"):
        read_all(tmp_path, format_name="shinka")


_json = st.sampled_from(["{}", "[]", '{"a": NaN}', '{"a": 1e999}', '"x"', "[" * 5000, '{"a": {"b": [1]}}'])
_cells = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.binary(max_size=9)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
    | _json
)


@given(field=st.sampled_from([*PROGRAMS[1]]), value=_cells)
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_column_is_a_record_or_a_reject(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    loose = COLUMNS.replace(" PRIMARY KEY", "").replace(" NOT NULL", "").replace(" TEXT", "").replace(" REAL", "")
    path = build_database(tmp_path_factory.mktemp("any") / "x.sqlite", [{**PROGRAMS[1], field: value}], loose)
    records = read_all(path)
    assert len(records.methods) + len(records.rejects) == 1
    for method in records.methods:
        prepare(method)
        assert method.title.strip()
