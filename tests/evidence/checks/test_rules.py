"""Each rule fires on its own example with the right numbers, and is silent on a clean record."""

import math
from dataclasses import replace
from typing import Any

import pytest

from reviewer.domain.checks import CheckSettings, Level
from reviewer.domain.left_out_errors import left_out, seeds_left_out
from reviewer.domain.methods import Measurement, Method, Opinions, OutsideReview, SeedValue, SelfScore
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, Role, Setting
from reviewer.evidence.arms import arm_of, states_otherwise
from reviewer.evidence.checks.case import Case, Namesake
from reviewer.evidence.checks.context import Context, at_least
from reviewer.evidence.checks.measured import rerun_distances
from reviewer.evidence.checks.registry import BY_ID, RULES, Checker, words_of
from reviewer.evidence.recovered import in_shares, is_as_stated, recovered
from reviewer.evidence.units import as_measured
from tests.builders import method
from tests.evidence.checks.cases import (
    BASELINE,
    CEILING,
    FLOOR,
    PROPOSAL,
    REFERENCES,
    SPREAD,
    STUDY,
    TEXT,
    added,
    arm,
    asked,
    case,
    changed,
    number,
    seeds,
    stating_alone,
)

TELLING_METRICS = (
    *STUDY.metrics,
    Metric("score", Direction.HIGHER, "percent"),
    Metric("balanced_accuracy", Direction.HIGHER),
    Metric("sometimes_correct"),
    Metric("constraint_satisfaction", Direction.HIGHER),
    Metric("nll", Direction.LOWER),
    Metric("mood"),
)
TELLING = replace(STUDY, metrics=TELLING_METRICS)


def in_the_lab_alone(of: Method) -> Method:
    """The method with one run, in the lab alone."""
    lab = (m for m in of.measurements if m.setting is Setting.LAB)
    return replace(of, measurements=tuple(m._replace(seeds=(), n_seeds=1) for m in lab))


def telling_first(metric: str) -> Problem:
    """The problem with another primary metric."""
    return replace(TELLING, primary_metric=metric)


SCORED = {("run-1", "Novelty"): [(0.5, 68), (0.8, 93), (0.9, 400)], ("run-2", "Novelty"): [(0.9, 9)]}
"""Scores of two sources: the first has 493 of 561 that are high."""


def ended(*how: tuple[bool | None, int | None]) -> tuple[SeedValue, ...]:
    """The five seeds of the clean proposal, with how their runs ended."""
    return tuple(
        s._replace(completed=done, exit_status=status) for s, (done, status) in zip(seeds(0.7), how, strict=True)
    )


def small_gain(gain: float = 0.01) -> Case:
    """A proposal that is a little better than its baseline, with seeds that lie far apart."""
    spread = tuple(20 * d for d in SPREAD)
    ours = changed(PROPOSAL, value=0.3 + gain, seeds=seeds(0.3 + gain, spread), standard_error=20 * 0.0035355339)
    theirs = changed(BASELINE, seeds=seeds(0.3, spread), standard_error=20 * 0.0035355339)
    return case(stating_alone(ours), baselines=(stating_alone(theirs),), proposals=1000)


SUBSETS = tuple(number(v, "accuracy", subset=s, n_test=n, seeds=()) for s, v, n in (("a", 0.9, 900), ("b", 0.3, 1000)))

EXAMPLES: dict[str, tuple[Case, str, dict[str, Any]]] = {
    "few-seeds": (
        case(changed(stating_alone(PROPOSAL), n_seeds=3, seeds=seeds(0.7)[1:4], standard_error=0.00288675)),
        "PGR on chat (lab): 3 seeds, and fewer than 5 are unsafe; would it hold with more?",
        {"seeds": 3, "asked_for": 5},
    ),
    "seed-asymmetry": (
        case(changed(stating_alone(PROPOSAL), n_seeds=8, seeds=(), standard_error=0.004)),
        "PGR on chat (lab): 8 seeds here, 5 for Vanilla; are they as well known?",
        {"seeds": 8, "baseline_seeds": 5},
    ),
    "same-values": (
        case(changed(PROPOSAL, seeds=seeds(0.7, (0.0,) * 5), standard_error=0.01)),
        "PGR on chat (lab): all 5 seeds give 0.700; were they really run apart?",
        {"seeds": 5, "value": 0.7},
    ),
    "repeated-seeds": (
        case(changed(PROPOSAL, seeds=tuple(s._replace(seed=min(s.seed or 0, 44)) for s in seeds(0.7)))),
        "PGR on chat (lab): seed 44 stands there 3 times; is one run counted more than once?",
        {"seed": 44, "times": 3},
    ),
    "seed-count": (
        case(changed(PROPOSAL, n_seeds=6)),
        "PGR on chat (lab): 6 seeds stated, 5 listed; which of them count?",
        {"stated": 6, "listed": 5},
    ),
    "no-error": (
        case(changed(stating_alone(PROPOSAL), standard_error=None, seeds=())),
        "PGR on chat (lab): neither a standard error nor values of single seeds; how far would a second run be off?",
        {"numbers": 1},
    ),
    "odd-error": (
        case(changed(PROPOSAL, standard_error=-0.1)),
        "PGR on chat (lab): the standard error is −0.100, which none can be; what is it?",
        {"standard_error": -0.1},
    ),
    "error-mismatch": (
        case(changed(PROPOSAL, standard_error=0.0079056942)),
        "PGR on chat (lab): the stated error is 0.0079 (it is the deviation itself, not divided by √n), the 5 seeds "
        "give 0.0035; which is it?",
        {"stated": 0.0079056942, "from_seeds": pytest.approx(0.0035355, rel=1e-4), "seeds": 5},
    ),
    "mean-mismatch": (
        case(changed(PROPOSAL, seeds=seeds(0.65))),
        "PGR on chat (lab): 0.700 is stated, 5 listed seeds give 0.650 on average; which runs is it of?",
        {"stated": 0.7, "from_seeds": pytest.approx(0.65)},
    ),
    "no-count": (
        case(changed(PROPOSAL, n_test=0)),
        "PGR on chat (lab): 0 test examples are stated; what does the number rest on?",
        {"of": "test examples", "n": 0},
    ),
    "within-noise": (
        small_gain(),
        "PGR on chat (lab): +0.01 against Vanilla, and the 95 % interval, −0.22 to +0.24, has 0 in it; "
        "is there a gain?",
        # 2.306 (t of 8 degrees of freedom) × 0.1
        {"low": pytest.approx(0.01 - 2.306004 * 0.1, abs=1e-5), "high": pytest.approx(0.01 + 2.306004 * 0.1, abs=1e-5)},
    ),
    "test-set-noise": (
        small_gain(),
        "PGR on chat (lab): +0.01 against Vanilla, and 2,000 test examples alone have a standard error of 0.03; "
        "would other examples show it?",
        # √(.624 × .376 / 2000) / .4: a share of .31 of the gap from .5 to .9 is an accuracy of .624.
        {"test_set_error": pytest.approx(math.sqrt(0.624 * 0.376 / 2000) / 0.4), "n_test": 2000},
    ),
    "rerun-noise": (
        small_gain(),
        "PGR on chat (lab): +0.01 against Vanilla, and two runs that differ by their seed alone are usually 0.20 "
        "apart; is it more than a lucky seed?",
        {"gain": pytest.approx(0.01), "between_seeds": pytest.approx(0.2)},
    ),
    "selection-noise": (
        small_gain(),
        "PGR on chat (lab): +0.01, and choosing the best of the problem's 1,000 or more proposals on 2,000 test "
        "examples can give up to +0.13 by itself; how often was this test set asked?",
        {"from_selection": pytest.approx(math.sqrt(math.log(2000 / 0.05) / 4000) / 0.4), "proposals": 1000},
    ),
    "derived-mismatch": (
        case(changed(PROPOSAL, "accuracy", value=0.75, seeds=seeds(0.75))),
        "PGR on chat (lab): 0.700 is stated, but accuracy 0.750 between floor 0.500 and ceiling 0.900 gives 0.625; "
        "which floor and ceiling were taken?",
        {"stated": 0.7, "recomputed": pytest.approx(0.625), "from": 0.75, "floor": 0.5, "ceiling": 0.9},
    ),
    "count-mismatch": (
        case(changed(PROPOSAL, "accuracy", n_correct=1500)),
        "accuracy on chat (lab): 0.780 is stated, 1,500 right of 2,000 are 0.750; which of them is it?",
        {"n_correct": 1500, "n_test": 2000},
    ),
    "subset-sums": (
        case(added(PROPOSAL, *(m._replace(value=0.78) for m in SUBSETS))),
        "accuracy on chat (lab): 2,000 test examples in all, but its 2 subsets add up to 1,900; do they overlap, or is "
        "one missing?",
        {"whole": 2000, "subsets": 1900},
    ),
    "no-gap": (
        case(references=(REFERENCES[0], changed(REFERENCES[1], "accuracy", value=0.4, seeds=seeds(0.4)))),
        "accuracy on chat (lab): the floor is better than the ceiling: 0.500 and 0.400; what would a share of that "
        "gap mean?",
        {"floor": 0.5, "ceiling": 0.4},
    ),
    "sentinel": (
        case(changed(PROPOSAL, value=-999.0, seeds=())),
        "PGR on chat (lab): −999 stands where a value belongs; did that run fail?",
        {"value": -999.0},
    ),
    "unequal-tests": (
        case(changed(PROPOSAL, n_test=300)),
        "PGR on chat (lab): 300 test examples here, 2,000 for Vanilla; are they the same test?",
        {"n_test": 300, "baseline_n_test": 2000},
    ),
    "below-floor": (
        case(stating_alone(changed(PROPOSAL, value=-0.05, seeds=seeds(-0.05)))),
        "PGR on chat (lab): −0.0500, worse than the floor of 0.0000; what does it lose on the way?",
        {"value": -0.05, "floor": 0.0},
    ),
    "subset-below-chance": (
        case(added(PROPOSAL, SUBSETS[1])),
        "accuracy on chat (lab, subset b): 0.300 over 1,000 examples is below chance (0.500); is something turned "
        "round there?",
        {"value": 0.3, "n_test": 1000},
    ),
    "subset-spread": (
        case(added(PROPOSAL, *SUBSETS)),
        "accuracy on chat (lab): 0.900 on a, 0.300 on b; does it use something that only some of them have?",
        {"highest": 0.9, "lowest": 0.3},
    ),
    "best-of-several": (
        case(
            stating_alone(changed(PROPOSAL, dataset="math", value=0.2, seeds=seeds(0.2))),
            baselines=(stating_alone(BASELINE),),
        ),
        "PGR on chat (lab): better by 0.400 than Vanilla, but PGR on math (held-out): worse by 0.100 than Vanilla (1 "
        "better, 1 worse); which of them speaks for production?",
        {"better": 1, "worse": 1, "gain": pytest.approx(0.4), "loss": pytest.approx(-0.1)},
    ),
    "held-out-drop": (
        case(changed(stating_alone(PROPOSAL), dataset="math", value=0.35, seeds=seeds(0.35))),
        "PGR on math (held-out): 0.3500, after 0.7000 for PGR on chat (lab), 50 % worse; was it fitted to the lab?",
        {"value": 0.35, "lab": 0.7, "drop": pytest.approx(0.5)},
    ),
    "nothing-measured": (
        case(replace(PROPOSAL, measurements=())),
        "Nothing was measured of it; what shows that it works?",
        {"numbers": 0},
    ),
    "one-setting": (
        case(replace(PROPOSAL, measurements=PROPOSAL.measurements[:2])),
        "Measured in the lab alone, on chat; does it hold on something that the search never saw?",
        {"datasets": 1},
    ),
    "stronger-baseline": (
        case(
            baselines=(
                BASELINE,
                stating_alone(
                    changed(
                        arm("b2", 0.2, Role.BASELINE, id=9, title="Zero-shot"),
                        dataset="math",
                        value=0.6,
                        seeds=seeds(0.6),
                    )
                ),
            )
        ),
        "PGR on math (held-out): Zero-shot has 0.600, Vanilla 0.300; which of them is to be beaten there?",
        {"strongest": 0.6, "cited": 0.3, "strongest_is": "Zero-shot", "cited_is": "Vanilla"},
    ),
    "no-baseline": (
        case(baselines=()),
        "PGR on chat (lab), PGR on math (held-out), accuracy on chat (lab) and 1 more: no baseline was measured there; "
        "what is it to be held against?",
        {"numbers": 4},
    ),
    "unknown-direction": (
        case(
            problem=replace(STUDY, metrics=(replace(STUDY.metrics[0], direction=Direction.UNKNOWN), *STUDY.metrics[1:]))
        ),
        "Nobody has said whether more PGR is better; is it?",
        {"metric": "PGR"},
    ),
    "mixed-directions": (
        case(
            added(PROPOSAL, number(0.5, "f1")),
            problem=replace(
                STUDY,
                metrics=(
                    STUDY.metrics[0],
                    Metric("f1", Direction.HIGHER, derived_from=("accuracy",)),
                    Metric("accuracy", Direction.LOWER, "fraction"),
                ),
            ),
        ),
        "More f1 counts as better, more accuracy as worse; which way do these two go?",
        {"metric": "f1", "other": "accuracy"},
    ),
    "baseline-drift": (
        case(added(PROPOSAL, number(0.72))),
        "PGR on chat (lab): it stands there as 0.700 and as 0.720; which of them holds?",
        {"lowest": 0.7, "highest": 0.72},
    ),
    "synthetic": (
        case(replace(PROPOSAL, measurements=tuple(m._replace(dataset="synth_1") for m in PROPOSAL.measurements))),
        "All of it was measured on synth_1; would real data show the same?",
        {"datasets": 1},
    ),
    "missing-words": (
        case(in_the_lab_alone(replace(PROPOSAL, body="Five seeds of it."))),
        "The text says nothing of a baseline or held-out data; was it thought of?",
        {"missing": 2},
    ),
    "large-ensemble": (
        case(replace(PROPOSAL, body="We ensemble the scores of 16 seeds, beside the baseline, on held-out data.")),
        "The text speaks of “16 seeds” taken together; would production run all 16 for each answer?",
        {"models": 16},
    ),
    "identity-mismatch": (
        case(changed(PROPOSAL, seeds=tuple(s._replace(says="seed 42" if s.seed == 44 else "") for s in seeds(0.7)))),
        "PGR on chat (lab): 1 of 5 runs say that they are another, seed 44 that it is “seed 42”; whose numbers "
        "are these?",
        {"runs": 1, "of": 5, "seed": 44},
    ),
    "copied-runs": (
        case(changed(PROPOSAL, seeds=tuple(s._replace(seconds=60.25 + (s.seed or 0) // 44) for s in seeds(0.7)))),
        "PGR on chat (lab): 3 runs took 61.25 seconds each, to the last digit; was one copied from the other?",
        {"seconds": 61.25, "runs": 3, "other": None},
    ),
    "prediction-imbalance": (
        case(
            changed(
                PROPOSAL,
                seeds=tuple(
                    s._replace(predicted_share=0.62 - (s.seed or 0) % 2 / 10, label_share=0.5) for s in seeds(0.7)
                ),
            )
        ),
        "PGR on chat (lab): seed 42 gives one answer for 0.620 of the examples, and 0.500 have it (3 of 5 runs so far "
        "off); does it lean to one side?",
        {"seed": 42, "predicted_share": 0.62, "label_share": 0.5, "runs": 3},
    ),
    "similar-title": (
        case(namesake=Namesake(1, "run-1/p0", "Confident\nlabels", same=False, common=5, either=7)),
        "An earlier proposal (run-1/p0) is called “Confident labels”, with 5 of the 7 words of both titles in both; "
        "is it the same idea?",
        {"earlier": "run-1/p0", "common": 5, "words": 7},
    ),
    "same-title": (
        case(namesake=Namesake(1, "run-1/p0", "Confident labels", same=True, common=0, either=0)),
        "An earlier proposal (run-1/p0) has the same title; is it the same idea?",
        {"earlier": "run-1/p0"},
    ),
    "cost-growth": (
        case(added(PROPOSAL, number(6.0, "hours")), baselines=(added(BASELINE, number(2.0, "hours")),)),
        "hours on chat (lab): 6.0000, 3 times the 2.0000 of Vanilla; may it cost so much?",
        {"ratio": 3.0, "value": 6.0, "baseline_value": 2.0},
    ),
    "run-status": (
        case(changed(PROPOSAL, seeds=ended((True, 0), (True, 1), (True, 137), (None, 1), (None, None)))),
        "PGR on chat (lab): 2 of 5 runs say that they succeeded, and ended with an error (seed 43 with status 1); "
        "which is it?",
        {"runs": 2, "of": 5, "seed": 43, "exit_status": 1},
    ),
    "no-share": (
        case(changed(PROPOSAL, "accuracy", value=78.0, seeds=seeds(78.0))),
        "accuracy on chat (lab): 78.000 is no share of the examples, from 0 to 1, and would be 0.780 in per cent; in "
        "what unit is it?",
        {"value": 78.0, "times": 6},
    ),
    "self-scores": (
        case(opinions=Opinions((SelfScore("Novelty", 9.0),)), self_scores=SCORED),
        "“Novelty” is 9 of 10, and at least 80% of the 500 or more such scores of its source are as high; does it "
        "tell one idea from another?",
        {"score": "Novelty", "value": 9.0, "most": 10.0, "scores": 500},
    ),
    "review-spread": (
        case(opinions=Opinions(reviews=tuple(OutsideReview(score) for score in (3.0, None, 6.0, 5.0)))),
        "3 outside reviews of it lie 3 of 10 apart; what do they see differently?",
        {"reviews": 3, "spread": pytest.approx(0.3)},
    ),
    "weak-reviews": (
        case(
            opinions=Opinions(
                reviews=(
                    OutsideReview(5.0, confidence=2.0, consent=False),
                    OutsideReview(5.0, used_ai=True),
                    OutsideReview(6.0, confidence=1.0),
                    OutsideReview(6.0, confidence=3.0, used_ai=False, consent=True),
                )
            )
        ),
        "Of 4 outside reviews: 2 confidence 2 of 5 or less, 1 written with an AI, 1 given without consent to its use; "
        "how much do they count?",
        {"reviews": 4, "low_confidence": 2, "used_ai": 1, "without_consent": 1},
    ),
}


@pytest.mark.parametrize("rule_id", BY_ID)
def test_each_rule_fires_on_its_example_with_its_numbers(rule_id: str) -> None:
    of, question, numbers = EXAMPLES[rule_id]
    found = [r for r in asked(of) if r.rule == rule_id]
    assert question in [r.question for r in found]
    result = found[[r.question for r in found].index(question)]
    assert {name: result.numbers[name] for name in numbers} == numbers
    assert result.level is BY_ID[rule_id].level


def test_no_rule_fires_on_a_clean_record() -> None:
    assert asked(case(proposals=1000)) == ()
    assert asked(case(BASELINE)) == ()
    sure = OutsideReview(7.0, confidence=4.0, used_ai=False, consent=True)
    told = changed(PROPOSAL, seeds=ended(*[(True, 0)] * 5), n_evaluations=20)
    scored = Opinions((SelfScore("Novelty", 9.0), SelfScore("Feasibility", 3.0)), (sure, sure, sure))
    few = {("run-1", "Novelty"): [(0.3, 50), (0.9, 50)]}
    assert asked(case(told, proposals=1000, opinions=scored, self_scores=few)) == ()


def asked_by(rule: str, of: Case) -> list[str]:
    return [r.question for r in asked(of) if r.rule == rule]


def test_a_metric_that_sources_describe_as_going_both_ways_is_asked_about() -> None:
    pgr, *others = STUDY.metrics
    disputed = replace(pgr, disputed_by=("/data/run 2/\x1b[31mresults.json", ""))
    (question,) = asked_by("mixed-directions", case(problem=replace(STUDY, metrics=(disputed, *others))))
    assert question.startswith("More PGR counts as better, but ")
    assert question.endswith("results.json and a person say that it is worse; which way does it go?")
    assert "\x1b" not in question


def test_runs_that_failed_and_count_are_asked_about() -> None:
    failed = case(changed(PROPOSAL, seeds=ended((False, 1), (True, 0), (False, None), (True, 0), (None, 2))))
    assert asked_by("run-status", failed) == [
        "PGR on chat (lab): 2 of 5 runs say that they failed (seed 42), and count all the same; what are their values "
        "of?"
    ]


def test_a_gain_is_held_against_runs_that_were_made_again() -> None:
    again = changed(arm("again", 0.25, Role.PROPOSAL, id=9), value=0.25, seeds=(), n_seeds=1)
    original = changed(arm("original", 0.7, Role.PROPOSAL, id=8), value=0.7, seeds=(), n_seeds=1)
    found = rerun_distances([(again, original)], STUDY)
    assert found[("run-1", ("pgr", "chat", Setting.LAB, ""))] == pytest.approx(0.45)
    question = asked_by("rerun-noise", case(rerun_distances=found))[0]
    assert question.startswith(
        "PGR on chat (lab): +0.400 against Vanilla, and two runs that differ by their seed alone"
    )
    elsewhere = {("another run", key): distance for (_, key), distance in found.items()}
    assert asked_by("rerun-noise", case(rerun_distances=elsewhere)) == []


def test_how_often_a_test_set_was_asked_goes_before_the_number_of_proposals() -> None:
    of = small_gain()
    told = changed(of.method, n_evaluations=4000)
    (question,) = asked_by("selection-noise", case(told, baselines=of.context.baselines, proposals=1000))
    assert "choosing the best of 4,000 evaluations on 2,000 test examples" in question
    assert question.endswith("would it hold on a new one?")
    fewer = changed(of.method, n_evaluations=10)
    (question,) = asked_by("selection-noise", case(fewer, baselines=of.context.baselines, proposals=1000))
    assert "1,000 or more proposals" in question


def test_of_as_many_evaluations_as_proposals_those_that_are_told_are_asked_about() -> None:
    of = small_gain()
    told = changed(of.method, n_evaluations=2)
    (question,) = asked_by("selection-noise", case(told, baselines=of.context.baselines, proposals=2))
    assert "choosing the best of 2 evaluations" in question
    assert question.endswith("would it hold on a new one?")


def test_where_nobody_says_how_often_a_test_set_was_asked_as_many_tries_as_give_the_gain_are_told() -> None:
    of = small_gain(0.11)
    unknown = case(of.method, baselines=of.context.baselines)
    # By Bernstein's inequality: √(2 × .664 × .336 × L / 2000) + L / 6000 is .044 where L is 8.150; .025 × e^L is 86.6.
    assert asked_by("selection-noise", unknown) == [
        "PGR on chat (lab): +0.11, and choosing the best of as few as 87 tries on 2,000 test examples can give up to "
        "+0.11 by itself; how often was this test set asked?"
    ]
    assert asked_by("selection-noise", case(of.method, baselines=of.context.baselines, proposals=50)) == [
        *asked_by("selection-noise", unknown)
    ]
    few = CheckSettings(thresholds={"selection-noise": {"tries": 57}})
    assert "selection-noise" not in [r.rule for r in asked(unknown, few)]
    told = changed(of.method, n_evaluations=1)
    assert asked_by("selection-noise", case(told, baselines=of.context.baselines)) == []
    small = small_gain(0.001)
    (question,) = asked_by("selection-noise", case(small.method, baselines=small.context.baselines))
    assert "the best of as few as 2 tries" in question


@pytest.mark.parametrize(
    ("score", "scores"),
    [
        (SelfScore("Novelty", 5.0), SCORED),
        (SelfScore("Feasibility", 9.0), SCORED),
        (SelfScore("Novelty", 9.0), {("run-1", "Novelty"): [(0.9, 9)]}),
        (SelfScore("Novelty", 9.0), {("run-1", "Novelty"): [(0.5, 300), (0.9, 900)]}),
        (SelfScore("Novelty", 9.0), {("run-2", "Novelty"): [(0.9, 900)]}),
    ],
)
def test_a_score_that_tells_ideas_apart_is_not_asked_about(score: SelfScore, scores: Any) -> None:
    assert asked_by("self-scores", case(opinions=Opinions((score,)), self_scores=scores)) == []


def test_few_reviews_are_asked_about_and_what_they_say_stays_unsaid() -> None:
    (few,) = asked_by("review-spread", case(opinions=Opinions(reviews=(OutsideReview(2.25, 10.0),))))
    assert few == "1 outside review of it, and fewer than 3 say little; who else has read it?"
    apart = Opinions(reviews=(OutsideReview(1.25), OutsideReview(9.75)))
    said = " ".join(asked_by("review-spread", case(opinions=apart)))
    assert "8.5 of 10 apart" in said
    assert "1.25" not in said
    assert "9.75" not in said


@pytest.mark.parametrize(
    ("rule_id", "of"),
    [
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} All numbers are averaged over 5 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} The majority share is .6; chat PGR of 5 seeds: .03."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} Averages of 16 runs; no ensemble is used."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} We report accuracy averaged over 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} We average the accuracy of the labels of 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} Label accuracy is aggregated over 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} The accuracy of predictions of 16 runs is averaged."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} The loss on predictions is averaged over 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} Each score is the mean of 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} The error of each label is the mean of 16 seeds."))),
        ("large-ensemble", case(replace(PROPOSAL, body=f"{TEXT} We report the mean of 16 models."))),
        (
            "count-mismatch",
            case(added(PROPOSAL, number(57.0, "score", n_test=1000, n_correct=570, seeds=())), problem=TELLING),
        ),
        (
            "count-mismatch",
            case(
                added(PROPOSAL, number(0.65, "balanced_accuracy", n_test=1000, n_correct=570, seeds=())),
                problem=TELLING,
            ),
        ),
        (
            "cost-growth",
            case(
                added(PROPOSAL, number(0.9, "sometimes_correct")),
                baselines=(added(BASELINE, number(0.3, "sometimes_correct")),),
                problem=TELLING,
            ),
        ),
        (
            "synthetic",
            case(method("p2", number(0.9, "constraint_satisfaction", "photosynthesis"), body=TEXT), problem=TELLING),
        ),
        ("missing-words", case(replace(PROPOSAL, body="It beats what there was."))),
        ("sentinel", case(changed(PROPOSAL, value=None, missing="the text gives the PGR only", seeds=()))),
        # (.643 − .5) / .4 is .3575: what was rounded is more than the threshold once it is a share of the gap.
        ("derived-mismatch", case(changed(changed(PROPOSAL, value=0.3575), "accuracy", value=0.642, seeds=()))),
        (
            "held-out-drop",
            case(method("p2", number(0.1, "nll"), number(-0.2, "nll", "math")), problem=telling_first("nll")),
        ),
        (
            "held-out-drop",
            case(method("p2", number(1.0, "mood"), number(2.0, "mood", "math")), problem=telling_first("mood")),
        ),
        (
            "best-of-several",
            case(
                changed(
                    PROPOSAL, dataset="math", value=0.29, seeds=seeds(0.29, tuple(20 * d for d in SPREAD))
                ),
                baselines=(stating_alone(BASELINE),),
            ),
        ),
    ],
)  # fmt: skip
def test_a_rule_asks_nothing_of_what_only_looks_like_its_case(rule_id: str, of: Case) -> None:
    assert rule_id not in [r.rule for r in asked(of)]


def test_floor_and_ceiling_of_a_gap_are_of_one_setting() -> None:
    lab, held_out = Setting.LAB, Setting.HELD_OUT
    rows = ((Bound.FLOOR, 0.5, held_out), (Bound.FLOOR, 0.8, lab), (Bound.CEILING, 0.9, lab))
    references = tuple(
        method(f"r{i}", number(value, "accuracy", setting=at), role=Role.REFERENCE, bound=bound)
        for i, (bound, value, at) in enumerate(rows)
    )
    context = Context(STUDY, (), references)
    assert context.gap(("accuracy", "chat", held_out, "")) == (0.8, 0.9)
    assert Context(STUDY, (), references[:1]).gap(("accuracy", "chat", held_out, "")) is None


def test_another_stronger_baseline_is_asked_about_once() -> None:
    strong = tuple(number(v, "pgr", d) for d, v in (("chat", 0.2), ("math", 0.6), ("code", 0.5)))
    rival = method("b2", *strong, role=Role.BASELINE, id=9, title="Zero-shot")
    ours, base = (added(of, number(0.3, "pgr", "code")) for of in (PROPOSAL, BASELINE))
    (found,) = [r for r in asked(case(ours, baselines=(base, rival))) if r.rule == "stronger-baseline"]
    assert found.question == (
        "PGR on math (held-out): Zero-shot has 0.600, Vanilla 0.300; another is stronger on PGR on code (held-out) "
        "too; which of them is to be beaten there?"
    )
    assert found.numbers["places"] == 2


@pytest.mark.parametrize(
    ("origin", "made"), [(Origin.AGENT, "an agent made"), (Origin.UNKNOWN, "nobody says a human made")]
)
def test_a_better_baseline_that_nobody_says_a_human_made_is_asked_about(origin: Origin, made: str) -> None:
    human = replace(BASELINE, origin=Origin.HUMAN)
    posted = arm("b2", 0.6, Role.BASELINE, id=9, title="Posted", origin=origin)
    (question,) = asked_by("stronger-baseline", case(baselines=(human, posted)))
    assert question == (
        f"PGR on chat (lab): Posted, which {made}, has 0.600, Vanilla 0.300; another is stronger on "
        "PGR on math (held-out) too; which of them is to be beaten there?"
    )
    assert asked_by("stronger-baseline", case(baselines=(replace(human, origin=Origin.UNKNOWN), posted))) == []


def test_every_place_is_asked_about_against_the_baseline_that_the_evidence_shows_or_names_as_better() -> None:
    posted = replace(stating_alone(arm("b2", 0.4, Role.BASELINE, id=9, origin=Origin.AGENT)), title="Posted")
    human = method("b1", number(0.3, dataset="math"), number(0.2, dataset="code"), role=Role.BASELINE, id=2,
                   origin=Origin.HUMAN, title="Human")  # fmt: skip
    ours = stating_alone(added(PROPOSAL, number(0.7, dataset="code")))
    rows = case(ours, baselines=(human, posted), references=()).rows
    assert [(row.ours.dataset, row.baseline.title) for row in rows] == [
        ("chat", "Posted"),
        ("math", "Posted"),
        ("code", "Human"),
    ]
    better = changed(human, dataset="math", value=0.5, seeds=seeds(0.5))
    rows = case(ours, baselines=(better, posted), references=()).rows
    assert [row.baseline.title for row in rows if row.ours.dataset == "math"] == ["Human"]


def test_numbers_that_are_none_are_asked_about_by_nothing_else() -> None:
    sentinels = [
        changed(PROPOSAL, "accuracy", "math", value=-999.0, seeds=()),
        changed(PROPOSAL, "accuracy", value=-249.0, seeds=(*seeds(0.7)[:3], SeedValue(9, -999.0))),
        added(
            PROPOSAL, number(-999.0, "accuracy", subset="a", seeds=()), number(0.7, "accuracy", subset="b", seeds=())
        ),
        added(PROPOSAL, number(-999.0, "accuracy", seeds=())),
    ]
    shares = replace(STUDY, primary_metric="accuracy")
    before = {r.rule for r in asked(case(problem=shares))}
    for of in sentinels:
        more = {r.rule for r in asked(case(of, problem=shares))} - before
        # How many seeds or parts there are, and what these give, is asked of their list.
        assert more <= {"sentinel", "mean-mismatch", "error-mismatch", "seed-count", "seed-asymmetry", "subset-sums"}
        assert "sentinel" in more


def test_a_share_of_a_gap_in_per_cent_is_asked_about() -> None:
    of = case(stating_alone(changed(PROPOSAL, value=82.5, seeds=())))
    assert asked_by("no-share", of) == ["PGR on chat (lab): 82.500 would be 82.500 times the gap; is it in per cent?"]


def test_a_share_beside_baselines_in_per_cent_is_asked_about_by_its_unit_alone() -> None:
    shares = replace(STUDY, primary_metric="accuracy")
    told = as_measured(
        shares, [replace(BASELINE, measurements=tuple(number(60.0, "accuracy", d, seeds=()) for d in ("chat", "math")))]
    )
    of = case(changed(PROPOSAL, "accuracy", value=0.67, seeds=()), problem=told)
    question = "0.670, but as a share it would be among the others, which are in per cent; in what unit is it?"
    assert f"accuracy on chat (lab): {question}" in asked_by("no-share", of)
    assert "accuracy" not in {row.ours.metric for row in of.rows}


def test_what_is_in_another_unit_beyond_the_lab_is_no_drop() -> None:
    shares = replace(STUDY, primary_metric="accuracy")
    told = as_measured(
        shares,
        [
            replace(
                BASELINE,
                measurements=(number(60.0, "accuracy", "chat", seeds=()), number(0.6, "accuracy", "math", seeds=())),
            )
        ],
    )
    of = case(changed(PROPOSAL, "accuracy", value=66.0, seeds=()), problem=told)
    assert asked_by("held-out-drop", of) == []


def test_an_odd_baseline_is_none_that_anything_is_held_against_and_no_missing_one() -> None:
    failed = changed(changed(stating_alone(BASELINE), value=-999.0, seeds=()), dataset="math", value=-999.0, seeds=())
    (question,) = asked_by("no-baseline", case(stating_alone(PROPOSAL), baselines=(failed,)))
    assert question == (
        "PGR on chat (lab) and PGR on math (held-out): no baseline has a value there that it could be held against; "
        "what is it to be held against?"
    )


def test_a_share_that_is_stated_as_a_sentinel_is_held_against_baselines_by_its_parts() -> None:
    of = case(changed(PROPOSAL, value=-999.0, seeds=(), standard_error=None))
    assert [row.gain for row in of.rows if row.ours.dataset == "chat"] == [pytest.approx(0.4)]


def test_what_is_in_per_cent_as_its_baselines_are_is_asked_about_as_ever() -> None:
    hundred = [
        replace(of, measurements=tuple(m._replace(value=None if m.value is None else 100 * m.value, seeds=())
                                       for m in of.measurements if m.metric == "accuracy"))
        for of in (PROPOSAL, BASELINE, *REFERENCES)
    ]  # fmt: skip
    problem = replace(
        STUDY, primary_metric="accuracy", metrics=(Metric("accuracy", Direction.HIGHER), *STUDY.metrics[2:])
    )
    told = as_measured(problem, hundred[1:])
    of = case(hundred[0], baselines=(hundred[1],), references=tuple(hundred[2:]), problem=told)
    assert asked_by("no-share", of) == []
    assert [gain for _, gain in of.gains] == pytest.approx([16.0, 16.0])


def in_accuracy(unit: str | None = None, *, baselines: tuple[Method, ...], of: Method) -> Case:
    metrics = (Metric("accuracy", Direction.HIGHER, unit),)
    problem = Problem("p", primary_metric="accuracy", primary_dataset="chat", metrics=metrics)
    return case(of, baselines=baselines, references=(), problem=as_measured(problem, baselines))


def accuracy(value: float, role: Role, **more: Any) -> Method:
    return method(
        role,
        number(value, "accuracy", seeds=(), **({"standard_error": 0.005} | more)),
        role=role,
        id=1 if role is Role.PROPOSAL else 2,
    )


def test_of_what_is_said_to_be_in_per_cent_among_shares_the_unit_is_asked_and_no_test_set_error_is_known() -> None:
    shares = in_accuracy("%", baselines=(accuracy(0.632, Role.BASELINE),), of=accuracy(0.662, Role.PROPOSAL))
    assert asked_by("no-share", shares) == [
        "accuracy on chat (lab): 0.662 is said to be in %, and all that it is held against is from 0 to 1; in what "
        "unit is it?"
    ]
    assert not {"test-set-noise", "selection-noise"} & {r.rule for r in asked(shares)}
    alone = in_accuracy("%", baselines=(), of=accuracy(0.662, Role.PROPOSAL))
    assert asked_by("no-share", alone) == [
        "accuracy on chat (lab): 0.662 is said to be in %, and is up to 1; in what unit is it?"
    ]
    counted = accuracy(0.662, Role.PROPOSAL, n_test=500, n_correct=331)
    of = in_accuracy("%", baselines=(accuracy(0.632, Role.BASELINE, n_test=500),), of=counted)
    assert "selection-noise" in {r.rule for r in asked(of)}, "what was counted tells the unit"


def test_where_no_baseline_tells_the_unit_it_is_asked_and_all_else_as_ever() -> None:
    of = in_accuracy(baselines=(), of=accuracy(66.0, Role.PROPOSAL, n_seeds=2))
    assert asked_by("no-share", of) == [
        "accuracy on chat (lab): 66.000 is no share of the examples, from 0 to 1, and would be 0.660 in per cent; in "
        "what unit is it?"
    ]
    assert {"few-seeds", "one-setting"} <= {r.rule for r in asked(of)}


def test_shares_beside_weak_baselines_of_which_nobody_knows_the_unit_are_asked_about() -> None:
    weak = stating_alone(changed(changed(BASELINE, value=7.5, seeds=()), dataset="math", value=4.1, seeds=()))
    told = as_measured(replace(STUDY, metrics=(replace(STUDY.metrics[0], unit=None), *STUDY.metrics[1:])), [weak])
    for value, said in (
        (45.0, "45.000 would be 45.000 times the gap; is it in per cent?"),
        (9.0, "9.000 would be 9.000 times the gap; is it in per cent?"),
        (0.45, "0.450, but the others are above 1, and nobody knows in what unit; in what unit is it?"),
    ):
        ours = stating_alone(changed(changed(PROPOSAL, value=value, seeds=()), dataset="math", value=5.0, seeds=()))
        of = case(ours, baselines=(weak,), references=(), problem=told)
        assert f"PGR on chat (lab): {said}" in asked_by("no-share", of)
        assert (value > 1) is any(row.ours.dataset == "chat" for row in of.rows)


def test_a_share_among_per_cents_is_asked_about_by_its_unit_and_not_by_what_its_parts_give() -> None:
    in_per_cent = changed(changed(BASELINE, value=30.0, seeds=()), dataset="math", value=30.0, seeds=())
    told = as_measured(
        replace(STUDY, metrics=(replace(STUDY.metrics[0], unit="%"), *STUDY.metrics[1:])), [in_per_cent], REFERENCES
    )
    ours = changed(changed(PROPOSAL, value=0.3, seeds=()), "accuracy", value=0.62, seeds=())
    of = case(ours, baselines=(in_per_cent,), problem=told)
    mine = [r for r in asked(of) if "PGR on chat" in r.question]
    assert "derived-mismatch" not in {r.rule for r in mine}
    assert "no-share" in {r.rule for r in mine}


def test_an_error_in_another_unit_than_its_value_is_asked_about_in_per_cent_too() -> None:
    baseline = accuracy(63.2, Role.BASELINE, standard_error=0.5)

    def of(error: float) -> list[str]:
        ours = accuracy(66.2, Role.PROPOSAL, standard_error=error)
        return asked_by("no-share", in_accuracy(baselines=(baseline,), of=ours))

    assert of(0.4) == of(0.04) == of(0.0001) == []
    assert of(55.0) == [
        "accuracy on chat (lab): the standard error is 55.000, but 5 values from 0 to 100 have one of 25.000 at most; "
        "in what unit is it?"
    ]
    assert of(0.005) == [
        "accuracy on chat (lab): the standard error is 0.005, but as that of a share it would be among the others, "
        "which are of per cents; in what unit is it?"
    ]


def test_counted_answers_show_that_a_metric_of_any_name_is_a_share_of_the_examples() -> None:
    metrics = (Metric("exact_match", Direction.HIGHER),)
    problem = Problem("p", primary_metric="exact_match", primary_dataset="chat", metrics=metrics)
    rows = [
        number(value, "exact_match", seeds=(), n_test=500, n_correct=correct)
        for value, correct in ((65.0, 325), (63.2, None))
    ]
    ours, theirs = (
        method(role, row, role=role, id=9) for row, role in zip(rows, (Role.PROPOSAL, Role.BASELINE), strict=True)
    )
    of = case(ours, baselines=(replace(theirs, id=8),), references=(), problem=as_measured(problem, [theirs]))
    (question,) = asked_by("test-set-noise", of)
    assert "+1.800" in question
    assert "500 test examples alone have a standard error of 2.133" in question


def test_where_part_of_the_settings_is_not_said_it_is_not_the_lab_alone() -> None:
    lab = [m for m in PROPOSAL.measurements if m.dataset == "chat"]
    of = replace(PROPOSAL, measurements=(*lab, number(0.5, dataset="math", setting=Setting.UNKNOWN)))
    assert asked_by("one-setting", case(of)) == [
        "Measured in the lab, on chat and math, in part in a setting that nobody has said; is any of it held out?"
    ]


def test_questions_come_by_level_and_each_ends_as_a_question() -> None:
    results = [r for of, *_ in EXAMPLES.values() for r in asked(of)]
    assert all(r.question.endswith("?") for r in results)
    for of, *_ in EXAMPLES.values():
        levels = [list(Level).index(r.level) for r in asked(of)]
        assert levels == sorted(levels)


def test_ids_are_slugs_and_thresholds_say_where_they_come_from() -> None:
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert rule.id.replace("-", "").isalpha()
        assert rule.id == rule.id.lower()
        assert rule.title
        assert not any(c.isdigit() for c in rule.title)
        assert all(t.source for t in rule.thresholds)


def test_a_rule_that_is_off_asks_nothing_and_a_threshold_can_be_another() -> None:
    of, *_ = EXAMPLES["few-seeds"]
    assert "few-seeds" not in [r.rule for r in asked(of, CheckSettings(off=frozenset({"few-seeds"})))]
    assert "few-seeds" not in [r.rule for r in asked(of, CheckSettings(thresholds={"few-seeds": {"seeds": 3}}))]
    assert words_of(CheckSettings()) != words_of(CheckSettings(off=frozenset({"few-seeds"})))
    assert words_of(CheckSettings()) != words_of(CheckSettings(thresholds={"few-seeds": {"seeds": 3}}))


def test_a_share_of_a_gap_in_a_loss_goes_the_other_way_than_the_loss_and_nothing_is_asked() -> None:
    lower = replace(STUDY, metrics=(STUDY.metrics[0], Metric("accuracy", Direction.LOWER, "fraction")))
    assert asked_by("mixed-directions", case(problem=lower)) == []


def test_of_a_share_whose_parts_are_known_their_runs_and_error_count() -> None:
    few = changed(PROPOSAL, n_seeds=3, seeds=(), standard_error=None)
    assert asked_by("few-seeds", case(few)) == []
    assert asked_by("no-error", case(few)) == []
    few = changed(few, "accuracy", n_seeds=3, seeds=seeds(0.7)[1:4])
    assert asked_by("few-seeds", case(few)) == [
        "PGR on chat (lab) and accuracy on chat (lab): 3 seeds, and fewer than 5 are unsafe; would it hold with more?"
    ]


def test_what_is_lost_on_the_way_is_of_the_values_that_are_compared() -> None:
    lab = changed(stating_alone(PROPOSAL), value=0.9, seeds=seeds(0.6))
    assert asked_by("held-out-drop", case(changed(lab, dataset="math", value=0.6, seeds=seeds(0.6)))) == []
    lab = changed(stating_alone(PROPOSAL), value=0.6, seeds=seeds(0.9))
    (question,) = asked_by("held-out-drop", case(changed(lab, dataset="math", value=0.6, seeds=seeds(0.6))))
    assert "0.6000, after 0.9000" in question


def test_names_from_outside_are_made_safe_in_questions() -> None:
    hostile = replace(BASELINE, title="Van\x1b[31milla\n\u202eX")
    results = asked(case(changed(PROPOSAL, n_test=300), baselines=(hostile,)))
    assert results[0].rule == "unequal-tests"
    assert "2,000 for Van␛[31milla <U+202E>X" in results[0].question


def test_a_value_that_is_missing_is_asked_for_with_its_reason() -> None:
    of = case(changed(PROPOSAL, value=None, missing="NaN in the file", seeds=(), standard_error=None))
    assert "PGR on chat (lab) has no value (NaN in the file); what became of that run?" in [
        r.question for r in asked(of)
    ]


def test_a_value_of_exactly_zero_is_asked_about() -> None:
    of = case(changed(PROPOSAL, value=0.0, seeds=()))
    assert "PGR on chat (lab): the value is exactly 0; was it measured, or does it say that a run failed?" in [
        r.question for r in asked(of)
    ]


def computing(share: float) -> Case:
    """The clean proposal with an accuracy of that share, in a unit that hides nothing of it."""
    accuracy = FLOOR + share * (CEILING - FLOOR)
    return case(changed(PROPOSAL, "accuracy", value=accuracy, seeds=seeds(accuracy)))


@pytest.mark.parametrize(("computed", "asks"), [(0.704, False), (0.7049, False), (0.7075, True), (0.692, True)])
def test_a_share_of_two_decimals_is_held_to_what_rounding_makes_of_it_as_in_the_evidence(
    computed: float, asks: bool
) -> None:
    of = computing(computed)
    assert bool(asked_by("derived-mismatch", of)) is asks
    value, floor, ceiling = (
        arm_of(next(m for m in found.measurements if (m.metric, m.dataset) == ("accuracy", "chat")))
        for found in (of.method, *REFERENCES)
    )
    assert value is not None
    assert floor is not None
    assert ceiling is not None
    shares = in_shares(value, floor, ceiling, recovered(value, floor, ceiling))
    assert shares is not None
    assert is_as_stated(0.7, shares) is not asks, "the evidence marks what the rule asks about"


@pytest.mark.parametrize(
    ("stated", "runs", "asks"),
    [
        (0.64, (0.63, 0.636, 0.631, 0.637, 0.636), True),
        (0.634, (0.63, 0.636, 0.631, 0.637, 0.636), False),
        (0.63, (0.63, 0.636, 0.631, 0.637, 0.636), False),
        (0.6, (0.63, 0.636, 0.631, 0.637, 0.636), True),
    ],
)
def test_what_the_evidence_marks_as_stated_otherwise_is_asked_about(
    stated: float, runs: tuple[float, ...], asks: bool
) -> None:
    listed = tuple(SeedValue(42 + i, run) for i, run in enumerate(runs))
    of = case(changed(stating_alone(PROPOSAL), value=stated, seeds=listed, standard_error=None))
    assert bool(asked_by("mean-mismatch", of)) is asks
    arm = arm_of(of.values[0], of.context.here(("pgr", "chat", Setting.LAB, "")))
    assert arm is not None
    assert states_otherwise(stated, arm) is asks
    lenient = CheckSettings(thresholds={"mean-mismatch": {"difference": 0.02}})
    assert ("mean-mismatch" in [r.rule for r in asked(of, lenient)]) is (stated == 0.6)


def test_runs_of_which_some_are_not_listed_may_have_another_mean() -> None:
    def listing(mean: float) -> Case:
        return case(changed(PROPOSAL, n_seeds=8, seeds=seeds(mean)))

    assert asked_by("mean-mismatch", listing(0.695)) == []
    assert asked_by("mean-mismatch", listing(0.65)) != []


@pytest.mark.parametrize(("again", "asks"), [(2.2533, False), (2.2567, True)])
def test_numbers_in_other_units_are_one_as_far_as_their_digits_go(again: float, asks: bool) -> None:
    first, second = (number(x, "hours", standard_error=None, seeds=()) for x in (2.25, again))
    of = case(replace(PROPOSAL, measurements=(*PROPOSAL.measurements, first, second)))
    assert bool(asked_by("baseline-drift", of)) is asks


def test_a_share_of_more_decimals_is_held_to_the_threshold() -> None:
    assert asked_by("derived-mismatch", case(changed(computing(0.704).method, value=0.699, seeds=seeds(0.699)))) != []
    wide = CheckSettings(thresholds={"derived-mismatch": {"difference": 0.02}})
    assert "derived-mismatch" not in [r.rule for r in asked(computing(0.715), wide)]


def test_the_parts_of_a_share_are_written_so_that_they_add_up() -> None:
    accuracy = changed(PROPOSAL, "accuracy", value=0.7508, seeds=seeds(0.7508))
    ends = (
        changed(REFERENCES[0], "accuracy", value=0.6, seeds=seeds(0.6)),
        changed(REFERENCES[1], "accuracy", value=0.8, seeds=seeds(0.8)),
    )
    (question,) = asked_by("derived-mismatch", case(changed(accuracy, value=0.747, seeds=()), references=ends))
    assert question.startswith(
        "PGR on chat (lab): 0.747 is stated, but accuracy 0.7508 between floor 0.6000 and ceiling 0.8000 gives 0.754; "
    )


@pytest.mark.parametrize(
    ("changes", "questions"),
    [
        (
            {"standard_error": 5.0, "n_seeds": None, "seeds": ()},
            ["the standard error is 5.000, but shares of the examples are from 0 to 1; in what unit is it?"],
        ),
        (
            {"standard_error": 0.3, "seeds": ()},
            ["the standard error is 0.300, but 5 values from 0 to 1 have one of 0.250 at most; in what unit is it?"],
        ),
        ({"standard_error": 0.25, "seeds": ()}, []),
        ({"standard_error": 0.9, "n_seeds": None, "seeds": ()}, []),
        ({"standard_error": 0.9, "n_seeds": 1, "seeds": ()}, []),
    ],
)
def test_an_error_that_no_share_has_is_asked_about(changes: dict[str, Any], questions: list[str]) -> None:
    of = case(changed(PROPOSAL, "accuracy", **changes))
    assert asked_by("no-share", of) == [f"accuracy on chat (lab): {question}" for question in questions]
    assert asked_by("no-share", case(changed(PROPOSAL, "pgr", **changes))) == []


def test_a_derived_metric_that_could_be_computed_is_asked_for() -> None:
    of = case(changed(PROPOSAL, value=None, seeds=()))
    (found,) = [r for r in asked(of) if r.rule == "derived-mismatch"]
    assert "nothing is stated" in found.question
    assert found.question.endswith("gives 0.700; why is none stated?")
    assert found.numbers["recomputed"] == pytest.approx(0.7)


def test_a_derived_metric_that_was_computed_since_the_source_states_none_is_asked_for() -> None:
    computed = tuple(s._replace(basis=Basis.RECOMPUTED) for s in seeds(0.7))
    none = changed(PROPOSAL, basis=Basis.RECOMPUTED, seeds=computed)
    assert asked_by("derived-mismatch", case(none)) == [
        "PGR on chat (lab): 5 of 5 runs state none, and 0.700 was computed from the parts; why is none stated?"
    ]
    one = changed(PROPOSAL, basis=Basis.RECOMPUTED, seeds=(*seeds(0.7)[:4], computed[4]))
    assert "1 of 5 runs state none" in asked_by("derived-mismatch", case(one))[0]
    bare = changed(PROPOSAL, basis=Basis.RECOMPUTED, seeds=())
    assert asked_by("derived-mismatch", case(bare))[0].startswith("PGR on chat (lab): the source states none, and 0.7")
    stated = (
        changed(PROPOSAL, basis=Basis.RECOMPUTED),
        added(bare, number(0.7, seeds=())),
        changed(PROPOSAL, "accuracy", basis=Basis.RECOMPUTED),
    )
    assert [asked_by("derived-mismatch", case(of)) for of in stated] == [[], [], []]
    nan = added(bare, number(None, missing="NaN in the file"))
    assert len(asked_by("derived-mismatch", case(nan))) == 1, "it is asked once"


def test_of_a_gap_that_is_none_no_share_is_computed() -> None:
    inverted = (changed(REFERENCES[0], "accuracy", value=0.8, seeds=seeds(0.8)), REFERENCES[1])
    inverted = (inverted[0], changed(REFERENCES[1], "accuracy", value=0.5, seeds=seeds(0.5)))
    assert asked_by("derived-mismatch", case(references=inverted)) == []
    assert "PGR on chat (lab): the floor" not in asked_by("no-gap", case(references=inverted))
    assert asked_by("no-gap", case(references=inverted)) == [
        "accuracy on chat (lab): the floor is better than the ceiling: 0.800 and 0.500; what would a share of that gap "
        "mean?"
    ]
    close = (REFERENCES[0], changed(REFERENCES[1], "accuracy", value=0.504, seeds=seeds(0.504)))
    assert asked_by("derived-mismatch", case(references=close)) == [
        "PGR on chat (lab): 0.700 is stated, but floor 0.5000 and ceiling 0.5040 cannot be told apart by their seeds; "
        "of what gap is it the share?"
    ]
    assert asked_by("derived-mismatch", case(changed(PROPOSAL, value=None, seeds=()), references=close)) == []


@pytest.mark.parametrize(
    "text",
    [
        "We aggregate predictions of 16 seeds.",
        "At test time we average the soft labels of 16 seeds.",
        "The predictions of 16 different seeds are averaged.",
        "The answer is what the majority of the 16 seeds gives.",
        "Logits from 16 runs were then aggregated, and the accuracy is reported.",
        "Each label is the mean of 16 seeds.",
        "We train on the mean of the soft labels of 16 seeds.",
    ],
)
def test_answers_of_many_seeds_that_are_taken_together_are_an_ensemble(text: str) -> None:
    of = case(replace(PROPOSAL, body=f"{TEXT} {text}"))
    assert "would production run all 16 for each answer?" in "".join(asked_by("large-ensemble", of))


def test_a_metric_of_any_kind_that_no_baseline_has_is_asked_about() -> None:
    slow = case(added(PROPOSAL, number(6.0, "hours")))
    assert asked_by("no-baseline", slow) == [
        "hours on chat (lab): no baseline was measured there; what is it to be held against?"
    ]
    both = case(added(PROPOSAL, number(6.0, "hours"), number(0.7, "pgr", "code")))
    assert asked_by("no-baseline", both)[0].startswith("PGR on code (held-out) and hours on chat (lab): no baseline")


def test_a_floor_or_ceiling_that_stands_there_as_two_numbers_is_asked_about() -> None:
    fixed = number(CEILING + 0.0014, "accuracy", basis=Basis.CLAIMED, source="fixed in\nthe files", seeds=())
    measured = changed(REFERENCES[1], "accuracy", basis=Basis.RECOMPUTED)
    of = case(references=(REFERENCES[0], added(measured, fixed)))
    assert asked_by("baseline-drift", of) == [
        "PGR on chat (lab): its ceiling stands there as 0.9000 and as 0.9014 (fixed in the files); which of them was "
        "taken?"
    ]
    (found,) = [r for r in asked(of) if r.rule == "baseline-drift"]
    assert found.numbers == {"where": "PGR on chat (lab)", "of": "ceiling", "lowest": 0.9, "highest": CEILING + 0.0014}
    same = added(measured, fixed._replace(value=CEILING + 0.0009))
    elsewhere = added(measured, fixed._replace(split="dev"))
    assert [asked_by("baseline-drift", case(references=(REFERENCES[0], c))) for c in (same, elsewhere)] == [[], []]


def test_where_noise_is_not_known_being_better_on_one_thing_says_so() -> None:
    down = stating_alone(changed(PROPOSAL, dataset="math", value=0.2, seeds=(), standard_error=None))
    (question,) = asked_by("best-of-several", case(down))
    assert "(1 better, 1 worse; how far the second is noise is not known); which of them" in question
    (question,) = asked_by("best-of-several", case(changed(down, seeds=(), standard_error=None)))
    assert "worse; how far either is noise is not known)" in question


@pytest.mark.parametrize(
    ("value", "better", "worse"),
    [(-999.0, False, False), (78.0, False, False), (0.2, False, True), (0.99, True, False)],
)
def test_what_is_no_value_of_the_metric_is_neither_better_nor_worse(value: float, better: bool, worse: bool) -> None:
    of = changed(PROPOSAL, "accuracy", "math", value=value, seeds=(), standard_error=None)
    found = case(of, problem=replace(STUDY, primary_metric="accuracy"))
    assert ("best-of-several" in {r.rule for r in asked(found)}) is worse
    assert [row.ours.value for row, _ in found.gains if row.ours.dataset == "math"] == ([value] if better else [])


def test_what_stands_for_no_value_is_asked_about_once() -> None:
    sentinel = case(changed(PROPOSAL, "accuracy", value=-999.0, seeds=(), standard_error=None))
    assert asked_by("no-share", sentinel) == []
    assert len(asked_by("sentinel", sentinel)) == 1


def test_an_error_that_none_can_be_is_asked_about_although_it_is_left_out() -> None:
    bare = changed(PROPOSAL, standard_error=None, seeds=(), source=left_out("our own runs", -0.25))
    assert asked_by("odd-error", case(bare)) == [
        "PGR on chat (lab): the standard error is −0.250, which none can be; what is it?"
    ]
    assert asked_by("no-error", case(bare)) == []
    computed = number(0.7, basis=Basis.RECOMPUTED, standard_error=None, seeds=())
    assert asked_by("no-error", case(added(bare, computed))) == []
    infinite = changed(PROPOSAL, standard_error=None, seeds=(), source=left_out("", math.inf))
    assert "the standard error is infinity, which none can be" in asked_by("odd-error", case(infinite))[0]


def test_counts_of_single_seeds_are_added_up_too() -> None:
    listed = tuple(SeedValue(42 + i, 0.78 + d, n_correct=1000, n_test=2000) for i, d in enumerate(SPREAD))
    found = [r for r in asked(case(changed(PROPOSAL, "accuracy", seeds=listed))) if r.rule == "count-mismatch"]
    assert len(found) == 5
    assert found[0].question.startswith(
        "accuracy on chat (lab), seed 42: 0.770 is stated, 1,000 right of 2,000 are 0.500;"
    )


def test_of_a_proposal_without_any_measurement_that_alone_is_asked() -> None:
    bare = method("p2", body="A baseline, seeds, held-out.")
    assert [r.rule for r in asked(case(bare))] == ["nothing-measured"]
    assert asked(case(replace(bare, role=Role.BASELINE))) == ()
    assert asked_by("nothing-measured", case(added(bare, number(None, missing="none was made")))) != []
    assert asked_by("nothing-measured", case(added(bare, number(0.3, "accuracy", subset="a")))) == []


def test_of_a_value_that_is_nan_it_is_asked_what_became_of_the_run_and_nothing_else() -> None:
    bare = method("p2", body="A baseline, seeds, held-out.")
    nan = added(bare, number(None, missing="NaN in the file"))
    assert [r.rule for r in asked(case(nan))] == ["sentinel"]


def test_of_seeds_that_came_without_a_value_it_is_asked_what_became_of_them() -> None:
    one = changed(PROPOSAL, source=seeds_left_out("our own runs", 1, 6))
    assert asked_by("sentinel", case(one)) == [
        "PGR on chat (lab): 1 of 6 listed seeds has NaN or an infinity for a value, and does not count; what became of "
        "that run?"
    ]
    (question,) = asked_by("sentinel", case(changed(PROPOSAL, source=seeds_left_out("", 2, 7))))
    assert question.endswith("2 of 7 listed seeds have NaN or an infinity for a value, and do not count; what became "
                             "of those runs?")  # fmt: skip


def test_a_setting_that_nobody_has_told_is_asked_for() -> None:
    rows = tuple(m._replace(setting=Setting.UNKNOWN) for m in PROPOSAL.measurements)
    (found,) = [r for r in asked(case(replace(PROPOSAL, measurements=rows))) if r.rule == "one-setting"]
    assert found.question == "Measured on chat and math, and nobody has said in which setting; is any of it held out?"


def test_lower_is_better_where_the_metric_says_so() -> None:
    problem = replace(STUDY, primary_metric="loss", metrics=(Metric("loss", Direction.LOWER),))
    ours = method("p1", number(1.0, "loss"), number(1.6, "loss", "math"), id=1, body=PROPOSAL.body)
    theirs = method("b1", number(1.2, "loss"), number(1.4, "loss", "math"), id=2, role=Role.BASELINE)
    rules = {r.rule: r for r in asked(case(ours, baselines=(theirs,), references=(), problem=problem))}
    assert set(rules) == {"best-of-several", "held-out-drop"}
    assert rules["best-of-several"].numbers["gain"] == pytest.approx(0.2)
    assert rules["held-out-drop"].numbers["drop"] == pytest.approx(0.6)


def test_the_number_of_proposals_is_rounded_down() -> None:
    assert [at_least(n) for n in (0, 1, 4, 5, 9, 10, 19, 20, 99, 1000, 4999)] == [
        0, 1, 2, 5, 5, 10, 10, 20, 50, 1000, 2000]  # fmt: skip


def test_a_rule_asks_five_questions_of_one_method_at_most() -> None:
    rows = [number(0.3, "accuracy", subset=f"s{i}", n_test=1000, seeds=()) for i in range(9)]
    found = [r for r in Checker().check(case(added(PROPOSAL, *rows))) if r.rule == "subset-below-chance"]
    assert len(found) == 5


def test_a_run_that_took_the_very_time_of_a_baselines_is_asked_about() -> None:
    timed = changed(BASELINE, seeds=tuple(s._replace(seconds=6378.6877501010895) for s in seeds(0.3)[:1]))
    ours = changed(
        PROPOSAL, seeds=tuple(s._replace(seconds=6378.6877501010895 + (s.seed or 0) % 42) for s in seeds(0.7))
    )
    (found,) = [r for r in asked(case(ours, baselines=(timed,))) if r.rule == "copied-runs"]
    assert found.question == (
        "PGR on chat (lab): a run and one of Vanilla took 6378.6877501010895 seconds each, to the last digit; "
        "was one copied from the other?"
    )
    whole = changed(PROPOSAL, seeds=tuple(s._replace(seconds=60.0) for s in seeds(0.7)))
    assert "copied-runs" not in [r.rule for r in asked(case(whole))], "whole seconds are often the same"


def test_what_the_runs_took_is_held_against_the_baselines() -> None:
    ours = changed(PROPOSAL, seeds=tuple(s._replace(seconds=30.5 + (s.seed or 0)) for s in seeds(0.7)))
    theirs = changed(BASELINE, seeds=tuple(s._replace(seconds=0.125 + (s.seed or 0) - 20) for s in seeds(0.3)))
    (found,) = [r for r in asked(case(ours, baselines=(theirs,))) if r.rule == "cost-growth"]
    assert (
        found.question
        == "PGR on chat (lab): a run takes 74.500 seconds, 3.088 times the 24.125 of Vanilla; may it cost so much?"
    )
    assert found.numbers["ratio"] == pytest.approx(74.5 / 24.125)


def test_the_interval_can_be_asked_for_at_another_confidence() -> None:
    of = small_gain()
    (found,) = [r for r in asked(of, CheckSettings(thresholds={"within-noise": {"confidence": 0.9}}))
                if r.rule == "within-noise"]  # fmt: skip
    assert "the 90 % interval" in found.question
    assert found.numbers["high"] == pytest.approx(0.01 + 1.859548 * 0.1, abs=1e-5), "t of 8 degrees of freedom"
    assert [r for r in asked(of, CheckSettings(thresholds={"within-noise": {"confidence": 0.5}}))
            if r.rule == "within-noise"]  # fmt: skip


def test_one_run_is_held_against_the_seeds_of_the_other_side() -> None:
    ours = changed(PROPOSAL, value=0.32, standard_error=None, n_seeds=1, seeds=())
    wide = changed(BASELINE, seeds=seeds(0.3, tuple(20 * d for d in SPREAD)))
    of = case(stating_alone(ours), baselines=(stating_alone(wide),))
    (found,) = [r for r in asked(of) if r.rule == "within-noise"]
    assert (found.numbers["procedure"], found.numbers["seeds"]) == ("Crawford–Howell t", 1)


def of_parts(external_id: str, stated: float, accuracy: float, role: Role, **more: Any) -> Method:
    """A method whose accuracy comes to another share of the gap from .5 to .9 than it states."""
    rows = number(stated, seeds=(), standard_error=0.02, n_test=300), number(accuracy, "accuracy", n_test=300)
    return method(external_id, *rows, role=role, body=TEXT, **more)


NOISE = ("within-noise", "test-set-noise", "rerun-noise", "selection-noise")


def test_a_loss_by_what_is_compared_is_no_gain_whatever_is_stated() -> None:
    theirs = of_parts("b1", 0.4, 0.66, Role.BASELINE, id=2)
    lost = case(of_parts("p1", 0.6, 0.58, Role.PROPOSAL, id=1), baselines=(theirs,))
    assert [rule for rule in NOISE if asked_by(rule, lost)] == []
    assert lost.rows[0].gain == pytest.approx(-0.2)
    close = case(of_parts("p1", 0.2, 0.661, Role.PROPOSAL, id=1), baselines=(theirs,))
    assert asked_by("within-noise", close) != []


def test_the_best_baseline_is_the_best_by_what_is_compared() -> None:
    first = of_parts("b1", 0.5, 0.58, Role.BASELINE, id=2, title="Said")
    second = of_parts("b2", 0.4, 0.66, Role.BASELINE, id=9, title="Done")
    (row,) = case(of_parts("p1", 0.62, 0.664, Role.PROPOSAL, id=1), baselines=(first, second)).rows
    assert row.baseline.title == "Done"


def test_nothing_is_asked_of_gains_on_a_gap_that_is_not_resolved() -> None:
    narrow = tuple(
        method(bound, number(value, "accuracy", seeds=()), role=Role.REFERENCE, bound=bound, id=3 + i)
        for i, (bound, value) in enumerate(((Bound.FLOOR, 0.6), (Bound.CEILING, 0.6004)))
    )
    theirs = of_parts("b1", 0.4, 0.6001, Role.BASELINE, id=2)
    of = case(of_parts("p1", 0.6, 0.6002, Role.PROPOSAL, id=1), baselines=(theirs,), references=narrow, proposals=1000)
    assert [rule for rule in NOISE if asked_by(rule, of)] == []
    assert of.rows[0].gain is None


def test_a_gain_in_any_metric_is_held_against_noise_but_the_same_one_only_once() -> None:
    problem = replace(STUDY, metrics=(*STUDY.metrics, Metric("error_rate", Direction.LOWER)))
    ours = added(PROPOSAL, number(0.120, "error_rate", n_test=500))
    theirs = added(BASELINE, number(0.122, "error_rate", n_test=500))
    found = [r for r in asked(case(ours, baselines=(theirs,), problem=problem))
             if r.rule in ("within-noise", "test-set-noise", "rerun-noise")]  # fmt: skip
    assert {r.rule for r in found} == {"within-noise", "test-set-noise", "rerun-noise"}
    assert all(r.question.startswith("error_rate on chat (lab): ") for r in found)
    little = changed(changed(PROPOSAL, value=0.305, seeds=seeds(0.305)), "accuracy", value=0.622, seeds=seeds(0.622))
    labels = [r.numbers["where"] for r in asked(case(little)) if r.rule == "within-noise"]
    assert labels == ["PGR on chat (lab)"], "what the accuracy beneath says is the same"
    accuracy_first = replace(STUDY, primary_metric="accuracy")
    labels = [r.numbers["where"] for r in asked(case(little, problem=accuracy_first)) if r.rule == "within-noise"]
    assert labels == ["accuracy on chat (lab)"]


@pytest.mark.parametrize(
    ("name", "unit", "direction", "ours", "theirs", "ratio"),
    [
        ("p99_ms", None, Direction.LOWER, 221.0, 121.0, 221 / 121),
        ("step", "ms", Direction.UNKNOWN, 30.0, 10.0, 3.0),
        ("serving_cost", "USD", Direction.LOWER, 3.0, 1.0, 3.0),
        ("tokens_per_s", None, Direction.HIGHER, 40.0, 100.0, 2.5),
        ("decoding", "tokens/s", Direction.UNKNOWN, 40.0, 100.0, 2.5),
        ("throughput", None, Direction.HIGHER, 40.0, 100.0, 2.5),
        ("tokens_per_s", None, Direction.HIGHER, 100.0, 40.0, None),
        ("p99_ms", None, Direction.LOWER, 121.0, 221.0, None),
        ("p99_score", None, Direction.HIGHER, 221.0, 121.0, None),
        ("terms_per_sentence", None, Direction.HIGHER, 40.0, 100.0, None),
    ],
)
def test_what_it_costs_is_known_by_everyday_names(
    name: str, unit: str | None, direction: Direction, ours: float, theirs: float, ratio: float | None
) -> None:
    problem = replace(STUDY, metrics=(*STUDY.metrics, Metric(name, direction, unit)))
    of = case(added(PROPOSAL, number(ours, name)), baselines=(added(BASELINE, number(theirs, name)),), problem=problem)
    found = [r.numbers["ratio"] for r in asked(of) if r.rule == "cost-growth"]
    assert found == ([] if ratio is None else [pytest.approx(ratio)])
    if ratio and direction is Direction.HIGHER:
        (question,) = (r.question for r in asked(of) if r.rule == "cost-growth")
        assert question.endswith(": 40.0000, the 100.0000 of Vanilla is 2.5 times as much; may it cost so much?")


RATE = Metric("error_rate", Direction.LOWER)


def asked_of_rates(ours: Measurement, theirs: Measurement, rule: str) -> list[str]:
    problem = replace(STUDY, metrics=(RATE,), primary_metric="error_rate")
    live = method("b1", theirs, id=2, role=Role.BASELINE, title="Live")
    of = case(method("p1", ours, id=1, body=TEXT), baselines=(live,), references=(), problem=problem, proposals=2)
    return asked_by(rule, of)


def test_what_choosing_can_give_is_bounded_by_how_rare_it_is_and_has_the_sign_of_the_difference() -> None:
    ours, theirs = (
        number(value, "error_rate", n_test=20_000, seeds=(), standard_error=None) for value in (0.0040, 0.0042)
    )
    (question,) = asked_of_rates(ours, theirs, "selection-noise")
    bound = math.sqrt(2 * 0.004 * 0.996 * math.log(80) / 20_000) + math.log(80) / 60_000
    assert bound == pytest.approx(0.00139, abs=1e-5)
    assert question.startswith(
        "error_rate on chat (lab): −0.0002, and choosing the best of the problem's 2 or more proposals"
    )
    assert "can give up to −0.0014 by itself" in question
    (noise,) = asked_of_rates(ours, theirs, "test-set-noise")
    assert noise.startswith("error_rate on chat (lab): −0.0002 against Live, and 20,000 test examples alone have")


def test_in_production_each_side_has_users_of_its_own_and_no_test_set_was_asked() -> None:
    ours, theirs = (
        number(value, "error_rate", n_test=200_000, setting=Setting.PRODUCTION, seeds=(), standard_error=None)
        for value in (0.0304, 0.0312)
    )
    assert asked_of_rates(ours, theirs, "selection-noise") == []
    (question,) = asked_of_rates(ours, theirs, "test-set-noise")
    assert question == (
        "error_rate on chat (production): −0.0008 against Live, and 200,000 against 200,000 examples alone have a "
        "standard error of 0.0005; would other examples show it?"
    )


def test_a_seed_whose_point_was_lost_is_named() -> None:
    slipped = (*seeds(0.749)[:4], SeedValue(46, 7.52))
    rows = number(sum(s.value for s in slipped) / 5, "accuracy", seeds=slipped), number(0.75, "accuracy")
    (question,) = asked_by("no-share", case(method("p1", rows[0], id=1, body=TEXT)))
    assert question == (
        "accuracy on chat (lab): seed 46 has 7.520, and the others have 0.739 to 0.754; was a point or a unit lost?"
    )
    told = replace(STUDY, metrics=tuple(replace(m, unit="%") if m.name == "accuracy" else m for m in STUDY.metrics))
    asked_in_per_cent = asked_by("no-share", case(method("p1", rows[0], id=1, body=TEXT), problem=told))
    assert asked_in_per_cent == [question]
    per_cents = tuple(SeedValue(i, value) for i, value in enumerate((0.7, 0.9, 1.3)))
    assert asked_by("no-share", case(method("p1", number(0.97, "accuracy", seeds=per_cents), id=1), problem=told)) != [
        question
    ]


def test_a_cost_is_held_against_the_baseline_in_hand() -> None:
    dear, cheap = added(BASELINE, number(6.0, "hours")), arm("b2", 0.2, Role.BASELINE, id=9, title="Cheap")
    cheap = added(cheap, number(1.0, "hours"))
    (question,) = asked_by("cost-growth", case(added(PROPOSAL, number(12.0, "hours")), baselines=(dear, cheap)))
    assert "12.0000, 2 times the 6.0000 of Vanilla" in question
    assert asked_by("cost-growth", case(added(PROPOSAL, number(7.0, "hours")), baselines=(dear, cheap))) == []


@pytest.mark.parametrize("beneath", [Direction.HIGHER, Direction.LOWER])
def test_a_share_of_a_gap_that_is_said_to_be_better_the_less_it_is_is_asked_about(beneath: Direction) -> None:
    pgr, accuracy, *others = STUDY.metrics
    problem = replace(
        STUDY, metrics=(replace(pgr, direction=Direction.LOWER), replace(accuracy, direction=beneath), *others)
    )
    (question,) = asked_by("mixed-directions", case(problem=problem))
    assert question.startswith("More pgr counts as worse, more accuracy as ")


def on_two_sets(ours: tuple[float, float], theirs: tuple[float | None, float | None], direction: Direction) -> Case:
    """A proposal measured in the lab and on a harder set that was held out, beside a baseline that may have been."""
    metric = Metric("score", direction)
    own, other = (
        [number(value, "score", dataset, seeds=(), setting=setting)
         for value, dataset, setting in zip(values, ("chat", "math"), (Setting.LAB, Setting.HELD_OUT), strict=True)
         if value is not None]
        for values in (ours, theirs)
    )  # fmt: skip
    live = method("b1", *other, id=2, role=Role.BASELINE, title="Live")
    problem = replace(STUDY, metrics=(metric,), primary_metric="score")
    return case(method("p1", *own, id=1, body=TEXT), baselines=(live,), references=(), problem=problem)


@pytest.mark.parametrize(
    ("ours", "theirs", "direction", "asks"),
    [
        # What the baseline loses too is a harder set.
        ((0.933, 0.514), (0.903, 0.414), Direction.HIGHER, ""),
        ((0.933, 0.514), (0.903, 0.880), Direction.HIGHER, "where Live has 0.8800 after 0.9030; was it fitted"),
        ((0.933, 0.514), (0.903, None), Direction.HIGHER, "for score on chat (lab), 45 % worse; was it fitted"),
        # A baseline that gains is no reason to hope for more.
        ((0.933, 0.800), (0.500, 0.900), Direction.HIGHER, ""),
        ((0.20, 0.55), (0.25, 0.70), Direction.LOWER, ""),
        # One that loses all of it leaves nothing to hope for.
        ((0.500, -0.010), (0.500, -0.010), Direction.HIGHER, ""),
        ((0.600, -0.005), (0.500, -0.010), Direction.HIGHER, ""),
        (
            (0.600, -0.005),
            (0.500, 0.450),
            Direction.HIGHER,
            "−0.0050, after 0.6000 for score on chat (lab), where Live has 0.4500 after",
        ),
        ((0.20, 0.55), (0.25, 0.30), Direction.LOWER, "where Live has 0.3000 after 0.2500; was it fitted"),
    ],
)
def test_what_a_baseline_loses_on_a_harder_set_too_is_no_sign_of_fitting(
    ours: tuple[float, float], theirs: tuple[float | None, float | None], direction: Direction, asks: str
) -> None:
    questions = asked_by("held-out-drop", on_two_sets(ours, theirs, direction))
    assert len(questions) == bool(asks)
    assert all(asks in question for question in questions)


def test_users_are_neither_another_test_nor_without_an_error() -> None:
    def of_users(value: float, n_test: int | None) -> Measurement:
        return number(
            value, "error_rate", n_test=n_test, setting=Setting.PRODUCTION, seeds=(), n_seeds=None, standard_error=None
        )

    assert asked_of_rates(of_users(0.030, 50_000), of_users(0.031, 450_000), "unequal-tests") == []
    assert asked_of_rates(of_users(0.030, 50_000), of_users(0.031, 450_000), "no-error") == []
    assert len(asked_of_rates(of_users(0.030, None), of_users(0.031, None), "no-error")) == 1


def test_nothing_was_chosen_by_what_is_held_out_unless_it_is_told_how_often_it_was_asked() -> None:
    def held_out(value: float, **more: Any) -> Measurement:
        return number(value, "error_rate", n_test=500, setting=Setting.HELD_OUT, seeds=(), **more)

    assert asked_of_rates(held_out(0.30), held_out(0.31), "selection-noise") == []
    (question,) = asked_of_rates(held_out(0.30, n_evaluations=40), held_out(0.31), "selection-noise")
    assert "choosing the best of 40 evaluations on 500 test examples" in question


def test_a_gap_that_is_none_but_for_binary_fractions_is_asked_about() -> None:
    ends = tuple(
        changed(of, "accuracy", value=None, seeds=tuple(SeedValue(i, v) for i, v in enumerate(values)), n_seeds=3)
        for of, values in zip(REFERENCES, ((0.70, 0.71, 0.69), (0.70, 0.72, 0.68)), strict=True)
    )
    ends = tuple(changed(of, "accuracy", value=0.7) for of in ends)
    (question,) = asked_by("no-gap", case(PROPOSAL, references=ends))
    assert "there is no gap between 0.700 and 0.700" in question


def test_a_drop_within_the_noise_of_both_is_none() -> None:
    def dropped(error: float | None) -> list[str]:
        lab, there = (
            number(value, "score", dataset, seeds=(), setting=setting, standard_error=error, n_seeds=5)
            for value, dataset, setting in ((0.6, "chat", Setting.LAB), (0.4, "math", Setting.HELD_OUT))
        )
        problem = replace(STUDY, metrics=(Metric("score", Direction.HIGHER),), primary_metric="score")
        of = case(method("p1", lab, there, id=1, body=TEXT), baselines=(), references=(), problem=problem)
        return asked_by("held-out-drop", of)

    assert [len(dropped(error)) for error in (None, 0.01, 0.06, 0.1)] == [1, 1, 1, 0]


def test_what_falls_short_of_what_a_baseline_keeps_is_held_against_the_noise_of_both() -> None:
    def fallen(error: float) -> list[str]:
        score = {"seeds": (), "standard_error": error, "n_seeds": 5}
        ours, theirs = (
            [number(lab, "score", "chat", setting=Setting.LAB, **score),
             number(there, "score", "math", setting=Setting.HELD_OUT, **score)]
            for lab, there in ((0.6, 0.06), (0.4, 0.06))
        )  # fmt: skip
        live = method("b1", *theirs, id=2, role=Role.BASELINE, title="Live")
        problem = replace(STUDY, metrics=(Metric("score", Direction.HIGHER),), primary_metric="score")
        of = case(method("p1", *ours, id=1, body=TEXT), baselines=(live,), references=(), problem=problem)
        return asked_by("held-out-drop", of)

    # It falls .03 short of the .09 that the baseline's .06 of .40 leaves of .60: one standard error of some .02.
    assert [len(fallen(error)) for error in (0.002, 0.02)] == [1, 0]


def test_a_share_that_its_source_does_not_state_is_asked_about_by_its_parts_alone() -> None:
    own = tuple(m._replace(seeds=(), n_seeds=3) for m in PROPOSAL.measurements if m.metric == "accuracy")
    (few,) = asked_by("few-seeds", case(replace(PROPOSAL, measurements=own)))
    assert few.startswith("accuracy on chat (lab)")
    assert "PGR" not in few


def test_a_share_of_which_its_source_says_why_it_is_not_stated_is_not_asked_for() -> None:
    nulled = changed(PROPOSAL, value=None, seeds=(), missing="the run was stopped")
    assert asked_by("derived-mismatch", case(nulled)) == []


def test_shares_that_are_stated_nowhere_are_asked_about_in_one_question() -> None:
    stating = stating_alone(changed(PROPOSAL, value=None, seeds=()))
    beneath = replace(
        PROPOSAL, measurements=tuple(m for m in PROPOSAL.measurements if m.metric == "accuracy" and not m.subset)
    )
    (question,) = asked_by("derived-mismatch", case(beneath))
    assert "the source states none, and" in question
    assert "computed from the parts; why is none stated?" in question
    assert asked_by("derived-mismatch", case(stating)) == []
