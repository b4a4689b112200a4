"""``reviewer critic``: Claude as a second reader, after one's own judgement."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.critic_batches import cancel, results, status
from reviewer.cli.critic_calls import (
    open_to_ask,
    run,
    sentence_of,
    session_of,
    settings_of,
    shown,
    waiting_for,
    with_client,
)
from reviewer.cli.critic_many import run_many
from reviewer.cli.critic_offer import offer
from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.domain.critiques import Critique
    from reviewer.store.critiques import StoredAttempt
    from reviewer.workflow.critiquing import Answered
    from reviewer.workflow.session import Session


@click.group("critic")
def command() -> None:
    """Ask Claude what would break a proposal in production, after your own judgement of it.

    Claude is asked constraint by constraint, and answers with questions and doubts, never with a score. What it quotes
    is looked up in the proposal, and what is not there word for word is not shown. In the app it is a.

    It needs a key of the Anthropic API, in ANTHROPIC_API_KEY or in the system's keyring (`keyring set reviewer
    anthropic`), and a price for the model, by which what it may cost is set aside before anything is sent. Model and
    caps stand under [critic] in the config.

    \b
    Examples:
      reviewer critic models
      reviewer critic price claude-opus-5-5 --input 5 --output 25
      reviewer critic ask run-01/exp03 --reviewer kim
      reviewer critic run --max-usd 5
      reviewer critic show 3f9a21c4
      reviewer critic offer --without 20% --reviewer kim
    """


for each in (offer, run_many, status, results, cancel):
    command.add_command(each)


@command.command("models")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def models(invocation: Invocation, as_json: bool) -> None:
    """List the models that the API has for your key, with what each can do.

    \b
    Example:
      reviewer critic models
    """
    from dataclasses import asdict

    from reviewer.cli.as_json import echo_json
    from reviewer.critic.failures import Failed
    from reviewer.critic.models import list_models
    from reviewer.domain.errors import UserError

    settings = settings_of(invocation)
    found = run(with_client(lambda client: list_models(client, settings.deadline_seconds)))
    if isinstance(found, Failed):
        raise UserError(sentence_of(found))
    if as_json:
        echo_json([asdict(model) for model in found], indent=1)
        return
    for model in found:
        told = [model.lifecycle]
        if model.retires_at:
            told.append(f"retires {model.retires_at}")
        if model.max_output_tokens:
            told.append(f"writes up to {model.max_output_tokens:,} tokens")
        if model.efforts:
            told.append(f"effort {', '.join(model.efforts)}")
        if model.structured is False:
            told.append("cannot answer in the form that is needed")
        if settings.price_of(model.id) is None:
            told.append("no price in the config")
        chosen = "*" if model.id == settings.model else " "
        click.echo(shown(f"{chosen} {model.id:<32} {'; '.join(filter(None, told))}"))
    if not any(model.id == settings.model for model in found):
        click.echo(shown(f"The config asks for {settings.model}, which is not among them."), err=True)


@command.command("price")
@click.argument("model", metavar="MODEL")
@click.option("--input", "input_usd", type=float, required=True, metavar="USD", help="Of a million tokens sent.")
@click.option("--output", "output_usd", type=float, required=True, metavar="USD", help="Of a million tokens written.")
@click.pass_obj
def price(invocation: Invocation, model: str, input_usd: float, output_usd: float) -> None:
    """Say what a model costs, in US dollars a million tokens; it goes into the config with today's date.

    Anthropic's price list has it. Reading and writing its cache, and batches, are reckoned from it.

    \b
    Example:
      reviewer critic price claude-opus-5-5 --input 5 --output 25
    """
    from datetime import datetime

    from reviewer.workflow.critic_config import remember_price
    from reviewer.workflow.places import find_places

    config = find_places(invocation.store, invocation.config).config
    said = remember_price(config, model, input_usd, output_usd, datetime.now().astimezone().date())
    costs = f"{said.model} costs ${said.input:g} in and ${said.output:g} out a million tokens, as of {said.dated}."
    click.echo(shown(costs))


@command.command("ask")
@click.argument("proposal", metavar="PROPOSAL")
@click.option("--again", is_flag=True, help="Ask anew where there is an answer already, and pay for it once more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def ask(invocation: Invocation, proposal: str, again: bool, as_json: bool) -> None:
    """Ask Claude about one proposal that you have judged, and print what it says.

    PROPOSAL is an id as Y in the app copies it, its last 8 characters, or namespace/id as the source has them. Where
    there is an answer on its text already, that is printed and nothing is sent. That you read it is kept, as in the
    app: what you judge from then on has followed it.

    \b
    Examples:
      reviewer critic ask run-01/exp03 --reviewer kim
      reviewer critic ask run-01/exp03 --json
    """
    from reviewer.critic.failures import Failed
    from reviewer.domain.errors import UserError
    from reviewer.workflow.critique_reading import note_printed
    from reviewer.workflow.critiquing import Asking, critique_so_far, prepare, why_withheld
    from reviewer.workflow.permalinks import find_proposal_at

    with closing(open_to_ask(invocation)) as store:
        session = session_of(invocation, store)
        _, method_id = find_proposal_at(store, proposal)
        if why := why_withheld(session, method_id):
            raise UserError(why)
        answered = None if again else critique_so_far(session, method_id)
        if answered is None:
            asking = prepare(store, session, method_id, settings_of(invocation))
            if isinstance(asking, Failed):
                raise UserError(sentence_of(asking))
            assert isinstance(asking, Asking)
            answered = run(_asked(session, asking))
        if answered.failed is not None:
            raise UserError(sentence_of(answered.failed))
        note_printed(session, answered.call)
    _print(answered, as_json=as_json)


async def _asked(session: "Session", asking: Any) -> "Answered":
    from reviewer.workflow.critiquing import ask as ask_claude

    with ThreadPoolExecutor(1, "store-writes") as writes:
        return await with_client(
            lambda client: ask_claude(
                session,
                asking,
                client,
                writes.submit,
                waiting=lambda failed: click.echo(waiting_for(failed), err=True),
            )
        )


@command.command("show")
@click.argument("call", metavar="CALL")
@click.option("--everyone", is_flag=True, help="Any call, for who organises: reading it ends blindness.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead, with the raw answers.")
@click.pass_obj
def show(invocation: Invocation, call: str, everyone: bool, as_json: bool) -> None:
    """Show where a call to Claude came from and what came of it: every attempt, as it is kept.

    CALL is the call's id, or the end of it. As in the app, it is shown once you may read it, and that you read it is
    kept; --everyone shows it whoever you are, and keeps nothing.

    \b
    Examples:
      reviewer critic show 3f9a21c4 --reviewer kim
      reviewer critic show 3f9a21c4 --everyone --json
    """
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.critique_provenance import attempts_named, provenance, provenance_lines
    from reviewer.workflow.places import find_places

    if everyone:
        with closing(open_to_look(find_places(invocation.store, invocation.config).store)) as store:
            attempts = attempts_named(store, call)
    else:
        attempts = _read_attempts(invocation, call)
    if as_json:
        echo_json([provenance(attempt, utc_now()) for attempt in attempts], indent=1)
        return
    for attempt in attempts:
        for line in provenance_lines(attempt, utc_now()):
            click.echo(line)


def _read_attempts(invocation: Invocation, call: str) -> "tuple[StoredAttempt, ...]":
    """Return the attempts at a call that whoever asks may read by now, and keep that they did."""
    from reviewer.domain.errors import UserError
    from reviewer.workflow.critique_provenance import attempts_named
    from reviewer.workflow.critique_reading import note_printed
    from reviewer.workflow.critiquing import why_withheld

    with closing(open_to_ask(invocation)) as store:
        attempts = attempts_named(store, call)
        session = session_of(invocation, store)
        if why := why_withheld(session, attempts[0].sent.method_id):
            raise UserError(why)
        if any(attempt.ended and not attempt.ended.failure for attempt in attempts):
            note_printed(session, attempts[0].sent.call)
    return attempts


@command.command("go-on")
@click.pass_obj
def go_on(invocation: Invocation) -> None:
    """Send calls again after the account had met a limit, once that has been put right.

    \b
    Example:
      reviewer critic go-on --reviewer kim
    """
    from reviewer.domain.errors import UserError
    from reviewer.domain.identity import timestamp, utc_now
    from reviewer.store.migrations import open_store
    from reviewer.store.spending import stop_spending, stopped_for
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    name = reviewer_name(invocation.reviewer, read_config(places.config))
    if name is None:
        raise UserError("It is kept who says go on; add --reviewer NAME.")
    with closing(open_store(places.store, create=False)) as store, store.write() as connection:
        reason = stopped_for(connection)
        if reason:
            stop_spending(connection, "", said_by=name, now=timestamp(utc_now()))
    click.echo(shown(f"Calls are sent again. They were stopped: {reason}" if reason else "Nothing had stopped them."))


def _print(answered: "Answered", *, as_json: bool) -> None:
    from dataclasses import asdict

    from reviewer.cli.as_json import echo_json
    from reviewer.critic.prices import in_dollars

    cost = f"{'' if answered.known else 'up to '}{in_dollars(answered.spent)}"
    if as_json:
        critiques = [{**asdict(each), "failure_modes": list(map(asdict, each.shown))} for each in answered.critiques]
        echo_json({"call": answered.call, "cost_usd": answered.spent / 1e6, "critiques": critiques}, indent=1)
        return
    for critique in answered.critiques:
        for line in _lines(critique):
            click.echo(line)
    click.echo(f"\nCall {answered.call[-8:]}, {cost}. These are doubts to look into, not a judgement.")


def _lines(critique: "Critique") -> "Iterator[str]":
    yield ""
    scope = "does not apply here" if critique.out_of_scope else critique.stance.replace("_", " ")
    yield shown(f"{critique.constraint}: {scope}, {critique.confidence} confidence")
    for condition in critique.conditions:
        yield shown(f"  if {condition}")
    for mode in critique.shown:
        yield shown(f"  - {mode.claim} ({mode.severity}, seen {mode.detectability.replace('_', ' ')})")
        if mode.quote:
            yield shown(f"    “{mode.quote}”")
        yield shown(f"    to settle it: {mode.cheapest_check}")
    if critique.hidden:
        yield f"  ({critique.hidden} more not shown: the proposal does not say what they quote)"
    for missing in critique.missing_evidence:
        yield shown(f"  missing: {missing}")
    if critique.strongest_counterargument:
        yield shown(f"  against that: {critique.strongest_counterargument}")
    if critique.question_for_author:
        yield shown(f"  ask: {critique.question_for_author}")
