"""What judgements from elsewhere come to on their scales, where the numbers are odd."""

import pytest

from reviewer.domain.scales import Scale
from reviewer.judgement.agreement import agreement_of
from reviewer.workflow.scale_statistics import rating_scale
from tests.judgement.rated import tallied


@pytest.mark.parametrize("values", [(0.12345671, 0.12345672), (1e9 + 1, 1e9 + 2), (1 / 3, 0.333333)])
def test_scores_that_differ_in_the_last_digits_are_two(values: tuple[float, float]) -> None:
    scale = rating_scale(Scale("luck", "interval", 0.0, 1e10), values)
    assert scale.values == (0.0, *sorted(values), 1e10)
    agreement = agreement_of(tallied(scale, [("a", 1), ("a", 2)]))
    assert agreement.percent.value == 0


def test_whole_numbers_are_named_as_people_write_them() -> None:
    assert rating_scale(Scale("overall", "ordinal", 1.0, 10.0), (7.0, 7.5)).categories == ("1", "7", "7.5", "10")
