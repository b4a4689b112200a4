from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.export_file import ExportRequest, ExportScreen, what_stands_at
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})


class Exporter:
    """Stands in for the exporting."""

    def __init__(self, error: str = "") -> None:
        self.error = error
        self.asked: list[ExportRequest] = []

    async def __call__(self, request: ExportRequest) -> str:
        self.asked.append(request)
        if self.error:
            raise UserError(self.error)
        return f"Wrote 37 rows to {request.path}."


def screen_of(exporter: Exporter, path: Path | str) -> ExportScreen:
    return ExportScreen(str(path), "to do, agent [/x]", KEYMAP, perform=exporter)


async def test_enter_exports_with_the_defaults_and_enter_closes(tmp_path: Path) -> None:
    exporter = Exporter()
    screen = screen_of(exporter, tmp_path / "a.csv")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        path = f"{tmp_path}/a.csv"
        assert exporter.asked == [ExportRequest(path, "csv", "current", "mine", False, False)]
        assert "Wrote 37 rows" in screen.pane.plain_text.replace("\n", " ")
        assert not app.results
        await pilot.press("enter")
        assert app.results == [f"Wrote 37 rows to {path}."]


async def test_choices_are_made_by_arrows(tmp_path: Path) -> None:
    exporter = Exporter()
    screen = screen_of(exporter, tmp_path / "a.csv")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("down", "down", "right", "right", "down", "space", "down", "right", "down", "left")
        await settle(pilot)
        assert screen.request == ExportRequest(f"{tmp_path}/a.csv", "csv", "long", "all", True, True)
        assert "what you may see by now" in screen.pane.plain_text.replace("\n", " ")
        assert "One row a constraint" in screen.pane.plain_text


async def test_the_ending_follows_the_format_and_excel_is_for_csv(tmp_path: Path) -> None:
    screen = screen_of(Exporter(), tmp_path / "a.csv")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("down", "down", "down", "down", "right", "up", "up", "up", "right")
        await settle(pilot)
        assert screen.request.path == f"{tmp_path}/a.jsonl"
        assert screen.request.format == "jsonl"
        assert not screen.request.excel
        await pilot.press("right")
        await settle(pilot)
        assert screen.request == replace(screen.request, path=f"{tmp_path}/a.csv", excel=True)


async def test_a_file_that_is_there_is_replaced_only_once_that_was_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    exporter = Exporter()
    screen = screen_of(exporter, tmp_path / "a.cs")
    async with HarnessApp(screen).run_test() as pilot:
        await settle(pilot)
        # Faster than the look at the disk.
        screen._path.load_text(f"{tmp_path}/a.csv")
        screen.accept()
        await settle(pilot)
        assert exporter.asked == []
        assert "will be replaced" in screen.pane.plain_text
        await pilot.press("enter")
        await settle(pilot)
        assert len(exporter.asked) == 1


async def test_an_error_is_shown_and_the_path_stays(tmp_path: Path) -> None:
    exporter = Exporter("The disk is full [/x].")
    screen = screen_of(exporter, tmp_path / "a.csv")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "The disk is full [/x]." in screen.pane.plain_text
        assert screen.request.path == f"{tmp_path}/a.csv"
        exporter.error = ""
        await pilot.press("enter")
        await settle(pilot)
        assert "Wrote 37 rows" in screen.pane.plain_text.replace("\n", " ")
        await pilot.press("alt+x")
        assert len(app.results) == 1


async def test_no_path_asks_for_one_and_esc_exports_nothing() -> None:
    exporter = Exporter()
    screen = screen_of(exporter, "")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert "Give the file a name" in screen.pane.plain_text
        await pilot.press("escape")
        assert app.results == [None]
        assert exporter.asked == []


async def test_letters_are_typed_in_the_path_and_q_closes_elsewhere() -> None:
    screen = screen_of(Exporter(), "")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press(*"qjX?")
        assert screen.request.path == "qjX?"
        await pilot.press("down", "q")
        assert app.results == [None]


def test_what_stands_at_a_path(tmp_path: Path) -> None:
    def said(path: str) -> str:
        return what_stands_at(path).sentence

    (tmp_path / "a.csv").touch()
    (tmp_path / "notes.csv").write_text("my own words")
    assert said(str(tmp_path / "new.csv")) == ""
    assert "replaced" in said(str(tmp_path / "a.csv"))
    assert "no export" in said(str(tmp_path / "notes.csv"))
    assert "folder" in said(str(tmp_path))
    assert "no folder" in said(str(tmp_path / "none" / "a.csv"))
    assert "cannot be used" in said("~nobody-of-that-name/a.csv")
    assert said("") == ""


async def test_what_is_no_export_is_lost_only_when_enter_is_pressed_again(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text('{"type": "proposal"}')
    exporter = Exporter()
    screen = screen_of(exporter, tmp_path / "records.jsonl")
    async with HarnessApp(screen).run_test() as pilot:
        await settle(pilot)
        assert "no export" in screen.pane.plain_text.replace("\n", " ")
        await pilot.press("enter")
        await settle(pilot)
        assert exporter.asked == []
        await pilot.press("x", "backspace", "enter")
        await settle(pilot)
        assert exporter.asked == []
        await pilot.press("enter")
        await settle(pilot)
        assert [request.path for request in exporter.asked] == [str(tmp_path / "records.jsonl")]


async def test_the_format_follows_the_ending_that_is_typed(tmp_path: Path) -> None:
    screen = screen_of(Exporter(), tmp_path / "a")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("full_stop", *"jsonl")
        await settle(pilot)
        assert screen.request.format == "jsonl"
        await pilot.press(*["backspace"] * 5, *"csv")
        await settle(pilot)
        assert (screen.request.format, screen.request.path) == ("csv", f"{tmp_path}/a.csv")


@pytest.mark.parametrize("size", [(160, 48), (40, 10), (10, 5), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int], tmp_path: Path) -> None:
    app = HarnessApp(screen_of(Exporter(), tmp_path / "a.csv"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press("down", "right", "down", "right", "escape")
        assert app.results == [None]


def test_the_ending_of_another_kind_of_file_is_told(tmp_path: Path) -> None:
    for name, told in (("a.csv", False), ("a.jsonl", False), ("a", False), ("notes.db", True), ("b.xlsx", True)):
        assert ("another kind of file" in what_stands_at(str(tmp_path / name)).sentence) is told
