"""``reviewer recover``: a new store of what can be read of a damaged one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import PROGRAM, GivenPath, Invocation
from reviewer.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    from reviewer.store.recovering import Recovered
    from reviewer.workflow.recovering import Saved


@click.command("recover")
@click.argument("out", type=GivenPath(path_type=Path))
@click.pass_obj
def command(invocation: Invocation, out: Path) -> int:
    """Save what can be read of a damaged store into a new one at OUT. The damaged one is only read.

    Every page of the file is looked at, also where SQLite refuses it. Rows that are consistent go into the new store;
    what follows from them (judgements held now, counts, search index, checks) is built anew. What people did with a
    text that is lost is put beside OUT, for the command restore once that text was imported again. A list says how
    much of each table was read, of how much there is known to have been, and what is in the new store.

    Of a large store this takes minutes; a terminal is told how far it is.

    The exit status is 1 when something of what people did is known to be lost. The list counts what all have judged,
    so that it is for who organises the reviews.

    \b
    Examples:
      reviewer recover saved.db
      reviewer recover team-saved.db --store team.db
    """
    from reviewer.cli.cutting_short import NOTHING_WRITTEN, told_when_cut_short
    from reviewer.domain.counted import counted
    from reviewer.domain.errors import UserError
    from reviewer.domain.text import safe_line
    from reviewer.workflow.config import Config, read_config
    from reviewer.workflow.places import find_places
    from reviewer.workflow.recovering import recover

    places = find_places(invocation.store, invocation.config)
    try:
        checks = read_config(places.config).checks
    except UserError:  # What is wrong with the config must not stand in the way.
        checks = Config().checks
    line = ProgressLine()
    try:
        with told_when_cut_short(NOTHING_WRITTEN):
            saved = recover(places.store, out, checks, progress=lambda *how_far: line.show(_how_far(*how_far)))
    finally:
        line.clear()
    found = saved.recovered
    click.echo(f"{'':<20}{'read':>10}{'of known':>12}{'in the new store':>18}")
    for table in found.tables:
        if table.known:
            click.echo(f"{table.table:<20}{table.read:>10,}{table.known:>12,}{table.kept:>18,}")
    events = found.of("annotations")
    click.echo()
    click.echo(
        safe_line(
            f"Saved in {saved.path}: {counted(saved.proposals, 'proposal')} and "
            f"{counted(events.kept, 'annotation event')} of at least {events.known:,}; {_damage(found)}."
        )
    )
    for sentence in _left_to_do(saved):
        click.echo(f"{PROGRAM}: {safe_line(sentence)}", err=True)
    return int(events.read < events.known)


def _how_far(doing: str, done: int, total: int) -> str:
    return f"{doing}: {min(100, 100 * done // total):3d} % of {total:,}" if total else f"{doing} …"


def _damage(found: "Recovered") -> str:
    from reviewer.domain.counted import counted

    if not found.broken_pages:
        return "no page was found broken"
    return f"of {counted(found.pages, 'page')} {found.broken_pages:,} could not be read as they should be"


def _left_to_do(saved: "Saved") -> list[str]:
    from reviewer.domain.counted import counted

    found = saved.recovered
    told = []
    events = found.of("annotations")
    if lost := events.known - events.read:
        told.append(
            f"{counted(lost, 'annotation event')} {'is' if lost == 1 else 'are'} lost; a file that the app kept daily "
            "may have them, and `reviewer restore FILE` puts them back."
        )
    lost_texts = found.of("revisions").known - found.of("revisions").kept
    if lost_texts:
        told.append(
            f"{counted(lost_texts, 'text')} of methods {'is' if lost_texts == 1 else 'are'} lost; import the files "
            f"again that they came from, into {saved.path}."
        )
    if n := found.incomplete:
        told.append(
            f"{counted(n, 'text')} {'lacks' if n == 1 else 'lack'} some of the numbers, or may; importing the files "
            "again brings them whole, as new revisions."
        )
    if saved.aside is not None:
        n = found.events_aside
        told.append(
            f"{counted(n, 'event')} of such texts {'is' if n == 1 else 'are'} kept in {saved.aside}; after "
            f"that import, `reviewer restore {saved.aside} --store {saved.path}` puts them back."
        )
    if found.standing_in:
        rows = ", ".join(f"{n:,} of {table}" for table, n in found.standing_in.items())
        told.append(f"Lost rows to which others refer stand there under what was known of them: {rows}.")
    if found.torn_log:
        told.append("The log beside the store is torn: what was written last is not in what was read.")
    return told
