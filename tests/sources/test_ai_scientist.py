import json
import math
import shutil
from math import sqrt
from pathlib import Path
from statistics import stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Measurement, MethodRecord, OutsideReview, Reject, SelfScore
from reviewer.domain.vocabulary import Basis, Direction, Origin, Role, Setting
from reviewer.sources import registry

from .ai_scientist_fixture import LISTED, NOTES, REVIEW, RUN, block, build_idea_folder, idea, write
from .reading import Records, read_all
from .truncation import is_never_misread

ADAPTIVE = "On adaptive lr"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_idea_folder(tmp_path)


def results(records: Records) -> MethodRecord:
    (found,) = [m for m in records.methods if m.role is Role.PROPOSAL and m.part]
    return found


def run_of_values(tmp_path: Path, final_info: Any) -> Records:
    write(tmp_path / RUN / "ideas.json", [idea("adaptive_lr")])
    write(tmp_path / RUN / "run_1" / "final_info.json", final_info)
    return read_all(tmp_path)


def measured(tmp_path: Path, final_info: Any) -> list[Measurement]:
    return list(results(run_of_values(tmp_path, final_info)).measurements)


def test_a_folder_is_one_plan_and_every_row_is_a_record(folder: Path) -> None:
    (plan,) = registry.planned(folder).plans
    assert (plan.source, plan.path) == ("ai-scientist", folder)
    assert {f.name for f in plan.files} >= {"notes.txt", "review.txt", "ideas.json", "seed_ideas.json"}
    records = read_all(folder)
    assert not records.rejects
    # Three ideas and a seed, which is the first of them once more; the baseline; what came of one idea.
    assert len(records.methods) == 3 + 1 + 1 + 1
    assert len({m.external_id for m in records.methods}) == 4
    (problem,) = records.problems
    assert (problem.slug, problem.metrics, problem.authoritative) == ("ai-scientist", (), False)
    assert {m.namespace for m in records.methods} == {"ai-scientist"}


def test_an_idea_says_what_its_row_says(folder: Path) -> None:
    (found,) = [m for m in read_all(folder).methods if m.title == ADAPTIVE and not m.part]
    assert found.external_id.startswith("adaptive_lr-")
    assert (found.role, found.origin, found.agent) == (Role.PROPOSAL, Origin.AGENT, "AI-Scientist")
    assert found.body == "## Experiment\n\nTry adaptive_lr at three sizes."
    assert found.self_scores == (
        SelfScore("Interestingness", 8), SelfScore("Feasibility", 9), SelfScore("Novelty", 4),
    )  # fmt: skip
    assert found.claims == ("The agent calls it novel, after looking for the like.",)
    assert found.provenance.place == "idea 2"
    assert found.raw == LISTED[1]
    assert not found.measurements


def test_what_is_in_the_seeds_is_of_nobody_known_and_told_once(folder: Path) -> None:
    seeds = [m for m in read_all(folder).methods if m.external_id.startswith("batch_size-")]
    assert [(Path(m.provenance.file).name, m.origin, m.agent) for m in seeds] == [
        ("ideas.json", Origin.UNKNOWN, ""),
        ("seed_ideas.json", Origin.UNKNOWN, ""),
    ]
    assert len({m.revision_hash() for m in seeds}) == 1
    assert "novel" not in seeds[1].raw


def test_without_the_seeds_nobody_knows_which_ideas_are_the_agent_s(folder: Path) -> None:
    (folder / "seed_ideas.json").unlink()
    assert {m.origin for m in read_all(folder / "ideas.json").methods} == {Origin.UNKNOWN}


def test_a_list_alone_and_in_its_folder_say_the_same(folder: Path) -> None:
    alone = {m.external_id: m.revision_hash() for m in read_all(folder / "ideas.json").methods}
    within = {m.external_id: m.revision_hash() for m in read_all(folder).methods if not m.part}
    assert alone.items() <= within.items()


def test_the_template_s_run_is_the_human_baseline(folder: Path) -> None:
    (baseline,) = [m for m in read_all(folder).methods if m.role is Role.BASELINE]
    assert (baseline.origin, baseline.title) == (Origin.HUMAN, "The template's own run (text8)")
    (loss,) = baseline.measurements
    assert (loss.metric, loss.dataset, loss.setting, loss.n_seeds) == ("loss", "text8", Setting.UNKNOWN, 3)


def test_copies_of_a_baseline_in_two_folders_are_one(tmp_path: Path) -> None:
    build_idea_folder(tmp_path)
    other = build_idea_folder(tmp_path, "20240802_120000_batch_size")
    write(other / "notes.txt", NOTES.replace("On adaptive lr", "On batch size").replace("Run 0: Baseline", "Run 0: X"))
    records = read_all(tmp_path)
    assert not records.rejects
    assert len({(m.external_id, m.revision_hash()) for m in records.methods if m.role is Role.BASELINE}) == 1
    assert {m.part for m in records.methods if m.part} == {f"runs:{RUN}", "runs:20240802_120000_batch_size"}


def test_the_runs_are_measurements_of_the_idea_with_what_the_notes_call_them(folder: Path) -> None:
    found = results(read_all(folder))
    assert (found.title, found.run, found.part) == (ADAPTIVE, RUN, f"runs:{RUN}")
    first, second = found.measurements
    assert first.value == pytest.approx(1.3)
    assert first.standard_error == pytest.approx(stdev((1.2, 1.3, 1.4)) / sqrt(3))
    assert (first.n_seeds, first.basis, first.source) == (
        3, Basis.RECOMPUTED, "run_1 (A rate for each layer); mean of 3 values",
    )  # fmt: skip
    assert [s.value for s in first.seeds] == [1.2, 1.3, 1.4]
    assert (second.value, second.standard_error, second.n_seeds) == (1.35, None, 1)
    assert second.source.startswith("run_2 (The same, slower)")
    assert (
        "| metric | dataset | run_1 | run_2 |\n| --- | --- | --- | --- |\n| loss | text8 | 1.3 | 1.35 |" in found.body
    )
    assert "## Notes on the runs, by the agent\n\n## Run 0: Baseline" in found.body
    assert "One line a run." in found.body
    assert found.claims
    assert not found.self_scores


def test_what_one_run_alone_measured_and_what_is_none_has_its_cell(folder: Path) -> None:
    write(folder / "run_2" / "final_info.json", {"a|b": {"means": {"loss": None}}})
    assert "| loss | text8 | 1.3 |  |\n| loss | a\\|b |  | none |" in results(read_all(folder)).body


def test_a_review_gives_its_numbers_and_none_of_its_words(folder: Path) -> None:
    found = results(read_all(folder))
    assert found.reviews == (OutsideReview(4.0, 10.0, 3.0, used_ai=True),)
    assert "Small." not in found.body
    assert found.raw["reviews"] == {"review.txt": REVIEW}


@pytest.mark.parametrize("content", ["not JSON", "{}", '{"Overall": "high"}', '{"Overall": 11}', "[]"])
def test_a_review_that_is_none_is_refused(folder: Path, content: str) -> None:
    write(folder / "review.txt", content)
    records = read_all(folder)
    (reject,) = records.rejects
    assert reject.file.endswith("review.txt")
    assert reject.reason
    assert not results(records).reviews


def test_the_stated_error_is_told_and_the_right_one_computed(tmp_path: Path) -> None:
    (loss,) = measured(tmp_path, {"text8": block(1.4, 1.5, 1.6, stated=0.027216552697590863)})
    assert loss.standard_error == pytest.approx(0.1 / sqrt(3))
    assert loss.source.endswith(
        "the file states an error of 0.0272166, the population deviation divided by n, which is too small"
    )


def test_a_stated_error_that_nothing_can_be_computed_from_is_left_out(tmp_path: Path) -> None:
    (loss,) = measured(tmp_path, {"text8": {"means": {"loss_mean": 1.5}, "stderrs": {"loss_stderr": 0.02}}})
    assert (loss.value, loss.standard_error, loss.n_seeds, loss.basis) == (1.5, None, None, Basis.CLAIMED)
    assert "the file states an error of 0.02, left out" in loss.source


def test_one_value_has_no_error_though_the_file_states_zero(tmp_path: Path) -> None:
    (loss,) = measured(tmp_path, {"text8": block(1.5, stated=0.0)})
    assert loss.standard_error is None
    assert loss.source.endswith("the file states an error of 0, which one value cannot have")


def test_a_mean_that_is_not_that_of_its_values_is_told(tmp_path: Path) -> None:
    (loss,) = measured(tmp_path, {"d": {"means": {"loss_mean": 2.5}, "final_info_dict": {"loss": [1.0, 2.0]}}})
    assert loss.value == 1.5
    assert loss.source.endswith("the file states a mean of 2.5")


def test_an_object_of_means_is_several_metrics(tmp_path: Path) -> None:
    info = {
        "means": {"style": {"mean": 0.9, "std": 0.0}},
        "stderrs": {"style": {"mean": 0.01, "std": 0.0}},
        "final_info_dict": {"style": [{"mean": 0.8, "std": 0.0}, {"mean": 1.0}]},
    }
    mean, std = measured(tmp_path, {"d": info})
    assert (mean.metric, mean.value, mean.n_seeds) == ("style.mean", 0.9, 2)
    assert mean.standard_error == pytest.approx(0.1)
    assert (std.metric, std.value, std.n_seeds) == ("style.std", 0.0, 1)


@pytest.mark.parametrize(
    ("info", "missing"),
    [
        ({"means": {"m": None}}, "the file gives null"),
        ({"means": {"m": []}}, "the file gives a list, which is no number"),
        ({"means": {"m": {}}}, "the file gives an object, which is no number"),
        ({"means": {"m": "1.5"}}, "the file gives the text '1.5', which is no number"),
        ({"means": {"m": True}}, "the file gives true, which is no number"),
        ({"means": {"m": math.nan}}, "the file gives NaN"),
        ({"means": {"m": -math.inf}}, "the file gives -Infinity"),
        ({"means": {"m": 4e263}}, "the file gives 4e+263, which can be no measurement"),
        ({"means": {"m": 10**400}}, "the file gives a very large number, which can be no measurement"),
        ({"means": {"m_mean": math.nan}, "final_info_dict": {"m": []}}, "the file gives NaN"),
        ({"means": {}, "stderrs": {"m_stderr": 0.1}}, "the file gives no mean of it"),
    ],
)
def test_what_is_no_value_says_why(tmp_path: Path, info: dict[str, Any], missing: str) -> None:
    (row,) = measured(tmp_path, {"d": info})
    assert (row.metric, row.value, row.missing) == ("m", None, missing)


def test_a_zero_is_a_value_like_any_other(tmp_path: Path) -> None:
    (row,) = measured(tmp_path, {"d": {"means": {"m": 0.0}}})
    assert (row.value, row.missing) == (0.0, "")


def test_values_that_are_none_are_left_out_and_told(tmp_path: Path) -> None:
    info = {"means": {"m": 1.0}, "final_info_dict": {"m": [1.0, math.nan, None, 3.0]}}
    (row,) = measured(tmp_path, {"d": info})
    assert (row.value, row.n_seeds) == (2.0, 2)
    assert "1 value of its list left out, being no measurement" in row.source
    assert row.source.endswith("1 of 4 seeds has NaN or an infinity for a value")


def test_a_dataset_without_means_is_refused_and_the_others_taken(tmp_path: Path) -> None:
    records = run_of_values(tmp_path, {"a": {"means": {"m": 1}}, "b": {"mean": 1}, "c": [1]})
    assert [r.place for r in records.rejects] == ["dataset b", "dataset c"]
    assert [m.dataset for m in results(records).measurements] == ["a"]


def test_no_direction_is_read_off_a_name(tmp_path: Path) -> None:
    records = run_of_values(tmp_path, {"a": {"means": {"accuracy": 1, "loss": 1}}})
    assert all(p.metric("accuracy").direction is Direction.UNKNOWN for p in records.problems)


def test_two_ideas_of_one_name_are_two_and_the_title_says_which_was_run(folder: Path) -> None:
    twice = [*LISTED, idea("adaptive_lr", Title="On something else", Experiment="Another one.")]
    write(folder / "ideas.json", twice)
    records = read_all(folder)
    assert not records.rejects
    assert len([m for m in records.methods if m.external_id.startswith("adaptive_lr-") and not m.part]) == 2
    assert results(records).title == ADAPTIVE


def test_two_ideas_of_one_name_without_notes_have_no_runs(folder: Path) -> None:
    write(folder / "ideas.json", [*LISTED, idea("adaptive_lr", Title="On something else", Experiment="Another one.")])
    (folder / "notes.txt").unlink()
    records = read_all(folder)
    assert [Path(r.file).parent.name for r in records.rejects] == ["run_1", "run_2", RUN]
    assert {r.reason for r in records.rejects} == {
        "2 ideas of one name or title stand beside it; nothing says which one was run"
    }


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        (RUN, True),
        ("adaptive_lr", True),
        ("scaled_adaptive_lr", True),
        ("20240801_120000_lr", False),
        ("my_adaptive_lr", False),
        ("20240801_adaptive_lr", False),
    ],
)
def test_a_name_is_matched_whole_or_not_at_all(folder: Path, name: str, *, taken: bool) -> None:
    (folder / "notes.txt").unlink()
    moved = folder.rename(folder.with_name(name))
    records = read_all(moved)
    assert bool([m for m in records.methods if m.part]) is taken
    assert len(records.rejects) == (0 if taken else 3)
    if taken:
        assert results(records).external_id.rpartition("-")[0] == name.removeprefix("20240801_120000_")


def test_a_folder_of_another_name_is_known_by_the_title_of_its_notes(folder: Path) -> None:
    records = read_all(folder.rename(folder.with_name("best")))
    assert not records.rejects
    assert results(records).title == ADAPTIVE


def test_a_name_and_a_title_of_two_ideas_are_settled_by_nobody(folder: Path) -> None:
    records = read_all(folder.rename(folder.with_name("20240801_120000_batch_size")))
    assert {r.reason for r in records.rejects} == {
        "the folder's name is that of the idea 'batch_size', but notes.txt begins with another's title"
    }
    assert len(records.rejects) == 3


def test_without_a_list_the_notes_say_what_the_idea_is(folder: Path) -> None:
    (folder / "ideas.json").unlink()
    (folder / "seed_ideas.json").unlink()
    records = read_all(folder)
    assert not records.rejects
    found = results(records)
    assert (found.title, found.origin) == (ADAPTIVE, Origin.UNKNOWN)
    assert found.body.startswith("## Experiment\n\nTry adaptive_lr at three sizes.")


def test_runs_that_nobody_names_are_refused_one_by_one(folder: Path) -> None:
    for name in ("ideas.json", "seed_ideas.json", "notes.txt"):
        (folder / name).unlink()
    records = read_all(folder.rename(folder.with_name("runs")))
    assert [m.role for m in records.methods] == [Role.BASELINE]
    assert len(records.rejects) == 3
    assert "nothing says which idea it is of" in records.rejects[0].reason


@pytest.mark.parametrize("path", ["run_1", "run_1/final_info.json"])
def test_one_run_alone_is_told_to_be_imported_with_its_folder(folder: Path, path: str) -> None:
    with pytest.raises(SourceError, match=r"says nothing of the idea; import the idea's folder, .*adaptive_lr"):
        read_all(folder / path)


def test_it_may_be_named_from_within(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert results(read_all(Path())).run == RUN
    monkeypatch.chdir(folder / "run_1")
    with pytest.raises(SourceError, match="import the idea's folder"):
        read_all(Path())


def test_where_it_lies_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = [(m.external_id, m.part, m.revision_hash()) for m in read_all(folder).methods]
    (tmp_path / "elsewhere").mkdir()
    moved = Path(shutil.move(folder, tmp_path / "elsewhere" / RUN))
    assert [(m.external_id, m.part, m.revision_hash()) for m in read_all(moved).methods] == before


def test_a_list_that_grows_keeps_its_ideas(folder: Path) -> None:
    before = {m.external_id: m.revision_hash() for m in read_all(folder).methods if not m.part}
    write(folder / "ideas.json", [*LISTED, idea("warm_up")])
    after = {m.external_id: m.revision_hash() for m in read_all(folder).methods if not m.part}
    assert before.items() < after.items()


def test_scores_that_are_none_of_ten_are_told_and_not_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "ideas.json", [idea("a", Interestingness=11, Feasibility="high", Novelty=10)])
    (found,) = read_all(path).methods
    assert found.self_scores == (SelfScore("Novelty", 10),)
    assert "- Interestingness: 11, which is no score of 10" in found.body
    assert "- Feasibility: the text 'high', which is no score of 10" in found.body


def test_what_a_list_has_besides_is_in_the_text(tmp_path: Path) -> None:
    row = idea("a", Risks=["One.", {"two": 2}], Title=None)
    (found,) = read_all(write(tmp_path / "ideas.json", [row])).methods
    assert found.title == "a"
    assert '## Risks\n\n- One.\n- {"two": 2}' in found.body


def test_a_row_that_is_no_idea_is_refused_and_the_others_taken(tmp_path: Path) -> None:
    rows = [idea("a"), {"Name": "b"}, 3, idea("c", Title=7, Name=["x"]), idea("d", Name=None, Title=" ")]
    records = read_all(write(tmp_path / "ideas.json", rows))
    assert [m.title for m in records.methods] == ["On a"]
    assert [r.place for r in records.rejects] == ["idea 2", "idea 3", "idea 4", "idea 5"]


@pytest.mark.parametrize("content", ["", "[", "{}", "[]"])
def test_what_is_no_list_is_one_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(SourceError, match=r".+\."):
        read_all(write(tmp_path / "ideas.json", content))


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [("[" * 100_000 + "]" * 100_000 + "}]", "nested more than 100 levels"), ('"c"', "not JSON")],
)
def test_a_damaged_list_is_refused_whole(tmp_path: Path, experiment: str, reason: str) -> None:
    path = write(tmp_path / "ideas.json", '[{"Name": "a", "Title": "b", "Experiment": ' + experiment)
    (reject,) = read_all(path)
    assert isinstance(reject, Reject)
    assert reject.file == str(path)
    assert reason in reject.reason


def test_a_list_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    path = write(tmp_path / "ideas.json", [idea("a", Title="Ä"), idea("b")])
    is_never_misread(path)


def test_a_run_that_is_cut_off_measures_nothing(folder: Path) -> None:
    path = folder / "run_1" / "final_info.json"
    whole = path.read_bytes()
    expected = results(read_all(folder))
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        records = read_all(folder)
        assert [r.file for r in records.rejects] == [str(path)]
        assert results(records).measurements == expected.measurements[1:]


@settings(max_examples=60)
@given(field=st.sampled_from(sorted(idea("a"))), value=json_values)
def test_whatever_stands_in_a_field_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "ideas.json"
    records = read_all(write(path, json.dumps([idea("kept"), {**idea("a"), field: value}])))
    assert len(records.methods) + len(records.rejects) == 2
    assert "On kept" in [m.title for m in records.methods]


@settings(max_examples=60)
@given(block_=json_values, mean=json_values, error=json_values, values=json_values)
def test_whatever_a_run_measured_is_told(
    tmp_path_factory: pytest.TempPathFactory, block_: Any, mean: Any, error: Any, values: Any
) -> None:
    info = {
        "d": {"means": {"m_mean": mean}, "stderrs": {"m_stderr": error}, "final_info_dict": {"m": values}},
        "e": {"means": {"n": 1}},
        "f": block_,
    }
    records = run_of_values(tmp_path_factory.mktemp("any"), info)
    rows = results(records).measurements
    assert [m.value for m in rows if m.dataset == "e"] == [1.0]
    assert [m for m in rows if m.dataset == "d"]
    assert all((m.value is None) is bool(m.missing) for m in rows)
    assert all(m.value is None or math.isfinite(m.value) for m in rows)
    assert {r.place for r in records.rejects} <= {"dataset f"}


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_notes_and_reviews_of_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = build_idea_folder(tmp_path_factory.mktemp("any"))
    for name in ("notes.txt", "review.txt"):
        (folder / name).write_bytes(data)
    # By its name, since what stands there may be of another format.
    records = read_all(folder, format_name="ai-scientist")
    assert len(results(records).measurements) == 2
    assert all(r.reason for r in records.rejects)
