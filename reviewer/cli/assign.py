"""``reviewer assign``: who reviews which proposals."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import GivenPath, Invocation

if TYPE_CHECKING:
    from reviewer.store.connection import Store
    from reviewer.store.problems import StoredProblem
    from reviewer.workflow.assigning import AssignmentRequest, Drawn, RoundProgress

ID_LIMIT = 40


@click.command("assign")
@click.option("--reviewers", default="", metavar="NAME,NAME,...", help="Who reviews; new names are entered.")
@click.option("--overlap", type=int, metavar="K", help="How many reviewers each proposal gets; 2 where not said.")
@click.option("--problem", metavar="SLUG", help="Which problem; not needed where there is one.")
@click.option("--seed", type=click.IntRange(0, 10**12), metavar="N", help="Draw as another round with that seed did.")
@click.option(
    "--most-worth",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only the N proposals on which one more review is worth most, by all forecasts.",
)
@click.option("--unjudged", is_flag=True, help="Only what nobody has judged.")
@click.option("--agent", default="", metavar="NAME", help="Only this agent's.")
@click.option("--family", default="", metavar="NAME", help="Only of this family.")
@click.option("--check", default="", metavar="ID", help="Only what this check asks about.")
@click.option("--text", default="", metavar="WORDS", help="Only what has these words.")
@click.option(
    "--conflict",
    "conflicts",
    multiple=True,
    metavar="PROPOSAL=NAME",
    help="NAME must not review PROPOSAL. May be given several times.",
)
@click.option(
    "--conflicts",
    "conflict_file",
    type=GivenPath(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The same as CSV with the columns proposal and reviewer.",
)
@click.option("--by", metavar="NAME", help="Who assigns, in place of --reviewer.")
@click.option("--dry-run", is_flag=True, help="Show what it would come to, and keep nothing.")
@click.option("--list", "lists", is_flag=True, help="Show every round so far, and how far you are.")
@click.option("--everyone", is_flag=True, help="Tell, and choose by, what all have judged: for who organises.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def command(
    invocation: Invocation, /, problem: str | None, lists: bool, everyone: bool, as_json: bool, **asked: Any
) -> None:
    """Say who reviews which proposals: evenly, by chance, and nobody what they must not.

    Each proposal gets K of the reviewers. Who of them was assigned it in a round before counts, and is not assigned it
    again; nor, with --everyone or in the open protocol, is who has judged it. A seed, which is printed, draws the same
    once more.

    Each reviewer has theirs in an order of chance, which tells nothing of why they were chosen. In the app F shows what
    is assigned to you, in that order where S says by priority.

    It is for who organises the reviews. Without --everyone nothing is told of what others have judged, and nothing goes
    by it: --most-worth and --unjudged, which do, go with the open protocol alone.

    \b
    Examples:
      reviewer assign --reviewers kim,lee,ana --most-worth 50 --everyone --dry-run
      reviewer assign --reviewers kim,lee,ana --overlap 2
      reviewer assign --reviewers noor,max --overlap 1 --conflict run-01/exp03=max --seed 7
      reviewer assign --list
    """
    given = {name for name, value in asked.items() if value not in (None, "", False, ())}
    if lists:
        if given:
            raise click.UsageError("--list goes with --problem, --everyone and --json alone")
        _list(invocation, problem, everyone=everyone, as_json=as_json)
        return
    if asked["unjudged"] and asked["most_worth"] is not None:
        raise click.UsageError("--unjudged and --most-worth choose differently; give one of them")
    _assign(invocation, problem, asked, everyone=everyone, as_json=as_json)


def _assign(
    invocation: Invocation, problem: str | None, asked: dict[str, Any], *, everyone: bool, as_json: bool
) -> None:
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.errors import UserError
    from reviewer.store.migrations import open_store
    from reviewer.workflow.assigning import draw_assignment, is_open, keep_assignment
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.telling import choose_problem

    if asked["check"]:
        from reviewer.workflow.check_listing import require_rule

        require_rule(asked["check"])
    places = find_places(invocation.store, invocation.config)
    by = asked["by"] or reviewer_name(invocation.reviewer, read_config(places.config))
    dry = asked["dry_run"]
    if by is None and not dry:
        raise UserError("A round of assignment says who made it; add --by NAME.")
    with closing(open_to_look(places.store) if dry else open_store(places.store, create=False)) as store:
        stored = choose_problem(store, problem)
        tells = everyone or is_open(store, stored)
        if not tells and (asked["unjudged"] or asked["most_worth"] is not None):
            raise UserError(
                f"{stored.problem.slug} is not judged in the open, and --unjudged and --most-worth choose by what all "
                "have judged; add --everyone, for who organises the reviews."
            )
        request, strangers = _request(store, stored, asked, by_judgements=tells)
        drawn = draw_assignment(store, stored, request)
        if not dry:
            drawn = keep_assignment(store, stored, drawn, by or "")
        if as_json:
            _echo_as_json(store, drawn, tells=tells)
        else:
            _tell(drawn, strangers, tells=tells)


def _request(
    store: "Store", stored: "StoredProblem", asked: dict[str, Any], *, by_judgements: bool
) -> "tuple[AssignmentRequest, int]":
    """Return what is asked for, and of how many names among the conflicts nothing can come."""
    from reviewer.domain.errors import UserError
    from reviewer.domain.queue import QueueFilter
    from reviewer.workflow.assigning import AssignmentRequest, conflicts_of, read_conflicts

    told = []
    for text in asked["conflicts"]:
        proposal, equals, name = text.rpartition("=")
        if not equals or not proposal.strip() or not name.strip():
            raise UserError(f"--conflict {text!r} is not of the form PROPOSAL=NAME.")
        told.append((proposal, name))
    if asked["conflict_file"] is not None:
        told += read_conflicts(asked["conflict_file"])
    barred, named = conflicts_of(store, stored, told)
    names = [name.strip() for name in asked["reviewers"].split(",") if name.strip()]
    request = AssignmentRequest(
        names,
        2 if asked["overlap"] is None else asked["overlap"],
        asked["seed"],
        asked["most_worth"],
        asked["unjudged"],
        QueueFilter(agent=asked["agent"], family=asked["family"], check=asked["check"], text=asked["text"]),
        barred,
        by_judgements,
    )
    return request, len(named - set(names))


def _tell(drawn: "Drawn", strangers: int, *, tells: bool) -> None:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    did = "Would assign" if drawn.round_id is None else f"Round {drawn.round_id}: assigned"
    of, given = len(drawn.assignment.proposals), drawn.given
    proposals = f"{given:,} of {counted(of, 'proposal')}" if given < of else counted(given, "proposal")
    chosen = "" if drawn.chosen == "all" else f" ({safe_line(drawn.chosen, 80)})"
    click.echo(
        f"{did} {proposals}{chosen} of {safe_line(drawn.problem, ID_LIMIT)}, "
        f"{counted(drawn.assignment.overlap, 'reviewer')} each; seed {drawn.assignment.seed}."
    )
    for name, n in drawn.balance.loads.items():
        click.echo(f"  {n:>6,}  {safe_line(name, 80)}")
    for sentence in drawn.balance.sentences:
        click.echo(sentence)
    if drawn.had and tells:
        click.echo(f"{counted(drawn.had, 'review')} that they gave, or were assigned before, counted already.")
    if strangers:
        are = "is" if strangers == 1 else "are"
        click.echo(f"{counted(strangers, 'name')} among the conflicts {are} none of these reviewers'.")


def _echo_as_json(store: "Store", drawn: "Drawn", *, tells: bool) -> None:
    from reviewer.cli.as_json import echo_json_with_rows
    from reviewer.workflow.assigning import named_pieces

    rows = (
        {"proposal": uuid, "reviewers": list(who)}
        for piece in named_pieces(store, drawn.assignment)
        for uuid, who in piece
        if tells or who
    )
    before = {
        "round": drawn.round_id,
        "problem": drawn.problem,
        "chosen": drawn.chosen,
        "overlap": drawn.assignment.overlap,
        "seed": drawn.assignment.seed,
        "reviewers": [{"reviewer": name, "assigned": n} for name, n in drawn.balance.loads.items()],
    }
    echo_json_with_rows(before, "assignments", rows, {"sentences": list(drawn.balance.sentences)}, indent=1)


def _list(invocation: Invocation, problem: str | None, *, everyone: bool, as_json: bool) -> None:
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.workflow.assigning import rounds_so_far
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    viewer = reviewer_name(invocation.reviewer, read_config(places.config))
    with closing(open_to_look(places.store)) as store:
        found = rounds_so_far(store, problem, viewer, everyone=everyone)
    if as_json:
        echo_json([_round_as_data(each) for each in found], indent=1)
        return
    if not found:
        click.echo("Nothing has been assigned yet; `reviewer assign --reviewers kim,lee --overlap 2` does it.")
    for each in found:
        _print_round(each)


def _print_round(each: "RoundProgress") -> None:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    click.echo(
        f"Round {each.round.id}, {safe_line(each.problem, ID_LIMIT)}, by {safe_line(each.round.made_by, 80)} on "
        f"{each.round.made_at[:10]}: {f'{safe_line(each.chosen, 80)}, ' if each.chosen else ''}"
        f"{counted(each.round.overlap, 'reviewer')} each; seed {each.round.seed}."
    )
    for name, assigned, done in each.loads:
        progress = f"{assigned:,} assigned" if done is None else f"{done:,} of {assigned:,} done"
        click.echo(f"  {safe_line(name, 80)}: {progress}")


def _round_as_data(each: "RoundProgress") -> dict[str, Any]:
    return {
        "round": each.round.id,
        "problem": each.problem,
        "chosen": each.chosen,
        "overlap": each.round.overlap,
        "seed": each.round.seed,
        "made_by": each.round.made_by,
        "made_at": each.round.made_at,
        "reviewers": [{"reviewer": name, "assigned": n, "done": done} for name, n, done in each.loads],
    }
