"""``reviewer protocol`` as a person or a script calls it, and what the other commands leave out by it."""

import json
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.covering import COVER
from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from tests.builders import build_session, measured, record
from tests.workflow.sealed_stores import go_through, sealed_store

Capture = pytest.CaptureFixture[str]


def said(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(["protocol", *words])
    return code, *capsys.readouterr()


@pytest.mark.usefixtures("store")
def test_it_is_blind_until_somebody_sets_another(capsys: Capture) -> None:
    assert said(capsys)[:2] == (
        0,
        "the store       blind   by default\n"
        "weak_to_strong  blind   as the store\n"
        "blind: Nobody sees what others hold of a proposal before their own verdict on it.\n",
    )


@pytest.mark.usefixtures("store")
def test_it_is_set_for_the_store_and_for_a_problem_and_given_up(capsys: Capture) -> None:
    assert said(capsys, "open", "--reviewer", "kim")[0] == 0
    code, out, _ = said(capsys, "sealed", "--problem", "weak_to_strong", "--reviewer", "lee")
    assert code == 0
    assert out.startswith("weak_to_strong  sealed  set by lee, 20")
    assert out.endswith("then its evidence, then others: each after a forecast and a verdict.\n")
    held = json.loads(said(capsys, "--json")[1])
    assert [(h["problem"], h["protocol"], h["is_own"], h["set_by"]) for h in held] == [
        (None, "open", True, "kim"), ("weak_to_strong", "sealed", True, "lee"),
    ]  # fmt: skip
    said(capsys, "default", "--problem", "weak_to_strong", "--reviewer", "lee")
    held = json.loads(said(capsys, "--json", "--problem", "weak_to_strong")[1])
    assert held == [
        {"problem": "weak_to_strong", "protocol": "open", "is_own": False, "set_by": None, "set_at": None}
    ]  # fmt: skip


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sealed"], "A protocol says who set it; add --reviewer NAME."),
        (["closed"], "'closed' is not one of"),
        (["--problem", "nope"], "There is no problem 'nope'"),
        (["open", "--problem", "nope", "--reviewer", "kim"], "There is no problem 'nope'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(capsys: Capture, words: list[str], sentence: str) -> None:
    code, out, err = said(capsys, *words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert json.loads(said(capsys, "--json")[1])[0]["protocol"] == "blind", "nothing was set"


def test_what_is_sealed_is_refused_until_it_is_opened(store: Path, capsys: Capture) -> None:
    main(["protocol", "sealed", "--reviewer", "lead"])
    capsys.readouterr()
    for words in (["evidence", "run-1/p1"], ["leaderboard"], ["outcome", "run-1/p1"]):
        assert main([*words, "--reviewer", "kim"]) == 2, words
        out, err = capsys.readouterr()
        assert (out, "judged sealed" in err) == ("", True), words
        assert main([*words, "--everyone"]) == 0, words
        assert capsys.readouterr().out
    opened = Store(store)
    go_through(build_session(opened), 1, (0.6, 0.4))
    opened.close()
    for words in (["evidence", "run-1/p1"], ["leaderboard"], ["outcome", "run-1/p1"]):
        assert main([*words, "--reviewer", "kim"]) == 0, words


def test_another_proposal_is_no_way_round_what_is_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    sealed = sealed_store(tmp_path, *(record(f"p{i}", measurements=(measured(i / 10),)) for i in (1, 2)))
    go_through(build_session(sealed), 1, (0.6, 0.4))
    sealed.close()
    monkeypatch.setenv("REVIEWER_STORE", str(sealed.path))
    words = ["evidence", "run-1/p1", "--baseline", "run-1/p2"]
    assert main([*words, "--reviewer", "kim"]) == 2
    out, err = capsys.readouterr()
    assert (out, "judged sealed" in err) == ("", True)
    assert main([*words, "--everyone"]) == 0


def test_of_a_sealed_proposal_an_export_has_ones_own_judgement_and_the_title_alone(
    store: Path, capsys: Capture
) -> None:
    main(["protocol", "sealed", "--reviewer", "lead"])
    opened = Store(store)
    go_through(build_session(opened), 1, (0.6,), (Verdict.SURVIVES,))
    opened.close()
    capsys.readouterr()
    assert main(["export", "--format", "jsonl", "--reviewer", "kim"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["title"], row["verdict"], row["forecast"]) == (f"Title of {COVER}", "survives", 0.6)
    hidden = ("agent", "run", "family", "namespace", "external_id", "revision", "baseline_id", "metric", "setting",
              "proposal_value", "baseline_value", "difference", "dataset")  # fmt: skip
    assert not any(row[name] for name in hidden)
    main(["export", "--format", "jsonl", "--everyone"])
    row = json.loads(capsys.readouterr().out)
    assert (row["external_id"], row["proposal_value"]) == ("p1", 0.5)


def test_an_export_asks_who_looks(store: Path, capsys: Capture) -> None:
    opened = Store(store)
    go_through(build_session(opened, "lee"), 1, (0.6,))
    opened.close()
    assert main(["export"]) == 2
    assert "Say who you are by --reviewer NAME" in capsys.readouterr().err
    main(["export", "--reviewer", "kim"])
    assert capsys.readouterr().err == "0 judgements: nothing that was asked for has been judged yet.\n"
    main(["protocol", "open", "--reviewer", "lead"])
    capsys.readouterr()
    assert main(["export"]) == 0
    assert capsys.readouterr().err == "1 judgement.\n"
