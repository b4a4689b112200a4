"""What a cell says on a scale."""

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.scales import Scale


def test_a_number_between_the_ends_is_itself_and_a_word_its_place() -> None:
    assert Scale("novelty", "interval", 1, 10).value_of("7.5") == 7.5
    assert Scale("accept", "nominal", words=("no", "yes")).value_of("YES") == 1


@pytest.mark.parametrize("cell", ["0", "11", "much", "nan", "1_0", "inf"])
def test_what_is_none_of_the_scale_is_told(cell: str) -> None:
    with pytest.raises(UserError, match="novelty is"):
        Scale("novelty", "interval", 1, 10).value_of(cell)


def test_it_says_what_it_is() -> None:
    assert Scale("novelty", "interval", 1, 10).said == "interval, 1 to 10"
    assert Scale("accept", "nominal", words=("no", "yes")).said == "nominal: no, yes"
