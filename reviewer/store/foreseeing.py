"""What recording a method or a remark would come to, without recording it."""

import sqlite3

from reviewer.domain.methods import MethodRecord, Remark
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store import recording
from reviewer.store.recording import Recorded
from reviewer.store.settings import Place, SettingFor, place_of, settle, told_before


def foresee_method(
    connection: sqlite3.Connection, problem_id: int, record: MethodRecord, *, digest: str, setting_for: SettingFor
) -> Recorded:
    """Return what ``record_method`` would, with the row id 0 where there is none yet.

    The record's datasets are under their one names; ``digest`` is its hash as the source read it.
    """
    known = recording.find_method(connection, problem_id, record.namespace, record.external_id)
    if known is None:
        return Recorded("new", 0, 0, _unknown(record, {}, setting_for))
    method_id, role = known
    before = told_before(connection, method_id, record.part)
    row = connection.execute(
        "SELECT id, current FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
        (method_id, record.part, digest),
    ).fetchone()
    if row is not None:
        settling = settle(connection, row[0], record.measurements, setting_for)
        unchanged = row[1] and not settling.corrected
        unknown = _unknown(record, before, setting_for)
        return Recorded("unchanged" if unchanged else "changed", method_id, settling.told, unknown)
    first_of_part = recording.current_hash(connection, method_id, record.part) is None
    change: recording.Change = "new" if first_of_part and role != Role.PROPOSAL else "changed"
    return Recorded(change, method_id, 0, _unknown(record, before, setting_for))


def _unknown(record: MethodRecord, held: dict[Place, Setting], setting_for: SettingFor) -> frozenset[str]:
    """Return the datasets of a record that stay without a setting, given what a person told of it before."""
    return frozenset(
        m.dataset
        for m in record.measurements
        if m.setting is Setting.UNKNOWN
        and setting_for(m.dataset) is Setting.UNKNOWN
        and place_of(m.metric, m.dataset, m.split, m.subset) not in held
    )


def change_of_remark(connection: sqlite3.Connection, problem_id: int, remark: Remark) -> recording.Change:
    """Return what recording a remark would change, without recording it."""
    row = connection.execute(
        "SELECT content_hash FROM remarks WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, remark.namespace, remark.external_id),
    ).fetchone()
    if row is None:
        return "new"
    return "unchanged" if row[0] == recording.remark_hash(remark) else "changed"
