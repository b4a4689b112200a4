"""``reviewer evidence``: what is known of a proposal's numbers beside its baseline's."""

from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.workflow.evidence import Evidence


@click.command("evidence")
@click.argument("proposal", metavar="PROPOSAL")
@click.option(
    "--baseline",
    metavar="NAME",
    help="The baseline, by id or a part of its title, or another proposal; else the best baseline.",
)
@click.option("--everyone", is_flag=True, help="Though it is sealed for you: for who organises the reviews.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def command(invocation: Invocation, proposal: str, baseline: str | None, everyone: bool, as_json: bool) -> None:
    """Show every figure of a proposal against its baseline, with its method and what it assumes.

    PROPOSAL is an id as Y in the app copies it, its last 8 characters, or namespace/id as the source has them.

    \b
    Examples:
      reviewer evidence run-01/exp03
      reviewer evidence run-01/exp03 --baseline vanilla_w2s
      reviewer evidence run-01/exp03 --baseline run-01/exp07
      reviewer evidence run-01/exp03 --json
    """
    from contextlib import closing

    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import viewer_id
    from reviewer.workflow.config import read_config
    from reviewer.workflow.evidence import evidence_as_data, evidence_of
    from reviewer.workflow.permalinks import find_proposal_at
    from reviewer.workflow.places import find_places
    from reviewer.workflow.sealing import require_evidence

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(open_to_look(places.store)) as store:
        viewer = None if everyone else viewer_id(store, invocation, config)
        require_evidence(store, find_proposal_at(store, proposal)[1], viewer)
        found = evidence_of(
            store,
            proposal,
            baseline,
            shared_seeds=config.shared_seeds,
            checks=config.checks,
            viewer_id=viewer,
        )
        damage = store.damage
    if as_json:
        from reviewer.cli.as_json import echo_json

        echo_json(evidence_as_data(found), indent=2)
    else:
        _print(found)
    if damage is not None:
        raise damage


def _print(found: "Evidence") -> None:
    from reviewer.domain.text import safe_line
    from reviewer.evidence.baselines import metric_label
    from reviewer.evidence.figures import sections, words_of

    against = f"{safe_line(found.baseline.title, 200)} ({safe_line(found.reason, 120)})" if found.baseline else "none"
    click.echo(f"{safe_line(found.proposal.title, 300)}\nagainst: {against}")
    if not found.rows:
        click.echo("Nothing was measured: neither the proposal nor a baseline has a number.")
    for section in sections(found.rows):
        metric = section.metric
        name = safe_line(metric.title or metric_label(metric.name), 60)
        settings = ", ".join(map(words_of, section.settings))
        click.echo(f"\n{name}, direction {metric.direction}: {safe_line(section.where, 60)}, {settings}")
        for figure in section.figures:
            how = f"   ({safe_line(figure.how, 1000)})" if figure.how else ""
            click.echo(f"  {figure.label:<11} {safe_line(figure.text, 300).replace('-', '−')}{how}".rstrip())
    if found.questions:
        click.echo("\nWhat the data itself asks:")
    for asked in found.questions:
        click.echo(f"  {asked.level.words}: {safe_line(asked.question, 1000)}   ({asked.rule})")
