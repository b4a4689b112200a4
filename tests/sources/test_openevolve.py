import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.vocabulary import Direction, Origin, Role, Setting
from reviewer.sources import registry
from reviewer.sources.contract import Stated
from reviewer.store.prepared import prepare

from .openevolve_fixture import PROGRAMS, best_info, build_run, program, write
from .reading import Records, read_all
from .truncation import is_never_misread


def read(path: Path, value: Any) -> Records:
    return read_all(write(path / "p.json", value))


def test_a_program_is_a_proposal_with_its_parent(tmp_path: Path) -> None:
    records = read(tmp_path / "packing" / "programs", PROGRAMS[1])
    assert not records.rejects
    (problem,) = records.problems
    assert (problem.slug, problem.primary_metric, problem.authoritative) == ("openevolve", "combined_score", False)
    assert problem.metric("combined_score").direction is Direction.UNKNOWN
    (method,) = records.methods
    assert (method.namespace, method.external_id, method.parent, method.run) == (
        "openevolve", "bbbb-1", "aaaa-0", "packing",
    )  # fmt: skip
    assert (method.role, method.origin, method.title) == (
        Role.PROPOSAL, Origin.AGENT, "Generation 1, bbbb-1: Replace 3 lines with 9",
    )  # fmt: skip
    assert method.created_at == "2026-01-07T12:58:42.500Z"
    assert [(m.metric, m.value, m.dataset, m.setting) for m in method.measurements] == [
        ("combined_score", 0.5, "unknown", Setting.UNKNOWN), ("eval_time", 0.61, "unknown", Setting.UNKNOWN),
    ]  # fmt: skip
    for said in ("```python\ndef pack(n):\n    return 1\n```", "`generation`: `1`", "`iteration`: `2`", "`island`: `1`",
                 "## Changes\n\nReplace 3 lines with 9\nand more", "`valid`: `true`"):  # fmt: skip
        assert said in method.body
    assert method.raw == PROGRAMS[1]


def test_the_first_program_is_a_proposal_of_unknown_origin_until_the_person_says_otherwise(tmp_path: Path) -> None:
    (first,) = read(tmp_path, PROGRAMS[0]).methods
    assert (first.role, first.origin, first.parent, first.title) == (
        Role.PROPOSAL, Origin.UNKNOWN, "", "Generation 0, aaaa-0",
    )  # fmt: skip
    by_id = Stated(baseline=(("generation", "0"), ("id", "aaaa-0")))
    assert [m.role for m in read_all(tmp_path, stated=by_id).methods] == [Role.BASELINE]
    other = Stated(baseline=(("generation", "0"), ("id", "other")))
    assert [m.role for m in read_all(tmp_path, stated=other).methods] == [Role.PROPOSAL]


def test_a_program_in_several_checkpoints_and_the_best_is_one_record(tmp_path: Path) -> None:
    planned = registry.planned(build_run(tmp_path / "packing"))
    (plan,) = planned.plans
    assert (plan.source, len(plan.files)) == ("openevolve", 7)
    assert not planned.unknown
    records = Records(registry.read(plan))
    assert not records.rejects
    assert [m.external_id for m in records.methods] == ["aaaa-0", "bbbb-1", "cccc-2"]
    files = {m.external_id: (Path(m.provenance.file).parent.parent.name, m.provenance.place) for m in records.methods}
    assert files == {
        "aaaa-0": ("checkpoint_10", ""),
        "bbbb-1": ("checkpoint_20", "also in 2 other files"),
        "cccc-2": ("checkpoint_20", "also in 2 other files"),
    }
    assert {m.run for m in records.methods} == {"packing"}


def test_the_same_run_elsewhere_is_the_same(tmp_path: Path) -> None:
    run = build_run(tmp_path / "packing")
    before = [m.revision_hash() for m in read_all(run).methods]
    shutil.move(run, tmp_path / "deeper" / "down" / "packing")
    assert [m.revision_hash() for m in read_all(tmp_path / "deeper").methods] == before
    shutil.rmtree(tmp_path / "deeper" / "down" / "packing" / "openevolve_output" / "checkpoints" / "checkpoint_10")
    grown = {m.external_id: m.revision_hash() for m in read_all(tmp_path).methods}
    assert [grown["bbbb-1"], grown["cccc-2"]] == before[1:]


def test_the_best_program_alone_has_its_code_from_beside_it(tmp_path: Path) -> None:
    best = build_run(tmp_path) / "openevolve_output" / "best"
    (method,) = read_all(best / "best_program_info.json").methods
    assert (method.external_id, method.parent) == ("cccc-2", "bbbb-1")
    assert "def pack(n):\n    return 2" in method.body
    (best / "best_program.py").unlink()
    (bare,) = read_all(best).methods
    assert "## Code" not in bare.body
    assert bare.measurements == method.measurements


@pytest.mark.parametrize(
    ("change", "named"),
    [({"metrics": {"combined_score": 0.9}}, "metrics"), ({"code": "x"}, "code"), ({"generation": 7}, "generation"),
     ({"parent_id": None}, "parent_id"), ({"timestamp": 1.0, "metrics": {}}, "timestamp, metrics")],
)  # fmt: skip
def test_what_never_changes_and_differs_is_a_doubt(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    write(tmp_path / "checkpoint_1" / "programs" / "b.json", PROGRAMS[1])
    write(tmp_path / "checkpoint_2" / "programs" / "b.json", {**PROGRAMS[1], **change})
    records = read_all(tmp_path)
    (method,), (reject,) = records.methods, records.rejects
    assert method.measurements[0].value == 0.5
    assert (
        f"has the same id as {tmp_path / 'checkpoint_1' / 'programs' / 'b.json'}, 'bbbb-1', but says" in reject.reason
    )
    assert f"({named})" in reject.reason


@pytest.mark.parametrize(
    ("metrics", "rows"),
    [
        ({"error": 0.0, "timeout": True}, [("error", None, "the evaluation failed")]),
        ({"error": 0.0, "score": 1}, [("error", 0.0, ""), ("score", 1.0, "")]),
        ({"a": None, "b": float("nan"), "c": 4e263, "d": -999}, [
            ("a", None, "the file gives null"), ("b", None, "the file gives NaN"),
            ("c", None, "the file gives 4e+263"), ("d", -999.0, ""),
        ]),
        ({"text": "no", "flag": False, "list": [1], "": 3}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_numbers_are_measurements_and_the_rest_is_text(
    tmp_path: Path, metrics: dict[str, Any], rows: list[tuple[str, float | None, str]]
) -> None:
    (method,) = read(tmp_path, {**PROGRAMS[1], "metrics": metrics}).methods
    assert [(m.metric, m.value) for m in method.measurements] == [(name, value) for name, value, _ in rows]
    assert all(m.missing.startswith(why) for m, (_, _, why) in zip(method.measurements, rows, strict=True))
    for name in ("text", "flag", "list"):
        assert (f"`{name}`" in method.body) == (name in metrics)


def test_a_program_whose_code_fills_the_head_is_found(tmp_path: Path) -> None:
    long = program("long", 3, "p", 1.0, code="x = 1\n" * 30_000)
    assert [m.external_id for m in read(tmp_path, long).methods] == ["long"]
    with pytest.raises(SourceError, match="no known format"):
        read(tmp_path / "other", {"id": "x", "code": "x = 1\n" * 30_000, "answer": 42})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"generation": "one"}, "generation: must be a whole number"),
        ({"generation": -1}, "generation: must lie between"),
        ({"id": " "}, "is no program"),
        ({"timestamp": "now"}, "timestamp: must be a number"),
        ({"parent_id": []}, "parent_id: must be text"),
        ({"code": "x" * 5_000_001}, "code: is longer than 5,000,000 characters"),
    ],
)
def test_a_field_of_the_wrong_kind_is_told(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    write(tmp_path / "good.json", PROGRAMS[0])
    write(tmp_path / "bad.json", {**PROGRAMS[1], **change})
    records = read_all(tmp_path)
    assert [m.external_id for m in records.methods] == ["aaaa-0"]
    (reject,) = records.rejects
    assert reject.reason.startswith(reason)
    assert reject.file == str(tmp_path / "bad.json")


def test_a_folder_without_programs_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no program of OpenEvolve"):
        read_all(tmp_path, format_name="openevolve")


@pytest.mark.parametrize("value", [PROGRAMS[1], best_info(PROGRAMS[2])])
def test_a_program_that_is_cut_off_is_never_misread(tmp_path: Path, value: dict[str, Any]) -> None:
    assert is_never_misread(write(tmp_path / "p.json", value)) == 0


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(field=st.sampled_from([*PROGRAMS[1], "artifacts_json", "current_iteration"]), value=_json)
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_field_is_a_record_or_a_reject(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "p.json"
    path.write_text(json.dumps({**PROGRAMS[1], field: value}))
    records = read_all(path, format_name="openevolve")
    assert len(records.methods) + len(records.rejects) == 1
    for method in records.methods:
        prepare(method)
        assert method.title.strip()
