"""Random pages of a store are overwritten: doctor says so, and what is recovered is whole and as it was."""

import random
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.errors import DamagedStoreError, NoStoreError, ReviewerError, StoreError, UserError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Result, Verdict
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.health import examine_store, mend
from reviewer.store.migrations import open_store
from reviewer.workflow import judging
from reviewer.workflow.demo import sample_data
from reviewer.workflow.importing import run_import
from reviewer.workflow.kept_acts import read_acts, restore
from reviewer.workflow.outcomes import record_outcome, retract_outcome
from reviewer.workflow.recovering import Saved, recover
from tests.attempts import answered, kept
from tests.builders import act, build_session, import_records, judge, method_ids, record, table

EVENTS = "SELECT * FROM annotations ORDER BY id"
CRITIQUES = "SELECT uuid, call, sent, raw, reserved, spent, usage FROM critiques"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study, judged by two people in every way, closed."""
    store = open_store(tmp_path_factory.mktemp("whole") / "whole.db")
    run_import(store, [sample_data()])
    kim = build_session(store)
    noor = replace(build_session(store, "noor"), clock=kim.clock)
    for n, method_id in enumerate(method_ids(store)[:36]):
        judge(kim, method_id, list(Verdict)[n % 4])
        act(noor, method_id, Act.RATIONALE, judging.set_rationale(f"because {n} " * 60))
        if not n % 5:
            judging.undo(kim)
            ((revision,),) = table(store, "SELECT revision_id FROM methods WHERE id = ?", (method_id,))
            with store.write() as connection:
                said = answered(raw=f"doubt {n} " * 4_000)
                kept(connection, said, method_id=method_id, revision_id=revision, sent=f"proposal {n} " * 900)
    store.close()
    return store.path


def rows_of(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(Store(path)) as store:
        return table(store, sql)


def overwrite(path: Path, seed: int) -> bytes:
    """Overwrite some pages with noise, zeros, a letter, or another page of the same file."""
    rng = random.Random(seed)
    raw = path.read_bytes()
    n = len(raw) // PAGE_SIZE
    broken = bytearray(raw)
    for page in rng.sample(range(n), rng.choice((1, 1, 2, 3, 5, 8, 20, n // 2))):
        how = rng.randrange(4)
        other = rng.randrange(n) * PAGE_SIZE
        new = (rng.randbytes(PAGE_SIZE), bytes(PAGE_SIZE), b"A" * PAGE_SIZE, raw[other : other + PAGE_SIZE])[how]
        broken[page * PAGE_SIZE : (page + 1) * PAGE_SIZE] = new
    path.write_bytes(broken)
    return bytes(broken)


def assert_whole(path: Path) -> None:
    found = examine_store(path)
    assert found.looked_over
    assert (found.damage, found.missing_triggers, found.search_damage) == ((), (), "")
    assert found.search_checked
    amiss = (found.broken_references, found.stale_judgements, found.stale_counts, found.stale_claims)
    assert (*amiss, found.without_text, found.unsearchable, found.unindexed) == (0,) * 7
    assert (found.stale_outcomes, found.stale_exposures) == (0, 0)


@pytest.mark.parametrize("seed", range(16))
def test_what_is_recovered_is_whole_and_every_event_as_it_was(
    whole: Path, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = Path(shutil.copy(whole, tmp_path / "broken.db"))
    raw = overwrite(path, seed)
    main(["doctor", "--store", str(path)])
    said = capsys.readouterr()
    assert "our side" not in said.err
    assert "Traceback" not in said.out + said.err
    saved = recover(path, tmp_path / "saved.db")
    assert path.read_bytes() == raw
    assert_whole(saved.path)
    assert saved.path.stat().st_mode & 0o777 == 0o600
    original = {row[1]: row for row in rows_of(whole, EVENTS)}
    kept = rows_of(saved.path, EVENTS)
    assert set(rows_of(saved.path, CRITIQUES)) <= set(rows_of(whole, CRITIQUES))
    counted = saved.recovered.of("annotations")
    assert [original[row[1]] for row in kept] == kept
    records = list(read_acts(saved.aside)) if saved.aside else []
    aside = [tuple(list(r.values())[1:]) for r in records if r["type"] == "event"]
    critiques = [r["uuid"] for r in records if r["type"] == "critique"]
    of_critiques = saved.recovered.of("critiques")
    assert (of_critiques.kept + len(critiques), of_critiques.read <= 8) == (of_critiques.read, True)
    columns = "id, uuid, act, kind, reviewer_id, method_id, revision_id, judged_revision_id, rubric, target_version, "
    columns += "baseline_id, reverses, supersedes, snapshot, visible, seconds, created_at, stage"
    named = {row[1]: row for row in rows_of(whole, f"SELECT {columns} FROM annotations")}
    assert [named[row[1]] for row in aside] == aside
    assert (len(kept), len(aside) + len(critiques)) == (counted.kept, saved.recovered.events_aside)
    assert len(kept) + len(aside) == counted.read <= counted.known <= len(original)
    # What is left of texts and numbers is as it was, too, and no name but of a lost row is another one.
    for sql in (
        "SELECT m.namespace, m.external_id, r.part, replace(r.content_hash, 'incomplete-', ''), r.body, r.raw "
        "FROM revisions r JOIN methods m ON m.id = r.method_id WHERE m.namespace <> 'lost'",
        "SELECT replace(r.content_hash, 'incomplete-', ''), x.metric, x.dataset, x.split, x.subset, x.value, x.setting "
        "FROM measurements x JOIN revisions r ON r.id = x.revision_id",
    ):
        assert set(rows_of(saved.path, sql)) <= set(rows_of(whole, sql)), sql
    _assert_no_numbers_are_missing(whole, saved)


def _assert_no_numbers_are_missing(whole: Path, saved: Saved) -> None:
    """Assert of each text that is not marked as incomplete that all its numbers are there."""
    sql = (
        "SELECT r.uuid, count(DISTINCT x.id), count(s.id) FROM revisions r LEFT JOIN measurements x "
        "ON x.revision_id = r.id LEFT JOIN seed_values s ON s.measurement_id = x.id "
        "WHERE r.content_hash NOT LIKE 'incomplete-%' GROUP BY r.uuid"
    )
    assert set(rows_of(saved.path, sql)) <= set(rows_of(whole, sql))
    runs = "SELECT x.uuid, m.metric, m.dataset, m.subset, m.value, count(*) FROM measurements m JOIN seed_values s "
    runs += "ON s.measurement_id = m.id JOIN revisions x ON x.id = m.revision_id GROUP BY m.id"
    assert set(rows_of(saved.path, runs)) <= set(rows_of(whole, runs)), "a measurement has all its runs, or none"


@pytest.mark.parametrize("seed", range(100, 106))
def test_after_an_import_all_that_was_put_aside_comes_back(whole: Path, tmp_path: Path, seed: int) -> None:
    path = Path(shutil.copy(whole, tmp_path / "broken.db"))
    overwrite(path, seed)
    saved = recover(path, tmp_path / "saved.db")
    if saved.aside is None:
        return
    with closing(open_store(saved.path)) as store:
        run_import(store, [sample_data()])
    done = restore(saved.path, saved.aside)
    standing_in = {"methods", "problems", "reviewers"} & set(saved.recovered.standing_in)
    if not standing_in:
        assert (done.events + done.critiques, done.left_out) == (saved.recovered.events_aside, 0)
        assert len(rows_of(saved.path, CRITIQUES)) == saved.recovered.of("critiques").read
        kept = {row[1]: without_rows(row) for row in rows_of(saved.path, EVENTS)}
        original = {row[1]: without_rows(row) for row in rows_of(whole, EVENTS)}
        assert kept.items() <= original.items()
        assert len(kept) == saved.recovered.of("annotations").read
    assert_whole(saved.path)


def without_rows(row: tuple[object, ...]) -> tuple[object, ...]:
    """An event without the row ids of what it is of, which a new import gives anew."""
    return (*row[:4], *row[7:9], *row[10:16])


def test_what_is_whole_is_taken_over_whole(whole: Path, tmp_path: Path) -> None:
    saved = recover(whole, tmp_path / "saved.db")
    assert saved.aside is None
    assert (saved.recovered.broken_pages, saved.recovered.standing_in, saved.recovered.torn_log) == (0, {}, False)
    for counted in saved.recovered.tables:
        assert counted.read == counted.known == counted.kept, counted
        assert rows_of(saved.path, f"SELECT * FROM {counted.table} ORDER BY id") == rows_of(
            whole, f"SELECT * FROM {counted.table} ORDER BY id"
        )
    judgements = "SELECT * FROM judgements ORDER BY proposal, reviewer"
    assert rows_of(saved.path, judgements) == rows_of(whole, judgements)
    checks = "SELECT method_id, rule, ordinal, question FROM check_results ORDER BY 1, 2, 3"
    assert rows_of(saved.path, checks) == rows_of(whole, checks)


def test_one_can_go_on_where_an_event_in_between_is_lost(whole: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(whole, tmp_path / "gap.db"))
    store = Store(path)
    first = method_ids(store)[1]
    kim = build_session(store)
    for verdict in (Verdict.FAILS, Verdict.CANNOT_TELL, Verdict.SURVIVES):
        judge(kim, first, verdict)
    connection = store.connection()
    (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'annotations_never_go'").fetchone()
    connection.execute("DROP TRIGGER annotations_never_go")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("DELETE FROM annotations WHERE id = (SELECT max(id) - 1 FROM annotations)")
    connection.execute(sql)
    mend(store)
    assert_whole(path)
    undone = judging.undo(kim)
    assert undone is not None
    assert undone.events[-1].snapshot.verdict is Verdict.FAILS, "the one before the lost one"
    assert_whole(path)


def test_refusals(whole: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(whole, tmp_path / "own.db"))
    with pytest.raises(UserError, match="belongs to the store itself"):
        recover(own, own)
    (tmp_path / "taken.db").touch()
    with pytest.raises(UserError, match="is there already"):
        recover(own, tmp_path / "taken.db")
    with pytest.raises(NoStoreError):
        recover(tmp_path / "none.db", tmp_path / "saved.db")
    (tmp_path / "noise").write_bytes(random.Random(1).randbytes(PAGE_SIZE * 5))
    with pytest.raises(DamagedStoreError, match="Nothing of a store can be read"):
        recover(tmp_path / "noise", tmp_path / "saved.db")
    with pytest.raises(StoreError, match="There is no folder"):
        recover(own, tmp_path / "deep" / "saved.db")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["noise", "own.db", "taken.db"]


def test_a_store_that_is_open_is_read_with_its_log(whole: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(whole, tmp_path / "open.db"))
    store = Store(path)
    import_records(store, record("later"))
    saved = recover(path, tmp_path / "saved.db")
    assert saved.proposals == 41
    assert path.with_name("open.db-wal").exists()


def test_the_first_page_may_be_lost(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(random.Random(2).randbytes(PAGE_SIZE) + whole.read_bytes()[PAGE_SIZE:])
    saved = recover(path, tmp_path / "saved.db")
    assert saved.proposals == 40
    assert rows_of(saved.path, EVENTS) == rows_of(whole, EVENTS)


def test_what_goes_wrong_leaves_nothing(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reviewer.workflow import recovering

    def fail(*_: object) -> int:
        raise ReviewerError("does not make a whole store")

    monkeypatch.setattr(recovering, "_complete", fail)
    path = Path(shutil.copy(whole, tmp_path / "broken.db"))
    overwrite(path, 19)
    with pytest.raises(ReviewerError):
        recover(path, tmp_path / "saved.db")
    assert [p.name for p in tmp_path.iterdir()] == ["broken.db"]


OUTCOMES = "SELECT * FROM outcomes ORDER BY id"


def ended(whole: Path, path: Path) -> Path:
    shutil.copy(whole, path)
    with closing(Store(path)) as store:
        kim = build_session(store)
        for method_id in method_ids(store)[:5]:
            record_outcome(kim, method_id, Outcome(Result.FAILED, date(2026, 1, 1)))
        retract_outcome(kim, method_ids(store)[0], "too early")
    return path


def test_outcomes_are_read_out_of_a_damaged_store(whole: Path, tmp_path: Path) -> None:
    path = ended(whole, tmp_path / "ended.db")
    ((root,),) = rows_of(path, "SELECT rootpage FROM sqlite_master WHERE name = 'current_outcomes'")
    before = rows_of(path, OUTCOMES)
    held = rows_of(path, "SELECT method_id, outcome_id, result FROM current_outcomes ORDER BY 1")
    raw = bytearray(path.read_bytes())
    assert isinstance(root, int)
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
    path.write_bytes(raw)
    saved = recover(path, tmp_path / "saved.db")
    assert rows_of(saved.path, OUTCOMES) == before
    assert rows_of(saved.path, "SELECT method_id, outcome_id, result FROM current_outcomes ORDER BY 1") == held
    assert_whole(saved.path)


def test_outcomes_of_proposals_that_are_lost_are_put_aside_and_come_back(whole: Path, tmp_path: Path) -> None:
    path = ended(whole, tmp_path / "ended.db")
    before = rows_of(path, "SELECT uuid, result FROM outcomes ORDER BY uuid")
    ((root,),) = rows_of(path, "SELECT rootpage FROM sqlite_master WHERE name = 'revisions'")
    raw = bytearray(path.read_bytes())
    assert isinstance(root, int)
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
    path.write_bytes(raw)
    saved = recover(path, tmp_path / "saved.db")
    if saved.aside is not None:
        with closing(open_store(saved.path)) as store:
            run_import(store, [sample_data()])
        restore(saved.path, saved.aside)
    assert rows_of(saved.path, "SELECT uuid, result FROM outcomes ORDER BY uuid") == before
    found = examine_store(saved.path)
    assert (found.broken_references, found.stale_outcomes) == (0, 0)
