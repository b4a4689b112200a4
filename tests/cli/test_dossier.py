"""``reviewer dossier``: the page of one proposal, found by the names that it has everywhere."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from reviewer.domain.methods import Provenance
from reviewer.domain.vocabulary import Protocol, Role, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.workflow.grouping import group_all
from tests.builders import NOW, build_session, import_records, measured, record, table
from tests.exports.pages import Seen
from tests.workflow.judged_stores import give

HOSTILE = "<img src=x onerror=alert(1)>\x1b]0;x\x07 </pre><script>"


@pytest.fixture(autouse=True)
def judged_store(store: Path) -> None:
    with closing(Store(store)) as opened:
        import_records(
            opened,
            record("m", title=HOSTILE, hypothesis=HOSTILE, body=f"# {HOSTILE}\n\n{HOSTILE}", claims=(HOSTILE,),
                   measurements=(measured(0.7, standard_error=0.02, n_seeds=5),)),
            record("b", Role.BASELINE, title="Theirs", measurements=(measured(0.5, standard_error=0.02, n_seeds=5),)),
        )  # fmt: skip
        give(build_session(opened, "ann"), 2, 0.4, Verdict.FAILS)


def test_markdown_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossier", "run-1/m", "--reviewer", "kim"]) == 0
    out = capsys.readouterr().out
    for said in ("## Evidence", "Against Theirs", "+0.200", "kept back until you have given a verdict"):
        assert said in out, said
    assert "ann" not in out.split()
    assert "\x1b" not in out
    assert not [line for line in out.splitlines()[1:] if "<img" in line.replace("\\<", "") and line[:4] != "    "]
    assert main(["dossier", "run-1/m", "--reviewer", "ann"]) == 0
    assert "| ann | fails | 40 % |" in capsys.readouterr().out


def test_html_shows_what_is_hostile_and_obeys_none_of_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert main(["dossier", "run-1/m", "--everyone", "-o", str(page)]) == 0
    document = page.read_text("utf-8")
    seen = Seen(document)
    assert seen.open == []
    assert not {"img", "script"} & set(seen.elements)
    assert "\x1b" not in document
    assert "\x07" not in document
    assert seen.text.count("<img src=x onerror=alert(1)>") == 6
    assert "fails" in seen.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run-1/none",), "There is no proposal"),
        (("run-1/b",), "is a baseline, not a proposal"),
        (("run-1/m", "-o", "page.txt"), "neither HTML nor Markdown"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossier", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_sealed_one_is_refused_and_no_file_is_left(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Store(store)) as opened, opened.write() as connection:
        set_protocol(connection, None, Protocol.SEALED, set_by="kim", now=NOW)
    page = tmp_path / "page.html"
    assert main(["dossier", "run-1/m", "--reviewer", "kim", "-o", str(page)]) == 2
    assert "sealed for you" in capsys.readouterr().err
    assert not page.exists()


def test_a_sighting_is_named_where_it_is_asked_for(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same: dict[str, Any] = {"title": "Twice", "body": "The same text.", "measurements": (measured(0.6),)}
    with closing(Store(store)) as opened:
        import_records(opened, record("t1", **same), record("t2", namespace="run-2", agent="agent-9", **same))
        import_records(opened, record("t1", **same)._replace(provenance=Provenance("/w/b.jsonl", "", "line 9")))
        group_all(opened)
        ((uuid,),) = table(opened, "SELECT uuid FROM methods WHERE external_id = 't2'")
    for name in ("run-2/t2", "t2", uuid, uuid[-8:]):
        assert main(["dossier", name, "--everyone"]) == 0
        out = capsys.readouterr().out
        said = " ".join(out.replace("\\", "").split())
        assert "What was asked for, run-2/t2 (by agent-9), is a sighting of it: it says the same to the letter" in said
        assert "was met in results.jsonl, line 1" in said
        assert "The page is that of run-1/t1" in said
    assert main(["dossier", "run-1/t1", "--everyone"]) == 0
    out = capsys.readouterr().out.replace("\\", "")
    assert "asked for" not in out
    met = [line for line in out.splitlines() if line.startswith("| run-") and "jsonl" in line]
    assert [line.split(" | ")[:2] for line in met] == [
        ["| run-1/t1", "results.jsonl, line 1"],
        ["| run-1/t1", "/w/b.jsonl, line 9"],
        ["| run-2/t2", "results.jsonl, line 1"],
    ]
    assert main(["dossier", "run-1/m", "--everyone"]) == 0
    assert "Where it was met" not in capsys.readouterr().out
