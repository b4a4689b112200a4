"""One metric of all methods of a problem, in pages: the columns that a table of them needs, and no text."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.vocabulary import Basis, Bound, Origin, Role, Setting
from reviewer.store.alike import NO_SIGHTING

PAGE = 2_000
"""Methods a page: few enough that reading one is over in some 30 ms."""


@dataclass(slots=True)
class MeasuredMethod:
    """A method with its measurements of one metric on one whole dataset, as they count now; there may be none."""

    method_id: int
    uuid: str
    title: str
    role: Role
    bound: Bound | None
    origin: Origin
    namespace: str
    external_id: str
    measurements: list[Measurement] = field(default_factory=list)


class MeasuredGround(NamedTuple):
    """A metric, a dataset, a setting and a split on which methods have values, and how many have."""

    metric: str
    dataset: str
    setting: Setting
    split: str
    proposals: int
    baselines: int


def measured_grounds(connection: sqlite3.Connection, problem_id: int) -> tuple[MeasuredGround, ...]:
    """Return where the methods of a problem have values on whole datasets: a walk over all of its measurements."""
    rows = connection.execute(
        "SELECT x.metric, x.dataset, x.setting, x.split, count(DISTINCT CASE m.role WHEN 'proposal' THEN m.id END), "
        "count(DISTINCT CASE m.role WHEN 'baseline' THEN m.id END) "
        f"FROM methods m {_MEASURED} AND x.value IS NOT NULL WHERE m.problem_id = ? "
        f"AND {NO_SIGHTING.format(of='m.id')} GROUP BY 1, 2, 3, 4",
        (problem_id,),
    ).fetchall()
    return tuple(MeasuredGround(metric, dataset, Setting(s), split, p, b) for metric, dataset, s, split, p, b in rows)


def measured_methods(
    connection: sqlite3.Connection, problem_id: int, role: Role, metric: str, dataset: str, *, after: int = 0
) -> Sequence[MeasuredMethod]:
    """Return the next ``PAGE`` methods of a role behind a row id, in the order of their import; none at the end."""
    found = {
        row[0]: MeasuredMethod(
            row[0], row[1], row[2], role, Bound(row[3]) if row[3] else None, _ORIGINS[row[4]], row[5], row[6]
        )
        for row in connection.execute(
            "SELECT id, uuid, title, bound, origin, namespace, external_id FROM methods WHERE problem_id = ? "
            f"AND role = ? AND id > ? AND {NO_SIGHTING.format(of='id')} ORDER BY id LIMIT ?",
            (problem_id, role, after, PAGE),
        ).fetchall()
    }
    if not found:
        return ()
    which = (problem_id, role, after, max(found), metric, dataset)
    seeds: dict[int, list[SeedValue]] = {}
    for measurement_id, seed, value in connection.execute(
        f"SELECT x.id, s.seed, s.value FROM methods m {_MEASURED} {_ON} CROSS JOIN seed_values s "
        f"ON s.measurement_id = x.id {_WHICH} ORDER BY m.id, x.id, s.id",
        which,
    ).fetchall():
        seeds.setdefault(measurement_id, []).append(SeedValue(seed, value))
    for method_id, measurement_id, value, error, n_seeds, n_test, setting, split, basis in connection.execute(
        "SELECT m.id, x.id, x.value, x.standard_error, x.n_seeds, x.n_test, x.setting, x.split, x.basis "
        f"FROM methods m {_MEASURED} {_ON} {_WHICH} ORDER BY m.id, x.id",
        which,
    ).fetchall():
        found[method_id].measurements.append(
            Measurement(
                metric=metric,
                dataset=dataset,
                value=value,
                standard_error=error,
                n_seeds=n_seeds,
                n_test=n_test,
                setting=_SETTINGS[setting],
                split=split,
                basis=_BASES[basis],
                seeds=tuple(seeds.get(measurement_id, ())),
            )
        )
    return tuple(found.values())


# CROSS JOIN keeps the methods the outer loop, so that their index gives the order and each page begins at its place.
_MEASURED = (
    "CROSS JOIN revisions r ON r.method_id = m.id AND r.current = 1 "
    "CROSS JOIN measurements x ON x.revision_id = r.id AND x.subset = ''"
)
_ON = "AND x.metric = ?5 AND x.dataset = ?6"
_WHICH = f"WHERE m.problem_id = ?1 AND m.role = ?2 AND m.id > ?3 AND m.id <= ?4 AND {NO_SIGHTING.format(of='m.id')}"
_SETTINGS, _BASES = {str(s): s for s in Setting}, {str(b): b for b in Basis}
_ORIGINS = {str(o): o for o in Origin}
