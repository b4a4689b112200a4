"""``reviewer restore``: what people did, put back onto a store that was imported anew."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import PROGRAM, GivenPath, Invocation

if TYPE_CHECKING:
    from reviewer.store.restored import Restored

_OR_WITHOUT = ", or give it up by --without-baselines"

NAMED = 20
"""So many proposals are named; of more it is said how many they are."""


@click.command("restore")
@click.argument("file", type=GivenPath(dir_okay=False, path_type=Path))
@click.option("--without-baselines", is_flag=True,
              help="Put back too what is held against a baseline that is not there, without it, for good.")  # fmt: skip
@click.pass_obj
def command(invocation: Invocation, file: Path, without_baselines: bool) -> int:
    """Put what people did, as FILE has it, back onto the store.

    FILE is one that the app keeps daily in the folder of copies beside the store, or that 'reviewer backup --people'
    wrote. Import the proposals and baselines first: an event comes back where its proposal is there, with the text that
    was judged, and the baseline that it was held against. What is left out comes with the next import and restore.
    Events keep their ids, times and reviewers; whatever the store has stays as it is, so that doing it twice adds
    nothing. The exit status is 2 where something could not be put back, which is then named. What was put back is
    counted, and what was not is named, so that it is for who organises the reviews.

    \b
    Examples:
      reviewer restore ~/.local/share/reviewer/reviewer.db-backups/people-2026-11-28.jsonl.gz
      reviewer restore kept.jsonl.gz --store team.db
    """
    from reviewer.domain.home_paths import expanded
    from reviewer.domain.text import safe_line
    from reviewer.workflow.kept_acts import restore
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    done = restore(places.store, expanded(file), without_baselines=without_baselines)
    click.echo(_what_was_put_back(done))
    for sentence in _what_was_not(done):
        click.echo(f"{PROGRAM}: {safe_line(sentence)}", err=True)
    return 2 if done.left_out or done.differing else 0


_PLURALS = {
    "version of a target": "versions of targets",
    "round of assignment": "rounds of assignment",
    "critique batch": "critique batches",
}


def _what_was_put_back(done: "Restored") -> str:
    from reviewer.domain.counted import counted

    counts = (
        (done.outcomes, "outcome"),
        (done.adjudications, "adjudication"),
        (done.protocols, "protocol"),
        (done.rounds, "round of assignment"),
        (done.critiques, "critique attempt"),
        (done.critique_readings, "critique reading"),
        (done.critique_marks, "critique mark"),
        (done.critic_batches, "critique batch"),
        (done.critic_settings, "critic setting"),
        (done.spending_stops, "spending stop"),
        (done.reviewers, "reviewer"),
        (done.rubrics, "rubric"),
        (done.targets, "version of a target"),
        (done.settings, "setting"),
    )
    more = [f"{n:,} {_PLURALS[what]}" if n > 1 and what in _PLURALS else counted(n, what) for n, what in counts if n]
    if done.told:
        more.append(f"{done.told:,} more that {'was' if done.told == 1 else 'were'} told of problems")
    had = [counted(n, what) for n, what in ((done.events_there, "event"), (done.outcomes_there, "outcome")) if n]
    there = f" ({' and '.join(had)} {'was' if had in (['1 event'], ['1 outcome']) else 'were'} there already)"
    also = f"; besides {', '.join(more)}" if more else ""
    return f"Put back: {counted(done.events, 'annotation event')}{there if had else ''}{also}."


def _what_was_not(done: "Restored") -> list[str]:
    from reviewer.domain.counted import counted

    told = []
    for missing, why in (
        (done.without_proposal, "of a proposal that is not in the store"),
        (done.without_text, "of a text that is not in the store"),
        (done.without_baseline, "held against a baseline that is not in the store"),
    ):
        if missing:
            n = sum(missing.values())
            names = ", ".join(list(missing)[:NAMED])
            more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
            told.append(
                f"{counted(n, 'event')} {'was' if n == 1 else 'were'} left out, {why}: {names}{more}. Import it, and "
                f"restore again{_OR_WITHOUT if missing is done.without_baseline else ''}."
            )
    if n := done.by_only_text:
        told.append(
            f"{counted(n, 'event')} came back to the only text of {'its' if n == 1 else 'their'} proposal: it is lost "
            "which one was judged."
        )
    if n := len(done.unsound):
        told.append(
            f"{counted(n, 'event')} {'was' if n == 1 else 'were'} left out, which no reviewer wrote so: "
            f"{', '.join(done.unsound[:NAMED])}."
        )
    if n := done.baseline_given_up:
        told.append(
            f"{counted(n, 'event')} came back without the baseline that {'it was' if n == 1 else 'they were'} held "
            "against, for good."
        )
    return [*told, *done.settled, *done.differing]
