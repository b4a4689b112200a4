"""``reviewer report``: where it is written, as what, and what it refuses."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from tests.builders import build_session, import_records, record
from tests.exports.pages import Seen
from tests.workflow.judged_stores import end, give

HOSTILE = "<script>alert(1)</script>\x1b[31m | `x`"


@pytest.fixture(autouse=True)
def judged_store(store: Path) -> None:
    with closing(Store(store)) as opened:
        import_records(opened, record("p1", agent=HOSTILE), record("p2"))
        kim, ann = build_session(opened), build_session(opened, "ann")
        give(kim, 1, 0.7)
        give(ann, 1, 0.4, Verdict.FAILS)
        give(ann, 2, 0.9)
        end(opened, 1, True)


def test_as_html_it_stands_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "report.html"
    assert main(["report", "--reviewer", "kim", "-o", str(page)]) == 0
    assert capsys.readouterr().err == f"Written to {page}.\n"
    document = page.read_text("utf-8")
    seen = Seen(document)
    assert seen.open == []
    assert "script" not in seen.elements
    assert not [value for _, name, value in seen.attributes if name in ("src", "href")]
    for said in ("The record of kim", "Progress and pace", "Verdicts by agent", "Forecasts of ann", "Agreement",
                 "Survival by agent", "<script>alert(1)</script>"):  # fmt: skip
        assert said in seen.text, said
    assert "\x1b" not in document


def test_as_markdown_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--reviewer", "kim"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<!-- a page of reviewer -->\n\n# What judgements and outcomes come to")
    assert "## The record of kim" in out
    assert "| Brier score | 0.090 |" in out
    assert "<script>" not in out
    assert "\x1b" not in out
    assert main(["report", "--reviewer", "kim", "-o", "-"]) == 0
    assert capsys.readouterr().out == out


def test_by_default_others_are_counted_of_what_one_has_judged(capsys: pytest.CaptureFixture[str]) -> None:
    def told(*options: str) -> str:
        assert main([*options]) == 0
        return capsys.readouterr().out

    assert "1 of 2 judgements is your own" in told("report", "--reviewer", "kim")
    assert "3 judgements, of all reviewers." in told("report", "--reviewer", "kim", "--everyone")
    assert "has given no verdict here yet" in told("report", "--reviewer", "lee")


def test_a_page_of_ours_is_replaced_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("report.md", "report.html"):
        page = tmp_path / name
        for _ in range(2):
            assert main(["report", "-o", str(page)]) == 0
        assert "which was there before" in capsys.readouterr().err
        page.write_text("what somebody wrote")
        assert main(["report", "-o", str(page)]) == 2
        assert "is there already and is no export" in capsys.readouterr().err
        assert page.read_text() == "what somebody wrote"
        assert main(["report", "-o", str(page), "--force"]) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("-o", "report.pdf"), "is named as neither HTML nor Markdown; name it report.html"),
        (("-o", "nowhere/report.html"), "There is no folder"),
        (("--problem", "none"), "There is no problem 'none'"),
        (("-o", ""), "the path is empty"),
    ],
)
def test_what_is_wrong_is_told(
    words: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["report", *words]) == 2
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("report*"))


def test_the_store_itself_is_never_written_to(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = store.with_suffix(".html")
    shutil.copy(store, named)
    assert main(["report", "--store", str(named), "-o", str(named), "--force"]) == 2
    assert "belongs to the store itself" in capsys.readouterr().err
    with closing(Store(named)) as opened:
        assert opened.connection().execute("SELECT count(*) FROM methods").fetchone() == (2,)


def test_a_store_of_several_problems_has_a_chapter_for_all(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace

    from tests.builders import PROBLEM

    with closing(Store(store)) as opened:
        import_records(opened, record("q1", problem="other"), problem=replace(PROBLEM, slug="other", title="Other"))
    assert main(["report", "--reviewer", "kim"]) == 0
    out = capsys.readouterr().out
    assert "## Other: The record of kim" in out
    assert "## All problems" in out
    assert main(["report", "--reviewer", "kim", "--problem", "other"]) == 0
    out = capsys.readouterr().out
    assert "## The record of kim" in out
    assert "Weak-to-strong supervision" not in out


def test_an_empty_store_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.builders import build_store

    empty = build_store(tmp_path, name="empty.db")
    empty.close()
    assert main(["report", "--store", str(empty.path)]) == 0
    assert "There is no problem in the store" in capsys.readouterr().out
