"""A critique that was computed ahead of judgement makes no difference to anything that its reader is shown before."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.critic import sdk
from reviewer.domain.identity import utc_now
from reviewer.store.connection import Store
from reviewer.workflow.critique_batches import send
from reviewer.workflow.critique_results import look_after, take_in
from reviewer.workflow.session import Session
from tests.builders import build_session, table
from tests.critic.fake_api.server import FakeApi
from tests.workflow.critic_stores import KEY, SAID, batches, order_of, session_of, states
from tests.workflow.test_leaks import COMMANDS, OF_EVIDENCE, STATES, WAYS, Way, commands, kept_of, kim_in, two


def ask_ahead(store: Store, reviewer: str) -> None:
    """Let a reviewer have the whole queue asked about, and take in what is said of it."""

    async def asked(api: FakeApi) -> None:
        await sdk.load()
        async with sdk.client_for(KEY, api.url()) as client:
            await send(order_of(session_of(store, reviewer)), client)
            seen = await look_after(store, utc_now, client, batches(store)[0][0])
            assert seen.looked is not None
            await take_in(store, utc_now, client, seen.batch, seen.looked)

    with FakeApi() as api:
        api.answer = lambda _: SAID
        api.batches.polls_until_ended = 0
        asyncio.run(asked(api))
    assert states(store) == {"answered": 4}


@pytest.fixture
def without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module", params=STATES)
def where_it_was_asked_ahead(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    one, other = two(folder, lambda store: (STATES[request.param](store), build_session(store, "lee"), None)[-1])
    for store in (one, other):
        build_session(store)
    ask_ahead(other, "lee")
    return kept_of(folder, one, other)


@pytest.fixture
def asked_ahead(without_a_key: None, where_it_was_asked_ahead: Path, tmp_path: Path) -> tuple[Session, Session]:
    """kim in two stores; in the other one lee has had all proposals asked about."""
    return kim_in(where_it_was_asked_ahead, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_it_is_nowhere_to_be_seen(asked_ahead: tuple[Session, Session], way: Way, tmp_path: Path) -> None:
    one, other = asked_ahead
    assert way(one, tmp_path) == way(other, tmp_path)


@pytest.mark.parametrize("words", [*COMMANDS, *OF_EVIDENCE, ["critic", "ask", "{proposal}"]], ids=" ".join)
def test_it_changes_no_word_of_a_command(
    asked_ahead: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = asked_ahead
    uuid = table(one.store, "SELECT uuid FROM methods WHERE id = 2")[0][0]
    asked = [word.format(proposal=uuid) for word in words]
    assert commands(one, capsys, asked) == commands(other, capsys, asked)


def test_the_status_says_how_many_and_of_none_which_or_what(
    asked_ahead: tuple[Session, Session], capsys: pytest.CaptureFixture[str]
) -> None:
    _, other = asked_ahead
    status, said, _ = commands(other, capsys, ["critic", "status"])
    assert status == 0
    assert "4 requests by lee" in said
    for word in (
        *(row[0][-8:] for row in table(other.store, "SELECT uuid FROM methods")),
        "scale",
        "queue",
        "Proposal",
    ):
        assert word not in said
