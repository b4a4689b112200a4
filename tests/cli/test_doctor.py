"""``reviewer doctor``: what it finds, says and mends, and that looking changes nothing."""

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.identity import timestamp, utc_now
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Role, Verdict
from reviewer.store.broken_drafts import set_aside
from reviewer.store.drafts import Draft, Drafts, WaitingText, broken_path, drafts_path
from reviewer.store.empty_file import create_file
from reviewer.store.imports import begin_import
from reviewer.store.migrations import SCHEMA_VERSION, open_store
from reviewer.store.spending import stop_spending
from reviewer.workflow import judging
from tests.attempts import answered, kept
from tests.builders import (
    NOW,
    act,
    build_session,
    build_store,
    dead_process,
    import_records,
    judge,
    measured,
    record,
    table,
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that is whole, with some judgements in it."""
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    folder = tmp_path / "data"
    folder.mkdir()
    store = build_store(
        folder, *(record(f"p{i}", measurements=(measured(),)) for i in range(3)), record("b", Role.BASELINE)
    )
    kim, noor = build_session(store), build_session(store, "noor")
    judge(kim, 1)
    judge(kim, 2, Verdict.CONDITIONAL)
    act(kim, 2, Act.CONDITION, judging.set_condition('quoted "x" \\ \u2028 é', "try"), seconds=1.25)
    act(kim, 3, Act.RATIONALE, judging.set_rationale("zero \x00 in it"))
    act(kim, 2, Act.TAGS, judging.set_tags(["a b", "é"]))
    act(noor, 3, Act.SKIP, judging.skip)
    act(noor, 3, Act.FLAG, judging.set_flag(True))
    judge(noor, 1)
    judging.undo(noor)
    act(noor, 2, Act.RATING, judging.rate("cost", ConstraintRating(note="é?")))
    store.close()
    return store.path


def doctor(capsys: pytest.CaptureFixture[str], path: Path, *options: str, status: int) -> tuple[str, str]:
    found = main(["doctor", "--store", str(path), *options])
    out, err = capsys.readouterr()
    assert found == status, out + err
    return out, err


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_whole_store_is_told_whole(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = doctor(capsys, path, status=0)
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == f"store        {path} (--store)"
    for expected in (
        f"schema       version {SCHEMA_VERSION}, the current one",
        "permissions  0600, for you alone",
        "integrity    good: every page, index and reference",
        "triggers     all there",
        "judgements   in step with the events",
        "search       in step with the texts",
        "imports      none was cut off",
        f"config       {tmp_path}/config.toml (not there, all is at its default)",
        "reviewer     not known yet: asked when the app opens",
    ):
        assert expected in lines
    assert f"             methods{4:>25}" in lines
    assert "             and what all have judged, which --everyone counts" in lines
    assert "order        by the numbers that are stated" in lines
    assert "texts        every method has its text" in lines
    assert any(line.startswith("log          ") for line in lines)
    assert any(line.startswith("terminal     ") for line in lines)
    assert lines[-1] == "Nothing is wrong."


def test_tables_that_serve_others_are_one_line_unless_they_are_asked_for(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = doctor(capsys, path, status=0)
    (line,) = [line for line in out.splitlines() if "--all lists" in line]
    assert re.fullmatch(r" {13}and [\d,]+ rows in \d+ other tables, which --all lists", line)
    assert "used_ids" not in out
    out, _ = doctor(capsys, path, "--all", "--everyone", status=0)
    assert f"             used_ids{0:>24}" in out
    assert "--all lists" not in out


def test_how_much_all_have_judged_is_told_to_who_organises_alone(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [doctor(capsys, path, *options, status=0)[0] for options in ([], ["--all"])]
    for name in ("annotations", "current_judgements", "counts", "outcomes", "judgement_sums", "assignments"):
        assert not any(re.search(rf"\b{name} +\d", each) for each in told), name
    every, _ = doctor(capsys, path, "--all", "--everyone", status=0)
    assert f"             annotations{10:>21}" in every
    assert "which --everyone counts" not in every
    assert (
        "rebuilt      the judgements, the outcomes and the counts\n" in doctor(capsys, path, "--rebuild", status=0)[0]
    )


def test_looking_changes_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    doctor(capsys, path, status=0)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_store_that_is_not_there_is_not_made(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = path.parent / "deep" / "none.db"
    for options in ([], ["--rebuild"]):
        out, err = doctor(capsys, missing, *options, status=2)
        assert err == f"reviewer: There is no store at {missing}; `reviewer import PATH --store {missing}` makes one.\n"
        assert "config       " in out, "the rest is told all the same"
        assert "terminal     " in out
    assert not missing.parent.exists()


@pytest.mark.parametrize("named", [True, False])
def test_store_that_is_still_to_come_is_nothing_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if named:
        monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "to_come.db"))
    assert main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert "             not there yet: the app or an import makes it\n" in out
    assert out.endswith("\nNothing is wrong.\n")
    assert err == ""
    assert main(["doctor", "--rebuild"]) == 2, "there is nothing to build it from"
    assert "There is no store at" in capsys.readouterr().err
    (tmp_path / "config.toml").write_text("thme = 'dark'")
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    assert main(["doctor"]) == 1, "other things may be wrong all the same"
    assert not list(tmp_path.glob("**/*.db"))


def test_judgements_and_counts_out_of_step_are_found_and_built_anew(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(path, "UPDATE current_judgements SET verdict = 'fails' WHERE id = 1",
           "UPDATE counts SET n = 7 WHERE name = 'judged' AND reviewer_id = 1")  # fmt: skip
    out, err = doctor(capsys, path, status=1)
    assert "judgements   OUT OF STEP: 1 judgement, 1 count" in out
    assert "1 judgement and 1 count of the store" in err
    assert "`reviewer doctor --rebuild`" in err
    out, err = doctor(capsys, path, "--rebuild", "--everyone", status=0)
    assert out.startswith("rebuilt      6 judgements and ")
    assert err == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM current_judgements WHERE id = 2",
        "UPDATE current_judgements SET forecast = 0.5 WHERE id = 1",
        "UPDATE current_judgements SET tags = '[]' WHERE id = 2",
        "UPDATE current_judgements SET ratings = '{}' WHERE id = 6",
        "UPDATE current_judgements SET rationale = 'x' WHERE id = 1",
        "UPDATE current_judgements SET seconds = seconds + 1 WHERE id = 2",
        "UPDATE current_judgements SET status = 'started' WHERE id = 4",
        "UPDATE current_judgements SET flagged = 0 WHERE id = 4",
        "UPDATE current_judgements SET annotation_id = 1 WHERE id = 2",
        "UPDATE current_judgements SET revision_id = 3 WHERE id = 1",
        "DELETE FROM counts WHERE name = 'proposals'",
        "INSERT INTO counts (problem_id, reviewer_id, name, n) VALUES (1, 9, 'judged', 2)",
        "DROP TRIGGER annotations_never_go",
        "DROP TRIGGER revisions_leave_the_index",
        "DROP TRIGGER methods_change_in_the_index",
        "INSERT INTO unindexed (id) VALUES (1)",
        "INSERT INTO search_index (search_index) VALUES ('delete-all')",
        "INSERT INTO search_index (search_index, rowid, title, hypothesis, body) VALUES ('delete', 1, '', '', '')",
    ],
)
def test_each_thing_that_is_out_of_step_is_found_and_mended(
    path: Path, capsys: pytest.CaptureFixture[str], statement: str
) -> None:
    change(path, statement)
    _, err = doctor(capsys, path, status=1)
    assert "`reviewer doctor --rebuild`" in err
    doctor(capsys, path, "--rebuild", status=0)
    _, err = doctor(capsys, path, status=0)


def test_rebuilding_makes_text_searchable_that_something_else_put_in(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_store(path.parent, record("late", body="latecomer")).close()
    change(path, "DELETE FROM unindexed", "INSERT INTO search_index (search_index) VALUES ('rebuild')")
    change(path, "INSERT INTO search_index (search_index, rowid, title, hypothesis, body) "
                 "SELECT 'delete', * FROM searchable WHERE id = (SELECT max(id) FROM searchable)")  # fmt: skip
    _, err = doctor(capsys, path, status=1)
    assert "out of step with 1 text" in err
    out, _ = doctor(capsys, path, "--rebuild", status=0)
    assert "the search index" in out
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM search_index WHERE search_index MATCH 'latecomer'").fetchone() == (
        1,
    )
    connection.close()


def test_rows_that_point_nowhere_are_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(path, "DELETE FROM problems")
    out, err = doctor(capsys, path, status=1)
    assert "BROKEN references" in out
    assert "at something that is gone" in err


def test_damaged_store_is_told_in_one_sentence_and_all_of_it_in_the_log(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = bytearray(path.read_bytes())
    raw[16384 * 8 : 16384 * 30] = b"\xa5" * (16384 * 22)
    path.write_bytes(raw)
    out, err = doctor(capsys, path, status=1)
    (line,) = [line for line in out.splitlines() if "DAMAGED" in line]
    assert line.startswith("integrity    DAMAGED: save what can be saved by `reviewer recover OUT` (")
    assert " faults, the first: " in line
    assert err.startswith(f"reviewer: The store {path} is damaged; `reviewer recover OUT` saves what can be saved")
    assert err.count("\n") == 1
    assert "␊" not in out + err
    kept = [line for line in (tmp_path / "state/reviewer/log/reviewer.log").read_text().splitlines() if "finds" in line]
    assert f"({len(kept)} or more faults" in line
    assert len(set(kept)) == 20
    path.write_bytes(raw[:100_000])
    _, err = doctor(capsys, path, status=1)
    assert "damaged" in err


@pytest.mark.parametrize(
    ("table", "words"), [("methods", "of at least"), ("counts", "follows from the rest, and is built anew")]
)
def test_what_is_broken_is_told_also_where_sqlite_says_nothing_of_it(
    path: Path, capsys: pytest.CaptureFixture[str], table: str, words: str
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * 16384 : root * 16384] = b"\xa5" * 16384
    path.write_bytes(raw)
    out, err = doctor(capsys, path, status=1)
    assert f"damage       1 of {len(raw) // 16384} pages cannot be read as what they should be" in out
    assert any(words in line for line in out.splitlines() if line.strip().startswith(table))
    assert "recover OUT" in err
    assert path.read_bytes() == bytes(raw)


def test_foreign_and_newer_stores_are_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = path.parent / "foreign.db"
    change(foreign, "CREATE TABLE t (x)")
    assert "not a store of reviewer" in doctor(capsys, foreign, status=1)[1]
    change(path, "PRAGMA user_version = 99")
    out, err = doctor(capsys, path, status=1)
    assert f"version 99, this reviewer has {SCHEMA_VERSION}" in out
    assert "update reviewer" in err


def test_store_of_which_the_making_was_cut_off_is_told_until_it_is_complete(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = path.with_name("new.db")
    create_file(new)
    _, err = doctor(capsys, new, status=1)
    assert err.startswith(f"reviewer: The making of the store {new} was cut off, and nothing is in it; the app, ")
    assert err.count("\n") == 1
    assert main(["problems", "--store", str(new)]) == 0
    doctor(capsys, new, status=0)
    assert not list(path.parent.glob("*.backup"))


def test_store_and_drafts_that_others_can_reach_are_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Drafts(path).close()
    doctor(capsys, path, status=0)
    drafts_path(path).chmod(0o640)
    path.chmod(0o644)
    out, err = doctor(capsys, path, status=1)
    assert "permissions  0644, open to others" in out
    assert f"`chmod 600 {path}`" in err
    assert f"`chmod 600 {drafts_path(path)}`" in err


def test_drafts_are_looked_over_too(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Drafts(path)) as drafts:
        drafts.keep("kim", Draft("uuid-1", "rationale", "because"))
        drafts.keep_act("kim", WaitingText("act-1", "{}"))
    out, _ = doctor(capsys, path, status=0)
    assert "1 unsaved text, 1 waiting act" in out
    drafts_path(path).write_bytes(noise := bytes(8192))
    before = sorted(path.parent.iterdir())
    out, err = doctor(capsys, path, status=1)
    assert "DAMAGED" in out
    assert err == (
        f"reviewer: The drafts file {drafts_path(path)} is damaged (file is not a database); the app, opened on this "
        "store, sets it aside, saves what can be read of it, and begins another one.\n"
    )
    assert drafts_path(path).read_bytes() == noise
    assert sorted(path.parent.iterdir()) == before
    set_aside(path)
    out, _ = doctor(capsys, path, status=0)
    assert f"a damaged file from before: {broken_path(path)}" in out


def test_import_that_was_cut_off_is_told_until_it_has_run_again(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = build_store(path.parent)
    with store.write() as connection:
        import_id = begin_import(connection, "native", "runs/\x1b[31mred.jsonl", {}, NOW)
        connection.execute("UPDATE imports SET process = ? WHERE id = ?", (dead_process(), import_id))
    out, err = doctor(capsys, path, status=1)
    assert "The import of runs/␛[31mred.jsonl was cut off; run it again" in err
    assert "\x1b" not in out + err
    with store.write() as connection:
        begin_import(connection, "native", "runs/\x1b[31mred.jsonl", {}, NOW)
    doctor(capsys, path, status=0)
    store.close()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("theme = ", "config.toml"),
        ("thme = 'dark'", "thme"),
        ("[keys]\nnext = 's'", "next"),
        ("[keys]\nfly = 's'", "there is no such action"),
        ("rubric = '/nowhere/rubric.toml'", "The rubric /nowhere/rubric.toml cannot be read"),
    ],
)
def test_broken_config_is_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], config: str, said: str
) -> None:
    (tmp_path / "config.toml").write_text(config)
    out, err = doctor(capsys, path, status=1)
    assert said in err
    assert "judgements   in step with the events" in out


def test_reviewer_and_default_place_are_told(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('reviewer = "kim"')
    assert "reviewer     kim\n" in doctor(capsys, path, status=0)[0]
    assert "reviewer     noor\n" in doctor(capsys, path, "--reviewer", "noor", status=0)[0]
    monkeypatch.setenv("REVIEWER_STORE", str(path))
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.startswith(f"store        {path} (REVIEWER_STORE)\n")


def test_store_in_use_is_looked_over_all_the_same(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    out, _ = doctor(capsys, path, status=0)
    other.close()
    assert "search       has every text; they were not compared" in out


def test_one_claim_out_of_step_is_told_in_its_number(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(path, "UPDATE methods SET claim = 7.0 WHERE id = 2")
    assert "1 claim or measurement is out of step in the store" in doctor(capsys, path, status=1)[1]


def test_help_carries_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--help"]) == 0
    assert "Examples:\n    reviewer doctor\n" in capsys.readouterr().out


def test_claims_and_names_of_datasets_that_are_out_of_step_are_told_and_set_right(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        path,
        "UPDATE methods SET claim = NULL, claim_order = 1e308 WHERE id = 1",
        "UPDATE methods SET claim = 7.0 WHERE id = 2",
        "UPDATE measurements SET dataset = 'Chat-0115' WHERE method_id = 3",
    )
    out, err = doctor(capsys, path, status=1)
    assert "order        OUT OF STEP: 3" in out
    assert f"3 claims or measurements are out of step in the store {path}: sorted by another value" in err
    out, err = doctor(capsys, path, "--rebuild", status=0)
    assert "3 claims or names of datasets" in out
    change(path, "UPDATE methods SET claim = 7.0 WHERE id = 2")
    assert "1 claim or name of a dataset\n" in doctor(capsys, path, "--rebuild", status=0)[0]
    connection = sqlite3.connect(path)
    assert (
        connection.execute("SELECT claim, claim_order FROM methods WHERE role = 'proposal'").fetchall()
        == [(0.5, -0.5)] * 3
    )
    assert connection.execute("SELECT DISTINCT dataset FROM measurements").fetchall() == [("chat",)]
    connection.close()


def test_a_theme_that_there_is_not_is_told(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('theme = "ligth"\n')
    _, err = doctor(capsys, path, status=1)
    assert "'ligth' is no theme; it is one of dark, light" in err


def test_rebuilding_checks_every_method_anew(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = doctor(capsys, path, "--rebuild", status=0)
    assert "the checks of 4 methods" in out
    change(path, "UPDATE check_results SET question = 'Whatever?'")
    (path.parent.parent / "config.toml").write_text("[checks]\nno-error = false\n")
    doctor(capsys, path, "--rebuild", status=0)
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT rule, question FROM check_results").fetchall()
    connection.close()
    assert rows
    assert "Whatever?" not in [question for _, question in rows]
    assert "no-error" not in [rule for rule, _ in rows]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE methods SET revision_id = NULL WHERE id = 2",
        "UPDATE methods SET revision_id = 1 WHERE id = 2",
        "UPDATE methods SET revision_id = 99 WHERE id = 2",
        "UPDATE revisions SET current = 0 WHERE method_id = 2",
    ],
)
def test_a_method_that_shows_no_text_that_counts_is_told_and_set_right(
    path: Path, capsys: pytest.CaptureFixture[str], statement: str
) -> None:
    change(path, statement)
    out, err = doctor(capsys, path, status=1)
    assert "texts        MISSING: 1 method without one\n" in out
    assert f"1 method of the store {path} shows no text that counts, or has a part of which not one text" in err
    assert "rebuilt      " in doctor(capsys, path, "--rebuild", status=0)[0]
    store = build_store(path.parent)
    assert table(
        store, "SELECT m.revision_id, r.current FROM methods m JOIN revisions r ON r.method_id = m.id ORDER BY m.id"
    ) == [(number, 1) for number in range(1, 5)]
    store.close()


def test_of_two_texts_that_both_count_the_last_does_again(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = build_store(path.parent)
    import_records(store, record("p0", body="Other text."))
    store.close()
    change(path, "UPDATE revisions SET current = 1")
    doctor(capsys, path, status=1)
    doctor(capsys, path, "--rebuild", status=0)
    store = build_store(path.parent)
    assert table(store, "SELECT id, current FROM revisions WHERE method_id = 1 ORDER BY id") == [(1, 0), (5, 1)]
    store.close()


def test_a_view_that_is_gone_is_told_and_put_back(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(path, "DROP VIEW proposals", "DROP VIEW searchable")
    out, err = doctor(capsys, path, status=1)
    assert "tables       MISSING: proposals, searchable\n" in out
    assert f"The store {path} lacks the views proposals, searchable; `reviewer doctor --rebuild` puts back" in err
    assert "the views proposals, searchable" in doctor(capsys, path, "--rebuild", status=0)[0]


@pytest.mark.parametrize("name", ["returns", "unindexed", "checked_problems"])
def test_a_table_that_is_gone_is_told(path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    change(path, f"DROP TABLE {name}")
    out, err = doctor(capsys, path, status=1)
    assert f"tables       MISSING: {name}\n" in out
    assert f"The store {path} lacks the table {name}; restore a backup." in err
    assert "Nothing is wrong" not in out


@pytest.mark.parametrize("name", ["my notes", 'a"; DROP TABLE methods; --', "order"])
def test_a_table_of_somebody_else_is_counted_whatever_it_is_called(
    path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    store = build_store(path.parent)
    quoted = name.replace('"', '""')
    store.connection().execute(f'CREATE TABLE "{quoted}" (id INTEGER PRIMARY KEY) STRICT')
    store.connection().execute(f'INSERT INTO "{quoted}" DEFAULT VALUES')
    store.close()
    out, _ = doctor(capsys, path, status=0)
    assert f"{name:<20}           1" in out


def test_what_holds_of_outcomes_is_looked_at_and_built_anew(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcome", "run-1/p0", "failed", "--date", "2026-01-01", "--by", "kim", "--store", str(path)]) == 0
    out, _ = doctor(capsys, path, status=0)
    assert "outcomes     in step with what was said of them\n" in out
    change(path, "UPDATE current_outcomes SET result = 'survived'",
           "UPDATE measurements SET setting = 'production' WHERE id = 1", "DELETE FROM exposures")  # fmt: skip
    out, err = doctor(capsys, path, status=1)
    assert "outcomes     OUT OF STEP: 1 outcome; since when production was seen of 1 proposal\n" in out
    assert "What holds of 1 outcome of the store" in err
    assert "of 1 proposal it is not known since when" in err
    out, _ = doctor(capsys, path, "--rebuild", "--everyone", status=0)
    assert "rebuilt      6 judgements and " in out
    assert "1 outcome\n" in out
    assert main(["outcome", "run-1/p0", "--store", str(path)]) == 0
    assert "holds: failed on 2026-01-01" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["outcomes_never_go", "production_could_be_seen"])
def test_triggers_of_outcomes_are_put_back(path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    change(path, f"DROP TRIGGER {name}")
    out, _ = doctor(capsys, path, status=1)
    assert f"triggers     MISSING: {name}\n" in out
    doctor(capsys, path, "--rebuild", status=0)


def about_critic(out: str) -> list[str]:
    lines = out.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("critic       "))
    last = next(n for n, line in enumerate(lines) if n > first and not line.startswith(" "))
    return [line[13:] for line in lines[first:last]]


SECRET = "sk-ant-never-shown"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (None, "no key: set ANTHROPIC_API_KEY, or `keyring set reviewer anthropic`"),
        (SECRET, "a key in ANTHROPIC_API_KEY"),
        (f"{SECRET} broken", "a key in ANTHROPIC_API_KEY, which NO HEADER CAN CARRY"),
    ],
)
def test_whether_there_is_a_key_is_told_and_never_the_key(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, key: str | None, told: str
) -> None:
    if key is not None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    out, err = doctor(capsys, path, status=0)
    assert about_critic(out) == [told]
    assert SECRET not in out + err


def test_what_was_cut_off_is_told_with_what_is_set_aside_for_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = timestamp(utc_now())
    with closing(open_store(path)) as store, store.write() as connection:
        kept(connection, None, reserved=400_000)
        kept(connection, None, reserved=300_000, sent_at=now)
        kept(connection, None, reserved=200_000, batch="batch-1")
        kept(connection, answered(spent=50_000), reserved=100_000)
        stop_spending(connection, "The account cannot pay: \x1b[31m`reviewer critic go-on`.", said_by="kim", now=now)
    out, _ = doctor(capsys, path, status=0)
    assert about_critic(out)[1:] == [
        "$0.95 in 4 attempts, $0.90 of it set aside and not known to have been billed",
        "1 attempt without an end, for which somebody may still wait",
        "1 attempt cut off before an end was heard: $0.40 stays set aside",
        "STOPPED: The account cannot pay: ␛[31m`reviewer critic go-on`.",
    ]
    assert "critiques" not in out
    told, _ = doctor(capsys, path, "--everyone", status=0)
    assert f"             critiques{4:>23}" in told.splitlines()
