import json
import shutil
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Measurement, MethodRecord
from reviewer.domain.vocabulary import Basis, Bound, Origin, Role, Setting
from reviewer.sources import registry

from .aar_cache_fixture import CEILING, CONFIG, FLOOR, build_cache, pgr, student, write_seed
from .reading import Records, read_all

CONFIDENT = "train_only_on_confident_labels"


def measured(method: MethodRecord, metric: str, subset: str = "") -> Measurement:
    (row,) = [m for m in method.measurements if (m.metric, m.subset) == (metric, subset)]
    return row


def of_folders(records: Records) -> Records:
    """What was read without the fixed floor and ceiling that the files state beside it."""
    return Records(r for r in records if not (isinstance(r, MethodRecord) and r.part.startswith("fixed:")))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return build_cache(tmp_path / "release" / "cache_results")


def test_the_whole_cache_is_one_plan_and_gives_the_study_s_numbers(cache: Path) -> None:
    (found,) = registry.recognise(cache).found
    assert (found.source.name, found.path) == ("aar-cache", cache)
    records = of_folders(read_all(cache))
    assert not records.rejects
    assert {m.external_id for m in records.methods} == {CONFIDENT, "ue_zeroshot", "_weak_baseline", "_strong_ceiling"}
    assert {m.part for m in records.methods} == {"cache:chat"}
    assert {m.namespace for m in records.methods} == {"aar-study"}

    confident = measured(records.method(CONFIDENT), "pgr")
    assert confident.value == pytest.approx(0.234, abs=5e-4)
    assert confident.standard_error == pytest.approx(0.054, abs=5e-4)
    assert (confident.n_seeds, confident.n_test, confident.basis) == (5, 1263, Basis.RECOMPUTED)
    assert confident.setting is Setting.UNKNOWN
    assert [(s.seed, s.basis) for s in confident.seeds] == [(n, Basis.CLAIMED) for n in range(42, 47)]

    ue = records.method("ue_zeroshot")
    assert (ue.title, ue.role, ue.origin) == ("Zero-shot unsupervised elicitation", Role.BASELINE, Origin.HUMAN)
    assert measured(ue, "pgr").n_seeds == 4
    assert measured(ue, "pgr").value == pytest.approx(0.0266)

    floor, ceiling = records.method("_weak_baseline"), records.method("_strong_ceiling")
    assert (floor.bound, ceiling.bound, floor.role) == (Bound.FLOOR, Bound.CEILING, Role.REFERENCE)
    assert measured(floor, "accuracy").value == pytest.approx(0.528, abs=5e-4)
    assert measured(ceiling, "accuracy").value == pytest.approx(0.7325, abs=5e-5)
    assert {measured(m, "accuracy").n_seeds for m in (floor, ceiling)} == {16}
    assert all(m.metric == "accuracy" for m in floor.measurements + ceiling.measurements)


def test_accuracy_is_the_student_s_and_not_the_top_level_strong_acc(cache: Path) -> None:
    row = measured(read_all(cache).method(CONFIDENT), "accuracy")
    assert row.value == pytest.approx(0.5758, abs=5e-5)
    first = row.seeds[0]
    assert (first.seed, first.n_correct, first.n_test) == (42, 771, 1263)


def test_subsets_are_rows_of_their_own(cache: Path) -> None:
    hard = measured(read_all(cache).method(CONFIDENT), "accuracy", "hard")
    assert (hard.n_test, hard.n_seeds, len(hard.seeds)) == (763, 5, 5)
    assert hard.seeds[0].n_correct == 471


def test_what_disagrees_with_the_path_is_told_to_the_reader(cache: Path) -> None:
    body = read_all(cache).method("ue_zeroshot").body
    assert "### Notes on the files" in body
    assert "seed_42.json: says method 'vanilla_w2s' inside" in body
    assert "seed_45.json: says seed 42 inside" in body
    assert "seed_42.json: says seed" not in body
    assert "Notes on the files" not in read_all(cache).method(CONFIDENT).body


def test_soft_labels_are_left_out_of_the_raw_record(cache: Path) -> None:
    raw = of_folders(read_all(cache)).method("_weak_baseline").raw
    assert raw["seed_42.json"]["soft_labels"] == []
    assert len(raw) == 16


@pytest.mark.parametrize(
    ("start", "seeds"),
    [("cache_results", 5), (f"cache_results/chat_{CONFIDENT}", 5), (f"cache_results/chat_{CONFIDENT}/{CONFIG}", 5)],
)
def test_any_folder_of_the_layout_can_be_given(cache: Path, start: str, seeds: int) -> None:
    method = read_all(cache.parent / start).method(CONFIDENT)
    assert measured(method, "pgr").n_seeds == seeds


def test_the_path_relative_to_where_one_stands_is_enough(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cache / f"chat_{CONFIDENT}" / CONFIG)
    method = read_all(Path("seed_43.json")).method(CONFIDENT)
    row = measured(method, "pgr")
    assert (row.n_seeds, row.standard_error) == (1, None)
    assert [s.seed for s in row.seeds] == [43]


def test_reading_where_it_lies_makes_no_other_revision(cache: Path, tmp_path: Path) -> None:
    before = [m.revision_hash() for m in read_all(cache).methods]
    moved = tmp_path / "elsewhere"
    shutil.move(cache, moved)
    assert [m.revision_hash() for m in read_all(moved).methods] == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ('{"transfer_acc": 0.5', "is not JSON"),
        ("[1]", "must be an object, not a list"),
        ('{"pgr": 0.2}', "transfer_acc: is missing"),
        ('{"transfer_acc": "0.5"}', "transfer_acc: must be a number, not the text '0.5'"),
        ('{"transfer_acc": NaN}', "transfer_acc: must lie between 0 and 1, not nan"),
        ('{"transfer_acc": 57.0}', "transfer_acc: must lie between 0 and 1, not 57"),
    ],
)
def test_a_bad_seed_is_a_reject_and_the_others_make_the_method(cache: Path, content: str, reason: str) -> None:
    bad = write_seed(cache / f"chat_{CONFIDENT}" / CONFIG, 44, content)
    records = read_all(cache)
    (reject,) = records.rejects
    assert reject.file == str(bad)
    assert reason in reject.reason
    assert [s.seed for s in measured(records.method(CONFIDENT), "pgr").seeds] == [42, 43, 45, 46]


def test_a_null_pgr_is_computed_where_it_can_be_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "code_critic" / CONFIG
    write_seed(folder, 42, student(771, 42, pgr=None, dataset_name="code0115"))
    write_seed(folder, 43, student(724, 43, pgr=-999, dataset_name="code0115"))
    row = measured(read_all(tmp_path).method("critic"), "pgr")
    assert row.dataset == "code"
    assert [s.basis for s in row.seeds] == [Basis.RECOMPUTED] * 2
    assert row.value == pytest.approx((pgr(771 / 1263) + pgr(724 / 1263)) / 2)
    assert "seed 42 is computed from its accuracies, as the file gives none" in row.source
    assert "-999, which stands for no value" in row.source


def fixed(records: Records) -> dict[str, list[tuple[float | None, str]]]:
    return {
        m.external_id: [(row.value, row.source) for row in m.measurements]
        for m in records.methods
        if m.part == "fixed:chat"
    }


def test_the_fixed_floor_and_ceiling_are_kept_as_the_files_claim_them(cache: Path) -> None:
    records = read_all(cache)
    assert fixed(records) == {
        "_weak_baseline": [(FLOOR, "fixed_weak_baseline of the seed files")],
        "_strong_ceiling": [(CEILING, "fixed_strong_baseline of the seed files")],
    }
    (ceiling,) = (m for m in records.methods if (m.external_id, m.part) == ("_strong_ceiling", "fixed:chat"))
    assert (ceiling.role, ceiling.bound, ceiling.namespace) == (Role.REFERENCE, Bound.CEILING, "aar-study")
    (row,) = ceiling.measurements
    assert (row.metric, row.dataset, row.basis, row.n_seeds) == ("accuracy", "chat", Basis.CLAIMED, None)
    assert ceiling.provenance.place == "fixed_strong_baseline in 9 seed files"
    (alone,) = (m for m in read_all(cache / f"chat_{CONFIDENT}").methods if m.external_id == "_strong_ceiling")
    assert alone.revision_hash() == ceiling.revision_hash(), "one folder alone says the same"


def test_where_files_state_different_fixed_numbers_each_is_kept_with_its_methods(cache: Path) -> None:
    write_seed(cache / "chat_vanilla_w2s" / CONFIG, 42, student(700, 42, fixed_strong_baseline=CEILING + 0.0014))
    write_seed(cache / "chat_critic" / CONFIG, 42, student(700, 42, fixed_strong_baseline=None))
    assert fixed(read_all(cache))["_strong_ceiling"] == [
        (CEILING, "fixed_strong_baseline of train_only_on_confident_labels, ue_zeroshot"),
        (CEILING + 0.0014, "fixed_strong_baseline of vanilla_w2s"),
    ]


def test_a_null_pgr_without_baselines_is_missing_with_the_reason(tmp_path: Path) -> None:
    lone = student(771, 42, pgr=None, fixed_weak_baseline=None, fixed_strong_baseline=None)
    write_seed(tmp_path / "chat_critic" / CONFIG, 42, lone)
    row = measured(read_all(tmp_path).method("critic"), "pgr")
    assert row.value is None
    assert "nor the fixed baselines" in row.missing
    assert not row.seeds


def test_zero_is_a_pgr_like_any_other(tmp_path: Path) -> None:
    write_seed(tmp_path / "chat_critic" / CONFIG, 42, student(667, 42, pgr=0.0))
    row = measured(read_all(tmp_path).method("critic"), "pgr")
    assert (row.value, row.missing) == (0.0, "")


def test_a_stated_pgr_that_its_accuracies_deny_is_kept_and_told(tmp_path: Path) -> None:
    write_seed(tmp_path / "chat_critic" / CONFIG, 42, student(771, 42, pgr=0.9))
    row = measured(read_all(tmp_path).method("critic"), "pgr")
    assert row.value == 0.9
    assert "seed 42 states 0.9000, its accuracies give 0.4032" in row.source


def test_two_configs_of_one_method_are_two_methods(tmp_path: Path) -> None:
    write_seed(tmp_path / "chat_critic" / "short", 42, student(771, 42))
    write_seed(tmp_path / "chat_critic" / "short_but_longer", 42, student(700, 42))
    write_seed(tmp_path / "math_critic" / "any", 42, student(700, 42))
    methods = of_folders(read_all(tmp_path)).methods
    assert [(m.external_id, m.part) for m in methods] == [
        ("critic", "cache:chat"), ("critic [short_but_longer]", "cache:chat"), ("critic", "cache:math"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "inside", "dataset", "method"),
    [
        ("chat-0115_ue_zeroshot", "chat-0115", "chat", "ue_zeroshot"),
        ("code_unsupervised_elicitation", "code0115", "code", "ue_zeroshot"),
        ("math-dapo-0116_critic", "x", "math", "critic"),
        ("tool_use_my_method", "tool_use", "tool_use", "my_method"),
        ("law_my_method", "other", "law", "my_method"),
    ],
)
def test_dataset_and_method_come_from_the_folder(
    tmp_path: Path, folder: str, inside: str, dataset: str, method: str
) -> None:
    write_seed(tmp_path / folder / CONFIG, 42, student(771, 42, dataset_name=inside))
    (record,) = of_folders(read_all(tmp_path)).methods
    assert (record.external_id, record.part) == (method, f"cache:{dataset}")


def test_a_method_that_the_study_does_not_know_is_of_unknown_origin(tmp_path: Path) -> None:
    write_seed(tmp_path / "chat_new_idea" / CONFIG, 42, student(771, 42))
    (record,) = of_folders(read_all(tmp_path)).methods
    assert (record.title, record.role, record.origin) == ("New idea", Role.BASELINE, Origin.UNKNOWN)


def test_a_folder_that_names_no_method_is_a_reject(tmp_path: Path) -> None:
    path = write_seed(tmp_path / "results" / CONFIG, 42, student(771, 42))
    (reject,) = read_all(path).rejects
    assert "does not say dataset and method" in reject.reason


def test_a_file_named_like_a_seed_is_not_taken_for_one(tmp_path: Path) -> None:
    write_seed(tmp_path, 42, json.dumps({"epochs": 3}))
    with pytest.raises(SourceError, match="the folder holds one file, which no format fits"):
        read_all(tmp_path)
    with pytest.raises(SourceError, match="holds no cached results"):
        read_all(tmp_path, format_name="aar-cache")


def test_floor_and_ceiling_constants_are_the_study_s() -> None:
    assert (round(FLOOR, 4), round(CEILING, 4)) == (0.528, 0.7325)


def test_a_seeds_accuracy_has_what_its_file_says_of_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "chat_vanilla_w2s" / "config"
    record = student(700, 42, idea_name="critic", training_time=6378.6877501010895)
    final = record["detailed_eval"]["strong"]["final_eval"]
    final |= {"pred_distribution": {"0": 764, "1": 499}, "label_distribution": {"1": 639, "0": 624}}
    write_seed(folder, 43, record)
    odd = student(700, 44, idea_name="vanilla_w2s", training_time="long")
    odd["detailed_eval"]["strong"]["final_eval"] |= {"pred_distribution": {"0": -1}, "label_distribution": [1]}
    write_seed(folder, 44, odd)
    (method,) = of_folders(read_all(tmp_path)).methods
    pgr, accuracy = method.measurements[:2]
    first, second = accuracy.seeds
    assert (first.seconds, first.says) == (6378.6877501010895, "seed 42, method critic")
    assert (first.predicted_share, first.label_share) == (764 / 1263, 624 / 1263)
    assert second.further() == ()
    assert [s.further() for s in pgr.seeds] == [(), ()]
