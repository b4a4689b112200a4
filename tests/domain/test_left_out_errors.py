import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.domain.left_out_errors import is_error, left_out, left_out_of, seeds_left_out, seeds_left_out_of

NOTE = "the stated standard error, -0.25, is left out"
NO_ERRORS = st.floats().filter(lambda stated: not is_error(stated))


@pytest.mark.parametrize(
    ("stated", "said"),
    [(-0.25, "-0.25"), (-1e-7, "-1e-07"), (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")],
)
def test_the_note_says_what_was_stated_and_is_read_again(stated: float, said: str) -> None:
    note = left_out("own runs", stated)
    assert note == f"own runs; the stated standard error, {said}, is left out"
    assert left_out_of(note) == pytest.approx(stated, nan_ok=True)
    assert left_out("", stated) == note.removeprefix("own runs; ")
    assert not is_error(stated)


def test_zero_is_an_error_and_other_words_are_no_note() -> None:
    assert is_error(0.0)
    assert left_out_of("the stated standard error, as it is, is left out") is None
    assert left_out_of("") is None


@pytest.mark.parametrize(
    "source",
    [
        "note: the stated standard error, 1.2.3, is left out",
        "the stated standard error, 1.2.3, is left out",
        "the stated standard error, -1e, is left out",
        "the stated standard error, --1, is left out",
        "the stated standard error, -٣, is left out",
        "the stated standard error, 0.25, is left out",
        f"we asked why {NOTE}",
        f"{NOTE}, and why",
        f"{NOTE}; the error is 0.02",
        f"{NOTE}\n",
    ],
)
def test_what_a_source_says_itself_is_no_note(source: str) -> None:
    assert left_out_of(source) is None


def test_a_source_that_speaks_of_one_itself_is_read_by_the_note_at_its_end() -> None:
    assert left_out_of(left_out(NOTE, -3.0)) == -3.0


@given(st.text(), st.text(alphabet="-+.0123456789eENaInfity_ ٣"), st.sampled_from(["", "; two seeds"]))
@example("note: ", "1.2.3", "")
@example("", "9" * 5000, "")
def test_foreign_text_never_raises(before: str, number: str, after: str) -> None:
    for source in (before, f"{before}the stated standard error, {number}, is left out{after}"):
        found = left_out_of(source)
        assert found is None or not is_error(found)
    found_seeds = seeds_left_out_of(f"{before}{number} of {number} seeds have NaN or an infinity for a value{after}")
    assert found_seeds is None or found_seeds[0] > 0


@given(st.text(), NO_ERRORS, st.integers(1, 10**6), st.integers(0, 10**6))
def test_both_notes_are_read_again_after_any_text(source: str, stated: float, without: int, more: int) -> None:
    alone = left_out(source, stated)
    both = seeds_left_out(alone, without, without + more)
    for said in (alone, both):
        assert left_out_of(said) == pytest.approx(stated, rel=1e-5, abs=1e-320, nan_ok=True)
    assert seeds_left_out_of(both) == (without, without + more)
    assert seeds_left_out_of(alone) is None


def test_one_seed_has_no_value_and_two_have_none() -> None:
    assert seeds_left_out("", 1, 3) == "1 of 3 seeds has NaN or an infinity for a value"
    assert seeds_left_out("own runs", 2, 3) == "own runs; 2 of 3 seeds have NaN or an infinity for a value"
    assert seeds_left_out_of("0 of 3 seeds have NaN or an infinity for a value") is None
    assert seeds_left_out_of("1 of 3 seeds have NaN or an infinity for a value") == (1, 3), "as it was written once"
