"""Gwet's AC1: by his examples, and where he and others had them computed."""

import pytest
from hypothesis import assume, given

from reviewer.judgement.ac1 import ac1_of
from reviewer.judgement.rating_table import rating_table
from reviewer.judgement.tallies import ScaleKind, Tallies
from tests.judgement.rated import UNITS, krippendorffs, of_lists, two_raters


def ac1(tallies: Tallies) -> tuple[float, tuple[float, float] | None]:
    return ac1_of(rating_table(tallies))


def test_four_raters_with_missing_ratings() -> None:
    """As irrCAC prints it (``cac.raw4raters``): .77544, standard error .14295; the t is of 11 doubly rated units."""
    value, limits = ac1(krippendorffs(ScaleKind.NOMINAL))
    assert value == pytest.approx(0.77544, abs=5e-6)
    assert limits == pytest.approx((0.77544 - 2.228139 * 0.14295, 1.0), abs=5e-5)


def test_two_abstractors() -> None:
    """As irrCAC prints it (``cont3x3abstractors``): .8493305, .764 to .935."""
    units = [[0, 0]] * 13 + [[1, 1]] * 20 + [[1, 2]] * 11 + [[2, 2]] * 56
    value, limits = ac1(of_lists(units, ScaleKind.NOMINAL, 3))
    assert value == pytest.approx(0.8493305, abs=5e-8)
    assert limits == pytest.approx((0.764, 0.935), abs=2e-3)


@pytest.mark.parametrize(
    ("table", "printed"), [((118, 5, 2, 0), 0.9408), ((80, 10, 5, 5), 0.81), ((40, 9, 6, 45), 0.70)]
)
def test_the_paradox_tables(table: tuple[int, int, int, int], printed: float) -> None:
    """Gwet (2002, 2008) on his own table, where κ is -.02, and on those of Feinstein and Cicchetti (1990)."""
    assert ac1(two_raters(*table))[0] == pytest.approx(printed, abs=5e-3)


@given(units=UNITS)
def test_the_interval_lies_around_it_and_more_units_alike_make_it_narrower(units: list[list[int]]) -> None:
    units = [*units, [0, 1], [0, 0]]
    value, limits = ac1(of_lists(units, ScaleKind.NOMINAL))
    again, narrower = ac1(of_lists(units * 2, ScaleKind.NOMINAL))
    assert again == pytest.approx(value)
    assume(limits is not None and narrower is not None)
    assert limits is not None
    assert narrower is not None
    assert limits[0] <= narrower[0] <= value <= narrower[1] <= limits[1] <= 1


def test_where_no_two_ratings_of_a_unit_differ_it_has_no_interval() -> None:
    value, limits = ac1(of_lists([[0, 0], [1, 1], [0, 0], [1]], ScaleKind.NOMINAL))
    assert value == pytest.approx(1)
    assert limits is None
