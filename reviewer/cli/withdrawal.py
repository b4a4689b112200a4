"""``reviewer import --withdraw``: take an import out again, and say what became of it."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import click

from reviewer.domain.counted import counted
from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.identity import timestamp, utc_now
from reviewer.domain.text import safe_line
from reviewer.store.connection import Store
from reviewer.store.import_notes import Remaining
from reviewer.store.imports import broken_off_sentence, half_withdrawn
from reviewer.store.migrations import open_store
from reviewer.store.search_index import unindexed
from reviewer.store.withdrawing import Withdrawn, withdraw_import


def withdraw_and_tell(path: Path, import_id: int, *, stopped: bool, everyone: bool) -> None:
    """Withdraw an import from the store at ``path``, and print what was taken out and what stays.

    ``stopped`` says that it runs no more on the other machine where it began; ``everyone`` that what stays is named,
    which tells what others have judged.

    Raises:
        UserError: when there is no such import.
        StoreError: when there is no store, the import is still running, or the store cannot be written.
    """
    with closing(open_store(path, create=False)) as store:
        try:
            outcome = withdraw_import(store, import_id, timestamp(utc_now()), stopped=stopped)
        except BaseException:
            _tell_broken_off(store, import_id)
            raise
        if outcome is None:
            raise UserError(f"There is no import {import_id}; `reviewer import --list` lists them.")
        with store.read() as connection:
            waiting = unindexed(connection)
    if outcome.before:
        kept = f": {_kept(outcome, everyone=everyone)}" if outcome.kept else ""
        click.echo(safe_line(f"Import {import_id} has been withdrawn already; nothing changed{kept}."))
    else:
        for sentence in (_counts(outcome, everyone=everyone), *_places(outcome), *_remaining(outcome.remaining)):
            click.echo(safe_line(sentence))
    if waiting:
        click.echo(not_found_yet(waiting))


def not_found_yet(texts: int) -> str:
    """Return the sentence that says how many texts search does not find yet, after an import and a withdrawal."""
    return (
        f"Search does not find {counted(texts, 'text')} yet, and the checks of what is new wait too; the app completes "
        "both while it is open, and so do the next import without --index-later and `reviewer doctor --rebuild`."
    )


def _tell_broken_off(store: Store, import_id: int) -> None:
    # The error that ends it is told; one more, while looking at what it left, would only hide it.
    with suppress(ReviewerError), store.read() as connection:
        if import_id in half_withdrawn(connection):
            click.echo(broken_off_sentence(import_id), err=True)


def _counts(outcome: Withdrawn, *, everyone: bool) -> str:
    taken_out = counted(outcome.gone, "method")
    if outcome.remarks:
        taken_out += f" and {counted(outcome.remarks, 'remark')}"
    return f"Withdrawn: {taken_out} taken out or set back, {_kept(outcome, everyone=everyone)}."


def _places(outcome: Withdrawn) -> Iterator[str]:
    if n := outcome.places:
        verb = "was" if n == 1 else "were"
        yield f"{counted(n, 'place')} where it had met methods of other imports {verb} taken out; those methods stay."
    if outcome.stay_with:
        n = sum(outcome.stay_with.values())
        stay, it, them = ("stays as it was", "it", "it") if n == 1 else ("stay as they were", "they", "them")
        by = ", ".join(map(str, outcome.stay_with))
        whose = f"import {by}" if len(outcome.stay_with) == 1 else f"imports {by}"
        yield (
            f"{counted(n, 'method')} {stay}, since {whose} met {them} with the same content: {it} "
            f"{'is' if n == 1 else 'are'} of {'that' if len(outcome.stay_with) == 1 else 'those'} from now on."
        )


def _kept(outcome: Withdrawn, *, everyone: bool) -> str:
    if not outcome.kept:
        return "0 kept"
    judged = "it" if outcome.kept == 1 else "them"
    why = (
        f"{outcome.kept:,} kept because somebody has judged {judged} or beside {judged} (what was undone counts too), "
    )
    why += f"told what became of {judged}, or had Claude asked about {judged}"
    if not everyone:
        return f"{why}; --everyone names {judged}, for who organises the reviews"
    named = ", ".join(f"“{safe_line(title, 80)}”" for title in outcome.kept_titles)
    more = outcome.kept - len(outcome.kept_titles)
    rest = f" and {more:,} more" if more else ""
    return f"{why}: {named}{rest}"


def _remaining(left: Remaining) -> Iterator[str]:
    otherwise = "a file that describes it otherwise changes that"
    for slug in left.taken_out:
        yield f"The problem {slug} was taken out with it: nothing of others is in it."
    for said in left.problems:
        if said.made:
            yield f"The problem {said.slug}, which it made, stays as it described it: something of others is in it."
        else:
            yield f"What it said of the problem {said.slug} stays: {', '.join(said.what)}; {otherwise}."
    if left.settings:
        yield (
            f"The setting that it gave to {counted(left.settings, 'measurement')} of others stays; "
            "`reviewer set --overwrite` changes it."
        )
    if not left.known:
        yield (
            "What it said of problems (title, metrics, datasets, target) and of settings stays; it was imported "
            "before such things were kept, so they cannot be named."
        )
