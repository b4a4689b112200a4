"""Stores that are judged sealed, and going through the stages without a screen."""

from pathlib import Path

from reviewer.domain.methods import MethodRecord
from reviewer.domain.vocabulary import Act, Protocol, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.workflow import judging
from reviewer.workflow.judging import Done
from reviewer.workflow.session import Session
from tests.builders import build_store, context

LONG_AGO = "2020-01-01T00:00:00.000Z"


def put_under(store: Store, protocol: Protocol, problem_id: int | None = None, now: str = LONG_AGO) -> None:
    """Set a protocol, of the store where no problem is named."""
    with store.write() as connection:
        set_protocol(connection, problem_id, protocol, set_by="lead", now=now)


def sealed_store(tmp_path: Path, *records: MethodRecord, name: str = "reviewer.db") -> Store:
    """A store of these records that is judged sealed."""
    store = build_store(tmp_path, *records, name=name)
    put_under(store, Protocol.SEALED)
    return store


def say(session: Session, method_id: int, stage: Stage, forecast: float, verdict: Verdict) -> None:
    """Forecast and judge a proposal at a stage."""
    seen = context(session, method_id, stage=stage)
    judging.perform(session, method_id, Act.FORECAST, judging.set_forecast(forecast), seen, words="")
    judging.perform(session, method_id, Act.VERDICT, judging.give_verdict(verdict), seen, words="")


def go_on(session: Session, method_id: int, stage: Stage) -> Done | None:
    """Go on to a stage."""
    seen = context(session, method_id, stage=stage)
    return judging.perform(session, method_id, Act.REVEAL, judging.reveal, seen, words="")


def go_through(
    session: Session, method_id: int, forecasts: tuple[float, ...], verdicts: tuple[Verdict, ...] = ()
) -> None:
    """Give a forecast and a verdict at each stage, going on between them: as many stages as there are forecasts."""
    given = (*verdicts, *[Verdict.FAILS] * len(forecasts))
    for place, (stage, forecast, verdict) in enumerate(zip(Stage, forecasts, given, strict=False)):
        if place:
            go_on(session, method_id, stage)
        say(session, method_id, stage, forecast, verdict)
