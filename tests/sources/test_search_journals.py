import json
import math
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Measurement, MethodRecord, Reject
from reviewer.domain.vocabulary import Basis, Direction, Origin, RemarkKind, Role, Setting
from reviewer.sources import registry
from reviewer.sources.contract import Stated

from .ai_scientist_fixture import (
    SECOND_IDEA,
    attempt,
    build_search_folder,
    failed,
    journal,
    named,
    node,
    node_id,
    write,
)
from .reading import Records, read_all
from .truncation import is_never_misread

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def one_journal(tmp_path: Path, *nodes: dict[str, Any], parents: dict[int, int] | None = None) -> Path:
    return write(tmp_path / "0-calm-robin" / "journal.json", journal(list(nodes), parents or {}))


@pytest.fixture
def aide(tmp_path: Path) -> Path:
    return one_journal(tmp_path, node(0), failed(1), node(2), failed(3), parents={2: 0, 3: 1})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return build_search_folder(tmp_path)


def number(records: Records, n: int) -> MethodRecord:
    return records.method(node_id(n))


def is_told(path: Path, format_name: str) -> bool:
    """Return whether what is wrong with a file is said in words: of all of it, or of each record that is refused."""
    try:
        return all(r.reason for r in read_all(path, format_name=format_name).rejects)
    except SourceError as error:
        return bool(str(error).strip())


def of_metric(method: MethodRecord, metric: str = "loss") -> list[Measurement]:
    return [m for m in method.measurements if m.metric == metric]


def second(tmp_path: Path, *nodes: dict[str, Any], parents: dict[int, int] | None = None) -> Records:
    return read_all(one_journal(tmp_path, *nodes, parents=parents))


def test_each_node_of_aide_is_a_proposal_with_its_parent(aide: Path) -> None:
    (plan,) = registry.planned(aide).plans
    assert plan.source == "aide"
    records = read_all(aide)
    assert not records.rejects
    assert [(m.external_id, m.parent) for m in records.methods] == [
        (node_id(0), ""), (node_id(1), ""), (node_id(2), node_id(0)), (node_id(3), node_id(1)),
    ]  # fmt: skip
    first = number(records, 0)
    assert (first.namespace, first.problem, first.run, first.agent) == ("aide", "aide", "0-calm-robin", "AIDE")
    assert (first.role, first.origin) == (Role.PROPOSAL, Origin.AGENT)
    assert first.title == "Plan 0 is short."
    assert first.created_at == "2025-10-13T10:58:36.500Z"
    assert first.provenance.place == f"node {node_id(0)}"
    assert first.raw["plan"] == "Plan 0 is short. It goes on."
    assert "## How it ended, by the agent\n\nIt ran." in first.body
    assert "```python\nprint(1)\n```" in first.body


def test_maximize_is_the_direction_and_the_setting_stays_unknown(aide: Path) -> None:
    records = read_all(aide)
    (problem,) = records.problems
    assert problem.metric("metric").direction is Direction.LOWER
    assert not problem.authoritative
    (row,) = number(records, 2).measurements
    assert (row.metric, row.dataset, row.setting, row.basis) == ("metric", "unknown", Setting.UNKNOWN, Basis.CLAIMED)
    assert row.value == pytest.approx(0.12)
    assert (row.standard_error, row.n_seeds) == (None, None)


def test_a_failed_node_is_kept_and_says_how_it_failed(aide: Path) -> None:
    found = number(read_all(aide), 1)
    (row,) = found.measurements
    assert (row.value, row.missing) == (None, "the node is marked as buggy: its run ended with TypeError")
    assert "- The node is marked as buggy: its run ended with TypeError (no such argument)." in found.body


def test_a_number_of_a_failed_node_is_no_value(tmp_path: Path) -> None:
    path = one_journal(tmp_path, node(0, is_buggy=True))
    (row,) = number(read_all(path), 0).measurements
    assert (row.value, row.missing) == (None, "the node is marked as buggy; the file gives 0.1")


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (4e263, "the file gives 4e+263, which can be no measurement"),
        (math.nan, "the file gives NaN"),
        (math.inf, "the file gives Infinity"),
        (None, "the file gives null"),
        ("0.1", "the file gives the text '0.1', which is no number"),
        ({"a": 1}, "the file gives an object, which is no number"),
    ],
)
def test_what_is_no_value_says_why(tmp_path: Path, value: Any, missing: str) -> None:
    (row,) = number(
        read_all(one_journal(tmp_path, node(0, metric={"value": value, "maximize": True}))), 0
    ).measurements  # fmt: skip
    assert (row.value, row.missing) == (None, missing)


def test_zero_is_a_value(tmp_path: Path) -> None:
    path = one_journal(tmp_path, node(0, metric={"value": 0, "maximize": True}))
    assert [m.value for m in number(read_all(path), 0).measurements] == [0.0]


def test_a_metric_that_is_told_both_ways_goes_neither(tmp_path: Path) -> None:
    path = one_journal(tmp_path, node(0), node(1, metric={"value": 0.9, "maximize": True}))
    records = read_all(path)
    assert records.problems[0].metric("metric").direction is Direction.UNKNOWN
    assert {m.source for r in records.methods for m in r.measurements} == {
        "the file says here that lower, there that higher is better"
    }


def test_the_problem_has_the_name_that_the_person_gave(aide: Path) -> None:
    records = read_all(aide, problem="house-prices")
    assert [(p.slug, p.title) for p in records.problems] == [("house-prices", "")]
    assert {m.problem for m in records.methods} == {"house-prices"}
    assert records.problems[0].metric("metric").direction is Direction.LOWER


def test_a_node_that_the_person_names_is_the_baseline(aide: Path) -> None:
    records = read_all(aide, stated=Stated(baseline=(("step", "0"),)))
    assert [m.role for m in records.methods] == [Role.BASELINE, *[Role.PROPOSAL] * 3]
    assert number(records, 0).origin is Origin.UNKNOWN


def test_a_journal_that_grew_keeps_its_nodes(aide: Path, tmp_path: Path) -> None:
    before = {m.external_id: m.revision_hash() for m in read_all(aide).methods}
    grown = one_journal(tmp_path, node(0), failed(1), node(2), failed(3), node(4), parents={2: 0, 3: 1, 4: 2})
    after = {m.external_id: m.revision_hash() for m in read_all(grown).methods}
    assert before.items() < after.items()


def test_nodes_that_are_counted_are_told_apart_by_the_first_of_them(tmp_path: Path) -> None:
    one = one_journal(tmp_path / "a", node(0, id="1"), node(1, id="2"))
    grown = one_journal(tmp_path / "b", node(0, id="1"), node(1, id="2"), node(2, id="3"))
    other = one_journal(tmp_path / "c", node(5, id="1"))
    (first,), (same,), (else_,) = ({m.namespace for m in read_all(p).methods} for p in (one, grown, other))
    assert first == same
    assert first.startswith("aide-")
    assert first != else_


@pytest.mark.parametrize("times", [-5, 0, 1e300, True, "now", None, math.nan])
def test_a_time_that_is_none_is_left_out(tmp_path: Path, times: Any) -> None:
    assert number(read_all(one_journal(tmp_path, node(0, ctime=times))), 0).created_at == ""


def test_a_long_plan_is_cut_at_a_word_for_a_title(tmp_path: Path) -> None:
    title = number(read_all(one_journal(tmp_path, node(0, plan="word " * 60))), 0).title
    assert len(title) <= 120
    assert title.endswith("word…")
    assert number(read_all(one_journal(tmp_path, node(0, plan=" "))), 0).title == f"Node {node_id(0)}"


def test_a_node_that_is_none_is_refused_and_the_others_taken(tmp_path: Path) -> None:
    nodes: list[Any] = [node(0), 7, node(1, id=None), node(2, plan=["a"]), node(3, is_buggy="yes"), node(0, plan="B.")]
    path = write(tmp_path / "journal.json", {"nodes": nodes, "node2parent": {}})
    records = read_all(path)
    assert [m.external_id for m in records.methods] == [node_id(0)]
    assert len(records.rejects) == 5
    assert "has the same id as" in next(r.reason for r in records.rejects if "same id" in r.reason)


def test_a_circle_of_parents_ends(tmp_path: Path) -> None:
    records = read_all(one_journal(tmp_path, node(0), node(1), parents={0: 1, 1: 0}))
    assert [m.parent for m in records.methods] == [node_id(1), node_id(0)]
    repeats = [attempt(n, is_seed_node=True) for n in (2, 3)]
    assert len(second(tmp_path, *repeats, parents={2: 3, 3: 2}).rejects) == 2


def test_a_folder_of_a_search_is_one_plan_and_its_sums_meet(run: Path) -> None:
    (plan,) = registry.planned(run).plans
    assert (plan.source, plan.path, len(plan.files)) == ("ai-scientist-v2", run, 4)
    records = read_all(run)
    assert not records.rejects
    # One idea; of seven rows one comes twice and three are repeats; one stage says what was found.
    assert len(records.methods) == 1 + 3
    assert len(records.remarks) == 1


def test_attempts_lead_back_to_the_idea(run: Path) -> None:
    records = read_all(run)
    (idea,) = [m for m in records.methods if m.external_id.startswith("ask_first-")]
    assert (idea.hypothesis, idea.measurements) == ("Asking back avoids wrong answers.", ())
    assert {m.idea for m in records.methods} == {idea.external_id}
    assert [(m.external_id, m.parent) for m in records.methods if m is not idea] == [
        (node_id(1), idea.external_id), (node_id(2), idea.external_id), (node_id(6), node_id(2)),
    ]  # fmt: skip
    assert number(records, 6).title == "dropout_rate: Plan 6 is short."
    assert {m.run for m in records.methods if m is not idea} == {run.name}


def test_the_sections_of_an_idea_are_its_fields(run: Path) -> None:
    (idea,) = [m for m in read_all(run).methods if m.hypothesis]
    assert '## Experiments\n\n- Ask.\n- {"Data": "Ambiguous words"}' in idea.body
    assert "## Risk Factors and Limitations\n\nPeople may tire." in idea.body
    assert idea.origin is Origin.AGENT


def test_repeats_are_the_seeds_of_their_attempt_beside_its_own_number(run: Path) -> None:
    own, again = of_metric(number(read_all(run), 2))
    assert (own.value, own.basis, own.source) == (0.5, Basis.CLAIMED, "its last value; the best on the way was 0.4")
    assert again.value == pytest.approx(0.65)
    assert (again.n_seeds, again.basis) == (2, Basis.RECOMPUTED)
    assert again.standard_error == pytest.approx(stdev((0.6, 0.7)) / sqrt(2))
    assert [s.value for s in again.seeds] == [0.6, 0.7]
    assert "without the attempt's own run" in again.source


def test_an_attempt_that_two_stages_have_is_one_and_tells_both(run: Path) -> None:
    winner = number(read_all(run), 2)
    assert "## Stages\n\n- stage_1_first\n- stage_2_tuning" in winner.body
    assert "The curve falls." in winner.body
    assert f"- {node_id(5)}: sums up the others" in winner.body


def test_an_attempt_that_a_later_stage_tells_otherwise_is_refused_there(run: Path) -> None:
    changed = attempt(2, named("loss", 0.1))
    path = write(run / "logs" / "0-run" / "stage_2_tuning" / "journal.json", journal([changed], {}))
    records = read_all(run)
    (reject,) = records.rejects
    assert reject.file == str(path)
    assert "was or came to something else" in reject.reason
    assert of_metric(number(records, 2))[0].value == 0.5


def test_a_repeat_under_another_name_is_a_number_of_its_own(tmp_path: Path) -> None:
    records = second(
        tmp_path, attempt(0, named("loss", 0.5)), attempt(1, named("final loss", 0.6), is_seed_node=True),
        parents={1: 0},
    )  # fmt: skip
    assert [(m.metric, m.value, m.n_seeds) for m in number(records, 0).measurements] == [
        ("loss", 0.5, None), ("final loss", 0.6, 1),
    ]  # fmt: skip


def test_a_failed_repeat_counts_as_one_without_a_value(tmp_path: Path) -> None:
    records = second(
        tmp_path, attempt(0, named("loss", 0.5)), attempt(1, named("loss", 0.6), is_seed_node=True),
        attempt(2, named("loss", 0.7), is_seed_node=True, is_buggy=True, exc_type="OSError"), parents={1: 0, 2: 0},
    )  # fmt: skip
    _, again = of_metric(number(records, 0))
    assert (again.value, again.n_seeds) == (0.6, 1)
    assert "1 of 2 repeats without a value" in again.source
    assert f"- {node_id(2)}: the node is marked as buggy: its run ended with OSError" in number(records, 0).body


def test_a_repeat_of_a_repeat_is_one_of_the_attempt_above(tmp_path: Path) -> None:
    records = second(
        tmp_path, attempt(0, named("loss", 0.5)),
        *[attempt(n, named("loss", 0.5 + n / 10), is_seed_node=True) for n in (1, 2)], parents={1: 0, 2: 1},
    )  # fmt: skip
    assert of_metric(number(records, 0))[1].value == pytest.approx(fmean((0.6, 0.7)))


def test_a_repeat_of_nothing_is_refused(tmp_path: Path) -> None:
    records = second(tmp_path, attempt(0, named("loss", 0.5)), attempt(1, is_seed_node=True), parents={1: 9})
    (reject,) = records.rejects
    assert reject.place == f"node {node_id(1)}"
    assert "of an attempt that is not there" in reject.reason


def test_names_with_a_direction_each_are_the_problem_s_metrics(tmp_path: Path) -> None:
    records = second(
        tmp_path,
        attempt(0, named("loss", 0.5), named("accuracy", 0.9, lower=False), named("odd", 1, lower=None)),
        attempt(1, named("loss", 0.5, lower=False)),
    )
    (problem,) = records.problems
    assert {m.name: m.direction for m in problem.metrics} == {"accuracy": Direction.HIGHER}
    assert {m.source for m in of_metric(number(records, 0))} == {
        "the file says here that lower, there that higher is better"
    }


def test_null_metrics_of_the_second_version_measure_nothing(tmp_path: Path) -> None:
    assert number(second(tmp_path, attempt(0)), 0).measurements == ()


def test_each_value_says_why_it_is_none(tmp_path: Path) -> None:
    records = second(tmp_path, attempt(0, named("a", 4e263), named("b", None, best=3), {"metric_name": "c"}))
    assert [(m.metric, m.value, m.missing, m.source) for m in number(records, 0).measurements] == [
        ("a", None, "the file gives 4e+263, which can be no measurement", ""),
        ("b", None, "the file gives null", "its last value; the best on the way was 3"),
        ("c", None, "the file names no dataset with a value", ""),
    ]


def test_what_a_stage_found_is_a_remark_on_the_idea(run: Path) -> None:
    records = read_all(run)
    (remark,) = records.remarks
    assert (remark.kind, remark.author, remark.title) == (
        RemarkKind.INSIGHT, "AI-Scientist-v2", "Stage 1_first: 5 total, 3 good, 1 buggy nodes",
    )  # fmt: skip
    assert remark.idea == records.methods[0].idea
    assert remark.text == "Asking helps.\n\nBest metric, by the agent: loss 0.5"


def test_without_an_idea_what_was_found_is_refused_and_the_attempts_are_taken(run: Path) -> None:
    (run / "idea.json").unlink()
    records = read_all(run)
    assert [m.external_id for m in records.methods] == [node_id(1), node_id(2), node_id(6)]
    (reject,) = records.rejects
    assert "no idea.json with one lies in a folder above it" in reject.reason


def test_two_runs_of_one_idea_are_told_apart(tmp_path: Path) -> None:
    first = build_search_folder(tmp_path)
    again = tmp_path / first.name.replace("attempt_0", "attempt_1")
    write(again / "idea.json", SECOND_IDEA)
    nodes = [attempt(11, named("loss", 0.3)), attempt(12, named("loss", 0.2))]
    write(again / "logs" / "0-run" / "stage_1_first" / "journal.json", journal(nodes, {12: 11}))
    progress = {"stage": "1_first", "total_nodes": 2, "current_findings": "Otherwise."}
    write(again / "logs" / "0-run" / "stage_1_first" / "notes" / "stage_progress.json", progress)
    records = read_all(tmp_path)
    assert not records.rejects
    assert len(records.remarks) == 2
    assert number(records, 11).run == again.name
    assert len({m.idea for m in records.methods}) == 1


def test_attempts_that_are_counted_have_no_parent_in_another_namespace(tmp_path: Path) -> None:
    write(tmp_path / "idea.json", SECOND_IDEA)
    write(tmp_path / "stage_1" / "journal.json", journal([attempt(0, id="1"), attempt(1, id="2")], {}))
    idea, *attempts = read_all(tmp_path).methods
    assert [(m.parent, m.idea) for m in attempts] == [("", idea.external_id)] * 2
    assert attempts[0].namespace != idea.namespace


def test_lists_of_ideas_stand_alone(tmp_path: Path) -> None:
    rows = [SECOND_IDEA, {**SECOND_IDEA, "Name": "b", "Risk Factors and Limitations": ["Slow.", "Dear."]}, {"Name": 3}]
    records = read_all(write(tmp_path / "ideas.json", rows))
    assert [m.external_id.rpartition("-")[0] for m in records.methods] == ["ask_first", "b"]
    assert "## Risk Factors and Limitations\n\n- Slow.\n- Dear." in records.methods[1].body
    assert [r.place for r in records.rejects] == ["idea 3"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"nodes": 3, "node2parent": {}}'])
def test_what_is_no_journal_is_one_sentence(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "journal.json", content)
    with pytest.raises(SourceError, match=r".+\."):
        read_all(path)
    for format_name in ("aide", "ai-scientist-v2"):
        (reject,) = read_all(path, format_name=format_name)
        assert isinstance(reject, Reject)
        assert reject.reason


@pytest.mark.parametrize("made", [node(0), attempt(0, named("loss", 1))])
def test_a_damaged_journal_is_refused_and_what_lies_beside_it_is_read(tmp_path: Path, made: dict[str, Any]) -> None:
    build_search_folder(tmp_path)
    deep = json.dumps(journal([made], {})).replace('"print(1)"', "[" * 100_000 + "]" * 100_000)
    bad = write(tmp_path / "deep" / "journal.json", deep)
    cut = write(tmp_path / "cut" / "journal.json", json.dumps(journal([made], {}))[:-3])
    one_journal(tmp_path, node(90))
    records = read_all(tmp_path)
    assert {r.file: r.reason.partition(":")[0] for r in records.rejects} == {
        str(bad): "is nested more than 100 levels deep", str(cut): "is not JSON",
    }  # fmt: skip
    assert len(records.methods) == 4 + 1


def test_a_journal_that_is_longer_than_its_beginning_is_known(tmp_path: Path) -> None:
    long = {"analysis": "x" * 100_000}
    one = one_journal(tmp_path / "a", node(0, **long))
    other = one_journal(tmp_path / "b", attempt(0, named("loss", 1), **long))
    pretty = tmp_path / "c" / "journal.json"
    write(pretty, json.dumps(journal([attempt(0, **long)], {}), indent=4))
    assert [registry.planned(p).plans[0].source for p in (one, other, pretty)] == [
        "aide", "ai-scientist-v2", "ai-scientist-v2",
    ]  # fmt: skip


def test_a_journal_of_aide_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    is_never_misread(one_journal(tmp_path, node(0), failed(1), parents={1: 0}))


def test_a_list_of_the_second_version_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    is_never_misread(write(tmp_path / "ideas.json", [SECOND_IDEA]))


def test_a_stage_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    write(folder / "idea.json", SECOND_IDEA)
    nodes = [attempt(0, named("loss", 0.5)), attempt(1, is_seed_node=True)]
    path = write(folder / "stage_1" / "journal.json", journal(nodes, {1: 0}))
    write(folder / "stage_1" / "notes" / "stage_progress.json",
          {"stage": "1", "total_nodes": 2, "current_findings": "It works."})  # fmt: skip

    assert is_never_misread(path, root=folder, same=lambda m: (m.title, m.measurements)) > 0


@settings(max_examples=80)
@given(field=st.sampled_from(sorted(attempt(0))), value=json_values)
def test_whatever_stands_in_a_field_of_a_node_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "journal.json"
    odd = {**attempt(1), field: value}
    write(path, {"nodes": [attempt(0, named("loss", 0.5)), odd], "node2parent": {}})
    records = read_all(path)
    assert number(records, 0).measurements
    # One that says that it is a repeat is of none, and is refused.
    assert len(records.methods) + len(records.rejects) == 2


@settings(max_examples=80)
@given(value=json_values, parents=json_values)
def test_whatever_stands_for_a_metric_or_for_parents_is_read(
    tmp_path_factory: pytest.TempPathFactory, value: Any, parents: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "journal.json"
    metrics = {
        "metric_names": [value, {"metric_name": value, "data": value}, {"data": [value, {"final_value": value}]}]
    }
    for metric in (value, {"value": value}, {"value": metrics}):
        write(path, {"nodes": [attempt(0, metric=metric)], "node2parent": parents})
        (found,) = read_all(path).methods
        assert all((m.value is None) is bool(m.missing) for m in found.measurements)
        assert all(m.value is None or math.isfinite(m.value) for m in found.measurements)


@settings(max_examples=80)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "journal.json"
    for start in (
        b"",
        b'{"nodes": [{"is_seed_node": false, "is_buggy": ',
        b'[{"Name": "a", "Title": "b", "Experiment": ',
    ):
        path.write_bytes(start + data)
        for format_name in ("aide", "ai-scientist-v2", "ai-scientist"):
            assert is_told(path, format_name)


@pytest.mark.parametrize(("name", "methods"), [("aide", 2), ("ai-scientist", 1), ("ai-scientist-v2", 1)])
def test_the_example_of_each_format_is_one(tmp_path: Path, name: str, methods: int) -> None:
    source = registry.by_name(name)
    path = write(tmp_path / "example.json", source.example)
    assert [p.source for p in registry.planned(path).plans] == [name]
    records = read_all(path)
    assert (len(records.methods), len(records.rejects)) == (methods, 0)
