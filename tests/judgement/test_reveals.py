"""What seeing more changed: against numpy, scipy and statsmodels, and what is said with too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.reveals import Changes, RevealPair

CHANGE, SIZE, VERDICTS, BEFORE, AFTER, GAINED = range(6)
PER_CENT = st.integers(0, 100).map(lambda n: n / 100)
PAIRS = st.lists(st.tuples(PER_CENT, PER_CENT, st.booleans(), st.booleans()), min_size=20, max_size=40)


def pair(proposal: int, before: float | None, after: float | None, **more: object) -> RevealPair:
    return RevealPair(proposal, "kim", before, after, **more)  # type: ignore[arg-type]


def figures(pairs: list[RevealPair]) -> tuple[Estimate, ...]:
    return changed(pairs).figures("the evidence")


def changed(pairs: list[RevealPair]) -> Changes:
    changes = Changes()
    for each in pairs:
        changes.add(each)
    return changes


@given(drawn=PAIRS)
def test_they_are_those_of_scipy_and_statsmodels(drawn: list[tuple[float, float, bool, bool]]) -> None:
    pairs = [
        pair(i, before, after, verdict_before=Verdict.FAILS,
             verdict_after=Verdict.SURVIVES if other else Verdict.FAILS, survived=survived)
        for i, (before, after, other, survived) in enumerate(drawn)
    ]  # fmt: skip
    found = figures(pairs)
    before, after = np.array([d[0] for d in drawn]), np.array([d[1] for d in drawn])
    outcome = np.array([float(d[3]) for d in drawn])
    for figure, values in (
        (found[CHANGE], 100 * (after - before)),
        (found[SIZE], 100 * np.abs(after - before)),
        (found[GAINED], (after - outcome) ** 2 - (before - outcome) ** 2),
    ):
        assert figure.value == pytest.approx(values.mean(), abs=1e-9)
        if figure.limits is not None:
            assert figure.limits == pytest.approx(
                tuple(stats.ttest_1samp(values, 0).confidence_interval()), abs=1e-6
            )  # fmt: skip
        else:
            assert np.ptp(values) == pytest.approx(0, abs=1e-6)
            assert figure.reason.startswith("No interval")
    changed = sum(d[2] for d in drawn)
    assert found[VERDICTS].value == pytest.approx(changed / len(drawn))
    assert found[VERDICTS].limits == pytest.approx(proportion_confint(changed, len(drawn), method="wilson"))
    assert found[BEFORE].value == pytest.approx(((before - outcome) ** 2).mean())
    assert found[AFTER].value == pytest.approx(((after - outcome) ** 2).mean())
    assert {figure.n for figure in found} == {len(drawn)}


def test_several_reviewers_of_one_proposal_are_one_observation() -> None:
    pairs = [RevealPair(i, who, 0.5, after) for i in range(10) for who, after in (("kim", 0.9), ("lee", 0.3))]
    found = figures(pairs)
    assert found[CHANGE].n == 10
    assert found[CHANGE].value == pytest.approx(10)
    assert found[CHANGE].reason == "No interval: all 10 proposals give the same."
    assert found[SIZE].value == pytest.approx(30)


@pytest.mark.parametrize("n", [9, 10])
def test_a_change_is_shown_from_ten_proposals_on(n: int) -> None:
    pairs = [
        pair(i, 0.5, i / 20, verdict_before=Verdict.FAILS, verdict_after=Verdict.FAILS, survived=True) for i in range(n)
    ]
    shown = [figure.value is not None for figure in figures(pairs)]
    assert shown == [n == 10] * 3 + [False]
    if n == 9:
        assert figures(pairs)[CHANGE].reason == "What it changed is shown from 10 proposals on: 1 proposal is missing."


@pytest.mark.parametrize("n", [19, 20])
def test_scores_are_shown_from_twenty_outcomes_on(n: int) -> None:
    pairs = [pair(i, 0.5, i / 20, survived=i % 2 == 0) for i in range(n)]
    found = figures(pairs)
    assert len(found) == (6 if n == 20 else 4)
    if n == 19:
        assert found[-1].reason == (
            "The difference of before and after is shown from 20 outcomes on: 1 outcome is missing."
        )
    else:
        assert [figure.name for figure in found[BEFORE:]] == [
            "Brier score before the evidence", "Brier score after the evidence",
            "change of the Brier score by the evidence",
        ]  # fmt: skip


def test_what_one_did_not_say_is_in_no_figure() -> None:
    pairs = [pair(i, None, 0.5, verdict_before=Verdict.FAILS) for i in range(30)]
    assert {figure.n for figure in figures(pairs)} == {0}
    with pytest.raises(ValueError, match="from 0 to 1"):
        pair(1, 1.5, 0.5)


@pytest.mark.parametrize(("n", "said"), [(10, True), (99, True), (100, False)])
def test_a_change_by_few_proposals_says_how_often_its_interval_holds(n: int, said: bool) -> None:
    figure = figures([RevealPair(i, "kim", 0.5, 0.4 + 0.1 * (i % 2)) for i in range(n)])[0]
    assert figure.limits is not None
    assert ("Changes are skewed" in figure.caution) is said
