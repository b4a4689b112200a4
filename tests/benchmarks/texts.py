"""Proposals as the benchmarks make them: the same text for the same number, each recognisable on a screen."""

import random
from functools import cache

COMMON_WORD = "supervision"
"""Stands in every proposal."""

BASELINE_HEADING = "baseline · human"


@cache
def _paragraphs() -> tuple[str, ...]:
    chance = random.Random(1)
    syllables = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "xa", "ze"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(4000)]
    return tuple(
        f"The {COMMON_WORD} of {' '.join(chance.choices(words, k=chance.randint(50, 70)))}." for _ in range(1000)
    )


def a_word(paragraph: int) -> str:
    """Return a word of one of the thousand paragraphs: a proposal in a hundred or so has it."""
    return _paragraphs()[paragraph].split()[5]


def typed(n: int, proposals: int) -> list[str]:
    """Return ``n`` searches as they stand while a person types them, the same ones each time.

    Words that every proposal has, some have and one has, alone and two together, whole and broken off after one letter
    or more.
    """
    chance = random.Random(7)
    some = [a_word(chance.randrange(1000)) for _ in range(60)]
    kinds = (
        lambda: COMMON_WORD,
        lambda: chance.choice(some),
        lambda: f"weak {chance.choice(['labels', 'supervision', 'method'])}",
        lambda: f"{chance.choice(some)} {COMMON_WORD}",
        lambda: mark(chance.randrange(1, proposals + 1)),
    )
    whole = [chance.choice(kinds)() for _ in range(n)]
    return [text[: chance.randint(1, len(text))] for text in whole]


def mark(number: int) -> str:
    """Return the word that only the title of this proposal has."""
    return f"P{number:07d}"


def title(number: int) -> str:
    """Return the title, its mark first, so that it is seen in the narrowest queue."""
    return f"{mark(number)} weak labels, method {number % 97}"


def hypothesis_mark(number: int) -> str:
    """Return the word that only the first line of this proposal's text has."""
    return f"H{number:07d}"


def hypothesis(number: int) -> str:
    """Return the first thing that is read of a proposal."""
    return f"{hypothesis_mark(number)}: {COMMON_WORD} survives when the labels are weak."


def body(number: int) -> str:
    """Return the method text: Markdown, 1 to 4 KB."""
    paragraphs = _paragraphs()
    chosen = [paragraphs[(number * 7919 + 131 * i) % len(paragraphs)] for i in range(3 + number % 7)]
    return "\n\n".join(["## Method", *chosen, "| part | share |\n|---|---|\n| a | 0.5 |\n| b | 0.5 |"])


def value(number: int) -> float:
    """Return the value of the primary metric on the primary dataset; neighbours differ in it."""
    return (100 + number % 797) / 1000


def shows_proposal(lines: list[str], number: int) -> bool:
    """Say whether a screen shows a proposal whole: queue row and title, first line, baseline, first evidence row."""
    screen = "\n".join(lines)
    return (
        screen.count(mark(number)) >= 2
        and hypothesis_mark(number) in screen
        and BASELINE_HEADING in screen
        and any("PGR" in line and f"{value(number):.3f}" in line for line in lines)
    )
