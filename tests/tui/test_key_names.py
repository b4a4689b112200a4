"""Keys as people write them, as Textual reads them and as people are shown them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import Keys, format_key

from reviewer.tui.key_names import canonical_key, key_label, key_text, parse_keys

PRINTABLE = [chr(code) for code in range(0x21, 0x7F)]


def keys_of(sent: str) -> list[str]:
    """Return the keys that Textual reads from what a terminal sends."""
    parser = XTermParser()
    return [event.key for event in [*parser.feed(sent), *parser.feed("")] if isinstance(event, Key)]


@pytest.mark.parametrize("character", PRINTABLE)
def test_a_character_is_the_key_that_textual_reads_when_it_is_typed(character: str) -> None:
    assert [canonical_key(character)] == keys_of(character)


@pytest.mark.parametrize("character", [*PRINTABLE, "é", "ß", "я", "§"])
def test_a_key_is_known_by_its_character_its_name_and_its_label(character: str) -> None:
    name = canonical_key(character)
    assert canonical_key(name) == name
    assert canonical_key(key_label(name)) == name
    assert canonical_key(key_text(name)) == name
    assert key_label(name) == character


@pytest.mark.parametrize(
    "key", sorted({key.value for key in Keys if re.fullmatch(r"[a-z]\w+", key.value)} - {"return"})
)
def test_every_named_key_of_textual_is_known(key: str) -> None:
    assert canonical_key(key) == key
    assert canonical_key(key_label(key)) == key
    assert canonical_key(format_key(key)) == key


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("shift+a", "A"),
        ("Ctrl+R", "ctrl+r"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("control+x", "ctrl+x"),
        ("alt+X", "alt+shift+x"),
        ("Esc", "escape"),
        ("PgUp", "pageup"),
        ("page_down", "pagedown"),
        ("return", "enter"),
        ("F5", "f5"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("alt+plus", "alt+plus"),
        ("solidus", "slash"),
        ("hyphen_minus", "minus"),
        ("ctrl+@", "ctrl+space"),
        (" ? ", "question_mark"),
    ],
)
def test_keys_are_understood_as_people_write_them(written: str, name: str) -> None:
    assert canonical_key(written) == name


@pytest.mark.parametrize(
    ("sent", "written"),
    [("\x12", "ctrl+r"), ("\x1c", "ctrl+\\"), ("\x1d", "ctrl+]"), ("\x1b[Z", "shift+tab"), ("\x1b[15~", "f5"),
     ("\x1b[32;2u", "shift+space"), ("\x1b[5~", "pageup"), (" ", "space"), ("\x1bX", "alt+X"), ("\x1b[1;6D",
     "ctrl+shift+left")],
)  # fmt: skip
def test_what_a_terminal_sends_is_the_key_as_written(sent: str, written: str) -> None:
    assert keys_of(sent) == [canonical_key(written)]


@pytest.mark.parametrize("written", ["", "  ", "shfit+tab", "super+x", "pagdown", "ctrl+", "j k", "\x1b", "\n", "bell",
                                     "shift+1", "shift+?", "ctrl+i", "ctrl+m", "ctrl+[", "ctrl+h", "f99", "++", "a+b",
                                     "+a", "\u202e"])  # fmt: skip
def test_what_is_no_key_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match=r"[.?]$"):
        canonical_key(written)


@given(st.text())
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        keys = parse_keys(text)
    except ValueError:
        return
    assert parse_keys(",".join(map(key_text, keys))) == keys
