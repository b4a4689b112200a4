"""The text field: what enters it is safe, nothing of it is lost, and its keys are its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.document._edit import Edit
from textual.widgets import TextArea

from reviewer.domain.text import safe_text
from reviewer.tui.widgets.completion_field import CompletionField
from reviewer.tui.widgets.text_field import TextField, is_escape

HOSTILE = "a\x1b]52;c;aGk=\x07b\u202ec\x9bd\u200be[/f]"


class FieldApp(App[None]):
    """Holds one field and writes down what it posts; letters that get past it are noted too."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("s", "letter('s')"), ("enter", "letter('enter')"), ("escape", "letter('escape')")]  # noqa: RUF012

    def __init__(self, field: TextField | CompletionField) -> None:
        super().__init__()
        self.field = field
        self.said: list[str] = []

    def on_mount(self) -> None:
        self.field.focus()

    def compose(self) -> ComposeResult:
        yield self.field
        yield TextField("other", one_line=True, id="other")

    def action_letter(self, key: str) -> None:
        self.said.append(f"leaked {key}")

    def on_text_field_advanced(self) -> None:
        self.said.append("advanced")

    def on_text_field_closed(self) -> None:
        self.said.append("closed")

    def on_completion_field_advanced(self) -> None:
        self.said.append("items advanced")

    def on_completion_field_closed(self) -> None:
        self.said.append("items closed")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if event.text_area.id != "other":
            self.said.append(f"changed {event.text_area.text}")


@pytest.mark.parametrize("key", ["escape", "alt+s", "alt+shift+s", "alt+1", "alt+é"])
def test_a_letter_with_escape_is_escape(key: str) -> None:
    assert is_escape(key)


@pytest.mark.parametrize("key", ["s", "alt+left", "alt+backspace", "ctrl+alt+s", "shift+s", "alt", "alt+enter"])
def test_other_keys_are_not_escape(key: str) -> None:
    assert not is_escape(key)


async def test_enter_goes_on_in_one_line_and_is_a_line_end_in_many() -> None:
    app = FieldApp(TextField("a", one_line=True))
    async with app.run_test() as pilot:
        await pilot.press("s", "enter")
        assert app.field.text == "as"
        assert app.said == ["changed as", "advanced"]
    app = FieldApp(TextField("a"))
    async with app.run_test() as pilot:
        await pilot.press("enter", "s")
        assert app.field.text == "a\ns"
        assert "advanced" not in app.said


@pytest.mark.parametrize("key", ["escape", "alt+s", "alt+shift+s"])
@pytest.mark.parametrize("one_line", [True, False])
async def test_escape_closes_and_drops_the_letter(key: str, one_line: bool) -> None:
    app = FieldApp(TextField("word", one_line=one_line))
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.said == ["closed"]
        assert app.field.text == "word"


async def test_the_text_is_kept_before_anything_hears_of_it() -> None:
    kept: list[str] = []
    field = TextField("a", one_line=True, keep=lambda text: kept.append(text))
    app = FieldApp(field)
    async with app.run_test() as pilot:
        field.insert("b")
        assert kept == ["ab"]
        await pilot.press("c", "backspace", "ctrl+z", "ctrl+y")
        assert kept[-1] == field.text
        assert kept[:3] == ["ab", "abc", "ab"]
        field.load_text("programmatic")
        assert "programmatic" not in kept


async def test_undo_and_redo() -> None:
    field = TextField("held ")
    app = FieldApp(field)
    async with app.run_test() as pilot:
        await pilot.press(*"new")
        await pilot.press("ctrl+z")
        assert field.text == "held "
        await pilot.press("ctrl+y")
        assert field.text == "held new"


async def test_hostile_text_is_made_visible_however_it_enters() -> None:
    field = TextField(HOSTILE)
    app = FieldApp(field)
    async with app.run_test() as pilot:
        assert field.text == safe_text(HOSTILE)
        field.load_text("")
        app.post_message(events.Paste(HOSTILE))
        await pilot.pause()
        entered = safe_text(HOSTILE.replace("\r\n", "\n").replace("\r", "\n"))
        assert field.text == entered
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in field.text)
        field.load_text(HOSTILE)
        assert field.text == safe_text(HOSTILE)
        app.copy_to_clipboard(HOSTILE)
        await pilot.press("ctrl+v")
        assert field.text == safe_text(HOSTILE) + entered


async def test_markup_is_text() -> None:
    app = FieldApp(TextField("", placeholder="[/] [bold]x[/bold]", one_line=True))
    async with app.run_test() as pilot:
        await pilot.press(*"[/x]")
        assert app.field.text == "[/x]"


async def test_an_accent_typed_after_its_letter_stays_on_it() -> None:
    field = TextField("", one_line=True)
    app = FieldApp(field)
    async with app.run_test():
        for letter in "e\u0301 क\u094d":
            field.insert(letter)
        assert field.text == "e\u0301 क\u094d"
        field.load_text("")
        field.insert("\u0301")
        assert field.text == safe_text("\u0301")


async def test_line_ends_pasted_into_one_line_are_spaces_and_nothing_else_is_lost() -> None:
    field = TextField("", one_line=True)
    app = FieldApp(field)
    async with app.run_test() as pilot:
        app.post_message(events.Paste("one\r\n  two\nthree"))
        await pilot.pause()
        assert field.text == "one two three"


async def test_lines_pasted_as_a_terminal_sends_them_stay_lines() -> None:
    field = TextField("")
    app = FieldApp(field)
    async with app.run_test() as pilot:
        app.post_message(events.Paste("first\rsecond\r\rfourth\r\nfifth"))
        await pilot.pause()
        assert field.text == "first\nsecond\n\nfourth\nfifth"


async def test_a_text_of_many_lines_is_not_cut_to_one() -> None:
    field = TextField("first\nsecond", one_line=True)
    app = FieldApp(field)
    async with app.run_test() as pilot:
        await pilot.press("!")
        assert field.text == "first\nsecond!"


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_inserted_is_safe_whatever_stands_before_it(before: str, inserted: str) -> None:
    field = TextField(before)
    edit = Edit(inserted, field.document.end, field.document.end, maintain_selection_offset=False)
    assert all(c == "\n" or c.isprintable() for c in field._admit(edit))


async def test_keys_left_to_the_holder_are_not_taken() -> None:
    left: list[str] = []

    class Holder(FieldApp):
        def action_up(self) -> None:
            left.append("up")

    app = Holder(TextField("a", one_line=True, leave=("up",)))
    app.bind("up", "up")
    async with app.run_test() as pilot:
        await pilot.press("up")
        assert left == ["up"]


# The line of items.


def items_app(items: list[str], known: list[str], **more: str) -> tuple[FieldApp, CompletionField]:
    field = CompletionField(items, known, **more)  # type: ignore[arg-type]
    return FieldApp(field), field


async def test_tab_takes_the_known_item_and_a_comma_separates() -> None:
    app, field = items_app([], ["noise", "leakage", "Überfit"])
    async with app.run_test() as pilot:
        await pilot.press(*"lea", "tab")
        assert field.text == "leakage, "
        await pilot.press(*"uber", "tab", *"own,", "space", *"no", "right")
        assert field.items == ("leakage", "Überfit", "own", "noise")


async def test_enter_takes_ones_own_word_and_no_suggestion() -> None:
    app, field = items_app(["a"], ["noise"])
    async with app.run_test() as pilot:
        await pilot.press(*"no", "enter")
        assert field.items == ("a", "no")
        assert "items advanced" in app.said
        await pilot.press("escape")
        assert app.said[-1] == "items closed"
        assert not any(said.startswith("leaked") for said in app.said)


async def test_down_chooses_another_and_what_is_there_is_not_offered_again() -> None:
    app, field = items_app(["noise"], ["noise", "noisy", "nothing"])
    async with app.run_test() as pilot:
        await pilot.press(*"no", "down", "tab")
        assert field.items == ("noise", "nothing")


async def test_tab_goes_on_where_nothing_is_being_completed() -> None:
    app, field = items_app(["noise"], ["leakage"])
    async with app.run_test() as pilot:
        await pilot.press("tab")
        assert field.items == ("noise",)
        assert app.focused is app.query_one("#other")


async def test_right_moves_within_the_line() -> None:
    app, field = items_app([], ["noise"])
    async with app.run_test() as pilot:
        await pilot.press(*"no", "home", "right", "x")
        assert field.text == "nxo"


async def test_an_item_in_the_middle_is_completed_in_its_place() -> None:
    app, field = items_app([], ["noise"], draft="a, no, b")
    async with app.run_test() as pilot:
        await pilot.press("home", *["right"] * 5, "tab")
        assert field.items == ("a", "noise", "b")


def test_items_are_each_once_and_without_blanks() -> None:
    _, field = items_app([], [], draft=" a ,, a,b  c ,")
    assert field.items == ("a", "b c")


def test_a_draft_comes_before_the_items() -> None:
    _, field = items_app(["saved"], [], draft="half wri")
    assert field.text == "half wri"
