"""``reviewer feedback`` as a person or a script calls it."""

import json
from pathlib import Path

import jsonschema
import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.connection import Store
from reviewer.workflow.judging import set_rationale, set_shareable
from tests.builders import act, build_session, build_store, judge, method_ids, record

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in which kim has judged the first proposal and lee both; kim looks."""
    store = build_store(tmp_path, record("p1", title="Noisy \x1b[2J channel"), record("p2"))
    p1, p2 = method_ids(store)
    kim, lee = build_session(store, "kim"), build_session(store, "lee")
    judge(kim, p1, Verdict.FAILS)
    judge(lee, p1, Verdict.SURVIVES)
    judge(lee, p2, Verdict.SURVIVES)
    act(lee, p1, Act.RATIONALE, set_rationale("cheap enough"))
    act(lee, p1, Act.SHARE, set_shareable(True, "cheap enough"))
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("REVIEWER_NAME", "kim")
    return store.path


@pytest.mark.usefixtures("path")
def test_lines_go_to_stdout_and_words_to_stderr(capsys: Capture) -> None:
    assert main(["feedback"]) == 0
    out, err = capsys.readouterr()
    (line,) = map(json.loads, out.splitlines())
    assert (line["id"], line["verdicts"]["fails"], line["rationales"]) == ("p1", 1, ["cheap enough"])
    assert "\x1b" not in out
    assert err == "1 proposal (2 verdicts, 1 rationale that agents may read).\n"
    assert main(["feedback", "--everyone"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert err == "2 proposals (3 verdicts, 1 rationale that agents may read).\n"


def test_rationales_that_wait_for_a_verdict_are_counted(path: Path, capsys: Capture) -> None:
    store = Store(path)
    noor = build_session(store, "noor")
    act(noor, 2, Act.RATIONALE, set_rationale("not judged yet"))
    act(noor, 2, Act.SHARE, set_shareable(True, "not judged yet"))
    store.close()
    assert main(["feedback", "--reviewer", "noor"]) == 0
    out, err = capsys.readouterr()
    assert "not judged yet" not in out
    assert err.endswith(". 1 more rationale that agents may read waits for your verdict.\n")
    assert main(["feedback", "--everyone"]) == 0
    assert capsys.readouterr().err == (
        "2 proposals (3 verdicts, 1 rationale that agents may read). "
        "1 more rationale that agents may read waits for its author's verdict.\n"
    )
    assert main(["feedback"]) == 0
    assert "more rationale" not in capsys.readouterr().err, "what others wait with is theirs"


def test_a_file_is_written_again_and_nothing_else_replaced(path: Path, capsys: Capture) -> None:
    target = path.with_name("feedback.jsonl")
    for _ in range(2):
        assert main(["feedback", "-o", str(target)]) == 0
        assert capsys.readouterr().err == (
            f"1 proposal written to {target} (2 verdicts, 1 rationale that agents may read).\n"
        )
    target.write_text("of mine")
    assert main(["feedback", "-o", str(target)]) == 2
    assert target.read_text() == "of mine"
    assert main(["feedback", "-o", str(target), "--force"]) == 0
    assert json.loads(target.read_text())["feedback"] == 1


@pytest.mark.usefixtures("path")
def test_a_line_is_as_the_schema_says(capsys: Capture) -> None:
    assert main(["feedback", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert main(["feedback"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema)


@pytest.mark.usefixtures("path")
def test_who_looks_has_to_be_named_and_may_have_nothing_to_count(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["feedback", "--reviewer", "max"]) == 0
    assert capsys.readouterr() == ("", "0 proposals: none that you may count.\n")
    monkeypatch.delenv("REVIEWER_NAME")
    assert main(["feedback"]) == 2
    assert "Say who you are by --reviewer NAME" in capsys.readouterr().err


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("when", ["yesterday", "2026-13-01", "", "9" * 400])
def test_what_is_no_time_is_told(when: str, capsys: Capture) -> None:
    assert main(["feedback", "--since", when]) == 2
    assert "is no time; write 2026-03-31, or 2026-03-31T09:30:00Z" in capsys.readouterr().err


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("when", "n"),
    [("2026-01-01", 1), ("2027-01-01", 0), ("2026-01-01T00:00:00+02:00", 1), ("0001-01-01T00:00:00+02:00", None)],
)
def test_times_are_in_utc_or_say_their_zone(when: str, n: int | None, capsys: Capture) -> None:
    assert main(["feedback", "--since", when]) == (2 if n is None else 0)
    assert len(capsys.readouterr().out.splitlines()) == (n or 0)
