"""The answers that the demo plays: what stands in them, and that they come by the way of real ones without a socket."""

import json
import socket
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

from reviewer.critic import recorded
from reviewer.critic.answers import read_answer
from reviewer.critic.calling import Heard, attempt
from reviewer.critic.failures import UNBILLED, Failure
from reviewer.critic.prompt import Material, build_prompt
from reviewer.domain.critiques import RECORDED, Usage
from reviewer.domain.methods import Method
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.rubrics import Constraint, Rubric
from reviewer.store.methods import method_by_id
from reviewer.store.queue import first_page
from reviewer.workflow.critiquing import material_of
from reviewer.workflow.demo import open_demo
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session

NOW = datetime(2026, 11, 29, 14, 0, tzinfo=UTC)
RUBRIC = load_rubric(None)
SLUGS = [each.slug for each in RUBRIC.constraints]


@pytest.fixture(scope="module")
def met_first(tmp_path_factory: pytest.TempPathFactory) -> dict[Sort, list[Method]]:
    """Return the proposals of the sample study that one meets first, by two orders of the queue."""
    store = open_demo(tmp_path_factory.mktemp("demo") / "demo.db")
    session = begin_session(store, "kim", RUBRIC, lambda: NOW)
    with store.read() as connection:
        found = {
            sort: [
                method_by_id(connection, row.method_id)
                for row in first_page(connection, 1, session.reviewer_id, QueueFilter(), sort, most).rows
            ]
            for sort, most in ((Sort.PRIORITY, 6), (Sort.IMPORTED, 2))
        }
    store.close()
    return found


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("a socket was to be connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_those_that_one_meets_first_have_an_answer_on_every_constraint(met_first: dict[Sort, list[Method]]) -> None:
    hidden = 0
    for method in (*met_first[Sort.PRIORITY], *met_first[Sort.IMPORTED]):
        sent = build_prompt(material_of(method), RUBRIC, None).sent
        answer = recorded.recorded_answer(sent, SLUGS)
        assert answer is not None, method.title
        assert method.title in recorded.recorded_titles()
        found = read_answer(json.dumps(answer), SLUGS, sent)
        assert [each.constraint for each in found] == SLUGS
        assert sum(len(each.shown) for each in found) >= 5
        hidden += sum(each.hidden for each in found)
    assert hidden == 1, "one quote is forged, and no other"
    assert len(recorded.recorded_titles()) == 8


async def test_an_answer_comes_streamed_through_the_sdk(met_first: dict[Sort, list[Method]], no_socket: None) -> None:
    prompt = build_prompt(material_of(met_first[Sort.PRIORITY][0]), RUBRIC, None)
    heard, told = Heard(), list[str]()
    async with recorded.recorded_client(0) as client:
        failed = await attempt(client, prompt, recorded.SETTINGS.limits, heard, told.append)
    assert failed is None
    assert len(told) >= 10
    assert all(later.startswith(before) for before, later in pairwise(told))
    assert (heard.model, heard.usage) == (RECORDED, Usage())
    assert [c.constraint for c in read_answer(heard.text, SLUGS, prompt.sent)] == SLUGS


async def test_of_any_other_proposal_it_says_of_which_there_are_answers(no_socket: None) -> None:
    prompt = build_prompt(Material("Another", "", "It is about something else."), RUBRIC, None)
    async with recorded.recorded_client(0) as client:
        failed = await attempt(client, prompt, recorded.SETTINGS.limits, Heard(), lambda _: None)
    assert failed is not None
    assert failed.failure is Failure.NOT_RECORDED
    assert failed.failure in UNBILLED
    said = failed.sentence(NOW)
    assert said.startswith("No answer was recorded for this proposal (there are for “")
    assert all(title in said for title in recorded.recorded_titles())


async def test_of_constraints_of_ones_own_it_says_that_there_are_none(
    met_first: dict[Sort, list[Method]], no_socket: None
) -> None:
    own = Rubric("own", 1, (Constraint("of_my_own", "Own", "Is it mine?"),))
    prompt = build_prompt(material_of(met_first[Sort.PRIORITY][0]), own, None)
    async with recorded.recorded_client(0) as client:
        failed = await attempt(client, prompt, recorded.SETTINGS.limits, Heard(), lambda _: None)
    assert failed is not None
    assert failed.sentence(NOW) == (
        "No answer was recorded for this proposal (there is one on the constraints of the built-in rubric)."
    )


def test_another_text_or_other_constraints_have_no_answer(met_first: dict[Sort, list[Method]]) -> None:
    sent = build_prompt(material_of(met_first[Sort.PRIORITY][0]), RUBRIC, None).sent
    assert recorded.recorded_answer(f"{sent}.", SLUGS) is None
    assert recorded.recorded_answer(sent, ["of_my_own"]) is None
    part = recorded.recorded_answer(sent, ["noise", "of_my_own"])
    assert part is not None
    assert [each["constraint_id"] for each in part["critiques"]] == ["noise"]


def test_the_recording_lies_in_the_package() -> None:
    assert (Path(recorded.__file__).parent / recorded.FILE).is_file()
