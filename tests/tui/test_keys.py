"""The keys of every action: the defaults, what a config may make of them, and that Textual obeys the outcome."""

from typing import get_args

import pytest
from textual.app import App
from textual.binding import BindingsMap
from textual.screen import Screen

from reviewer.domain.errors import UserError
from reviewer.tui.actions import ACTIONS, Where
from reviewer.tui.keys import Keymap, bindings, effective_keymap, keys_label


def test_the_defaults_clash_nowhere() -> None:
    keymap = effective_keymap({})
    assert set(keymap) == {each.id for each in ACTIONS}
    assert all(keymap.values())


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
        ({"theme": "enter"}, "both 'theme' and 'next_stage'"),
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
