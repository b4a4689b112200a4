"""Words that tell an idea's origin or a score, and whether a search asks for something that may be covered."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from string import ascii_lowercase

ORIGIN_WORDS = (
    # Which of the methods side by side is which.
    "baseline", "baselines", "proposal", "proposals", "proposed",
    # Whose they are. A text that names humans as its authors cannot be told from one that uses their labels.
    "agent", "agents", "agentic", "autonomous", "autonomously", "human", "humans", "researcher", "researchers",
    "scientist", "scientists", "author", "authors", "ai",
    # What agents are called, and where they hand in. Weak and strong models are what the ideas are about, and stay.
    "claude", "anthropic", "gpt", "chatgpt", "openai", "gemini", "deepmind", "codex", "grok", "leaderboard",
    "submission", "submissions",
)  # fmt: skip

WRITERS = ("llm", "model", "machine", "computer")
"""Words that tell an origin only before one of ``WRITTEN``."""
WRITTEN = ("written", "generated", "authored", "made", "designed", "devised", "discovered", "driven")

UNIT_WORDS = ("percent", "percentage", "points", "point", "pts", "pt", "ppts", "ppt", "pp", "bps", "times", "fold")
"""What makes any number before it a score."""

NUMBER_WORDS = (
    "half", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
    "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand",
)  # fmt: skip

_SOMETIMES = (
    *WRITERS, *WRITTEN, *UNIT_WORDS, *NUMBER_WORDS, "per", "cent", "out", "of", "our", "my", "automated", "halves",
    "third", "thirds", "quarter", "quarters", "fifth", "fifths", "tenth", "tenths", *ascii_lowercase,
)  # fmt: skip
"""What is covered in some texts and not in others, by what stands beside it."""

_TOKEN = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as the search index tells them apart: without case and accents."""
    plain = text
    if not text.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(word.casefold() for word in _TOKEN.findall(plain)))


class Searched:
    """What somebody searches for: words that must all occur, of which the last may be unfinished."""

    def __init__(self, text: str) -> None:
        self._words = words_of(text)
        last = _TOKEN.findall(text)[-1:]
        self._unfinished = words_of(last[0])[-1:] if last and text[-1:].isalnum() else ()

    @property
    def always_covered(self) -> bool:
        """Return whether something of it is covered wherever it stands: a number, or a word that tells an origin."""
        return any(any(map(str.isnumeric, word)) or word in ORIGIN_WORDS for word in self._words)

    @property
    def sometimes_covered(self) -> bool:
        """Return whether something of it is covered in some texts, or may be once its last word is finished."""
        return self._asks_for((*_SOMETIMES, *ORIGIN_WORDS))

    def asks_for_one_of(self, names: tuple[str, ...]) -> bool:
        """Return whether it asks for a part of a name."""
        return self._asks_for(tuple(word for name in names for word in words_of(name)))

    def is_in(self, lines: Iterable[str], shown: Callable[[str], str]) -> bool:
        """Return whether all of its words are in some lines as they are ``shown``, which is asked of few of them."""
        missing = self._words
        for line in lines:
            if missing and any(self._is_among(word, words_of(line)) for word in missing):
                words = words_of(shown(line))
                missing = tuple(word for word in missing if not self._is_among(word, words))
        return not missing

    def _asks_for(self, words: tuple[str, ...]) -> bool:
        return any(self._is_among(word, words) for word in self._words)

    def _is_among(self, word: str, words: tuple[str, ...]) -> bool:
        return word in words or (word in self._unfinished and _one_begins(words, word))


def _one_begins(words: tuple[str, ...], start: str) -> bool:
    return any(word.startswith(start) for word in words)
