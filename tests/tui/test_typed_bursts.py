"""What is typed in one burst right after a key that opens something belongs to what it opens: all of it, in order."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, TextArea

from reviewer.tui import keys_in_turn
from reviewer.tui.keys_in_turn import KeysInTurn
from reviewer.tui.screens.filter import FilterScreen
from reviewer.tui.screens.rubric import RubricScreen
from reviewer.tui.screens.triage import TriageScreen
from reviewer.workflow import browsing
from reviewer.workflow.views import ProposalView
from tests.benchmarks.terminal import Terminal
from tests.tui.stored_acts import events as kinds
from tests.tui.stored_acts import saved
from tests.tui.triage_app import PATIENCE_SECONDS, Triage, build_app, records, store_with, triage, until

pytestmark = pytest.mark.usefixtures("hands")

ROOT = Path(__file__).parents[2]
LETTERS = "sfxc uUjk! qz.?: the quick brown fox, 35 % & more"
"""Letters most of which are keys of the screen."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


def written(t: Triage) -> str:
    field = t.app.focused
    assert isinstance(field, TextArea | Input), field
    return field.text if isinstance(field, TextArea) else field.value


@pytest.mark.parametrize("key", ["e", "t", "/", "\x06"], ids=["rationale", "tags", "search", "find"])
async def test_a_burst_goes_into_the_field_that_its_first_key_opens(path: Path, key: str) -> None:
    async with triage(path) as t:
        t.burst(key + LETTERS)
        await t.until(lambda: isinstance(t.app.focused, TextArea | Input) and written(t) == LETTERS, key)
    assert kinds(path) == []


async def test_a_second_burst_goes_where_the_first_one_went(path: Path) -> None:
    async with triage(path) as t:
        for _ in range(3):
            t.burst("e" + LETTERS)
            await t.until(lambda: isinstance(t.app.focused, TextArea) and written(t) == LETTERS)
            t.burst("\x15")
            await t.until(lambda: written(t) == "")
            t.burst("\x1b")
            await t.until(lambda: not isinstance(t.app.focused, TextArea))
    assert kinds(path) == []


async def test_keys_that_come_while_those_before_wait_stay_behind_them(path: Path) -> None:
    async with triage(path) as t:
        t.burst("e")
        for number in range(200):
            t.burst(f"{number};")
            if number % 7 == 0:
                await asyncio.sleep(0)
        await t.until(lambda: isinstance(t.app.focused, TextArea) and written(t).endswith("199;"))
        assert written(t) == "".join(f"{number};" for number in range(200))


async def test_enter_in_a_burst_goes_from_field_to_field_and_on(path: Path) -> None:
    async with triage(path) as t:
        t.burst("conly if x\rtry y\r")
        await t.until(lambda: t.title == "delta method")
        await t.settled()
        t.burst("conly if z\rtry w\rj")
        await t.until(lambda: t.title in ("charlie method", "bravo method"))
        await t.settled()
        await t.go("k")
    assert saved(path, "alpha method") == ("conditional", None, "", "only if x")
    assert saved(path, "delta method") == ("conditional", None, "", "only if z")
    assert kinds(path) == ["verdict", "condition"] * 2


async def test_the_keys_after_the_last_enter_are_keys_again(path: Path) -> None:
    async with triage(path) as t:
        t.burst("tnoise\r!")
        await t.until(lambda: t.held.flagged and t.held.tags == ("noise",))
        t.burst("/bravo\r")
        await t.until(lambda: t.title == "bravo method")
    assert kinds(path) == ["tags", "flag"]


async def test_esc_at_the_end_of_a_burst_saves(path: Path) -> None:
    async with triage(path) as t:
        t.burst("ebecause\x1b")
        await t.until(lambda: t.held.rationale == "because")
        await t.saves()
    assert saved(path, "alpha method") == (None, None, "because", "")


async def test_a_key_held_down_is_done_at_once_as_often_as_it_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    step = TriageScreen.step_queue

    def note(screen: TriageScreen, by: int) -> bool:
        steps.append(by)
        return step(screen, by)

    monkeypatch.setattr(TriageScreen, "step_queue", note)
    async with triage(path) as t:
        t.burst("jjjj")
        await t.until(lambda: t.title == "echo method", "four further")
        assert steps == [4]
        t.burst("kkkf")
        await t.until(lambda: kinds(path) != [], "a verdict")
        assert steps[1] == -3
    assert saved(path, "delta method")[0] == "fails"


async def test_enter_in_the_list_of_actions_is_not_the_key_of_the_action(path: Path) -> None:
    async with triage(path) as t:
        t.burst(":next")
        await t.until(lambda: isinstance(t.app.focused, Input) and written(t) == "next", "what is looked for")
        actions = t.app.screen.query_one(OptionList)
        await t.until(lambda: actions.option_count and "next" in str(actions.options[0].prompt), "the action")
        t.burst("\r\r\r")
        await t.until(lambda: t.title == "delta method", "the next one")
        await t.settled()
        assert t.title == "delta method"


async def test_a_paste_stands_between_the_letters_around_it(path: Path) -> None:
    async with triage(path) as t:
        t.burst("ea\x1b[200~pasted words\x1b[201~z")
        await t.until(lambda: isinstance(t.app.focused, TextArea) and written(t).endswith("z"))
        assert written(t) == "apasted wordsz"


async def test_a_paste_where_nothing_takes_text_does_nothing_and_says_so(path: Path) -> None:
    async with triage(path) as t:
        title = t.screen.view.proposal.title if t.screen.view else ""
        t.burst("\x1b[200~sfj 35\x1b[201~")
        await t.told("What was pasted went nowhere: e opens the rationale, / opens the search.")
        assert t.held.verdict is None
        assert t.held.forecast is None
        assert t.screen.view is not None
        assert t.screen.view.proposal.title == title


async def test_a_burst_reaches_the_dialog_that_its_first_key_opens(path: Path) -> None:
    async with triage(path) as t:
        t.burst("r13enoted at once\r2")
        await t.until(lambda: isinstance(t.app.screen, RubricScreen))
        screen = t.app.screen
        assert isinstance(screen, RubricScreen)
        await t.until(lambda: screen.judgement.rated == 3)
        ratings = list(screen.judgement.ratings.values())
        assert [(r.rating, r.note) for r in ratings] == [("pass", ""), ("blocker", ""), ("concern", "noted at once")]
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)
        assert t.held.forecast is None


async def test_a_burst_is_typed_into_the_field_of_a_dialog_or_of_the_palette(path: Path) -> None:
    async with triage(path) as t:
        t.burst(":undo")
        await t.until(lambda: isinstance(t.app.focused, Input) and written(t) == "undo")
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)
        t.burst("Stitle\r")
        await t.until(lambda: t.titles[1:3] == ["bravo method", "charlie method"])
        t.burst("/echo\r")
        await t.until(lambda: t.title == "echo method")
    assert kinds(path) == []


class Hanging(KeysInTurn):
    """An app in which whatever a key opens never comes."""

    def compose(self) -> ComposeResult:
        yield Input()

    def keys_wait(self) -> bool:
        return True


async def test_what_goes_wrong_behind_a_key_does_not_take_the_keyboard_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it would be printed
        with monkeypatch.context() as broken:

            def fail() -> bool:
                raise LookupError

            broken.setattr(t.app, "keys_wait", fail)
            t.burst("jj")
            await t.until(lambda: t.title == "charlie method")
        t.burst("k")
        await t.until(lambda: t.title == "delta method")


async def test_a_key_that_comes_to_no_end_does_not_take_the_keyboard_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_in_turn, "PATIENCE_SECONDS", 0.01)
    app = Hanging()
    async with app.run_test() as pilot:
        for letter in "abc":
            app.post_message(events.Key(letter, letter))
        await until(pilot, lambda: app.query_one(Input).value == "abc", "a keyboard that lives")


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[threading.Event]:
    """Let one read of the store wait until the event is set, while keys wait for a moment only."""
    free, function = threading.Event(), getattr(browsing, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        free.wait(PATIENCE_SECONDS)
        return function(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(browsing, name, slow)
        patch.setattr(keys_in_turn, "PATIENCE_SECONDS", 0.05)
        try:
            yield free
        finally:
            free.set()


@asynccontextmanager
async def typed_before_it_opens(path: Path, typed: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Triage]:
    """Run the app with keys that are there before it looks for the store, until the first proposal is on the screen.

    Keys that a test types itself may come after that: the app is open in some tenths of a second.
    """
    app = build_app(path)
    open_store = app._open_store

    async def open_after_typing(*given: Any) -> None:
        for message in XTermParser().feed(typed):
            app.post_message(message)
        await open_store(*given)

    monkeypatch.setattr(app, "_open_store", open_after_typing)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        t = Triage(app, pilot)
        await t.until(lambda: any(isinstance(screen, TriageScreen) for screen in app.screen_stack))
        await t.until(lambda: t.title == "alpha method")
        yield t


async def test_keys_typed_before_anything_is_on_the_screen_are_told_of(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_in_turn, "ONE_BREATH_SECONDS", 0)
    async with typed_before_it_opens(path, "js4", monkeypatch) as t:
        await t.settled()
        assert t.toasts() == [keys_in_turn.TOO_EARLY]
        assert t.screen.digits == ""
        t.burst("j")
        await t.until(lambda: t.title == "delta method")
    assert kinds(path) == []


async def test_a_number_whose_first_digit_came_too_early_is_dropped_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_in_turn, "ONE_BREATH_SECONDS", 3600)
    async with typed_before_it_opens(path, "6", monkeypatch) as t:
        monkeypatch.setattr(keys_in_turn, "ONE_BREATH_SECONDS", 0)
        t.burst("5")
        await t.settled()
        assert t.screen.digits == ""
        assert t.toasts() == [keys_in_turn.TOO_EARLY]
        t.burst("65")
        await t.until(lambda: t.screen.digits == "65")
        t.burst("j")
        await t.until(lambda: t.title == "delta method")
        await t.settled()
    assert kinds(path) == ["forecast"]


async def test_one_can_leave_before_anything_is_on_the_screen(path: Path) -> None:
    app = build_app(path)
    async with app.run_test(size=(120, 40)) as pilot:
        Triage(app, pilot).burst("\x11")
        await until(pilot, lambda: app._exit, "the end of the app")


@contextmanager
def views_are_slow(t: Triage, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let proposals be read only once the event is set, and none be known already but the one on the screen."""
    free, read = threading.Event(), t.screen.reader.view

    def slow(method_id: int) -> ProposalView:
        free.wait(PATIENCE_SECONDS)
        return read(method_id)

    with monkeypatch.context() as patch:
        patch.setattr(t.screen.reader, "view", slow)
        patch.setattr(t.screen, "_read_ahead", lambda: None)
        t.screen.views.clear()
        try:
            yield free
        finally:
            free.set()


async def test_what_is_typed_of_a_proposal_that_is_still_being_read_waits_in_order(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        with views_are_slow(t, monkeypatch) as free:
            t.burst("35f27f50sj12x")
            await soon(lambda: t.screen.is_on_its_way, "the second proposal on its way")
            free.set()
            await soon(lambda: t.title == "echo method" and t.held.verdict is not None, "the last one judged")
        await t.saves()
        assert not any("not taken" in toast for toast in t.toasts())
    found = [saved(path, f"{word} method")[:2] for word in ("alpha", "delta", "charlie", "bravo", "echo")]
    assert found == [("fails", 0.35), ("fails", 0.27), ("survives", 0.5), (None, None), ("cannot_tell", 0.12)]


async def test_what_is_typed_of_a_proposal_that_takes_long_to_be_read_is_dropped_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_in_turn, "ONE_BREATH_SECONDS", 3600)
    monkeypatch.setattr(keys_in_turn, "PATIENCE_SECONDS", 0.05)
    async with triage(path) as t:
        with views_are_slow(t, monkeypatch) as free:
            t.burst("35f27")
            await soon(lambda: keys_in_turn.TOO_LATE in t.toasts(), "a word on the keys that were dropped")
            free.set()
            await t.until(lambda: t.title == "delta method")
            t.burst("9f")
            await t.settled()
            assert (t.title, t.screen.digits) == ("delta method", "")
            monkeypatch.setattr(keys_in_turn, "ONE_BREATH_SECONDS", 0)
    assert kinds(path) == ["forecast", "verdict"]


async def soon(condition: Callable[[], Any], what: str) -> None:
    """Wait for what comes while a thread is held up: the pilot would wait for the thread, and the toast be gone."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"never came true: {what}")


DROPPED = "keys typed meanwhile are dropped"


def told_of_dropping(t: Triage) -> bool:
    return any(DROPPED in toast for toast in t.toasts())


async def test_keys_behind_a_dialog_that_is_slow_to_open_do_not_judge(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        with held_up(monkeypatch, "filter_choices") as free:
            t.burst("Fjf4")
            await soon(lambda: told_of_dropping(t), "a word on the keys that were dropped")
            t.burst("s5x!")
            await asyncio.sleep(0.2)
            assert (t.title, t.screen.digits, t.app.screen) == ("alpha method", "", t.screen)
            free.set()
            await t.until(lambda: isinstance(t.app.screen, FilterScreen), "the filter")
        assert sum(DROPPED in toast for toast in t.toasts()) == 1
        await t.press("enter")
        await t.until(lambda: t.app.screen is t.screen, "the filter closed, with nothing changed in it")
        assert not t.screen.asked.active
        t.burst("jf")
        await t.until(lambda: t.title == "charlie method")
        await t.saves()
    assert kinds(path) == ["verdict"]
    assert saved(path, "delta method")[0] == "fails"


async def test_a_key_that_comes_late_does_not_judge_what_stands_behind_a_slow_dialog(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        with held_up(monkeypatch, "filter_choices") as free:
            t.burst("F")
            await soon(lambda: t.app._outlasting, "an end of the patience")
            t.burst("f")
            await soon(lambda: told_of_dropping(t), "a word on the key that was dropped")
            free.set()
            await t.until(lambda: isinstance(t.app.screen, FilterScreen), "the filter")
    assert kinds(path) == []


async def test_a_key_typed_before_the_dialog_came_is_not_for_it_however_late_it_arrives(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        with held_up(monkeypatch, "filter_choices") as free:
            t.burst("Fj")
            await soon(lambda: told_of_dropping(t), "a word on the keys that were dropped")
            on_its_way = events.Key("right", None)
            free.set()
            await t.until(lambda: isinstance(t.app.screen, FilterScreen), "the filter")
        t.app.post_message(on_its_way)
        await t.press("enter")
        await t.until(lambda: t.app.screen is t.screen)
        assert not t.screen.asked.active


@pytest.mark.parametrize("typed", ["Ff\x1b", "Ff"], ids=["in the burst", "after it"])
async def test_esc_gives_up_what_is_slow_to_open(path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    async with triage(path) as t:
        with held_up(monkeypatch, "filter_choices"):
            t.burst(typed)
            await soon(lambda: told_of_dropping(t), "a word on the keys that were dropped")
            if not typed.endswith("\x1b"):
                t.burst("\x1b")
            await soon(lambda: not t.app.keys_wait(), "an end of the opening")
            await soon(lambda: not t.app._in_hand, "a keyboard that is free")
            t.burst("j")
            await soon(lambda: t.screen.queue.row == t.screen.queue.rows[1], "the next proposal under the cursor")
        await t.settled()
        assert t.app.screen is t.screen
    assert kinds(path) == []


async def test_one_can_leave_while_something_is_slow_to_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with triage(path) as t:
        with held_up(monkeypatch, "filter_choices"):
            t.burst("Ff")
            await soon(lambda: told_of_dropping(t), "a word on the keys that were dropped")
            t.burst("\x11")
            await soon(lambda: t.app._exit, "the end of the app")
    assert kinds(path) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (b"ehello world", ("rationale on", "hello world")),
        (b"thello, world", ("tags of", "hello, world")),
        (b"conly if x\rtry y", ("the cheapest next experiment", "only if x", "try y")),
        (b"/charlie", ("charlie method", "1 shown")),
        (b"r1ehello world", ("rubric 1/12", "hello world")),
    ],
    ids=["rationale", "tags", "condition", "search", "rubric"],
)
def test_one_write_to_a_terminal(path: Path, tmp_path: Path, sent: bytes, shown: tuple[str, ...]) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWER") and k != "NO_COLOR"}
    env = kept | {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    config = tmp_path / "config.toml"
    config.write_text('order = "imported"\n')
    env |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "REVIEWER_CONFIG": str(config)}
    command = (sys.executable, "-m", "reviewer", "--store", str(path), "--reviewer", "kim")
    terminal = Terminal(command, env, str(ROOT))
    try:
        terminal.until(lambda lines: any("alpha hypothesis" in line for line in lines))
        terminal.press(sent, lambda lines: all(any(words in line for line in lines) for words in shown), timeout=20)
    finally:
        terminal.close()
    assert [kind for kind in kinds(path) if kind not in ("verdict", "rating")] == []
