"""``reviewer duplicates``: which proposals were met more than once, and which are nearly alike."""

import os
import textwrap
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.as_json import echo_json
from reviewer.cli.main import Invocation
from reviewer.domain.alike import LEAST_NEAR

if TYPE_CHECKING:
    from reviewer.domain.alike import Sighting
    from reviewer.store.connection import Store
    from reviewer.workflow.duplicates import Duplicates, Named, Near


@click.command("duplicates")
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option(
    "--near",
    metavar="N",
    type=click.FloatRange(LEAST_NEAR, 100),
    help="Group what is so much alike or more, 70 to 100; else what the config says, or 85.",
)
@click.option("--everyone", is_flag=True, help="What is sealed for you too: for who organises the reviews.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def command(invocation: Invocation, problem: str | None, near: float | None, everyone: bool, as_json: bool) -> int:
    """List the proposals that say the same to the letter, with where each was met, and those that nearly do.

    To the letter means: title, hypothesis, text and claims without regard to blanks, and all numbers. Such ones are one
    proposal with several sightings; a record that is met as it is in another file is one of these too, until it says
    something else. Baselines and references that were met in several places are listed too. How alike others are is
    the lesser of two shares, of 100: of the words of both titles those that are in both, and of the words of both texts
    those that are in both in the same order. Titles with other numbers in them are not alike at all. It is of words
    alone: the same idea told in other words is not found. Within a group each is so much alike to the first.

    Of proposals that are sealed for you the words alone are compared: nothing is told of their numbers, and so not
    which of them were met more than once; their number is told.

    What was not looked at yet is looked at first, where the store may be written.

    \b
    Examples:
      reviewer duplicates
      reviewer duplicates --near 95
      reviewer duplicates --problem weak-to-strong --json
    """
    from reviewer.cli.viewer import viewer_id
    from reviewer.workflow.config import read_config
    from reviewer.workflow.duplicates import duplicates_of
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(_grouped_store(places.store, config.near)) as store:
        viewer = None if everyone else viewer_id(store, invocation, config)
        found = duplicates_of(store, config.near if near is None else near, problem, viewer)
    if as_json:
        echo_json([_as_data(of_problem) for of_problem in found], indent=1)
    else:
        click.echo("\n".join(_lines(found, config.near if near is None else near)))
    return 0


def _grouped_store(path: Any, near: float) -> "Store":
    """Open the store and hold what waits against the others, where it may be written; else say how much waits."""
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.counted import counted
    from reviewer.store.connection import is_frozen
    from reviewer.store.migrations import open_store
    from reviewer.workflow.duplicates import waiting
    from reviewer.workflow.grouping import group_all

    if path.exists() and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and not is_frozen(path):
        store = open_store(path, create=False)
        try:
            group_all(store, near)
        except BaseException:
            store.close()
            raise
        return store
    store = open_to_look(path)
    if n := waiting(store):
        verb = "was" if n == 1 else "were"
        click.echo(f"{counted(n, 'method')} {verb} not looked at yet, in a store that may only be read.", err=True)
    return store


_WIDTH = 80


def _lines(found: "tuple[Duplicates, ...]", near: float) -> Iterator[str]:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    if not any(of_problem.exact or of_problem.near for of_problem in found):
        seen = ", of what you may see" if any(of_problem.sealed for of_problem in found) else ""
        yield _filled(f"No two proposals say the same, or nearly so ({near:g} of 100 or more){seen}.", "")
    for of_problem in found:
        if not (of_problem.exact or of_problem.near or of_problem.compared):
            yield from _sealed(of_problem)
            continue
        yield safe_line(of_problem.problem, _WIDTH)
        if of_problem.exact:
            n = counted(len(of_problem.exact), "proposal")
            yield f"  {n} met more than once, with the same words and numbers:"
        for one in of_problem.exact:
            yield f"    {_titled(one, _WIDTH - 4 - 10)}"
            yield from _places(one)
        if of_problem.near:
            yield f"  {counted(len(of_problem.near), 'group')} nearly alike ({near:g} of 100 or more to the first):"
        for group in of_problem.near:
            yield f"    {_titled(group[0].proposal, _WIDTH - 4 - 10)}"
            for each in group[1:]:
                yield f"      {_measured(each)}  {_titled(each.proposal, _WIDTH - 13 - 10)}"
                if each.other_content:
                    yield "             the same words, and other numbers, claims or marks"
        if of_problem.compared:
            many = len(of_problem.compared)
            what = "1 baseline or reference" if many == 1 else f"{many:,} baselines and references"
            yield f"  {what} met in more than one place:"
        for one in of_problem.compared:
            yield f"    {_titled(one, _WIDTH - 4 - 10)}"
            yield from _places(one)
        yield from _sealed(of_problem, "  ")


def _sealed(of_problem: "Duplicates", indent: str = "") -> Iterator[str]:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    if n := of_problem.sealed:
        verb, them, were = ("is", "it", "it was") if n == 1 else ("are", "them", "they were")
        yield _filled(
            f"{counted(n, 'proposal')} of {safe_line(of_problem.problem, 24)} {verb} sealed for you: of {them} words "
            f"alone are compared, and it is not told whether {were} met more than once; --everyone tells it, for who "
            "organises the reviews.",
            indent,
        )


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )


def _measured(each: "Near") -> str:
    return f"{each.measure:5.1f}"


def _titled(one: "Named", cells: int) -> str:
    from reviewer.domain.text import safe_line
    from reviewer.tui.cells import cut

    return f"{cut(safe_line(one.title), cells)}  {one.id[-8:]}"


def _places(one: "Named") -> Iterator[str]:
    from rich.cells import chop_cells

    from reviewer.domain.text import safe_line
    from reviewer.tui.cells import cut

    told: int | None = None
    for each in one.sightings:
        where = ", ".join(filter(None, (each.file, each.place)))
        if each.method_id != told:
            yield "      " + cut(safe_line(f"{each.namespace}/{each.external_id}"), _WIDTH - 6).rstrip()
        told = each.method_id
        # Whole, on as many lines as it takes: two places may differ in any part of their paths.
        first, *more = chop_cells(safe_line(where), _WIDTH - 10)
        yield f"        {first}"
        yield from (f"          {rest}" for rest in more)


def _as_data(of_problem: "Duplicates") -> dict[str, Any]:
    return {
        "problem": of_problem.problem,
        "exact": [_named(one) for one in of_problem.exact],
        "near": [
            [{**_named(each.proposal), "measure": each.measure, "other_content": each.other_content} for each in group]
            for group in of_problem.near
        ],
        "compared": list(map(_named, of_problem.compared)),
        "sealed": of_problem.sealed,
    }


def _named(one: "Named") -> dict[str, Any]:
    return {"id": one.id, "title": one.title, "times_met": one.times_met, "sightings": list(map(_place, one.sightings))}


def _place(each: "Sighting") -> dict[str, Any]:
    names = ("uuid", "namespace", "external_id", "agent", "run", "file", "place", "sha256", "import_id",
             "first_met", "last_met")  # fmt: skip
    return {("id" if name == "uuid" else name): getattr(each, name) for name in names}
