"""``reviewer critic ask``: what is printed was read, and what is judged after it has followed it."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.store.critique_readings import last_call_shown, readings_on
from reviewer.store.events import history
from reviewer.store.migrations import open_store
from tests.builders import build_session, import_records, judge, record
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.workflow.critic_stores import SAID

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.answer = _said
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url())
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-a-test")
        yield fake


def _said(body: dict[str, object]) -> object:
    asked = body["output_config"]["format"]["schema"]["$defs"]["CritiqueForm"]  # type: ignore[index]
    (critique, _) = SAID["critiques"]
    return {"critiques": [critique | {"constraint_id": asked["properties"]["constraint_id"]["enum"][0]}]}


@pytest.fixture(autouse=True)
def judged(store: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("REVIEWER_NAME", "kim")
    with closing(open_store(store)) as opened:
        import_records(opened, record("q0", body="Body of q0."))
        judge(build_session(opened, "kim"), 1)
    assert main(["critic", "price", "claude-opus-5-5", "--input", "5", "--output", "25"]) == 0
    capsys.readouterr()


def _proposal(store: Path) -> str:
    with closing(Store(store)) as opened, opened.read() as connection:
        return str(connection.execute("SELECT uuid FROM methods WHERE id = 1").fetchone()[0])


def test_what_is_printed_is_kept_as_read_each_time(api: FakeApi, store: Path, capsys: Capture) -> None:
    calls = []
    for _ in range(2):
        assert main(["critic", "ask", _proposal(store), "--json"]) == 0
        calls.append(json.loads(capsys.readouterr().out)["call"])
    assert calls[0] == calls[1]
    with closing(Store(store)) as opened:
        kim = build_session(opened, "kim")
        with opened.read() as connection:
            found = readings_on(connection, 1, kim.reviewer_id)
            assert [each.judgement for each in found] == [history(connection, 1, kim.reviewer_id)[-1].event_id] * 2
            assert last_call_shown(connection, 1, kim.reviewer_id) == calls[0]


def test_where_nothing_came_nothing_was_read(
    api: FakeApi, store: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url(Scenario.REFUSAL))
    assert main(["critic", "ask", _proposal(store)]) == 2
    assert "Claude declined to answer" in capsys.readouterr().err
    with closing(Store(store)) as opened:
        kim = build_session(opened, "kim")
        with opened.read() as connection:
            assert readings_on(connection, 1, kim.reviewer_id) == ()
