import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.left_out_errors import left_out_of
from reviewer.domain.methods import (
    JsonText,
    Measurement,
    MethodRecord,
    OutsideReview,
    Reject,
    SeedValue,
    SelfScore,
    UnknownFields,
)
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Role, Setting
from reviewer.sources import native, registry, report_text
from reviewer.sources.files import head_of
from reviewer.sources.native_lines import line_reader

from .reading import Records, read_all

DATA = Path(__file__).with_name("data")
GOOD = {"type": "proposal", "id": "a", "title": "A", "problem": "p"}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(*lines: dict[str, Any] | bytes, end: bytes = b"\n") -> Path:
        path = tmp_path / "some.txt"
        path.write_bytes(end.join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
        return path

    return to_file


def with_measurement(**fields: Any) -> dict[str, Any]:
    return {**GOOD, "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.5, **fields}]}


def test_a_target_may_have_months_in_place_of_a_date(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"type": "problem", "id": "p", "title": "P", "target": {"criterion": "c", "months": 6}}\n'
    )
    (problem,) = read_all(tmp_path / "p.jsonl").problems
    assert problem.target == Target("c", months=6)


def one_reject(path: Path, **options: Any) -> Reject:
    records = read_all(path, format_name="native", **options)
    (reject,) = records.rejects
    return reject


def test_every_type_is_mapped_field_by_field() -> None:
    records = read_all(DATA / "all_types.jsonl")
    assert not records.rejects
    (problem,) = records.problems
    assert (problem.slug, problem.primary_metric, problem.authoritative) == ("weak-to-strong", "pgr", True)
    assert problem.metric("pgr").direction is Direction.HIGHER
    assert problem.dataset_names()["chat-0115"] == "chat"
    assert problem.target is not None
    assert problem.target.horizon == "2027-01-31"

    em = records.method("em")
    assert (em.role, em.origin, em.namespace, em.problem) == (Role.PROPOSAL, Origin.AGENT, "run-a", "weak-to-strong")
    assert (em.agent, em.run, em.parent, em.idea, em.family) == ("agent-1", "run-a", "base", "posterior", "posterior")
    assert em.body.startswith("# Method")
    assert em.provenance.place == "line 3"
    assert json.loads(em.raw)["colour"] == "blue"
    assert em.measurements == (
        Measurement(
            "pgr", "chat", 0.52, 0.04, 5, 1263, None, Setting.LAB, "test", "easy", Basis.CLAIMED, "table 2", "",
            (SeedValue(42, 0.5, 790, 1263), SeedValue(None, 0.54, basis=Basis.RECOMPUTED)),
        ),
    )  # fmt: skip
    assert type(em.measurements[0].n_seeds) is int

    baseline = records.method("conf")
    assert (baseline.role, baseline.origin, baseline.namespace, baseline.part) == (
        Role.BASELINE, Origin.HUMAN, "study", "chat",
    )  # fmt: skip
    assert baseline.measurements[0].setting is Setting.UNKNOWN
    floor = records.method("floor")
    assert (floor.role, floor.bound, floor.namespace) == (Role.REFERENCE, Bound.FLOOR, "local")
    remark = records.remark("r1")
    assert (remark.kind, remark.about, remark.idea) == (RemarkKind.INSIGHT, "em", "posterior")


def test_schema_agrees_with_the_reader() -> None:
    schema = native.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for line in (DATA / "all_types.jsonl").read_text().splitlines():
        if line:
            validator.validate(json.loads(line))
    for bad in (
        {**GOOD, "title": 5},
        {"type": "reference", "id": "a", "title": "A"},
        {**GOOD, "type": "idea"},
        with_measurement(setting="staging"),
        with_measurement(n_seeds=2.5),
        with_measurement(n_seeds=-1),
        with_measurement(n_seeds=2**54),
    ):
        assert not validator.is_valid(bad)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bom_crlf_and_blank_lines_are_accepted(write: Write, line_end: bytes, mark: bytes) -> None:
    path = write(mark + json.dumps(GOOD).encode(), b"", b"   ", {**GOOD, "id": "b"}, end=line_end)
    records = read_all(path)
    assert [(m.external_id, m.provenance.place) for m in records.methods] == [("a", "line 1"), ("b", "line 4")]
    assert not records.rejects


def test_a_first_line_of_nothing_but_the_mark_is_blank(write: Write) -> None:
    records = read_all(write(b"\xef\xbb\xbf", GOOD))
    assert [type(r) for r in records] == [MethodRecord]


def test_txt_is_recognised_by_what_stands_in_it(write: Write) -> None:
    (found,) = registry.recognise(write(GOOD)).found
    assert found.source is native.SOURCE


def test_recognised_by_a_good_line_behind_a_bad_one(write: Write) -> None:
    records = read_all(write(b'{"type":"proposal","id":"\xff"}', GOOD))
    assert len(records.methods) == 1
    assert len(records.rejects) == 1


def test_a_text_that_shows_a_line_as_an_example_is_no_file_of_records(write: Write) -> None:
    text = (b"# How to write a file", b"", b"```json", GOOD, b"```", b"", b"Each line is one record.")
    (found,) = registry.recognise(write(*text)).found
    assert found.source is report_text.SOURCE


@pytest.mark.parametrize(
    "first",
    [
        "[" * 200_000,
        "x" * 65_536,
        '{"x": "' + "x" * 65_530,
        json.dumps({"method": "x" * 300_000, **GOOD, "id": "first"}),
        json.dumps({"method": "x" * 65_500, **GOOD, "id": "first"}),
    ],
    ids=["nested", "a head", "cut", "type behind a long text", "type across the end of the head"],
)
def test_recognised_behind_a_first_line_that_fills_the_head(write: Write, first: str) -> None:
    path = write(f"{first}\n{json.dumps(GOOD)}\n".encode())
    (found,) = registry.recognise(path).found
    records = read_all(path)
    assert found.source is native.SOURCE
    assert [method.external_id for method in records.methods][-1:] == [GOOD["id"]]
    assert len(records.methods) + len(records.rejects) == 2


def test_a_long_line_of_something_else_is_not_recognised(write: Write) -> None:
    other = json.dumps({"x": "y"})
    for text in ("x" * 200_000, f"{'x' * 200_000}\n{other}\n", f"{json.dumps({'x': 'x' * 70_000})}\n{other}\n"):
        assert not native.recognise(head_of(write(text.encode())))


def test_recognised_when_the_first_line_is_longer_than_the_head(write: Write) -> None:
    assert read_all(write({**GOOD, "method": "x" * 200_000})).methods[0].external_id == "a"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"type": "proposal", "title": "A", "problem": "p"}, "id: is missing"),
        ({**GOOD, "title": "  "}, "title: is blank"),
        ({**GOOD, "title": 5}, "'a': title: must be text, not 5"),
        ({**GOOD, "claims": "none"}, "claims: must be a list"),
        ({**GOOD, "type": "idea"}, "type: 'idea' is none of 'problem', 'proposal'"),
        ({"id": "a"}, "type: is missing"),
        ({**GOOD, "problem": "two words"}, "problem: is not of the form"),
        ({"type": "reference", "id": "a", "title": "A", "problem": "p"}, "bound: is missing"),
        (with_measurement(value="0.5"), "'a': measurements[0].value: must be a number, not the text '0.5'"),
        ({**GOOD, "measurements": [{"metric": "pgr", "dataset": "chat", "n_seeds": 3}]},
         "measurements[0].value: is missing, and there are no seeds to take it from"),
        ({**GOOD, "measurements": [{"metric": "pgr", "dataset": "chat", "seeds": []}]},
         "measurements[0].value: is missing, and there are no seeds to take it from"),
        (with_measurement(value=True), "measurements[0].value: must be a number"),
        (with_measurement(n_seeds=2.5), "measurements[0].n_seeds: must be a whole number"),
        (with_measurement(n_seeds=-1), "measurements[0].n_seeds: must be greater than or equal to 0"),
        (with_measurement(n_seeds=10**30), "measurements[0].n_seeds: must be less than"),
        (with_measurement(setting="staging"), "measurements[0].setting: must be 'lab', 'held_out'"),
        (with_measurement(seeds=[{"seed": 2**70, "value": 1}]), "measurements[0].seeds[0].seed: must be less"),
        (b"[1, 2]", "must be an object in braces"),
        (b"null", "must be an object in braces"),
        (b'{"type":"proposal"', "is not JSON"),
        (b'{"type":"proposal","id":"\xff"}', "is not valid UTF-8: byte 26 is 0xff"),
        (b'{"type":"proposal","x":' + b"[" * 5000 + b"]" * 5000 + b"}", "nested more than 100 levels"),
        (b'{"type":"proposal","x":' + b"[" * 200_000, "nested more than 100 levels"),
        (b'{"type":"proposal","x":' + b"9" * 5000 + b"}", "more than 4,300 digits"),
        ({"type": "problem", "id": "p", "title": "P", "metrics": [{"name": "x"}, {"name": "X"}]}, "listed twice"),
        ({"type": "problem", "id": "p", "title": "P", "target": {"criterion": "c", "horizon": "2026-02-30"}},
         "target.horizon: 2026-02-30 is no date"),
        ({"type": "problem", "id": "p", "title": "P", "target": {"criterion": "c", "months": 0}},
         "target.months: "),
    ],
)  # fmt: skip
def test_bad_line_is_told_by_line_field_and_reason_and_the_good_ones_are_taken(
    write: Write, line: dict[str, Any] | bytes, reason: str
) -> None:
    records = read_all(write(GOOD, line, {**GOOD, "id": "b"}), format_name="native")
    assert [m.external_id for m in records.methods] == ["a", "b"]
    (reject,) = records.rejects
    assert reject.place == "line 2"
    assert reason in reject.reason
    assert 0 < len(reject.raw) <= 2000


def test_a_standard_error_below_zero_is_left_out_and_told(write: Write) -> None:
    (method,) = read_all(write(with_measurement(standard_error=-0.25, source="own runs"))).methods
    (row,) = method.measurements
    assert row.standard_error is None
    assert row.source == "own runs; the stated standard error, -0.25, is left out"
    assert left_out_of(row.source) == -0.25


@pytest.mark.parametrize(("written", "name"), [(b"NaN", "NaN"), (b"-Infinity", "-Infinity"), (b"1e999", "Infinity")])
def test_nan_is_no_value_and_the_record_is_kept(write: Write, written: bytes, name: str) -> None:
    line = json.dumps(with_measurement(value="@", standard_error="@", seeds=[{"value": "@"}, {"value": 0.1}]))
    (method,) = read_all(write(line.encode().replace(b'"@"', written))).methods
    (row,) = method.measurements
    assert (row.value, row.missing, row.standard_error) == (None, f"{name} in the file", None)
    assert row.seeds == (SeedValue(None, 0.1),)
    assert "1 of 2 seeds" in row.source
    assert f"the stated standard error, {name}, is left out" in row.source
    raw = method.raw if isinstance(method.raw, JsonText) else json.dumps(method.raw, allow_nan=False)
    assert json.loads(raw, parse_float=str)["measurements"][0]["value"] == (
        name if name in written.decode() else "1e999"
    )


def test_huge_number_is_kept_as_no_value(write: Write) -> None:
    line = json.dumps(with_measurement(value="@")).encode().replace(b'"@"', b"9" * 400)
    records = read_all(write(line))
    assert len(records.methods) + len(records.rejects) == 1
    for method in records.methods:
        assert method.measurements[0].value is None


def test_lone_surrogates_are_replaced_and_said(write: Write) -> None:
    line = json.dumps({**GOOD, "title": "@", "extra": {"@": "@"}}).replace("@", "x\\ud800y").encode()
    (method,) = read_all(write(line)).methods
    assert method.title == "x\ufffdy"
    assert method.provenance.place == "line 1 (lone surrogates replaced by U+FFFD)"
    json.dumps(method.raw, ensure_ascii=False).encode()


def test_fields_that_no_line_has_are_told_at_the_end_with_their_counts(write: Write) -> None:
    measurement = {"metric": "pgr", "dataset": "chat", "value": 0.5, "stderr": 0.1, "seeds": [{"value": 0.5, "sed": 1}]}
    problem = {"type": "problem", "id": "p", "title": "P", "metrics": [{"name": "pgr", "dir": "up"}], "targets": {}}
    records = read_all(
        write(
            problem | {"target": {"criterion": "c", "when": "soon"}, "measurements": [None]},
            GOOD | {"hypotesis": "h", "measurements": [measurement, measurement]},
            GOOD | {"id": "b", "hypotesis": "h", "bound": "floor"},
            GOOD | {"id": "c", "type": "no such type", "nothing": 1},
        )
    )
    assert len(records.methods) == 2
    (told,) = [each for each in records if isinstance(each, UnknownFields)]
    assert dict(told.names) == {
        "hypotesis": 2, "bound": 1, "measurements.stderr": 1, "measurements.seeds.sed": 1, "targets": 1,
        "measurements": 1, "metrics.dir": 1, "target.when": 1,
    }  # fmt: skip
    assert told.names[0] == ("hypotesis", 2)
    assert {"hypothesis", "measurements.standard_error", "measurements.seeds.seed"} <= set(told.known)


def test_as_many_unknown_fields_are_kept_as_anybody_reads(write: Write) -> None:
    records = read_all(write(GOOD | {f"field {number}": 1 for number in range(1000)}))
    (told,) = [each for each in records if isinstance(each, UnknownFields)]
    assert len(told.names) == 100


def test_what_is_no_json_is_told_by_its_column_in_the_line(write: Write) -> None:
    for ending in (b"\n", b"\r\n", b""):
        reject = one_reject(write(b'{"type":"proposal","id":"a"' + ending))
        assert reject.reason == "is not JSON: expecting ',' delimiter (column 28)"


def test_a_true_pair_of_surrogates_is_left_alone(write: Write) -> None:
    (method,) = read_all(write(b'{"type":"proposal","id":"a","problem":"p","title":"\\ud83d\\ude00"}')).methods
    assert method.title == "😀"
    assert method.provenance.place == "line 1"


def test_field_above_five_million_characters_is_refused(write: Write) -> None:
    reject = one_reject(write({**GOOD, "method": "x" * 5_000_001}))
    assert reject.reason == "'a': method: is longer than 5,000,000 characters"
    assert len(reject.raw) <= 2000
    assert read_all(write({**GOOD, "method": "x" * 5_000_000})).methods


def test_line_of_100_mb_is_skipped_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        file.write(json.dumps(GOOD).encode() + b'\n{"type":"proposal","id":"big","method":"')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + json.dumps({**GOOD, "id": "b"}).encode())
    plan = native.plan(path)
    tracemalloc.start()
    records = Records(native.read(plan))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(m.external_id, m.provenance.place) for m in records.methods] == [("a", "line 1"), ("b", "line 3")]
    assert [(r.place, r.reason) for r in records.rejects] == [("line 2", "is longer than 32 MiB")]
    assert peak < 100_000_000


def test_the_same_line_twice_passes_and_a_different_one_is_refused(write: Write) -> None:
    other = {**GOOD, "title": "Something else"}
    records = read_all(write(GOOD, GOOD, other, {**GOOD, "id": "b"}))
    assert [m.provenance.place for m in records.methods] == ["line 1", "line 2", "line 4"]
    (reject,) = records.rejects
    assert reject.place == "line 3"
    assert "has the same id as line 1, 'a', but says something else" in reject.reason


def test_parts_and_runs_keep_one_id_apart(write: Write) -> None:
    lines = [{**GOOD, "part": "x"}, {**GOOD, "part": "y", "title": "B"}, {**GOOD, "run": "r", "title": "C"}]
    records = read_all(write(*lines))
    assert [(m.namespace, m.part) for m in records.methods] == [("local", "x"), ("local", "y"), ("r", "")]
    assert not records.rejects


def test_a_problem_told_twice_differently_is_refused_with_its_line(write: Write) -> None:
    problem = {"type": "problem", "id": "p", "title": "P"}
    reject = one_reject(write(problem, {**problem, "title": "Q"}))
    assert (reject.place, "same id as line 1" in reject.reason) == ("line 2", True)


def test_problem_comes_from_the_line_else_the_person_else_the_one_above(write: Write) -> None:
    nameless = {"type": "proposal", "id": "b", "title": "B"}
    path = write({"type": "problem", "id": "q", "title": "Q"}, GOOD, nameless)
    assert [m.problem for m in read_all(path).methods] == ["p", "q"]
    assert [m.problem for m in read_all(path, problem="given").methods] == ["p", "given"]
    assert "give it by --problem" in one_reject(write(nameless)).reason


def test_progress_ends_at_the_size_of_the_file(write: Write) -> None:
    plan = native.plan(write(*({**GOOD, "id": str(n)} for n in range(50))))
    told: list[int] = []
    list(native.read(plan, told.append))
    assert told[-1] == plan.total == plan.path.stat().st_size


def test_an_empty_file_and_a_missing_one_are_one_sentence_each(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(SourceError, match=r"empty\.jsonl: is empty"):
        read_all(empty)
    with pytest.raises(SourceError, match="is empty"):
        read_all(empty, format_name="native")
    with pytest.raises(SourceError, match="there is no such file or folder"):
        read_all(tmp_path / "none.jsonl", format_name="native")
    with pytest.raises(SourceError, match="is a folder"):
        read_all(tmp_path, format_name="native")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["title", "claims", "measurements", "created_at", "namespace", "run", "method", "bound"])
lines = st.builds(
    lambda kind, extra: {"type": kind, "id": "a", "title": "T", "problem": "p", **extra},
    st.sampled_from(native.TYPES),
    st.dictionaries(keys, json_values),
)


@given(st.one_of(st.binary(max_size=200), lines.map(lambda v: json.dumps(v).encode())))
def test_no_line_whatever_can_crash_what_comes_later(line: bytes) -> None:
    read_line = line_reader(file="f", sha256="0", problem=None, namespace="local")
    record = read_line(line, 1)
    if isinstance(record, Reject):
        (record.reason + record.raw + record.place).encode()
        assert record.reason
    elif isinstance(record, MethodRecord):
        record.revision_hash()
        json.dumps(record.raw, allow_nan=False, ensure_ascii=False).encode()
        assert not isinstance(record.raw, JsonText) or json.loads(record.raw) == json.loads(line)
        (record.title + record.body + record.namespace).encode()


@pytest.mark.parametrize(
    ("fields", "value", "missing"),
    [
        ({}, 0.2, ""),
        ({"value": None}, 0.2, ""),
        ({"value": None, "missing": "it diverged"}, None, "it diverged"),
        ({"missing": "it diverged"}, None, "it diverged"),
        ({"value": 0.7}, 0.7, ""),
    ],
)
def test_where_seeds_are_listed_the_value_is_their_mean_unless_one_is_stated(
    write: Write, fields: dict[str, Any], value: float | None, missing: str
) -> None:
    seeds = [{"seed": 1, "value": 0.1}, {"seed": 2, "value": 0.2}, {"seed": 3, "value": 0.3}]
    line = {**GOOD, "measurements": [{"metric": "pgr", "dataset": "chat", "seeds": seeds, **fields}]}
    (method,) = read_all(write(line)).methods
    (row,) = method.measurements
    assert row.value == (None if value is None else pytest.approx(value))
    assert row.missing == missing


def test_seeds_as_large_as_numbers_go_have_a_mean(write: Write) -> None:
    seeds = [{"value": 1.7e308}, {"value": 1.7e308}]
    (method,) = read_all(write({**GOOD, "measurements": [{"metric": "x", "dataset": "d", "seeds": seeds}]})).methods
    assert method.measurements[0].value == pytest.approx(1.7e308)


def test_what_a_seeds_run_says_of_itself_is_taken_and_no_number_where_there_is_none(write: Write) -> None:
    run = {"seed": 42, "value": 0.1, "seconds": 60.25, "predicted_share": 0.6, "label_share": 0.5, "says": "seed 43"}
    line = json.dumps(with_measurement(seeds=[run, {"value": 0.2, "seconds": "@", "says": None}]))
    (method,) = read_all(write(line.encode().replace(b'"@"', b"NaN"))).methods
    assert method.measurements[0].seeds == (
        SeedValue(42, 0.1, seconds=60.25, predicted_share=0.6, label_share=0.5, says="seed 43"),
        SeedValue(None, 0.2),
    )


def test_what_few_sources_say_besides_values_is_taken(write: Write) -> None:
    line = with_measurement(n_evaluations=412.0, seeds=[{"value": 0.2, "completed": True, "exit_status": 1}]) | {
        "rerun_of": "p0",
        "self_scores": [{"name": "Novelty", "value": 9}, {"name": "Feasibility", "value": 2.5, "most": 5}],
        "reviews": [{"score": 6, "confidence": 4, "used_ai": False, "consent": True}, {}],
    }
    records = read_all(write(line))
    (method,) = records.methods
    assert method.measurements[0].n_evaluations == 412
    assert method.measurements[0].seeds == (SeedValue(None, 0.2, completed=True, exit_status=1),)
    assert method.rerun_of == "p0"
    assert method.self_scores == (SelfScore("Novelty", 9.0), SelfScore("Feasibility", 2.5, 5.0))
    assert method.reviews == (OutsideReview(6.0, 10.0, 4.0, used_ai=False, consent=True), OutsideReview())
    assert not [each for each in records if isinstance(each, UnknownFields)]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"self_scores": [{"name": "Novelty", "value": float("nan")}]},
            "self_scores[0].value: must be a finite number",
        ),
        ({"self_scores": [{"name": "Novelty", "value": 9, "most": 0}]}, "self_scores[0].most: must be greater than 0"),
        ({"reviews": [{"confidence": 7}]}, "reviews[0].confidence: must be less than or equal to 5"),
        ({"reviews": {}}, "reviews: must be a list, not an object"),
    ],
)
def test_a_score_that_is_none_is_refused(write: Write, more: dict[str, Any], reason: str) -> None:
    assert one_reject(write(GOOD | more)).reason == f"'a': {reason}"


def test_misspelt_fields_of_scores_and_reviews_are_told(write: Write) -> None:
    scores = {"self_scores": [{"name": "Novelty", "value": 9, "max": 10}], "reviews": [{"scor": 1}]}
    (told,) = [each for each in read_all(write(GOOD | scores)) if isinstance(each, UnknownFields)]
    assert dict(told.names) == {"self_scores.max": 1, "reviews.scor": 1}
    assert {"self_scores.most", "reviews.score"} <= set(told.known)
