"""What recording a method or a remark would come to, without recording it."""

import sqlite3
from collections.abc import Mapping, Sequence

from reviewer.domain.methods import Remark
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store.held_methods import held_methods
from reviewer.store.known_problem import KnownProblem
from reviewer.store.met_elsewhere import FilesNamed, Meeting, foresee_meeting
from reviewer.store.prepared import PreparedMethod
from reviewer.store.recorded import Change, Recorded
from reviewer.store.settings import (
    HeldSetting,
    Place,
    Settling,
    ToldSetting,
    held_settings,
    others_than_told,
    place_of,
    settle,
    still_unknown,
    told_before,
)


def foresee_method(
    connection: sqlite3.Connection, known: KnownProblem, record: PreparedMethod, files: FilesNamed
) -> Recorded:
    """Return what recording it would, by an import that reads these files, with the row id 0 where there is none."""
    method = held_methods(connection, known.id, [record]).get((record.namespace, record.external_id))
    if method is None:
        return Recorded("new", 0, 0, _unknown(known, record, {}), settings_passed_over=_passed_over(known, record, {}))
    told = told_before(connection, method.id, record.part)
    turned_from = None if record.role == method.role else method.role
    row = connection.execute(
        "SELECT id, current FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
        (method.id, record.part, record.content_hash),
    ).fetchone()
    if row is not None:
        held = held_settings(connection, [row[0]]).get(row[0], ())
        settling = settle(held, record.measurements, known.told)
        then = _settled(held, settling)
        if row[1]:
            change: Change = "changed" if settling.corrected else "unchanged"
            passed_over = settling.passed_over
        else:  # It goes back to a text of before, which has the settings of then, and those told since.
            change = "changed"
            then = _carried_over(then, record, told)
            passed_over = others_than_told(((one.dataset, one.setting) for one in then), known.told)
        meeting = Meeting(0, row[0], *record.provenance, record.texts[-1])
        return Recorded(
            change,
            method.id,
            settling.told,
            still_unknown(then),
            settling.corrected,
            passed_over,
            turned_from,
            row[0],
            foresee_meeting(connection, meeting, files),
        )
    first_of_part = record.part not in method.parts
    change = "new" if first_of_part and method.role is not Role.PROPOSAL else "changed"
    passed_over = _passed_over(known, record, told)
    unknown = _unknown(known, record, told)
    return Recorded(change, method.id, 0, unknown, settings_passed_over=passed_over, turned_from=turned_from)


def _settled(held: Sequence[HeldSetting], settling: Settling) -> list[HeldSetting]:
    """Return the settings of a revision as they would be after a settling."""
    changes = {row_id: (setting, said_by) for setting, said_by, row_id in settling.changes}
    return [one._replace(setting=changes[one.row_id][0], said_by=changes[one.row_id][1])
            if one.row_id in changes else one for one in held]  # fmt: skip


def _carried_over(
    held: Sequence[HeldSetting], record: PreparedMethod, told: Mapping[Place, ToldSetting]
) -> list[HeldSetting]:
    """Return the settings of a revision with what a person told of the one that counted before it."""
    then = []
    # The same content hash means the same measurements in the same order.
    for one, m in zip(held, record.measurements, strict=True):
        before = told.get(place_of(m.metric, one.dataset, m.split, m.subset))
        setting = before.still_for(one.setting) if before is not None and one.said_by == "file" else None
        then.append(one if setting is None else one._replace(setting=setting, said_by="person"))
    return then


def _unknown(known: KnownProblem, record: PreparedMethod, told: dict[Place, ToldSetting]) -> frozenset[str]:
    """Return the datasets of a record that stay without a setting, given what a person told of it before."""
    named = [(m, known.dataset(m.dataset)) for m in record.measurements]
    return frozenset(
        dataset
        for m, dataset in named
        if m.setting == Setting.UNKNOWN
        and known.told(dataset) is Setting.UNKNOWN
        and place_of(m.metric, dataset, m.split, m.subset) not in told
    )


def _passed_over(known: KnownProblem, record: PreparedMethod, told: dict[Place, ToldSetting]) -> int:
    """Return how many measurements of a record would have another setting than the person tells."""
    settings = []
    for m in record.measurements:
        dataset = known.dataset(m.dataset)
        before = told.get(place_of(m.metric, dataset, m.split, m.subset))
        setting: str = m.setting
        if setting == Setting.UNKNOWN:
            # A new revision is given what this import tells before what was told of the one before it.
            setting = known.told(dataset)
        if before is not None and (setting == Setting.UNKNOWN or m.setting != Setting.UNKNOWN):
            setting = before.still_for(setting) or setting
        settings.append((dataset, setting))
    return others_than_told(settings, known.told)


def change_of_remark(connection: sqlite3.Connection, problem_id: int, remark: Remark) -> Change:
    """Return what recording a remark would change, without recording it."""
    row = connection.execute(
        "SELECT content_hash FROM remarks WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, remark.namespace, remark.external_id),
    ).fetchone()
    if row is None:
        return "new"
    return "unchanged" if row[0] == remark.revision_hash() else "changed"
