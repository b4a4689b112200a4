"""What a row comes to against its baseline: the arms and the difference that the evidence beside it shows."""

from typing import NamedTuple

from reviewer.domain.vocabulary import Direction
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.checks.case import Case, Gap, Key, Row, key_of
from reviewer.evidence.difference import Difference, difference_of
from reviewer.evidence.recovered import in_shares, recovered, tested_on_shares


class Compared(NamedTuple):
    """Both arms as they are compared, in the unit of the row's metric, and how they differ.

    Where it is a share of a gap that cannot be told from nothing there is no difference to speak of.
    """

    ours: Arm
    theirs: Arm
    difference: Difference | None

    def gain(self, direction: Direction) -> float | None:
        """Return by how much the proposal is better, None where there is no difference to speak of."""
        if self.difference is None or direction is Direction.UNKNOWN:
            return None
        return self.difference.value if direction is Direction.HIGHER else -self.difference.value

    @property
    def is_noise(self) -> bool:
        """Return whether the difference is none, or may be none by its interval; without one nobody knows."""
        if self.difference is None:
            return True
        interval = self.difference.interval
        return interval is not None and not interval.resolved


def compared(case: Case, row: Row) -> Compared | None:
    """Return what a row comes to, on the metric beneath where the evidence tests it there; None without two arms."""
    ours, theirs = arm_of(row.ours), arm_of(row.theirs)
    if ours is None or theirs is None:
        return None
    base = case.context.base_of(row.ours.metric)
    if base is not None:
        key: Key = (base.name, *key_of(row.ours)[1:])
        own, other = case.sightings.get(key), case.context.measured_by[row.baseline.id].get(key)
        gap = case.context.gap_between(key) if own is not None or other is not None else None
        if gap is not None:
            return _on_gap(case, gap, (ours, arm_of(own)), (theirs, arm_of(other)))
    return Compared(ours, theirs, difference_of(ours, theirs, paired=case.context.shared_seeds))


def _on_gap(case: Case, gap: Gap, ours: tuple[Arm, Arm | None], theirs: tuple[Arm, Arm | None]) -> Compared:
    """Return what two shares of a gap come to, each given as it is stated and as it is in the metric beneath."""
    used = ours[0], theirs[0]
    if gap.unresolved:
        return Compared(*used, None)
    shares: list[Arm | None] = []
    for stated, beneath in (ours, theirs):
        if beneath is None:
            shares.append(None)
            continue
        share = recovered(
            beneath, gap.floor, gap.ceiling, shared_seeds=case.context.shared_seeds, direction=gap.direction
        )
        if share.unresolved:
            return Compared(*used, None)
        shares.append(in_shares(beneath, gap.floor, gap.ceiling, share, stated.mean))
    our_shares, their_shares = shares
    if (
        our_shares is not None
        and their_shares is not None
        and tested_on_shares(used[0], our_shares, used[1], their_shares)
    ):
        used = our_shares, their_shares
    return Compared(*used, difference_of(*used, paired=case.context.shared_seeds))
