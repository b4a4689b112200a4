"""What is covered in a text that is read sealed, and what is not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.ascii_text import spelled_in_ascii
from reviewer.domain.covering import (
    COVER,
    Hidden,
    covered,
    covered_title,
    digits_in,
    digits_to_hide,
    names_to_hide,
)

NOTHING = Hidden()


def shown(text: str, hidden: Hidden = NOTHING) -> str:
    """The covered text with a short mark for each cover."""
    return covered(text, hidden).replace(COVER, "#")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PGR is 0.372.", "PGR is #."),
        ("it is .23 or 0,97", "it is # or #"),
        ("1e-3, 1.5E-4 and 3×10^-4", "# and #"),
        ("10⁻³ or 3.2 × 10^{-4}", "# or #"),
        ("35 % or 35%, 35 percent", "# or #, #"),
        ("35 points", "#"),
        ("by 3 points, 5 pp, 5% and 4 times", "by # and #"),
        ("ninety-seven percent, two points, tenfold", "#"),
        ("half of the gap", "# of the gap"),
        ("two thirds of the performance gap", "two # of the performance gap"),
        ("0.78 ± 0.05", "#"),
        ("0.78±.05 and 0.78 (0.05)", "# and #"),
        ("±5 and +5 and −3", "# and # and #"),
        ("0.42–0.51, from 0.117 to 0.372", "#, from # to #"),
        ("2.3x faster, 3× the cost, 2x", "# faster, # the cost, #"),
        ("78 of 1,204 and 4 of 5", "# and #"),
        ("12/15, 4/5", "#"),
        ("1 204 tests, 1\u202f204 tests", "# tests, # tests"),
        ("on 2026-01-19T16:05", "on #"),
        ("ranks 2nd", "ranks #"),
        ("acc97, PGR0.97 and exp12", "acc#, PGR# and exp#"),
        ("score_97", "score_#"),
        ("½ and 2½", "# and #"),
        ("&#57;&#55; &#x39; &#8217;", "# &#8217;"),
        (r"0\.3 and 0{,}37", "# and 0{,}#"),
        ("| 0.31 | ±0.02 | 5 |", "| # | # | 5 |"),
        ("**0.83** on chat", "**#** on chat"),
    ],
)
def test_what_can_be_a_score_is_covered(text: str, expected: str) -> None:
    assert re.sub("#(?:, #)+", "#", shown(text)) == re.sub("#(?:, #)+", "#", expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4 layers, five seeds",
        "w2s with L2 and a 4-bit base in fp16, bf16, float32",
        "p(y = 1 | x), x[-1], 1 − π(c)",
        "1. first\n2. second\n10 nothing".replace("10 nothing", "3. third"),
        "\n".join(f"{n}. item" for n in range(1, 13)),
        "The weak model teaches the strong model.",
        "a humane, baseless, reagent, authority of train and maintain",
        "```python\nfor x in pairs:\n    y = x[0]\n```",
        "| a | b |\n|---|---|\n| w | s |",
        "---\n\n- a list\n- of two",
    ],
)
def test_what_tells_nothing_stays(text: str) -> None:
    assert covered(text, NOTHING) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our baseline beats the agent.", "# beats the #."),
        ("the baseline's students", "the # students"),
        ("HUMAN labels and human-written", "# labels and #"),
        ("by Claude, GPT-4 and ChatGPT", "by # and #"),
        ("an AI researcher and a model-generated, LLM written idea", "an # and a # idea"),
        ("This proposal, as proposed", "This #, as #"),
        ("autonomous_agent", "#_#"),
        ("the human baseline", "the #"),
        ("an agent-driven and an AI generated idea", "an # and an # idea"),
        ("Agent A's filter, as that of agent B", "# filter, as that of #"),
    ],
)
def test_words_that_tell_an_origin_are_covered(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_names_are_covered_however_they_are_set_apart_and_whole() -> None:
    hidden = Hidden(names_to_hide("strix", "run-02", "run-02", "exp04", "exp01", "calibrated-weights", "noise"))
    assert hidden.names == ("strix", "run-02", "exp04", "exp01")
    assert shown("Strix's run 02 extends exp04 in run_02: strixes, calibrated-weights, noise", hidden) == (
        "# extends # in #: strixes, calibrated-weights, noise"
    )


def test_whoever_made_it_and_in_whatever_words_for_that_it_looks_the_same() -> None:
    for made in ("AI-generated", "human-written", "agent designed", "LLM-written", "model-discovered"):
        assert covered(f"a {made} idea", NOTHING) == f"a {COVER} idea"


def test_the_next_version_of_a_name_is_covered_too() -> None:
    assert shown("strix2, Strix13's and strixes", Hidden(("strix",))) == "# and strixes"


def test_of_a_person_each_name_is_covered_as_names_are_written() -> None:
    hidden = Hidden(names_to_hide("Jane Weaver", ""))
    assert shown("Jane's idea, Weaver 2020, a weaver and jane weaver", hidden) == "# idea, #, a weaver and #"


def test_single_digits_are_covered_where_they_are_values() -> None:
    hidden = Hidden(digits=digits_to_hide([7.2, 0.97, 1.0, 35.0, None, float("nan")]))
    assert hidden.digits == {"7", "1"}
    assert shown("scores 7 with 4 layers, L7 and y = 1", hidden) == "scores # with 4 layers, L7 and y = #"
    assert digits_in(["wins 7 of them", "0.3 and v2"]) == {"7"}


def test_of_a_title_every_number_by_itself_is_covered() -> None:
    assert covered_title("Sixteen students, 2 orders, w2s", ["x"]) == f"Sixteen students, {COVER} orders, w2s"


def test_every_cover_is_as_wide_and_covers_side_by_side_are_one() -> None:
    texts = (
        "gains 0.3",
        "gains +0.31 ± 0.021 (0.5)",
        "gains 35.25 percent",
        "gains ninety points",
        "gains 1,204/1,319",
    )
    assert {covered(text, NOTHING) for text in texts} == {f"gains {COVER}"}
    assert covered("an agent", NOTHING) == covered("an autonomous agent 4's baseline", NOTHING)
    assert len(spelled_in_ascii(COVER)) == len(COVER)
    assert spelled_in_ascii(COVER).isascii()


PIECES = st.sampled_from(
    ["0.372", ".23", "35 %", "5", "12", "agent", "our baseline", "Strix", "run-02", "±", "+", "-", "−", " ", "  ", "\n",
     "(", ")", ",", "of", "points", "x", "_", "|", "w2s", "layers", "half", "a", "two", "½", "²", "1.", "e", "%", "é",
     "human", "the gap", COVER, "▒", "&#57;", "\\", "/", "to", "llm", "written", "st", "٣", "３"]
)  # fmt: skip
HIDDEN = Hidden(("Strix", "run-02"), frozenset("57"))


@given(st.lists(PIECES, max_size=14).map("".join))
def test_twice_is_as_once(text: str) -> None:
    once = covered(text, HIDDEN)
    assert covered(once, HIDDEN) == once
    title = covered_title(text, HIDDEN.names)
    assert covered_title(title, HIDDEN.names) == title


@given(st.text(alphabet="abcdefgjkoqz .,;:()[]|*_`#\n-éß漢", max_size=80))
def test_text_without_numbers_and_such_words_is_as_it_was(text: str) -> None:
    assert covered(text, Hidden(("Strix", "run-02"))) == text


VALUES = st.one_of(
    st.floats(0.001, 0.999).map(lambda v: round(v, 3)),
    st.integers(10, 10**6),
    st.floats(1.5, 99).map(lambda v: round(v, 1)),
)
FORMATS = st.sampled_from(
    ["{}", "{:g}", "{:.2f}", "{:+.3f}", "{:,}", "{:.1%}", "{:e}", "({})", "={}", "**{}**", "|{}|", "{}x"]
)
AROUND = st.sampled_from(
    [("it is ", "."), ("from ", " to 9"), ("PGR ", " here"), ("\n", "\n"), ("acc=", ";"), ("x_", " y")]
)


@given(VALUES, FORMATS, AROUND)
def test_no_digits_of_a_measured_value_survive(value: float, form: str, around: tuple[str, str]) -> None:
    written = form.format(value)
    hidden = Hidden(digits=digits_to_hide([value]))
    left = covered(around[0] + written + around[1].replace("9", ""), hidden)
    assert not re.search(r"\d", left), (written, left)


@given(VALUES, VALUES, FORMATS, FORMATS, AROUND)
def test_whichever_number_stood_there_the_text_looks_the_same(
    one: float, other: float, form: str, other_form: str, around: tuple[str, str]
) -> None:
    around = around if around[0] != "x_" else ("", "")
    bare = [f.replace("x", "").strip("()*|=") or "{}" for f in (form, other_form)]
    texts = [around[0] + f.format(v) + around[1] for f, v in zip(bare, (one, other), strict=True)]
    hidden = Hidden(digits=frozenset("123456789"))
    assert covered(texts[0], hidden) == covered(texts[1], hidden)


@pytest.mark.parametrize("signs", ["-" * 50_000, "+-" * 25_000, "± " * 25_000, "+/-" * 20_000, "&#" + "9" * 50_000])
@pytest.mark.parametrize("ends", ["", "0.5", " 0.5"])
def test_a_line_of_signs_takes_no_longer(signs: str, ends: str) -> None:
    assert "0.5" not in covered(f"0.3 {signs}{ends}", HIDDEN)


@pytest.mark.parametrize("text", ["9" * 50_000, "one " * 20_000, "0.1," * 20_000, "agent " * 10_000, "1. " * 20_000])
def test_a_hostile_text_is_covered_in_time_that_grows_with_its_length(text: str) -> None:
    assert len(covered(text, HIDDEN)) <= len(text)
