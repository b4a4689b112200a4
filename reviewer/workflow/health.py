"""What ``reviewer doctor`` looks at: the store, the drafts, the config and the log, and what is wrong with them."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.checks import CheckSettings
from reviewer.domain.counted import counted
from reviewer.domain.errors import DamagedStoreError, NoStoreError, ReviewerError, UserError
from reviewer.domain.identity import Clock, utc_now
from reviewer.store.check_results import check_all_again
from reviewer.store.connection import Store, is_frozen
from reviewer.store.diagnosis import Diagnosis, diagnose
from reviewer.store.drafts import drafts_path
from reviewer.store.drafts_health import DraftsHealth, examine_drafts
from reviewer.store.faults import in_short
from reviewer.store.health import Mended, StoreHealth, examine_store, mend
from reviewer.store.imports import broken_off_sentence
from reviewer.store.migrations import SCHEMA_VERSION, open_store
from reviewer.store.refusals import damaged
from reviewer.store.sketches import group_all_again
from reviewer.workflow.completing import check_all
from reviewer.workflow.config import Config, read_config
from reviewer.workflow.critic_state import CriticState, critic_state
from reviewer.workflow.grouping import group_all
from reviewer.workflow.places import Places
from reviewer.workflow.rubrics import load_rubric

OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Health:
    """What was found. ``store`` is None where there is none, or it cannot be read; ``config`` where it is broken."""

    places: Places
    store: StoreHealth | None
    config: Config | None
    wrong: tuple[str, ...]
    """A sentence for each thing that is wrong, with what to do."""
    missing: str = ""
    """A sentence that says so where there is no store, which is nothing wrong until somebody has named one."""
    drafts: DraftsHealth = field(default_factory=DraftsHealth)
    diagnosis: Diagnosis | None = None
    """What is broken in a store that is damaged, as far as that can be found."""
    critic: CriticState | None = None
    """How it stands with the critic; None where that cannot be read."""


def examine(places: Places, clock: Clock = utc_now) -> Health:
    """Look over all that lies at ``places``. Nothing is made, migrated or changed."""
    wrong: list[str] = []
    store = None
    missing = ""
    critic = None
    is_damaged = False
    try:
        store = examine_store(places.store)
        is_damaged = bool(store.damage)
        wrong += _wrong_with_store(places, store)
        if store.looked_over:
            # To be written too, where it can be, so that closing it leaves nothing beside it.
            with closing(Store(places.store, readonly=is_frozen(places.store))) as opened:
                critic = critic_state(opened, clock())
    except NoStoreError as error:
        missing = str(error)
    except ReviewerError as error:
        wrong.append(str(error))
        is_damaged = isinstance(error, DamagedStoreError)
    drafts = DraftsHealth()
    try:
        drafts = examine_drafts(places.store)
        wrong += [drafts.damage] if drafts.damage else []
    except ReviewerError as error:
        wrong.append(str(error))
    config = None
    try:
        config = read_config(places.config)
        load_rubric(config.rubric)
    except UserError as error:
        wrong.append(str(error))
    diagnosis = _diagnosis(places.store) if is_damaged else None
    return Health(places, store, config, tuple(wrong), missing, drafts, diagnosis, critic)


def _diagnosis(store: Path) -> Diagnosis | None:
    try:
        return diagnose(store)
    except ReviewerError:  # That it is damaged is told already.
        return None


def mend_store(path: Path, checks: CheckSettings | None = None) -> Mended:
    """Build anew what follows from the events and revisions of the store at ``path``: every method is checked anew, and
    held against the others.

    Raises:
        StoreError: when there is no store, or it cannot be written; it is then as before.
    """
    store: Store = open_store(path, create=False)
    try:
        mended = mend(store)
        with store.write(durable=False) as connection:
            check_all_again(connection)
            group_all_again(connection)
        checked = check_all(store, checks)
        group_all(store, (checks or CheckSettings()).near)
        return replace(mended, checked=checked)
    finally:
        store.close()


def _wrong_with_store(places: Places, found: StoreHealth) -> list[str]:
    path = places.store
    wrong = []
    if found.version > SCHEMA_VERSION:
        wrong.append(
            f"The store {path} was made by a newer reviewer (schema {found.version}, this one knows {SCHEMA_VERSION}); "
            "update reviewer."
        )
    elif not found.version:
        wrong.append(
            f"The making of the store {path} was cut off, and nothing is in it; the app, an import or any command "
            "that reads it completes it."
        )
    elif found.version < SCHEMA_VERSION:
        wrong.append(
            f"The store {path} is of an older version (schema {found.version}, now {SCHEMA_VERSION}); any other "
            "command brings it up to date, and lays a copy beside it first."
        )
    if found.damage:
        wrong.append(str(damaged(path, in_short(found.damage))))
    if found.broken_references:
        wrong.append(
            f"{counted(found.broken_references, 'row')} of the store {path} "
            f"{'points' if found.broken_references == 1 else 'point'} at something that is gone; restore a backup. "
            "Something other than reviewer has changed it."
        )
    tables, views = (
        [name for name, what in found.missing_relations.items() if what == kind] for kind in ("table", "view")
    )
    if tables:
        wrong.append(
            f"The store {path} lacks the {'table' if len(tables) == 1 else 'tables'} {', '.join(tables)}; restore a "
            "backup. Something other than reviewer took out what is missing."
        )
    if views:
        wrong.append(
            f"The store {path} lacks the {'view' if len(views) == 1 else 'views'} {', '.join(views)}; "
            "`reviewer doctor --rebuild` puts back what is missing. Something other than reviewer took it out."
        )
    if found.without_text:
        one = found.without_text == 1
        wrong.append(
            f"{counted(found.without_text, 'method')} of the store {path} {'shows' if one else 'show'} no text that "
            f"counts, or {'has' if one else 'have'} a part of which not one text counts; `reviewer doctor --rebuild` "
            "lets the last one count again. Where none is left, restore a backup."
        )
    if found.missing_triggers:
        wrong.append(
            f"The store {path} lacks {', '.join(found.missing_triggers)}, which keep events from being changed and "
            "text searchable; `reviewer doctor --rebuild` puts them back. Something other than reviewer took them out."
        )
    if found.stale_judgements or found.stale_counts:
        wrong.append(
            f"{counted(found.stale_judgements, 'judgement')} and {counted(found.stale_counts, 'count')} of the store "
            f"{path} are not what its events add up to; `reviewer doctor --rebuild` builds them anew, and no event "
            "is lost."
        )
    if found.stale_sums:
        wrong.append(
            f"What all judgements of {counted(found.stale_sums, 'proposal')} of the store {path} come to is not what "
            "is kept of that; `reviewer doctor --rebuild` builds it anew, and no event is lost."
        )
    if found.stale_outcomes or found.stale_exposures:
        wrong.append(
            f"What holds of {counted(found.stale_outcomes, 'outcome')} of the store {path} is not what was said last, "
            f"and of {counted(found.stale_exposures, 'proposal')} it is not known since when a measurement in "
            "production could be seen; `reviewer doctor --rebuild` sets both right, and no event is lost."
        )
    if found.stale_claims:
        out_of_step = "claim or measurement is" if found.stale_claims == 1 else "claims or measurements are"
        wrong.append(
            f"{found.stale_claims:,} {out_of_step} out of step in the store {path}: sorted by another value than is "
            "claimed, or under another name of the dataset; `reviewer doctor --rebuild` sets that right."
        )
    if found.unsearchable or found.search_damage:
        wrong.append(
            f"The search index of the store {path} is out of step with "
            f"{counted(found.unsearchable, 'text') if found.unsearchable else 'some texts'}; "
            "`reviewer doctor --rebuild` builds it anew."
        )
    wrong += [f"The import of {cut} was cut off; run it again, and it completes." for cut in found.cut_off]
    wrong += map(broken_off_sentence, found.half_withdrawn)
    for file, mode in ((path, found.mode), (drafts_path(path), _mode(drafts_path(path)))):
        if mode is not None and mode & ~OWNER_ONLY:
            wrong.append(f"Others on this machine can reach {file} (mode {mode:04o}); run `chmod 600 {file}`.")
    return wrong


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777 if path.is_file() else None
    except OSError:
        return None
