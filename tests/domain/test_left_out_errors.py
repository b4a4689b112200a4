import math

import pytest

from reviewer.domain.left_out_errors import is_error, left_out, left_out_of


@pytest.mark.parametrize(
    ("stated", "said"),
    [(-0.25, "-0.25"), (-1e-7, "-1e-07"), (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")],
)
def test_the_note_says_what_was_stated_and_is_read_again(stated: float, said: str) -> None:
    note = left_out("own runs", stated)
    assert note == f"own runs; the stated standard error, {said}, is left out"
    assert left_out_of(f"{note}; two seeds") == pytest.approx(stated, nan_ok=True)
    assert left_out("", stated) == note.removeprefix("own runs; ")
    assert not is_error(stated)


def test_zero_is_an_error_and_other_words_are_no_note() -> None:
    assert is_error(0.0)
    assert left_out_of("the stated standard error, as it is, is left out") is None
    assert left_out_of("") is None
