"""What fails is made as small as it goes, and told as a test that tries it again; what was tried is counted truly."""

import random
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as st

from tests.faults.ledger import Round
from tests.fuzz.fuzzing import Draw, Fuzz, tried, tried_blindly
from tests.fuzz.mutations import as_json, damaged
from tests.fuzz.report import markdown

numbers = st.lists(st.integers(0, 100), min_size=1, max_size=20).map(tuple)


def are_small(folder: Path, given: tuple[int, ...]) -> int:
    assert not [*folder.iterdir()]
    (folder / "written").touch()
    assert max(given) < 90, f"{max(given)} is large"
    return len(given)


def are_numbers(_folder: Path, given: tuple[int, ...]) -> int:
    return len(given)


def made(draw: Draw) -> tuple[int, ...]:
    return draw(numbers)


def without_one(given: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return (given[:i] + given[i + 1 :] for i in range(len(given)) if len(given) > 1)


def test_what_hypothesis_finds_is_the_smallest_and_told_as_a_test(tmp_path: Path) -> None:
    (lost,) = tried(numbers, are_small, 200)(tmp_path, random.Random(1)).lost
    assert "AssertionError: 90 is large" in lost
    assert lost.endswith("def test_are_small(tmp_path):\n    are_small(tmp_path, (90,))")
    assert not [*tmp_path.iterdir()]


def test_of_what_is_found_blindly_all_is_left_out_that_can_be(tmp_path: Path) -> None:
    (lost,) = tried_blindly(made, are_small, 500, without_one)(tmp_path, random.Random(1)).lost
    assert lost.partition("    are_small(tmp_path, (")[2] in {f"{n},))" for n in range(90, 101)}
    assert not [*tmp_path.iterdir()]


def test_inputs_are_counted_and_the_same_chance_tries_the_same(tmp_path: Path) -> None:
    for each in (tried(numbers, are_numbers, 20), tried_blindly(made, are_numbers, 100, without_one)):
        first, again = (each(tmp_path, random.Random(7)) for _ in range(2))
        assert first == again
        assert first.checked >= 20
        assert first.lost == ()


def test_the_table_adds_up_inputs_and_failures() -> None:
    fuzz = Fuzz("odd", "odd numbers", "numbers", tried(numbers, are_numbers, 1), every=10, aim=100)
    rounds = [Round("odd", 0, 1.4, 1_200), Round("odd", 1, 2.0, 3, ("a",))]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown([(fuzz, rounds)]).splitlines()]
    assert rows[2] == ["odd numbers", "1,203 numbers", "**1**", "3"]
    missing = Fuzz("odd", "odd numbers", "numbers", fuzz.once, lacks=lambda: "atheris, which is not installed")
    assert "none: it takes atheris" in markdown([(missing, [])])


def test_what_cannot_be_written_down_is_written_out() -> None:
    assert (
        as_json({"a": "@deep:3", "b": "@map:2", "c": "@digits:5"}) == b'{"a": [[[]]], "b": {"a":{"a":1}}, "c": 99999}'
    )
    assert len(as_json("@digits:1000003377")) == 100_000, "of what has something behind its number no more"
    assert as_json("\ud800", ascii=False) == b'"\xed\xa0\x80"'
    assert damaged(b"abcd", [("flip", 1, 1), ("cut", 3, 0), ("insert", 0, 1)]) == b'"acc'
