"""Writing what a source read: new, changed, unchanged, back again; parts; settings; datasets; remarks."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from reviewer.domain.methods import Measurement, Method, Opinions, OutsideReview, Remark, SeedValue, SelfScore
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Role, Setting
from reviewer.store import methods, problems, recording
from reviewer.store.claims import NO_CLAIM, refresh_claims
from reviewer.store.connection import Store
from reviewer.store.opinions import opinions_of
from reviewer.store.recorded import Recorded
from reviewer.store.settings import set_settings
from tests.builders import NOW, PROBLEM, build_store, import_records, measured, method_ids, record, table


def changes(done: list[Recorded]) -> list[str]:
    return [d.change for d in done]


def only(store: Store, role: Role = Role.PROPOSAL) -> Method:
    (method_id,) = method_ids(store, role)
    return methods.method_by_id(store.connection(), method_id)


def counts(store: Store) -> problems.ProblemCounts:
    return problems.counts(store.connection(), 1, 0)


def test_what_was_written_is_read_back_whole(tmp_path: Path) -> None:
    first = measured(
        0.78,
        standard_error=0.05,
        n_seeds=2,
        n_test=200,
        n_correct=156,
        setting=Setting.LAB,
        split="test",
        basis=Basis.RECOMPUTED,
        source="seeds",
        seeds=(
            SeedValue(42, 0.7, 70, 100, Basis.PUBLISHED),
            SeedValue(None, 0.86, None, None, Basis.CLAIMED, 60.25, 0.6, 0.5, "seed 1", completed=True, exit_status=-9),
        ),
        n_evaluations=412,
    )
    second = measured(None, dataset="math", missing="ran out of time")
    sent = record(
        "p1",
        measurements=(first, second),
        agent="agent-4",
        run="run-1",
        parent="p0",
        idea="em",
        family="noise models",
        hypothesis="Noise is structured.",
        body="# Größe\n\n\x1b[31m \u202e [/] 🧪 \x00 end",
        claims=("beats it", "everywhere"),
        created_at="2025-11-03 10:00",
        raw={"z": 1, "a": [None, "é"]},
        self_scores=(SelfScore("Novelty", 9.0), SelfScore("Feasibility", 1.5, 5.0)),
        reviews=(OutsideReview(6.0, 10.0, 4.0, used_ai=False, consent=True), OutsideReview()),
    )
    store = build_store(tmp_path, sent)
    got = only(store)
    shared = {f.name for f in fields(got)} & set(sent._fields)
    assert len(shared) == 17
    for name in shared:
        assert getattr(got, name) == getattr(sent, name), name
    assert (got.revisions, got.revision_hash) == (1, sent.revision_hash())
    (revision,) = methods.revisions_of(store.connection(), got.id)
    assert json.loads(revision.raw) == sent.raw
    assert revision.measurements == sent.measurements
    assert opinions_of(store.connection(), [got.id]) == {got.id: Opinions(sent.self_scores, sent.reviews)}


def test_same_import_twice_changes_nothing(tmp_path: Path) -> None:
    records = [record("p1", measurements=(measured(),)), record("b1", Role.BASELINE)]
    store = build_store(tmp_path, *records)
    tables = ("methods", "revisions", "measurements", "seed_values", "datasets", "metrics", "counts", "problems")
    before = [table(store, f"SELECT * FROM {name}") for name in tables]
    assert changes(import_records(store, *records)) == ["unchanged", "unchanged"]
    assert [table(store, f"SELECT * FROM {name}") for name in tables] == before


def test_another_file_or_raw_record_of_the_same_content_is_no_change(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    moved = record("p1").provenance._replace(file="elsewhere.jsonl", place="line 9")
    assert changes(import_records(store, record("p1", provenance=moved, raw={"other": 1}))) == ["unchanged"]


def test_changed_proposal_is_a_new_revision_and_the_old_one_is_kept(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", body="one", measurements=(measured(0.5),)))
    old = only(store)
    done = import_records(store, record("p1", body="two", title="New title", measurements=(measured(0.6),)))
    new = only(store)
    assert changes(done) == ["changed"]
    assert (new.id, new.uuid) == (old.id, old.uuid)
    assert (new.body, new.title, new.revisions, [m.value for m in new.measurements]) == ("two", "New title", 2, [0.6])
    kept = methods.revisions_of(store.connection(), new.id)
    assert [(r.body, r.current, [m.value for m in r.measurements]) for r in kept] == [
        ("one", False, [0.5]),
        ("two", True, [0.6]),
    ]
    assert table(store, "SELECT claim FROM methods") == [(0.6,)]
    assert counts(store).proposals == 1


def test_content_that_goes_back_makes_the_old_revision_count_again(tmp_path: Path) -> None:
    first, second = record("p1", body="one", measurements=(measured(0.5),)), record("p1", body="two")
    store = build_store(tmp_path, first)
    old = only(store)
    import_records(store, second)
    assert changes(import_records(store, first, settings={"chat": Setting.LAB})) == ["changed"]
    now = only(store)
    assert (now.revision_id, now.body, now.revisions) == (old.revision_id, "one", 2)
    assert [r.current for r in methods.revisions_of(store.connection(), now.id)] == [True, False]
    assert table(store, "SELECT claim FROM methods") == [(0.5,)]
    assert [m.setting for m in now.measurements] == [Setting.LAB], "what this import told is heard"
    assert changes(import_records(store, first)) == ["unchanged"]


def test_new_origin_and_bound_are_taken_over(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("b1", Role.REFERENCE, origin=Origin.UNKNOWN))
    import_records(store, record("b1", Role.REFERENCE, origin=Origin.HUMAN, bound=Bound.FLOOR))
    assert (only(store, Role.REFERENCE).origin, only(store, Role.REFERENCE).bound) == (Origin.HUMAN, Bound.FLOOR)


def test_same_external_id_in_two_namespaces_is_two_proposals(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("exp12", namespace="a"), record("exp12", namespace="b"))
    assert len(method_ids(store)) == counts(store).proposals == 2


def test_parts_of_one_baseline_add_up_and_change_alone(tmp_path: Path) -> None:
    chat = record("b1", Role.BASELINE, part="chat", body="short", measurements=(measured(0.2),))
    math = record("b1", Role.BASELINE, part="math", body="the longer text", measurements=(measured(0.3, "math"),))
    store = build_store(tmp_path, chat)
    assert changes(import_records(store, math)) == ["new"], "a part that was not there is no change of another"
    got = only(store, Role.BASELINE)
    assert [(m.dataset, m.value) for m in got.measurements] == [("chat", 0.2), ("math", 0.3)]
    assert (got.body, got.revisions, counts(store).baselines) == ("the longer text", 1, 1)
    again = chat._replace(measurements=(measured(0.25),))
    assert changes(import_records(store, again, math)) == ["changed", "unchanged"]
    got = only(store, Role.BASELINE)
    assert {m.dataset: m.value for m in got.measurements} == {"chat": 0.25, "math": 0.3}
    assert (got.body, got.revisions) == ("the longer text", 1), "the revisions of what is shown, not of another part"


def test_settings_are_unknown_until_told_and_the_files_own_stand(tmp_path: Path) -> None:
    sent = record("p1", measurements=(measured(0.5), measured(0.4, "math", setting=Setting.PILOT)))
    store = build_store(tmp_path, sent)
    assert [m.setting for m in only(store).measurements] == [Setting.UNKNOWN, Setting.PILOT]
    (done,) = import_records(store, sent, settings={"chat": Setting.LAB, "math": Setting.HELD_OUT})
    assert (done.change, done.settings_told) == ("unchanged", 1)
    assert [m.setting for m in only(store).measurements] == [Setting.LAB, Setting.PILOT]
    assert table(store, "SELECT setting_from FROM measurements ORDER BY id") == [("person",), ("file",)]
    assert only(store).revisions == 1, "telling a setting is no new revision"


def test_settings_told_afterwards_change_only_unknown_ones_unless_forced(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5), measured(0.4, setting=Setting.PILOT))))
    with store.write() as connection:
        assert set_settings(connection, 1, lambda _: Setting.LAB, overwrite=False) == 1
    assert [m.setting for m in only(store).measurements] == [Setting.LAB, Setting.PILOT]
    with store.write() as connection:
        assert set_settings(connection, 1, lambda _: Setting.HELD_OUT, overwrite=True) == 2
        assert set_settings(connection, 1, lambda _: Setting.UNKNOWN, overwrite=True) == 0
    assert {m.setting for m in only(store).measurements} == {Setting.HELD_OUT}


def test_claim_follows_a_setting_told_afterwards(tmp_path: Path) -> None:
    """The claim is the lab's before the pilot's, so telling that one of two is the lab's changes which counts."""
    sent = record("p1", measurements=(measured(0.4, setting=Setting.PILOT), measured(0.9)))
    store = build_store(tmp_path, sent)
    assert table(store, "SELECT claim FROM methods") == [(0.4,)]
    with store.write() as connection:
        set_settings(connection, 1, lambda _: Setting.LAB, overwrite=False)
        refresh_claims(connection, 1, PROBLEM)
    assert table(store, "SELECT claim, claim_order FROM methods") == [(0.9, -0.9)]


@pytest.mark.parametrize(
    ("measurements", "claim"),
    [
        ((measured(0.3, "math"), measured(0.5, "chat")), 0.5),
        ((measured(0.3, "math"),), 0.3),
        ((measured(0.3, metric="loss"),), None),
        ((measured(None),), None),
        ((measured(0.9, subset="easy"), measured(0.4)), 0.4),
        ((measured(0.9, setting=Setting.PRODUCTION), measured(0.4, setting=Setting.LAB)), 0.4),
    ],
)
def test_claim_is_the_primary_metric_on_the_primary_dataset(
    tmp_path: Path, measurements: tuple[Measurement, ...], claim: float | None
) -> None:
    store = build_store(tmp_path, record("p1", measurements=measurements))
    order = NO_CLAIM if claim is None else -claim
    assert table(store, "SELECT claim, claim_order FROM methods") == [(claim, order)]


def test_datasets_count_under_one_name_whatever_a_file_calls_them(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5, "CHAT-0115"), measured(0.4, "Math"))))
    assert [m.dataset for m in only(store).measurements] == ["chat", "math"]
    assert [d.name for d in problems.problem_by_id(store.connection(), 1).problem.datasets] == ["chat", "math", "code"]


def test_alias_told_later_takes_earlier_measurements_along(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    bare = Problem(PROBLEM.slug, primary_metric="pgr", primary_dataset="chat-0115")
    import_records(store, record("b1", Role.BASELINE, measurements=(measured(0.2, "chat-0115"),)), problem=bare)
    assert [m.dataset for m in only(store, Role.BASELINE).measurements] == ["chat-0115"]
    later = Problem(PROBLEM.slug, datasets=(Dataset("chat", ("chat-0115",)),))
    again = import_records(
        store, record("b1", Role.BASELINE, measurements=(measured(0.2, "chat-0115"),)), problem=later
    )
    stored = problems.problem_by_id(store.connection(), 1).problem
    assert changes(again) == ["unchanged"]
    assert [m.dataset for m in only(store, Role.BASELINE).measurements] == ["chat"]
    assert stored.datasets == (Dataset("chat", ("chat-0115",)),)
    assert stored.primary_dataset == "chat"


def save(store: Store, problem: Problem) -> str:
    with store.write() as connection:
        return problems.save_problem(connection, problem, NOW)[1]


def test_readers_guess_only_adds_to_what_a_file_said(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    assert save(store, PROBLEM) == "new"
    assert save(store, PROBLEM) == "unchanged"
    guess = Problem(PROBLEM.slug, title="Guess", description="A guess.", primary_metric="acc",
                    metrics=(Metric("pgr", Direction.LOWER, "points"), Metric("acc", Direction.HIGHER)),
                    target=Target("guessed"), authoritative=False)  # fmt: skip
    assert save(store, guess) == "changed"
    stored = problems.problem_by_id(store.connection(), 1).problem
    assert (stored.title, stored.description, stored.primary_metric) == (PROBLEM.title, "A guess.", "pgr")
    assert stored.metric("pgr") == Metric("pgr", Direction.HIGHER, "points")
    assert stored.metric("acc").direction is Direction.HIGHER
    assert stored.target == Target("guessed"), "nobody had written one"
    assert save(store, replace(guess, target=Target("guessed anew"))) == "unchanged"


def test_file_overwrites_but_never_by_silence(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    save(store, PROBLEM)
    said = Problem(PROBLEM.slug, title="Better title", metrics=(Metric("pgr", unit="points"), Metric("mood", unit="x")))
    save(store, said)
    stored = problems.problem_by_id(store.connection(), 1).problem
    assert (stored.title, stored.primary_metric, stored.primary_dataset) == ("Better title", "pgr", "chat")
    assert stored.metric("pgr") == Metric("pgr", Direction.HIGHER, "points")
    assert stored.metric("mood") == Metric("mood", Direction.UNKNOWN, "x")
    assert [d.name for d in stored.datasets] == ["chat", "math", "code"]


def test_targets_are_versions_and_none_is_lost(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    with store.write() as connection:
        assert problems.current_target(connection, 1) is None
        for target, expected in [
            (Target("gains 1 point"), (1, True)),
            (Target("gains 1 point"), (1, False)),
            (Target("gains 2 points", horizon="2026-12-31"), (2, True)),
            (Target("gains 1 point"), (3, True)),
        ]:
            assert problems.save_target(connection, 1, target, written_by="kim", now=NOW) == expected
    assert problems.current_target(store.connection(), 1) == (3, Target("gains 1 point"))
    assert problems.problem_by_id(store.connection(), 1).target_version == 3
    assert len(table(store, "SELECT * FROM targets")) == 3


def test_problem_with_the_most_proposals_comes_first(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("b1", Role.BASELINE))
    import_records(store, record("p1"), record("p2"), problem=Problem("second"))
    import_records(store, record("p3"), problem=Problem("third"))
    listed = problems.list_problems(store.connection())
    assert [p.problem.slug for p in listed] == ["second", "third", "weak_to_strong"]
    assert problems.problem_by_slug(store.connection(), "fourth") is None
    with pytest.raises(LookupError):
        problems.problem_by_id(store.connection(), 99)


def remark(external_id: str = "r1", text: str = "It leaks.", **more: str) -> Remark:
    return Remark("run-1", external_id, PROBLEM.slug, RemarkKind.INSIGHT, text, record().provenance, **more)


def test_remarks_hang_on_an_idea_or_answer_a_method(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", idea="em"), record("p2"))
    told = [
        remark("r1", idea="em"),
        remark("r2", about="p2"),
        remark("r3", idea="other"),
        remark("r4", "Old.", idea="em"),
    ]
    with store.write() as connection:
        done = [recording.record_remark(connection, 1, r, import_id=1, now=NOW) for r in told]
        again = recording.record_remark(connection, 1, told[0], import_id=1, now=NOW)
        edited = recording.record_remark(connection, 1, remark("r4", "New.", idea="em"), import_id=1, now=NOW)
    assert (done, again, edited) == (["new"] * 4, "unchanged", "changed")
    found = [
        [r.text for r in methods.remarks_on(store.connection(), methods.method_by_id(store.connection(), m))]
        for m in method_ids(store)
    ]
    assert found == [["It leaks.", "New."], ["It leaks."]]


def test_methods_are_found_by_any_of_their_names(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("exp12", namespace="a"), record("exp12", namespace="b"))
    first, second = (methods.method_by_id(store.connection(), m) for m in method_ids(store))
    connection = store.connection()

    def found(name: str) -> list[int]:
        return [method_id for method_id, _ in methods.find_methods(connection, name)]

    assert found("exp12") == [first.id, second.id]
    assert found("b/exp12") == found(second.uuid) == found(second.uuid[-8:]) == [second.id]
    assert found(second.uuid[-7:]) == found("exp") == found("%") == []
    with pytest.raises(LookupError):
        methods.method_by_id(connection, 999)


def test_a_corrected_role_is_taken_over_and_counted(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("m1", Role.BASELINE, origin=Origin.AGENT), record("m2", Role.BASELINE))
    assert changes(import_records(store, record("m1"))) == ["changed"]
    assert only(store).external_id == "m1"
    assert (counts(store).proposals, counts(store).baselines) == (1, 1)
    import_records(store, record("m1", Role.BASELINE, origin=Origin.AGENT))
    assert (method_ids(store), counts(store).proposals, counts(store).baselines) == ([], 0, 2)


def test_one_record_has_each_dataset_once_whatever_the_case(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5, "New"), measured(0.4, "new"))))
    assert {m.dataset for m in only(store).measurements} == {"New"}


def test_one_more_part_of_a_method_costs_the_same_however_many_it_has(tmp_path: Path) -> None:
    store = build_store(tmp_path)

    def steps(first: int, last: int) -> int:
        taken = 0

        def count() -> None:
            nonlocal taken
            taken += 1

        store.connection().set_progress_handler(count, 100)
        parts = [record("m", part=f"part {i}", measurements=(measured(i / 1000, f"d{i}"),)) for i in range(first, last)]
        import_records(store, *parts, index=False)
        store.connection().set_progress_handler(None, 0)
        return taken

    import_records(store, record("m", part="part 0", measurements=(measured(),)), index=False)
    few = steps(1, 50)
    steps(50, 800)
    late = steps(800, 849)
    assert late < 6 * few, "the claim alone is looked for among all of them, once for all"
