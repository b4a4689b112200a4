"""Answers of the study's server in one file: whatever they hold, it is records, rejects or a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.sources import aar_server
from reviewer.sources.aar_server import FINDINGS, IDEAS, POST, QUEUE, Post, answer_line, ideas_told, page
from reviewer.sources.jsontext import BadJsonError

from .reading import Records, read_all
from .truncation import is_never_misread

FINDING: dict[str, Any] = {
    "id": 7, "post_id": "p7", "title": "A result", "content": "Line one.\nLine two.", "finding_type": "result",
    "dataset": "chat", "pgr": 0.4, "comment_count": 1,
}  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*FINDING, "x"]), inner, max_size=5),
    max_leaves=12,
)


def answers(folder: Path, *said: tuple[str, Any]) -> Path:
    path = folder / "answers"
    lines = (
        answer_line(what, f"http://h/{what}", "0" * 64, json.dumps(value, indent=1).encode()) for what, value in said
    )
    path.write_bytes(b"".join(lines))
    return path


def read(folder: Path, *said: tuple[str, Any]) -> Records:
    return read_all(answers(folder, *said))


def test_a_file_of_answers_is_known_by_its_beginning(tmp_path: Path) -> None:
    found = read(tmp_path, (FINDINGS, {"findings": [FINDING], "total": 1}))
    assert found.method("p7").body == "Line one.\nLine two."
    assert found.method("p7").provenance.file == "http://h/findings"


def test_the_oldest_comes_first_and_a_later_state_of_a_post_counts(tmp_path: Path) -> None:
    pages = [[{**FINDING, "id": n, "post_id": f"p{n}"} for n in numbers] for numbers in ((4, 3), (3, 2), (1,))]
    pages[1][0]["title"] = "As it was later"
    found = read(tmp_path, *((FINDINGS, {"findings": each}) for each in pages))
    assert [m.external_id for m in found.methods] == ["p1", "p2", "p3", "p4"]
    assert found.method("p3").title == "As it was later"
    assert not found.rejects


def test_one_id_twice_on_a_page_is_a_doubt(tmp_path: Path) -> None:
    found = read(tmp_path, (FINDINGS, {"findings": [FINDING, {**FINDING, "title": "Another"}]}))
    assert [r.reason for r in found.rejects] == [
        "has the same id as findings #7, 'p7', but says something else; the first one was taken"
    ]


def test_a_comment_on_a_finding_that_is_refused_is_kept(tmp_path: Path) -> None:
    bad = {**FINDING, "pgr": "high"}
    comments = [{"id": 1, "content": "Why?", "author": "human"}, 5]
    found = read(tmp_path, (FINDINGS, {"findings": [bad]}), (POST, {"post": {**bad, "comments": comments}}))
    assert found.remark("comment-1").about == "finding-7"
    assert [r.reason for r in found.rejects] == [
        "pgr: must be a number, not the text 'high'",
        "is no comment: it must be an object",
    ]


def test_what_the_server_adds_of_its_queue_is_no_part_of_an_idea(tmp_path: Path) -> None:
    idea = {"Name": "mdl", "uid": "u1", "Description": "Short first.", "source": "manual"}
    quiet, busy = (
        read(tmp_path, (IDEAS, {"ideas": [{**idea, **more}]})).remark("idea-u1")
        for more in ({"in_queue": False}, {"in_queue": True, "queue_status": "running", "pgr": 0.3})
    )
    assert quiet.revision_hash() == busy.revision_hash()
    assert quiet.raw == busy.raw == idea


def test_a_page_tells_its_posts_and_how_many_there_are() -> None:
    body = json.dumps({"findings": [FINDING, 3, {"post_id": 4, "comment_count": "x"}], "total": "many"}).encode()
    met = page(body)
    assert [(known, post.comments) for known, post in met.posts] == [("p7", 1), ("", 0), ("", 0)]
    assert met.total is None
    with pytest.raises(BadJsonError, match="no list of findings"):
        page(b"[]")


def test_of_a_post_it_is_seen_that_it_says_something_else_and_of_an_idea_but_not_what_others_do() -> None:
    def post(**more: Any) -> Post:
        ((_, post),) = page(json.dumps({"findings": [{**FINDING, **more}]}).encode()).posts
        return post

    assert post(upvotes=9, downvotes=2, score=7, comment_count=4, updated_at="2026-03-01T00:00:00Z").said == post().said
    assert post(content="Mended.").said != post().said
    idea = {"Name": "mdl", "Description": "Short first."}
    quiet, busy, mended = (
        ideas_told({"ideas": [{**idea, **more}]})
        for more in ({"in_queue": False}, {"in_queue": True, "pgr": 0.3}, {"Description": "Shortest first."})
    )
    assert quiet == busy != mended
    odd: list[object] = [[], {"ideas": 3}, None]
    assert set(map(ideas_told, odd)) == {"[]", '{"ideas": 3}', "null"}


def test_a_file_cut_off_anywhere_is_never_misread(tmp_path: Path) -> None:
    path = answers(
        tmp_path,
        (FINDINGS, {"findings": [FINDING]}),
        (POST, {"post": {**FINDING, "comments": [{"id": 1, "content": "Why?"}]}}),
        (IDEAS, {"ideas": [{"Name": "mdl", "Description": "Short first."}]}),
    )
    assert is_never_misread(path, format_name=aar_server.NAME) > 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from((FINDINGS, POST, QUEUE, IDEAS)), st.lists(JSON, max_size=3), st.booleans())
def test_any_answer_is_records_rejects_or_a_sentence(tmp_path: Path, what: str, values: list[Any], whole: bool) -> None:
    said: Any = {what: values, "post": values[0] if values else None} if whole else values
    if not whole and what != POST:
        with pytest.raises(SourceError, match=f"no list of {what}"):
            read(tmp_path, (what, said))
        return
    found = read(tmp_path, (what, said))
    assert all(reject.reason for reject in found.rejects)
    if what == FINDINGS:
        assert len(found.methods) + len(found.remarks) + len(found.rejects) == len(values)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "answers"
    path.write_bytes(b'{"answer_of_the_study_server":' + data)
    with pytest.raises(SourceError):
        read_all(path, format_name=aar_server.NAME)


def test_ideas_without_a_name_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    ideas = [{"Name": "", "Description": said} for said in ("Short first.", "Long first.", "Short first.")]
    found = read(tmp_path, (IDEAS, {"ideas": ideas}))
    assert not found.rejects
    assert {(r.title, r.text) for r in found.remarks} == {
        ("Idea as entered on the server, without a name", said) for said in ("Short first.", "Long first.")
    }
    assert len({r.external_id for r in found.remarks}) == 2
