"""Whether a search asks for what may be covered."""

import pytest

from reviewer.domain.covered_words import Searched


@pytest.mark.parametrize(
    ("text", "always"),
    [
        ("0.372", True),
        ("fp16", True),
        ("baseline", True),
        ("Baseline ", True),
        ("basel", False),
        ("basel ", False),
        ("bàsel", False),
        ("base model", False),
        ("agent-", True),
        ("agent", True),
        ("noise", False),
        ("noise 4", True),
        ("a ", False),
        ("ag", False),
        ("chat", False),
        ("", False),
        ("!", False),
    ],
)
def test_numbers_and_words_of_origin_are_always_covered(text: str, always: bool) -> None:
    assert Searched(text).always_covered is always


@pytest.mark.parametrize(
    ("text", "sometimes"),
    [
        ("points", True),
        ("model ", True),
        ("entropy", False),
        ("poin", True),
        ("basel", True),
        ("chat", True),
        ("chat ", False),
        ("b ", True),
    ],
)
def test_some_words_are_covered_by_what_stands_beside_them(text: str, sometimes: bool) -> None:
    assert Searched(text).sometimes_covered is sometimes


def test_a_part_of_a_name_is_known_also_where_it_is_unfinished() -> None:
    assert Searched("str").asks_for_one_of(("Strix two",))
    assert Searched("two").asks_for_one_of(("Strix two",))
    assert not Searched("str ").asks_for_one_of(("Strix two",))
    assert not Searched("strong").asks_for_one_of(("Strix two",))


def test_all_words_must_be_in_a_text_the_last_as_it_begins() -> None:
    assert Searched("Weak Lab").is_in(["labels", "that are weak"], str)
    assert not Searched("weak lab ").is_in(["labels that are weak"], str)
    assert Searched("modele").is_in(["Modèle"], str)


def test_a_line_is_shown_only_where_it_may_have_a_word_that_is_asked_for() -> None:
    shown: list[str] = []

    def cover(line: str) -> str:
        shown.append(line)
        return line.replace("thirty points", "#")

    assert Searched("points").is_in(["nothing", "thirty points", "all points", "more points"], cover)
    assert shown == ["thirty points", "all points"]
    assert not Searched("points").is_in(["thirty points"], cover)
