"""What is shown of agreement: the thresholds at n − 1 and n, the reasons, and that no figure stands alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from reviewer.judgement.agreement import FOR_ALPHA, FOR_NARROW_ALPHA, Agreement, agreement_of
from reviewer.judgement.alpha import NOTHING_DIFFERS, alpha_of
from reviewer.judgement.tallies import PER_CENT, Counts, ScaleKind, Tallies, tallied_units
from tests.judgement.rated import KINDS, UNITS, YES_NO, krippendorffs, of_lists, two_raters


def of_double(units: int) -> Agreement:
    """Return the agreement of so many proposals that each have two reviews, of which one in three differ."""
    return agreement_of(of_lists([[i % 3, (i + (i % 3 == 0)) % 3] for i in range(units)], ScaleKind.ORDINAL))


def test_below_ten_doubly_reviewed_only_the_percentage_is_shown() -> None:
    few, enough = of_double(FOR_ALPHA - 1), of_double(FOR_ALPHA)
    assert few.percent.value is not None
    assert (few.alpha.value, few.ac1) == (None, None)
    assert few.alpha.reason == few.missing
    assert few.missing == "No α: 9 proposals have two reviews or more, and it needs 10; 1 is missing."
    assert enough.alpha.value is not None
    assert enough.missing == "α is very wide: 10 proposals have two reviews or more; 20 are missing until 30."


def test_below_thirty_alpha_is_very_wide() -> None:
    few, enough = of_double(FOR_NARROW_ALPHA - 1), of_double(FOR_NARROW_ALPHA)
    assert few.missing.startswith("α is very wide: 29 proposals have two reviews or more; 1 is missing until 30.")
    assert few.alpha.caution.startswith(few.missing)
    assert enough.missing == ""
    assert "very wide" not in enough.alpha.caution
    assert few.alpha.limits is not None


def test_a_proposal_with_one_review_counts_for_no_threshold() -> None:
    double = [[i % 3, (i + 1) % 3] for i in range(FOR_ALPHA - 1)]
    found = agreement_of(of_lists([*double, *[[0]] * 500], ScaleKind.ORDINAL))
    assert (found.units, found.ratings, found.alone) == (9, 18, 500)
    assert found.alpha.value is None


def test_one_category_with_more_than_eight_in_ten_brings_ac1_in() -> None:
    at, beyond = agreement_of(two_raters(70, 10, 10, 10)), agreement_of(two_raters(71, 10, 10, 9))
    assert [one.name for one in at.figures] == ["percent agreement", "α"]
    assert [one.name for one in beyond.figures] == ["percent agreement", "α", "AC1"]
    assert beyond.ac1 is not None
    assert beyond.ac1.limits is not None
    assert "too high" in beyond.ac1.caution
    assert beyond.alpha.value is not None
    assert beyond.alpha.limits is None


def test_where_one_dominates_few_proposals_ac1_is_very_wide_as_well() -> None:
    found = agreement_of(two_raters(12, 1, 0, 0))
    assert found.ac1 is not None
    assert found.ac1.caution.startswith("α is very wide: 13 proposals")


def test_all_of_one_category_leaves_alpha_undefined() -> None:
    found = agreement_of(tallied_units(YES_NO, [{0: 2}] * 40))
    assert found.percent.value == 1
    assert (found.alpha.value, found.ac1) == (None, None)
    assert found.missing == found.alpha.reason
    assert found.missing == (
        "No α: all 80 reviews of these say “yes”, and where nothing differs, agreement cannot be told from chance."
    )


def test_reviewers_who_always_agree_have_alpha_without_interval() -> None:
    found = agreement_of(two_raters(20, 0, 0, 20))
    assert (found.alpha.value, found.alpha.limits, found.alpha.reason) == (1, None, NOTHING_DIFFERS)


@pytest.mark.parametrize(
    ("units", "reviewers", "why"),
    [
        ([], None, "no reviews yet"),
        ([{0: 1}] * 40, None, "no proposal has two reviews"),
        ([{0: 1}] * 40, 3, "no proposal has two reviews"),
        ([{0: 1}] * 40, 1, "one reviewer alone has judged"),
    ],
)
def test_where_nothing_was_reviewed_twice_the_reason_is_told(
    units: list[dict[int, int]], reviewers: int | None, why: str
) -> None:
    found = agreement_of(tallied_units(YES_NO, units), reviewers=reviewers)
    assert found.missing == f"No agreement: {why}; α needs 10 proposals with two reviews or more."
    assert [one.reason for one in found.figures] == [found.missing, found.missing]
    assert [one.value for one in found.figures] == [None, None]


def test_what_is_rated_is_called_by_its_name() -> None:
    found = agreement_of(two_raters(1, 0, 0, 0), thing="idea")
    assert found.missing == "No α: 1 idea has two reviews or more, and it needs 10; 9 are missing."
    assert {one.of for one in found.figures} == {"idea"}


def test_percent_is_averaged_over_units() -> None:
    """As irrCAC prints it for Krippendorff's example: .8181818."""
    assert agreement_of(krippendorffs(ScaleKind.NOMINAL)).percent.value == pytest.approx(0.8181818, abs=5e-8)


@given(agree=st.integers(0, 60), differ=st.integers(0, 60))
def test_its_interval_is_that_of_wilson(agree: int, differ: int) -> None:
    if not agree + differ:
        return
    found = agreement_of(two_raters(agree, differ, 0, 0)).percent
    assert found.value == pytest.approx(agree / (agree + differ))
    assert found.limits == pytest.approx(proportion_confint(agree, agree + differ, method="wilson"), abs=1e-9)


@given(units=UNITS, kind=KINDS, reviewers=st.none() | st.integers(1, 5))
def test_no_figure_stands_alone_and_what_is_missing_is_one_sentence(
    units: list[list[int]], kind: ScaleKind, reviewers: int | None
) -> None:
    tallies = of_lists(units, kind)
    found = agreement_of(tallies, reviewers=reviewers)
    assert len(found.figures) > 1
    assert found.missing.count(". ") == 0
    assert bool(found.missing) is (found.units < FOR_NARROW_ALPHA or found.alpha.value is None)
    for one in found.figures:
        assert one.method
        assert one.n == found.units
        assert one.value is not None or one.reason
        assert one.limits is not None or one.reason
    assert found.alpha.value in (None, alpha_of(tallies))


def test_a_million_reviews_are_counted_from_their_ways_alone() -> None:
    ways: dict[Counts, int] = {((a, 1), (b, 1)): 100 for a in range(101) for b in range(a + 1, 101)}
    tallies = Tallies(PER_CENT, ways)
    found = agreement_of(tallies)
    assert found.ratings == 1_010_000
    assert found.alpha.limits is not None
