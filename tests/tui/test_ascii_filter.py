"""A terminal without UTF-8 is sent nothing but ASCII, and every column stays where it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.filter import Monochrome

from reviewer.domain.text import safe_line
from reviewer.tui.ascii_filter import AsciiFilter, to_ascii
from reviewer.tui.marks import ASCII, UNICODE, Marks
from tests.builders import record
from tests.tui.triage_app import records, screen_text, store_with, triage


@pytest.mark.parametrize(
    ("drawn", "sent"),
    [
        ("plain", "plain"),
        ("┌─ a · b ─┐", "+- a - b -+"),
        ("“quoted” – dash…", '"quoted" - dash~'),
        ("café Ångström ½", "cafe Angstrom ?"),
        ("漢字", "????"),
        ("±0.1 −0.2 ≥3×", "?0.1 -0.2 >3x"),
    ],
)
def test_each_character_has_a_stand_in(drawn: str, sent: str) -> None:
    assert to_ascii(drawn) == sent


@given(st.text())
def test_whatever_is_drawn_keeps_its_width_and_is_ascii(text: str) -> None:
    shown = safe_line(text, 400)
    assert to_ascii(shown).isascii()
    assert cell_len(to_ascii(shown)) == cell_len(shown)


@pytest.mark.usefixtures("hands")
@pytest.mark.parametrize("marks", [ASCII, UNICODE])
async def test_no_color_draws_in_greys_whatever_the_marks(
    tmp_path: Path, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with triage(store_with(tmp_path, *records()), marks=marks) as t:
        filters = t.app.get_line_filters()
        assert [f for f in filters if isinstance(f, Monochrome)]
        assert len([f for f in filters if isinstance(f, AsciiFilter)]) == (marks is ASCII)


@pytest.mark.usefixtures("hands")
async def test_every_screen_is_ascii(tmp_path: Path) -> None:
    strange = record("p0", title="naïve 漢字 → ∞", body="# Größe ≥ 3 — “so”\n\n| a | b |\n|---|---|\n| é | ½ |\n\n- •")
    path = store_with(tmp_path, strange, *records())
    async with triage(path, marks=ASCII) as t:
        await t.until(lambda: "naive" in screen_text(t.app))
        for key in ("s", "e", "escape", "t", "escape", "?", "escape", ":", "escape", "T", "escape", *"rFSiXhR"):
            await t.press(key)
            await t.pilot.pause()
            shown = screen_text(t.app)
            assert shown.isascii(), (key, [c for c in shown if not c.isascii()])
            if key in "rFSiXhR":
                await t.press("escape")
