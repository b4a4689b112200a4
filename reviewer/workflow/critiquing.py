"""Asking Claude about a proposal: what is set aside before, what is sent, what is kept after, and when not to ask."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

from reviewer.critic.answers import BadAnswerError, read_answer
from reviewer.critic.calling import Heard, attempt, request_bytes, request_hash
from reviewer.critic.failures import BREAKING, LONGEST_WAIT, PASSING, UNBILLED, Failed, Failure
from reviewer.critic.prices import Price, cost, in_dollars, worst_case
from reviewer.critic.prompt import TEMPLATE, Material, Prompt, build_prompt
from reviewer.critic.settings import CriticSettings, micro
from reviewer.domain.critiques import RECORDED, Critique
from reviewer.domain.identity import new_id, timestamp
from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Target
from reviewer.domain.rubrics import Rubric
from reviewer.domain.vocabulary import Protocol, Stage
from reviewer.store import critiques
from reviewer.store.annotations import Connection, current_judgement
from reviewer.store.connection import Store
from reviewer.store.critic_settings import critic_offer
from reviewer.store.ledger import LedgerEntry
from reviewer.store.methods import method_by_id
from reviewer.store.problems import problem_by_id
from reviewer.store.protocols import reached_by
from reviewer.store.spending import Spent, spent_so_far, stop_spending, stopped_for
from reviewer.workflow.session import Session

if TYPE_CHECKING:
    import anthropic

T = TypeVar("T")
HandOver = Callable[[Callable[[], T]], "Future[T]"]
"""Runs a write where writes are run, in its turn; what it was given is done even where nobody waits for it any more."""

FIRST_WAIT = 1.0
"""Seconds before the second attempt where the API does not say how long to wait; doubled for each one after."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is going to be sent, the most that it can cost, and what has been spent before."""

    method_id: int
    revision_id: int
    prompt: Prompt
    settings: CriticSettings
    price: Price
    worst: int
    spent: Spent


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call: critiques, or why there are none; and what it cost, in millionths of a dollar."""

    call: str
    critiques: tuple[Critique, ...] = ()
    failed: Failed | None = None
    spent: int = 0
    known: bool = True
    """Whether that is what was billed; else it is what was set aside."""


def withheld_because(connection: Connection, session: Session, method_id: int) -> str:
    """Return in a sentence why no critique is shown to the session's reviewer, or not yet; empty where one may be."""
    offer = critic_offer(connection)
    reviewer = session.reviewer_id
    if offer.locked:
        current = current_judgement(connection, method_id, reviewer)
        if current is None or current.judgement.verdict is None:
            return "Claude's questions come after your own judgement: give your verdict first."
    reached = reached_by(connection, method_id, reviewer)
    if reached.protocol is Protocol.SEALED and reached.stage is not Stage.OTHERS:
        return "This proposal is judged sealed: Claude's questions come with what others hold, at its last stage."
    if is_without(named(method_by_id(connection, method_id)), offer.seed, offer.without_share):
        return "This proposal is one of those judged without Claude, drawn by chance, so that both can be compared."
    return ""


def is_without(proposal: str, seed: int, share: float) -> bool:
    """Return whether a proposal, as it is named, is of the share that is judged without the offer: the same for all."""
    drawn = hashlib.sha256(f"{seed}:{proposal}".encode()).digest()
    return int.from_bytes(drawn[:8]) < share * 2**64


def named(method: Method | LedgerEntry) -> str:
    """Return what a proposal is known by in every store into which it was imported, which its UUID is not."""
    return f"{method.namespace}/{method.external_id}"


def prepare(store: Store, session: Session, method_id: int, settings: CriticSettings) -> Asking | Failed:
    """Return what would be sent about a proposal and what it can cost, or why it cannot be.

    Raises:
        LookupError: when the proposal is gone from the store.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        method = method_by_id(connection, method_id)
        target = problem_by_id(connection, method.problem_id).problem.target
        spent = spent_so_far(connection, day_began(session.clock()))
        reason = stopped_for(connection)
    price = price_in(settings)
    if isinstance(price, Failed):
        return price
    asking = asking_about(method, session.rubric, target, settings, price, spent)
    if reason:
        return Failed(Failure.STOPPED, reason)
    return over_cap(asking.worst, spent, settings) or asking


def price_in(settings: CriticSettings) -> Price | Failed:
    """Return what the model costs that is asked, or that nobody has said."""
    price = settings.price_of(settings.model)
    if price is None:
        return Failed(Failure.NO_PRICE, f"`reviewer critic price {settings.model} --input USD --output USD` does")
    return price


def asking_about(
    method: Method,
    rubric: Rubric,
    target: Target | None,
    settings: CriticSettings,
    price: Price,
    spent: Spent,
    *,
    batch: bool = False,
) -> Asking:
    """Return what would be sent about a proposal, and the most that it can cost, alone or in a ``batch``."""
    prompt = build_prompt(material_of(method), rubric, target)
    worst = worst_case(request_bytes(prompt, settings.limits), settings.max_output_tokens, price, batch=batch)
    return Asking(method.id, method.revision_id, prompt, settings, price, worst, spent)


def over_cap(worst: int, spent: Spent, settings: CriticSettings) -> Failed | None:
    """Return which cap a call could pass that costs as much as it can, or None where it passes none."""
    for what, before, cap in (
        ("one call", 0, settings.call_usd),
        ("a day", spent.day, settings.day_usd),
        ("this store", spent.whole, settings.store_usd),
    ):
        if before + worst > micro(cap):
            had = f" after {in_dollars(before)}" if before else ""
            return Failed(Failure.OVER_CAP, f"up to {in_dollars(worst)}{had}; {in_dollars(micro(cap))} for {what}")
    return None


def day_began(now: datetime) -> str:
    """Return when the day began where the person is, as it is written down."""
    return timestamp(now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0))


def material_of(method: Method) -> Material:
    """Return what is sent of a proposal: its text, claims and numbers, and nothing of where it comes from."""
    return Material(
        method.title, method.hypothesis, method.body, method.claims, tuple(map(_measured, method.measurements))
    )


def _measured(measurement: Measurement) -> str:
    value = "not given" if measurement.value is None else f"{measurement.value:.6g}"
    error = "" if measurement.standard_error is None else f" ± {measurement.standard_error:.3g} (standard error)"
    runs = "" if measurement.n_seeds is None else f", {measurement.n_seeds} seeds"
    tests = "" if measurement.n_test is None else f", {measurement.n_test} test examples"
    place = " ".join(filter(None, (measurement.dataset, measurement.split, measurement.subset)))
    return f"{measurement.metric} on {place}, setting {measurement.setting}: {value}{error}{runs}{tests}"


async def ask(
    session: Session,
    asking: Asking,
    client: "anthropic.AsyncAnthropic",
    hand_over: HandOver[object],
    tell: Callable[[str], object] = lambda _: None,
    waiting: Callable[[Failed], object] = lambda _: None,
    call: str = "",
) -> Answered:
    """Ask, and again where that may help; each attempt is in the store before it is sent, and its end after.

    ``tell`` hears the answer so far, ``waiting`` of a failure after which it is tried again; ``call`` is the id of the
    call, for who has to know it before it ends. To cancel it lets go at once: what was set aside then stays counted.

    Raises:
        asyncio.CancelledError: when it was cancelled.
        StoreError: when the store cannot be written.
    """
    call = call or new_id()
    total, known = 0, True
    waits: Answered | None = None
    """What came of the attempt before, while it waits for the next."""
    ends = asyncio.get_running_loop().time() + asking.settings.deadline_seconds
    try:
        async with asyncio.timeout_at(ends):
            for number in range(1, asking.settings.attempts + 1):
                one = await _one(session, asking, client, hand_over, call, number, ends, tell)
                total, known = total + one.spent, known and one.known
                answered = replace(one, spent=total, known=known)
                wait = _wait_before_next(one.failed, number, asking.settings)
                if wait is None:
                    return answered
                assert one.failed is not None
                waits = answered
                waiting(replace(one.failed, wait=wait))
                await asyncio.sleep(wait)
                waits = None
    except TimeoutError:
        if waits is not None:
            return waits  # nothing was under way
        return Answered(call, failed=Failed(Failure.TIMED_OUT), spent=total + asking.worst, known=False)
    raise AssertionError("the last attempt has no wait after it")


def _wait_before_next(failed: Failed | None, number: int, settings: CriticSettings) -> float | None:
    """Return for how many seconds to wait before another attempt, or None where there is to be none."""
    if failed is None or failed.failure not in PASSING or number >= settings.attempts:
        return None
    wait = FIRST_WAIT * 2 ** (number - 1) if failed.wait is None else failed.wait
    return wait if wait <= LONGEST_WAIT else None


async def _one(
    session: Session,
    asking: Asking,
    client: "anthropic.AsyncAnthropic",
    hand_over: HandOver[object],
    call: str,
    number: int,
    ends: float,
    tell: Callable[[str], object],
) -> Answered:
    reserving = hand_over(lambda: _reserve(session, asking, call, number))
    try:
        reserved = await asyncio.wrap_future(reserving)
    except asyncio.CancelledError:
        hand_over(lambda: _take_back(session, asking, reserving, call))
        raise
    if isinstance(reserved, Failed):
        return Answered(call, failed=reserved)
    assert isinstance(reserved, int)
    heard = Heard()
    try:
        failed = await attempt(client, asking.prompt, asking.settings.limits, heard, tell)
    except asyncio.CancelledError:
        # The end is written, and nobody waits for it.
        over = asyncio.get_running_loop().time() >= ends
        why = Failed(Failure.TIMED_OUT if over else Failure.CANCELLED)
        hand_over(lambda: _settle(session, asking, reserved, call, heard, why))
        raise
    settled = await asyncio.wrap_future(hand_over(lambda: _settle(session, asking, reserved, call, heard, failed)))
    assert isinstance(settled, Answered)
    return settled


def _reserve(session: Session, asking: Asking, call: str, number: int) -> int | Failed:
    """Set aside the most that an attempt can cost, unless that would pass a cap by now; return its row id."""
    with session.store.write() as connection:
        if reason := stopped_for(connection):
            return Failed(Failure.STOPPED, reason)
        spent = spent_so_far(connection, day_began(session.clock()))
        if (over := over_cap(asking.worst, spent, asking.settings)) is not None:
            return over
        return critiques.reserve(connection, sent_as(session, asking, call, number))


def _take_back(session: Session, asking: Asking, reserving: "Future[object]", call: str) -> None:
    """Settle what was being set aside when the call was cancelled, in its turn after that: nothing was sent."""
    if reserving.cancelled() or reserving.exception() is not None:
        return
    if isinstance(attempt_id := reserving.result(), int):
        _settle(session, asking, attempt_id, call, Heard(), Failed(Failure.NOT_SENT, "stopped before"))


def sent_as(session: Session, asking: Asking, call: str, number: int, batch: str | None = None) -> critiques.Sent:
    """Return what is about to be sent as it is kept: alone, or in a batch of that UUID."""
    prompt, limits = asking.prompt, asking.settings.limits
    return critiques.Sent(
        call=call,
        attempt=number,
        method_id=asking.method_id,
        revision_id=asking.revision_id,
        reviewer_id=session.reviewer_id,
        rubric=session.rubric.label,
        constraints=prompt.constraints,
        template=TEMPLATE,
        template_hash=prompt.template_hash,
        schema_hash=prompt.schema_hash,
        request_hash=request_hash(prompt, limits),
        proposal_hash=prompt.proposal_hash,
        sent=prompt.sent,
        removed=prompt.removed,
        sdk=f"anthropic {version('anthropic')}{', recorded' if limits.model == RECORDED else ''}",
        model_asked=limits.model,
        effort=limits.effort,
        price=asking.price.version,
        reserved=asking.worst,
        sent_at=session.now(),
        batch=batch,
    )


def _settle(
    session: Session, asking: Asking, attempt_id: int, call: str, heard: Heard, failed: Failed | None
) -> Answered:
    """Write down how an attempt ended and what it cost, before anything of it is believed."""
    found: tuple[Critique, ...] = ()
    if failed is None:
        try:
            found = read_answer(heard.text, asking.prompt.constraints, asking.prompt.sent)
        except BadAnswerError as error:
            failed = Failed(Failure.UNREADABLE, str(error))
    spent = billed(heard, failed, asking.price)
    with session.store.write() as connection:
        critiques.end(connection, attempt_id, ended_as(heard, failed, spent, session.now()))
        if failed is not None and failed.failure in BREAKING:
            said = failed.sentence(session.clock())
            stop_spending(connection, said, said_by=session.reviewer, now=session.now())
    return Answered(call, found, failed, asking.worst if spent is None else spent, spent is not None)


def ended_as(heard: Heard, failed: Failed | None, spent: int | None, now: str) -> critiques.Ended:
    """Return how an attempt ended as it is kept."""
    return critiques.Ended(
        failure="" if failed is None else failed.failure,
        ended_at=now,
        detail="" if failed is None else failed.detail,
        status=None if failed is None else failed.status,
        message_id=heard.message_id,
        request_id=heard.request_id,
        model=heard.model,
        stop_reason=heard.stop_reason,
        category=heard.category,
        raw=heard.text,
        usage=heard.usage,
        spent=spent,
        seconds=heard.seconds,
    )


def billed(heard: Heard, failed: Failed | None, price: Price | None, *, batch: bool = False) -> int | None:
    """Return what an attempt cost, in millionths of a dollar; None where nobody can know, and the worst counts."""
    if failed is not None and failed.failure in UNBILLED and not heard.message_id:
        return 0
    # Only the end of an answer has all of its tokens.
    if heard.usage is not None and heard.stop_reason and price is not None:
        return cost(heard.usage, price, batch=batch)
    return None


def why_withheld(session: Session, method_id: int) -> str:
    """Return in a sentence why no critique may be shown yet; empty where one may be.

    Raises:
        LookupError: when the proposal is gone from the store.
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        return withheld_because(connection, session, method_id)


def critique_so_far(session: Session, method_id: int) -> Answered | None:
    """Return the newest answer on the proposal's text as it is now, whoever asked; None without one.

    Raises:
        LookupError: when the proposal is gone from the store.
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        method = method_by_id(connection, method_id)
        found = critiques.answered_on(connection, method_id, method.revision_id)
    return None if found is None else _as_answered(found)


def _as_answered(found: critiques.StoredAttempt) -> Answered | None:
    ended = found.ended
    if ended is None or ended.failure:
        return None
    try:
        said = read_answer(ended.raw, found.sent.constraints, found.sent.sent)
    except BadAnswerError:
        # Kept by an earlier reviewer, in a form that this one does not read.
        return None
    spent = found.sent.reserved if ended.spent is None else ended.spent
    return Answered(found.sent.call, said, None, spent, ended.spent is not None)
