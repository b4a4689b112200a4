"""Which values of a table of many methods take part neither in tests nor in shrinkage, and why."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.contenders import Found
from reviewer.evidence.metrics import is_share

LARGEST = 1e12
"""Beyond this in size stands what a program wrote in place of a value."""


class LeftOut(StrEnum):
    """Why a value is left out, as the part of a sentence that follows a colon."""

    UNRESOLVED = "the gap between floor and ceiling is not resolved"
    TOO_LARGE = f"nothing is measured that is beyond {LARGEST:.0e} in size".replace("+", "")
    NO_SHARE = "a share of the examples and its error are from 0 to 1"


def left_out(found: Sequence[Found], metric: Metric) -> Mapping[int, LeftOut]:
    """Return by method id which values are left out; all that are not in it take part.

    What is no share of the examples counts as a slip only where it is the lesser part: where half of the values are
    outside 0 to 1, it is the metric that is another one than its name says.
    """
    why = {one.method_id: LeftOut.UNRESOLVED for one in found if one.unresolved}
    why |= {one.method_id: LeftOut.TOO_LARGE for one in found if _is_too_large(one)}
    if is_share(metric):
        outside = [one.method_id for one in found if one.method_id not in why and not _can_be_share(one)]
        if 2 * len(outside) < len(found):
            why |= dict.fromkeys(outside, LeftOut.NO_SHARE)
    return why


def _is_too_large(one: Found) -> bool:
    return _is_beyond(one.arm) or (one.shares is not None and _is_beyond(one.shares))


def _is_beyond(arm: Arm) -> bool:
    return abs(arm.mean) > LARGEST or (arm.standard_error or 0.0) > LARGEST


def _can_be_share(one: Found) -> bool:
    return 0 <= one.arm.mean <= 1 and (one.arm.standard_error or 0.0) <= 1
