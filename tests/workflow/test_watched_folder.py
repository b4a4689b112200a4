"""A folder that is followed: what has come is read once it is quiet, and what has not changed is not opened again."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import SourceError, UserError
from reviewer.sources import aar_findings, jsontext, registry
from reviewer.sources.contract import Stated
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import, take_in
from reviewer.workflow.watched_folder import QUIET_SECONDS, WatchedFolder
from tests.deep_folders import nested
from tests.sources.aar_cache_fixture import build_cache
from tests.sources.aar_server_fixture import findings_as_json
from tests.sources.inspect_fixture import log, write_json

START = 1_700_000_000.0


class Folder:
    """A folder, the clock that stamps its files, and what follows it into a store."""

    def __init__(self, path: Path, store: Store, **options: Any) -> None:
        self.path, self.store, self.time = path, store, START
        path.mkdir(exist_ok=True)
        self.watched = WatchedFolder(path, now=lambda: self.time, **options)

    def save(self, name: str, text: str, *, ago: float = 0.0) -> Path:
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (self.time - ago, self.time - ago))
        return file

    def look(self, seconds: float = QUIET_SECONDS) -> ImportReport | None:
        self.time += seconds
        reading = self.watched.look()
        if reading is None:
            return None
        with closing(reading):
            return take_in(self.store, reading)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.db")) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path, store: Store) -> Folder:
    return Folder(tmp_path / "shared_findings", store)


def finding(number: int, **fields: object) -> str:
    return json.dumps(
        {"id": number, "post_id": f"p{number}", "title": f"Post {number}", "content": "Text", "finding_type": "result",
         "commit_id": f"c{number}", **fields}
    )  # fmt: skip


def counts(report: ImportReport | None) -> tuple[int, int, int, int] | None:
    return None if report is None else (report.new, report.changed, report.unchanged, report.rejected)


def test_half_a_file_is_no_reject_until_it_has_been_quiet(folder: Folder) -> None:
    whole = finding(1)
    for length in range(10, len(whole), 7):
        folder.save("1_a.json", whole[:length])
        assert folder.look(QUIET_SECONDS - 0.1) is None
    folder.save("1_a.json", whole)
    assert counts(folder.look()) == (1, 0, 0, 0)
    assert folder.look() is None


def test_half_a_file_that_stays_as_it_is_is_a_reject_once_and_good_when_it_is_whole(folder: Folder) -> None:
    folder.save("1_a.json", finding(1)[:30])
    assert counts(folder.look()) == (0, 0, 0, 1)
    assert folder.look() is None
    folder.save("1_a.json", finding(1))
    assert counts(folder.look()) == (1, 0, 0, 0)


def test_a_file_from_a_clock_that_goes_ahead_is_read_once_it_stays_as_it_is(folder: Folder) -> None:
    folder.save("1_a.json", finding(1), ago=-3600)
    assert folder.look(0.1) is None
    assert counts(folder.look(QUIET_SECONDS)) == (1, 0, 0, 0)


def test_only_what_has_changed_is_opened(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 9):
        folder.save(f"{number}_a.json", finding(number))
    assert counts(folder.look()) == (8, 0, 0, 0)
    opened: list[str] = []
    parse_file = jsontext.parse_file

    def note(path: Path) -> tuple[Any, bool]:
        opened.append(path.name)
        return parse_file(path)

    monkeypatch.setattr(aar_findings, "parse_file", note)
    monkeypatch.setattr(registry, "readable_head", lambda path: opened.append(path.name))
    assert folder.look() is None
    assert not opened
    folder.save("3_a.json", finding(3, title="Another title"))
    assert counts(folder.look()) == (0, 1, 0, 0)
    assert set(opened) == {"3_a.json"}


def test_a_file_that_was_touched_and_says_the_same_brings_nothing(folder: Folder) -> None:
    folder.save("1_a.json", finding(1))
    folder.look()
    folder.save("1_a.json", finding(1, upvotes=7))
    assert counts(folder.look()) == (0, 0, 0, 0)
    with folder.store.read() as connection:
        assert connection.execute("SELECT count(*) FROM imports").fetchone() == (1,)


def test_looking_again_meets_nothing_elsewhere_and_a_further_file_does_once(folder: Folder) -> None:
    folder.save("1_a.json", finding(1))
    folder.look()
    folder.save("1_a.json", finding(1) + "\n")
    assert folder.look() is not None
    for text in (finding(1), finding(1, upvotes=7), finding(1)):
        folder.save("run2/1_a.json", text)
        folder.look()
    with folder.store.read() as connection:
        found = connection.execute("SELECT path FROM met_elsewhere").fetchall()
    assert found == [(str(folder.path / "run2" / "1_a.json"),)]


def test_whatever_the_order_in_which_files_come_the_store_is_as_one_import_makes_it(
    folder: Folder, tmp_path: Path
) -> None:
    findings = findings_as_json()
    for each in reversed(findings):
        folder.save(f"{each['id']}_{each['idea_name'] or 'unknown'}.json", json.dumps(each))
        folder.look()
    with closing(open_store(tmp_path / "at-once.db")) as at_once:
        run_import(at_once, [folder.path])
        assert contents(folder.store) == contents(at_once)


def contents(store: Store) -> tuple[set[Any], set[Any]]:
    with store.read() as connection:
        methods = connection.execute(
            "SELECT namespace, external_id, part, content_hash, parent, idea FROM methods JOIN revisions "
            "ON method_id = methods.id WHERE current"
        )
        remarks = connection.execute("SELECT namespace, external_id, content_hash FROM remarks")
        return set(methods.fetchall()), set(remarks.fetchall())


def test_other_formats_and_subfolders_are_followed_too(folder: Folder, tmp_path: Path) -> None:
    line = {"type": "proposal", "id": "a", "problem": "w2s", "title": "One"}
    folder.save("runs/log.jsonl", json.dumps(line) + "\n")
    folder.save(".hidden/1_a.json", finding(1))
    assert counts(folder.look()) == (1, 0, 0, 0)
    folder.save("runs/log.jsonl", "".join(json.dumps({**line, "id": each}) + "\n" for each in "abc"))
    assert counts(folder.look()) == (2, 0, 0, 0)
    build_cache(tmp_path / "cache")
    shutil.copytree(tmp_path / "cache", folder.path / "cache")
    report = folder.look(3e9)
    assert report is not None
    assert report.new > 3
    assert report.sources == ("aar-cache",)


def test_what_is_of_no_format_is_told_once(folder: Folder) -> None:
    folder.save("notes.txt", "Some words.")
    assert folder.look() is None
    assert "1 file is of no known format and was passed over" in folder.watched.notices()[0]
    folder.look()
    assert folder.watched.notices() == ()


def test_what_is_no_regular_file_is_told_once(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe.json")
    assert folder.look() is None
    (notice,) = folder.watched.notices()
    assert notice.startswith("1 thing is no regular file (a pipe")
    folder.look()
    assert folder.watched.notices() == ()


def test_links_in_a_circle_hide_nothing_and_what_is_too_deep_is_told_once(folder: Folder) -> None:
    (folder.path / "0").symlink_to(folder.path / "0")
    folder.save("1_a.json", finding(1))
    with nested(folder.path / "deep", 50, "a" * 100), nested(folder.path / "less", 1_500):
        assert counts(folder.look(3e9)) == (1, 0, 0, 0)
        told = folder.watched.notices()
        assert [notice.split("(")[0] for notice in told if "deep" in notice] == ["1 folder cannot be looked into "]
        folder.look()
        assert folder.watched.notices() == ()


def test_a_table_that_comes_is_told_to_need_a_map(folder: Folder) -> None:
    folder.save("runs.csv", "name,acc\na,1\n")
    assert folder.look() is None
    (notice,) = folder.watched.notices()
    assert "It is a table. It needs a map that says what the columns are: `--map` reads by one" in notice


def test_the_store_itself_may_lie_there(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "here" / "store.db")) as store:
        folder = Folder(tmp_path / "here", store)
        folder.save("1_a.json", finding(1))
        assert counts(folder.look(3e9)) == (1, 0, 0, 0)
        assert folder.watched.notices() == ()


def test_a_folder_that_goes_is_one_sentence_and_what_it_brought_stays(folder: Folder) -> None:
    folder.save("1_a.json", finding(1))
    folder.look()
    shutil.rmtree(folder.path)
    with pytest.raises(SourceError, match="cannot be looked into"):
        folder.look()
    folder.path.mkdir()
    folder.save("2_a.json", finding(2))
    assert counts(folder.look()) == (1, 0, 0, 0)


def test_what_is_no_folder_or_no_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="is no folder"):
        WatchedFolder(tmp_path / "file")
    with pytest.raises(UserError, match="There is no format 'x'"):
        WatchedFolder(tmp_path, format_name="x")


def test_what_the_person_said_of_baselines_holds_for_all_that_comes(tmp_path: Path, store: Store) -> None:
    folder = Folder(tmp_path / "logs", store, stated=Stated(baseline=(("model", "base"),)))
    for number, model in enumerate(("agent", "base")):
        made = write_json(folder.path / f"{model}.json", log(eval={"model": f"acme/{model}", "eval_id": model}))
        os.utime(made, (folder.time, folder.time))
        report = folder.look()
        assert report is not None
        assert (report.new, report.proposals) == (1, 1 - number)
    with store.read() as connection:
        assert connection.execute("SELECT external_id FROM methods WHERE role = 'baseline'").fetchall() == [("base",)]


def test_a_file_that_was_refused_as_another_run_is_judged_whole_when_it_grows(folder: Folder) -> None:
    def lines(**said: str) -> str:
        return "".join(
            json.dumps({"type": "proposal", "id": known_as, "problem": "p", "title": title}) + "\n"
            for known_as, title in said.items()
        )

    folder.save("one.jsonl", lines(a="A", b="B"))
    first = folder.look()
    assert first is not None
    assert first.new == 2
    folder.save("two.jsonl", lines(a="another", b="also", c="new"))
    second = folder.look()
    assert second is not None
    assert (second.new, second.changed, second.rejected) == (0, 0, 1)
    folder.save("two.jsonl", lines(a="another", b="also", c="new", d="newer"))
    third = folder.look()
    assert third is None or (third.new, third.changed) == (0, 0)
    assert [row[0] for row in folder.store.connection().execute("SELECT external_id FROM methods ORDER BY 1")] == [
        "a",
        "b",
    ]
