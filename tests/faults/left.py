"""What a store holds after something went wrong, held against what must hold of any store and against a screen."""

import json
import sqlite3
from collections.abc import Container, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.domain.vocabulary import Act
from reviewer.store.drafts import Drafts
from reviewer.store.health import examine_store
from reviewer.tui.marks import UNICODE
from tests.faults.window import REVIEWER, RowShown, Shown

_UNDOING = {"Undid": Act.UNDO, "Did again": Act.REDO}


@dataclass(frozen=True, slots=True)
class Left:
    """One event that is in the store: its proposal, by the mark in the title, its kind, and what is held after it."""

    title: str
    kind: str
    judgement: Judgement

    @property
    def row(self) -> RowShown:
        """Return how the queue shows a proposal of which that is held."""
        held = self.judgement
        forecast = "" if held.forecast is None else f"{held.forecast:.0%}"
        return RowShown(UNICODE.of(held.status, held.verdict), forecast, held.flagged)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return all that was written."""
        held = self.judgement
        return (held.rationale, held.condition, held.next_experiment)


def wrong_with(store: Path, older: Container[int] = ()) -> tuple[str, ...]:
    """Return each thing that may never be wrong with a store and is, in a sentence.

    Of a store of one of the ``older`` versions no more is asked than that its file is sound.
    """
    try:
        found = examine_store(store)
    except ReviewerError as error:
        return (f"the store cannot be read: {error}",)
    if found.version in older and not found.damage:
        return ()
    if not found.looked_over:
        return (f"damage: {found.damage or found.missing_relations or f'version {found.version}'}",)
    counts = {
        "references that point nowhere": found.broken_references,
        "judgements out of step with their events": found.stale_judgements,
        "counts out of step": found.stale_counts,
        "claims out of step": found.stale_claims,
        "methods without text": found.without_text,
        "methods lost to search": found.unsearchable,
        "triggers missing": len(found.missing_triggers),
        "damage of the search index": int(bool(found.search_damage)),
    }
    return tuple(f"{n} {what}" for what, n in counts.items() if n)


def events_in(store: Path, reviewer: str = REVIEWER) -> tuple[Left, ...]:
    """Return a reviewer's events in their order.

    Raises:
        KeyError, ValueError: when one of them is no whole event.
    """
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(
            "SELECT m.title, a.kind, a.snapshot FROM annotations a JOIN methods m ON m.id = a.method_id "
            "JOIN reviewers r ON r.id = a.reviewer_id WHERE r.name = ? ORDER BY a.id",
            (reviewer,),
        ).fetchall()
    return tuple(Left(title.split()[0], kind, judgement_from_data(json.loads(text))) for title, kind, text in rows)


def lost(store: Path, seen: Shown, reviewer: str = REVIEWER, *, in_trouble: bool = False) -> tuple[str, ...]:
    """Return what is wrong with the store, and what a screen had shown and neither the store nor the drafts hold.

    Of an app that was ``in_trouble`` the screen has rightly said so.
    """
    if wrong := wrong_with(store):
        return wrong
    alarms = () if in_trouble else (f"the screen said: {alarm}" for alarm in sorted(seen.alarms))
    words = _words_lost(store, events_in(store, reviewer), seen, reviewer)
    return (*alarms, *acts_lost(store, seen, reviewer), *words)


def acts_lost(store: Path, seen: Shown, reviewer: str = REVIEWER) -> tuple[str, ...]:
    """Return what a screen had shown as saved and the store does not hold; drafts are left out."""
    events = events_in(store, reviewer)
    return (*_rows_lost(events, seen), *_reversals_lost(events, seen))


def _rows_lost(events: Iterable[Left], seen: Shown) -> Iterator[str]:
    held: dict[str, list[RowShown]] = {}
    for event in events:
        held.setdefault(event.title, [RowShown()]).append(event.row)
    for title, shown in seen.rows.items():
        states = iter(held.get(title, [RowShown()]))
        for row in shown:  # In their order: a state that was shown after another came after it.
            if row not in states:
                yield f"{title} was shown as {row}, which no event in its place holds"
                break


def _reversals_lost(events: Iterable[Left], seen: Shown) -> Iterator[str]:
    done = {(event.kind, event.title) for event in events}
    for word, title in sorted(seen.told):
        if (_UNDOING[word], title) not in done:
            yield f"“{word} … on {title}” was said, and no event says so"


def _words_lost(store: Path, events: Iterable[Left], seen: Shown, reviewer: str) -> Iterator[str]:
    with closing(sqlite3.connect(store)) as connection:
        titles = dict(connection.execute("SELECT uuid, title FROM methods").fetchall())
    with closing(Drafts(store)) as file:
        drafts = file.all_of(reviewer)
    written = [(titles[draft.proposal].split()[0], draft.text) for draft in drafts]
    written += [(event.title, text) for event in events for text in event.texts]
    for typed in seen.typed:
        start = typed.text[: typed.shown]
        if start and not any(title == typed.title and start in text for title, text in written):
            yield f"“{start}” on {typed.title} was on the screen, and is in no draft and no event"
    digits = seen.digits
    if digits and not (
        any(draft.field == "forecast" and draft.text.startswith(digits) for draft in drafts)
        or any(_in_digits(event.judgement.forecast).startswith(digits) for event in events)
    ):
        yield f"a forecast of {digits} % was on the screen, and is in no draft and no event"


def _in_digits(forecast: float | None) -> str:
    """Return a forecast as it was typed, of which a screen may have shown the beginning last; empty for none."""
    return "" if forecast is None else str(round(100 * forecast))
