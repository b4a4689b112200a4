"""Tokens and the cache of beginnings."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.critic.fake_api.tokens import Cache, count, marks, tokens

_BLOCKS = st.lists(st.tuples(st.text("ab", max_size=60), st.booleans()), max_size=4)


def _body(system: list[tuple[str, bool]], words: str) -> dict[str, Any]:
    blocks = [
        {"type": "text", "text": text} | ({"cache_control": {"type": "ephemeral"}} if marked else {})
        for text, marked in system
    ]
    return {"model": "one", "system": blocks, "messages": [{"role": "user", "content": words}]}


@given(st.lists(st.tuples(_BLOCKS, st.text("ab", min_size=1, max_size=60)), min_size=1, max_size=4), st.integers(0, 30))
def test_each_token_is_read_as_it_is_or_put_into_the_cache_or_found_there(
    asked: list[tuple[list[tuple[str, bool]], str]], least: int
) -> None:
    cache = Cache(least)
    for system, words in asked:
        body = _body(system, words)
        taken, again = cache.take(body), cache.take(body)
        assert taken.total == again.total == count(body)
        assert again.written == 0, "what was asked once is found the next time"
        assert taken.found + taken.written == again.found
        assert taken.fresh > 0
        assert marks(body) == sum(marked for _, marked in system)


def test_a_beginning_that_is_too_short_is_never_kept() -> None:
    body = _body([("a" * 4000, True)], "b")
    assert [Cache(least).take(body).written for least in (1000, 1001)] == [1000, 0]


def test_one_letter_more_at_the_front_and_nothing_is_found() -> None:
    cache = Cache(0)
    cache.take(_body([("aaaa", False), ("bbbb", True)], "c"))
    assert cache.take(_body([("aaaa", False), ("bbbb", True)], "another")).found == 2
    assert cache.take(_body([("aaab", False), ("bbbb", True)], "c")).found == 0


def test_the_mark_of_the_whole_request_is_after_its_last_word() -> None:
    cache = Cache(0)
    body = _body([("aaaa", False)], "bbbb") | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    taken = cache.take(body)
    assert (taken.fresh, taken.written, taken.written_for_an_hour) == (0, 2, 2)


@pytest.mark.parametrize(("text", "number"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_four_letters_are_a_token(text: str, number: int) -> None:
    assert tokens(text) == number
