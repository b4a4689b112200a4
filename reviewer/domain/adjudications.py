"""What somebody says of a proposal on which the judgements differ: a judgement beside them, which changes none."""

import math
from dataclasses import dataclass, replace

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What is said. ``forecast`` is a probability from 0 to 1; a condition belongs to a conditional verdict."""

    verdict: Verdict
    forecast: float | None = None
    condition: str = ""
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class AdjudicationEvent:
    """That somebody adjudicated, said it again otherwise, or took it back; ``adjudication`` is None in that case."""

    event_id: str
    method_id: int
    adjudication: Adjudication | None
    said_by: str
    recorded_at: str
    revision_id: int
    """The revision of the proposal that was before them."""
    judgements: tuple[str, ...]
    """The events of the judgements that were before them."""
    target_version: int | None = None
    """The version of the problem's target that held then; None where nobody had written one."""
    supersedes: str | None = None
    """The event that this one corrects or takes back."""
    note: str = ""
    """Why it was taken back."""


def check_adjudication(adjudication: Adjudication) -> Adjudication:
    """Return the adjudication where it can be one, its texts without blanks around them.

    Raises:
        UserError: when its forecast is no probability, or it has a condition that nothing hangs on.
    """
    forecast = adjudication.forecast
    if forecast is not None and not (math.isfinite(forecast) and 0 <= forecast <= 1):
        raise UserError(f"A forecast is from 0 to 100 %, not {100 * forecast:g} %.")
    condition = adjudication.condition.strip()
    if condition and adjudication.verdict is not Verdict.CONDITIONAL:
        raise UserError("A condition belongs to the verdict conditional; give that one, or take the condition out.")
    return replace(adjudication, condition=condition, rationale=adjudication.rationale.strip())
