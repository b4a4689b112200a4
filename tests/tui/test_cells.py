"""Fitting text into terminal cells."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.tui.cells import cut_front


def test_the_end_of_what_is_too_long_stays() -> None:
    assert cut_front("/w/run/a.jsonl, line 3", 30) == "/w/run/a.jsonl, line 3"
    assert cut_front("/w/run/a.jsonl, line 3", 15) == "….jsonl, line 3"
    assert cut_front("日本語.jsonl", 10) == "…語.jsonl"


@given(st.text(alphabet="ab日/"), st.integers(1, 12))
def test_it_is_never_wider_and_ends_alike(text: str, width: int) -> None:
    shown = cut_front(text, width)
    assert cell_len(shown) <= width
    assert text.endswith(shown.removeprefix("…"))
