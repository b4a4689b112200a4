"""Saving what can be saved of a damaged store into a new one."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import NoStoreError, ReviewerError, UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.store.acts import Record
from reviewer.store.backup import new_file
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.migrations import refuse_foreign_file
from reviewer.store.recovering import Recovered, recover_store
from reviewer.store.salvage import Progress
from reviewer.workflow.backing_up import place_for, refuse_own_files
from reviewer.workflow.completing import check_all
from reviewer.workflow.kept_acts import write_acts

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Saved:
    """A store that was saved from a damaged one: where it lies, what became of the rows, and what lies beside it."""

    path: Path
    recovered: Recovered
    proposals: int
    aside: Path | None
    """The file of what people did of texts that are lost, for ``restore``; None where all of it is in the store."""


def recover(
    store: Path,
    out: Path,
    checks: CheckSettings | None = None,
    clock: Clock = utc_now,
    progress: Progress = lambda doing, done, total: None,
) -> Saved:
    """Make at ``out`` a store of what can be read of the damaged one, which is never written to.

    Raises:
        UserError: when ``out`` is there already.
        DamagedStoreError: when nothing can be read.
        StoreError: when there is no store, it is a foreign file or in use, or the new one cannot be written.
    """
    if not store.is_file():
        raise NoStoreError(f"There is no store at {store}; --store names the damaged one.")
    with store.open("rb") as file:
        if file.read(len(_SQLITE)) == _SQLITE:
            refuse_foreign_file(store)
    path = place_for(out, f"{store.stem}-recovered.db")
    refuse_own_files(path, store)
    aside = path.with_name(f"{path.stem}-people.jsonl.gz")
    for taken in (path, aside):
        if taken.exists():
            raise UserError(f"{taken} is there already; name another place for what is recovered.")
    now = timestamp(clock())
    taken_aside = False

    def take_aside(records: Iterator[Record]) -> int:
        nonlocal taken_aside
        events = 0

        def counting() -> Iterator[Record]:
            nonlocal events
            for record in records:
                events += record["type"] in ("event", "outcome", "adjudication", "critique")
                yield record

        with new_file(aside) as prepared:
            write_acts(prepared, counting(), (0,) * 7, now, store)
        taken_aside = True
        return events

    try:
        with new_file(path) as prepared:
            recovered = recover_store(store, prepared, take_aside, now, progress)
            proposals = _complete(prepared, checks, recovered.of("methods").kept, progress)
    except BaseException:
        if taken_aside:
            with suppress(OSError):
                aside.unlink()
        raise
    return Saved(path, recovered, proposals, aside if taken_aside else None)


def _complete(path: Path, checks: CheckSettings | None, methods: int, progress: Progress) -> int:
    """Check every method, and look the new store over; return how many proposals it has."""
    with closing(Store(path)) as new:
        check_all(new, checks, progress=lambda done: progress("checking methods", done, methods))
        n: int = sum(counts for counts in _proposals(new))
    progress("looking over what was saved", 0, 0)
    found = examine_store(path)
    wrong = (*found.damage, *found.missing_relations, *found.missing_triggers, found.search_damage)
    amiss = found.broken_references + found.stale_judgements + found.stale_counts + found.stale_claims
    amiss += found.stale_outcomes + found.stale_exposures
    if not found.looked_over or any(wrong) or amiss + found.without_text + found.unsearchable:
        raise ReviewerError("What was recovered does not make a whole store, and was thrown away; the log has more.")
    return n


def _proposals(store: Store) -> Iterator[int]:
    from reviewer.workflow.views import overview

    yield from (counts.proposals for counts in overview(store, 0).counts.values())
