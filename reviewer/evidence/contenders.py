"""What a table of many methods is made from: each one's number on the ground, and the one beneath where it has one."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Origin, Role
from reviewer.evidence.arms import Arm, Shares, arm_of, states_otherwise
from reviewer.evidence.baselines import Ground, is_human
from reviewer.evidence.comparison import Sighting, find_bounds, sight
from reviewer.evidence.derived import share_of
from reviewer.evidence.recovered import (
    Recovered,
    can_be_parts,
    gap_unresolved,
    in_shares,
    is_as_stated,
    recovered,
    share_at_once,
    shown,
)


class Contender(NamedTuple):
    """A method with what it measured of one metric on one dataset, whatever the setting and the split.

    Where the metric says how much of a gap was recovered, ``beneath`` has the same of the metric beneath.
    """

    method_id: int
    uuid: str
    title: str
    role: Role
    bound: Bound | None
    measurements: Sequence[Measurement]
    beneath: Sequence[Measurement] = ()
    origin: Origin = Origin.UNKNOWN
    namespace: str = ""
    external_id: str = ""


class Found(NamedTuple):
    """A method with its value on the ground: what a row is made of, once it is known where that stands.

    ``shares`` is the arm of the metric beneath in shares of the gap, and ``recovered`` what the two ends and that come
    to. Where the gap is none, or cannot be told from nothing, there is but ``recovered``, which says so.
    """

    method_id: int
    uuid: str
    title: str
    role: Role
    bound: Bound | None
    arm: Arm
    basis: Basis
    beneath: Arm | None = None
    human: bool = False
    shares: Shares | None = None
    recovered: Recovered | None = None
    own: Arm | None = None
    """What the source states of the share, where another arm takes its place."""
    stated: float | None = None
    """What the source states, where that is another value than the one that is computed, and compared."""
    order: float | None = None
    """By what it stands in its place instead of its value: what its parts come to, where the gap is not resolved."""
    namespace: str = ""
    external_id: str = ""
    source_value: float | None = None
    """The value as its source states it."""

    @property
    def unresolved(self) -> bool:
        """Return whether it is a share of a gap that is none, or that cannot be told from nothing."""
        return self.recovered is not None and self.recovered.unresolved


def find(contender: Contender, ground: Ground, metric: Metric, base: Metric | None) -> Found | None:
    """Return what a method measured on the ground, and of the metric ``base`` beneath; None where it has no value."""
    sighting = _sighted(contender.measurements, ground, ground.metric)
    if sighting is None:
        return None
    return _found(contender, ground, sighting.measurement, metric, base)


def derive(contender: Contender, ends: tuple[Arm, Arm], ground: Ground, metric: Metric, base: Metric) -> Found | None:
    """Return the share of the gap between two ``ends`` that a method does not state although its parts are there."""
    if contender.role is Role.REFERENCE or _sighted(contender.measurements, ground, ground.metric) is not None:
        return None
    under = _sighted(contender.beneath, ground, base.name)
    share = None if under is None else share_of(under.measurement, metric, base, *ends)
    return None if share is None else _found(contender, ground, share, metric, base)


def _found(
    contender: Contender, ground: Ground, measurement: Measurement, metric: Metric, base: Metric | None
) -> Found | None:
    arm, value = arm_of(measurement, metric), measurement.value
    if arm is None:
        return None
    under = _sighted(contender.beneath, ground, base.name) if base else None
    base_arm = arm_of(under.measurement, base) if under else None
    return Found(
        *contender[:5], arm, measurement.basis, base_arm, is_human(contender.origin),
        stated=value if value is not None and states_otherwise(value, arm) else None,
        namespace=contender.namespace, external_id=contender.external_id, source_value=value,
    )  # fmt: skip


def _sighted(measurements: Sequence[Measurement], ground: Ground, metric: str) -> Sighting | None:
    return sight(
        m
        for m in measurements
        if (m.metric, m.dataset, m.setting, m.subset) == (metric, ground.dataset, ground.setting, "")
        and ground.split in (None, m.split)
    )


def bounds_beneath(
    references: Sequence[Contender], ground: Ground, base: Metric
) -> tuple[Sighting | None, Sighting | None]:
    """Return the sightings of floor and ceiling of the metric beneath for a ground, each None where there is none."""
    under = [r._replace(measurements=r.beneath) for r in references]
    return find_bounds(under, base.name, ground.dataset, ground.setting, ground.split)


def ends_beneath(references: Sequence[Contender], ground: Ground, base: Metric) -> tuple[Arm | None, Arm | None]:
    """Return floor and ceiling of the metric beneath, each None where there is none."""
    floor, ceiling = bounds_beneath(references, ground, base)
    return (
        None if floor is None else arm_of(floor.measurement, base),
        None if ceiling is None else arm_of(ceiling.measurement, base),
    )


def with_shares(
    found: Iterable[Found],
    references: Sequence[Contender],
    ground: Ground,
    base: Metric,
    whole: float,
    shared_seeds: bool,
) -> list[Found]:
    """Return what was found with the shares that the metric beneath comes to, of which all of the gap is ``whole``.

    Of a method whose metric beneath gives no interval, or is unknown, it is still said where the gap is not resolved:
    its share is one of the same gap.
    """
    floor, ceiling = ends_beneath(references, ground, base)
    if floor is None or ceiling is None or not can_be_parts(base, floor, ceiling):
        return list(found)
    unresolved = gap_unresolved(floor, ceiling, shared_seeds=shared_seeds, direction=base.direction)

    def completed(one: Found) -> Found:
        if one.beneath is None or not can_be_parts(base, one.beneath):
            return one._replace(recovered=unresolved)
        if unresolved is not None:
            order = share_at_once(one.beneath, floor, ceiling, base.direction, whole)
            return one._replace(recovered=unresolved, order=order)
        share = recovered(one.beneath, floor, ceiling, shared_seeds=shared_seeds, direction=base.direction, whole=whole)
        shares = in_shares(one.beneath, floor, ceiling, share, whole)
        if shares is None:
            return one
        if shown(one.arm, shares) is one.arm:
            return one._replace(shares=shares)
        said = one.arm.mean if one.source_value is None else one.source_value
        stated = None if is_as_stated(said, shares) else said
        return one._replace(arm=shares, own=one.arm, shares=shares, recovered=share, stated=stated)

    return [completed(one) for one in found]
