"""How Claude's pane stands to one proposal: what was looked up, may be sent, came of it, and is being read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.tui.critic_calls import Call
from reviewer.workflow.attention import Attention

if TYPE_CHECKING:
    from reviewer.critic.failures import Failed
    from reviewer.critic.injections import Suspicion
    from reviewer.critic.key import Key
    from reviewer.workflow.critique_reading import Readable, ReadableCritique
    from reviewer.workflow.critiquing import Asking
    from reviewer.workflow.views import ProposalView


@dataclass(frozen=True, slots=True)
class Ready:
    """Something may be sent: what, and with which key."""

    asking: "Asking"
    key: "Key"


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing can be sent, or nothing came of it; ``spent`` is None where nothing was sent."""

    failed: "Failed"
    spent: int | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something went wrong on our side, or in the store."""

    sentence: str


@dataclass(slots=True)
class Reading:
    """An answer that is before the reviewer: since when, what they held before, and for how long they looked."""

    critique: "ReadableCritique"
    judgement: str | None
    shown_at: str
    attention: Attention


@dataclass(slots=True)
class Glimpse:
    """The first words of an answer that were before the reviewer: of which call, since when, and for how long."""

    call: str
    shown_at: str
    attention: Attention


@dataclass(slots=True)
class OpenPane:
    """What the pane shows of one proposal as it is now."""

    method_id: int
    revision_id: int
    judged: tuple[object, object]
    """By which judgement it was looked up what may be read."""
    now: "Readable | Ready | NotSent | Trouble | Call | None" = None
    """None while it is being looked up."""
    marks: dict[str, bool] = field(default_factory=dict)
    suspicious: "Sequence[Suspicion]" = ()
    unfolded: frozenset[str] = frozenset()
    unfindable: frozenset[str] = frozenset()
    claims: Sequence[tuple[str, str]] = ()
    """The first of an answer that is on its way."""
    read_from: str = ""
    """The text that these are from."""
    glimpse: "Glimpse | None" = None
    """That these were seen."""


def is_stopped(failed: "Failed") -> bool:
    """Return whether nothing is sent until somebody says go on."""
    from reviewer.critic.failures import BREAKING, Failure

    return failed.failure is Failure.STOPPED or failed.failure in BREAKING


def opened(view: "ProposalView") -> OpenPane:
    """Return the pane as it is opened for a proposal, with nothing looked up."""
    return OpenPane(view.proposal.id, view.proposal.revision_id, judged_of(view))


def judged_of(view: "ProposalView") -> tuple[object, object]:
    """Return what of a judgement decides whether a critique may be read: whether there is a verdict, and the stage."""
    return view.judgement.verdict is not None, view.stage
