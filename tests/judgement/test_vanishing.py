"""Lab against production: covariance against statsmodels, Lord's paradox, the thresholds, and what is said beside."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.api import OLS

from reviewer.judgement.estimates import Estimate
from reviewer.judgement.vanishing import (
    FOR_FIGURES,
    FOR_NARROW_FIGURES,
    REGRESSION_TO_THE_MEAN,
    Effect,
    EffectPair,
    EffectPairs,
    Vanishing,
    vanishing_of,
)


def drawn(n: int, seed: int = 1, *, group: str = "", slope: float = 0.5, middle: float = 1.0) -> list[EffectPair]:
    rng = random.Random(seed)
    pairs = []
    for _ in range(n):
        lab = rng.gauss(middle, 1)
        pairs.append(EffectPair(Effect(lab), Effect(slope * lab + rng.gauss(0, 0.5)), group))
    return pairs


def figures(found: Vanishing) -> list[Estimate]:
    return [found.correlation, found.change, found.slope]


def test_below_ten_pairs_nothing_is_said_of_more_than_each() -> None:
    few, enough = vanishing_of(drawn(FOR_FIGURES - 1)), vanishing_of(drawn(FOR_FIGURES))
    assert [one.value for one in figures(few)] == [None, None, None]
    assert few.missing == (
        "No figures: 9 proposals have both a lab value and a production effect, and they need 10; 1 is missing."
    )
    assert {one.reason for one in figures(few)} == {few.missing}
    assert few.warnings == ()
    assert len(few.pairs) == 9
    assert None not in [one.limits for one in figures(enough)]
    assert enough.missing.startswith("The figures are very wide: 10 proposals have")


def test_below_thirty_the_figures_are_very_wide() -> None:
    few, enough = vanishing_of(drawn(FOR_NARROW_FIGURES - 1)), vanishing_of(drawn(FOR_NARROW_FIGURES))
    assert few.missing.endswith("; 1 is missing until 30.")
    assert all(few.missing in one.caution for one in figures(few))
    assert enough.missing == ""
    assert not any("very wide" in one.caution for one in figures(enough))


def test_one_pair_is_told_in_the_singular() -> None:
    assert "1 proposal has both" in vanishing_of(drawn(1)).missing
    assert "0 proposals have both" in vanishing_of([]).missing


def test_spearman_and_the_mean_change_are_those_of_scipy() -> None:
    pairs = drawn(40)
    lab, production = ([side.value for side in each] for each in zip(*((p.lab, p.production) for p in pairs),
                                                                     strict=True))  # fmt: skip
    found = vanishing_of(pairs)
    assert found.correlation.value == pytest.approx(stats.spearmanr(lab, production).statistic)
    change = stats.ttest_rel(production, lab)
    assert found.change.value == pytest.approx(np.mean(production) - np.mean(lab))
    assert found.change.limits == pytest.approx(tuple(change.confidence_interval()))


def by_statsmodels(
    pairs: Sequence[EffectPair], groups: Sequence[str]
) -> tuple[Sequence[float], Sequence[Sequence[float]]]:
    """Return coefficients and limits of production on 1, lab and whether it is each group but the first."""
    columns = [[1.0, pair.lab.value, *(float(pair.group == group) for group in groups[1:])] for pair in pairs]
    fitted = OLS(np.array([pair.production.value for pair in pairs]), np.array(columns)).fit()
    return fitted.params, fitted.conf_int()


@given(
    sizes=st.lists(st.integers(10, 30), min_size=1, max_size=3),
    seed=st.integers(0, 10**6),
    middles=st.lists(st.floats(-2, 2), min_size=3, max_size=3),
)
def test_the_covariance_is_that_of_statsmodels(sizes: list[int], seed: int, middles: list[float]) -> None:
    names = "abc"[: len(sizes)]
    pairs = [
        pair
        for name, size, middle in zip(names, sizes, middles, strict=False)
        for pair in drawn(size, seed + ord(name), group=name, middle=middle)
    ]
    found = vanishing_of(pairs, reference="a")
    params, limits = by_statsmodels(pairs, names)
    assert found.slope.value == pytest.approx(params[1])
    assert found.slope.limits == pytest.approx(tuple(limits[1]))
    for place, loss in enumerate(found.groups, 2):
        assert loss.adjusted.value == pytest.approx(params[place], abs=1e-9)
        assert loss.adjusted.limits == pytest.approx(tuple(limits[place]), abs=1e-9)
        ours, theirs = (
            [p.production.value - p.lab.value for p in pairs if p.group == name]
            for name in (loss.group, loss.reference)
        )
        welch = stats.ttest_ind(ours, theirs, equal_var=False)
        assert loss.change.limits == pytest.approx(tuple(welch.confidence_interval()), abs=1e-9)


@given(data=st.data())
def test_the_order_of_pairs_does_not_matter(data: st.DataObject) -> None:
    pairs = [*drawn(12, 1, group="agent"), *drawn(15, 2, group="human")]
    one, other = vanishing_of(pairs), vanishing_of(data.draw(st.permutations(pairs)))
    assert other.slope.limits == pytest.approx(one.slope.limits)
    assert other.correlation.value == pytest.approx(one.correlation.value)
    assert other.groups[0].adjusted.limits == pytest.approx(one.groups[0].adjusted.limits)


def test_lords_paradox_is_told() -> None:
    """Two groups that each stay where they were: no change differs, and at the same lab value production does."""
    pairs = []
    for group, middle in (("agent", 2.0), ("human", 0.0)):
        for lab in drawn(200, 3, group=group, slope=0, middle=middle):
            value = middle + 0.3 * (lab.lab.value - middle) + lab.production.value
            pairs.append(EffectPair(lab.lab, Effect(value), group))
    found = vanishing_of(pairs, reference="human")
    (loss,) = found.groups
    assert loss.change.limits is not None
    assert loss.change.limits[0] < 0 < loss.change.limits[1]
    assert loss.adjusted.limits is not None
    assert loss.adjusted.limits[0] > 0
    assert loss.disagree
    assert found.warnings[0] == REGRESSION_TO_THE_MEAN
    assert "Of agent against human the change and the adjusted difference disagree" in found.warnings[-1]


def test_a_lab_that_predicts_nothing_is_told() -> None:
    assert any("not seen to predict" in said for said in vanishing_of(drawn(50, slope=0)).warnings)
    assert vanishing_of(drawn(50, slope=0.8)).warnings == (REGRESSION_TO_THE_MEAN,)


def test_a_group_needs_ten_pairs_to_be_compared() -> None:
    pairs = [*drawn(20, 1, group="human"), *drawn(FOR_FIGURES - 1, 2, group="agent")]
    few, enough = vanishing_of(pairs), vanishing_of([*pairs, *drawn(1, 3, group="agent")])
    assert few.groups == ()
    assert few.groups_left_out == "Not compared, since a group needs 10 pairs: agent (9)."
    assert [(one.group, one.reference) for one in enough.groups] == [("agent", "human")]
    assert enough.groups_left_out == ""
    assert vanishing_of(pairs, reference="agent").groups == ()
    assert vanishing_of(pairs, reference="nobody").groups_left_out == "Not compared: no pair is of “nobody”."
    assert vanishing_of(drawn(20)).groups_left_out == ""


def test_all_groups_too_small_are_none_compared() -> None:
    found = vanishing_of([*drawn(6, 1, group="human"), *drawn(6, 2)])
    assert found.groups == ()
    assert found.groups_left_out == "Not compared, since a group needs 10 pairs: no group (6), human (6)."


def test_lab_values_that_do_not_differ_have_no_slope() -> None:
    pairs = [EffectPair(Effect(0.1), Effect(float(i % 4)), "ab"[i % 2]) for i in range(40)]
    found = vanishing_of(pairs)
    assert (found.slope.value, found.correlation.value) == (None, None)
    assert found.slope.reason.startswith("No slope: lab values do not differ")
    assert found.groups[0].adjusted.reason.startswith("Not adjusted: lab values do not differ")
    assert found.groups[0].change.limits is not None


def test_pairs_on_one_line_have_no_interval() -> None:
    pairs = [EffectPair(Effect(i / 7), Effect(0.5 * i / 7 + 0.1), "ab"[i % 2]) for i in range(40)]
    found = vanishing_of(pairs)
    assert found.slope.value == pytest.approx(0.5)
    assert found.slope.limits is None
    assert "on one line" in found.slope.reason
    assert "on one line" in found.groups[0].adjusted.reason


def test_each_effect_has_its_own_interval_where_its_error_is_known() -> None:
    assert Effect(1.0, 0.5, 5).limits == pytest.approx((1 - 2.776445 * 0.5, 1 + 2.776445 * 0.5))
    assert Effect(1.0, 0.5).limits == pytest.approx((1 - 1.959964 * 0.5, 1 + 1.959964 * 0.5))
    for unknown in (Effect(1.0), Effect(1.0, 0.0), Effect(1.0, 0.5, 1), Effect(1.0, float("inf"), 5)):
        assert unknown.limits is None


NUMBERS = st.floats(-1e9, 1e9)
PAIRS = st.lists(
    st.builds(
        EffectPair,
        *[st.builds(Effect, NUMBERS, st.none() | NUMBERS.map(abs), st.none() | st.integers(0, 9))] * 2,
        st.sampled_from(["", "a", "b"]),
    )
)


@given(pairs=PAIRS, part=st.slices(20))
def test_pairs_in_columns_are_the_pairs(pairs: list[EffectPair], part: slice) -> None:
    columns = EffectPairs(pairs)
    assert list(columns) == pairs
    assert list(columns[part]) == pairs[part]
    assert columns == EffectPairs(pairs)
    assert columns != EffectPairs([*pairs, EffectPair(Effect(0.0), Effect(0.0))])
    assert columns != pairs
    assert [columns[place - len(pairs)] for place in range(len(pairs))] == pairs
    with pytest.raises(IndexError):
        columns[len(pairs)]
    if len(pairs) >= FOR_FIGURES:
        assert figures(vanishing_of(columns)) == figures(vanishing_of(pairs))
