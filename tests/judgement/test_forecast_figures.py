"""Figures of forecasts: every one that the report has, and for each that it has not the sentence of what is missing."""

import pytest

from reviewer.judgement.enough import FROM, OutcomeFigure
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.forecast_figures import figure_of_two, figures_of
from reviewer.judgement.report import ForecastReport, forecast_report
from reviewer.judgement.resolved import Resolved, by_outcome
from tests.judgement.forecasts import drawn, of, of_two, resolved


def by_name(report: ForecastReport) -> dict[str, Estimate]:
    found = figures_of(report)
    assert len({figure.name for figure in found}) == len(found), "each has a name of its own"
    assert all(figure.method and figure.of for figure in found)
    assert all(figure.value is not None or figure.reason for figure in found)
    return {figure.name: figure for figure in found}


def test_without_an_outcome_there_is_one_sentence() -> None:
    (figure,) = figures_of(forecast_report(of([])))
    assert (figure.name, figure.n, figure.value) == ("Brier score", 0, None)
    assert figure.reason == "No score: there is no outcome to score."


def test_all_figures_are_those_of_the_report() -> None:
    report = forecast_report(of(drawn(220)), constraints=("cost",))
    found = by_name(report)
    assert report.brier is not None
    assert report.log is not None
    assert report.skill is not None
    assert report.base_rate is not None
    assert report.curve is not None
    assert report.slope is not None
    brier = found["Brier score"]
    assert (brier.value, brier.limits, brier.n) == (report.brier.mean.value, report.brier.mean.limits, 220)
    assert found["Brier score of always 0.5"].value == 0.25
    assert found["Brier score of the base rate"].value == report.brier.base_rate
    assert found["log score"].value == report.log.mean.value
    assert (found["skill"].value, found["skill"].limits) == (report.skill.value, report.skill.limits)
    assert found["mean forecast"].caution == report.base_rate.told
    parts = (found[f"{name}"].value or 0.0 for name in ("miscalibration (MCB)", "discrimination (DSC)",
                                                         "uncertainty (UNC)"))  # fmt: skip
    miscalibration, discrimination, uncertainty = parts
    assert miscalibration - discrimination + uncertainty == pytest.approx(brier.value)
    assert (found["Cox slope"].value, found["Cox slope"].limits) == (report.slope.slope, report.slope.slope_limits)
    assert found["p of calibration"].value == report.slope.p
    assert sum(figure.n for name, figure in found.items() if name.startswith("survived of ")) == 220
    assert found["right blocker named"].reason.startswith("Undefined: of no failed proposal")


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("log score", OutcomeFigure.LOG_SCORE),
        ("skill", OutcomeFigure.SKILL),
        ("base rate", OutcomeFigure.BASE_RATE),
        ("miscalibration (MCB)", OutcomeFigure.CURVE),
        ("Cox slope", OutcomeFigure.SLOPE),
    ],
)
def test_what_is_not_shown_yet_says_how_many_outcomes_are_missing(name: str, figure: OutcomeFigure) -> None:
    least = FROM[figure]
    short, enough = (by_name(forecast_report(of(drawn(n)))) for n in (least - 1, least))
    assert short[name].value is None
    assert short[name].reason.endswith("1 outcome is missing.")
    assert enough[name].value is not None
    assert enough[name].reason == ""


def test_a_mean_of_few_has_no_interval_and_clipped_forecasts_are_told() -> None:
    brier = by_name(forecast_report(of(drawn(19))))["Brier score"]
    assert brier.limits is None
    assert brier.reason == (
        "No interval: n too small. The interval of a score is shown from 20 outcomes on: 1 outcome is missing."
    )
    sure = [(0.0, False), (1.0, True), *drawn(20)]
    assert "In the log score 2 forecasts nearer to 0 or 1 than .01 count as .01 or .99." in by_name(
        forecast_report(of(sure))
    )["log score"].caution  # fmt: skip
    assert "1 forecast nearer to 0 or 1 than .01 counts" in by_name(
        forecast_report(of(sure[1:]))
    )["log score"].caution  # fmt: skip


def test_a_curve_of_few_is_provisional_and_each_word_on_it_says_so() -> None:
    for n, said in ((50, "The reliability curve is provisional."), (100, "")):
        found = by_name(forecast_report(of(drawn(n))))
        assert {found[name].caution for name in ("miscalibration (MCB)", "discrimination (DSC)")} == {said}
        assert found["p of the miscalibration"].caution.startswith("19 of 20 calibrated forecasters")


def test_where_chances_were_recorded_the_weighed_scores_stand_beside_the_others() -> None:
    weighed = [
        Resolved(i, "kim", p, y, weight=2.0 if i % 2 else 1.0) for i, (p, y) in enumerate(drawn(40))
    ]  # fmt: skip
    report = forecast_report(by_outcome(weighed))
    found = by_name(report)
    assert report.weighed is not None
    assert found["weighed Brier score"].value == report.weighed.brier.mean.value
    assert found["weighed Brier score"].value != found["Brier score"].value
    assert found["weighed skill"].value == report.weighed.skill.value


def test_a_difference_of_two_says_whose_it_is_or_what_is_missing() -> None:
    pairs = drawn(20)
    both = [*resolved(pairs), *resolved([(1 - p, y) for p, y in pairs], "noor")]
    found = figure_of_two(of_two(both, "kim", "noor"))
    assert found.name == "Brier score of kim minus that of noor"
    assert (found.n, found.limits is not None) == (20, True)
    few = figure_of_two(of_two([one for one in both if one.proposal], "kim", "noor"))
    assert (few.n, few.value) == (19, None)
    assert few.reason == "The difference of two reviewers is shown from 20 outcomes on: 1 outcome is missing."
