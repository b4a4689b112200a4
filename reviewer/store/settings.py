"""The settings of measurements when a record is read again: what the file corrects, and what a person told before."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.vocabulary import Setting
from reviewer.store.prepared import PreparedMeasurement

Connection = sqlite3.Connection
SettingFor = Callable[[str], Setting]
"""Gives, for a dataset under its one name, the setting that the person told; ``UNKNOWN`` where they told none."""

Place = tuple[str, str, str, str]
"""Metric, dataset, split and subset: what a measurement is known by from one revision to the next."""


class ToldSetting(NamedTuple):
    """What a person told of a measurement, and what they put it in the place of; None where the file was silent."""

    setting: Setting
    in_place_of: Setting | None

    def still_for(self, stated: str) -> Setting | None:
        """Return the setting where it holds for a next revision too: its file is silent, or says no more than before.

        What a file says for the first time was not known to whoever told the setting.
        """
        return self.setting if stated in (Setting.UNKNOWN, self.in_place_of) else None


class HeldSetting(NamedTuple):
    """The setting of one measurement of a revision as the store has it, and who said it: ``file`` or ``person``."""

    row_id: int
    dataset: str
    setting: str
    said_by: str


@dataclass(frozen=True, slots=True)
class Settling:
    """What reading a revision again changes in the settings of its measurements.

    ``corrected`` counts those that the file now states otherwise, ``told`` those that this import tells for the first
    time, ``passed_over`` those that keep another one than it tells; ``changes`` has the setting, who said it, and the
    row id of each.
    """

    changes: tuple[tuple[Setting, str, int], ...] = ()
    corrected: int = 0
    told: int = 0
    passed_over: int = 0


def held_settings(connection: Connection, revision_ids: Sequence[int]) -> Mapping[int, tuple[HeldSetting, ...]]:
    """Return the settings of revisions' measurements in their order; a revision without any is left out."""
    rows = connection.execute(
        "SELECT revision_id, id, dataset, setting, setting_from FROM measurements "
        f"WHERE revision_id IN ({','.join('?' * len(revision_ids))}) ORDER BY id",
        revision_ids,
    ).fetchall()
    found: dict[int, list[HeldSetting]] = {}
    for revision_id, *held in rows:
        found.setdefault(revision_id, []).append(HeldSetting(*held))
    return {revision_id: tuple(held) for revision_id, held in found.items()}


def settle(
    held: Sequence[HeldSetting], measurements: Sequence[PreparedMeasurement], setting_for: SettingFor
) -> Settling:
    """Return how a revision's settings would change, given the same measurements as it holds, read again.

    What the file states stands in place of what the file said before; what a person told stays. Where both are silent
    ``setting_for`` is asked.
    """
    changes = []
    corrected = told = passed_over = 0
    # The same content hash means the same measurements in the same order.
    for one, measurement in zip(held, measurements, strict=True):
        setting, source = Setting(one.setting), one.said_by
        if source == "file" and measurement.setting != setting:
            setting = Setting(measurement.setting)
            corrected += 1
        tells = setting_for(one.dataset)
        if setting is Setting.UNKNOWN and tells is not Setting.UNKNOWN:
            setting, source = tells, "person"
            told += 1
        passed_over += tells not in (Setting.UNKNOWN, setting)
        if (setting, source) != (one.setting, one.said_by):
            changes.append((setting, source, one.row_id))
    return Settling(tuple(changes), corrected, told, passed_over)


def others_than_told(settings: Iterable[tuple[str, str]], setting_for: SettingFor) -> int:
    """Return how many measurements, given as dataset and setting, have another setting than the person tells."""
    return sum(setting_for(dataset) not in (Setting.UNKNOWN, setting) for dataset, setting in settings)


def write_settling(connection: Connection, settling: Settling) -> None:
    """Write what :func:`settle` found."""
    connection.executemany("UPDATE measurements SET setting = ?, setting_from = ? WHERE id = ?", settling.changes)


def told_before(connection: Connection, method_id: int, part: str) -> dict[Place, ToldSetting]:
    """Return what a person told of the revision of this part that counts now, where they told one thing alone."""
    rows = connection.execute(
        "SELECT DISTINCT x.metric, x.dataset, x.split, x.subset, x.setting, x.setting_in_file FROM measurements x "
        "JOIN revisions r ON r.id = x.revision_id WHERE r.method_id = ? AND r.part = ? AND r.current = 1 "
        "AND x.setting_from = 'person' AND x.setting <> 'unknown'",
        (method_id, part),
    ).fetchall()
    told: dict[Place, set[ToldSetting]] = {}
    for *place, setting, in_file in rows:
        known = ToldSetting(Setting(setting), Setting(in_file) if in_file else None)
        told.setdefault(place_of(*place), set()).add(known)
    return {place: settings.pop() for place, settings in told.items() if len(settings) == 1}


def carry_over(connection: Connection, revision_id: int, told: Mapping[Place, ToldSetting]) -> None:
    """Tell of a revision what a person told of the one before it, wherever that still holds."""
    rows = connection.execute(
        "SELECT metric, dataset, split, subset, setting, id FROM measurements "
        "WHERE revision_id = ? AND setting_from = 'file'",
        (revision_id,),
    ).fetchall()
    changes = []
    for *place, stated, row_id in rows:
        before = told.get(place_of(*place))
        setting = None if before is None else before.still_for(stated)
        if setting is not None:
            changes.append((setting, None if stated == Setting.UNKNOWN else stated, row_id))
    connection.executemany(
        "UPDATE measurements SET setting = ?, setting_from = 'person', setting_in_file = ? WHERE id = ?", changes
    )


def still_unknown(held: Iterable[HeldSetting]) -> frozenset[str]:
    """Return the datasets with a measurement whose setting nobody has told."""
    return frozenset(one.dataset for one in held if one.setting == "unknown")


def set_settings(connection: Connection, problem_id: int, setting_for: SettingFor, *, overwrite: bool) -> int:
    """Tell the settings of a problem's measurements afterwards; return how many were changed.

    Only what is still unknown is told, unless ``overwrite``. ``refresh_claims`` belongs after it, since the setting
    says which of several values the queue sorts by.
    """
    changed = 0
    datasets = connection.execute(
        "SELECT DISTINCT x.dataset FROM measurements x JOIN methods m ON m.id = x.method_id WHERE m.problem_id = ?",
        (problem_id,),
    ).fetchall()
    for (dataset,) in datasets:
        setting = setting_for(dataset)
        if setting is Setting.UNKNOWN:
            continue
        cursor = connection.execute(
            "UPDATE measurements SET setting = ?, setting_from = 'person', setting_in_file = "
            "CASE WHEN setting_from = 'file' AND setting <> 'unknown' THEN setting ELSE setting_in_file END "
            "WHERE dataset = ? AND setting <> ? AND (setting = 'unknown' OR ?) "
            "AND method_id IN (SELECT id FROM methods WHERE problem_id = ?)",
            (setting, dataset, setting, overwrite, problem_id),
        )
        changed += cursor.rowcount
    return changed


def place_of(metric: str, dataset: str, split: str, subset: str) -> Place:
    """Return what a measurement is known by, whatever the case of its dataset's letters."""
    return metric, dataset.casefold(), split, subset
