"""Whatever is typed into the search finds a page and is no error."""

import atexit
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from reviewer.domain.queue import QueueFilter, QueuePage, Sort
from reviewer.workflow import browsing
from reviewer.workflow.session import Session
from tests.builders import build_session, build_store, record
from tests.fuzz.fuzzing import Fuzz, tried

WORDS = (
    "posterior", "weak", "labels", "fine-tuning", "strong", "student", "x", "i.i.d.", "C++", "naïve", "naive",
    "Ångström",
    "Straße", "STRASSE", "İstanbul", "ﬁne", "数据", "データ", "한국어", "שלום", "مرحبا", "प्रयोग", "🙂", "e\u0301tude",
    "étude",
    "snake_case", "don't", "0.97", "1e-4", "p<0.05", "a/b", "self-training", "EM", "em", "and", "or", "not", "near",
    "title",
)  # fmt: skip
_SYNTAX = (
    '"', "'", "*", "^", "(", ")", "{", "}", ":", "+", "-", "--", ";", ",", "NEAR(", "NEAR(a b, 2)", "AND", "OR",
    "NOT", "title:",
    "{title body}:", "-title:x", '"a b"*', 'a""b', "%", "_", "\\", "?", ":text", "\x00", "a\x00b", "\ud800",
    "a\udc00", "\ufeff",
    "\u202e", "\u200b", "\u0301", "e" + "\u0301" * 60, "\U000e0001", "rank:", "search_index", "x" * 199, "y" * 200,
    "z" * 201,
    "w" * 20_000, "..." * 500, "1' OR '1'='1", "*" * 50, '"' * 51, "(" * 60, "💩" * 300,
)  # fmt: skip
_BETWEEN = (" ", " ", " ", "  ", "\t", "\n", "", "\u3000", "\xa0", "\x00", '"', "-", " OR ", "\u2028")
PROPOSALS = 200
PAGE = PROPOSALS + 1
MOST_AT_ONCE = 20
MOST_WORDS = 32

_word = (
    st.sampled_from(WORDS)
    | st.tuples(st.sampled_from(WORDS), st.integers(1, 6)).map(lambda cut: cut[0][: cut[1]])
    | st.sampled_from(_SYNTAX)
    | st.text(max_size=8)
)


@st.composite
def _text(draw: st.DrawFn) -> str:
    typed = "".join(draw(_word) + draw(st.sampled_from(_BETWEEN)) for _ in range(draw(st.integers(0, 6))))
    return typed * draw(st.sampled_from((1, 1, 1, 1, 1, 1, 1, 1, 1, 40)))


@cache
def _session() -> tuple[Session, int]:
    """Return a session on a store whose texts are of these words; it is read and never written."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    chance = random.Random(1)

    def words(n: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(n))

    made = (record(f"p{i}", title=words(3), body=words(20), hypothesis=words(6)) for i in range(PROPOSALS))
    session = build_session(build_store(folder, *made))
    return session, browsing.all_problems(session)[0].id


def _found(text: str, sort: Sort = Sort.IMPORTED) -> list[int]:
    session, problem = _session()
    page = browsing.first_page(session, browsing.Asked(problem, QueueFilter(text=text), sort), PAGE)
    assert isinstance(page, QueuePage)
    assert (page.more_before, page.more_after) == (False, False)
    return [row.method_id for row in page.rows]


def searches(_folder: Path, typed: tuple[str, ...]) -> int:
    """Search for each of the texts, letter by letter and at once, with other letters and in another order."""
    session, problem = _session()
    for text in typed:
        found = _found(text)
        for end in {len(text) * part // 3 for part in (1, 2)}:
            _found(text[:end])
        assert _found(text) == found, "the letters before it change what is found"
        assert set(_found(text, Sort.TITLE)) == set(found), "another order finds others"
        asked = browsing.Asked(problem, QueueFilter(text=text), Sort.NEWEST)
        assert browsing.queue_length(session, asked) == len(found), "the count is another one"
        if len(found) > 1:
            half = browsing.first_page(session, asked, len(found) // 2)
            rest = browsing.page_beside(session, asked, len(found), half.rows[-1].key, forward=True)
            assert [r.method_id for r in (*half.rows, *rest.rows)] == found[::-1], "page by page it is another list"
        finished = _found(text + " ")
        assert set(finished) <= set(found), "a finished word finds more than its beginning"
        if text.isascii():
            assert _found(text.swapcase()) == found, "capitals find something else"
        words = text.split(" ")
        if len(words) <= MOST_WORDS:
            assert _found(" ".join(reversed(words)) + " ") == finished, "words in another order find something else"
    return len(typed)


_example = st.lists(_text(), min_size=MOST_AT_ONCE // 2, max_size=MOST_AT_ONCE).map(tuple) | st.lists(
    _text(), max_size=1
).map(tuple)

PER_ROUND = 450
"""Searches of one round, about."""

FUZZES = (
    Fuzz(
        "searches",
        "search strings, each with its letters one after the other, in other orders and other cases",
        "searches",
        tried(_example, searches, PER_ROUND // 7),
        every=PER_ROUND,
        briefly=tried(_example, searches, 3),
        aim=100_000,
    ),
)
