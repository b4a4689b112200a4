"""A damaged file of drafts is set aside as it is, and all that is whole in it goes on in another one."""

import random
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedDraftsError
from reviewer.store.broken_drafts import PAGE_SIZE, open_drafts, set_aside
from reviewer.store.drafts import Draft, Drafts, Place, WaitingText, broken_path, drafts_path, files_of

ACT = WaitingText("act-1", '{"kind": "verdict"}')


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "reviewer.db"


def typed(n: int) -> Draft:
    return Draft(f"uuid-{n}", "rationale", f"because {n} " * 60, 0, n)


def write(store: Path, texts: int = 60) -> bytes:
    with closing(Drafts(store)) as drafts:
        for n in range(texts):
            drafts.keep("kim", typed(n))
        drafts.keep("kim", typed(0))
        drafts.keep_place("kim", Place("w2s", "uuid-1"))
        drafts.keep_act("kim", ACT)
        drafts.keep_act("kim", WaitingText("act-2", "{}"))
    return drafts_path(store).read_bytes()


def overwrite(store: Path, raw: bytes, page: int, with_what: bytes) -> bytes:
    broken = raw[: page * PAGE_SIZE] + with_what + raw[(page + 1) * PAGE_SIZE :]
    drafts_path(store).write_bytes(broken)
    return broken


@pytest.mark.parametrize("content", [bytes(8192), random.Random(1).randbytes(8192), b"no database" * 100])
def test_a_file_of_which_nothing_can_be_read_is_set_aside_as_it_is(store: Path, content: bytes) -> None:
    drafts_path(store).write_bytes(content)
    with pytest.raises(DamagedDraftsError, match="sets it aside"):
        Drafts(store)
    drafts, aside = open_drafts(store)
    with closing(drafts):
        assert aside is not None
        assert aside.file == broken_path(store)
        assert aside.sentence.endswith("nothing of it could be read.")
        assert aside.file.read_bytes() == content
        drafts.keep("kim", typed(1))
        assert drafts.all_of("kim") == (typed(1),)
    assert drafts_path(store).stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in store.parent.iterdir()) == ["reviewer.db-drafts", "reviewer.db-drafts-broken"]


def test_a_folder_in_its_place_is_set_aside_too_and_so_is_what_breaks_after_it(store: Path) -> None:
    drafts_path(store).mkdir()
    for n in (1, 2, 3):
        drafts, aside = open_drafts(store)
        drafts.close()
        assert aside is not None
        assert aside.file == broken_path(store, n)
        assert aside.file in files_of(store)
        drafts_path(store).write_bytes(b"noise" * 100)


def test_what_is_whole_is_saved_whichever_page_is_lost(store: Path) -> None:
    raw = write(store)
    order = [*range(1, 60), 0]
    lost = []
    for page in range(len(raw) // PAGE_SIZE):
        broken = overwrite(store, raw, page, random.Random(page).randbytes(PAGE_SIZE))
        drafts, aside = open_drafts(store)
        with closing(drafts):
            assert aside is not None, page
            assert aside.file.read_bytes() == broken
            found = drafts.all_of("kim")
            assert set(found) <= set(map(typed, order)), "none is altered"
            kept = [int(draft.proposal.removeprefix("uuid-")) for draft in reversed(found)]
            assert kept == [n for n in order if n in kept], "the last written still comes first"
            assert (aside.texts, aside.acts) == (len(found), len(drafts.acts_of("kim")))
            lost.append(60 - aside.texts + 2 - aside.acts)
            if aside.acts:
                assert drafts.acts_of("kim")[0] == ACT
        drafts_path(store).unlink()
    assert max(lost) < 20, "no more than lay on the page"
    assert lost.count(0) >= 4, "nothing where it was the page of an index, of a table's root, or of places"


def test_what_is_only_in_the_log_is_saved_though_the_file_is_lost(store: Path) -> None:
    with closing(Drafts(store)) as drafts:
        for n in range(30):
            drafts.keep("kim", typed(n))
        drafts.keep_act("kim", ACT)
        log = drafts_path(store).with_name("reviewer.db-drafts-wal").read_bytes()
        aside = set_aside(store)
        drafts.keep("kim", typed(99))
    assert aside is not None
    assert (aside.texts, aside.acts) == (30, 1)
    assert Path(f"{aside.file}-wal").read_bytes()[: len(log)] == log
    drafts_path(store).unlink()
    drafts_path(store).touch()
    Path(f"{drafts_path(store)}-wal").write_bytes(log)
    anew, again = open_drafts(store)
    with closing(anew):
        assert again is not None, "SQLite would throw away the log of an empty file"
        assert (again.texts, again.acts) == (30, 1)
        assert len(anew.all_of("kim")) == 30


def test_texts_that_are_no_letters_and_tables_of_others_are_damage_too(store: Path) -> None:
    raw = write(store, 3)
    drafts_path(store).write_bytes(raw.replace(b"because 1", b"because \xff"))
    with closing(Drafts(store)) as drafts, pytest.raises(DamagedDraftsError, match="UTF-8"):
        drafts.all_of("kim")
    drafts_path(store).write_bytes(raw.replace(b"place INTEGER", b"plaza INTEGER"))
    with pytest.raises(DamagedDraftsError, match="no such column: place"):
        Drafts(store)
    drafts, aside = open_drafts(store)
    drafts.close()
    assert aside is not None
    assert (aside.texts, aside.acts) == (3, 2)


def test_a_file_that_is_whole_is_opened_and_nothing_is_set_aside(store: Path) -> None:
    raw = write(store)
    drafts, aside = open_drafts(store)
    drafts.close()
    assert aside is None
    assert drafts_path(store).read_bytes() == raw
