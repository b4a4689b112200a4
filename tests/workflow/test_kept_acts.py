"""What people did: kept daily, and put back onto a store into which the same proposals were imported anew."""

import gzip
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import DamagedStoreError, UserError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.methods import MethodRecord
from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Direction, Protocol, Result, Role, Setting, Verdict
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.health import examine_store
from reviewer.store.protocols import set_protocol
from reviewer.workflow import judging
from reviewer.workflow.kept_acts import KEPT, keep_acts, keep_daily, read_acts, restore
from reviewer.workflow.outcomes import record_outcome, retract_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.targets import write_target
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import (
    NOW,
    RUBRIC,
    act,
    build_session,
    build_store,
    context,
    import_records,
    judge,
    measured,
    record,
    table,
)

EVENTS = (
    "SELECT a.id, a.uuid, act, kind, w.name, w.uuid, m.external_id, r.content_hash, q.content_hash, a.rubric, "
    "a.target_version, b.external_id, a.reverses, a.supersedes, a.snapshot, a.visible, a.seconds, a.created_at "
    "FROM annotations a JOIN reviewers w ON w.id = a.reviewer_id JOIN methods m ON m.id = a.method_id "
    "JOIN revisions r ON r.id = a.revision_id LEFT JOIN revisions q ON q.id = a.judged_revision_id "
    "LEFT JOIN methods b ON b.id = a.baseline_id ORDER BY a.id"
)
JUDGEMENTS = (
    "SELECT w.name, m.external_id, j.status, j.verdict, j.forecast, j.ratings, j.rationale, j.tags, j.flagged, "
    "j.seconds, j.first_at, j.updated_at FROM current_judgements j JOIN reviewers w ON w.id = j.reviewer_id "
    "JOIN methods m ON m.id = j.method_id ORDER BY 1, 2"
)


def study() -> list[MethodRecord]:
    proposals = [record(f"p{i}", measurements=(measured(), measured(dataset="math"))) for i in range(5)]
    return [*proposals, record("b", Role.BASELINE, measurements=(measured(),))]


def judged_store(folder: Path) -> Store:
    """A store in which two people did all kinds of things."""
    folder.mkdir(exist_ok=True)
    store = build_store(folder, *study())
    kim, noor = build_session(store), build_session(store, "noor")
    object.__setattr__(noor, "clock", kim.clock)
    write_target(kim, 1, Target("Gains a point.", "", "", "", "", "", ""))
    judge(kim, 1)
    act(kim, 2, Act.RATING, judging.rate("cost", ConstraintRating(note="é \u2028?")))
    act(kim, 2, Act.FORECAST, judging.set_forecast(0.35), seconds=2.5)
    act(noor, 3, Act.FLAG, judging.set_flag(True))
    judging.undo(kim)
    with store.write() as connection:
        baseline = connection.execute("SELECT id FROM methods WHERE external_id = 'b'").fetchone()[0]
    judging.perform(
        noor, 1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context(noor, 1, baseline_id=baseline), words=""
    )
    tell(
        store,
        choose_problem(store, None),
        settings=parse_settings("chat=lab"),
        directions={"mood": Direction.LOWER},
        aliases={"maths": "math"},
    )
    return store


@pytest.fixture
def old(tmp_path: Path) -> Store:
    return judged_store(tmp_path / "old")


def fresh(tmp_path: Path, *records: MethodRecord, name: str = "new") -> Store:
    folder = tmp_path / name
    folder.mkdir()
    return build_store(folder, *records)


def in_2027(session: Session) -> Session:
    return replace(session, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))


def settings_of(store: Store) -> list[tuple[Any, ...]]:
    return table(store, "SELECT metric, dataset, setting, setting_from, setting_in_file FROM measurements ORDER BY id")


def test_all_that_people_did_comes_back_onto_a_new_import_and_twice_adds_nothing(old: Store, tmp_path: Path) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    assert kept.events == len(table(old, EVENTS)) == 6
    assert kept.path.stat().st_mode & 0o777 == 0o600
    # In another order, so that every row id is another one.
    new = fresh(tmp_path, *reversed(study()))
    done = restore(new.path, kept.path)
    assert (done.events, done.events_there, done.left_out, done.differing) == (6, 0, 0, [])
    assert (done.reviewers, done.rubrics, done.targets, done.settings) == (2, 1, 1, 6)
    assert table(new, EVENTS) == table(old, EVENTS)
    assert table(new, JUDGEMENTS) == table(old, JUDGEMENTS)
    assert sorted(settings_of(new)) == sorted(settings_of(old))
    for rows in (
        "SELECT name, direction FROM metrics ORDER BY name",
        "SELECT alias, dataset FROM dataset_aliases ORDER BY alias",
        "SELECT metric, direction FROM stated_directions WHERE source = ''",
        "SELECT version, criterion, written_by, created_at FROM targets",
        "SELECT r.slug, r.version, r.content_hash, c.slug, c.question FROM rubrics r JOIN constraints c "
        "ON c.rubric_id = r.id ORDER BY c.id",
        "SELECT name, n FROM counts WHERE n ORDER BY name",
    ):
        assert table(new, rows) == table(old, rows), rows
    before = list(new.connection().iterdump())
    again = restore(new.path, kept.path)
    assert (again.events, again.events_there, again.left_out, again.settings, again.told) == (0, 6, 0, 0, 0)
    assert list(new.connection().iterdump()) == before
    found = examine_store(new.path)
    assert (found.damage, found.broken_references, found.stale_judgements, found.stale_counts) == ((), 0, 0, 0)
    assert found.stale_claims == 0


def test_what_was_done_since_stays_last_and_in_step(old: Store, tmp_path: Path) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *study())
    kim = in_2027(build_session(new))
    judge(kim, 1, Verdict.CANNOT_TELL)
    judge(kim, 2)
    judging.undo(kim)
    done = restore(new.path, kept.path)
    assert (done.events, done.reviewers, done.rubrics) == (6, 1, 0)
    ids = [row[0] for row in table(new, "SELECT uuid FROM annotations ORDER BY id")]
    assert ids[:6] == [row[0] for row in table(old, "SELECT uuid FROM annotations ORDER BY id")]
    assert table(new, "SELECT verdict FROM current_judgements WHERE method_id = 1 AND reviewer_id = 1") == [
        ("cannot_tell",)
    ]
    undone = judging.undo(kim)
    assert undone is not None
    assert undone.words == "can't tell"
    assert judge(kim, 3) is not None
    found = examine_store(new.path)
    assert (found.broken_references, found.stale_judgements, found.stale_counts) == (0, 0, 0)
    assert restore(new.path, kept.path).events_there == 6


def test_what_is_not_there_is_counted_and_named_and_comes_with_the_next_import(old: Store, tmp_path: Path) -> None:
    import_records(old, record("p1", body="Another body."))
    judge(in_2027(build_session(old)), 2)
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    records = {r.external_id: r for r in study()}
    new = fresh(tmp_path, records["p0"], records["p1"])
    done = restore(new.path, kept.path)
    assert done.without_proposal == {"weak_to_strong/run-1/p2": 1}
    assert done.without_text == {"weak_to_strong/run-1/p1": 1}
    assert done.without_baseline == {"weak_to_strong/run-1/b": 1}
    assert (done.events, done.left_out) == (4, 3)
    import_records(new, records["p2"], record("p1", body="Another body."), records["b"])
    done = restore(new.path, kept.path)
    assert (done.events, done.events_there, done.left_out) == (3, 4, 0)
    assert table(new, EVENTS) == table(old, EVENTS)
    order = "SELECT uuid FROM annotations ORDER BY id"
    assert table(new, order) == table(old, order)
    found = examine_store(new.path)
    assert (found.stale_judgements, found.stale_counts) == (0, 0)


def test_a_baseline_that_is_gone_for_good_is_given_up_where_that_is_asked_for(old: Store, tmp_path: Path) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *(r for r in study() if r.external_id != "b"))
    done = restore(new.path, kept.path)
    assert (done.events, done.left_out, done.baseline_given_up) == (5, 1, 0)
    done = restore(new.path, kept.path, without_baselines=True)
    assert (done.events, done.events_there, done.left_out, done.baseline_given_up) == (1, 5, 0, 1)
    assert table(new, JUDGEMENTS) == table(old, JUDGEMENTS)


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("event", {"kind": "applause"}),
        ("event", {"created_at": "zzzz"}),
        ("event", {"created_at": "2026-01-02"}),
        ("event", {"snapshot": "[]"}),
        ("event", {"visible": "[]"}),
        ("reviewer", {"name": "kim\x1b]52;c;aGk=\x07"}),
        ("reviewer", {"name": ""}),
    ],
)
def test_what_no_store_of_ours_holds_is_left_out_and_counted(
    old: Store, tmp_path: Path, of: str, change: dict[str, Any]
) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    with gzip.open(kept.path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    n = next(i for i, line in enumerate(lines) if line.get("type") == of)
    lines[n] |= change
    with gzip.open(kept.path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    new = fresh(tmp_path, *study())
    done = restore(new.path, kept.path)
    theirs = [e["uuid"] for e in lines[1:-1] if e["type"] == "event" and e["reviewer_id"] == lines[n]["id"]]
    assert done.unsound == (theirs if of == "reviewer" else [lines[n]["uuid"]])
    assert done.events == 6 - len(done.unsound)
    assert examine_store(new.path).stale_judgements == 0


def test_what_stands_otherwise_is_told_and_kept(old: Store, tmp_path: Path) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *study())
    kim = build_session(new, rubric=RUBRIC)
    write_target(kim, 1, Target("Another criterion.", "", "", "", "", "", ""))
    tell(new, choose_problem(new, None), settings=parse_settings("chat=pilot"), directions={"mood": Direction.HIGHER},
         aliases={}, primary_metric="loss")  # fmt: skip
    done = restore(new.path, kept.path)
    assert len(done.differing) == 3
    assert done.settings == 0
    assert "The primary metric of weak_to_strong is loss, and was pgr; `reviewer set --primary-metric`" in str(done)
    assert "The metric mood of weak_to_strong is higher, and was told to be lower" in str(done)
    assert "Version 1 of the target of weak_to_strong says something else" in str(done)
    assert table(new, "SELECT criterion FROM targets") == [("Another criterion.",)]


def test_settings_told_of_some_come_back_to_those_alone(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    store = build_store(tmp_path / "old", *study())
    tell(store, choose_problem(store, None), settings=parse_settings("lab"), directions={}, aliases={})
    import_records(store, record("later", measurements=(measured(),)))
    kept = keep_acts(store.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *study(), record("later", measurements=(measured(),)))
    assert restore(new.path, kept.path).settings == 11
    assert settings_of(new) == settings_of(store)
    assert settings_of(new)[-1] == ("pgr", "chat", "unknown", "file", None)


def test_what_the_file_states_stays(old: Store, tmp_path: Path) -> None:
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, record("p0", measurements=(measured(setting=Setting.PRODUCTION),)))
    restore(new.path, kept.path)
    assert settings_of(new) == [("pgr", "chat", "production", "file", None)]


class Days:
    """A clock that a test sets to a day."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_it_is_kept_once_a_day_when_something_is_new_and_for_seven_days(old: Store, tmp_path: Path) -> None:
    days = Days()
    kim = build_session(old)
    folder = old.path.with_name("reviewer.db-backups")
    assert keep_daily(old, days) is not None
    assert keep_daily(old, days) is None, "once a day"
    assert folder.stat().st_mode & 0o777 == 0o700
    days.now += timedelta(days=1)
    assert keep_daily(old, days) is None, "nothing is new"
    (folder / "people-20260101T000000Z.jsonl.gz").write_text("made by hand")
    for n in range(10):
        days.now += timedelta(days=1)
        judge(kim, 1 + n % 5, Verdict.FAILS if n < 5 else Verdict.SURVIVES)
        assert keep_daily(old, days) is not None
    names = sorted(p.name for p in folder.iterdir())
    assert names == [*(f"people-2026-03-{day:02}.jsonl.gz" for day in range(6, 13)), "people-20260101T000000Z.jsonl.gz"]
    assert len(names) == KEPT + 1
    assert sum(r["type"] == "event" for r in read_acts(folder / names[6])) == 16


def test_an_emptier_store_in_the_same_place_does_not_push_out_the_fullest_file(old: Store, tmp_path: Path) -> None:
    days = Days()
    fullest = keep_daily(old, days)
    assert fullest is not None
    old.close()
    for file in old.path.parent.glob("reviewer.db*"):
        if file.is_file():
            file.unlink()
    new = build_store(old.path.parent, *study())
    assert keep_daily(new, days) is None
    days.now += timedelta(days=1)
    assert keep_daily(new, days) is None, "nobody has done anything in it"
    kim = build_session(new)
    for n in range(5):
        for flag in (True, False):
            days.now += timedelta(days=1)
            if n < 2:
                act(kim, 1 + n, Act.FLAG, judging.set_flag(flag))
            else:
                write_target(kim, 1, Target(f"{n} {flag}", "", "", "", "", "", ""))
            assert keep_daily(new, days) is not None
    files = sorted(fullest.path.parent.iterdir())
    assert len(files) == KEPT + 1
    assert files[0] == fullest.path
    assert restore(new.path, fullest.path).events == 6


@pytest.mark.parametrize("how", ["cut", "flip", "text", "no end", "foreign", "newer", "hostile"])
def test_a_broken_file_changes_nothing(old: Store, tmp_path: Path, how: str) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    raw = path.read_bytes()
    lines = gzip.decompress(raw).decode().splitlines()
    if how == "cut":
        path.write_bytes(raw[:-30])
    elif how == "flip":
        path.write_bytes(raw[:200] + bytes([raw[200] ^ 255]) + raw[201:])
    elif how == "text":
        path.write_text("notes")
    elif how == "no end":
        path.write_bytes(gzip.compress("\n".join(lines[:-1]).encode()))
    elif how == "foreign":
        path.write_bytes(gzip.compress(b'{"kind": "other"}\n'))
    elif how == "newer":
        head = json.loads(lines[0]) | {"format": 99}
        path.write_bytes(gzip.compress("\n".join([json.dumps(head), *lines[1:]]).encode()))
    else:
        changed = [line.replace('"seconds":0.0', '"seconds":-1') for line in lines]
        path.write_bytes(gzip.compress("\n".join(changed).encode()))
    new = fresh(tmp_path, *study())
    before = list(new.connection().iterdump())
    with pytest.raises(UserError, match=r"broken|cut off|holds nothing|newer"):
        restore(new.path, path)
    with closing(Store(new.path)) as after:
        assert list(after.connection().iterdump()) == before


def test_only_such_a_file_gives_way(old: Store, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.write_text("notes")
    with pytest.raises(UserError, match="is there already"):
        keep_acts(old.path, notes)
    keep_acts(old.path, notes, force=True)
    assert keep_acts(old.path, notes).events == 6
    with pytest.raises(UserError, match="belongs to the store"):
        keep_acts(old.path, old.path, force=True)


def test_what_is_left_of_a_damaged_store_takes_no_good_files_place(old: Store, tmp_path: Path) -> None:
    ((root,),) = table(old, "SELECT rootpage FROM sqlite_master WHERE name = 'methods_by_title'")
    old.close()
    raw = bytearray(old.path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = bytes(PAGE_SIZE)
    old.path.write_bytes(raw)
    with pytest.raises(DamagedStoreError, match="`reviewer recover OUT`"):
        keep_daily(Store(old.path), Days())
    assert not old.path.with_name("reviewer.db-backups").exists()


OUTCOMES = (
    "SELECT o.uuid, m.external_id, w.name, o.kind, o.supersedes, o.target_version, o.result, o.happened_on, o.metric, "
    "o.effect, o.standard_error, o.setting, o.constraint_slug, o.evidence, o.note, o.recorded_at, o.chosen_with "
    "FROM outcomes o "
    "JOIN methods m ON m.id = o.method_id JOIN reviewers w ON w.id = o.reviewer_id ORDER BY o.id"
)
HOLD = (
    "SELECT m.external_id, o.uuid, c.result, c.happened_on, c.first_at, c.standing FROM current_outcomes c "
    "JOIN methods m ON m.id = c.method_id JOIN outcomes o ON o.id = c.outcome_id ORDER BY 1"
)


def ended_store(folder: Path) -> Store:
    """The same store, in which it is known how some proposals ended, and one was measured in production before."""
    store = judged_store(folder)
    kim = build_session(store)
    live = record("p1", measurements=(measured(), measured(dataset="math", setting=Setting.PRODUCTION)), body="Live.")
    import_records(store, live, now="2026-01-01T00:00:00.000Z")
    whole = Outcome(
        Result.SURVIVED,
        date(2026, 1, 1),
        "pgr",
        0.5,
        0.25,
        Setting.PRODUCTION,
        "scale",
        "https://x.test",
        "é\u2028",
        0.25,
    )
    record_outcome(kim, 2, replace(whole, result=Result.FAILED))
    record_outcome(kim, 2, whole)
    record_outcome(in_2027(build_session(store, "lee")), 4, Outcome(Result.PARTLY, date(2026, 1, 1)))
    retract_outcome(kim, 4, "too early")
    record_outcome(kim, 5, Outcome(Result.WITHDRAWN, date(2026, 1, 2)))
    return store


def test_outcomes_come_back_onto_a_new_import_and_twice_add_nothing(tmp_path: Path) -> None:
    old = ended_store(tmp_path / "old")
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    assert (kept.events, kept.outcomes) == (6, 5)
    live = record("p1", measurements=(measured(), measured(dataset="math", setting=Setting.PRODUCTION)), body="Live.")
    new = fresh(tmp_path, *reversed(study()))
    import_records(new, live, now="2028-01-01T00:00:00.000Z")
    done = restore(new.path, kept.path)
    assert (done.outcomes, done.outcomes_there, done.left_out) == (5, 0, 0)
    assert table(new, OUTCOMES) == table(old, OUTCOMES)
    assert table(new, HOLD) == table(old, HOLD)
    seen = "SELECT m.external_id, production_from FROM exposures JOIN methods m ON m.id = method_id"
    assert table(new, seen) == table(old, seen) == [("p1", "2026-01-01T00:00:00.000Z")]
    before = list(new.connection().iterdump())
    again = restore(new.path, kept.path)
    assert (again.outcomes, again.outcomes_there, again.events_there) == (0, 5, 6)
    assert list(new.connection().iterdump()) == before
    found = examine_store(new.path)
    assert (found.broken_references, found.stale_outcomes, found.stale_exposures) == (0, 0, 0)


def test_an_outcome_of_what_is_not_there_is_named_and_comes_with_the_next_import(tmp_path: Path) -> None:
    old = ended_store(tmp_path / "old")
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    records = {r.external_id: r for r in study()}
    new = fresh(tmp_path, *(r for name, r in records.items() if name != "p4"))
    done = restore(new.path, kept.path)
    assert (done.outcomes, done.without_proposal) == (4, {"weak_to_strong/run-1/p4": 1})
    import_records(new, records["p4"])
    assert restore(new.path, kept.path).outcomes == 1
    assert table(new, HOLD) == table(old, HOLD)


def test_two_stores_that_take_in_one_anothers_outcomes_come_to_the_same(tmp_path: Path) -> None:
    stores = []
    for name in ("one", "two"):
        store = fresh(tmp_path, *study(), name=name)
        session = in_2027(build_session(store, name))
        record_outcome(session, 1, Outcome(Result.FAILED, date(2026, 1, 1), note=name))
        stores.append((store, keep_acts(store.path, tmp_path / f"{name}.gz").path))
    (one, of_one), (two, of_two) = stores
    assert restore(one.path, of_two).outcomes == restore(two.path, of_one).outcomes == 1
    assert table(one, HOLD) == table(two, HOLD)
    assert [row[-1] for row in table(one, HOLD)] == [2]


def test_outcomes_alone_are_kept_daily(tmp_path: Path) -> None:
    store = fresh(tmp_path, *study())
    kim = build_session(store)
    days = Days()
    assert keep_daily(store, days) is None
    record_outcome(kim, 1, Outcome(Result.FAILED, date(2026, 1, 1)))
    kept = keep_daily(store, days)
    assert kept is not None
    assert (kept.events, kept.outcomes) == (0, 1)
    days.now += timedelta(days=1)
    assert keep_daily(store, days) is None
    retract_outcome(kim, 1)
    assert keep_daily(store, days) is not None


def test_a_file_of_a_reviewer_that_knew_no_outcomes_is_put_back(old: Store, tmp_path: Path) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    lines = list(map(json.loads, gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")))
    lines[0] |= {"format": 1, "stamp": lines[0]["stamp"][:6]}
    for line in lines:
        line.pop("months", None)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    new = fresh(tmp_path, *study())
    done = restore(new.path, path)
    assert (done.events, done.targets, done.outcomes) == (6, 1, 0)


def test_outcomes_of_a_reviewer_that_knew_no_chances_are_put_back(tmp_path: Path) -> None:
    path = keep_acts(ended_store(tmp_path / "old").path, tmp_path / "kept.gz").path
    lines = list(map(json.loads, gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")))
    for line in lines:
        line.pop("chosen_with", None)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    new = fresh(tmp_path, *study())
    assert restore(new.path, path).outcomes == 5
    assert table(new, "SELECT DISTINCT chosen_with FROM outcomes") == [(None,)]


def test_months_of_a_target_come_back(old: Store, tmp_path: Path) -> None:
    write_target(build_session(old), 1, Target("Gains a point.", months=6))
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *study())
    assert restore(new.path, kept.path).targets == 2
    assert table(new, "SELECT version, months FROM targets") == [(1, None), (2, 6)]


SAID_BESIDE = (
    "SELECT p.slug, s.uuid, s.protocol, s.set_by, s.set_at FROM protocols s "
    "LEFT JOIN problems p ON p.id = s.problem_id ORDER BY s.uuid",
    "SELECT a.uuid, m.external_id, w.name, a.kind, a.verdict, a.forecast, a.condition, a.rationale, a.judgements, "
    "a.recorded_at, r.content_hash FROM adjudications a JOIN methods m ON m.id = a.method_id "
    "JOIN reviewers w ON w.id = a.reviewer_id JOIN revisions r ON r.id = a.revision_id",
    "SELECT d.uuid, d.seed, d.overlap, d.chosen, d.reviewers, d.made_by, m.external_id, w.name, s.place "
    "FROM assignments s JOIN assignment_rounds d ON d.id = s.round_id JOIN methods m ON m.id = s.method_id "
    "JOIN reviewers w ON w.id = s.reviewer_id ORDER BY m.external_id, w.name",
    "SELECT a.uuid, c.name, c.kind, c.lowest, c.highest, c.words, s.value FROM scores s "
    "JOIN annotations a ON a.id = s.annotation_id JOIN scales c ON c.id = s.scale_id",
    "SELECT uuid, stage FROM annotations ORDER BY id",
    "SELECT slug, decision FROM problems",
    "SELECT name, imported_from FROM reviewers ORDER BY name",
)


def said_beside(store: Store) -> list[list[tuple[Any, ...]]]:
    return [table(store, sql) for sql in SAID_BESIDE]


def store_with_all_that_is_said(folder: Path) -> Store:
    """The judged store with a row of everything that people can say beside judgements and outcomes."""
    store = judged_store(folder)
    of_problem = table(store, "SELECT id FROM problems WHERE slug = 'weak_to_strong'")[0][0]
    of_method, revision = table(store, "SELECT id, revision_id FROM methods WHERE external_id = 'p1'")[0]
    event = table(store, "SELECT id FROM annotations WHERE method_id = ? LIMIT 1", (of_method,))
    (kim,) = table(store, "SELECT id FROM reviewers WHERE name = 'kim'")[0]
    with store.write() as connection:
        set_protocol(connection, None, Protocol.OPEN, set_by="kim", now=NOW)
        set_protocol(connection, of_problem, Protocol.SEALED, set_by="kim", now=NOW)
        connection.execute("UPDATE problems SET decision = 0.3 WHERE id = ?", (of_problem,))
        connection.execute(
            "INSERT INTO adjudications (uuid, method_id, reviewer_id, kind, revision_id, verdict, forecast, condition, "
            "rationale, judgements, recorded_at) VALUES ('j1', ?, ?, 'adjudication', ?, 'conditional', 0.4, 'if', "
            "'both are right', '[\"e1\"]', ?)",
            (of_method, kim, revision, NOW),
        )
        connection.execute(
            "INSERT INTO assignment_rounds (id, uuid, problem_id, seed, overlap, chosen, reviewers, made_by, made_at) "
            "VALUES (1, 'r1', ?, 7, 2, 'all', '[\"kim\", \"lee\"]', 'ana', ?)",
            (of_problem, NOW),
        )
        connection.execute(
            "INSERT INTO assignments (round_id, method_id, reviewer_id, place) VALUES (1, ?, ?, 0)", (of_method, kim)
        )
        connection.execute(
            "INSERT INTO scales (id, problem_id, name, kind, lowest, highest, words) "
            "VALUES (1, ?, 'novelty', 'ordinal', 1, 10, '[]')",
            (of_problem,),
        )
        connection.execute("INSERT INTO scores (annotation_id, scale_id, value) VALUES (?, 1, 7)", event[0])
        connection.execute("UPDATE reviewers SET imported_from = 'reviews.csv' WHERE name = 'lee'")
    return store


def test_what_is_said_beside_judgements_comes_back_and_twice_adds_nothing(tmp_path: Path) -> None:
    old = store_with_all_that_is_said(tmp_path / "old")
    assert all(said_beside(old))
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *reversed(study()))
    done = restore(new.path, kept.path)
    assert (done.protocols, done.adjudications, done.rounds, done.left_out) == (2, 1, 1, 0)
    assert said_beside(new) == said_beside(old)
    before = list(new.connection().iterdump())
    again = restore(new.path, kept.path)
    assert (again.protocols, again.adjudications, again.rounds) == (0, 0, 0)
    assert list(new.connection().iterdump()) == before
    found = examine_store(new.path)
    assert (found.broken_references, found.stale_judgements, found.stale_sums) == (0, 0, 0)


def test_what_is_assigned_and_adjudicated_of_what_is_not_there_is_told_and_comes_later(tmp_path: Path) -> None:
    old = store_with_all_that_is_said(tmp_path / "old")
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    records = {r.external_id: r for r in study()}
    new = fresh(tmp_path, *(r for name, r in records.items() if name != "p1"))
    done = restore(new.path, kept.path)
    assert (done.rounds, done.adjudications) == (1, 0)
    assert "weak_to_strong/run-1/p1" in done.without_proposal
    assert [said for said in done.differing if "assigned" in said] == [
        "What was assigned on 2026-01-02 of 1 proposal that is not in the store was left out."
    ]
    import_records(new, records["p1"])
    assert restore(new.path, kept.path).adjudications == 1
    assert said_beside(new)[1:3] == said_beside(old)[1:3]


def test_a_scale_of_another_kind_stays_and_takes_no_scores(tmp_path: Path) -> None:
    old = store_with_all_that_is_said(tmp_path / "old")
    kept = keep_acts(old.path, tmp_path / "kept.gz")
    new = fresh(tmp_path, *study())
    with new.write() as connection:
        connection.execute(
            "INSERT INTO scales (problem_id, name, kind, lowest, highest, words) "
            "SELECT id, 'novelty', 'ordinal', 1, 5, '[]' FROM problems WHERE slug = 'weak_to_strong'"
        )
    done = restore(new.path, kept.path)
    assert [said for said in done.differing if "scale" in said] == [
        "The scale novelty of weak_to_strong is another one in the store, and stays so; what was scored on it was left "
        "out."
    ]
    assert table(new, "SELECT count(*) FROM scores") == [(0,)]


def test_an_adjudication_that_no_reviewer_wrote_is_left_out(tmp_path: Path) -> None:
    old = store_with_all_that_is_said(tmp_path / "old")
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    text = gzip.decompress(path.read_bytes()).decode()
    assert '"verdict":"conditional"' in text
    path.write_bytes(gzip.compress(text.replace('"verdict":"conditional"', '"verdict":"splendid"').encode()))
    done = restore(fresh(tmp_path, *study()).path, path)
    assert (done.unsound, done.adjudications) == (["j1"], 0)
