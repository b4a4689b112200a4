"""The target's form: a save is wanted by name, and closing loses nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Static

from reviewer.domain.errors import StoreError
from reviewer.domain.problems import Target
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.target import TargetScreen, _wrong_date
from reviewer.tui.widgets.text_field import TextField
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})
TARGET = Target(
    "gains half a point\non live traffic", "the large one", "1e25", "$200k", "200 ms", "thumbs", horizon="2027-03-31"
)


class Form:
    """A target screen with what it saved and kept."""

    def __init__(
        self, target: Target | None = None, *, drafts: dict[str, str] | None = None, keeps: bool = True
    ) -> None:
        self.saved: list[Target] = []
        self.kept: dict[str, str | None] = {}
        self.error: Exception | None = None
        self.screen = TargetScreen(
            "Weak-to-strong [/x]",
            target,
            3 if target else None,
            KEYMAP,
            save=self.save,
            keep_draft=self.kept.__setitem__ if keeps else None,
            drafts=drafts,
        )
        self.app = HarnessApp(self.screen)

    def save(self, target: Target) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(target)

    def field(self, name: str) -> TextField:
        return self.screen.query_one(f"#{name}", TextField)

    @property
    def problem(self) -> str:
        return str(self.screen.query_one("#problem", Static).content)


async def test_a_target_is_written_from_field_to_field_and_saved_by_enter_on_the_last() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press(*"gain", "enter", *"live", "tab", *"2027-03-31", "enter")
        for word in ("system", "scale", "budget", "latency", "signals"):
            await pilot.press(*word, "enter")
        await pilot.press(*"ana")
        assert form.saved == []
        await pilot.press("enter")
        expected = Target(
            "gain\nlive", "system", "scale", "budget", "latency", "signals", horizon="2027-03-31", decider="ana"
        )
        assert form.saved == [expected]
        assert form.app.results == [expected]


async def test_ctrl_s_saves_from_anywhere_and_leaves_the_drafts_to_the_saver() -> None:
    form = Form(TARGET)
    async with form.app.run_test() as pilot:
        await pilot.press("tab", "tab", *" v2".replace(" ", "-"))
        assert form.kept == {"system": "the large one-v2"}
        await pilot.press("ctrl+s")
        assert [t.system for t in form.saved] == ["the large one-v2"]
        assert form.saved[0].criterion == TARGET.criterion
        assert form.kept == {"system": "the large one-v2"}


@pytest.mark.parametrize(("written", "months"), [("", 6), ("2027-03-31", None)])
async def test_months_stay_unless_a_date_is_written_in_their_place(written: str, months: int | None) -> None:
    form = Form(Target("gains", months=6))
    async with form.app.run_test() as pilot:
        await pilot.press("tab", *written, "tab", *"v2", "ctrl+s")
        assert form.saved == [Target("gains", "v2", horizon=written, months=months)]


async def test_a_target_without_a_criterion_is_not_saved_and_the_cursor_goes_there() -> None:
    form = Form(drafts={"system": "words to keep"})
    async with form.app.run_test() as pilot:
        await pilot.press("tab", "ctrl+s")
        assert form.saved == []
        assert "criterion" in form.problem
        assert form.app.focused is form.field("criterion")
        assert form.field("system").text == "words to keep"


async def test_a_wrong_date_is_said_on_leaving_it_and_every_word_stays() -> None:
    form = Form(TARGET)
    async with form.app.run_test() as pilot:
        await pilot.press("tab", "ctrl+u", *"soon", "tab")
        await pilot.pause()
        assert "“soon” is no date" in form.problem
        assert form.field("horizon").text == "soon"
        await pilot.press("ctrl+s")
        assert form.saved == []
        assert form.app.focused is form.field("horizon")
        await pilot.press("ctrl+u", "ctrl+s")
        assert [t.horizon for t in form.saved] == [""]


@given(st.dates())
def test_every_date_is_taken(day: date) -> None:
    assert not _wrong_date(day.isoformat())


@pytest.mark.parametrize(
    "written", ["2027-02-30", "2027-13-01", "20270331", "2027-W13-3", "31.3.2027", "２０２７-03-31x"]
)
def test_what_is_no_date_is_not(written: str) -> None:
    assert written in _wrong_date(written)


@pytest.mark.parametrize("key", ["escape", "alt+s"])
async def test_closing_saves_nothing_and_the_draft_comes_back(key: str) -> None:
    form = Form(TARGET)
    async with form.app.run_test() as pilot:
        await pilot.press(*"!!", key)
        assert form.app.results == [None]
        assert form.saved == []
    again = Form(TARGET, drafts={name: text for name, text in form.kept.items() if text is not None})
    async with again.app.run_test():
        assert again.field("criterion").text == TARGET.criterion + "!!"


async def test_an_emptied_field_is_a_draft_too() -> None:
    form = Form(TARGET)
    async with form.app.run_test() as pilot:
        await pilot.press("up", *["tab"] * 4, "ctrl+u")
        assert form.kept == {"budget": ""}
    again = Form(TARGET, drafts={"budget": ""})
    async with again.app.run_test():
        assert again.field("budget").text == ""


async def test_what_is_saved_can_be_put_back_and_the_draft_after_it() -> None:
    form = Form(TARGET, drafts={"criterion": "half a draft"})
    async with form.app.run_test() as pilot:
        await pilot.press("ctrl+r")
        assert form.field("criterion").text == TARGET.criterion
        assert form.kept["criterion"] is None
        await pilot.press("ctrl+z")
        assert form.field("criterion").text == "half a draft"
        assert form.kept["criterion"] == "half a draft"


async def test_without_drafts_the_first_escape_warns() -> None:
    form = Form(TARGET, keeps=False)
    async with form.app.run_test() as pilot:
        await pilot.press("x", "escape")
        assert not form.app.results
        assert "not saved" in form.problem
        await pilot.press("y", "escape")
        assert not form.app.results
        await pilot.press("escape")
        assert form.app.results == [None]
    untouched = Form(TARGET, keeps=False)
    async with untouched.app.run_test() as pilot:
        await pilot.press("escape")
        assert untouched.app.results == [None]


async def test_what_the_store_refuses_stays_in_the_form() -> None:
    form = Form(TARGET)
    form.error = StoreError("The store is read-only.")
    async with form.app.run_test() as pilot:
        await pilot.press("x", "ctrl+s")
        assert "read-only" in form.problem
        assert not form.app.results
        assert form.kept == {"criterion": TARGET.criterion + "x"}


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 10), (10, 3), (1, 1)])
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    form = Form(TARGET)
    async with form.app.run_test(size=size) as pilot:
        await pilot.press(*["tab"] * 10, "x", "ctrl+s")
        assert form.saved
