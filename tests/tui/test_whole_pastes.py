"""Pastes: whatever is in one, it is one event, whole and in order, and no part of it is a key."""

import importlib
import inspect
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, constants, events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

from reviewer.tui.whole_pastes import BEGIN, END, WholePasteParser, keep_pastes_whole
from tests.tui.triage_app import build_app, records, store_with

HOSTILE = {
    "an escape before letters": "abc\x1b\x1b[1msure it fails",
    "an escape at the end": "sure\x1b",
    "a sequence that is a key": "a\x1b[Ab\x1bOPc",
    "a sequence that ends nowhere": "a\x1b[" + "1;" * 40 + "s",
    "the focus": "a\x1b[Ib\x1b[Oc",
    "a mouse": "a\x1b[<0;3;4Mb",
    "a resize": "a\x1b[48;1;2;3;4tb",
    "a beginning": f"a{BEGIN}s",
    "nearly an end": f"a{END[:-1]}s",
    "a title": "a\x1b]0;s\x07b\x9d0;s\x9cc",
    "a reversal": "a\u202es",
}


def shown(text: str) -> str:
    return text.translate({0x1B: "␛", 0x07: "␇", 0x9D: "<U+009D>", 0x9C: "<U+009C>", 0x202E: "<U+202E>"})


def told(messages: list[Message]) -> list[str]:
    """What came of it: pastes with their text, keys with their names, anything else by its class."""
    return [
        f"paste {m.text}" if isinstance(m, events.Paste) else m.key if isinstance(m, events.Key) else type(m).__name__
        for m in messages
    ]


def read(*pieces: str, parser: XTermParser | None = None) -> list[str]:
    parser = parser or WholePasteParser()
    return told([message for piece in pieces for message in (*parser.feed(piece), *parser.tick())])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_paste_is_one_paste(text: str) -> None:
    expected = ["s", f"paste {shown(text)}", "j"]
    assert read(f"s{BEGIN}{text}{END}j") == expected
    assert read(*f"s{BEGIN}{text}{END}j") == expected, "letter by letter"


def test_what_textual_makes_of_it_needs_this() -> None:
    """When Textual keeps pastes whole itself, this module can go."""
    assert "f" in read(f"{BEGIN}{HOSTILE['an escape before letters']}{END}", parser=XTermParser())


@given(st.text("\x1b[201~\x00\ns\u202e", max_size=40), st.lists(st.integers(0, 60), max_size=6))
def test_however_it_is_cut(text: str, cuts: list[int]) -> None:
    stream = f"k{BEGIN}{text}{END}\x1b[Ak"
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    whole = read(stream)
    assert read(*(stream[a:b] for a, b in pairwise(edges))) == whole
    if END not in text:
        assert whole == ["k", f"paste {shown(text).replace(chr(0), '')}", "up", "k"]


def test_outside_a_paste_everything_is_as_it_was() -> None:
    stream = "js\x1b[A\x1bOP\x1b[<0;3;4M\x1b[I\x1b[201~\x1b[1;5C\x1bs\x1b[zk"
    assert read(stream) == read(stream, parser=XTermParser())
    assert read(*stream) == read(*stream, parser=XTermParser())


def test_the_end_of_all_is_handed_on() -> None:
    parser = WholePasteParser()
    assert told([*parser.feed(f"{BEGIN}abc\x1b"), *parser.feed("")]) == []
    assert parser.is_eof


def test_a_slow_line_breaks_no_paste_and_holds_up_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(_parser, "get_time", lambda: now)
    parser = WholePasteParser()

    def slowly(*pieces: str) -> list[list[str]]:
        nonlocal now
        came = []
        for piece in pieces:
            came.append(read(piece, parser=parser))
            now += 2 * constants.ESCAPE_DELAY
            came[-1] += told(list(parser.tick()))
        return came

    assert slowly("\x1b", "[200~") == [["escape"], ["left_square_bracket", "2", "0", "0", "tilde"]]
    assert slowly(BEGIN[:4], BEGIN[4:] + "ab\x1b[20", END[4:]) == [[], [], ["paste ab"]]
    assert slowly("\x1b[2", "j", "k") == [[], ["left_square_bracket", "2", "j"], ["k"]]


@pytest.mark.parametrize("driver", ["linux_driver", "linux_inline_driver", "web_driver"])
def test_every_driver_makes_its_parser_by_a_name_that_can_be_given_another(driver: str) -> None:
    module = importlib.import_module(f"textual.drivers.{driver}")
    keep_pastes_whole()
    assert module.XTermParser is WholePasteParser
    assert "parser = XTermParser(" in inspect.getsource(module)
    assert WholePasteParser.__mro__[1] is XTermParser


async def test_the_app_makes_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux_driver, "XTermParser", XTermParser)
    app = build_app(store_with(tmp_path, *records()))
    assert vars(linux_driver)["XTermParser"] is WholePasteParser
    app.drafts.close()
    app.opening.store.close()
