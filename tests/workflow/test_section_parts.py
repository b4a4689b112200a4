"""Sections as parts of a page, where there is more than can be drawn."""

import pytest

from reviewer.exports.pages import Scatter
from reviewer.judgement.vanishing import Effect, EffectPair, EffectPairs
from reviewer.workflow.section_parts import MOST_POINTS, parts_of
from reviewer.workflow.statistic_sections import Section, SectionKind


@pytest.mark.parametrize(
    ("pairs", "drawn", "said"),
    [
        (MOST_POINTS, MOST_POINTS, ""),
        (MOST_POINTS + 1, (MOST_POINTS + 2) // 2, " 501 of 1,001 proposals are drawn."),
        (10 * MOST_POINTS, MOST_POINTS, " 1,000 of 10,000 proposals are drawn."),
    ],
)
def test_of_more_pairs_than_can_be_told_apart_evenly_many_are_drawn_and_that_is_said(
    pairs: int, drawn: int, said: str
) -> None:
    columns = EffectPairs(EffectPair(Effect(float(i)), Effect(i / 2)) for i in range(pairs))
    (part,) = parts_of([Section(SectionKind.LAB_AGAINST_PRODUCTION, "pgr", pairs=columns)])
    assert isinstance(part.plot, Scatter)
    assert len(part.plot.points) == drawn
    assert part.plot_caption.endswith(f"Lines are 95 % intervals.{said}")
