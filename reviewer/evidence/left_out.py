"""Which values of a table of many methods take part neither in tests nor in shrinkage, and why."""

from collections.abc import Mapping, Sequence

from reviewer.domain.problems import Metric
from reviewer.evidence.contenders import Found
from reviewer.evidence.odd_values import LeftOut, odd


def left_out(found: Sequence[Found], metric: Metric) -> Mapping[int, LeftOut]:
    """Return by method id which values are left out; all that are not in it take part."""
    why = {one.method_id: LeftOut.UNRESOLVED for one in found if one.unresolved}
    return why | {one.method_id: reason for one in found if (reason := odd(one.arm, metric)) is not None}
