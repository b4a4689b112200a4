"""Addresses of servers that a person names in place of a path."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.addresses import is_address, is_foreign_address, tidied
from reviewer.domain.errors import SourceError


def test_paths_are_none() -> None:
    assert is_address("HTTPS://Lab:8000/")
    assert not any(map(is_address, ("http", "results/http://x", "", "ftp://x", "C:\\x")))
    assert all(map(is_foreign_address, ("ftp://x/y", "s3://x", "file:///x")))
    assert not any(map(is_foreign_address, ("http", "results/ftp://x", "", "https://x", "C:\\x", "://x")))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("HTTP://Lab.example:8000/", "http://lab.example:8000"),
        ("https://lab/Study//", "https://lab/Study"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_it_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert tidied(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["http://", "http://:80", "http://x:0", "http://x:99999", "http://x/?a=1", "http://x#y", "http://a b", "http://é"],
)
def test_what_is_none_is_one_sentence(typed: str) -> None:
    with pytest.raises(SourceError, match=r"is no address.*http://host:8000\."):
        tidied(typed)


def test_a_password_is_not_kept_and_not_said() -> None:
    with pytest.raises(SourceError) as told:
        tidied("http://kim:secret@lab:8000")
    assert "secret" not in str(told.value)


@given(st.text())
def test_anything_is_an_address_or_a_sentence(text: str) -> None:
    with suppress(SourceError):
        kept = tidied(f"http://{text}")
        assert tidied(kept) == kept
