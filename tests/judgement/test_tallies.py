"""Ratings as counts: what a scale may be, and that only the ways of being rated are kept."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judgement.tallies import PER_CENT, RatingScale, ScaleKind, tallied_units, whole_numbers
from tests.judgement.rated import UNITS, YES_NO, of_lists, tallied


def test_units_that_were_rated_alike_are_one_way() -> None:
    ratings = [("a", 0), ("b", 1), ("a", 1), ("c", 0), ("b", 0), ("d", 0)]
    assert tallied(YES_NO, ratings).units == {((0, 1), (1, 1)): 2, ((0, 1),): 2}


def test_a_million_ratings_take_no_more_room_than_the_ways_of_being_rated() -> None:
    units = ({place: 2, (place + 1) % 101: 1} for _ in range(1000) for place in range(101))
    assert len(tallied_units(PER_CENT, units).units) == 101


@given(units=UNITS, data=st.data())
def test_neither_the_order_of_units_nor_that_of_ratings_matters(units: list[list[int]], data: st.DataObject) -> None:
    ratings = [(unit, place) for unit, places in enumerate(units) for place in places]
    shuffled = data.draw(st.permutations(ratings))
    scale = whole_numbers(1, 5)
    assert tallied(scale, shuffled) == tallied(scale, ratings)
    counted = [{place: places.count(place) for place in range(5)} for places in units]
    assert tallied_units(scale, reversed(counted)) == of_lists(units, ScaleKind.INTERVAL)


def test_a_unit_without_ratings_is_left_out() -> None:
    assert tallied_units(YES_NO, [{}, {0: 0}, {1: 1}]).units == {((1, 1),): 1}


def test_a_forecast_stands_at_its_own_place() -> None:
    assert [PER_CENT.place(each) for each in ("0", "37", "100")] == [0, 37, 100]
    assert PER_CENT.values[37] == 37


def test_without_numbers_categories_count_as_their_places() -> None:
    assert RatingScale(ScaleKind.ORDINAL, ("low", "middle", "high")).values == (0, 1, 2)


@pytest.mark.parametrize(
    ("categories", "values", "words"),
    [
        (("yes",), (), "two categories or more"),
        (("yes", "no", "yes"), (), "no two the same"),
        (("yes", "no"), (1.0,), "a finite number for each"),
        (("yes", "no"), (1.0, math.inf), "a finite number for each"),
        (("yes", "no"), (1.0, 1.0), "ascend"),
    ],
)
def test_what_is_no_scale_is_refused(categories: tuple[str, ...], values: tuple[float, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RatingScale(ScaleKind.ORDINAL, categories, values)


@pytest.mark.parametrize("unit", [{2: 1}, {-1: 1}, {0: -1}])
def test_what_the_scale_has_no_place_for_is_refused(unit: dict[int, int]) -> None:
    with pytest.raises(ValueError, match=r"no place for|negative number"):
        tallied_units(YES_NO, [unit])
