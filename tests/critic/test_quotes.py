"""A quote is the proposal's own words, or it is not shown."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic.quotes import SHORTEST, find_quote

TEXT = "Hypothesis:\nThe posterior needs one\npass over the data.  It was tried on chat alone."


def test_a_quote_is_found_where_it_stands() -> None:
    start, end = find_quote(TEXT, "It was tried on chat alone.") or (0, 0)
    assert TEXT[start:end] == "It was tried on chat alone."


def test_a_line_end_may_be_a_space() -> None:
    start, end = find_quote(TEXT, "The posterior needs one pass over the data. It was") or (0, 0)
    assert TEXT[start:end] == "The posterior needs one\npass over the data.  It was"


def test_other_words_other_case_and_other_punctuation_are_not_found() -> None:
    assert find_quote(TEXT, "It was tried on math alone.") is None
    assert find_quote(TEXT, "it was tried on chat alone.") is None
    assert find_quote(TEXT, "It was tried on chat alone!") is None
    assert find_quote(TEXT, "It was tried … alone.") is None


def test_what_stands_in_any_text_shows_nothing() -> None:
    assert find_quote(TEXT, "data") is None
    assert find_quote(TEXT, "") is None


def test_what_would_be_a_pattern_is_text() -> None:
    assert find_quote("a cost of O(n log n) (at most) per step", "O(n log n) (at most)") == (10, 30)
    assert find_quote(TEXT, ".*.*.*.*.*.*.*") is None


WORDS = st.lists(
    st.sampled_from(["one", "pass", "over", "the", "data.", "(at", "most)", "it's"]), min_size=4, max_size=20
)
GAPS = st.lists(st.sampled_from([" ", "\n", "  ", "\n\n"]), min_size=20, max_size=20)


@given(WORDS, GAPS, st.data())
def test_every_piece_of_a_text_is_found_in_it(words: list[str], gaps: list[str], data: st.DataObject) -> None:
    text = "".join(f"{word}{gap}" for word, gap in zip(words, gaps, strict=False))
    start = data.draw(st.integers(0, len(words) - 4))
    piece = words[start : data.draw(st.integers(start + 4, len(words)))]
    found = find_quote(text, " ".join(piece))
    assert found is not None
    assert text[slice(*found)].split() == piece


def test_a_text_that_says_the_same_again_and_again_is_looked_through_in_no_time() -> None:
    began = time.perf_counter()
    assert find_quote("a b " * 50_000, "a b " * 10_000 + "and then it ends") is None
    # Hundredths of a second; as a pattern it would take minutes.
    assert time.perf_counter() - began < 5


@given(st.text(" \n\tab", max_size=60), st.text(" \nab", max_size=30))
def test_it_stands_where_a_pattern_would_find_it(text: str, quote: str) -> None:
    found = re.search(r"\s+".join(map(re.escape, quote.split())), text)
    wanted = found.span() if found is not None and len(" ".join(quote.split())) >= SHORTEST else None
    assert find_quote(text, quote) == wanted
