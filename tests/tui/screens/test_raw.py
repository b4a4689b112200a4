import json

import pytest

from reviewer.domain.methods import Provenance
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.raw import PRETTY_UP_TO, RawScreen, raw_lines
from reviewer.tui.widgets.lines import TextLine
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})
PLACE = Provenance("runs/[/x].jsonl", "ab" * 32, "line 12")


def text_of(lines: list[TextLine]) -> str:
    return "\n".join(line.mark[0] + line.text for line in lines)


def test_json_is_laid_out_and_says_the_same() -> None:
    record = {"id": "exp12", "nested": {"words": "über → 0.5\n", "empty": [], "list": [1, None, True]}, "": "x: y"}
    text = text_of(raw_lines(json.dumps(record)))
    assert text == json.dumps(record, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("raw", ["not json [/x]", "[" * 100_000, "1" * 10_000])
def test_what_is_no_json_or_none_that_can_be_read_is_shown_as_it_is(raw: str) -> None:
    text = text_of(raw_lines(raw))
    assert "not JSON" in text
    assert text.endswith(raw)


def test_nothing_kept_says_so() -> None:
    assert "not kept" in text_of(raw_lines(" "))


def test_what_is_hostile_is_shown_and_not_obeyed() -> None:
    for raw in ('{"\\u001b\u202e": "\\u202e\x7f\\ud800"}', "\x1b]52;c;x\x07\u2028"):
        assert all(line.text.isprintable() for line in raw_lines(raw))


def test_too_much_is_cut_and_says_so() -> None:
    raw = json.dumps({"body": "word " * 6_000_000})
    lines = raw_lines(raw)
    assert f"first {PRETTY_UP_TO:,} of {len(raw):,} characters" in lines[0].text
    assert sum(len(line.text) for line in lines[1:]) == PRETTY_UP_TO


async def test_where_it_came_from_stands_at_the_top() -> None:
    screen = RawScreen("EM", PLACE, '{"id": "exp12"}', KEYMAP, imported_at="2026-11-20T10:00:00.000Z")
    async with HarnessApp(screen).run_test(size=(90, 24)) as pilot:
        await pilot.pause()
        text = screen.pane.plain_text
        for words in ("runs/[/x].jsonl", "line 12", "ab" * 32, "2026-11-20", '"id": "exp12"'):
            assert words in text


async def test_thirty_megabytes_scroll_and_close() -> None:
    screen = RawScreen("EM", PLACE, json.dumps([{"body": "word " * 20}] * 260_000), KEYMAP)
    app = HarnessApp(screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await settle(pilot)
        assert screen.pane.virtual_size.height > PRETTY_UP_TO / 80
        await pilot.press("G", "k", "space")
        assert screen.pane.scroll_offset.y > 20_000
        await pilot.press("alt+r")
        assert app.results == [None]
