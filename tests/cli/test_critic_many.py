"""``reviewer critic run``, ``status``, ``results`` and ``cancel``: what they print, and how they end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from reviewer.cli.main import main
from reviewer.domain.identity import timestamp, utc_now
from reviewer.store.critic_batches import add_batch
from reviewer.store.migrations import open_store
from tests.builders import build_session, import_records, judge, record
from tests.critic.fake_api.courses import Fate
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.workflow.critic_stores import SAID, batches, spent, states

RUN = ["critic", "run", "--max-usd", "5", "--ahead"]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.batches.polls_until_ended = 0
        fake.answer = _said
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url())
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-a-test")
        yield fake


def _said(body: dict[str, object]) -> object:
    """Return what is said of the first constraint of those that were asked about."""
    asked = body["output_config"]["format"]["schema"]["$defs"]["CritiqueForm"]  # type: ignore[index]
    (critique, _) = SAID["critiques"]
    return {"critiques": [critique | {"constraint_id": asked["properties"]["constraint_id"]["enum"][0]}]}


@pytest.fixture(autouse=True)
def several(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six proposals, of which kim has judged two."""
    monkeypatch.setenv("REVIEWER_NAME", "kim")
    with closing(open_store(store)) as opened:
        import_records(opened, *(record(f"q{n}", agent=f"agent-{n % 2}", body=f"Body of q{n}.") for n in range(5)))
        kim = build_session(opened, "kim")
        judge(kim, 1)
        judge(kim, 2)
    return store


@pytest.fixture
def priced(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["critic", "price", "claude-opus-5-5", "--input", "5", "--output", "25"]) == 0
    capsys.readouterr()


Told = Callable[..., str]


@pytest.fixture
def told(priced: None, api: FakeApi, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command of the group, and return what it prints."""

    def run(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main(["critic", *words]) == status, capsys.readouterr().err
        said = capsys.readouterr()
        return said.out if not status else said.err

    return run


def _name(several: Path, place: int = -1) -> str:
    with closing(open_store(several)) as opened:
        return batches(opened)[place][0].uuid[-8:]


def test_what_is_judged_is_sent_and_taken_in(told: Told, several: Path, api: FakeApi) -> None:
    nothing_yet = "Nothing has been asked in a batch yet; `reviewer critic run --max-usd USD` does it.\n"
    assert told("status") == told("results") == nothing_yet
    first, second = told("run", "--max-usd", "5").splitlines()
    assert first.startswith("Asks about 2 proposals in a batch, at half the price, for $0.4")
    name = _name(several)
    assert second.startswith(f"Batch {name}: 2 requests sent. Within a day, mostly sooner, `reviewer critic results`")
    assert told("run", "--max-usd", "5") == (
        "There is nothing to ask about.\n2 proposals are being asked about in a batch.\n"
    )
    assert told("results") == f"Batch {name}: 2 answered.\n"
    assert told("results") == "Nothing is waited for: what came of every batch was taken in.\n"
    assert told("run", "--max-usd", "5").endswith("2 proposals have an answer on their text already.\n")
    status = told("status")
    assert f"{name}  2 requests by kim, " in status
    assert " (judged): taken in; 2 answered; $0.0" in status
    with closing(open_store(several)) as opened:
        (call,) = opened.connection().execute("SELECT call FROM critiques LIMIT 1").fetchone()
    assert "answered" in told("show", call)
    assert told("results", name) == f"Batch {name}: taken in.\n"
    kept = [path for path in several.parent.rglob("*") if path.is_file()]
    assert several in kept
    assert [path for path in kept if b"sk-ant-of-a-test" in path.read_bytes()] == [], "the key is written nowhere"


def test_a_dry_run_sends_and_writes_nothing(told: Told, several: Path, api: FakeApi) -> None:
    before = several.read_bytes()
    said = told("run", "--max-usd", "0.5", "--ahead", "--dry-run", "--reviewer", "somebody")
    assert _without_cents(said) == [
        "Would ask about 2 proposals in a batch, at half the price, for $… at the most.",
        "4 proposals were left out: --max-usd would be passed.",
    ]
    assert "Would ask about 1 proposal in single calls" in told(*RUN[1:], "--dry-run", "--at-once", "--limit", "1")
    nothing = told("run", "--max-usd", "1", "--dry-run", "--reviewer", "somebody")
    assert nothing == (
        "There is nothing to ask about: no proposal is among what is asked for (judged); --ahead does not wait for "
        "your judgement.\n"
    )
    assert "what is asked for (judged, agent nobody); --ahead" in told(
        "run", "--max-usd", "1", "--dry-run", "--agent", "nobody"
    )
    assert api.seen == []
    assert several.read_bytes() == before


@pytest.mark.parametrize("amount", ["nan", "0", "-1", "inf", "1000000.5", "five"])
@pytest.mark.parametrize("words", [["run"], ["results", "--retry"]])
def test_what_is_no_amount_is_refused_in_a_sentence(told: Told, words: list[str], amount: str) -> None:
    said = told(*words, "--max-usd", amount, status=2)
    assert "--max-usd" in said
    assert amount in said
    assert "Traceback" not in said


def _without_cents(said: str) -> list[str]:
    return re.sub(r"\$[\d.]+", "$…", said).splitlines()


def test_waiting_takes_in_what_came(told: Told, several: Path, api: FakeApi) -> None:
    api.batches.polls_until_ended = 1
    assert told(*RUN[1:], "--wait").endswith(f"Batch {_name(several)}: 6 answered.\n")


def test_single_calls_are_answered_at_once(told: Told, several: Path, api: FakeApi) -> None:
    api.next(Scenario.PLAIN, Scenario.RATE_LIMITED_BRIEFLY)
    said = told(*RUN[1:], "--at-once", "--limit", "3")
    assert said.startswith("Asked about 3 proposals: 3 answered, $0.0")
    assert told(*RUN[1:], "--at-once", "2").splitlines()[1] == (
        "3 proposals need no asking: asked about already, or drawn to be judged without Claude."
    )
    assert not api.at(Endpoint.BATCH_CREATE)
    with closing(open_store(several)) as opened:
        assert states(opened) == {"answered": 6, "failed": 1}


def test_calls_that_are_refused_are_told(told: Told, api: FakeApi) -> None:
    api.next(Scenario.UNAUTHORIZED)
    said = told(*RUN[1:], "--at-once", "1", status=2)
    assert "No more calls were begun. The API does not take the key" in said


def test_status_is_had_as_json_and_says_to_others_how_many_alone(told: Told, several: Path) -> None:
    told("run", "--max-usd", "5", "--verdict", "survives")
    (mine,) = json.loads(told("status", "--json"))
    assert mine["asked"] == "judged, survives"
    assert (mine["requests"], mine["waiting"], mine["status"], mine["answered"]) == (2, 2, "ended", 0)
    assert mine["spent_usd"] == 0 < mine["at_most_usd"]
    (others,) = json.loads(told("status", "--json", "--reviewer", "lee"))
    assert others == {**mine, "asked": None, "seen_at": others["seen_at"]}
    assert "survives" not in told("status", "--reviewer", "lee")


def test_status_without_a_key_is_as_it_was_seen_last(
    told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(*RUN[1:])
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setattr("reviewer.critic.key._from_keyring", lambda: "")
    assert main(["critic", "status"]) == 0
    said = capsys.readouterr()
    assert "6 requests by kim" in said.out
    assert "There is no key for Claude" in said.err
    assert "This is how it was seen last." in said.err


def test_what_failed_is_told_and_tried_again(told: Told, several: Path, api: FakeApi) -> None:
    fates = iter([Fate.EXPIRED, Fate.ERRORED, Fate.CANCELED])
    api.batches.fate_of = lambda _: next(fates, None)
    told(*RUN[1:])
    name = _name(several)
    assert told("results") == (
        f"Batch {name}: 3 answered, 1 failed at the API (server), 1 expired, 1 called off.\n"
        f"3 came to nothing at no cost: `reviewer critic results {name} --retry --max-usd USD` asks again.\n"
    )
    assert f"`reviewer critic results {name} --retry --max-usd USD` asks again." in told("status")
    assert told("results", name, "--retry", "--max-usd", "0.5").startswith("Asks about 2 proposals in a batch")
    second = _name(several)
    first, then, *_ = told("results", "--retry", "--max-usd", "5").splitlines()
    assert first == f"Batch {second}: 2 answered."
    assert then.startswith("Asks about 1 proposal in a batch, at half the price, for $0.2")
    told("results")
    with closing(open_store(several)) as opened:
        assert states(opened) == {"answered": 6, "failed": 3}


def test_results_that_break_off_say_how_to_go_on(told: Told, several: Path, api: FakeApi) -> None:
    told(*RUN[1:])
    api.next(Scenario.RESULTS_LAST_LINE_CUT, at=Endpoint.BATCH_RESULTS)
    said = told("results", status=2)
    assert "What came before was taken in; 1 still to come: run it again." in said
    assert told("results") == f"Batch {_name(several)}: 1 answered, 5 taken in before.\n"


def test_a_batch_is_called_off(told: Told, several: Path, api: FakeApi) -> None:
    api.batches.polls_until_ended = 3
    told(*RUN[1:])
    name = _name(several)
    assert told("cancel", name) == (
        f"Batch {name} is being called off; `reviewer critic results` takes in what was answered.\n"
    )
    assert "being called off" in told("results")
    told("status")
    assert told("results").startswith(f"Batch {name}: 3 answered, 3 called off.\n")
    assert "cannot be called off any more: it was taken in." in told("cancel", name, status=2)
    assert "There is no batch" in told("cancel", "000000", status=2)


def test_a_batch_that_another_command_prepares_is_left_to_it(told: Told, several: Path, api: FakeApi) -> None:
    with closing(open_store(several)) as opened, opened.write() as connection:
        now = timestamp(utc_now())
        add_batch(connection, "01a2-of-another-command", requested_by="kim", asked="judged", most=1, now=now)
    assert " (judged): being prepared; $0.00\n" in told("status")
    assert "is being prepared by another command: interrupt that one." in told("cancel", "command", status=2)
    assert told("results", "command").endswith(": being prepared.\n")
    assert api.seen == []


def test_a_refused_batch_is_told_and_costs_nothing(told: Told, several: Path, api: FakeApi) -> None:
    api.next(Scenario.PAYMENT_REQUIRED, at=Endpoint.BATCH_CREATE)
    assert "The account cannot pay" in told(*RUN[1:], status=2)
    assert "`reviewer critic go-on`" in told(*RUN[1:], status=2)
    with closing(open_store(several)) as opened:
        assert spent(opened).whole == 0
    told("go-on")
    assert told(*RUN[1:]).startswith("Asks about 6 proposals")


def test_where_it_is_not_known_whether_it_arrived_that_is_said(told: Told, several: Path, api: FakeApi) -> None:
    api.next(Scenario.SERVER_ERROR, at=Endpoint.BATCH_CREATE)
    failed = told(*RUN[1:], status=2)
    assert f"It is not known whether batch {_name(several)} arrived" in failed
    said = told("status")
    assert "being sent" in said
    assert "It may be on its way just now; else the next look finds it, if it arrived." in said
    assert "may be on its way" in told("cancel", _name(several), status=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--max-usd", "1", "--ahead", "--verdict", "fails"], "--ahead does not wait for that"),
        (["run", "--max-usd", "1", "--wait", "--at-once"], "--wait goes with a batch"),
        (["run"], "missing option '--max-usd'"),
        (["run", "--max-usd", "0"], "not in the range"),
        (["run", "--max-usd", "1", "--check", "nonsense"], "nonsense"),
        (["run", "--max-usd", "1", "--problem", "nothing"], "nothing"),
        (["results", "--retry"], "--retry and --max-usd go together"),
        (["results", "--max-usd", "1"], "--retry and --max-usd go together"),
    ],
)
def test_what_does_not_go_together_is_told(told: Told, words: list[str], said: str) -> None:
    assert said in told(*words, status=2)


def test_a_model_without_a_price_is_not_asked(api: FakeApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(RUN) == 2
    assert "`reviewer critic price claude-opus-5-5 --input USD --output USD`" in capsys.readouterr().err
    assert api.seen == []


def _begin(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "reviewer", "critic", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def _until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_killed_while_the_batch_was_sent_it_is_found_by_the_next_command(
    told: Told, several: Path, api: FakeApi
) -> None:
    api.next(Scenario.STALL_AT_ONCE, at=Endpoint.BATCH_CREATE)
    process = _begin(*RUN[1:])
    _until(lambda: bool(api.batches.all()))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    api.release()
    with closing(open_store(several)) as opened:
        ((batch, totals),) = batches(opened)
        assert (batch.status, batch.api_id, totals.waiting) == ("sending", None, 6)
    assert "it may be msgbatch_" in told("status")
    _look_at(api, api.batches.all()[0].id)
    assert "ended" in told("status")
    assert told("results") == f"Batch {_name(several)}: 6 answered.\n"
    assert len(api.at(Endpoint.BATCH_CREATE)) == 1


def _look_at(api: FakeApi, batch: str) -> None:
    """Look at a batch, after which it has ended."""
    headers = {"authorization": "Bearer sk-ant-of-a-test", "anthropic-version": "2026-10-21"}
    asked = Request(f"{api.url()}/v1/messages/batches/{batch}", headers=headers)
    with urlopen(asked, timeout=10) as answered:
        assert json.load(answered)["processing_status"] == "ended"


def test_interrupted_while_it_waits_the_batch_goes_on(told: Told, several: Path, api: FakeApi) -> None:
    api.batches.polls_until_ended = 1000
    process = _begin(*RUN[1:], "--wait")
    _until(lambda: len(api.at(Endpoint.BATCH)) > 0)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The API goes on with what was sent, and `reviewer critic results` takes in what comes of it" in said
    assert "Traceback" not in said
    api.batches.polls_until_ended = 0
    assert told("results") == f"Batch {_name(several)}: 6 answered.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_single_calls_are_settled(told: Told, several: Path, api: FakeApi, number: signal.Signals) -> None:
    api.next(*[Scenario.STALL] * 6)
    process = _begin(*RUN[1:], "--at-once", "3")
    _until(lambda: len(api.at(Endpoint.MESSAGES)) == 3)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said.startswith("reviewer: Interrupted."), said
    with closing(open_store(several)) as opened:
        assert states(opened) == {"failed": 3}
        assert spent(opened).set_aside == spent(opened).whole > 0


def test_two_that_ask_at_the_same_time_ask_about_each_proposal_once(told: Told, several: Path, api: FakeApi) -> None:
    both = [_begin(*RUN[1:]) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    with closing(open_store(several)) as opened:
        rows = opened.connection().execute("SELECT count(*), count(DISTINCT method_id) FROM critiques").fetchall()
    assert rows == [(6, 6)]


def test_two_that_take_in_at_the_same_time_take_in_each_result_once(told: Told, several: Path, api: FakeApi) -> None:
    told(*RUN[1:])
    both = [_begin("results") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    with closing(open_store(several)) as opened:
        assert states(opened) == {"answered": 6}
        assert batches(opened)[0][0].status == "collected"
