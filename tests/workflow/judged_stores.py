"""Stores of several reviewers with outcomes, for the tests of what judgements and outcomes come to."""

from collections.abc import Iterable
from datetime import date

from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Result, Setting, Verdict
from reviewer.store.connection import Store
from reviewer.store.outcomes import append_outcome
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from tests.builders import act, build_session, judge

ENDED = "2026-06-02T00:00:00.000Z"
"""When the outcomes of these stores could be seen first."""


def end(store: Store, method_id: int, survived: bool | Result, **more: object) -> None:
    """Say what became of a proposal, by kim."""
    result = survived if isinstance(survived, Result) else Result.SURVIVED if survived else Result.FAILED
    outcome = Outcome(result, date(2026, 6, 1), **more)  # type: ignore[arg-type]
    session = build_session(store)
    with store.write() as connection:
        append_outcome(connection, method_id, outcome, reviewer_id=session.reviewer_id, now=ENDED)


def in_production(effect: float, metric: str = "pgr") -> dict[str, object]:
    """What an outcome says of an effect in production."""
    return {"effect": effect, "metric": metric, "setting": Setting.PRODUCTION}


def give(session: Session, method_id: int, forecast: float, verdict: Verdict = Verdict.SURVIVES) -> None:
    """Forecast and judge a proposal."""
    act(session, method_id, Act.FORECAST, judging.set_forecast(forecast))
    judge(session, method_id, verdict)


def give_all(session: Session, forecasts: Iterable[float], first: int = 1) -> None:
    """Forecast and judge proposals from the first on."""
    for method_id, forecast in enumerate(forecasts, first):
        give(session, method_id, forecast)
