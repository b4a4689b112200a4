"""``reviewer backup``: a copy of the store, made while it is in use."""

from pathlib import Path

import click

from reviewer.cli.main import GivenPath, Invocation


@click.command("backup")
@click.argument("out", required=False, type=GivenPath(path_type=Path))
@click.option("--people", is_flag=True, help="Keep only what people did, in a small file for `reviewer restore`.")
@click.option("--everyone", is_flag=True, help="Say how much all have judged: for who organises the reviews.")
@click.option("--force", is_flag=True, help="Let OUT be replaced even where it is no earlier copy of the store.")
@click.pass_obj
def command(invocation: Invocation, out: Path | None, people: bool, everyone: bool, force: bool) -> None:
    """Copy the store to OUT, a file or a folder, and look the copy over.

    The store may be in use: the copy is of one moment, and nobody waits for it. Without OUT it lies beside the store,
    in a folder of copies, under the time. It is a store as any other: --store opens it.

    What people did (annotation events, outcomes, rubrics, targets, and what they told of settings and metrics) is
    small, and no import brings it again. The app keeps it there once a day in any case, for the last seven days on
    which there was something new; --people does it now. The command restore puts it back onto a store that was
    imported anew.

    \b
    Examples:
      reviewer backup
      reviewer backup --people
      reviewer backup --store team.db team-before-the-meeting.db
    """
    from reviewer.cli.cutting_short import NOTHING_WRITTEN, told_when_cut_short
    from reviewer.domain.counted import counted, sized
    from reviewer.domain.text import safe_line
    from reviewer.workflow.backing_up import back_up
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    if people:
        from reviewer.workflow.kept_acts import keep_acts

        with told_when_cut_short(NOTHING_WRITTEN):
            kept = keep_acts(places.store, out, force=force)
        outcomes = f" and {counted(kept.outcomes, 'outcome')}" if kept.outcomes else ""
        held = f", {counted(kept.events, 'annotation event')}{outcomes}" if everyone else ""
        click.echo(
            safe_line(f"Kept in {kept.path}: {sized(kept.size)}{held}; `reviewer restore {kept.path}` puts it back.")
        )
        return
    with told_when_cut_short(NOTHING_WRITTEN):
        made = back_up(places.store, out, force=force)
    extent = "every page and index" if made.copy.indexes_checked else "every page"
    events = f" and {counted(made.copy.events, 'annotation event')}" if everyone else ""
    click.echo(
        safe_line(
            f"Copied to {made.path}{' in place of what was there' if made.replaced else ''}: {sized(made.copy.size)}, "
            f"{counted(made.copy.proposals, 'proposal')}{events}; {extent} of the copy was checked."
        )
    )
