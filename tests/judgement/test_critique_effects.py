"""What changed after Claude's critique: by hand, against numpy, scipy and statsmodels, and with too little."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.critique_effects import CritiquedPair, OfferedForecast, effect_figures, offer_figures
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.resolved import Resolved

PER_CENT = st.integers(0, 100).map(lambda n: n / 100)
VERDICTS = st.sampled_from(Verdict)
PAIRS = st.lists(st.tuples(PER_CENT, PER_CENT, VERDICTS, VERDICTS, st.booleans()), min_size=20, max_size=40)
PLACES = {Verdict.FAILS: 0, Verdict.CONDITIONAL: 1, Verdict.SURVIVES: 2}
SHARES = ("verdict changed after", "verdict towards fails", "verdict towards survives", "forecast changed after")
MEANS = ("change of the forecast", "size of the change")


def pair(
    proposal: int, before: float | None = None, after: float | None = None, *verdicts: Verdict, **more: object
) -> CritiquedPair:
    who = str(more.pop("reviewer", "kim"))
    one, other = verdicts or (None, None)
    return CritiquedPair(proposal, who, before, after, one, other, **more)  # type: ignore[arg-type]


def figures(pairs: list[CritiquedPair], judged: int = 100) -> dict[str, Estimate]:
    return {figure.name: figure for figure in effect_figures(pairs, judged)}


def test_ten_judgements_by_hand() -> None:
    """Two verdicts went down, one up, one nobody can place; three forecasts moved by −20, −10 and +6 points."""
    changes = [
        (Verdict.SURVIVES, Verdict.FAILS, -0.2), (Verdict.CONDITIONAL, Verdict.FAILS, -0.1),
        (Verdict.FAILS, Verdict.CONDITIONAL, 0.06), (Verdict.FAILS, Verdict.CANNOT_TELL, 0.0),
        *[(Verdict.FAILS, Verdict.FAILS, 0.0)] * 6,
    ]  # fmt: skip
    found = figures([pair(i, 0.5, 0.5 + by, one, other) for i, (one, other, by) in enumerate(changes)], 25)
    assert (found["with Claude's questions"].value, found["with Claude's questions"].n) == (10, 25)
    assert [found[name].value for name in SHARES] == pytest.approx([0.4, 0.2, 0.1, 0.3])
    assert [found[name].value for name in MEANS] == pytest.approx([-2.4, 3.6])
    # s² of −20, −10, 6 and seven 0 about −2.4 is (536 − 57.6) / 9; half is t with 9 degrees of freedom times s/√10.
    half = 2.2621571628 * math.sqrt(478.4 / 9 / 10)
    assert found["change of the forecast"].limits == pytest.approx((-2.4 - half, -2.4 + half))
    # Wilson: (p + z²/2n ± z √(pq/n + z²/4n²)) / (1 + z²/n) with z² = 3.8414588.
    z2 = 3.841458821
    middle, spread = 0.4 + z2 / 20, math.sqrt(z2) * math.sqrt(0.024 + z2 / 400)
    assert found["verdict changed after"].limits == pytest.approx(
        ((middle - spread) / (1 + z2 / 10), (middle + spread) / (1 + z2 / 10))
    )


@given(drawn=PAIRS)
def test_of_one_reviewer_they_are_those_of_scipy_and_statsmodels(
    drawn: list[tuple[float, float, Verdict, Verdict, bool]],
) -> None:
    found = figures([pair(i, b, a, v, w, survived=s) for i, (b, a, v, w, s) in enumerate(drawn)])
    n = len(drawn)
    change = 100 * np.array([a - b for b, a, *_ in drawn])
    for name, values in ((MEANS[0], change), (MEANS[1], np.abs(change))):
        assert found[name].value == pytest.approx(values.mean(), abs=1e-9)
        if found[name].limits is not None:
            interval = stats.ttest_1samp(values, 0).confidence_interval()
            assert found[name].limits == pytest.approx(tuple(interval), abs=1e-6)
        else:
            assert np.ptp(values) == pytest.approx(0, abs=1e-6)
            assert found[name].reason == f"No interval: all {n} judgements give the same."
    moved = [PLACES[w] - PLACES[v] if v in PLACES and w in PLACES else 0 for _, _, v, w, _ in drawn]
    counts = sum(v is not w for _, _, v, w, _ in drawn), sum(m < 0 for m in moved), sum(m > 0 for m in moved)
    for name, many in zip(SHARES, (*counts, sum(b != a for b, a, *_ in drawn)), strict=True):
        assert found[name].value == pytest.approx(many / n)
        assert found[name].limits == pytest.approx(proportion_confint(many, n, method="wilson"), abs=1e-9)
    scored = [(b, a, float(s)) for b, a, _, _, s in drawn if a != b]
    of_score = found["change of the Brier score"]
    assert (of_score.value is not None) is (len(scored) >= 20)
    if scored and of_score.value is not None:
        before, after, outcome = np.array(scored).T
        assert of_score.value == pytest.approx(((after - outcome) ** 2 - (before - outcome) ** 2).mean(), abs=1e-9)


@pytest.mark.parametrize("n", [9, 10])
def test_a_change_is_shown_from_ten_proposals_on(n: int) -> None:
    pairs = [
        pair(i, 0.5, i / 20, Verdict.FAILS, Verdict.FAILS, reviewer=who) for i in range(n) for who in ("kim", "lee")
    ]
    found = figures(pairs)
    assert {found[name].value is not None for name in (*SHARES, *MEANS)} == {n == 10}
    if n == 9:
        assert found[MEANS[0]].reason == "It is shown from 10 proposals on: 1 proposal is missing."
    assert found["with Claude's questions"].value == 2 * n


def test_what_nobody_said_before_or_after_is_in_no_figure() -> None:
    found = figures([pair(i, None, 0.5) for i in range(30)])
    assert {found[name].n for name in (*SHARES, *MEANS)} == {0}
    assert found["with Claude's questions"].value == 30
    with pytest.raises(ValueError, match="from 0 to 1"):
        pair(1, 1.5, 0.5)


@pytest.mark.parametrize("reviewers", [1, 2, 4, 5])
def test_from_five_reviewers_on_intervals_are_of_others_too(reviewers: int) -> None:
    """Each changes all that they see by their own amount: of few nobody can tell how far others would."""
    pairs = [
        pair(i, 0.5, 0.5 + who / 50 + i / 2000, Verdict.FAILS, Verdict.SURVIVES if who > 1 else Verdict.FAILS,
             reviewer=f"person {who}")
        for i in range(40) for who in range(reviewers)
    ]  # fmt: skip
    found = figures(pairs)[MEANS[0]]
    assert found.limits is not None
    width = found.limits[1] - found.limits[0]
    assert ("of these reviewers" in found.caution) is (1 < reviewers < 5)
    assert found.method.endswith("by proposal and reviewer" if reviewers == 5 else "by proposal")
    assert (width > 2) is (reviewers == 5)
    share = figures(pairs)[SHARES[0]]
    assert share.limits is not None
    assert share.limits[0] <= (share.value or 0) <= share.limits[1]


def test_marks_are_counted_and_their_share_told_from_ten_proposals_on() -> None:
    few = figures([pair(i, useful=2, not_useful=1) for i in range(9)])
    assert (few["marked useful"].value, few["marked not useful"].value, few["marked useful"].n) == (18, 9, 27)
    assert few["share marked useful"].value is None
    many = figures([pair(i, useful=2, not_useful=1) for i in range(10)])["share marked useful"]
    assert many.value == pytest.approx(2 / 3)
    assert (many.n, many.of) == (30, "marked item")
    assert "share marked useful" not in figures([pair(1)])


@pytest.mark.parametrize("n", [19, 20])
def test_scores_of_what_changed_are_shown_from_twenty_outcomes_on(n: int) -> None:
    """0.5 became 0.6 or 0.4, as was right each time: the Brier score fell from .25 to .16, the log score by ln 1.2."""
    pairs = [pair(i, 0.5, 0.6 if i % 2 else 0.4, survived=bool(i % 2)) for i in range(n)]
    pairs += [pair(i, 0.5, 0.5, survived=True) for i in range(100, 140)]
    found = figures(pairs)
    brier, log = found["change of the Brier score"], found["change of the log score"]
    assert (brier.n, brier.of) == (n, "outcome"), "what did not change is not among them"
    if n == 19:
        why = "The difference of before and after is shown from 20 outcomes on: 1 outcome is missing."
        assert (brier.value, brier.reason, log.reason) == (None, why, why)
        return
    assert brier.value == pytest.approx(-0.09)
    assert log.value == pytest.approx(-math.log(1.2))
    assert found["Brier score before"].value == pytest.approx(0.25)
    assert found["Brier score after"].value == pytest.approx(0.16)


def offered(n: int, forecast: float, offer: bool, first: int = 0, reviewer: str = "kim") -> list[OfferedForecast]:
    return [
        OfferedForecast(Resolved(first + i, reviewer, forecast + (i % 3) / 100, bool(i % 2)), offer) for i in range(n)
    ]


@pytest.mark.parametrize(("n", "m", "shown"), [(20, 20, True), (19, 40, False), (40, 19, False)])
def test_both_sides_are_compared_from_twenty_outcomes_of_each_on(n: int, m: int, shown: bool) -> None:
    found = {f.name: f for f in offer_figures([*offered(n, 0.4, True), *offered(m, 0.5, False, 1000)])}
    difference = found["Brier score with the offer − without"]
    assert (difference.value is not None) is shown
    assert ("log score without the offer" in found) is shown
    if not shown:
        said = f"It is shown from 20 outcomes with the offer and 20 without on: there are {n} and {m}."
        assert difference.reason == said


def test_of_one_reviewer_the_difference_of_both_sides_is_welchs() -> None:
    arms = offered(25, 0.3, True), offered(40, 0.6, False, 1000)
    found = {f.name: f for f in offer_figures([*arms[0], *arms[1]])}["Brier score with the offer − without"]
    ours, theirs = ([(e.resolved.forecast - e.resolved.survived) ** 2 for e in arm] for arm in arms)
    welch = stats.ttest_ind(ours, theirs, equal_var=False)
    assert found.value == pytest.approx(np.mean(ours) - np.mean(theirs))
    assert found.limits == pytest.approx(tuple(welch.confidence_interval()), abs=1e-6)


def test_several_forecasts_of_one_proposal_are_one_outcome() -> None:
    single = [*offered(25, 0.3, True), *offered(40, 0.6, False, 1000)]
    both = [*single, *offered(25, 0.3, True, reviewer="lee"), *offered(40, 0.6, False, 1000, reviewer="lee")]
    name = "Brier score with the offer − without"
    one, two = ({f.name: f for f in offer_figures(each)}[name] for each in (single, both))
    assert one.n == two.n
    assert one.value == pytest.approx(two.value)
    assert one.limits == pytest.approx(two.limits)
    assert "of these reviewers" in two.caution
