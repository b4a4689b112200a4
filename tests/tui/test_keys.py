"""Every action and its keys: the defaults, what a config may make of them, and that Textual obeys the outcome."""

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import BindingsMap
from textual.events import Key
from textual.keys import Keys, format_key
from textual.screen import Screen

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Rating, Verdict
from reviewer.tui.keys import (
    ACTIONS,
    Keymap,
    Where,
    action,
    actions_at,
    bindings,
    canonical_key,
    effective_keymap,
    key_label,
    key_text,
    keys_label,
    parse_keys,
)

PRINTABLE = [chr(code) for code in range(0x21, 0x7F)]


def keys_of(sent: str) -> list[str]:
    """Return the keys that Textual reads from what a terminal sends."""
    parser = XTermParser()
    return [event.key for event in [*parser.feed(sent), *parser.feed("")] if isinstance(event, Key)]


def test_ids_are_unique_and_every_action_is_described() -> None:
    assert len({each.id for each in ACTIONS}) == len(ACTIONS)
    for each in ACTIONS:
        assert re.fullmatch(r"[a-z][a-z_]*", each.id)
        assert each.title
        assert each.section
        assert each.description.endswith(".")
        assert each.where in get_args(Where)


def test_the_defaults_clash_nowhere() -> None:
    keymap = effective_keymap({})
    assert set(keymap) == {each.id for each in ACTIONS}
    assert all(keymap.values())


def test_every_verdict_and_rating_has_its_action() -> None:
    ids = {each.id for each in ACTIONS}
    assert {str(verdict) for verdict in Verdict} <= ids
    assert [action(f"rate_{rating}").keys for rating in Rating] == ["1", "2", "3", "4", "5"]
    assert [action(f"rate_{rating}").call for rating in Rating] == [f"rate('{rating}')" for rating in Rating]


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


@pytest.mark.parametrize(
    ("configured", "said"),
    [
        ({"nxt": "n"}, "there is no such action. Did you mean 'next'?"),
        ({"next": "pagdown"}, "'pagdown' is no key. Did you mean 'pagedown'?"),
        ({"next": "n"}, "the key 'n' would mean both 'next' and 'next_match'; give 'next_match' another key, or none"),
        ({"skip": "7"}, "both 'skip' and 'forecast_digit'; 'forecast_digit' keeps its keys, so give 'skip' another"),
        ({"skip": "?"}, "both 'skip' and 'help'"),
        ({"help": "1"}, "both 'help' and 'forecast_digit'"),
        ({"theme": "e"}, "both 'theme' and 'rationale'"),
        ({"rate_note": "q"}, "both 'rate_note' and 'back_or_quit'"),
        ({"theme": "enter"}, "both 'theme' and 'text_on'"),
        ({"skip": "ctrl+q"}, "both 'skip' and 'quit'; give 'quit' another key."),
        ({"forecast_digit": "a"}, "these keys cannot be changed, since digits are typed"),
        ({"text_close": ""}, "these keys cannot be changed"),
        ({"quit": ""}, "this action must keep a key"),
        ({"rubric_back": ""}, "this action must keep a key"),
    ],
)
def test_a_wrong_line_of_the_config_is_told_with_its_place(configured: dict[str, str], said: str) -> None:
    places = dict.fromkeys(configured, "config.toml, line 4")
    with pytest.raises(UserError) as told:
        effective_keymap(configured, places)
    message = str(told.value)
    assert message.startswith("config.toml, line 4: [keys] ")
    assert said in message


def test_two_actions_may_swap_their_keys_and_one_key_may_act_in_two_places() -> None:
    keymap = effective_keymap({"next": "k,up", "previous": "j,down", "rate_note": "s"})
    assert (keymap["next"], keymap["previous"], keymap["rate_note"]) == (("k", "up"), ("j", "down"), ("s",))


def test_a_key_given_twice_to_one_action_is_one_key() -> None:
    assert effective_keymap({"help": "?,question_mark"})["help"] == ("question_mark",)


def test_the_empty_text_takes_the_keys_away() -> None:
    keymap = effective_keymap({"skip": "", "flag": "z"})
    assert keymap["skip"] == ()
    assert keymap["flag"] == ("z",)
    assert "skip" not in {each.id for each in bindings("triage", keymap)}
    assert keys_label(keymap, "skip") == ""


def test_labels_for_people() -> None:
    keymap = effective_keymap({})
    assert keys_label(keymap, "next") == "j ↓"
    assert keys_label(keymap, "page_up") == "shift+space ctrl+b pgup"
    assert keys_label(keymap, "help") == "?"
    assert keys_label(keymap, "forecast_digit") == "0–9"


def test_the_keys_of_a_place_include_those_that_act_everywhere() -> None:
    ids = [each.id for each in actions_at("rubric")]
    assert ids[0] == "rate_pass"
    assert "help" in ids
    assert "survives" not in ids


class Recorder(App[None]):
    """Has a screen with the bindings of one place, or has those itself, and notes which actions they call."""

    def __init__(self, where: Where, keymap: Keymap) -> None:
        super().__init__()
        self.called: list[str] = []
        self._first = Screen[None]()
        (self if where == "app" else self._first)._bindings = BindingsMap(bindings(where, keymap))

    def get_default_screen(self) -> Screen[None]:
        return self._first

    async def run_action(self, action: object, *args: object, **kwargs: object) -> bool:
        self.called.append(str(action))
        return True


@pytest.mark.parametrize("where", list(get_args(Where)))
async def test_every_default_key_calls_its_action(where: Where) -> None:
    keymap = effective_keymap({})
    app = Recorder(where, keymap)
    expected, called = [], []
    async with app.run_test() as pilot:
        for each in (each for each in ACTIONS if each.where == where):
            for number, key in enumerate(keymap[each.id]):
                app.called.clear()
                await pilot.press(key)
                called.append((key, app.called[:]))
                call = f"forecast_digit({number})" if each.id == "forecast_digit" else each.call or each.id
                expected.append((key, [call]))
    assert called == expected


async def test_a_remapped_key_calls_the_action_and_its_old_key_nothing() -> None:
    app = Recorder("triage", effective_keymap({"skip": "comma,§", "flag": "ctrl+space", "undo": ""}))
    async with app.run_test() as pilot:
        await pilot.press("comma", "section_sign", "ctrl+@", "ctrl+space", "z", "u", "exclamation_mark")
    assert app.called == ["skip", "skip", "flag", "flag"]


def test_the_words_of_the_evidence_are_explained_among_the_keys() -> None:
    explained = action("evidence").description
    assert all(words in explained for words in ("Not told apart", "unclear", "Could tell"))
