"""How critiques are offered in a store, and who said so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UserError
from reviewer.store.critic_settings import CriticOffer, critic_offer
from reviewer.workflow.critic_offering import LARGEST_SEED, offers_said, write_offer
from reviewer.workflow.critiquing import is_without, why_withheld
from reviewer.workflow.session import Session
from tests.builders import build_session, build_store, record, table


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = build_store(tmp_path, record())
    yield build_session(store)
    store.close()


def holds(session: Session) -> CriticOffer:
    return critic_offer(session.store.connection())


def test_at_first_they_wait_for_one_s_own_judgement_of_every_proposal(session: Session) -> None:
    assert offers_said(session.store) == ()
    assert holds(session) == CriticOffer(locked=True, without_share=0.0)


def test_what_is_said_holds_with_who_said_it_and_what_was_before_is_kept(session: Session) -> None:
    assert write_offer(session, locked=False)
    assert write_offer(session, without_share=0.25, seed=7)
    first, second = offers_said(session.store)
    assert (first.offer, second.offer) == (CriticOffer(False, 0.0, 0), CriticOffer(False, 0.25, 7))
    assert (second.set_by, first.set_at < second.set_at) == ("kim", True)
    assert holds(session) == second.offer


def test_what_is_so_already_is_not_written_again(session: Session) -> None:
    assert not write_offer(session, locked=True, without_share=0)
    assert write_offer(session, without_share=0.5, seed=3)
    assert not write_offer(session, without_share=0.5)
    assert len(offers_said(session.store)) == 1


def test_a_seed_is_drawn_once_and_stays_with_every_other_share(session: Session) -> None:
    for share in (0.2, 0.0, 0.4):
        assert write_offer(session, without_share=share)
    seeds = {said.offer.seed for said in offers_said(session.store)}
    assert len(seeds) == 1
    assert seeds != {0}, "one in four thousand million says otherwise"
    assert write_offer(session, seed=11)
    assert holds(session) == CriticOffer(True, 0.4, 11)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"without_share": 0.91}, "from 0 to 90 %"),
        ({"without_share": -0.1}, "from 0 to 90 %"),
        ({"without_share": float("nan")}, "from 0 to 90 %"),
        ({"without_share": 0.5, "seed": -1}, "a whole number from 0"),
        ({"without_share": 0.5, "seed": LARGEST_SEED + 1}, "a whole number from 0"),
        ({"seed": 4}, "say how large that is too"),
        ({"seed": 4, "without_share": 0.0}, "say how large that is too"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    session: Session, said: dict[str, float], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        write_offer(session, **said)  # type: ignore[arg-type]
    assert offers_said(session.store) == ()


@settings(max_examples=50)
@given(st.integers(0, LARGEST_SEED), st.floats(0, 0.9), st.floats(0, 0.9), st.uuids())
def test_a_larger_share_holds_the_proposals_of_a_smaller_one(
    seed: int, one: float, two: float, proposal: object
) -> None:
    small, large = sorted((one, two))
    assert is_without(str(proposal), seed, small) <= is_without(str(proposal), seed, large)


def test_so_many_are_drawn_as_the_share_says() -> None:
    drawn = sum(is_without(f"proposal-{n}", 5, 0.2) for n in range(4000))
    assert abs(drawn - 800) < 130, "five standard deviations"
    assert not any(is_without(f"proposal-{n}", 5, 0.0) for n in range(100))


def test_the_same_proposals_are_without_in_every_store_into_which_they_were_imported(tmp_path: Path) -> None:
    found = []
    for folder, numbers in (("here", range(30)), ("there", reversed(range(30)))):
        (tmp_path / folder).mkdir()
        store = build_store(tmp_path / folder, *(record(f"p{n}") for n in numbers))
        session = build_session(store)
        write_offer(session, locked=False, without_share=0.4, seed=7)
        names = table(store, "SELECT id, external_id FROM methods")
        found.append({name for method_id, name in names if why_withheld(session, method_id)})
        store.close()
    assert found[0] == found[1]
    assert 3 < len(found[0]) < 25
