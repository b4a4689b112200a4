"""``reviewer merge``: what is in other stores, taken into this one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import PROGRAM, GivenPath, Invocation
from reviewer.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    from reviewer.workflow.merging import Merged


@click.command("merge")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...", type=GivenPath(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would come, tried on a copy, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what came as JSON.")
@click.pass_obj
def command(invocation: Invocation, others: tuple[Path, ...], dry_run: bool, as_json: bool) -> int:
    """Take in what other stores have: proposals, baselines, and what people did on another machine.

    The same event twice is one, and nothing here is overwritten or lost. Of a proposal with another text there both
    texts are kept as revisions, and the one counts that was recorded last. What a reviewer holds follows from their
    events by time, wherever they were written. So stores that were merged both ways, in any order, hold the same
    judgements. A reviewer of the same name here and there is taken for the same person, which is told.

    OTHER is only read, also where it is of an older version or open in the app. Cut off, a merge completes when it is
    run again; merging twice adds nothing. Where two stores have another version of a target or a rubric under the same
    number, this one keeps its own, which is told, and the exit status is then 2; of two such targets, and of two
    probabilities of `reviewer set --decision`, the one holds in both stores that was said last.

    What came is counted, with what others have judged: it is for who organises the reviews.

    \b
    Examples:
      reviewer merge kim-laptop.db
      reviewer merge team/*.db --store all.db
      reviewer merge kim-laptop.db --dry-run --json
    """
    from reviewer.domain.home_paths import expanded
    from reviewer.workflow.config import read_config
    from reviewer.workflow.merging import merge
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    places.require_place_for_store()
    checks = read_config(places.config).checks
    progress = ProgressLine()
    merged = []
    try:
        for other in others:
            done = merge(
                places.store,
                expanded(other),
                dry_run=dry_run,
                checks=checks,
                progress=lambda doing, n, of: progress.show(_how_far(doing, n, of)),
            )
            progress.clear()
            merged.append(done)
            if not as_json:
                _tell(done, dry_run=dry_run)
    finally:
        progress.clear()
    if as_json:
        _print(merged, dry_run=dry_run)
    return 2 if any(_not_taken(done) for done in merged) else 0


def _how_far(doing: str, done: int, total: int) -> str:
    return f"{doing}: {done:,} of {total:,}" if total else f"{doing} …"


def _tell(done: "Merged", *, dry_run: bool) -> None:
    from reviewer.domain.text import safe_line

    click.echo(safe_line(f"{done.path}: {'would come' if dry_run else 'came'}: {_what_came(done)}", 500))
    for sentence in (*_what_differs(done), *_not_taken(done)):
        click.echo(f"{PROGRAM}: {safe_line(sentence)}", err=True)


_PLURALS = {"round of assignment": "rounds of assignment", "critique batch": "critique batches"}


def _what_came(done: "Merged") -> str:
    from reviewer.domain.counted import counted

    people = done.people
    methods = [(n, str(role)) for role, n in sorted(done.methods.new.items())]
    counts = [
        (done.problems, "problem"),
        *methods,
        (done.remarks["new"], "remark"),
        (people.events, "annotation event"),
        (people.outcomes, "outcome"),
        (people.adjudications, "adjudication"),
        (people.protocols, "protocol"),
        (people.rounds, "round of assignment"),
        (people.critiques, "critique attempt"),
        (people.critique_readings, "critique reading"),
        (people.critique_marks, "critique mark"),
        (people.critic_batches, "critique batch"),
        (people.critic_settings, "critic setting"),
        (people.spending_stops, "spending stop"),
        (people.reviewers, "reviewer"),
        (people.rubrics, "rubric"),
    ]
    words = [f"{n:,} {_PLURALS[what]}" if n > 1 and what in _PLURALS else counted(n, what) for n, what in counts if n]
    if people.targets:
        words.append("1 version of a target" if people.targets == 1 else f"{people.targets:,} versions of targets")
    if done.methods.changed:
        words.append(f"other texts or numbers of {done.methods.changed:,} that were here")
    if done.remarks["changed"]:
        words.append(f"{done.remarks['changed']:,} remarks as they read later")
    if people.settings + people.told:
        words.append(f"{people.settings + people.told:,} more that people told")
    return f"{', '.join(words) or 'nothing that was not here'}."


def _what_differs(done: "Merged") -> list[str]:
    """Return what is worth a look, and is no reason to do anything."""
    from reviewer.domain.counted import counted

    told = list(done.people.settled)
    if n := done.methods.differing:
        told.append(
            f"{counted(n, 'method')} had another text or other numbers here; both are kept as revisions, and "
            f"{done.methods.showing_theirs:,} now {'shows' if done.methods.showing_theirs == 1 else 'show'} what came."
        )
    if n := done.remarks["kept"]:
        told.append(f"{counted(n, 'remark')} {'stays' if n == 1 else 'stay'} as here: what came reads older.")
    if names := done.same_names:
        told.append(f"Taken for the same person here and there, by name: {', '.join(names)}.")
    return told


def _not_taken(done: "Merged") -> list[str]:
    from reviewer.domain.counted import counted

    people = done.people
    told = list(people.differing)
    for missing, why in (
        (people.without_proposal, "of a proposal"),
        (people.without_text, "of a text"),
        (people.without_baseline, "held against a baseline"),
    ):
        if missing:
            told.append(
                f"{counted(sum(missing.values()), 'event')} {why} that the other store does not hold itself "
                f"({', '.join(list(missing)[:5])}) did not come; `reviewer doctor` looks it over."
            )
    if people.unsound:
        told.append(f"{counted(len(people.unsound), 'event')} did not come, which no reviewer wrote so.")
    return told


def _print(merged: "list[Merged]", *, dry_run: bool) -> None:
    from reviewer.cli.as_json import echo_json

    echo_json([{"dry_run": dry_run, **_as_data(done)} for done in merged], indent=1)


def _as_data(done: "Merged") -> dict[str, Any]:
    people = done.people
    return {
        "path": str(done.path),
        "problems": done.problems,
        "new": {str(role): n for role, n in sorted(done.methods.new.items())},
        "changed": done.methods.changed,
        "unchanged": done.methods.unchanged,
        "differing": done.methods.differing,
        "showing_theirs": done.methods.showing_theirs,
        "remarks": done.remarks,
        "events": people.events,
        "events_there": people.events_there,
        "outcomes": people.outcomes,
        "outcomes_there": people.outcomes_there,
        "adjudications": people.adjudications,
        "protocols": people.protocols,
        "rounds": people.rounds,
        "critiques": people.critiques,
        "critique_readings": people.critique_readings,
        "critique_marks": people.critique_marks,
        "critic_batches": people.critic_batches,
        "critic_settings": people.critic_settings,
        "spending_stops": people.spending_stops,
        "reviewers": people.reviewers,
        "rubrics": people.rubrics,
        "targets": people.targets,
        "settings": people.settings,
        "told": people.told,
        "same_names": list(done.same_names),
        "settled": list(people.settled),
        "not_taken": _not_taken(done),
    }
