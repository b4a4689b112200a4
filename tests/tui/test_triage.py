"""The triage screen, by keyboard: judging, writing, finding one's way, and what may go wrong."""

import asyncio
import re
import sqlite3
import threading
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events as events_module
from textual.widgets import Input, TextArea

from reviewer.domain.errors import StoreError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.problems import Problem, Target
from reviewer.domain.queue import QueueFilter, QueuePage, Sort
from reviewer.domain.vocabulary import Act, Rating, Role, Setting, Status, Verdict
from reviewer.evidence.appraisal import Appraised
from reviewer.store.connection import Store
from reviewer.store.drafts import Draft, Drafts
from reviewer.store.problems import StoredProblem, save_target
from reviewer.store.withdrawing import withdraw_import
from reviewer.tui.saved_targets import SavedTargets
from reviewer.tui.screens import triage_state
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.triage import TriageScreen
from reviewer.workflow import browsing
from reviewer.workflow.checking import Checking
from reviewer.workflow.judging import rate, set_flag, set_rationale
from reviewer.workflow.targets import write_target
from reviewer.workflow.views import ProposalView, appraised_rows
from tests.builders import NOW, act, build_session, build_store, held, import_records, measured, record
from tests.tui.stored_acts import events, saved
from tests.tui.triage_app import (
    Hands,
    Triage,
    add_records,
    build_app,
    comes,
    records,
    screen_strips,
    screen_text,
    store_with,
    triage,
    until,
)

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


# Verdicts.


async def test_each_verdict_key_saves_its_verdict_and_goes_on(path: Path) -> None:
    async with triage(path) as t:
        await t.go("s", "f", "x")
        assert t.title == "bravo method"
        marks = [line.split("│")[0].rstrip()[-1:] for line in screen_text(t.app).splitlines()[3:8]]
        assert marks == ["✓", "✗", "?", "·", "·"]
        await t.until(lambda: "3 of 5 judged" in screen_text(t.app))
    assert [saved(path, f"{w} method")[0] for w in ("alpha", "delta", "charlie")] == [
        "survives",
        "fails",
        "cannot_tell",
    ]
    assert events(path) == ["verdict"] * 3


async def test_a_verdict_stays_where_moving_on_is_switched_off(path: Path) -> None:
    async with triage(path) as t:
        await t.go("M", "f")
        await t.told("fails.")
        assert (t.title, t.held.verdict) == ("alpha method", Verdict.FAILS)
        assert t.app.move_on is False
    assert "move_on = false" in path.with_name("config.toml").read_text()


async def test_the_last_proposal_of_the_queue_says_so(path: Path) -> None:
    async with triage(path) as t:
        await t.go("G", "s")
        await t.told("That was the last one in this queue.")
        assert t.title == "echo method"
    assert saved(path, "echo method")[0] == "survives"


async def test_a_key_held_down_judges_one(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        await t.go("s", "s", "s", "s")
        await t.told("held down")
        assert t.title == "delta method"
        hands.between = 1.0
        await t.go("s")
        assert t.title == "charlie method"
    assert events(path) == ["verdict", "verdict"]


async def test_a_verdict_key_after_another_key_is_never_a_held_key(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        await t.go("s", "!", "s")
        assert (t.title, t.toasts()) == ("charlie method", [])
    assert events(path) == ["verdict", "flag", "verdict"]


async def test_two_different_verdict_keys_are_never_a_held_key(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        await t.go("s", "f")
    assert (saved(path, "alpha method")[0], saved(path, "delta method")[0]) == ("survives", "fails")


async def test_no_verdict_is_for_a_proposal_that_is_not_on_the_screen(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        alpha = t.screen.view
        await t.go("j")
        # The cursor is on the second row while the first proposal is still what one sees.
        t.screen.view = alpha
        await t.press("s")
        await t.saves()
    assert events(path) == []


UNSEEN = "Not judged: the proposal was not on the screen yet; press it again."


MANY_UNSEEN = "3 keys were not taken: the proposal was not on the screen yet; press them again."


async def test_what_is_refused_for_a_proposal_not_on_the_screen_is_told_once_and_counted(path: Path) -> None:
    async with triage(path) as t:
        alpha = t.screen.view
        await t.go("j")
        delta = t.screen.view
        for key in ("s", "c", "4", "!", "z", "e", "E", "t", "r"):
            t.screen.view = alpha
            await t.press(key, key, "f")
            await t.told(MANY_UNSEEN)
            assert t.toasts() == [MANY_UNSEEN], key
            t.screen.show_view(delta)
            t.app.clear_notifications()
        assert t.app.screen is t.screen
        assert not t.screen.editor.writing
    assert events(path) == []


@pytest.mark.parametrize("rest", ["5f", "f", "50x"])
async def test_where_a_digit_is_refused_the_rest_of_the_number_and_its_verdict_are(
    path: Path, hands: Hands, rest: str
) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        alpha = t.screen.view
        await t.go("j")
        delta, t.screen.view = t.screen.view, alpha
        await t.press("6")
        t.screen.show_view(delta)
        await t.press(*rest)
        await t.told(f"{1 + len(rest)} keys were not taken")
        assert (t.title, t.screen.digits) == ("delta method", "")
        await t.go(*"65f")
    assert saved(path, "delta method")[:2] == ("fails", 0.65)
    assert events(path) == ["forecast", "verdict"]


@pytest.mark.parametrize("between", ["!", "jk"])
async def test_after_another_key_a_digit_is_the_first_of_its_number(path: Path, hands: Hands, between: str) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        alpha = t.screen.view
        await t.go("j")
        delta, t.screen.view = t.screen.view, alpha
        await t.press("6")
        t.screen.show_view(delta)
        await t.go(*between, *"40f")
    assert saved(path, "delta method")[:2] == ("fails", 0.4)


async def test_a_number_whose_first_digit_was_refused_is_typed_again_after_a_while(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        alpha = t.screen.view
        await t.go("j")
        delta, t.screen.view = t.screen.view, alpha
        await t.press("6")
        t.screen.show_view(delta)
        hands.between = 2.0
        await t.go(*"65f")
    assert saved(path, "delta method")[:2] == ("fails", 0.65)


async def test_what_is_refused_again_is_told_again(path: Path) -> None:
    async with triage(path) as t:
        alpha = t.screen.view
        await t.go("j")
        t.screen.view = alpha
        for _ in range(2):
            await t.press("s")
            await t.told(UNSEEN)
            t.app.clear_notifications()  # its time is over, and the proposal is still being read


async def test_a_verdict_that_was_refused_is_no_held_key(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.01
        alpha = t.screen.view
        await t.go("j")
        delta, t.screen.view = t.screen.view, alpha
        await t.press("s")
        t.screen.show_view(delta)
        await t.go("s")
        assert t.title == "charlie method"
    assert saved(path, "delta method")[0] == "survives"
    assert events(path) == ["verdict"]


async def test_a_key_held_down_for_long_judges_one(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        hands.between = 0.1
        await t.go(*"ssssssssss")
        assert t.title == "delta method"
    assert events(path) == ["verdict"]


async def test_a_judged_row_stays_in_its_place_until_the_queue_is_refreshed(path: Path) -> None:
    async with triage(path) as t:
        t.screen.asked = QueueFilter(status=Status.TO_DO)
        await t.go("s", "s")
        t.screen.load_queue()
        await t.settled()
        assert t.titles == [f"{w} method" for w in ("alpha", "delta", "charlie", "bravo", "echo")]
        await t.go("j", "j", "f5")
        await t.until(lambda: t.titles == ["charlie method", "bravo method", "echo method"])
        assert t.title == "charlie method"


async def test_point_goes_back_to_the_last_judged(path: Path) -> None:
    async with triage(path) as t:
        await t.press(".")
        await t.told("You have judged nothing here yet.")
        await t.go("j", "s", "j")
        assert t.title == "bravo method"
        await t.press(".")
        await t.until(lambda: t.title == "delta method")


# Undo and redo.


async def test_undo_and_redo_say_what_and_go_there(path: Path) -> None:
    async with triage(path) as t:
        await t.go("s", "f", "G", "u")
        await t.told("Undid: fails on “delta method”")
        await t.until(lambda: t.title == "delta method")
        assert t.held.verdict is None
        await t.go("u")
        await t.told("Undid: survives on “alpha method”")
        await t.go("u")
        await t.told("There is nothing of yours to undo in this problem.")
        await t.go("U")
        await t.told("Did again: survives on “alpha method”")
        await t.go("ctrl+r")
        await t.told("Did again: fails on “delta method”")
        await t.go("U")
        await t.told("There is nothing to redo.")
    assert (saved(path, "alpha method")[0], saved(path, "delta method")[0]) == ("survives", "fails")
    assert events(path) == ["verdict", "verdict", "undo", "undo", "redo", "redo"]


async def test_a_verdict_can_be_changed_and_undone_back_to_the_first(path: Path) -> None:
    async with triage(path) as t:
        await t.go("s", "k", "f", "u")
        await t.until(lambda: t.title == "alpha method")
        assert t.held.verdict is Verdict.SURVIVES


async def test_a_flag_a_skip_and_tags_are_undone_by_name(path: Path) -> None:
    async with triage(path) as t:
        await t.go("!")
        assert t.held.flagged
        await t.go("u")
        await t.told("Undid: flag on")
        assert not t.held.flagged
        await t.go("z")
        assert t.title == "delta method"
        await t.go("u")
        await t.told("Undid: skip on")


# Forecasts.


async def test_digits_are_a_forecast_in_per_cent(path: Path) -> None:
    # A third digit that makes no probability is refused, and the two before it stay.
    typed = {"35": 0.35, "100": 1.0, "07": 0.07, "358": 0.35, "101": 0.10, "1000": 1.0}
    async with triage(path) as t:
        for keys, forecast in typed.items():
            await t.press(*keys)
            assert int(t.screen.digits) == round(forecast * 100)
            await t.go("k")
            assert t.screen.digits == ""
            assert (saved(path, "alpha method")[1], t.held.forecast) == (forecast, forecast)
    assert events(path) == ["forecast"] * len(typed)


async def test_backspace_takes_a_digit_back(path: Path) -> None:
    async with triage(path) as t:
        await t.press("4", "7", "backspace")
        assert t.screen.digits == "4"
        await t.press("backspace")
        assert t.screen.digits == ""
        await t.go("j", "k")
        assert t.held.forecast is None
    assert events(path) == []


async def test_what_was_written_of_a_target_is_a_draft_until_it_is_saved(path: Path) -> None:
    for words in ("half a thought", ""):
        async with triage(path) as t:
            await t.press("T")
            await t.until(lambda: isinstance(t.app.focused, TextArea))
            if words:
                await t.press(*("space" if c == " " else c for c in words))
                await t.press("escape")
                await t.until(lambda: t.app.screen is t.screen)
            else:
                assert isinstance(t.app.focused, TextArea)
                assert t.app.focused.text.endswith("half a thought")


async def test_no_key_acts_while_a_field_is_being_opened(path: Path) -> None:
    async with triage(path) as t:
        for key in ("e", "j", "f"):
            t.app.post_message(events_module.Key(key, key))
        await t.until(lambda: t.screen.query(TextArea) and isinstance(t.app.focused, TextArea))
        assert t.title == "alpha method"
    assert events(path) == []


async def test_a_forecast_and_a_verdict_are_two_acts_on_one_proposal(path: Path) -> None:
    async with triage(path) as t:
        await t.go("3", "5", "s")
        assert t.title == "delta method"
        await t.go("4", "0", "f")
    assert (saved(path, "alpha method")[:2], saved(path, "delta method")[:2]) == (("survives", 0.35), ("fails", 0.4))
    assert events(path) == ["forecast", "verdict"] * 2


async def test_the_first_digit_after_another_act_begins_anew(path: Path) -> None:
    async with triage(path) as t:
        await t.go("3", "5", "!", "8")
        assert t.screen.digits == "8"
        await t.go("j")
    assert saved(path, "alpha method")[1] == 0.08


async def test_a_forecast_that_nothing_follows_is_saved_when_the_app_is_left(path: Path) -> None:
    async with triage(path) as t:
        await t.press("6", "2", "ctrl+q")
    assert saved(path, "alpha method")[1] == 0.62


# Writing.


async def test_letters_do_nothing_else_while_a_field_has_the_focus(path: Path) -> None:
    typed = "sfxzujkgGbq.!35tre?:/"
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*typed)
        field = t.app.focused
        assert isinstance(field, TextArea)
        assert (field.text, t.title) == (typed, "alpha method")
        await t.press("escape")
        await t.settled()
    assert events(path) == ["rationale"]
    assert saved(path, "alpha method") == (None, None, typed, "")


async def test_esc_and_a_letter_in_one_breath_is_esc(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press("w", "h", "y", "alt+s")
        await t.until(lambda: not t.screen.editor.writing)
        await t.settled()
        assert t.title == "alpha method"
    assert saved(path, "alpha method") == (None, None, "why", "")


async def test_conditional_asks_for_its_condition_and_the_next_experiment(path: Path) -> None:
    async with triage(path) as t:
        await t.press("c")
        await t.until(lambda: isinstance(t.app.focused, TextArea) and t.app.focused.id == "field-condition")
        await t.press(*"labels", "enter")
        await t.until(lambda: t.app.focused is not None and t.app.focused.id == "field-next_experiment")
        await t.press(*"ablate", "enter")
        await t.until(lambda: t.title == "delta method")
        await t.settled()
        await t.go("k")
        assert (t.held.condition, t.held.next_experiment) == ("labels", "ablate")
    assert saved(path, "alpha method") == ("conditional", None, "", "labels")


async def test_conditional_takes_none_for_an_answer(path: Path) -> None:
    async with triage(path) as t:
        for keys, after in ((("escape",), "delta"), (("enter", "enter"), "charlie"), (("alt+x",), "bravo")):
            await t.press("c")
            await t.until(lambda: isinstance(t.app.focused, TextArea))
            await t.press(*keys)
            await t.until(lambda after=after: t.title == f"{after} method")  # type: ignore[misc]
            await t.settled()
    for word in ("alpha", "delta", "charlie"):
        assert saved(path, f"{word} method") == ("conditional", None, "", "")
    assert events(path) == ["verdict"] * 3


async def test_another_verdict_takes_the_condition_with_it(path: Path) -> None:
    async with triage(path) as t:
        await t.press("c")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"if", "escape")
        await t.until(lambda: t.title == "delta method")
        await t.go("k", "s")
    assert saved(path, "alpha method") == ("survives", None, "", "")


async def test_tags_are_saved_once_each(path: Path) -> None:
    async with triage(path) as t:
        await t.press("t")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"noise, cost , noise,", "enter")
        await t.until(lambda: t.held.tags == ("noise", "cost"))
        await t.settled()
        assert "tags: noise, cost" in screen_text(t.app)


async def test_a_draft_survives_the_app_and_is_opened_with_its_words(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "j")
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"half a th", "ctrl+q")
    assert events(path) == []
    async with triage(path) as t:
        assert t.title == "charlie method"
        await t.told("An unsaved draft is waiting here; e goes on with it.")
        assert "draft, unsaved" in screen_text(t.app)
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"ought", "escape")
        await t.settled()
        await t.until(lambda: "draft, unsaved" not in screen_text(t.app))
    assert saved(path, "charlie method")[2] == "half a thought"


async def test_a_draft_is_of_one_reviewer(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"mine", "ctrl+q")
    async with triage(path, reviewer="lee") as t:
        assert "draft" not in screen_text(t.app)
        assert not t.toasts()


@pytest.mark.parametrize("default", [True, False])
async def test_the_id_that_is_copied_is_a_link(path: Path, monkeypatch: pytest.MonkeyPatch, default: bool) -> None:
    if default:
        monkeypatch.setenv("REVIEWER_STORE", str(path))
    async with triage(path) as t:
        await t.press("Y")
        assert t.screen.view is not None
        uuid = t.screen.view.proposal.uuid
        assert t.app.clipboard == uuid
        store = "" if default else f"--store {path} "
        await t.told(
            f"The id is sent to the terminal's clipboard; “reviewer {store}--at {uuid[-12:]}” opens the app here."
        )


@pytest.mark.parametrize("folder", ["long" * 40 + "/" + "path" * 40, "two  blanks", "a\x1b[31mb"])
async def test_a_command_that_cannot_be_shown_as_it_is_is_not_shown(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    async with triage(store_with(tmp_path / folder, *records())) as t:
        await t.press("Y")
        await t.until(t.toasts)
        assert t.screen.view is not None
        uuid = t.screen.view.proposal.uuid
        assert t.toasts() == [f"The id {uuid} is sent to the terminal's clipboard."]
        assert t.app.clipboard == uuid


async def test_the_longest_command_that_is_shown_is_shown_whole(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * (230 - len(str(tmp_path))))
    folder.mkdir()
    path = store_with(folder, *records())
    async with triage(path) as t:
        await t.press("Y")
        await t.told(f"“reviewer --store {path} --at ")
        await t.told("” opens the app here.")


# The evidence.


async def test_the_numbers_come_first_and_what_statistics_say_of_them_after(path: Path) -> None:
    add_records(
        path, record("b9", Role.BASELINE, title="Seeded", measurements=(measured(0.4, setting=Setting.LAB,
                                                                                 standard_error=0.02, n_seeds=5),))
    )  # fmt: skip
    async with triage(path) as t:
        await t.until(lambda: "not told apart" in screen_text(t.app) or "better" in screen_text(t.app))
        shown = screen_text(t.app)
        assert "+0.110" in shown
        assert "[+0.045, +0.175]" in shown
        await t.go("b")
        await t.until(lambda: "the baseline states no error and no n" in screen_text(t.app))


async def test_a_proposal_without_a_number_is_appraised_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def counted_rows(view: ProposalView, *given: Any, **more: Any) -> tuple[Appraised, ...]:
        asked.append(view)
        return appraised_rows(view, *given, **more)

    monkeypatch.setattr("reviewer.tui.screens.triage_reading.appraised_rows", counted_rows)
    async with triage(store_with(tmp_path, record("p"), record("b", Role.BASELINE))) as t:
        await t.until(lambda: asked)
        await t.settled()
        await t.pilot.pause()
        assert len(asked) == 1


async def test_a_dialog_goes_with_the_rows_that_it_asked_for_unless_these_take_long(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_page, may_read = browsing.first_page, threading.Event()
    held_back: list[bool] = []

    def when_it_may(*args: Any, **more: Any) -> QueuePage:
        held_back.append(t.app._batch_count > 0)
        may_read.wait(20)
        return first_page(*args, **more)

    async with triage(path) as t:
        before = t.title
        monkeypatch.setattr(browsing, "first_page", when_it_may)
        await t.press("S", "up")
        t.burst("\r")
        await comes(lambda: bool(held_back))
        await comes(lambda: not t.app._batch_count)
        assert t.app.screen is t.screen
        may_read.set()
        await t.until(lambda: t.title != before)
        may_read.clear()
        await t.press("S", "down")
        may_read.set()
        await t.press("enter")
        await t.until(lambda: t.title == before)
        assert held_back == [True, True]


async def test_the_evidence_in_full_names_every_method(path: Path) -> None:
    async with triage(path) as t:
        await t.press("v")
        await t.until(lambda: "the baseline states no error and no n" in screen_text(t.app))
        assert "against Baseline 2" in screen_text(t.app)
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)


# The store says no.


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("05s", "Judged “survives” with a forecast of 5 % that it survives; . goes back to it."),
        ("51f", "Judged “fails” with a forecast of 51 % that it survives; . goes back to it."),
        ("50f", ""), ("50s", ""), ("95s", ""), ("05f", ""), ("95x", ""), ("05x", ""), ("f", ""),
    ],
)  # fmt: skip
async def test_a_verdict_against_ones_own_forecast_is_remarked_on(path: Path, keys: str, told: str) -> None:
    async with triage(path) as t:
        await t.go(*keys)
        assert t.title == "delta method"
        assert [said for said in t.toasts() if "forecast of" in said] == ([told] if told else [])


async def test_a_flag_says_what_is_wanted_whatever_another_window_has_said(path: Path) -> None:
    async with triage(path) as t:
        with closing(Store(path)) as store:
            act(build_session(store), 1, Act.FLAG, set_flag(True))
        await t.go("!")
        assert t.held.flagged
        await t.go("!")
        assert not t.held.flagged
    with closing(Store(path)) as store:
        assert not held(build_session(store), 1).flagged


async def test_what_cannot_be_saved_is_told_and_the_cursor_stays_where_one_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise StoreError("The disk is full.")

    async with triage(path) as t:
        with monkeypatch.context() as patch:
            patch.setattr("reviewer.workflow.judging.perform", refuse)
            await t.press("s")
            await t.told("Not saved (survives on “alpha method”): The disk is full.")
            await t.settled()
        assert t.title == "delta method"
        await t.go("k")
        assert t.held.verdict is None
        await t.go("s")
    assert saved(path, "alpha method")[0] == "survives"
    assert events(path) == ["verdict"]


def take_out(path: Path, import_id: int) -> None:
    """Withdraw an import from a store that an app has open, as another process would."""
    with closing(Store(path)) as store:
        assert withdraw_import(store, import_id, NOW) is not None


async def test_a_verdict_beside_a_baseline_that_was_taken_out_is_asked_for_again(tmp_path: Path) -> None:
    proposals, baselines = records()[:5], records()[5:]
    path = store_with(tmp_path, *proposals, baselines[0])
    add_records(path, *baselines[1:])
    async with triage(path) as t:
        await t.press("b", "e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        assert t.screen.baseline == 1
        take_out(path, 2)
        await t.press(*"why", "escape")
        await t.told("The baseline beside it was taken out of the store meanwhile; it is shown anew: judge again.")
        await t.settled()
        assert (t.title, t.held.rationale) == ("alpha method", "")
        assert "Baseline 1" in screen_text(t.app)
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press("escape")
        await t.settled()
        await t.go("s", "s")
    assert saved(path, "alpha method")[:3] == ("survives", None, "why")
    assert saved(path, "delta method")[0] == "survives", "what was read ahead shows the baseline that there is"


async def test_a_verdict_on_a_text_that_was_taken_out_is_asked_for_again(path: Path) -> None:
    add_records(path, record("p1", title="Second thoughts", agent="agent-1", body="Another body."))
    async with triage(path) as t:
        assert t.title == "Second thoughts"
        take_out(path, 2)
        await t.press("s")
        await t.told("The text that was shown was taken out of the store meanwhile")
        await t.settled()
        assert "The body of alpha." in screen_text(t.app)
        assert not any("gone" in told for told in t.toasts())
        await t.go("s")
    assert saved(path, "alpha method")[0] == "survives"


async def test_the_baseline_in_hand_stays_when_another_one_goes(tmp_path: Path) -> None:
    path = store_with(tmp_path, *records()[:5], records()[7])
    add_records(path, *records()[5:7])
    async with triage(path) as t:
        await t.press("b")
        assert "Baseline 3" in screen_text(t.app)
        take_out(path, 2)
        await t.go("f5")
        await t.until(lambda: t.screen.view is not None and len(t.screen.view.baselines) == 1)
        await t.settled()
        assert "Baseline 3" in screen_text(t.app)
        await t.go("s")
    assert saved(path, "alpha method")[0] == "survives"


async def test_a_target_that_cannot_be_saved_is_still_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise StoreError("The disk is full.")

    async with triage(path) as t:
        await t.press("T")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"gain")
        with monkeypatch.context() as patch:
            patch.setattr("reviewer.workflow.targets.write_target", refuse)
            await t.press("ctrl+s")
            await t.told("The target is not saved, and what you wrote stays as a draft")
        await t.press("T")
        await t.until(lambda: isinstance(t.app.focused, TextArea) and t.app.focused.text == "gain")
        await t.press("ctrl+s")
        await t.told("The target is saved as version 1.")
        await t.saves()
        assert t.app.drafts.find("kim", f"target:{t.screen.problem.slug}", "criterion") is None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT criterion FROM targets").fetchall() == [("gain",)]


async def test_a_target_is_on_the_screen_that_is_open_when_it_is_saved(path: Path) -> None:
    with closing(Store(path)) as store:
        import_records(store, record("z1", problem="other"), problem=Problem(slug="other", title="Other"))
        with store.write() as connection:
            save_target(connection, 1, Target("old"), written_by="kim", now=NOW)

    async def go_to_problem(t: Triage, key: str, slug: str) -> None:
        await t.press("P")
        await t.until(lambda: isinstance(t.app.screen, ChoiceScreen))
        await t.press(key, "enter")
        await t.until(lambda: isinstance(t.app.screen, TriageScreen) and t.screen.problem.slug == slug)
        await t.until(lambda: t.screen.view is not None)

    async with triage(path) as t:
        first, saving = t.screen, Future[StoredProblem]()
        await t.press("T")
        await t.until(lambda: "version 1" in screen_text(t.app))
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(t.app.background, "hand_over", lambda *_: saving)
            await t.press(*"er", "ctrl+s")
            await t.until(lambda: t.app.screen is first)
        await go_to_problem(t, "down", "other")
        await go_to_problem(t, "up", first.problem.slug)
        assert t.screen is not first
        assert t.text_of("#target") == " survives old"
        saving.set_result(write_target(t.screen.session, 1, Target("older")))
        await t.told("The target is saved as version 2.")
        assert t.text_of("#target") == " survives older"
        await t.settled()
        await t.go("s")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT target_version FROM annotations").fetchall() == [(2,)]


def test_a_problem_that_was_read_before_its_target_was_saved_has_it() -> None:
    saved_targets = SavedTargets()
    old, new = (StoredProblem(1, Problem("w2s"), version) for version in (3, 4))
    saved_targets.add(new)
    saved_targets.add(old)
    assert saved_targets.newest(old) is new
    assert saved_targets.newest(later := replace(new, target_version=5)) is later
    assert saved_targets.newest(another := replace(old, id=2)) is another


async def test_a_rationale_that_cannot_be_saved_is_still_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise StoreError("The disk is full.")

    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"long thought")
        with monkeypatch.context() as patch:
            patch.setattr("reviewer.workflow.judging.perform", refuse)
            await t.press("escape")
            await t.told("Not saved (rationale on “alpha method”)")
            await t.settled()
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        field = t.app.focused
        assert isinstance(field, TextArea)
        assert field.text == "long thought"
        await t.press("escape")
        await t.settled()
    assert saved(path, "alpha method")[2] == "long thought"


async def test_what_is_written_on_while_a_text_is_saved_stays_a_draft(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            t.burst("e")
            await comes(t.screen.focused_text)
            t.burst("one")
            await comes(lambda: "one" in screen_text(t.app))
            other.execute("BEGIN IMMEDIATE")
            t.burst("\x1b")
            await comes(lambda: bool(t.app.saving) and not t.screen.focused_text())
            t.burst("e")
            await comes(t.screen.focused_text)
            t.burst(" two")
            await comes(lambda: "one two" in screen_text(t.app))
            other.execute("ROLLBACK")
            await t.saves()
            draft = t.app.drafts.find("kim", t.screen.view.proposal.uuid if t.screen.view else "", "rationale")
            assert draft is not None
            assert draft.text == "one two"
            await t.press("escape")
            await t.settled()
    assert saved(path, "alpha method")[2] == "one two"


async def test_a_rationale_that_another_window_wrote_meanwhile_is_not_written_over(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"mine")
        with closing(Store(path)) as store:
            act(build_session(store), 1, Act.RATIONALE, set_rationale("theirs, and long"))
        await t.press("escape")
        await t.told("Not saved (rationale on “alpha method”): the judgement was changed elsewhere meanwhile.")
        await t.settled()
        assert saved(path, "alpha method")[2] == "theirs, and long"
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        assert isinstance(t.app.focused, TextArea)
        assert t.app.focused.text == "mine"
        await t.press("escape")
        await t.settled()
    assert saved(path, "alpha method")[2] == "mine"


async def test_a_note_on_a_constraint_that_another_window_wrote_meanwhile_is_not_written_over(path: Path) -> None:
    def note_of(slug: str) -> ConstraintRating:
        with closing(Store(path)) as store:
            return held(build_session(store), 1).rating_of(slug)

    async with triage(path) as t:
        slug = t.screen.session.rubric.constraints[0].slug
        await t.press("r")
        with closing(Store(path)) as store:
            act(build_session(store), 1, Act.RATING, rate(slug, ConstraintRating(None, "theirs")))
        await t.press("2")
        await t.until(lambda: note_of(slug) == ConstraintRating(Rating.CONCERN, "theirs"), "a rating beside the note")
        await t.press("k", "e", *"mine", "enter")
        await t.told("Not saved (")
        assert note_of(slug).note == "theirs"
        await t.press("escape", "r", "e")
        assert isinstance(t.app.focused, TextArea)
        assert t.app.focused.text == "mine"
        await t.press("enter", "escape")
        await t.saves()
    assert note_of(slug) == ConstraintRating(Rating.CONCERN, "mine")


async def test_a_forecast_that_was_typed_and_not_saved_is_told_and_never_saved_unasked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (uuid,) = connection.execute("SELECT uuid FROM methods WHERE title = 'bravo method'").fetchone()
    drafts = Drafts(path)
    drafts.keep("kim", Draft(uuid, "forecast", "3"))
    drafts.close()
    async with triage(path) as t:
        await t.told("A forecast of 3 % was typed here and not saved; type it again to keep it.")
        await t.settled()
        assert t.title == "bravo method"
        await t.go("j")
    assert events(path) == []


# The queue.


async def test_search_narrows_as_the_letters_come_and_esc_brings_everything_back(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j")
        await t.press("slash")
        await t.until(lambda: isinstance(t.app.focused, Input))
        await t.press("b", "r", "a")
        await t.until(lambda: t.titles == ["bravo method"])
        await t.until(lambda: "1 shown" in t.text_of("#header-mid"))
        await t.press("escape")
        await t.until(lambda: len(t.titles) == 5)
        assert t.screen.focused is t.screen.queue
        assert not t.screen.query_one("#search").display


async def test_what_was_searched_for_stays_when_enter_goes_into_the_queue(path: Path) -> None:
    async with triage(path) as t:
        await t.press("slash", *"echo", "enter")
        await t.until(lambda: t.titles == ["echo method"])
        await t.settled()
        await t.go("f")
    assert saved(path, "echo method")[0] == "fails"


async def test_esc_in_the_queue_ends_the_search(path: Path) -> None:
    async with triage(path) as t:
        await t.press("slash", *"bravo", "enter")
        await t.until(lambda: t.title == "bravo method" and t.screen.focused is t.screen.queue)
        assert "esc ends the search" in t.text_of("#hints")
        await t.press("escape")
        await t.until(lambda: len(t.titles) == 5 and not t.screen.asked.text)
        await t.settled()
        assert t.title == "bravo method"
        assert not t.screen.query_one("#search").display
        assert t.screen.focused is t.screen.queue
        assert "esc" not in t.text_of("#hints")


@pytest.mark.parametrize("keys", [("escape",), ("enter", "escape")], ids=["in the field", "in the queue"])
async def test_a_search_without_hits_ends_where_it_began(path: Path, keys: tuple[str, ...]) -> None:
    async with triage(path) as t:
        await t.go("j", "j")
        assert t.title == "charlie method"
        await t.press("slash", *"qqq")
        await t.until(lambda: t.screen.query_one("#empty").display)
        await t.press(*keys)
        await t.until(lambda: len(t.titles) == 5)
        await t.settled()
        assert t.title == "charlie method"


async def test_a_search_that_finds_nothing_says_so(path: Path) -> None:
    async with triage(path) as t:
        await t.press("slash", *"zzz")
        await t.until(lambda: t.titles == [] and "Nothing matches “zzz”" in screen_text(t.app))
        assert t.screen.view is None


async def test_filters_combine(path: Path) -> None:
    async with triage(path) as t:
        await t.go("s", "s", "f")
        t.screen.kept.clear()
        t.screen.asked = QueueFilter(agent="agent-1", verdict=Verdict.SURVIVES)
        t.screen.load_queue()
        await t.until(lambda: t.titles == ["alpha method"])
        await t.until(lambda: "1 shown, survives, agent agent-1" in t.text_of("#header-mid"))


async def test_the_queue_is_sorted(path: Path) -> None:
    orders = {
        Sort.TITLE: ["alpha", "bravo", "charlie", "delta", "echo"],
        Sort.CLAIM: ["echo", "bravo", "charlie", "delta", "alpha"],
        Sort.AGENT: ["delta", "bravo", "alpha", "charlie", "echo"],
    }
    async with triage(path) as t:
        for order, words in orders.items():
            t.screen.order = order
            t.screen.load_queue()
            await t.until(lambda words=words: t.titles == [f"{w} method" for w in words])  # type: ignore[misc]
            await t.settled()
            assert t.title == f"{words[0]} method"


async def test_moving_reaches_both_ends_and_says_when_there_is_no_more(path: Path) -> None:
    async with triage(path) as t:
        await t.go("G")
        assert t.title == "echo method"
        await t.press("j")
        await t.told("That was the last one.")
        await t.go("g")
        assert t.title == "alpha method"
        await t.go("down", "down", "up")
        assert t.title == "delta method"


async def test_a_screenful_of_the_queue_further_and_back(tmp_path: Path) -> None:
    many = [record(f"p{i:03}", title=f"Method {i:03}") for i in range(300)]
    store = build_store(tmp_path, *many)
    store.close()
    async with triage(store.path, size=(140, 40)) as t:
        at = 0
        for key, by in (("ctrl+d", 1), ("ctrl+d", 1), ("ctrl+u", -1), ("ctrl+d", 1)):
            at += by * (t.screen.queue.size.height - 1)
            await t.go(key)
            assert t.title == f"Method {at:03}"
        await t.go("ctrl+u", "ctrl+u", "ctrl+u")
        assert t.title == "Method 000"
        await t.go("G", "ctrl+d")
        await t.told("That was the last one.")
    async with triage(store.path, size=(80, 24)) as t:
        assert not t.screen.queue.is_on_screen
        await t.go("g", "ctrl+d")
        assert t.title == f"Method {t.screen.query_one('#panes').size.height - 1:03}"


# Reading.


async def test_baselines_come_best_first_with_the_reason_and_go_round(path: Path) -> None:
    async with triage(path, size=(160, 40)) as t:
        headings = []
        for key in ("b", "b", "b", "B"):
            headings.append(t.text_of("#baseline-heading"))
            await t.press(key)
        assert headings == [
            " baseline · human · best of 3 on chat, lab, by PGR",
            " baseline · human · 2nd best of 3 on chat, lab, by PGR",
            " baseline · human · 3rd best of 3 on chat, lab, by PGR",
            " baseline · human · best of 3 on chat, lab, by PGR",
        ]
        assert "3rd best" in t.text_of("#baseline-heading")
        await t.pilot.pause()
        assert "0.100" in screen_text(t.app)


async def test_the_baseline_in_hand_is_written_down_with_the_verdict(path: Path) -> None:
    async with triage(path) as t:
        await t.go("b", "s")
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT methods.title FROM annotations JOIN methods ON methods.id = annotations.baseline_id"
        ).fetchall()
    assert rows == [("Baseline 3",)]


async def test_a_verdict_on_an_older_revision_is_marked(path: Path) -> None:
    async with triage(path) as t:
        await t.go("s", "k")
        add_records(path, record("p1", title="alpha method", body="Rewritten."))
        await t.press("f5")
        await t.until(lambda: t.screen.view is not None and t.screen.view.changed_since_judged)
        await t.until(lambda: "older revision: d what changed" in screen_text(t.app))


async def test_the_target_is_in_sight(path: Path) -> None:

    store = Store(path)
    write_target(build_session(store), 1, Target("gain over 1 point", "2027-03-31"))
    store.close()
    async with triage(path) as t:
        assert "gain over 1 point" in t.text_of("#target"), t.text_of("#target")
        assert t.text_of("#target").strip() in screen_text(t.app)


# Outside text.

HOSTILE = "\x1b]0;owned\x07\x1b[31m[/] [/bold] [red]x\u202egnp.exe\u200b漢字" + "🧪e\u0301" * 3


async def test_hostile_text_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    hostile = [
        record(
            f"h{i}",
            title=HOSTILE + str(i),
            agent=HOSTILE,
            hypothesis=HOSTILE,
            body=f"# {HOSTILE}\n\n{HOSTILE}\n\n```\n{HOSTILE}\n```\n\n| a | b |\n|---|---|\n| {HOSTILE} | 漢 |\n",
            claims=(HOSTILE,),
            measurements=(measured(0.5, dataset=HOSTILE, metric=HOSTILE),),
        )
        for i in range(3)
    ]
    path = store_with(tmp_path, *hostile, record("b", Role.BASELINE, title=HOSTILE, body=HOSTILE))
    async with triage(path) as t:
        for keys in (("s",), ("u",), ("!",), ("e",), ("escape",), ("c",), ("escape",), ("b",), ("slash", "x")):
            await t.press(*keys)
            await t.pilot.pause()
            for strip in screen_strips(t.app):
                text = "".join(segment.text for segment in strip)
                assert not set(text) & set("\x1b\x07\u202e\u200b"), repr(text)
        assert any("␛" in text for text in (screen_text(t.app), *t.toasts()))
        assert "[/]" in screen_text(t.app)
        for sentence in t.toasts():
            assert not set(sentence) & set("\x1b\x07\u202e\u200b")


# Windows of every size.


async def test_the_window_may_become_too_small_and_grow_again(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"kept")
        for size in ((40, 10), (10, 5), (1, 1), (80, 24), (120, 40)):
            await t.pilot.resize_terminal(*size)
            await t.until(lambda size=size: t.screen.size == size)  # type: ignore[misc]
            if size == (40, 10):
                assert "too small to judge in" in " ".join(screen_text(t.app).split())
            assert t.screen.is_too_small == (size[0] < 60 or size[1] < 20)
        field = t.app.focused
        assert isinstance(field, TextArea)
        assert field.text == "kept"
        await t.press("escape")
        await t.settled()
        assert "too small" not in screen_text(t.app)
    assert saved(path, "alpha method")[2] == "kept"


async def test_no_key_judges_in_a_window_that_shows_nothing(path: Path) -> None:
    async with triage(path) as t:
        await t.pilot.resize_terminal(40, 12)
        await t.until(lambda: t.screen.is_too_small)
        words = " ".join(screen_text(t.app).split())
        assert "at least 60×20 to go on" in words
        assert "save q or ctrl+q, which leaves" in words
        await t.press("s", "s", "4", "2", "!", "j", "r", "e", "u", "F", "question_mark", "colon", "ctrl+t", "slash")
        t.burst("sjf3")
        await t.pilot.pause()
        assert (t.app.screen, t.screen.digits, t.screen.editor.writing) == (t.screen, "", False)
        await t.pilot.resize_terminal(120, 40)
        await t.until(lambda: not t.screen.is_too_small)
        assert t.title == "alpha method"
        assert t.screen.focused is t.screen.queue
        await t.go("s")
    assert events(path) == ["verdict"]


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_one_leaves_from_a_window_that_shows_nothing(path: Path, key: str) -> None:
    async with triage(path) as t:
        await t.pilot.resize_terminal(40, 12)
        await t.until(lambda: t.screen.is_too_small)
        await t.press(key)
        await t.until(lambda: t.app._exit, "the end of the app")


async def test_what_is_typed_into_an_open_field_stays_while_the_window_shows_nothing(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"fit")
        await t.pilot.resize_terminal(40, 12)
        await t.until(lambda: t.screen.is_too_small)
        assert "goes into the open field" in " ".join(screen_text(t.app).split())
        await t.press(*"s.qq", "backspace", "escape", "tab", "ctrl+u", "alt+x")
        t.burst("\x1b[200~ and\x1b[201~")
        await t.pilot.pause()
        await t.pilot.resize_terminal(120, 40)
        await t.until(lambda: not t.screen.is_too_small)
        field = t.app.focused
        assert isinstance(field, TextArea)
        assert (field.text, t.screen.editor.writing) == ("fits.q and", True)
        await t.press("escape")
        await t.settled()
    assert events(path) == ["rationale"]


async def test_the_search_field_is_typed_into_while_the_window_shows_nothing(path: Path) -> None:
    async with triage(path) as t:
        await t.press("slash", "b")
        await t.pilot.resize_terminal(40, 12)
        await t.until(lambda: t.screen.is_too_small)
        await t.press(*"ravo", "enter", "escape")
        await t.pilot.resize_terminal(120, 40)
        await t.until(lambda: not t.screen.is_too_small and t.titles == ["bravo method"])
        assert isinstance(t.app.focused, Input)
        assert t.app.focused.value == "bravo"


async def test_title_evidence_and_verdicts_are_in_sight_at_every_size(path: Path) -> None:
    async with triage(path, size=(200, 60)) as t:
        for size in ((200, 60), (80, 24), (72, 22), (60, 20)):
            await t.pilot.resize_terminal(*size)
            for words in ("alpha method", "0.510", "s survives"):
                await t.until(lambda words=words: words in screen_text(t.app), f"{words} at {size}")  # type: ignore[misc]


# Stores with nothing to judge.


async def test_a_store_with_baselines_only_says_so_and_what_to_import(tmp_path: Path) -> None:
    path = store_with(tmp_path, *[r for r in records() if r.role is Role.BASELINE])
    async with triage(path) as t:
        text = " ".join(t.text_of("#empty").replace("\\\n", "").split())
        assert "3 baselines and 0 references, but no proposal yet" in text
        assert "reviewer import findings/ --setting lab" in text
        await t.press("s", "3", "u", "e", "t", "c", "b", "r", "d", "h", "R", "Y", "!", "z", ".", "j", "k", "G")
        await t.pilot.pause()
    assert events(path) == []


async def test_a_key_for_a_proposal_says_so_where_there_is_none(tmp_path: Path) -> None:
    path = store_with(tmp_path, *[r for r in records() if r.role is Role.BASELINE])
    async with triage(path) as t:
        for key in ("v", "f", "d", "h", "R", "Y", "r", "e", "t", "3", "!", "z"):
            assert t.toasts() == []
            await t.press(key)
            await t.told("There is no proposal to judge here; i imports some.")
            t.app.clear_notifications()


async def test_a_key_for_a_proposal_says_what_hides_them_all(path: Path) -> None:
    async with triage(path) as t:
        t.screen.asked = QueueFilter(flagged=True)
        t.screen.load_queue()
        await t.until(lambda: not t.titles)
        await t.press("f")
        await t.told("No proposal passes the filter; F changes it.")
        t.screen.asked = QueueFilter(flagged=True, text="zulu")
        await t.press("v")
        await t.told("No proposal matches the search; esc ends it.")
        assert len(t.toasts()) == 1
        t.screen.asked = QueueFilter()
        t.screen.load_queue()
        await t.until(lambda: t.titles)
    assert events(path) == []


async def test_an_empty_store_is_welcomed(tmp_path: Path) -> None:
    app = build_app(store_with(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: type(app.screen).__name__ == "WelcomeScreen")


async def test_somebody_unknown_is_asked_for_their_name(path: Path) -> None:
    app = build_app(path, reviewer=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: type(app.screen).__name__ == "NameScreen")
        await pilot.press(*"lee", "enter")
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        assert app.session is not None
        assert app.session.reviewer == "lee"
    assert 'reviewer = "lee"' in path.with_name("config.toml").read_text()


async def test_a_key_opens_its_screen_over_the_proposal_and_esc_comes_back(path: Path) -> None:
    screens = {
        "S": "ChoiceScreen", "T": "TargetScreen", "F": "FilterScreen", "r": "RubricScreen", "h": "HistoryScreen",
        "R": "RawScreen", "d": "DifferencesScreen", "i": "ImportScreen", "X": "ExportScreen", "?": "HelpScreen",
    }  # fmt: skip
    async with triage(path) as t:
        for key, screen in screens.items():
            await t.press("question_mark" if key == "?" else key)
            await t.until(lambda screen=screen: type(t.app.screen).__name__ == screen, screen)  # type: ignore[misc]
            await t.press("escape")
            await t.until(lambda: t.app.screen is t.screen)
            assert t.title == "alpha method"
    assert events(path) == []


async def test_statistics_wait_for_the_first_screen_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with triage(store_with(tmp_path, *records())) as t:
        monkeypatch.setattr(triage_state, "LOADING_WAITS_SECONDS", 3600)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(t.screen.seen_for_a_moment(), 0.05)
        painted = t.screen._painted_at
        await t.press("j")
        assert t.screen._painted_at == painted
        monkeypatch.setattr(triage_state, "LOADING_WAITS_SECONDS", 0)
        await asyncio.wait_for(t.screen.seen_for_a_moment(), 5)


async def test_the_filter_lists_the_checks_with_how_many_proposals_each_asks_about(tmp_path: Path) -> None:
    path = store_with(tmp_path, *records())
    with closing(Store(path)) as store:
        Checking(store).check_all()
    async with triage(path) as t:
        await t.press("F", *["j"] * 7, "slash", *"held")
        await t.until(lambda: re.search(r"one-setting +5  nothing held out", screen_text(t.app)))
