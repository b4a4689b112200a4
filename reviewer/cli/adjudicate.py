"""``reviewer adjudicate``: a judgement beside those that differ, which leaves every one of them as it was."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import Invocation
from reviewer.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.domain.adjudications import AdjudicationEvent
    from reviewer.workflow.others import Others

VERDICTS = tuple(v.replace("_", "-") for v in Verdict)


@click.command("adjudicate")
@click.argument("proposal", metavar="PROPOSAL")
@click.option("--verdict", type=click.Choice(VERDICTS), metavar="|".join(VERDICTS), help="What it comes to.")
@click.option("--forecast", metavar="P", help="The probability that it meets the target, as 40% or 0.4.")
@click.option("--condition", default="", metavar="TEXT", help="What a conditional verdict depends on.")
@click.option("--rationale", default="", metavar="TEXT", help="Why; with --retract, why it is taken back.")
@click.option("--retract", is_flag=True, help="Take back the adjudication that holds.")
@click.option("--show", is_flag=True, help="Show what was adjudicated, and of how many judgements.")
@click.option("--json", "as_json", is_flag=True, help="With --show, as JSON.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    proposal: str,
    verdict: str | None,
    forecast: str | None,
    condition: str,
    rationale: str,
    retract: bool,
    show: bool,
    as_json: bool,
) -> None:
    """Say what a proposal comes to on which judgements differ, or show what was said.

    PROPOSAL is an id as Y in the app copies it, its last 8 characters, or namespace/id as the source has them.

    An adjudication stands beside the judgements, and changes none: neither anybody's nor one's own. Only who may see
    what others hold of the proposal can give, take back or see one; by default that is who has judged it themselves.
    What is said again takes the place of what was said before, which is kept.

    \b
    Examples:
      reviewer adjudicate run-01/exp03 --verdict fails --forecast 10% --reviewer kim
      reviewer adjudicate run-01/exp03 --verdict conditional --condition "labels stay" --reviewer kim
      reviewer adjudicate run-01/exp03 --retract --rationale "new evidence" --reviewer kim
      reviewer adjudicate run-01/exp03 --show --json --reviewer kim
    """
    said = [name for name, value in (("forecast", forecast), ("condition", condition)) if value]
    if sum((verdict is not None, retract, show)) != 1:
        raise click.UsageError("say one of --verdict, --retract and --show")
    if retract and said:
        raise click.UsageError("--retract takes back what was said, and goes with --rationale alone")
    if show and (said or rationale):
        raise click.UsageError("--show shows what was said, and goes with --json alone")
    if as_json and not show:
        raise click.UsageError("--json prints what --show shows, and goes with it alone")
    if show:
        _show(invocation, proposal, as_json=as_json)
    else:
        _say(invocation, proposal, verdict, forecast, condition, rationale)


def _say(
    invocation: Invocation, proposal: str, verdict: str | None, forecast: str | None, condition: str, rationale: str
) -> None:
    """Save what is said, or take back what was, where there is no verdict; tell what holds then."""
    from reviewer.domain.adjudications import Adjudication, check_adjudication
    from reviewer.domain.errors import UserError
    from reviewer.domain.probabilities import probability_of
    from reviewer.domain.text import safe_line
    from reviewer.store.migrations import open_store
    from reviewer.workflow.adjudicating import adjudicate, adjudication_words, retract_adjudication
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.others import others_on
    from reviewer.workflow.permalinks import find_proposal_at
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import begin_session

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    name = reviewer_name(invocation.reviewer, config)
    if name is None:
        raise UserError("An adjudication says who says so; add --reviewer NAME.")
    adjudication = None
    if verdict is not None:
        p = None if forecast is None else probability_of(forecast)
        adjudication = check_adjudication(Adjudication(Verdict(verdict.replace("-", "_")), p, condition, rationale))
    with closing(open_store(places.store, create=False)) as store:
        _, method_id = find_proposal_at(store, proposal)
        session = begin_session(store, name, load_rubric(config.rubric))
        if adjudication is None:
            retract_adjudication(session, method_id, rationale)
            left = others_on(store, method_id, session.reviewer_id).adjudication
            holds = f"what holds now is what {safe_line(left.said_by, 80)} said besides" if left else "none holds now"
            click.echo(f"Taken back; {holds}.")
            return
        event = adjudicate(session, method_id, adjudication)
    if event is None:
        click.echo(f"Nothing changed: {safe_line(name, 80)} has said just that.")
        return
    of = _of_how_many(event)
    corrected = "; it takes the place of what was said before" if event.supersedes else ""
    click.echo(f"Saved: {adjudication_words(adjudication)}, {of}, says {safe_line(name, 80)}{corrected}.")


def _of_how_many(event: "AdjudicationEvent") -> str:
    from reviewer.domain.counted import counted

    return f"of {counted(len(event.judgements), 'judgement')}"


def _show(invocation: Invocation, proposal: str, *, as_json: bool) -> None:
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.errors import UserError
    from reviewer.domain.text import safe_line
    from reviewer.store.annotations import own_reviewer_id
    from reviewer.store.methods import method_by_id
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.others import others_on
    from reviewer.workflow.permalinks import find_proposal_at
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    with closing(open_to_look(places.store)) as store:
        _, method_id = find_proposal_at(store, proposal)
        name = reviewer_name(invocation.reviewer, read_config(places.config))
        with store.read() as connection:
            viewer = (own_reviewer_id(connection, name) if name else None) or 0
        others = others_on(store, method_id, viewer)
        with store.read() as connection:
            method = method_by_id(connection, method_id)
    if others.why_not:
        raise UserError(others.why_not if name else f"{others.why_not} Say who looks with --reviewer NAME.")
    if as_json:
        events = [_as_data(event, others) for event in others.adjudications]
        echo_json({"proposal": method.uuid, "events": events}, indent=1)
        return
    click.echo(f"{safe_line(f'{method.namespace}/{method.external_id}', 80)}  {safe_line(method.title, 200)}")
    for line in _lines(others):
        click.echo(f"  {line}")


def _lines(others: "Others") -> "Iterator[str]":
    from reviewer.domain.text import safe_line
    from reviewer.workflow.adjudicating import adjudication_words

    if not others.adjudications:
        yield "nobody has adjudicated it"
    for event in others.adjudications:
        if event == others.adjudication:
            holds = "holds"
        else:
            holds = "taken back" if event.adjudication is None else "was said before"
        what = adjudication_words(event.adjudication) if event.adjudication else safe_line(event.note, 200)
        at = event.recorded_at[:16].replace("T", " ")
        by = f"says {safe_line(event.said_by, 80)}, {at} UTC, {_of_how_many(event)}"
        yield f"{holds}: {what}{', ' if what else ''}{by}"


def _as_data(event: "AdjudicationEvent", others: "Others") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "event": event.event_id,
        "holds": event == others.adjudication,
        "adjudication": asdict(event.adjudication) if event.adjudication else None,
        "note": event.note,
        "by": event.said_by,
        "recorded_at": event.recorded_at,
        "judgements": list(event.judgements),
        "target_version": event.target_version,
        "supersedes": event.supersedes,
    }
