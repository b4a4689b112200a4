"""``reviewer critic show`` and ``reviewer critic go-on`` as a person or a script calls them."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.store.critique_readings import last_call_shown
from reviewer.store.spending import stop_spending, stopped_for
from tests.attempts import answered, failed, kept
from tests.builders import NOW, build_session, judge

Capture = pytest.CaptureFixture[str]
HOSTILE = "\x1b[31m\u202e[/red]\x00{"


def critic(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(["critic", *words])
    return code, *capsys.readouterr()


@pytest.fixture
def asked(store: Path) -> Path:
    """The store with a call of three attempts, of which the first was cut off."""
    with closing(Store(store)) as opened:
        build_session(opened)
        with opened.write() as connection:
            kept(connection, None, call="call-12345678")
            kept(connection, failed("refused", detail=HOSTILE), call="call-12345678", attempt=2)
            kept(connection, answered(raw=HOSTILE, model=HOSTILE), call="call-12345678", attempt=3)
    return store


@pytest.mark.usefixtures("asked")
def test_every_attempt_at_a_call_is_shown_safely(capsys: Capture) -> None:
    code, out, err = critic(capsys, "show", "12345678", "--everyone")
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if line.startswith("call ")] == [
        f"call      call-12345678, attempt {n}" for n in (1, 2, 3)
    ]
    assert "ended     cut off: who waited for it is gone, and what was set aside stays counted as spent" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "␛[31m" in out


@pytest.mark.usefixtures("asked")
def test_as_json_the_raw_answers_are_whole(capsys: Capture) -> None:
    code, out, _ = critic(capsys, "show", "call-12345678", "--everyone", "--json")
    assert code == 0
    assert "\x1b" not in out
    first, second, third = json.loads(out)
    assert (first["state"], first["cut_off"], first["spent_usd"]) == ("sent", True, None)
    assert (second["state"], second["failure"], second["detail"]) == ("failed", "refused", HOSTILE)
    assert (third["raw"], third["usage"]["input"], third["constraints"]) == (
        HOSTILE, 1000, ["scale", "cost", "signals"],
    )  # fmt: skip


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("call", ["99999999", "", HOSTILE, "5678"])
def test_a_call_that_is_not_there_is_one_sentence(capsys: Capture, call: str) -> None:
    code, out, err = critic(capsys, "show", call, "--everyone")
    assert (code, out) == (2, "")
    assert err.startswith("reviewer: There is no call “")
    assert err.count("\n") == 1
    assert "\x1b" not in err


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_before_ones_own_verdict_nothing_of_it_is_shown(capsys: Capture, form: tuple[str, ...]) -> None:
    code, out, err = critic(capsys, "show", "12345678", "--reviewer", "lee", *form)
    assert (code, out) == (2, "")
    assert err == "reviewer: Claude's questions come after your own judgement: give your verdict first.\n"
    code, out, err = critic(capsys, "show", "12345678", *form)
    assert (code, out) == (2, "")
    assert "--reviewer NAME" in err


def test_who_has_judged_may_read_it_and_that_is_kept(asked: Path, capsys: Capture) -> None:
    with closing(Store(asked)) as store:
        lee = build_session(store, "lee")
        judge(lee, 1)
        code, out, _ = critic(capsys, "show", "12345678", "--reviewer", "lee")
        assert code == 0
        assert "␛[31m" in out
        with store.read() as connection:
            assert last_call_shown(connection, 1, lee.reviewer_id) == "call-12345678"


def test_somebody_says_go_on(asked: Path, capsys: Capture) -> None:
    assert critic(capsys, "go-on", "--reviewer", "kim")[1] == "Nothing had stopped them.\n"
    with closing(Store(asked)) as store, store.write() as connection:
        stop_spending(connection, f"The account cannot pay {HOSTILE}.", said_by="kim", now=NOW)
    code, out, err = critic(capsys, "go-on")
    assert (code, out) == (2, "")
    assert "It is kept who says go on; add --reviewer NAME." in err
    code, out, _ = critic(capsys, "go-on", "--reviewer", "lee")
    assert code == 0
    assert out.startswith("Calls are sent again. They were stopped: The account cannot pay ␛[31m")
    with closing(Store(asked)) as store:
        assert stopped_for(store.connection()) == ""
        (last, *_) = store.connection().execute(
            "SELECT said_by, reason FROM spending_stops ORDER BY at DESC, uuid DESC"
        ).fetchall()  # fmt: skip
    assert last == ("lee", "")
