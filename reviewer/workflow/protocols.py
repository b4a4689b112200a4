"""Which protocol people judge by: what each of them means, which one holds where, and setting it."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.vocabulary import Protocol
from reviewer.store.connection import Store
from reviewer.store.problems import list_problems
from reviewer.store.protocols import DEFAULT, ProtocolSet, protocol_history, protocol_of, set_protocol
from reviewer.workflow.session import Session

MEANINGS: Mapping[Protocol, str] = {
    Protocol.OPEN: "Everybody sees what others hold of a proposal from the beginning.",
    Protocol.BLIND: "Nobody sees what others hold of a proposal before their own verdict on it.",
    Protocol.SEALED: "First the idea alone, its numbers and names covered, then its evidence, then others: each "
    "after a forecast and a verdict.",
}
"""What each protocol means, in a sentence."""

SHORT_MEANINGS: Mapping[Protocol, str] = {
    Protocol.OPEN: "All see what others hold from the beginning.",
    Protocol.BLIND: "Nothing of others before one's own verdict.",
    Protocol.SEALED: "First the idea, then the evidence, then others.",
}
"""The same in as few words as a dialog of 76 columns has room for."""


@dataclass(frozen=True, slots=True)
class HeldProtocol:
    """The protocol of a problem, or of the store where ``problem`` is None.

    ``is_own`` says whether it was set there; else it is the store's, or the default where nobody set any. Who set it
    and when is empty then.
    """

    problem: str | None
    protocol: Protocol
    is_own: bool
    set_by: str = ""
    set_at: str = ""


def held_protocols(store: Store) -> tuple[HeldProtocol, ...]:
    """Return which protocol holds for the store and for each of its problems.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        last: dict[str | None, ProtocolSet] = {each.problem: each for each in protocol_history(connection)}
        problems = [(stored.problem.slug, protocol_of(connection, stored.id)) for stored in list_problems(connection)]
    of_store = last[None].protocol if None in last else None
    return tuple(_held(slug, protocol, last.get(slug)) for slug, protocol in ((None, of_store or DEFAULT), *problems))


def _held(slug: str | None, protocol: Protocol, told: ProtocolSet | None) -> HeldProtocol:
    if told is None or told.protocol is None:
        return HeldProtocol(slug, protocol, is_own=False)
    return HeldProtocol(slug, protocol, is_own=True, set_by=told.set_by, set_at=told.set_at)


def write_protocol(session: Session, problem_id: int | None, protocol: Protocol | None) -> None:
    """Set the protocol of a problem, or of the store where that is None; without one, what was set is given up.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        set_protocol(connection, problem_id, protocol, set_by=session.reviewer, now=session.now())
