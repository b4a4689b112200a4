"""``reviewer outcome``: what became of one proposal."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import Invocation
from reviewer.domain.vocabulary import Result, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.domain.outcomes import Outcome, OutcomeEvent
    from reviewer.workflow.outcomes import OutcomeState

RESULTS = tuple(str(r) for r in Result)
SETTINGS = tuple(str(s) for s in Setting if s is not Setting.UNKNOWN)


@click.command("outcome")
@click.argument("proposal", metavar="PROPOSAL")
@click.argument("result", required=False, type=click.Choice(RESULTS), metavar="[survived|failed|partly|withdrawn]")
@click.option("--effect", type=float, metavar="X", help="What it gained over what production had before.")
@click.option("--error", type=float, metavar="X", help="The standard error of the effect.")
@click.option("--metric", default="", metavar="NAME", help="What the effect is of.")
@click.option("--setting", type=click.Choice(SETTINGS), help="Where the effect was measured.")
@click.option("--date", "day", metavar="DATE", help="The day of it in UTC, as 2026-03-31; else today.")
@click.option("--constraint", default="", metavar="SLUG", help="The constraint that bit.")
@click.option("--evidence", default="", metavar="LINK", help="Where the evidence is to be found.")
@click.option("--chosen-with", metavar="P", help="The probability with which it was chosen to be tried, as 30% or 0.3.")
@click.option("--note", default="", metavar="TEXT", help="What else there is to say; with --retract, why.")
@click.option("--by", metavar="NAME", help="Who says so, in place of --reviewer.")
@click.option("--retract", is_flag=True, help="Take back what was said.")
@click.option("--everyone", is_flag=True, help="Show it though it is sealed for you: for who organises.")
@click.option("--json", "as_json", is_flag=True, help="Print what was said as JSON.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    proposal: str,
    result: str | None,
    day: str | None,
    by: str | None,
    retract: bool,
    everyone: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Say what became of a proposal; without a result, show all that was said of it.

    PROPOSAL is an id as Y in the app copies it, its last 8 characters, or namespace/id as the source has them.

    Forecasts are held against survived and failed; partly and withdrawn are kept and not scored. What is left out stays
    open: nothing of it is ever guessed. What is said again takes the place of what was said before, which is kept, as
    is what was taken back. A forecast that is made once an outcome is there is kept and not scored.

    Outcomes exist mostly for proposals that were approved. Where it was written down with which probability each was
    chosen to be tried, as when some were drawn by lot, scores are weighed by it as well.

    \b
    Examples:
      reviewer outcome run-01/exp03
      reviewer outcome run-01/exp03 failed --effect .01 --error .02 --metric pgr --setting production
      reviewer outcome run-01/exp03 failed --constraint scale --by "team search"
      reviewer outcome run-01/exp03 survived --chosen-with 30%
      reviewer outcome run-01/exp03 --retract --note "it was another one"
    """
    given = [name for name, value in said.items() if value not in (None, "")] + ["date"] * (day is not None)
    if retract and (result or set(given) - {"note"}):
        raise click.UsageError("--retract takes back what was said, and goes with --note alone")
    if not retract and not result and (given or by):
        raise click.UsageError(f"say what became of it too: {', '.join(RESULTS)}")
    if as_json and (retract or result):
        raise click.UsageError("--json prints what was said, and goes with PROPOSAL alone")
    if retract or result:
        _say(invocation, proposal, result, day, by, said)
    else:
        _show(invocation, proposal, everyone=everyone, as_json=as_json)


def _say(
    invocation: Invocation, proposal: str, result: str | None, day: str | None, by: str | None, said: dict[str, Any]
) -> None:
    """Save what is said, or take back what was, where there is no result; tell what holds then."""
    from reviewer.domain.errors import UserError
    from reviewer.domain.outcome_words import outcome_words
    from reviewer.domain.reviewer_names import clean_name
    from reviewer.domain.text import safe_line
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.outcomes import outcome_state, record_outcome, retract_outcome, today
    from reviewer.workflow.permalinks import find_proposal_at
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import begin_session

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    name = clean_name(by) if by is not None else reviewer_name(invocation.reviewer, config)
    if name is None:
        raise UserError("An outcome says who says so; add --by NAME.")
    with closing(open_store(places.store, create=False)) as store:
        _, method_id = find_proposal_at(store, proposal)
        outcome = _outcome(result, day, said, today) if result else None
        session = begin_session(store, name, load_rubric(config.rubric))
        if outcome is None:
            event = retract_outcome(session, method_id, said["note"])
        else:
            told = record_outcome(session, method_id, outcome)
            if told is None:
                click.echo(f"Nothing changed: {safe_line(name, 80)} has said just that.")
                return
            event = told
        state = outcome_state(store, method_id, session.reviewer_id)
    if outcome is not None:
        assumed = "" if day else " (today; --date says another day)"
        corrected = "; it takes the place of what was said before" if event.supersedes else ""
        click.echo(f"Saved: {outcome_words(outcome)}{assumed}, says {safe_line(name, 80)}{corrected}.")
    elif state.current is None:
        click.echo("Taken back: nothing is said now of what became of it.")
    else:
        click.echo(f"Taken back; what holds now is what {safe_line(state.current.said_by, 80)} said besides.")


def _outcome(result: str, day: str | None, said: dict[str, Any], today: Any) -> "Outcome":
    from reviewer.domain.errors import UserError
    from reviewer.domain.identity import utc_now
    from reviewer.domain.outcomes import Outcome, check_outcome, day_of
    from reviewer.domain.probabilities import probability_of

    on = today(utc_now)
    try:
        happened_on = on if day is None else day_of(day)
    except ValueError:
        raise UserError(f"The date {day!r} is no date; write it as 2026-03-31.") from None
    outcome = Outcome(
        Result(result),
        happened_on,
        said["metric"],
        said["effect"],
        said["error"],
        Setting(said["setting"]) if said["setting"] else None,
        said["constraint"],
        said["evidence"],
        said["note"],
        probability_of(said["chosen_with"]) if said["chosen_with"] else None,
    )
    return check_outcome(outcome, on)


def _show(invocation: Invocation, proposal: str, *, everyone: bool, as_json: bool) -> None:
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import viewer_id
    from reviewer.domain.text import safe_line
    from reviewer.store.methods import method_by_id
    from reviewer.workflow.config import read_config
    from reviewer.workflow.outcomes import outcome_state
    from reviewer.workflow.permalinks import find_proposal_at
    from reviewer.workflow.places import find_places
    from reviewer.workflow.sealing import require_evidence

    places = find_places(invocation.store, invocation.config)
    with closing(open_to_look(places.store)) as store:
        _, method_id = find_proposal_at(store, proposal)
        viewer = viewer_id(store, invocation, read_config(places.config))
        require_evidence(store, method_id, None if everyone else viewer)
        state = outcome_state(store, method_id, viewer)
        with store.read() as connection:
            method = method_by_id(connection, method_id)
    if as_json:
        events = [_as_data(event, state) for event in state.events]
        due = state.due.isoformat() if state.due else None
        echo_json({"proposal": method.uuid, "resolution": state.resolution, "due": due, "events": events}, indent=1)
        return
    click.echo(f"{safe_line(f'{method.namespace}/{method.external_id}', 80)}  {safe_line(method.title, 200)}")
    for line in _lines(state):
        click.echo(f"  {line}")


def _lines(state: "OutcomeState") -> "Iterator[str]":
    from reviewer.domain.outcome_words import decided_words, outcome_words
    from reviewer.domain.text import safe_line
    from reviewer.domain.vocabulary import Resolution

    for event in state.events:
        if event is state.current or event == state.current:
            holds = "holds"
        else:
            holds = "taken back" if event.outcome is None else "was said before"
        what = outcome_words(event.outcome) if event.outcome else safe_line(event.note, 200)
        at = event.recorded_at[:16].replace("T", " ")
        yield f"{holds}: {what}{', ' if what else ''}says {safe_line(event.said_by, 80)}, {at} UTC"
    if state.resolution is Resolution.UNRESOLVED:
        yield f"unresolved: {state.due} has passed, and nobody has said what became of it; that is not failed"
    elif state.resolution is Resolution.OPEN:
        decided = decided_words(state.due, state.months, is_own=state.is_own)
        yield f"open: {decided or 'nobody has said by when it is decided'}"


def _as_data(event: "OutcomeEvent", state: "OutcomeState") -> dict[str, Any]:
    from dataclasses import asdict

    said = asdict(event.outcome) if event.outcome else None
    if said:
        said["happened_on"] = said["happened_on"].isoformat()
    return {
        "event": event.event_id,
        "holds": event == state.current,
        "outcome": said,
        "note": event.note,
        "by": event.said_by,
        "recorded_at": event.recorded_at,
        "target_version": event.target_version,
        "supersedes": event.supersedes,
    }
