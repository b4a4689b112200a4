"""Drafts: what was typed and not saved is still there, however the process ended."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedDraftsError, StoreError
from reviewer.store import drafts as drafts_module
from reviewer.store.drafts import Draft, Drafts, Place, WaitingText, drafts_path, shorten_log
from reviewer.workflow.places import find_places


def test_draft_is_seen_by_another_process_before_the_file_is_closed(tmp_path: Path) -> None:
    writing = Drafts(tmp_path / "reviewer.db")
    writing.keep("kim", Draft("uuid-1", "rationale", "It sc", 0, 5))
    writing.keep("kim", Draft("uuid-1", "rationale", "It scales\nbut", 1, 3))
    reading = Drafts(tmp_path / "reviewer.db")
    assert reading.find("kim", "uuid-1", "rationale") == Draft("uuid-1", "rationale", "It scales\nbut", 1, 3)
    assert reading.find("noor", "uuid-1", "rationale") is None, "a draft is its writer's alone"
    assert reading.find("kim", "uuid-1", "condition") is None


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from reviewer.store.drafts import Draft, Drafts
drafts = Drafts(Path(sys.argv[1]))
text = ""
for i in range(1_000_000):
    text = (text + str(i % 10))[-2000:]
    drafts.keep("kim", Draft("uuid-1", "rationale", text, 0, i))
    if i % 50 == 0:
        print(i, flush=True)
"""


def test_draft_survives_a_process_that_is_killed_in_the_middle(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path / "reviewer.db")], stdout=-1)
    assert process.stdout is not None
    told = 0
    while told < 200:
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    told = int(rest.split()[-1]) if rest.split() else told
    kept = Drafts(tmp_path / "reviewer.db").find("kim", "uuid-1", "rationale")
    assert kept is not None
    assert kept.column >= told, "what was told as written is there"
    assert kept.text == "".join(str(i % 10) for i in range(kept.column + 1))[-2000:], "and it is whole"


def test_drafts_come_last_written_first_and_go_when_dropped(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "reviewer.db")
    one, two = Draft("uuid-1", "rationale", "one"), Draft("uuid-2", "condition", "two")
    drafts.keep("kim", one)
    drafts.keep("kim", two)
    drafts.keep("noor", Draft("uuid-1", "rationale", "hers"))
    assert drafts.all_of("kim") == (two, one)
    drafts.keep("kim", one)
    assert drafts.all_of("kim") == (one, two)
    drafts.drop("kim", "uuid-1", "rationale")
    drafts.drop("kim", "uuid-9", "rationale")
    assert drafts.all_of("kim") == (two,)
    assert [d.text for d in drafts.all_of("noor")] == ["hers"]


def test_any_text_can_be_a_draft(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "reviewer.db")
    for text in ("", "\x00\x1b[31m\u202e'\"", "🧪" * 10_000):
        drafts.keep("kim", Draft("p", "rationale", text))
        found = drafts.find("kim", "p", "rationale")
        assert found is not None
        assert found.text == text
    drafts.keep("kim", Draft("p", "rationale", "half \ud83e a letter"))
    found = drafts.find("kim", "p", "rationale")
    assert found is not None
    assert found.text == "half ? a letter"


def test_file_lies_beside_the_store_for_its_owner_alone(tmp_path: Path) -> None:
    store = tmp_path / "reviewer.db"
    Drafts(store).close()
    assert drafts_path(store) == find_places(store, environ={}).drafts
    assert drafts_path(store).stat().st_mode & 0o777 == 0o600


def test_drafts_that_cannot_be_kept_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Cannot keep drafts in"):
        Drafts(tmp_path / "none" / "reviewer.db")
    drafts_path(tmp_path / "reviewer.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedDraftsError, match="file is not a database"):
        Drafts(tmp_path / "reviewer.db")
    assert [p.name for p in tmp_path.iterdir()] == ["reviewer.db-drafts"]


def test_the_proposal_seen_last_is_known_for_each_reviewer_and_problem(tmp_path: Path) -> None:
    writing = Drafts(tmp_path / "reviewer.db")
    for reviewer, problem, proposal in (
        ("kim", "w2s", "uuid-1"),
        ("kim", "other", "uuid-7"),
        ("noor", "w2s", "uuid-9"),
        ("kim", "w2s", "uuid-2"),
    ):
        writing.keep_place(reviewer, Place(problem, proposal))
    reading = Drafts(tmp_path / "reviewer.db")
    assert reading.places_of("kim") == (Place("w2s", "uuid-2"), Place("other", "uuid-7"))
    assert reading.places_of("noor") == (Place("w2s", "uuid-9"),)
    assert reading.places_of("lee") == ()
    assert reading.all_of("kim") == ()


def test_a_file_of_drafts_from_before_places_were_kept_is_taken_over(tmp_path: Path) -> None:
    before = Drafts(tmp_path / "reviewer.db")
    before.keep("kim", Draft("uuid-1", "rationale", "kept"))
    before.close()
    with closing(sqlite3.connect(drafts_path(tmp_path / "reviewer.db"))) as connection:
        connection.execute("DROP TABLE places")
    drafts = Drafts(tmp_path / "reviewer.db")
    drafts.keep_place("kim", Place("w2s", "uuid-1"))
    assert drafts.places_of("kim") == (Place("w2s", "uuid-1"),)
    assert [draft.text for draft in drafts.all_of("kim")] == ["kept"]


def test_acts_that_wait_come_in_their_order_each_once(tmp_path: Path) -> None:
    writing = Drafts(tmp_path / "reviewer.db")
    first, second = WaitingText("act-9", "one"), WaitingText("act-1", "two")
    for act in (first, second, first):
        writing.keep_act("kim", act)
    writing.keep_act("noor", WaitingText("act-5", "hers"))
    reading = Drafts(tmp_path / "reviewer.db")
    assert reading.acts_of("kim") == (first, second)
    reading.drop_act("act-9")
    reading.drop_act("act-0")
    assert writing.acts_of("kim") == (second,)
    assert writing.acts_of("noor") == (WaitingText("act-5", "hers"),)


def test_drafts_know_whether_their_file_is_still_beside_the_store(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "reviewer.db")
    assert drafts.is_in_place
    drafts_path(tmp_path / "reviewer.db").rename(tmp_path / "aside")
    assert not drafts.is_in_place
    Drafts(tmp_path / "reviewer.db").close()
    assert not drafts.is_in_place


def test_no_letter_waits_for_the_disk_and_the_log_is_cut_back_beside_the_typing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "reviewer.db"
    log = tmp_path / "reviewer.db-drafts-wal"
    drafts = Drafts(store)
    assert drafts._connection.execute("PRAGMA synchronous").fetchone() == (0,)
    for number in range(600):  # SQLite by itself copies a log of a thousand pages, and waits for the disk.
        drafts.keep("kim", Draft("uuid-1", "rationale", "a" * number))
    long = log.stat().st_size
    assert long > 1_100 * 4096
    shorten_log(store)
    assert log.stat().st_size == 0
    drafts.keep("kim", Draft("uuid-1", "rationale", "b"))
    monkeypatch.setattr(drafts_module, "LONG_LOG_BYTES", long)
    shorten_log(store)
    assert log.stat().st_size > 0, "a short one is left alone"
    with closing(Drafts(store)) as reading:
        assert [draft.text for draft in reading.all_of("kim")] == ["b"]
    drafts.close()
    assert not log.exists()
    shorten_log(store)
