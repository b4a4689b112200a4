"""Numbers of things in words."""

import pytest

from reviewer.domain.counted import counted


@pytest.mark.parametrize(("n", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1234567, "1,234,567 rows")])
def test_the_noun_is_in_the_number_that_it_asks_for(n: int, said: str) -> None:
    assert counted(n, "row") == said
