"""The form of an outcome: nothing is pre-filled, what is wrong is said at its field, and closing loses nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from textual.pilot import Pilot

from reviewer.domain.errors import StoreError
from reviewer.domain.outcomes import Outcome, OutcomeEvent
from reviewer.domain.vocabulary import Resolution, Result, Setting
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.outcome import OutcomeScreen
from reviewer.tui.screens.retract import RetractScreen
from reviewer.tui.screens.said_form import Said
from reviewer.tui.widgets.form_lines import ChoiceLine, PickLine
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.outcomes import OutcomeState
from tests.tui.harness import HarnessApp, settle
from tests.tui.triage_app import screen_text

TODAY = date(2026, 11, 29)
FAILED = Outcome(
    Result.FAILED, date(2026, 3, 31), "pgr", 0.005, 0.004, Setting.PRODUCTION, "scale", "link", "note", 0.3
)


class Form:
    """An outcome's form with what it saved, took back and kept."""

    def __init__(self, held: Outcome | None = None, *, drafts: dict[str, str] | None = None) -> None:
        self.saved: list[Outcome] = []
        self.taken_back: list[str] = []
        self.kept: dict[str, str | None] = {}
        self.error: Exception | None = None
        event = OutcomeEvent("e1", 1, held, "ann", "2026-04-01T10:00:00.000Z") if held else None
        kind = Resolution.RESOLVED if event else Resolution.OPEN
        self.screen = OutcomeScreen(
            "alpha [/x]",
            OutcomeState((event,) if event else (), event, kind, None, None),
            effective_keymap({}),
            metrics=("pgr", "pgr_hard", "loss"),
            constraints={"scale": "Scale", "cost": "Cost [/x]", "signals": "Signals"},
            today=lambda: TODAY,
            save=self.save,
            retract=self.retract,
            keep_draft=self.kept.__setitem__,
            drafts=drafts,
        )
        self.app = HarnessApp(self.screen)

    def save(self, outcome: Outcome) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(outcome)

    def retract(self, reason: str) -> None:
        if self.error is not None:
            raise self.error
        self.taken_back.append(reason)

    def text(self, name: str) -> str:
        widget = self.screen.query_one(f"#{name}")
        if isinstance(widget, TextField):
            return widget.text
        assert isinstance(widget, ChoiceLine | PickLine)
        return widget.value

    @property
    def focused(self) -> str | None:
        return self.app.focused.id if self.app.focused else None

    @property
    def drafts(self) -> dict[str, str]:
        return {name: text for name, text in self.kept.items() if text is not None}


async def test_it_is_written_line_by_line_with_enter_and_saved_by_the_last() -> None:
    form = Form()
    async with form.app.run_test(size=(100, 40)) as pilot:
        assert {form.text(name) for name in ("result", "date", "effect", "setting", "constraint", "note")} == {""}
        await pilot.press("f", "enter", *"2026-03-31", "enter", *"0.005", "enter", *"0.004", "enter")
        await pilot.press(*"pgr", "enter", "left", "enter", "enter")
        await pilot.pause()
        assert isinstance(form.app.screen, ChoiceScreen)
        await pilot.press(*"scal", "enter")
        await pilot.pause()
        assert form.focused == "evidence"
        await pilot.press(*"link", "enter", *"30 %", "enter", *"note", "enter")
        assert form.saved == []
        await pilot.press("enter")
        assert form.saved == [FAILED]
        assert form.app.results == [Said(FAILED)]


@pytest.mark.parametrize(("key", "result"), [("s", "survived"), ("f", "failed"), ("p", "partly"), ("w", "withdrawn")])
async def test_each_result_is_one_key(key: str, result: str) -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press(key)
        assert form.text("result") == result
        assert f"[{key} {result}]" in screen_text(form.app)


async def test_nothing_is_saved_without_a_result_and_a_day_and_today_is_written_out() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("ctrl+s")
        assert form.focused == "result"
        assert "Say what became of it" in screen_text(form.app)
        await pilot.press("s", "ctrl+s")
        await pilot.pause()
        assert form.focused == "date"
        assert "On which day was it known?" in screen_text(form.app)
        assert "Say what became of it" not in screen_text(form.app)
        await pilot.press(*"today", "tab")
        await pilot.pause()
        assert form.text("date") == "2026-11-29"
        assert form.kept["date"] == "2026-11-29"
        await pilot.press("ctrl+s")
        assert form.saved == [Outcome(Result.SURVIVED, TODAY)]


async def test_what_is_wrong_is_said_at_its_field_and_every_word_stays() -> None:
    form = Form()
    async with form.app.run_test(size=(100, 40)) as pilot:
        await pilot.press(
            "f", "tab", *"2026-03-31", "tab", *"much", "tab", "tab", "tab", "tab", "tab", *"link", "ctrl+s"
        )
        await pilot.pause()
        rows = screen_text(form.app).splitlines()
        at = next(i for i, row in enumerate(rows) if "effect" in row and "much" in row)
        assert "“much” is no number" in rows[at + 1]
        assert (form.focused, form.saved, form.text("evidence")) == ("effect", [], "link")
        await pilot.press("backspace")
        await pilot.pause()
        assert "is no number" not in screen_text(form.app)


async def test_the_metric_is_completed_from_the_problems_and_another_one_is_remarked() -> None:
    form = Form()
    async with form.app.run_test(size=(100, 40)) as pilot:
        form.screen.query_one("#metric").focus()
        await pilot.press(*"lo", "tab")
        await settle(pilot)
        assert form.text("metric") == "loss"
        await pilot.press("ctrl+u", *"pg", "tab")
        await settle(pilot)
        assert "pgr   pgr_hard" in screen_text(form.app)
        await pilot.press("x", "shift+tab")
        await pilot.pause()
        assert "No metric of this problem is called “pgx”" in screen_text(form.app)


async def test_a_correction_begins_with_what_holds_and_is_refused_where_nothing_is_changed() -> None:
    form = Form(FAILED)
    async with form.app.run_test(size=(100, 40)) as pilot:
        assert form.text("effect") == "0.005"
        assert "holds" in screen_text(form.app)
        assert "ann, 2026-04-01" in screen_text(form.app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "Nothing is changed: that is what holds already, as ann says." in screen_text(form.app)
        await pilot.press("p", "ctrl+s")
        assert form.saved == [replace(FAILED, result=Result.PARTLY)]
        assert form.kept == {"result": "partly"}


async def test_what_bit_is_taken_away_by_backspace() -> None:
    form = Form(FAILED)
    async with form.app.run_test(size=(100, 40)) as pilot:
        form.screen.query_one("#constraint").focus()
        await pilot.press("backspace", "ctrl+s")
        assert form.saved == [replace(FAILED, constraint="")]
        assert form.kept == {"constraint": ""}


async def press(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_taking_back_asks_once_and_keeps_the_reason() -> None:
    form = Form(FAILED)
    async with form.app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "ctrl+o")
        assert isinstance(form.app.screen, RetractScreen)
        await press(pilot, *"oops", "escape")
        assert form.app.screen_stack[-1] is form.screen
        assert form.taken_back == []
        assert form.kept == {"reason": "oops"}
        await press(pilot, "ctrl+o", *"wrong", "enter")
        assert form.taken_back == ["wrong"]
        assert form.app.results == [Said(None)]


async def test_there_is_nothing_to_take_back_of_what_nobody_said() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await press(pilot, "ctrl+o")
        assert "so there is nothing" in screen_text(form.app)
        assert form.app.screen is form.screen


async def test_what_the_store_refuses_stays_in_the_form() -> None:
    form = Form(FAILED)
    form.error = StoreError("The store is read-only.")
    async with form.app.run_test(size=(100, 40)) as pilot:
        await press(pilot, "s", "ctrl+s")
        assert "Not saved: The store is read-only." in screen_text(form.app)
        await press(pilot, "ctrl+o", "enter")
        assert "Not taken back: The store is read-only." in screen_text(form.app)
        assert form.app.results == []


@pytest.mark.parametrize("key", ["escape", "alt+s"])
async def test_closing_saves_nothing_and_the_draft_comes_back(key: str) -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("s", "tab", *"today", key)
        await pilot.pause()
        assert form.app.results == [None]
        assert form.saved == []
    assert form.drafts == {"result": "survived", "date": "2026-11-29"}
    again = Form(drafts={**form.drafts, "constraint": "gone", "setting": "nowhere"})
    async with again.app.run_test(size=(100, 40)) as pilot:
        assert again.text("result") == "survived"
        assert "This is a draft, not saved yet" in screen_text(again.app)
        await press(pilot, "ctrl+s")
        assert "no constraint “gone”" in screen_text(again.app)
        await press(pilot, "ctrl+r")
        assert {again.text(name) for name in ("result", "date", "constraint")} == {""}
        assert again.kept["result"] is None
        assert "This is a draft" not in screen_text(again.app)


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 10), (10, 3), (1, 1)])
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    form = Form(FAILED)
    async with form.app.run_test(size=size) as pilot:
        await press(pilot, "s", *["tab"] * 11, "ctrl+s")
        assert form.saved
