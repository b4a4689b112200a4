"""Fetching from the study's server, for real on loopback: the database's records, and a sentence for each trouble."""

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import SourceError
from reviewer.sources.contract import Plan
from reviewer.sources.registry import read
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.asking import Asking
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import, take_in
from reviewer.workflow.study_server import StudyServer as Client
from reviewer.workflow.study_server import fetched, fetched_plan, known_comments
from reviewer.workflow.watching import WatchedServer
from tests.sources.aar_server_fixture import build_server_database, findings_as_json
from tests.sources.reading import Records, read_all
from tests.study_server import StudyServer, Trouble, breaks_off, drips, says, serving


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudyServer]:
    # A proxy that nobody is behind: this machine is asked without.
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(StudyServer(build_server_database(tmp_path / "server.db"))) as study:
        yield study


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.db")) as store:
        yield store


def records_of(plan: Plan) -> Records:
    return Records(read(plan))


def test_the_records_are_those_of_the_database(study: StudyServer) -> None:
    with fetched(study.address) as plan:
        ours = records_of(plan)
    database = read_all(study.database)
    assert not ours.rejects
    assert {(m.namespace, m.external_id, m.part, m.revision_hash()) for m in ours.methods} == {
        (m.namespace, m.external_id, m.part, m.revision_hash()) for m in database.methods
    }
    # Of a comment whose finding is gone no route tells.
    orphan = {r.external_id for r in database.remarks if r.about == "finding-99"}
    assert len(orphan) == 1
    assert {(r.namespace, r.external_id, r.about, r.revision_hash()) for r in ours.remarks} == {
        (r.namespace, r.external_id, r.about, r.revision_hash())
        for r in database.remarks
        if r.external_id not in orphan
    }
    assert [m.external_id for m in ours.methods][:4] == [m.external_id for m in database.methods][:4]


def test_a_record_leads_back_to_its_answer(study: StudyServer) -> None:
    with fetched(study.address) as plan:
        method = records_of(plan).method("p-em")
    assert method.provenance.file == f"{study.address}/api/findings?sort=new&limit=200&offset=0"
    assert len(method.provenance.sha256) == 64
    assert method.provenance.place == "findings #5"
    assert method.raw["post_id"] == "p-em"


def test_database_json_and_server_are_one_method_with_one_revision(
    study: StudyServer, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "findings.json").write_text(json.dumps(findings_as_json()), encoding="utf-8")
    first = run_import(store, [study.database, tmp_path / "findings.json"])
    report = taken(study, store)
    assert (report.new, report.changed, report.rejected) == (0, 0, 0)
    assert report.unchanged > 10
    assert first.new > 10
    with store.read() as connection:
        rows = connection.execute("SELECT revisions FROM methods").fetchall()
        path = connection.execute("SELECT path FROM imports ORDER BY id DESC LIMIT 1").fetchone()[0]
    assert {row[0] for row in rows} == {1}
    assert path == study.address


def taken(study: StudyServer, store: Store) -> ImportReport:
    with fetched(study.address, known_comments(store, None)) as plan:
        return run_import(store, [], plans=[plan])


def test_comments_that_are_known_are_not_fetched_again(study: StudyServer, store: Store) -> None:
    taken(study, store)
    assert "/api/findings/p-em" in study.asked
    study.asked.clear()
    taken(study, store)
    assert "/api/findings/p-em" not in study.asked
    study.comment(5, "And on math?")
    report = taken(study, store)
    assert "/api/findings/p-em" in study.asked
    assert (report.new, report.changed) == (1, 0)


def test_comments_that_came_before_the_server_broke_off_are_fetched_again(study: StudyServer, tmp_path: Path) -> None:
    with Asking(study.address) as asking:
        client = Client(asking)
        study.trouble["/api/ideas"] = says(b"no JSON")
        with pytest.raises(SourceError, match="/api/ideas"):
            fetched_plan(client, tmp_path)
        study.trouble.clear()
        broken = records_of(fetched_plan(client, tmp_path)).remarks
    with fetched(study.address) as plan:
        assert {remark.external_id for remark in records_of(plan).remarks} == {r.external_id for r in broken}


@pytest.mark.parametrize("size", [1, 2, 3, 13, 14])
def test_pages_are_gone_through_to_their_end(study: StudyServer, tmp_path: Path, size: int) -> None:
    with Asking(study.address) as asking:
        ours = records_of(fetched_plan(Client(asking, page=size), tmp_path))
    with fetched(study.address) as plan:
        whole = records_of(plan)
    assert [m.external_id for m in ours.methods] == [m.external_id for m in whole.methods]
    assert not ours.rejects


def test_what_is_posted_while_pages_are_fetched_drops_nothing_and_doubts_nothing(
    study: StudyServer, tmp_path: Path
) -> None:
    with fetched(study.address) as plan:
        before = {m.external_id for m in records_of(plan).methods}
    posted: list[str] = []

    def shift() -> None:
        if len(posted) < 4:
            posted.append(f"late-{len(posted)}")
            study.post(posted[-1])
            study.change("UPDATE findings SET content = content || ' Edited.', upvotes = upvotes + 1")

    study.shift = shift
    with Asking(study.address) as asking:
        ours = records_of(fetched_plan(Client(asking, page=3), tmp_path))
    assert not ours.rejects
    assert before <= {m.external_id for m in ours.methods}


def test_an_experiment_is_asked_for_only_where_one_is_completed(study: StudyServer) -> None:
    with fetched(study.address) as plan:
        assert records_of(plan).method("u-distil").title == "Distil twice"
    study.change("DELETE FROM experiments")
    study.asked.clear()
    with fetched(study.address) as plan:
        assert "u-distil" not in [m.external_id for m in records_of(plan).methods]
    assert "/api/queue" not in study.asked


def test_an_older_server_without_the_later_routes_is_read(study: StudyServer) -> None:
    for route in ("/api/stats", "/api/ideas", "/api/queue", "/api/findings/"):
        study.trouble[route] = says(b'{"error": "API route not found"}', 404)
    with fetched(study.address) as plan:
        found = records_of(plan)
    assert "p-em" in [m.external_id for m in found.methods]
    assert not found.rejects


def test_bad_findings_are_rejects_with_their_place_and_the_others_are_taken(study: StudyServer) -> None:
    good = {"id": 7, "post_id": "p7", "title": "A", "content": "Text", "finding_type": "result"}
    bad: list[Any] = [{**good, "id": 8, "post_id": "p8", "pgr": "high"}, 3, {"id": 9}]
    study.trouble["/api/findings?"] = says(json.dumps({"findings": [good, *bad], "total": 4}).encode())
    study.trouble["/api/ideas"] = says(b'{"ideas": [{"Name": "x", "Description": "y", "uid": {}}, 5]}')
    study.trouble["/api/stats"] = says(b'{"completed": 1}')
    study.trouble["/api/queue"] = says(b'{"experiments": [{"status": "completed", "pgr": 1, "idea_name": []}, null]}')
    with fetched(study.address) as plan:
        found = records_of(plan)
    assert [m.external_id for m in found.methods] == ["p7"]
    assert [(r.place, r.reason) for r in found.rejects] == [
        ("findings #9", "is no finding: it has neither content nor summary"),
        ("item 3", "is no finding: it has neither content nor summary"),
        ("findings #8", "pgr: must be a number, not the text 'high'"),
        ("experiments, item 1", "idea_name: must be text, not a list"),
        ("experiments, item 2", "is none: it must be an object"),
        ("ideas, item 1", "uid: must be text, not an object"),
        ("ideas, item 2", "is none: it must be an object"),
    ]


HALF = {"findings": findings_as_json()[:3], "total": 40}


@pytest.mark.parametrize(
    ("route", "trouble", "said"),
    [
        ("/api/findings", says(b"<!doctype html><title>W2S</title>", kind="text/html"), "web page and no JSON"),
        ("/api/findings", says(b"nothing here", 404), r"no such thing \(404\).*not the study's server"),
        ("/api/findings", says(b'{"error": "database is locked"}', 500), r"server failed \(500: .*database is locked"),
        ("/api/findings", says(b"busy", 429), "server failed"),
        ("/api/findings", says(b"who?", 401), r"asks who is there \(401\)"),
        (
            "/api/findings",
            says(b"", 302, Location="http://elsewhere.example/"),
            "leads on to http://elsewhere.example/",
        ),
        ("/api/findings", says(b"", 204), "answers 204"),
        ("/api/findings", says(b'{"findings": [}'), "is not JSON: .*column 15"),
        ("/api/findings", says(b"[1, 2]"), "is not what the study's server answers there: it has no list of findings"),
        ("/api/findings", says(b'{"findings": 4}'), "it has no list of findings"),
        ("/api/findings", says(b'{"findings": [' + b"[" * 5000), "nested more than"),
        ("/api/findings", says(b"\xff\xfe"), "not valid UTF-8"),
        ("/api/findings", says(json.dumps(HALF).encode()), "gave 3 of the 40 findings"),
        ("/api/findings", breaks_off, "the answer breaks off"),
        ("/api/findings", drips, "no whole answer within 0.5 seconds"),
        ("/api/findings", says(b" " * 3_000_000), "more than 1 MiB"),
        ("/api/findings", says(gzip.compress(b" " * 30_000_000), Content_Encoding="gzip"), "more than 1 MiB"),
        ("/api/findings", says(b"plain", Content_Encoding="gzip"), "the answer|cannot be asked"),
        ("/api/ideas", says(b'{"ideas": null}'), "it has no list of ideas"),
        ("/api/stats", says(b"<html>"), "web page"),
        ("/api/findings/p-em", says(b"{"), "is not JSON"),
    ],
)
def test_each_trouble_is_one_sentence(
    study: StudyServer, tmp_path: Path, route: str, trouble: Trouble, said: str
) -> None:
    study.trouble[route] = trouble
    seconds = 0.5 if trouble is drips else 60
    asking = Asking(study.address, seconds=seconds, most_bytes=2**20)
    with asking, pytest.raises(SourceError, match=said) as told:
        fetched_plan(Client(asking), tmp_path)
    assert str(told.value).startswith(study.address)
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)


def test_nobody_there_and_nothing_secure_is_one_sentence_each(study: StudyServer) -> None:
    with socket.socket() as taken_port:
        taken_port.bind(("127.0.0.1", 0))
        port = taken_port.getsockname()[1]
        with pytest.raises(SourceError, match="nobody answers there"), fetched(f"http://127.0.0.1:{port}"):
            pass
    with pytest.raises(SourceError, match="cannot be made secure"), fetched(f"https://127.0.0.1:{study.port}"):
        pass


def test_a_post_that_is_none_is_a_reject(study: StudyServer) -> None:
    study.trouble["/api/findings/p-em"] = says(b'{"post": []}')
    with fetched(study.address) as plan:
        (reject,) = records_of(plan).rejects
    assert reject.reason == "is no post: it must be an object"


def test_answers_that_are_cut_off_are_refused(study: StudyServer, tmp_path: Path) -> None:
    with fetched(study.address) as plan:
        whole = plan.files[0].read_bytes()
    cut = tmp_path / "answers"
    for length in range(1, len(whole), 997):
        cut.write_bytes(whole[:length])
        if whole[:length].endswith(b"\n"):
            continue
        with pytest.raises(SourceError):
            read_all(cut, format_name="aar-server")


def pages_asked(study: StudyServer) -> int:
    asked = sum(route.startswith("/api/findings?") for route in study.asked)
    study.asked.clear()
    return asked


def test_of_what_is_followed_only_the_pages_with_newer_posts_are_fetched(
    study: StudyServer, store: Store, tmp_path: Path
) -> None:
    def look() -> ImportReport:
        reading = watched.look()
        assert reading is not None
        with closing(reading):
            return take_in(store, reading)

    with Asking(study.address) as asking:
        watched = WatchedServer(Client(asking, page=3), tmp_path)
        look()
        whole = pages_asked(study)
        assert whole > 3
        study.post("next", commit_id="c-next", parent_commit_id="c1")
        report = look()
        assert (report.new, report.changed, pages_asked(study)) == (1, 0, 1)
        for number in range(4):
            study.post(f"more-{number}")
        report = look()
        assert (report.new, report.changed, pages_asked(study)) == (4, 0, 2)
        study.change("UPDATE findings SET upvotes = upvotes + 1")
        report = look()
        assert (report.new, report.changed, pages_asked(study)) == (0, 0, 1)
        whole = len(study.rows("findings")) // 3
        study.change("UPDATE findings SET content = 'Mended.', upvotes = upvotes + 1 WHERE post_id = 'more-2'")
        report = look()
        assert report.changed == 1, "a post that is met again and says something else"
        assert pages_asked(study) > whole
        study.change("UPDATE findings SET content = 'Mended.' WHERE post_id = 'p-em'")
        study.post("last")
        report = look()
        assert (report.new, report.changed, pages_asked(study)) == (1, 0, 1), "on an older page it does not show"
        study.change(
            "INSERT INTO ideas (id, uid, name, idea_json, is_baseline, source, created_at) VALUES (99, 'u-9', 'nine', "
            """'{"Name": "nine", "Description": "A ninth."}', 0, 'agent', '2026-02-03 10:00:00.000001')"""
        )
        report = look()
        assert (report.new, report.changed) == (1, 1), "an idea that came with no post"
        assert pages_asked(study) > whole
        study.comment(5, "And on math?")
        assert look().new == 1
        assert pages_asked(study) > whole
        study.change("DELETE FROM findings WHERE post_id = 'more-0'")
        look()
        assert pages_asked(study) > whole
    database = {(m.external_id, m.parent) for m in read_all(study.database).methods}
    with store.read() as connection:
        held = set(connection.execute("SELECT external_id, parent FROM methods").fetchall())
    assert next(parent for known_as, parent in held if known_as == "next")
    assert held == database | {("more-0", "")}
