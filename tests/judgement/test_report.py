"""The report: each figure at one outcome less and at so many, and what is said where it is not shown."""

import random
from dataclasses import replace

import pytest

from reviewer.judgement.enough import FROM, OutcomeFigure
from reviewer.judgement.report import ForecastReport, forecast_report, group_curves
from reviewer.judgement.resolved import Resolved, by_outcome
from reviewer.judgement.scores import ALL_ALIKE
from tests.judgement.forecasts import drawn, of, of_two, resolved


def report(n: int, *, slope: float = 1.0) -> ForecastReport:
    return forecast_report(of(drawn(n, slope=slope)), constraints=("cost", "drift"))


def shown(r: ForecastReport, figure: OutcomeFigure) -> bool:
    """Return whether a figure is there."""
    return {
        OutcomeFigure.INTERVAL: r.brier is not None and r.brier.mean.limits is not None,
        OutcomeFigure.LOG_SCORE: r.log is not None,
        OutcomeFigure.BASE_RATE: r.base_rate is not None,
        OutcomeFigure.SKILL: r.skill is not None,
        OutcomeFigure.RIGHT_REASON: r.right_reason is not None,
        OutcomeFigure.CURVE: r.curve is not None and bool(r.dots),
        OutcomeFigure.SLOPE: r.slope is not None,
        OutcomeFigure.CALIBRATION: bool(r.calibration),
    }[figure]


@pytest.mark.parametrize("n", [19, 20, 49, 50, 99, 100, 199, 200])
def test_each_figure_is_shown_from_its_number_on_or_says_what_is_missing(n: int) -> None:
    r = report(n)
    for figure in OutcomeFigure:
        if figure in (OutcomeFigure.DIFFERENCE, OutcomeFigure.RANKING, OutcomeFigure.GROUP_CURVE):
            assert figure not in r.missing
            continue
        assert shown(r, figure) is (n >= FROM[figure])
        assert (figure in r.missing) is (n < FROM[figure])
    assert r.outcomes == r.forecasts == n
    assert r.provisional is (50 <= n < 100)
    assert len(r.listed) == (n if n < 20 else 0)


def test_a_mean_of_few_stands_alone_and_says_that_they_are_few() -> None:
    r = report(19)
    assert r.brier is not None
    assert r.brier.mean.value > 0
    assert r.brier.mean.reason == "No interval: n too small."


def test_nothing_is_a_sentence_for_each_figure() -> None:
    r = forecast_report(of([]))
    assert (r.outcomes, r.forecasts, r.brier, r.listed, r.selection) == (0, 0, None, (), "")
    assert (
        r.missing[OutcomeFigure.CURVE] == "The reliability curve is shown from 50 outcomes on: 50 outcomes are missing."
    )


def test_all_outcomes_alike_is_said() -> None:
    r = forecast_report(of([(0.7, True), (0.8, True)] * 100))
    assert r.skill is not None
    assert (r.skill.value, r.skill.reason) == (None, ALL_ALIKE)
    assert r.slope is not None
    assert "all outcomes agree" in r.slope.reason
    assert r.calibration


def test_one_outcome_counts_once_however_many_reviewers() -> None:
    rows = drawn(19)
    many = by_outcome(one for name in ("kim", "ada", "bo") for one in resolved(rows, name))
    r = forecast_report(many)
    assert (r.outcomes, r.forecasts) == (19, 57)
    assert OutcomeFigure.SKILL in r.missing
    assert forecast_report(many.by_reviewer()["ada"]).forecasts == 19


def test_order_does_not_matter() -> None:
    found = resolved(drawn(60))
    mixed = random.Random(3).sample(found, len(found))
    assert forecast_report(by_outcome(mixed)) == forecast_report(by_outcome(found))


def test_a_word_on_calibration() -> None:
    fair, bold = report(200), report(200, slope=0.3)
    assert fair.calibration == (
        "Nothing in 200 outcomes speaks against calibration; a slope of one half would be found 97 times in 100."
    )
    assert bold.calibration.startswith("The forecasts are not calibrated: ")
    assert "intercept and slope are not 0 and 1" in bold.calibration


def test_of_several_reviewers_the_slope_of_their_mean_says_nothing_of_calibration() -> None:
    rows = drawn(200)
    both = [*resolved(rows), *resolved([(min(1.0, p + 0.01), y) for p, y in rows], "ada")]
    r = forecast_report(by_outcome(both))
    assert r.slope is not None
    assert r.slope.aggregated
    assert "slope" not in r.calibration


def test_where_no_chance_is_recorded_the_selection_is_told() -> None:
    r = report(30)
    assert r.selection.startswith("Outcomes exist mostly for proposals that were approved")
    assert "say nothing of those that were turned down" in r.selection
    assert r.weighed is None


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (19, "for 19 of 40: too few"),
        (20, "for 20 of 40: the weighed scores"),
        (40, "for all of 40: the weighed scores"),
    ],
)
def test_where_chances_are_recorded_scores_are_weighed_from_20_on(recorded: int, said: str) -> None:
    found = [replace(one, weight=2.0 if i < recorded else None) for i, one in enumerate(resolved(drawn(40)))]
    r = forecast_report(by_outcome(found))
    assert said in r.selection
    assert (r.weighed is not None) is (recorded >= 20)
    if r.weighed is not None:
        assert r.weighed.brier.mean.n == r.weighed.log.mean.n == r.weighed.skill.n == recorded


def two(n: int) -> list[Resolved]:
    """Return ``n`` outcomes of which ada says more than kim, and some that only one of them forecast."""
    rows = drawn(n, slope=2.0)
    better = [(0.9 if y else 0.1, y) for _, y in rows]
    alone = resolved(drawn(9), "kim", 5000)
    return [*resolved(rows, "kim"), *resolved(better, "ada"), *resolved(rows, "bo"), *alone]


@pytest.mark.parametrize(("n", "difference", "ranked"), [(19, 0, 0), (20, 1, 0), (124, 1, 0), (125, 1, 1)])
def test_two_reviewers_on_the_same_proposals(n: int, difference: bool, ranked: bool) -> None:
    c = of_two(two(n), "ada", "kim")
    assert c.outcomes == n
    assert (c.difference is not None) is bool(difference)
    assert (c.better == "ada") is bool(ranked)
    assert (OutcomeFigure.RANKING in c.missing) is not bool(ranked)
    assert (OutcomeFigure.DIFFERENCE in c.missing) is not bool(difference)
    if c.difference is not None:
        assert c.difference.value < 0
        turned = of_two(two(n), "kim", "ada")
        assert turned.difference is not None
        assert turned.difference.value == pytest.approx(-c.difference.value)
        assert turned.better == c.better


def test_two_who_say_the_same_are_not_ranked() -> None:
    c = of_two(two(130), "bo", "kim")
    assert c.better is None
    assert c.difference is not None
    assert "give the same" in c.difference.reason


def test_two_who_share_nothing() -> None:
    c = of_two([*resolved(drawn(9)), *resolved(drawn(9), "ada", 100)], "kim", "ada")
    assert (c.outcomes, c.difference) == (0, None)
    assert c.missing[OutcomeFigure.DIFFERENCE].endswith("20 outcomes are missing.")
    assert c.separable.startswith("It takes 125")


def test_a_group_has_a_curve_of_its_own_from_100_on() -> None:
    curves = group_curves({"chat": of(drawn(99)), "code": of(drawn(100))})
    assert curves["chat"].curve is None
    assert (
        curves["chat"].missing
        == "The reliability curve of a group is shown from 100 outcomes on: 1 outcome is missing."
    )
    assert curves["code"].curve is not None
    assert curves["code"].missing == ""
