"""What is typed is held in memory while its file cannot be written, and is written as soon as it can be."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from reviewer.store.drafts import Draft, Drafts, WaitingText, broken_path, drafts_path
from reviewer.tui.kept_drafts import KeptDrafts

ONE, TWO = Draft("uuid-1", "rationale", "one"), Draft("uuid-2", "rationale", "two")
ACT = WaitingText("act-1", "what it did")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "reviewer.db"


def in_file(store: Path) -> tuple[set[Draft], tuple[WaitingText, ...]]:
    with closing(Drafts(store)) as drafts:
        return set(drafts.all_of("kim")), drafts.acts_of("kim")


@contextmanager
def locked(store: Path) -> Iterator[None]:
    with closing(sqlite3.connect(drafts_path(store), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def locked_wholly(store: Path) -> Iterator[None]:
    with closing(sqlite3.connect(drafts_path(store), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        yield


def test_what_cannot_be_written_is_told_once_and_written_with_what_comes_next(store: Path) -> None:
    told: list[str] = []
    drafts = KeptDrafts(store, told.append)
    drafts.keep("kim", TWO)
    with locked(store):
        drafts.keep("kim", ONE)
        drafts.keep_act("kim", ACT)
        drafts.drop("kim", TWO.proposal, TWO.field)
        assert len(told) == 1
        assert told[0].startswith("Drafts are kept in memory for now: ")
        assert not drafts.all_written
        assert drafts.find("kim", ONE.proposal, ONE.field) == ONE
        assert drafts.find("kim", TWO.proposal, TWO.field) is None
    assert in_file(store) == ({TWO}, ())
    drafts.drop_act("act-of-nobody")
    assert drafts.all_written
    assert in_file(store) == ({ONE}, (ACT,))
    drafts.close()


def test_where_the_file_is_gone_another_one_takes_all_that_is_held(store: Path, tmp_path: Path) -> None:
    drafts = KeptDrafts(store, pytest.fail)
    drafts.keep("kim", ONE)
    drafts.keep_act("kim", ACT)
    for path in tmp_path.iterdir():
        path.unlink()
    drafts.keep("kim", TWO)
    assert in_file(store) == ({ONE, TWO}, (ACT,))
    drafts.drop_act(ACT.act_id)
    drafts.close()
    assert in_file(store) == ({ONE, TWO}, ())


def test_a_file_that_turns_out_to_be_damaged_is_set_aside_and_another_one_takes_all_that_is_held(store: Path) -> None:
    told: list[str] = []
    drafts = KeptDrafts(store, told.append)
    drafts.keep("kim", ONE)
    drafts.close()
    drafts_path(store).write_bytes(drafts_path(store).read_bytes().replace(b"one", b"\xff\xff\xff"))
    drafts = KeptDrafts(store, told.append)
    drafts.keep("kim", TWO)
    drafts.keep_act("kim", ACT)
    assert drafts.all_of("kim") == (TWO,)
    (sentence,) = told
    assert (
        f"was damaged, and lies in {broken_path(store)} now; the new one has the 1 draft and 1 waiting act" in sentence
    )
    drafts.keep("kim", ONE)
    drafts.close()
    assert in_file(store) == ({ONE, TWO}, (ACT,))


def test_a_file_that_is_broken_from_the_beginning_keeps_nobody_out(store: Path) -> None:
    told: list[str] = []
    drafts_path(store).write_bytes(bytes(8192))
    drafts = KeptDrafts(store, told.append)
    assert told == [f"The drafts file was damaged, and lies in {broken_path(store)} now; nothing of it could be read."]
    assert drafts.all_of("kim") == ()
    drafts.keep("kim", ONE)
    drafts.close()
    assert in_file(store) == ({ONE}, ())


def test_a_file_that_cannot_be_opened_is_waited_for(store: Path) -> None:
    Drafts(store).close()
    told: list[str] = []
    with locked_wholly(store):
        drafts = KeptDrafts(store, told.append)
        drafts.keep("kim", ONE)
        assert drafts.find("kim", ONE.proposal, ONE.field) == ONE
        assert drafts.acts_of("kim") == ()
        assert told == [
            f"Drafts are kept in memory for now: The drafts file {drafts_path(store)} is locked by another program."
        ]
        assert not drafts.all_written
    drafts.keep("kim", TWO)
    drafts.close()
    assert in_file(store) == ({ONE, TWO}, ())
