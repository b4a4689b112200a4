"""Values that no method can have measured."""

import pytest

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.metrics import DoubtfulUnit, PerCent, UntoldUnit
from reviewer.evidence.odd_values import LeftOut, odd

SHARE, LOSS, PGR = Metric("accuracy"), Metric("loss"), Metric("pgr", derived_from=("accuracy",))
PER_CENT, SMALL = PerCent("accuracy", lowest=59.0, highest=63.0), PerCent("error_rate", lowest=0.9, highest=12.0)
PGR_PER_CENT = PerCent("pgr", derived_from=("accuracy",), lowest=40.0, highest=60.0)
UNTOLD, WEAK = UntoldUnit("accuracy"), UntoldUnit("pgr", derived_from=("accuracy",), lowest=4.1, highest=7.5)
DOUBTFUL = DoubtfulUnit("accuracy", lowest=0.6, highest=0.63)


@pytest.mark.parametrize(
    ("arm", "metric", "why"),
    [
        (Arm(0.5, 0.1), SHARE, None),
        (Arm(0.0), SHARE, None),
        (Arm(1.0), SHARE, None),
        (Arm(62.0), SHARE, LeftOut.NO_SHARE),
        (Arm(-0.1), SHARE, LeftOut.NO_SHARE),
        (Arm(0.5, 5.0), SHARE, LeftOut.NO_SHARE),
        (Arm(62.0, 3.0), LOSS, None),
        (Arm(62.0), PER_CENT, None),
        (Arm(0.62), PER_CENT, LeftOut.HUNDREDTH),
        (Arm(0.0), PER_CENT, None),
        (Arm(6600.0), PER_CENT, LeftOut.NO_PER_CENT),
        (Arm(-12.0), PER_CENT, LeftOut.NO_PER_CENT),
        (Arm(0.8), SMALL, None),
        (Arm(0.013), SMALL, LeftOut.HUNDREDTH),
        (Arm(0.7), SMALL, None),
        (Arm(0.1), PER_CENT, None),
        (Arm(-340.0), PGR_PER_CENT, None),
        (Arm(0.62), PGR_PER_CENT, LeftOut.HUNDREDTH),
        (Arm(8250.0), PGR_PER_CENT, LeftOut.NO_SHARE_OF_GAP),
        (Arm(-1.5), PGR, None),
        (Arm(10.0), PGR, None),
        (Arm(82.5), PGR, LeftOut.NO_SHARE_OF_GAP),
        (Arm(0.8, 20.0), PGR, LeftOut.NO_SHARE_OF_GAP),
        (Arm(62.0, 3.0), UNTOLD, None),
        (Arm(0.62), UNTOLD, None),
        (Arm(-0.1), UNTOLD, LeftOut.NO_PER_CENT),
        (Arm(45.0), WEAK, None),
        (Arm(0.45), WEAK, LeftOut.SMALL),
        (Arm(0.01), WEAK, None),
        (Arm(0.66), DOUBTFUL, None),
        (Arm(66.0), DOUBTFUL, LeftOut.HUNDREDFOLD),
        (Arm(3.0), DOUBTFUL, LeftOut.LARGE),
        (Arm(1.2), DOUBTFUL, None),
        (Arm(-999.0), LOSS, LeftOut.STANDS_FOR_NONE),
        (Arm(-199.0, seeds=((1, 0.5), (2, -999.0))), LOSS, LeftOut.STANDS_FOR_NONE),
        (Arm(-999.0), SHARE, LeftOut.STANDS_FOR_NONE),
        (Arm(1e12), LOSS, LeftOut.TOO_LARGE),
        (Arm(9e11), LOSS, None),
        (Arm(1.0, 1e13), LOSS, LeftOut.TOO_LARGE),
    ],
)
def test_each_value_is_odd_or_not_by_itself(arm: Arm, metric: Metric, why: LeftOut | None) -> None:
    assert odd(arm, metric) is why
