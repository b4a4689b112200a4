"""Base rates by group: against statsmodels and scipy, published figures, and where there is too little."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar
from statsmodels.stats.proportion import proportion_confint

from reviewer.judgement.survival import CAUTION, HOW, HOW_ALONE, GroupRate, GroupRates, group_rates

GROUP = st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
GROUPS = st.lists(GROUP, min_size=2, max_size=8).filter(
    lambda pairs: sum(n > 0 for _, n in pairs) > 1 and 0 < sum(k for k, _ in pairs) < sum(n for _, n in pairs)
)


def named(pairs: list[tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {f"group {i}": pair for i, pair in enumerate(pairs)}


def weight_of(found: GroupRates) -> float:
    assert found.weight is not None, found.reason
    return found.weight


@given(pairs=GROUPS)
def test_the_weight_is_at_the_top_of_the_penalised_likelihood_of_scipy(pairs: list[tuple[int, int]]) -> None:
    found = group_rates(named(pairs))
    mu = sum(k for k, _ in pairs) / sum(n for _, n in pairs)
    assert found.pooled == pytest.approx(mu)

    def loss(ln: float) -> float:
        a, b = mu * math.exp(ln), (1 - mu) * math.exp(ln)
        fit = sum(stats.betabinom.logpmf(k, n, a, b) for k, n in pairs)
        return -float(fit + stats.norm.logpdf(ln, math.log(10), 1))

    ln = math.log(weight_of(found))
    best = minimize_scalar(loss, bounds=(-3, 8), method="bounded")
    assert loss(ln) <= float(best.fun) + 1e-6


@given(pairs=GROUPS)
def test_a_rate_is_a_weighted_mean_of_the_group_and_all_and_lies_within_its_limits(
    pairs: list[tuple[int, int]],
) -> None:
    found = group_rates(named(pairs))
    assert (found.how, found.reason, found.caution) == (HOW, "", CAUTION)
    assert found.pooled is not None
    mu, m = found.pooled, weight_of(found)
    assert [g.group for g in found.groups] == list(named(pairs))
    for (k, n), g in zip(pairs, found.groups, strict=True):
        assert g.rate == pytest.approx((k + mu * m) / (n + m))
        assert g.limits[0] < g.rate < g.limits[1]
        if g.raw is not None:
            assert min(g.raw, mu) - 1e-12 <= g.rate <= max(g.raw, mu) + 1e-12


@pytest.mark.parametrize(
    "pairs", [[(1, 3), (2, 5), (4, 6), (1, 8), (5, 10), (4, 12)], [(2, 10), (7, 10)], [(20, 60), (25, 50), (0, 0)]]
)
def test_limits_are_of_a_beta_as_wide_as_what_is_unknown_of_the_pooled_share_and_its_weight(
    pairs: list[tuple[int, int]],
) -> None:
    found = group_rates(named(pairs))
    mean, ln = (x.ravel() for x in np.meshgrid(np.linspace(0.0025, 0.9975, 400), np.linspace(-3, 8, 221)))
    a, b = mean * np.exp(ln), (1 - mean) * np.exp(ln)
    logs = sum(stats.betabinom.logpmf(k, n, a, b) for k, n in pairs if n)
    logs = logs + stats.norm.logpdf(ln, math.log(10), 1) + stats.beta.logpdf(mean, 0.5, 0.5)
    shares = np.exp(logs - np.max(logs))
    shares /= shares.sum()
    for (k, n), g in zip(pairs, found.groups, strict=True):
        centre, variance = stats.beta.stats(k + a, n - k + b)
        middle = float((shares * centre).sum())
        size = middle * (1 - middle) / float((shares * (variance + (centre - middle) ** 2)).sum()) - 1
        assert g.limits == pytest.approx(stats.beta.interval(0.95, middle * size, (1 - middle) * size), abs=0.004)


def test_it_is_wider_than_where_both_are_taken_as_known() -> None:
    pairs = [(1, 3), (2, 5), (4, 6), (1, 8), (5, 10), (4, 12)]
    found = group_rates(named(pairs))
    assert found.pooled is not None
    m = weight_of(found)
    for (k, n), g in zip(pairs, found.groups, strict=True):
        low, high = stats.beta.interval(0.95, k + found.pooled * m, n - k + (1 - found.pooled) * m)
        assert g.limits[0] < low < high < g.limits[1]


@given(pairs=GROUPS, seed=st.integers(0, 99))
def test_order_and_names_do_not_matter(pairs: list[tuple[int, int]], seed: int) -> None:
    plain = group_rates(named(pairs))
    order = np.random.default_rng(seed).permutation(len(pairs))
    mixed = group_rates({f"other {i}": pairs[i] for i in order})
    assert weight_of(mixed) == pytest.approx(weight_of(plain), rel=1e-4)
    for place, i in enumerate(order):
        assert mixed.groups[place].rate == pytest.approx(plain.groups[i].rate, abs=1e-5)
        assert mixed.groups[place].limits == pytest.approx(plain.groups[i].limits, abs=1e-4)


RAT_TUMOURS = (
    [(0, 20)] * 7 + [(0, 19)] * 4 + [(0, 18)] * 2 + [(0, 17)] + [(1, 20)] * 4 + [(1, 19)] * 2 + [(1, 18)] * 2
    + [(2, 25), (2, 24), (2, 23)] + [(2, 20)] * 6 + [(1, 10), (5, 49), (2, 19), (5, 46), (3, 27), (2, 17), (7, 49)]
    + [(7, 47), (3, 20), (3, 20), (2, 13), (9, 48), (10, 50)] + [(4, 20)] * 7 + [(10, 48), (4, 19), (4, 19), (4, 19)]
    + [(5, 22), (11, 46), (12, 49), (5, 20), (5, 20), (6, 23), (5, 19), (6, 22), (6, 20), (6, 20), (6, 20), (16, 52)]
    + [(15, 46), (15, 47), (9, 24), (4, 14)]
)  # fmt: skip
"""Tarone (1982), tumours of rats in 71 groups, as in Gelman et al., Bayesian Data Analysis, section 5.3."""


def test_the_rat_tumours_of_tarone_are_shrunken_as_in_bayesian_data_analysis() -> None:
    """There the posterior mean is near (α, β) = (2.4, 14.3): a share of .14 and a weight of 16.7."""
    found = group_rates(named(RAT_TUMOURS))
    assert len(RAT_TUMOURS) == 71
    assert found.pooled == pytest.approx(0.14, abs=0.015)
    assert weight_of(found) == pytest.approx(16.7, rel=0.2)
    last = found.groups[-1]
    assert last.raw == pytest.approx(4 / 14)
    assert last.rate == pytest.approx(0.21, abs=0.01)


@given(n=st.integers(1, 60), data=st.data())
def test_one_group_alone_is_jeffreys_as_in_statsmodels(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    found = group_rates({"kim": (k, n), "lee": (0, 0)})
    assert [g.group for g in found.groups] == ["kim"]
    one = found.groups[0]
    low, high = proportion_confint(k, n, method="jeffreys")
    assert one.limits == pytest.approx((low if k else 0.0, high if k < n else 1.0), abs=1e-7)
    assert one.rate == pytest.approx((k + 0.5) / (n + 1))
    assert (found.how, found.weight) == (HOW_ALONE, None)
    assert found.reason == "Nothing is shrunken: only one group has outcomes."


def test_jeffreys_as_published() -> None:
    """Brown, Cai and DasGupta (2001), table 5: of 7, with 0, 1, 2 and 3 successes."""
    published = {0: (0.0, 0.292), 1: (0.016, 0.501), 2: (0.065, 0.648), 3: (0.139, 0.766)}
    for k, limits in published.items():
        assert group_rates({"all": (k, 7)}).groups[0].limits == pytest.approx(limits, abs=6e-4)


@pytest.mark.parametrize(("k", "word"), [(0, "failed"), (1, "survived")])
def test_where_all_are_alike_each_group_stands_alone(k: int, word: str) -> None:
    found = group_rates({"a": (4 * k, 4), "b": (9 * k, 9)})
    assert found.reason == (
        f"Nothing is shrunken: all 13 outcomes are alike ({word}), which says nothing of how groups differ."
    )
    assert found.groups == tuple(group_rates({g: (n * k, n)}).groups[0] for g, n in (("a", 4), ("b", 9)))


@pytest.mark.parametrize("counts", [{}, {"a": (0, 0)}, {"a": (0, 0), "b": (0, 0)}])
def test_without_outcomes_there_is_a_sentence(counts: dict[str, tuple[int, int]]) -> None:
    found = group_rates(counts)
    assert (found.groups, found.pooled, found.weight, found.caution) == ((), None, None, "")
    assert found.reason == "No base rate: no proposal has an outcome that is survived or failed."


def test_a_group_without_outcomes_has_the_rate_of_all_and_a_wide_interval() -> None:
    found = group_rates({"a": (3, 10), "b": (8, 12), "new": (0, 0)})
    new = found.groups[2]
    assert new.raw is None
    assert new.rate == pytest.approx(11 / 22)
    assert new.limits[1] - new.limits[0] > found.groups[0].limits[1] - found.groups[0].limits[0]
    assert new.sentence.startswith("no outcome yet; estimated 50 %, 95 % interval ")


def test_in_words() -> None:
    assert GroupRate("a", 1, 3, 0.4, (0.1, 0.7)).sentence == (
        "1 of 3 survived; estimated 40 %, 95 % interval 10 % to 70 %."
    )


@pytest.mark.parametrize("pair", [(2, 1), (-1, 3)])
def test_impossible_counts_are_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot have survived in a"):
        group_rates({"a": pair})


def test_equal_groups_are_taken_together_and_different_ones_left_apart() -> None:
    equal = group_rates(named([(30, 60)] * 6))
    apart = group_rates(named([(3, 60), (57, 60)] * 3))
    assert weight_of(equal) > 10 > weight_of(apart)


@pytest.mark.parametrize("pairs", [[(0, 100_000), (1, 1)], [(0, 1), (1, 1)], [(99_999, 100_000), (0, 0), (3, 4)]])
def test_very_unequal_groups_have_limits_too(pairs: list[tuple[int, int]]) -> None:
    for g in group_rates(named(pairs)).groups:
        assert 0 <= g.limits[0] <= g.rate <= g.limits[1] <= 1
