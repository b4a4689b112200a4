"""How sections are told: what is missing in one line, no zero that says nothing, no caution twice."""

from reviewer.judgement.enough import OutcomeFigure, missing
from reviewer.judgement.estimates import Estimate
from reviewer.workflow.section_words import cells_of, number_words, told_section, told_sections
from reviewer.workflow.statistic_sections import Section, SectionKind


def waiting(name: str, figure: OutcomeFigure, n: int = 12) -> Estimate:
    return Estimate(name, "how", n, "outcome", reason=missing(figure, n))


def section(*figures: Estimate, sentences: tuple[str, ...] = ()) -> Section:
    return Section(SectionKind.FORECASTS, "kim", figures, sentences)


def test_what_waits_for_outcomes_is_told_in_one_line_by_how_many() -> None:
    brier = Estimate(
        "Brier score", "how", 12, "outcome", 0.2,
        reason=f"No interval: n too small. {missing(OutcomeFigure.INTERVAL, 12)}",
    )  # fmt: skip
    told = told_section(
        section(
            brier,
            waiting("log score", OutcomeFigure.LOG_SCORE),
            waiting("miscalibration (MCB)", OutcomeFigure.CURVE),
            waiting("Cox slope", OutcomeFigure.SLOPE),
        ),
        set(),
    )
    assert told.figures == (brier,)
    assert told.missing == (
        "From 20 outcomes on the interval of Brier score and log score; from 50 outcomes on miscalibration (MCB); from "
        "100 outcomes on Cox slope: there are 12 outcomes."
    )


def test_other_reasons_are_told_once_each_with_what_they_are_of() -> None:
    value = Estimate("a", "how", 3, "outcome", 1.0)
    undefined = [Estimate(name, "how", 3, "outcome", reason="Undefined.") for name in ("b", "c")]
    assert told_section(section(value, *undefined), set()).missing == "B and c: Undefined."
    assert told_section(section(*undefined), set()).missing == "Undefined.", "there is nothing else to tell it from"


def test_counts_of_nothing_left_out_are_not_told() -> None:
    figures = [Estimate(name, "how", 3, "judgement", 0) for name in ("left out: partly", "scored, given late")]
    kept = Estimate("left out: withdrawn", "how", 3, "judgement", 1)
    scored = Estimate("scored", "how", 3, "judgement", 0)
    assert told_section(section(scored, *figures, kept), set()).figures == (scored, kept)


def test_what_a_caution_repeats_of_the_one_before_it_is_told_once() -> None:
    wide, more = "The figures are very wide: 24 proposals.", "Noise pulls the slope toward 0."
    figures = (
        Estimate("mean change", "how", 24, "proposal", 1.0, caution=wide),
        Estimate("slope", "how", 24, "proposal", 1.0, caution=f"{more} {wide}"),
    )
    told = told_section(section(*figures), set())
    assert told.sentences == (wide, more)


def test_a_caution_is_told_once_however_many_sections_have_it() -> None:
    skewed = Estimate("a", "how", 3, "outcome", 1.0, caution="Scores are skewed.")
    first, second = told_sections(
        (section(skewed, skewed, sentences=("Mostly.",)), section(skewed, sentences=("New.",)))
    )
    assert first.sentences == ("Scores are skewed.", "Mostly.")
    assert second.sentences == ("New.",)


def test_of_a_caution_that_begins_as_another_one_its_own_part_alone_is_told() -> None:
    figures = (
        Estimate("Brier score", "mean", 40, "outcome", 0.2, caution="Scores are skewed."),
        Estimate("log score", "mean", 40, "outcome", 0.5, caution="Scores are skewed. Two forecasts count as .01."),
    )
    told = told_section(Section(SectionKind.FORECASTS, "kim", figures), set())
    assert told.sentences == ("Scores are skewed.", "Two forecasts count as .01.")


def test_numbers_in_cells() -> None:
    assert number_words(1234) == "1,234"
    assert number_words(-0.25) == "−0.250"
    assert cells_of(Estimate("days", "how", 3, "day", 4, (3.0, 7.0)))[1:4] == ("4", "3 to 7", "3 days")
    assert cells_of(Estimate("p of calibration", "how", 3, "outcome", 2e-8))[1] == "below 0.001"
    assert cells_of(Estimate("x", "how", 1, "day"))[1:4] == ("—", "", "1 day")


def test_a_section_that_would_be_a_heading_alone_repeats_what_was_told() -> None:
    first, second, third = told_sections(
        Section(SectionKind.SCALES, of, figures, ("Of so many groups none are compared.",))
        for of, figures in (("a", ()), ("b", ()), ("c", (Estimate("mean", "", 3, "review", 1.0),)))
    )
    assert first.sentences == second.sentences == ("Of so many groups none are compared.",)
    assert third.sentences == ()
