"""One set of reviews as people import them, told by all that judgement has and by the usual libraries alike.

Several hundred reviews by many people, on a scale of each kind, of proposals of several groups; some people reviewed a
proposal twice, of which the last counts, and some cells are empty.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from statistics import fmean

import krippendorff
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW, ttest_ind

from reviewer.judgement.agreement import agreement_of
from reviewer.judgement.alpha import alpha_of
from reviewer.judgement.correlation import Coefficient, correlation_of
from reviewer.judgement.groups import Contrast, by_group
from reviewer.judgement.tallies import RatingScale, ScaleKind, Tallies, whole_numbers
from reviewer.judgement.variance import UnitSums, components_of
from tests.judgement.rated import tallied

PEOPLE = tuple(f"person {i}" for i in range(17))
GROUPS = ("agent A", "agent B", "human")
VERDICTS = ("accept", "reject", "revise")

Cell = float | str | None
Row = dict[str, Cell]

SCALES = {
    "verdict": RatingScale(ScaleKind.NOMINAL, VERDICTS),
    "novelty": whole_numbers(1, 5, ScaleKind.ORDINAL),
    "overall": whole_numbers(1, 10),
}
NUMBERS = ("novelty", "overall", "forecast")


def written() -> Iterator[Row]:
    """Yield the rows as the file has them: in no order, with repeated reviews and empty cells."""
    rng = random.Random(20261129)
    strictness = {person: rng.gauss(0, 0.8) for person in PEOPLE}
    rows = []
    for proposal in range(160):
        group = rng.choice(GROUPS)
        merit = rng.gauss(GROUPS.index(group) * 0.4, 1)
        for person in rng.sample(PEOPLE, rng.choice((1, 1, 2, 3, 3, 4, 6))):
            for _ in range(2 if rng.random() < 0.08 else 1):
                seen = merit - strictness[person] + rng.gauss(0, 0.9)
                cells: Row = {
                    "verdict": VERDICTS[(seen < 0.8) + (-0.3 < seen < 0.8)],
                    "novelty": float(min(5, max(1, round(3 + seen)))),
                    "overall": float(min(10, max(1, round(5.5 + 1.7 * seen + rng.gauss(0, 0.5))))),
                    "forecast": round(1 / (1 + math.exp(1 - seen)), 2),
                }
                kept = {name: None if rng.random() < 0.09 else cell for name, cell in cells.items()}
                rows.append({"proposal": float(proposal), "group": group, "person": person, **kept})
    rng.shuffle(rows)
    yield from rows


WRITTEN = tuple(written())
REVIEWS = tuple({(row["proposal"], row["person"]): row for row in WRITTEN}.values())
"""The last review of each person of each proposal."""

TABLE = pd.DataFrame(WRITTEN).drop_duplicates(["proposal", "person"], keep="last")
"""The same by pandas."""


def number(cell: Cell) -> float | None:
    return cell if isinstance(cell, float) else None


def tallies(name: str) -> Tallies:
    scale = SCALES[name]
    said = ((row["proposal"], row[name]) for row in REVIEWS if row[name] is not None)
    return tallied(
        scale, ((unit, scale.place(cell if isinstance(cell, str) else f"{cell:.0f}")) for unit, cell in said)
    )


def coded(name: str) -> "pd.Series[float]":
    """Return a column as numbers, NaN where the cell is empty."""
    column = TABLE[name]
    return column.map(dict(zip(VERDICTS, range(3), strict=True))).astype(float) if name == "verdict" else column


def test_the_reviews_are_what_they_are_said_to_be() -> None:
    assert 400 < len(REVIEWS) == len(TABLE) < len(WRITTEN)
    assert TABLE["person"].nunique() == len(PEOPLE)
    assert all(TABLE[name].isna().sum() > 20 for name in (*SCALES, "forecast"))
    assert min(Counter(row["group"] for row in REVIEWS).values()) > 100


@pytest.mark.parametrize("name", SCALES)
def test_alpha_is_that_of_the_krippendorff_package(name: str) -> None:
    cells = TABLE.assign(code=coded(name)).pivot(index="person", columns="proposal", values="code")
    domain = sorted(coded(name).dropna().unique())
    theirs = krippendorff.alpha(cells.to_numpy(), value_domain=domain, level_of_measurement=SCALES[name].kind.value)
    assert alpha_of(tallies(name)) == pytest.approx(theirs, abs=1e-12)
    shown = agreement_of(tallies(name)).alpha
    assert shown.value == pytest.approx(theirs, abs=1e-12)
    assert shown.limits is not None
    assert shown.limits[0] < theirs < shown.limits[1]


@pytest.mark.parametrize("name", SCALES)
def test_percent_agreement_is_that_of_pandas_with_the_limits_of_statsmodels(name: str) -> None:
    said = TABLE.assign(code=coded(name)).dropna(subset="code").groupby("proposal")["code"]
    shares = said.apply(lambda codes: np.mean([a == b for a, b in combinations(codes, 2)]) if len(codes) > 1 else None)
    found = agreement_of(tallies(name))
    assert (found.units, found.ratings, found.alone) == (
        (said.size() > 1).sum(),
        said.size()[said.size() > 1].sum(),
        (said.size() == 1).sum(),
    )
    assert found.percent.value == pytest.approx(shares.mean(), abs=1e-12)
    limits = proportion_confint(shares.mean() * found.units, found.units, method="wilson")
    assert found.percent.limits == pytest.approx(limits, abs=1e-12)


def test_where_all_have_as_many_reviews_alpha_is_fleiss_kappa_but_for_the_small_sample() -> None:
    """α = 1 − (1 − κ)·(N − 1)/N with N ratings, by statsmodels' κ of the proposals with three verdicts."""
    verdicts = TABLE.dropna(subset="verdict").groupby("proposal")["verdict"].apply(list)
    three = [each for each in verdicts if len(each) == 3]
    counts, _ = aggregate_raters(np.array(three))
    kappa = fleiss_kappa(counts)
    scale = SCALES["verdict"]
    alpha = alpha_of(tallied(scale, ((i, scale.place(one)) for i, each in enumerate(three) for one in each)))
    assert len(three) > 20
    assert alpha == pytest.approx(1 - (1 - kappa) * (3 * len(three) - 1) / (3 * len(three)), abs=1e-12)


@pytest.mark.parametrize("name", NUMBERS)
def test_means_with_their_errors_by_group_are_those_of_pandas_and_statsmodels(name: str) -> None:
    found = by_group((str(row["group"]), number(row[name])) for row in REVIEWS)
    theirs = TABLE.groupby("group")[name].agg(["count", "size", "mean", "std", "sem"])
    assert [one.group for one in found.means] == list(theirs.index) == list(GROUPS)
    assert found.left_out == TABLE[name].isna().sum()
    for one, (group, row) in zip(found.means, theirs.iterrows(), strict=True):
        assert (one.n, one.left_out) == (row["count"], row["size"] - row["count"])
        assert (one.mean, one.deviation, one.standard_error) == pytest.approx((row["mean"], row["std"], row["sem"]))
        values = DescrStatsW(TABLE.loc[TABLE["group"] == group, name].dropna())
        assert one.limits == pytest.approx(values.tconfint_mean())


def of_contrast(one: Contrast, name: str) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    ours, theirs = (TABLE.loc[TABLE["group"] == group, name].dropna() for group in (one.first, one.second))
    return ours, theirs


@pytest.mark.parametrize("name", NUMBERS)
def test_tests_of_each_two_groups_are_those_of_scipy_and_statsmodels(name: str) -> None:
    found = by_group((str(row["group"]), number(row[name])) for row in REVIEWS).contrasts
    assert [(one.first, one.second) for one in found] == list(combinations(GROUPS, 2))
    for one in found:
        ours, theirs = of_contrast(one, name)
        assert one.numbers == (len(ours), len(theirs))
        assert one.welch is not None
        assert one.mann_whitney is not None
        welch = one.welch.t, one.welch.p, one.welch.df
        by_scipy = stats.ttest_ind(ours, theirs, equal_var=False)
        assert welch == pytest.approx((by_scipy.statistic, by_scipy.pvalue, by_scipy.df))
        assert welch == pytest.approx(ttest_ind(ours, theirs, usevar="unequal"))
        both = CompareMeans(DescrStatsW(ours), DescrStatsW(theirs))
        assert one.welch.limits == pytest.approx(both.tconfint_diff(usevar="unequal"))
        u = stats.mannwhitneyu(ours, theirs)
        assert (one.mann_whitney.u, one.mann_whitney.p) == pytest.approx((u.statistic, u.pvalue))


@pytest.mark.parametrize(("first", "second"), combinations(NUMBERS, 2))
@pytest.mark.parametrize("coefficient", Coefficient)
def test_correlations_of_two_scales_are_those_of_pandas_and_scipy(
    first: str, second: str, coefficient: Coefficient
) -> None:
    found = correlation_of(coefficient, ((number(row[first]), number(row[second])) for row in REVIEWS))
    method = "pearson" if coefficient is Coefficient.PEARSON else "spearman"
    assert found.value == pytest.approx(TABLE[[first, second]].corr(method=method).loc[first, second], abs=1e-12)
    whole = TABLE[[first, second]].dropna()
    theirs = (stats.pearsonr if method == "pearson" else stats.spearmanr)(whole[first], whole[second])
    assert (found.n, found.left_out) == (len(whole), len(TABLE) - len(whole))
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)
    if method == "pearson":
        assert found.limits == pytest.approx(tuple(theirs.confidence_interval()))


def test_so_are_those_of_the_proposals_means() -> None:
    """So that a proposal counts once however many reviewed it."""
    scored: dict[str, dict[str, list[float]]] = {"novelty": {}, "overall": {}}
    for row in REVIEWS:
        for name, of_proposals in scored.items():
            if (value := number(row[name])) is not None:
                of_proposals.setdefault(str(row["proposal"]), []).append(value)
    means = [{unit: fmean(values) for unit, values in of_proposals.items()} for of_proposals in scored.values()]
    both = [(means[0].get(unit), means[1].get(unit)) for unit in {*means[0], *means[1]}]
    theirs = TABLE.groupby("proposal")[["novelty", "overall"]].mean()
    assert 120 < len(both) < len(REVIEWS)
    for coefficient, method in zip(Coefficient, ("pearson", "spearman"), strict=True):
        found = correlation_of(coefficient, both)
        assert found.value == pytest.approx(theirs.corr(method=method).loc["novelty", "overall"], abs=1e-12)


def test_how_much_proposals_and_reviews_vary_is_that_of_the_analysis_of_variance_of_statsmodels() -> None:
    by_proposal = TABLE.dropna(subset="overall").groupby("proposal")["overall"]
    found = components_of(
        UnitSums(len(own), float(own.mean()), float(((own - own.mean()) ** 2).sum())) for _, own in by_proposal
    )
    assert found is not None
    table = anova_lm(ols("overall ~ C(proposal)", TABLE.dropna(subset="overall")).fit())
    theirs = table["mean_sq"]
    assert (found.mean_square_between, found.within) == pytest.approx((theirs["C(proposal)"], theirs["Residual"]))
    assert found.between == pytest.approx((theirs["C(proposal)"] - theirs["Residual"]) / found.typical)


def test_neither_the_order_of_rows_nor_of_people_matters() -> None:
    turned = tuple(reversed(REVIEWS))
    scale = SCALES["novelty"]
    said = ((row["proposal"], scale.place(f"{cell:.0f}")) for row in turned if (cell := number(row["novelty"])))
    assert alpha_of(tallied(scale, said)) == pytest.approx(alpha_of(tallies("novelty")), abs=1e-12)
    one, other = (by_group((str(row["group"]), number(row["overall"])) for row in rows) for rows in (REVIEWS, turned))
    for ours, theirs in zip(one.means, other.means, strict=True):
        assert ours.mean == theirs.mean
        assert ours.deviation == pytest.approx(theirs.deviation)
