"""Records that are almost good: real ones with parts replaced, renamed, cut out, nested, and bytes that are damaged."""

import copy
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.fuzz.fuzzing import Draw

T = TypeVar("T")
MOST_EDITS = 4

TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b31m", "\x7f",
    "a\u202eb", "\u200b", "e" + "\u0301" * 40, "\U000e0041", "\U0001f469\u200d\U0001f4bb", "\r\n", "a\rb", "\t",
    "\u2028", "\x85",
    "[/]", "[bold red]x", "=cmd|' /C calc'!A0", "-1+1", "@x", "'", '"', '{"column":"body"}', "%s", "{}", "NaN", "1e999",
    "![x](javascript:alert(1))", "| a |\n|---|\n" + "| b |\n" * 40, "> " * 60 + "x", "#" * 400, "- " * 300, "`" * 50,
    "* * * *\n" * 30, "<b onclick=x>", "2026-13-45", "2026-01-02 03:04:05", "٢٠٢٦-٠١-٠٢", "..", "/etc/passwd",
    "a" * 3000,
    "weak-to-strong", "chat", "pgr", "chat-0115", "_strong_ceiling", "vanilla_w2s", "result", "baseline", "higher",
    "lab",
    "proposal", "remark", "problem", "[1, 2", "[NaN]", '{"direction": "\\ud800"}', '["\\u0000"]', "@deep:50",
    "@deep:99",
    "@deep:101", "@deep:500", "@deep:2000", "@deep:100000", "@map:99", "@map:900", "@digits:400", "@digits:5000",
    "@blob",
)  # fmt: skip
"""Those that begin with @ stand for what cannot be written down: see ``as_json``."""

NUMBERS = (
    0, 1, -1, 2, 5, 100, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30, 10**400,
    0.0, -0.0, 0.5, 1.0, 5.0, 1e-9, 5e-324, 1e16, 1e300, 1.7976931348623157e308, -1e308, 4e263, -999, -999.0,
    float("nan"), float("inf"), float("-inf"),
)  # fmt: skip

ODD: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], [{}], {"": 0}, {"a": {"b": [1]}}, *NUMBERS, *TEXTS)

_DEEPEST = 100_000
_MARK = re.compile(r'"@(deep|map|digits):(\d+)"')
_KEYS = (
    "",
    "type",
    "id",
    "Id",
    "ID ",
    "value",
    "seed",
    "seeds",
    "\x00",
    "\ud800",
    "__class__",
    "a" * 300,
    "column",
    "metric",
)

odd = st.sampled_from(ODD)
numbers = st.sampled_from(NUMBERS) | st.floats() | st.integers()
texts = st.sampled_from(TEXTS) | st.text(max_size=30)
small_json = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


anywhere = st.integers(0, 10_000)
yes_or_no = st.booleans()
_edits = st.lists(
    st.sampled_from(("alike", "alike", "odd", "any", "drop", "rename", "wrap", "move")), max_size=MOST_EDITS
)


def edited(draw: Draw, samples: Sequence[Any]) -> Any:
    """Return one of the samples with up to ``MOST_EDITS`` parts of it changed."""
    holder = [copy.deepcopy(samples[draw(anywhere) % len(samples)])]
    for kind in draw(_edits):
        places = list(_places(holder))
        container, key = places[draw(anywhere) % len(places)]
        _edit(draw, kind, container, key, places)
    return holder[0]


def _edit(draw: Draw, kind: str, container: Any, key: Any, places: Sequence[tuple[Any, Any]]) -> None:
    value = container[key]
    match kind:
        case "alike":
            container[key] = _alike(draw, value)
        case "odd":
            container[key] = copy.deepcopy(draw(odd))
        case "any":
            container[key] = copy.deepcopy(draw(small_json))
        case "drop" if container is not places[0][0]:
            del container[key]
        case "rename" if isinstance(container, dict):
            names = (*_KEYS, *container)
            container[names[draw(anywhere) % len(names)]] = container.pop(key)
        case "wrap":
            container[key] = [value] if draw(yes_or_no) else {"value": value}
        case "move":
            other, there = places[draw(anywhere) % len(places)]
            container[key] = copy.deepcopy(other[there])


def _alike(draw: Draw, value: Any) -> Any:
    """Return another value of the same kind; what is no text and no number is doubled."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return draw(numbers)
    if isinstance(value, str):
        return draw(texts)
    if isinstance(value, list):
        return [*value, *copy.deepcopy(value[:2])]
    return copy.deepcopy(value)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a value, those of the whole before those in its parts."""
    found = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(found):
        yield value, key
        yield from _places(item)


def as_json(value: Any, *, ascii: bool = True) -> bytes:
    """Return a value as JSON, what stands for depth and for digits written out; it may be no valid UTF-8."""
    text = _MARK.sub(_written_out, json.dumps(value, ensure_ascii=ascii))
    return text.encode("utf-8", "surrogatepass")


def _written_out(mark: re.Match[str]) -> str:
    # What tells rows apart may have been put behind the number.
    n = min(int(mark[2]), _DEEPEST)
    if mark[1] == "digits":
        return "9" * n
    return "[" * n + "]" * n if mark[1] == "deep" else '{"a":' * n + "1" + "}" * n


INSERTED = (b"\x00", b'"', b"\\u", b"\\ud800", b"{", b"[", b"]", b"}", b"\n", b"\r\n", b"\xff", b"\xef\xbb\xbf",
            b"NaN", b"1e999",
            b",", b":", b"-", b"\xed\xa0\x80", b"\xe2\x80\xae", b" " * 70, b"SQLite format 3\x00")  # fmt: skip

Damage = tuple[str, int, int]
"""A kind of damage, the place (modulo the length), and what is done there."""

damages: st.SearchStrategy[list[Damage]] = st.just([]) | st.just([]) | st.lists(
    st.tuples(
        st.sampled_from(("flip", "cut", "insert", "double", "lose", "zero")),
        st.integers(0, 1_000_000),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip
"""No damage, more often than not."""


def damaged(data: bytes, done: Sequence[Damage]) -> bytes:
    """Return bytes with bits flipped, the end cut off, something put in, a part doubled, lost or zeroed."""
    for kind, where, how in done:
        at = where % (len(data) + 1)
        before, after = data[:at], data[at:]
        match kind:
            case "flip":
                data = before + bytes([after[0] ^ (how or 1)]) + after[1:] if after else before
            case "cut":
                data = before
            case "insert":
                data = before + INSERTED[how % len(INSERTED)] + after
            case "double":
                data = before + data[max(0, at - how) :]
            case "lose":
                data = before + after[how:]
            case _:
                data = before + bytes(min(how, len(after))) + after[how:]
    return data


def without_some(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the items without a half, a quarter … of them, then without each."""
    step = len(items) // 2
    while step:
        for start in range(0, len(items), step):
            yield [*items[:start], *items[start + step :]]
        step //= 2
