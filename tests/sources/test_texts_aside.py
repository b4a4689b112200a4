"""Texts by key: what is put aside is found as what is held here is, and the memory stays where it is."""

import sqlite3
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.sources import texts_aside
from reviewer.sources.texts_aside import TextsAside

TEXTS = st.text(st.characters(codec=None), min_size=1, max_size=5)
"""With lone surrogates among them, as the names of files may have them."""


@given(st.lists(st.tuples(st.sampled_from(("set", "default", "get")), st.integers(0, 12), TEXTS), max_size=60))
def test_it_is_a_dictionary_however_much_of_it_lies_aside(acts: list[tuple[str, int, str]]) -> None:
    ours, plain = TextsAside(kept=3), dict[int, str]()
    for act, key, text in acts:
        if act == "set":
            ours[key] = plain[key] = text
        elif act == "default":
            assert ours.setdefault(key, text) == plain.setdefault(key, text)
        assert ours.get(key, "none") == plain.get(key, "none")
    for key in range(13):
        assert ours.get(key, "none") == plain.get(key, "none")


def test_what_was_met_first_is_found_among_very_many() -> None:
    texts = TextsAside(kept=1_000)
    for number in range(20_000):
        assert texts.setdefault(("id", str(number)), f"line {number}") == f"line {number}"
    for number in range(0, 20_000, 37):
        assert texts.setdefault(("id", str(number)), "later") == f"line {number}"


def test_the_memory_does_not_grow_with_what_is_kept() -> None:
    def held(number: int) -> int:
        tracemalloc.start()
        try:
            texts = TextsAside(kept=1_000)
            for each in range(number):
                texts.setdefault(each * 7919, f"line {each}")
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    assert held(30_000) < 1.1 * held(3_000)


def test_where_there_is_no_room_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(texts_aside, "_temporary", full)
    texts = TextsAside(kept=2)
    texts.setdefault(1, "a")
    with pytest.raises(SourceError, match=r"could not be put into a temporary file .*full.*SQLITE_TMPDIR"):
        texts.setdefault(2, "b")
