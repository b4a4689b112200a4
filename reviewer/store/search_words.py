"""What a person typed to search for, as the search index takes it."""

import re
from collections import Counter
from itertools import islice

from reviewer.domain.queue import is_searched_for

_WORD = re.compile(r'[^\s"\x00\ud800-\udfff]+')
"""A quote would end the quoted word, U+0000 the expression, and a lone surrogate has no UTF-8."""


MOST_WORDS = 32
"""So many different words are searched for, those typed first; a search takes the longer the more there are."""

LONGEST_WORD = 200
"""Of a longer word so many characters are searched for: a pasted one may be thousands of words to the index."""


def search_expression(text: str) -> str:
    """Return what a person typed as an FTS5 expression: every word must occur, the last one may be unfinished.

    Each word is quoted, so that no character of it is an operator: ``fine-tuning`` is two words side by side, cut by
    the index's own rules. The empty string means that nothing was asked.

    A word that was typed before is not asked for again, and neither are words after the first ``MOST_WORDS`` different
    ones.
    """
    words = [word for word in _WORD.findall(text) if is_searched_for(word)]
    typed = Counter(map(_as_searched, words))
    unfinished = _as_searched(words[-1]) if words and not text[-1:].isspace() else None
    quoted = []
    for word in islice(typed, MOST_WORDS):
        # An unfinished word that was finished before asks for nothing more.
        begins = len(word) > LONGEST_WORD or (word == unfinished and typed[word] == 1)
        quoted.append(f'"{word[:LONGEST_WORD]}"{"*" if begins else ""}')
    return " ".join(quoted)


def _as_searched(word: str) -> str:
    # Which other letters are one to the index, only the index knows.
    return word.lower() if word.isascii() else word
