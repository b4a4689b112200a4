"""``reviewer doctor``: the state of the store, the config and the terminal, and what is wrong."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from reviewer.cli.main import PROGRAM, Invocation
from reviewer.cli.terminal import look_at_terminal, sentences
from reviewer.critic.key import VARIABLE, find_key, is_well_formed
from reviewer.critic.prices import in_dollars
from reviewer.domain.checks import CheckSettings
from reviewer.domain.counted import counted, sized
from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.text import safe_line, safe_text
from reviewer.store.connection import is_frozen
from reviewer.store.drafts_health import DraftsHealth
from reviewer.store.faults import in_short
from reviewer.store.health import Mended, StoreHealth
from reviewer.store.migrations import SCHEMA_VERSION
from reviewer.workflow.config import Config, read_config, reviewer_name
from reviewer.workflow.critic_state import CriticState
from reviewer.workflow.diagnosis import damage_lines
from reviewer.workflow.health import OWNER_ONLY, examine, mend_store
from reviewer.workflow.places import STORE_OPTION, Places, find_places

Lines = list[tuple[str, str]]
_LABEL = 13
_SERVING_TABLES = frozenset((
    "check_results", "checked_problems", "constraints", "counts", "current_judgements", "dataset_aliases", "datasets",
    "method_history", "metrics", "outside_reviews", "remark_history", "remarks", "returns", "seed_values",
    "self_scores", "similar_titles", "stated_directions", "unchecked", "unindexed", "used_ids", "assignment_rounds",
    "current_outcomes", "exposures", "first_judgements", "judgement_sums", "queue_draws", "queue_places", "scales",
    "critic_batches", "critic_settings", "critique_marks", "critique_readings", "spending_stops",
    "alike", "alike_pairs", "grouping", "met_elsewhere", "sightings", "sketches", "unmatched", "unsketched",
))  # fmt: skip
"""Tables that serve the others; those that somebody else put into the store are none of these."""

_OF_PEOPLE = frozenset((
    "adjudications", "annotations", "assignments", "counts", "current_judgements", "current_outcomes", "exposures",
    "critiques", "critique_marks", "critique_readings", "first_judgements", "judgement_sums", "outcomes", "queue_draws",
    "queue_places", "scales", "scores", "used_ids",
))  # fmt: skip
"""Tables whose rows tell how much all have judged, or how much is known to have ended."""


@click.command("doctor")
@click.option("--rebuild", is_flag=True, help="First build anew what follows from the events and revisions.")
@click.option("--all", "every", is_flag=True, help="List the tables too that reviewer keeps for itself.")
@click.option("--everyone", is_flag=True, help="Count what all have judged too: for who organises the reviews.")
@click.pass_obj
def command(invocation: Invocation, rebuild: bool, every: bool, everyone: bool) -> int:
    """Check the store, the drafts beside it, the config and the terminal, and say what is wrong.

    Nothing is made or changed, unless --rebuild is given: it writes the current judgements and the counts anew from
    the events, puts back the search index and the triggers where they are broken, completes the search index, and
    checks every method anew. No event is touched.

    The exit status is 1 when something is wrong, and 2 when --store names a store that is not there. At the place that
    REVIEWER_STORE names, and at the default one, a store may still be to come: that is nothing wrong.

    \b
    Examples:
      reviewer doctor
      reviewer doctor --store team.db --rebuild
    """
    places = find_places(invocation.store, invocation.config)
    wrong = []
    if rebuild:
        try:
            mended = mend_store(places.store, _check_settings(places))
            _print([("rebuilt", text) for text in _mended(mended, everyone=everyone)])
        except ReviewerError as error:
            wrong.append(str(error))
    health = examine(places)
    mistaken = bool(health.missing) and (rebuild or places.store_from == STORE_OPTION)
    wrong += [*([health.missing] if mistaken else []), *health.wrong]
    _print([("store", f"{places.store} ({places.store_from})")])
    if health.store:
        frozen = is_frozen(places.store)
        _print([("", "on a read-only file system: to be read as it is, not judged in")] if frozen else [])
        _print(_about_store(health.store, every=every, everyone=everyone))
    else:
        _print([("", "not there yet: the app or an import makes it" if health.missing else "cannot be looked at")])
    _print(damage_lines(health.diagnosis))
    _print(_about_drafts(places.drafts, health.drafts))
    _print(_about_critic(health.critic))
    config, broken_keys = _about_config(invocation, places, health.config)
    wrong += broken_keys
    _print(config)
    _print([("log", _path_or_nothing(places.log, "nothing was logged"))])
    _print([("terminal", sentence) for sentence in sentences(look_at_terminal())])
    if not wrong:
        click.echo("\nNothing is wrong.")
        return 0
    click.echo()
    for sentence in dict.fromkeys(wrong):
        click.echo(f"{PROGRAM}: {safe_line(sentence)}", err=True)
    return 2 if mistaken else 1


def _check_settings(places: Places) -> CheckSettings:
    try:
        return read_config(places.config).checks
    except UserError:  # What is wrong with the config is told below.
        return CheckSettings()


def _print(lines: Iterable[tuple[str, str]]) -> None:
    """Print each text behind its label; one label is printed once for texts that follow one another."""
    before = ""
    for label, text in lines:
        click.echo(f"{'' if label == before else label:<{_LABEL}}{safe_text(text, keep_newlines=False)}")
        before = label


def _mended(mended: Mended, *, everyone: bool) -> list[str]:
    judged = [f"{counted(mended.judgements, 'judgement')} and {counted(mended.counts, 'count')}"]
    judged += [counted(mended.outcomes, "outcome")] if mended.outcomes else []
    return [
        *(judged if everyone else ["the judgements, the outcomes and the counts"]),
        *([_claims(mended.claims)] if mended.claims else []),
        *([f"the triggers {', '.join(mended.triggers)}"] if mended.triggers else []),
        *([f"the views {', '.join(mended.views)}"] if mended.views else []),
        *([f"the texts of {counted(mended.without_text, 'method')}"] if mended.without_text else []),
        *(["the search index"] if mended.search_index else []),
        *([f"{counted(mended.indexed, 'text')} put into the search index"] if mended.indexed else []),
        *([f"the checks of {counted(mended.checked, 'method')}"] if mended.checked else []),
    ]


def _claims(n: int) -> str:
    return "1 claim or name of a dataset" if n == 1 else f"{n:,} claims or names of datasets"


def _about_store(found: StoreHealth, *, every: bool, everyone: bool) -> Lines:
    current = "the current one" if found.version == SCHEMA_VERSION else f"this reviewer has {SCHEMA_VERSION}"
    open_to = "for you alone" if not found.mode & ~OWNER_ONLY else "open to others"
    lines = [
        ("schema", f"version {found.version}, {current}"),
        ("size", f"{sized(found.size)}, {sized(found.wal_size)} of it still in the log beside it"
                 if found.wal_size else sized(found.size)),
        ("permissions", f"{found.mode:04o}, {open_to}"),
        *([("integrity", _damage(found.damage))] if found.damage else []),
    ]  # fmt: skip
    if found.missing_relations:
        lines.append(("tables", f"MISSING: {', '.join(found.missing_relations)}"))
    if not found.looked_over:
        return lines
    extent = "every page, index and reference" if found.indexes_checked else "every page and reference, no index"
    references = counted(found.broken_references, "BROKEN reference") if found.broken_references else f"good: {extent}"
    stale = f"OUT OF STEP: {counted(found.stale_judgements, 'judgement')}, {counted(found.stale_counts, 'count')}"
    return [
        *lines,
        ("integrity", references),
        ("triggers", f"MISSING: {', '.join(found.missing_triggers)}" if found.missing_triggers else "all there"),
        ("judgements", stale if found.stale_judgements or found.stale_counts else "in step with the events"),
        ("order", f"OUT OF STEP: {found.stale_claims}" if found.stale_claims else "by the numbers that are stated"),
        ("outcomes", _about_outcomes(found)),
        (
            "texts",
            f"MISSING: {counted(found.without_text, 'method')} without one"
            if found.without_text
            else "every method has its text",
        ),
        ("search", _about_search(found)),
        ("imports", _about_imports(found)),
        *_about_rows([each for each in found.tables if everyone or each[0] not in _OF_PEOPLE], every=every),
        *([] if everyone else [("rows", "and what all have judged, which --everyone counts")]),
    ]


def _about_rows(tables: Sequence[tuple[str, int]], *, every: bool) -> Lines:
    lines = [("rows", f"{name:<20}{n:>12,}") for name, n in tables if every or name not in _SERVING_TABLES]
    return lines if every else [*lines, ("rows", _about_other_tables(tables))]


def _about_other_tables(tables: Sequence[tuple[str, int]]) -> str:
    others = [n for name, n in tables if name in _SERVING_TABLES]
    return f"and {counted(sum(others), 'row')} in {counted(len(others), 'other table')}, which --all lists"


def _damage(faults: Sequence[str]) -> str:
    kept = "" if len(faults) == 1 else "; the log has the others"
    return f"DAMAGED: save what can be saved by `{PROGRAM} recover OUT` ({in_short(faults)}{kept})"


def _about_drafts(path: Path, found: DraftsHealth) -> Lines:
    waiting = [counted(n, what) for n, what in ((found.texts, "unsaved text"), (found.acts, "waiting act")) if n]
    return [
        ("drafts", _path_or_nothing(path, "nothing was typed")),
        *([("", "DAMAGED")] if found.damage else []),
        *([("", ", ".join(waiting))] if waiting else []),
        *[("", f"a damaged file from before: {file}") for file in found.set_aside],
    ]


def _about_critic(found: CriticState | None) -> Lines:
    """Return whether there is a key, which itself is told nowhere, and what Claude has cost in this store."""
    key = find_key()
    told = [
        f"no key: set {VARIABLE}, or `keyring set reviewer anthropic`"
        if key is None
        else f"a key in {key.found_in}{'' if is_well_formed(key.secret) else ', which NO HEADER CAN CARRY'}"
    ]
    if found is not None and found.spent.calls:
        aside = found.spent.set_aside
        unknown = f", {in_dollars(aside)} of it set aside and not known to have been billed" if aside else ""
        told.append(f"{in_dollars(found.spent.whole)} in {counted(found.spent.calls, 'attempt')}{unknown}")
    if found is not None and found.under_way:
        told.append(f"{counted(found.under_way, 'attempt')} without an end, for which somebody may still wait")
    if found is not None and found.cut_off:
        attempts = counted(found.cut_off, "attempt")
        told.append(f"{attempts} cut off before an end was heard: {in_dollars(found.lost_to_them)} stays set aside")
    if found is not None and found.stopped:
        told.append(f"STOPPED: {found.stopped}")
    return [("critic", text) for text in told]


def _about_outcomes(found: StoreHealth) -> str:
    if found.stale_outcomes or found.stale_exposures:
        seen = counted(found.stale_exposures, "proposal")
        return f"OUT OF STEP: {counted(found.stale_outcomes, 'outcome')}; since when production was seen of {seen}"
    return "in step with what was said of them"


def _about_imports(found: StoreHealth) -> str:
    told = [f"CUT OFF: {', '.join(found.cut_off)}"] if found.cut_off else []
    if found.half_withdrawn:
        told.append(f"HALF WITHDRAWN: {', '.join(map(str, found.half_withdrawn))}")
    return "; ".join(told) or "none was cut off"


def _about_search(found: StoreHealth) -> str:
    if found.unsearchable or found.search_damage:
        return f"OUT OF STEP: {found.search_damage or counted(found.unsearchable, 'text')}"
    if found.unindexed:
        return (
            f"does not find {counted(found.unindexed, 'text')} yet; the open app, an import or --rebuild completes it"
        )
    return "in step with the texts" if found.search_checked else "has every text; they were not compared"


def _about_config(invocation: Invocation, places: Places, config: Config | None) -> tuple[Lines, list[str]]:
    """Return the lines on the config, and what is wrong with its names and keys."""
    from reviewer.tui.keys import effective_keymap
    from reviewer.tui.theme import require_theme

    shown = _path_or_nothing(places.config, "not there, all is at its default")
    if config is None:
        return [("config", f"{shown} BROKEN")], []
    wrong = []
    name = None
    try:
        name = reviewer_name(invocation.reviewer, config)
    except UserError as error:
        wrong.append(str(error))
    try:
        effective_keymap(config.keys, config.key_places)
    except UserError as error:
        wrong.append(str(error))
    try:
        require_theme(config.theme, places.config)
    except UserError as error:
        wrong.append(str(error))
    return [("config", shown), ("reviewer", name or "not known yet: asked when the app opens")], wrong


def _path_or_nothing(path: Path, otherwise: str) -> str:
    return str(path) if path.exists() else f"{path} ({otherwise})"
