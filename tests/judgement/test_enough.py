"""The thresholds in one place: at one outcome less, and at so many."""

import pytest

from reviewer.judgement.enough import (
    FROM,
    OutcomeFigure,
    Steps,
    are_missing,
    is_enough,
    is_provisional,
    missing,
    separable,
)


@pytest.mark.parametrize("figure", OutcomeFigure)
def test_each_is_shown_from_its_number_on_and_says_what_is_missing_below(figure: OutcomeFigure) -> None:
    n = FROM[figure]
    assert is_enough(figure, n)
    assert missing(figure, n) == ""
    assert not is_enough(figure, n - 1)
    assert missing(figure, n - 1) == f"{figure} is shown from {n} outcomes on: 1 outcome is missing."
    assert missing(figure, 0).endswith(f"{n} outcomes are missing.")


def test_the_thresholds_of_the_notes() -> None:
    assert {FROM[one] for one in (OutcomeFigure.INTERVAL, OutcomeFigure.SKILL, OutcomeFigure.BASE_RATE)} == {20}
    assert (FROM[OutcomeFigure.CURVE], FROM[OutcomeFigure.SLOPE], FROM[OutcomeFigure.GROUP_CURVE]) == (50, 100, 100)
    assert FROM[OutcomeFigure.CALIBRATION] == 200


@pytest.mark.parametrize(("n", "provisional"), [(49, False), (50, True), (99, True), (100, False)])
def test_a_curve_is_provisional_from_50_to_99(n: int, provisional: bool) -> None:
    assert is_provisional(n) is provisional


@pytest.mark.parametrize(
    ("n", "thing", "said"),
    [(1, "", "1 is missing"), (2, "", "2 are missing"), (1, "outcome", "1 outcome is missing"),
     (2000, "outcome", "2,000 outcomes are missing")],
)  # fmt: skip
def test_what_is_missing_is_one_or_several(n: int, thing: str, said: str) -> None:
    assert are_missing(n, thing) == said


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "No figures: there is little, and they need 10; 9 are missing."),
        (9, "No figures: there is little, and they need 10; 1 is missing."),
        (10, "The figures are very wide: there is little; 20 are missing until 30."),
        (29, "The figures are very wide: there is little; 1 is missing until 30."),
        (30, ""),
    ],
)
def test_few_units_have_no_figure_and_some_a_wide_one(n: int, said: str) -> None:
    assert Steps(10, 30, "The figures are", "No figures", "they need").sentence(n, "there is little") == said


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "It takes 125 to tell a calibrated reviewer"),
        (124, "It takes 125 to tell"),
        (125, "So many tell a calibrated reviewer"),
        (242, "; it takes 243 to tell"),
        (243, "deviation 1 four times in five; it takes 872"),
        (871, "; it takes 872 to tell"),
    ],
)
def test_how_many_it_takes_to_tell_two_apart(n: int, said: str) -> None:
    assert said in separable(n)
    assert separable(n).endswith(".")


def test_with_so_many_all_are_told_apart() -> None:
    assert "it takes" not in separable(872)
