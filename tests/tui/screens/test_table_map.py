"""The screen on which the columns of a table are said: by keyboard, with what would come of it in sight."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Static

from reviewer.sources.table_map import Said, TableMap
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.table_map import TableMapScreen
from reviewer.tui.screens.table_map_page import Mapped
from reviewer.tui.table_map_lines import MapLine
from reviewer.tui.widgets.table_head import TableHead
from reviewer.workflow.table_looking import TableLook, TablePreview, look_at_table, preview_of
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})
TABLE = """name,kind,idea,acc,acc_se,loss,note
Dense,baseline,Attend to all of it.,0.71,0.01,1.5,
Top-k,proposal,Attend to the k largest.,0.74,0.02,1.4,fast
Odd,proposal,"Attend [/x] to \x1b]52;c;x\x07 nothing.",OOM,,,
"""


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., TableLook]:
    def make(text: str = TABLE) -> TableLook:
        path = tmp_path / "table.csv"
        path.write_text(text)
        found = look_at_table(path, tmp_path / "maps")
        assert found is not None
        return found

    return make


def screen_of(table: TableLook, mapping: TableMap | None = None, **more: Any) -> TableMapScreen:
    async def preview(said: TableMap) -> TablePreview:
        return preview_of(table, said, more.get("problem"))

    return TableMapScreen(table, mapping or table.mapping, KEYMAP, preview=preview, **more)


async def at(pilot: Pilot[None], screen: TableMapScreen, key: str) -> None:
    """Go to the line with that key."""
    await pilot.press("g")
    for _ in range(60):
        if screen.line.key == key:
            return
        await pilot.press("j")
    raise AssertionError(f"there is no line {key}")


def drawn(screen: TableMapScreen) -> str:
    """Return what stands on the screen."""
    rows = [screen._row(place, 76).plain for place in range(screen._list.count)]
    return "\n".join((screen.query_one(TableHead).render().plain, *rows, screen.pane.plain_text))


async def test_rows_columns_and_what_would_come_are_in_sight_and_outside_text_is_safe(
    look: Callable[..., TableLook],
) -> None:
    screen = screen_of(look(), problem="sparse")
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen = drawn(screen)
        for words in ("known by", "title", "Dense", "acc ± acc_se, better: not said", "are 1 proposal, 1 baseline",
                      "acc 0.71 ± 0.01", "line 4: acc is 'OOM', which is no number", "␛]52"):  # fmt: skip
            assert words in seen
        assert "\x1b" not in seen


async def test_names_of_columns_are_outside_text_too(look: Callable[..., TableLook]) -> None:
    table = look('"[/x] \x1b]52;c;x\x07",kind,"\u202eacc"\na,human,0.5\nb,agent,0.6\n')
    screen = screen_of(table, TableMap(id=(table.columns[0],)), problem="p")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await at(pilot, screen, "measured:+")
        await pilot.press("enter")
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press("down", "enter")
        await settle(pilot)
        seen = drawn(screen)
        assert "[/x]" in seen
        assert screen.mapping.measurements[0].column == "\u202eacc"
        assert not {"\x1b", "\x07", "\u202e"} & set(seen)


async def test_a_column_is_changed_by_keys_and_the_preview_follows(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look(), problem="sparse")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await at(pilot, screen, "title")
        before = screen.line.value
        await pilot.press("right")
        assert screen.line.value != before
        await pilot.press("left")
        assert screen.line.value == before
        await pilot.press("x")
        assert screen.mapping.title == ""
        await pilot.press("enter")
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press(*"note", "enter")
        await settle(pilot)
        assert screen.mapping.title == "note"
        assert "fast  acc 0.74" in screen.pane.plain_text


async def test_what_a_measurement_is_like_goes_by_one_key_each(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look(), problem="sparse")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await at(pilot, screen, "measured:0")
        await pilot.press("d", "p", "percent_sign", "n", "ctrl+a", "ctrl+k", *"accuracy", "enter")
        await settle(pilot)
        assert screen.line.value == "acc ± acc_se, higher is better, called accuracy, in %, comes first"
        await pilot.press("e", "e")
        assert screen.mapping.measurements[0].error == ""
        await pilot.press("plus")
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press(*"acc_se", "enter")
        await settle(pilot)
        assert screen.mapping.measurements[-1].column == "acc_se"
        assert screen.line.key == f"measured:{len(screen.mapping.measurements) - 1}"


async def test_what_must_be_said_holds_the_way_on_and_the_cursor_goes_there(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look(), problems=("sparse", "other"))
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        assert screen.line.key == "problem"
        await pilot.press("G", "i")
        await settle(pilot)
        assert not app.results
        assert screen.line.key == "problem"
        assert "Not yet: say which problem the methods are of." in screen.pane.plain_text
        await pilot.press("right", "i")
        await settle(pilot)
        (mapped,) = app.results
        assert (mapped.mapping.problem, mapped.go_on) == (Said("sparse"), True)


async def test_letters_do_nothing_else_while_they_are_typed_and_esc_loses_nothing_said(
    look: Callable[..., TableLook],
) -> None:
    screen = screen_of(look())
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press("n", *"xdipwq", "escape")
        assert not app.results
        assert screen.mapping == look().mapping
        await pilot.press("n", *"xdipwq", "enter")
        assert screen.mapping.problem == Said("xdipwq")
        await pilot.press("w", *"not a name", "enter")
        assert "cannot be the name of a map" in screen.pane.plain_text
        await pilot.press("ctrl+a", "ctrl+k", *"mine", "enter", "escape")
        assert app.results == [Mapped(screen.mapping, "mine", False)]


async def test_what_was_said_of_a_name_goes_with_it_and_another_name_takes_the_place_of_the_old_one(
    look: Callable[..., TableLook],
) -> None:
    screen = screen_of(look())
    async with HarnessApp(screen).run_test() as pilot:
        await settle(pilot)
        due = screen.pane.plain_text
        for way_on in (("escape",), ("escape", "w", *"not a name", "enter", "escape", "k")):
            await pilot.press("w", *"not a name", "enter")
            assert "cannot be the name of a map" in screen.pane.plain_text
            await pilot.press(*way_on)
            assert screen.pane.plain_text == due
        await pilot.press("w", *"mine", "enter", "w", *"yours", "enter")
        assert screen._keep_as == "yours"


async def test_every_line_says_the_next_thing_and_takes_it_back_without_trouble(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look(), problem="sparse")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("g")
        for _ in range(len(screen._lines)):
            if screen.line.key not in ("missing", "keep"):
                await pilot.press("right", "left", "x")
            await pilot.press("j")
        await settle(pilot)
        assert screen.pane.plain_text.startswith("Say by which column a method is known")


async def test_a_long_table_is_said_by_its_metric_and_value(look: Callable[..., TableLook]) -> None:
    text = "name,metric,data,seed,value\nDense,acc,chat,1,0.7\nDense,acc,chat,2,0.8\nDense,loss,chat,1,3\n"
    screen = screen_of(look(text), problem="sparse")
    async with HarnessApp(screen).run_test() as pilot:
        await settle(pilot)
        assert "acc on chat 0.75 ± 0.05 (2 seeds)" in screen.pane.plain_text
        await at(pilot, screen, "metric:acc")
        await pilot.press("d")
        assert screen.line.value == "higher is better"
        await at(pilot, screen, "shape")
        await pilot.press("right")
        await pilot.press("plus")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ChoiceScreen)


async def test_of_many_columns_the_one_of_the_line_is_in_sight(look: Callable[..., TableLook]) -> None:
    columns = [f"column_{n}" for n in range(300)]
    table = look(",".join(columns) + "\n" + ",".join(map(str, range(300))) + "\n")
    screen = screen_of(table, TableMap(id=("column_250",)), problem="p")
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        await at(pilot, screen, "id")
        head = screen.query_one(TableHead).render().plain.split("\n")
        assert "column_250" in head[1]
        assert head[1].startswith("… ")
        assert head[1].rstrip().endswith("…")
        await pilot.press("right", *["right"] * 20)
        assert "column_271" in screen.query_one(TableHead).render().plain


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 36), (200, 60)])
async def test_it_stands_in_every_size(size: tuple[int, int], look: Callable[..., TableLook]) -> None:
    screen = screen_of(look(), problem="sparse")
    async with HarnessApp(screen).run_test(size=size) as pilot:
        await settle(pilot)
        assert screen.size == Size(*size)
        assert screen._list.size.height >= 1
        assert screen._list.region.bottom <= size[1]


async def test_words_that_are_no_role_hold_the_way_on_until_somebody_says_them(look: Callable[..., TableLook]) -> None:
    table = look("method,kind,acc\na,control,0.5\nb,baseline,0.6\nc,,0.9\n")
    screen = screen_of(table, problem="sparse")
    app = HarnessApp(screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert screen.line.key == "word:"
        assert "Say what a row is with an empty cell, 'control' in kind." in screen.pane.plain_text
        proposed = [line for place, line in enumerate(screen._lines) if "  proposed" in screen._row(place, 76).plain]
        assert "word:baseline" in [line.key for line in proposed if isinstance(line, MapLine)]
        await pilot.press("right", "i")
        await settle(pilot)
        assert not app.results
        assert screen.line.key == "word:control"
        await pilot.press("right", "right", "i")
        await settle(pilot)
        (mapped,) = app.results
        assert mapped.mapping.role.words == (("", "proposal"), ("baseline", "baseline"), ("control", "baseline"))


async def test_a_column_that_names_the_problems_is_chosen_from_the_list(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look())
    async with HarnessApp(screen).run_test() as pilot:
        assert screen.line.key == "problem"
        await pilot.press("enter", *"kind", "enter")
        assert screen.mapping.problem == Said("", "kind")
        assert "cannot be a problem's name" not in screen.pane.plain_text


async def test_a_problem_that_is_new_is_typed_into_the_list(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look())
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        assert screen.line.key == "problem"
        await pilot.press("enter", *"my-new-one", "enter")
        await settle(pilot)
        assert app.screen is screen
        assert screen.mapping.problem == Said("my-new-one")
        await pilot.press("enter", *"not / a name", "enter")
        assert "cannot be a problem's name" in screen.pane.plain_text
        assert screen.mapping.problem == Said("my-new-one")


async def test_the_way_on_says_what_is_missing_where_it_is_seen(look: Callable[..., TableLook]) -> None:
    screen = screen_of(look())
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await settle(pilot)
        assert "Not yet: say which problem" in str(screen.query("#hints > Static").first(Static).render())


@pytest.mark.parametrize(
    ("key", "words"),
    [("d", "Which way is better"), ("e", "the line error names the column"), ("percent_sign", "a column that was"),
     ("p", "a column that was measured"), ("n", "Nothing is typed on this line")],
)  # fmt: skip
async def test_a_key_that_does_nothing_on_a_line_says_so(key: str, words: str, look: Callable[..., TableLook]) -> None:
    screen = screen_of(look("name,metric,value\nDense,acc,0.7\n"), problem="sparse")
    async with HarnessApp(screen).run_test() as pilot:
        await at(pilot, screen, "long:error")
        before = screen.mapping
        await pilot.press(key)
        assert words in screen.pane.plain_text
        assert screen.mapping == before
