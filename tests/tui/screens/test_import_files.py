import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from textual import events

from reviewer.domain.errors import UserError
from reviewer.domain.how_far import HowFar
from reviewer.domain.methods import Reject
from reviewer.domain.stating import Statement
from reviewer.sources.table_map import Said, TableMap
from reviewer.tui.import_report_lines import report_lines
from reviewer.tui.import_request import ImportReport, ImportRequest, MisstatedError, Progress
from reviewer.tui.keys import effective_keymap
from reviewer.tui.path_completion import is_missing
from reviewer.tui.said_of_tables import SaidOfTables
from reviewer.tui.screens import import_files
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.import_files import ImportScreen
from reviewer.tui.screens.table_map import TableMapScreen
from reviewer.tui.screens.table_map_page import Mapped
from reviewer.workflow.table_looking import TableLook, TablePreview, look_at_table, preview_of
from reviewer.workflow.table_maps import save_map
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})


@dataclass(frozen=True)
class Report:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    elsewhere: int = 0
    rejects: tuple[Reject, ...] = ()
    sentences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    settings_told: int = 0
    metrics_told: int = 0
    unknown_settings: tuple[str, ...] = ()
    interrupted: bool = False


WOULD_COME = Report(
    12,
    3,
    40,
    1,
    7,
    (Reject("a.jsonl", "line 4", "value: no number [/x] \x1b]52;c;x\x07"),),
    ("law is no dataset.",),
    ("native",),
)


@dataclass
class Importer:
    """Stands in for the importing; ``gate`` holds it up until it is set."""

    would_come: Report = WOULD_COME
    error: str = ""
    asked: list[tuple[str, ImportRequest]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    stops_at_once: bool = True

    async def preview(self, request: ImportRequest) -> ImportReport:
        self.asked.append(("preview", request))
        if self.error:
            raise UserError(self.error)
        return self.would_come

    async def perform(self, request: ImportRequest, progress: Progress) -> ImportReport:
        self.asked.append(("perform", request))
        progress(HowFar("reading", 45, 100, 12, 3))
        await self.gate.wait()
        if self.error:
            raise UserError(self.error)
        return Report(new=5, interrupted=True) if self.cancelled else Report(new=12)

    def cancel(self) -> None:
        self.cancelled += 1
        if self.stops_at_once:
            self.gate.set()


@dataclass
class Tables:
    """Stands in for what is asked of tables; without a table every path is something else."""

    table: TableLook | None = None
    looked: int = 0
    named: int = 0
    kept: list[str] = field(default_factory=list)
    error: str = ""

    async def look(self, path: str, *, is_named: bool) -> TableLook | None:
        self.looked += 1
        self.named += is_named
        return self.table if self.table is not None and str(self.table.path) == path else None

    async def preview(self, look: TableLook, mapping: TableMap, problem: str | None) -> TablePreview:
        return preview_of(look, mapping, problem)

    async def keep(self, name: str, mapping: TableMap, look: TableLook) -> str:
        if self.error:
            raise UserError(self.error)
        self.kept.append(name)
        return f"kept as {name}"


@pytest.fixture
def table(tmp_path: Path) -> TableLook:
    path = tmp_path / "t.csv"
    path.write_text("name,kind,acc\nDense,baseline,0.7\nSparse,proposal,0.8\nOdd,proposal,OOM\n")
    look = look_at_table(path, tmp_path / "maps")
    assert look is not None
    return look


async def formats() -> list[tuple[str, str]]:
    return [("native", "JSON Lines"), ("autoresearch", "keep-or-discard logs"), ("table", "Any table")]


def screen_of(
    importer: Importer,
    start: str = "",
    is_missing: Callable[[str], bool] = lambda _path: False,
    tables: "Tables | None" = None,
    problems: tuple[str, ...] = ("weak-to-strong", "other"),
    said: SaidOfTables | None = None,
) -> ImportScreen:
    return ImportScreen(
        start,
        problems,
        KEYMAP,
        preview=importer.preview,
        perform=importer.perform,
        cancel=importer.cancel,
        tables=tables or Tables(),
        said_of_tables=said or SaidOfTables(),
        formats=formats,
        is_missing=is_missing,
    )


def action(screen: ImportScreen) -> str:
    return str(screen.action_line.content)


async def test_it_looks_first_and_then_takes_in_what_was_looked_at() -> None:
    importer = Importer()
    importer.gate.set()
    screen = screen_of(importer)
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press(
            *"a.jsonl",
            "enter",
            *"other",
            "enter",
            *"lab",
            "enter",
            *"acc=higher",
            "enter",
            *"model=m",
            "enter",
            *"run-7",
            "enter",
            "enter",
            "enter",
        )
        await settle(pilot)
        request = ImportRequest("a.jsonl", "other", "lab", "acc=higher", "model=m", run="run-7")
        assert importer.asked == [("preview", request)]
        for words in (
            "12 new",
            "3 changed",
            "40 unchanged",
            " 7 met as before",
            "1 rejected",
            "a.jsonl line 4",
            "␛]52",
            "law",
            "native",
        ):
            assert words in screen.pane.plain_text
        assert action(screen) == "Import"
        await pilot.press("enter")
        await settle(pilot)
        assert importer.asked[1:] == [("perform", request)]
        assert "Done." in screen.pane.plain_text
        assert not app.results
        await pilot.press("enter")
        assert app.results == [Report(new=12)]


async def test_empty_fields_leave_it_to_the_files() -> None:
    importer = Importer()
    screen = screen_of(importer, "a")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press(*["enter"] * 8)
        await settle(pilot)
        assert importer.asked == [("preview", ImportRequest("a", None, ""))]


async def test_another_path_is_looked_at_anew() -> None:
    importer = Importer()
    screen = screen_of(importer, "a")
    async with HarnessApp(screen).run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert action(screen) == "Import"
        await pilot.press(*["up"] * 7, "b", *["enter"] * 8)
        await settle(pilot)
        assert [(what, request.path) for what, request in importer.asked] == [("preview", "a"), ("preview", "ab")]


async def test_nothing_to_come_is_not_taken_in() -> None:
    screen = screen_of(Importer(Report(unchanged=7)), "a")
    async with HarnessApp(screen).run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert "Nothing new would come" in screen.pane.plain_text
        assert action(screen) != "Import"


@pytest.mark.parametrize("report", [Report(settings_told=1), Report(settings_told=2), Report(metrics_told=1)])
async def test_what_is_told_of_what_is_there_already_can_be_taken_in(report: Report) -> None:
    screen = screen_of(Importer(report), "a")
    async with HarnessApp(screen).run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert "This would come" in screen.pane.plain_text
        assert ("known already would have" in screen.pane.plain_text) is bool(report.settings_told)
        assert action(screen) == "Import"


def test_a_setting_that_nobody_told_is_asked_for_in_the_words_of_the_form() -> None:
    said = " ".join(line.text for line in report_lines(Report(new=1, unknown_settings=("chat", "math"))))
    assert (
        "The setting of chat, math is unknown until told: `lab` in the field setting is for all, `chat=lab` for one"
        in said
    )
    unnamed = [line.text for line in report_lines(Report(unknown_settings=("unknown",)))]
    assert unnamed[-1].strip() == "The setting is unknown until told: `lab` in the field setting."
    some = " ".join(line.text for line in report_lines(Report(unknown_settings=("unknown", "web"))))
    assert "The setting of web is unknown until told" in some
    assert "`web=lab` for one" in some
    many = " ".join(line.text for line in report_lines(Report(unknown_settings=tuple(map(str, range(20))))))
    assert "7 and 12 more is unknown" in many


async def test_an_error_is_shown_and_nothing_typed_is_lost() -> None:
    importer = Importer(error="b.jsonl: there is no such file [/x].")
    screen = screen_of(importer)
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press(*"b.jsonl", "enter", *"other", "enter", *"lab", *["enter"] * 6)
        await settle(pilot)
        assert "no such file [/x]" in screen.pane.plain_text
        assert screen.request == ImportRequest("b.jsonl", "other", "lab")
        await pilot.press("x")
        assert screen.request.path == "b.jsonlx"


@pytest.mark.parametrize("statement", [Statement.SETTING, Statement.DIRECTION, Statement.BASELINE, Statement.FORMAT])
async def test_after_what_cannot_be_understood_one_is_in_its_field(statement: Statement) -> None:
    class Refusing(Importer):
        async def preview(self, request: ImportRequest) -> ImportReport:
            raise MisstatedError(statement, "That is none.")

    screen = screen_of(Refusing(), "a")
    async with HarnessApp(screen).run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert screen.focused is dict(screen.lines())[statement.field]
        assert "That is none." in screen.pane.plain_text


async def test_an_error_while_taking_in_is_shown_too() -> None:
    importer = Importer()
    screen = screen_of(importer, "a")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        importer.error = "The store is locked."
        importer.gate.set()
        await pilot.press("enter")
        await settle(pilot)
        assert "The store is locked." in screen.pane.plain_text
        await pilot.press("escape")
        assert app.results == [None]


async def test_no_path_asks_for_one() -> None:
    importer = Importer()
    screen = screen_of(importer)
    async with HarnessApp(screen).run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert "Give a path first" in screen.pane.plain_text
        assert importer.asked == []


async def test_while_it_runs_only_esc_acts_and_asks_to_stop() -> None:
    importer = Importer(stops_at_once=False)
    screen = screen_of(importer, "a")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("enter")
        screen._draw_progress()
        assert " 45 %  12 rows  3 rejected  – left" in action(screen)
        await pilot.press("enter", "up", "b", "enter")
        assert screen.request.path == "a"
        assert len(importer.asked) == 2
        await pilot.press("escape", "alt+x")
        assert importer.cancelled == 2
        assert "Stopping" in action(screen)
        assert not app.results
        importer.gate.set()
        await settle(pilot)
        assert "Stopped before the end" in screen.pane.plain_text


async def test_a_stopped_import_is_reported() -> None:
    importer = Importer()
    screen = screen_of(importer, "a")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("enter", "escape")
        await settle(pilot)
        assert "Stopped before the end" in screen.pane.plain_text
        assert "5 new" in screen.pane.plain_text
        await pilot.press("escape")
        assert app.results == [Report(new=5, interrupted=True)]


async def test_tab_completes_path_and_problem(tmp_path: Path) -> None:
    (tmp_path / "alpha.jsonl").touch()
    (tmp_path / "alpine").mkdir()
    screen = screen_of(Importer(), f"{tmp_path}/a")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("tab")
        await settle(pilot)
        assert screen.request.path == f"{tmp_path}/alp"
        assert "alpine/" in screen.pane.plain_text
        await pilot.press("h", "tab")
        await settle(pilot)
        assert screen.request.path == f"{tmp_path}/alpha.jsonl"
        assert "alpine/" not in screen.pane.plain_text
        await pilot.press("tab")
        await settle(pilot)
        await pilot.press("w", "tab")
        await settle(pilot)
        assert screen.request.problem == "weak-to-strong"


async def test_a_thousand_rejects_scroll() -> None:
    rejects = tuple(Reject("a.jsonl", f"line {n}", "no title") for n in range(1_200))
    screen = screen_of(Importer(Report(new=1, rejected=5_000, rejects=rejects)), "a")
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("G")
        assert screen.pane.scroll_offset.y > 1_900
        assert "and 4,000 more" in screen.pane.plain_text


def test_a_count_that_is_none_takes_no_line_but_where_all_are() -> None:
    assert [line.text for line in report_lines(Report())[1:]] == ["0 new"]
    assert [line.text for line in report_lines(Report(changed=2, rejected=10))[1:]] == [
        " 2 changed: each a new revision, the old one is kept",
        "10 rejected",
    ]


def test_why_something_is_rejected_stands_right_below_the_counts_and_many_push_nothing_away() -> None:
    rejects = tuple(Reject("a.jsonl", f"line {n}", "no title") for n in range(5))
    report = Report(new=1, rejected=5, rejects=rejects, sentences=("law is no dataset.",))
    lines = [line.text for line in report_lines(report)]
    assert lines[3:5] == ["a.jsonl line 0", "no title"]
    assert lines.index("a.jsonl line 2") < lines.index("law is no dataset.") < lines.index("a.jsonl line 3")
    assert lines.count("no title") == 5


def test_the_empty_field_names_as_many_problems_as_have_room_and_says_that_there_are_more() -> None:
    known = ("ai-scientist", "autoresearch", "weak-to-strong")
    form = screen_of(Importer(), problems=known)
    assert str(form._problem.placeholder) == "as the files say (known: ai-scientist, …)"
    assert str(screen_of(Importer(), problems=("a", "b"))._problem.placeholder) == "as the files say (known: a, b)"
    assert str(screen_of(Importer(), problems=("x" * 60,))._problem.placeholder) == "as the files say"


@pytest.mark.parametrize("size", [(160, 48), (40, 10), (10, 5), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int]) -> None:
    app = HarnessApp(screen_of(Importer(), "a"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press(*["enter"] * 8)
        await settle(pilot)
        await pilot.press("escape")
        assert app.results == [None]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/tmp/bad", "/tmp/bad"),
        ("~/bad", "~/bad"),
        ("bad/x", "/home/kim/bad/x"),
        ("a/~", "/home/kim/a/~"),
    ],
)
async def test_a_whole_path_takes_the_place_of_the_folder_that_nobody_has_touched(typed: str, path: str) -> None:
    screen = screen_of(Importer(), "/home/kim/")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press(*typed)
        assert screen.request.path == path
        await pilot.press("ctrl+z", "ctrl+z")
        assert screen.request.path == "/home/kim/"


async def test_a_whole_path_is_taken_so_when_it_is_pasted_and_not_where_the_folder_was_touched() -> None:
    screen = screen_of(Importer(), "/home/kim/")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        app.post_message(events.Paste("/tmp/bad.jsonl"))
        await pilot.pause()
        assert screen.request.path == "/tmp/bad.jsonl"
    screen = screen_of(Importer(), "/home/kim/")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("x", "backspace", "~")
        assert screen.request.path == "/home/kim/~"
    screen = screen_of(Importer(), "/home/kim/")
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("left", "/")
        assert screen.request.path == "/home/kim//"


async def test_enter_stays_on_a_path_where_there_is_nothing_and_says_so(tmp_path: Path) -> None:
    importer = Importer()
    screen = screen_of(importer, f"{tmp_path}/", is_missing)
    async with HarnessApp(screen).run_test(size=(160, 40)) as pilot:
        await pilot.press(*"none", "enter")
        await pilot.pause()
        assert f"{tmp_path}/none: there is no such file or folder." in " ".join(screen.pane.plain_text.split())
        assert screen.focused is screen._path
        await pilot.press(*["backspace"] * 4, "enter")
        await pilot.pause()
        assert screen.focused is screen._problem
        assert "no such file" not in screen.pane.plain_text
    assert importer.asked == []


async def test_enter_goes_on_where_the_disk_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "_LOOKS_FOR_SECONDS", 0.01)
    answer = threading.Event()
    screen = screen_of(Importer(), "a", lambda _path: answer.wait(30))
    app = HarnessApp(screen)
    async with app.run_test():
        # Not by the pilot, which would wait for the disk.
        app.post_message(events.Key("enter", "\r"))
        while screen.focused is not screen._problem:
            assert not answer.is_set()
            await asyncio.sleep(0.01)
        answer.set()


async def test_the_columns_of_a_table_are_asked_before_anything_is_looked_at(table: TableLook) -> None:
    importer, tables = Importer(), Tables(table)
    importer.gate.set()
    screen = screen_of(importer, str(table.path), tables=tables)
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        columns = app.screen
        assert isinstance(columns, TableMapScreen)
        assert importer.asked == []
        await pilot.press("n", *"sparse", "enter", "w", *"mine", "enter", "i")
        await settle(pilot)
        assert app.screen is screen
        ((what, request),) = importer.asked
        assert what == "preview"
        assert request.table_map is not None
        assert (request.table_map.problem, request.table_map.id) == (Said("sparse"), ("name",))
        assert (request.problem, screen._problem.text) == ("sparse", "sparse")
        assert tables.kept == ["mine"]
        assert "kept as mine" in screen.pane.plain_text
        assert action(screen) == "Import"
        await pilot.press("enter")
        await settle(pilot)
        assert importer.asked[1:] == [("perform", request)]


async def test_what_was_said_of_the_columns_is_there_again_when_the_form_is_opened_anew(table: TableLook) -> None:
    said = SaidOfTables()
    for typed, there in ((("n", *"sparse", "enter"), ""), ((), "sparse")):
        screen = screen_of(Importer(), str(table.path), tables=Tables(table), said=said)
        app = HarnessApp(screen)
        async with app.run_test() as pilot:
            screen.action_line.focus()
            await pilot.press("enter")
            await settle(pilot)
            columns = app.screen
            assert isinstance(columns, TableMapScreen)
            assert columns.mapping.problem.text == there
            await pilot.press(*typed, "escape", "escape")
            assert app.results == [None]


def test_what_was_said_is_of_the_same_columns_and_gives_way_to_a_saved_map(table: TableLook, tmp_path: Path) -> None:
    said, left = SaidOfTables(), Mapped(replace(table.likely, title="kind"), "", False)
    said.keep(table, left)
    assert said.of(table) == left
    assert said.of(replace(table, path=tmp_path / "other.csv")) is None
    assert said.of(replace(table, columns=("name", "kind"))) is None
    saved = save_map(tmp_path / "maps", "mine", table.likely, table.columns)
    assert said.of(replace(table, saved=saved)) == left
    said.keep(table, replace(left, go_on=True))
    assert said.of(replace(table, saved=saved)) is None
    assert said.of(table) == replace(left, go_on=True)


async def test_what_was_said_of_the_columns_is_there_again_after_esc(table: TableLook) -> None:
    importer = Importer()
    screen = screen_of(importer, str(table.path), tables=Tables(table))
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("n", *"sparse", "enter", "escape")
        await settle(pilot)
        assert app.screen is screen
        assert "stays here; nothing was taken in" in screen.pane.plain_text
        assert "not said to the end" in str(screen._columns.content)
        await pilot.press("enter")
        await settle(pilot)
        columns = app.screen
        assert isinstance(columns, TableMapScreen)
        assert columns.mapping.problem == Said("sparse")
        await pilot.press("i")
        await settle(pilot)
        assert [what for what, _ in importer.asked] == ["preview"]
        await pilot.press("up", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TableMapScreen)


async def test_a_saved_map_is_used_without_being_asked_for_and_can_be_changed(table: TableLook, tmp_path: Path) -> None:
    saved = save_map(tmp_path / "maps", "mine", TableMap(id=("name",), problem=Said("p")), table.columns)
    importer = Importer()
    screen = screen_of(importer, str(table.path), tables=Tables(look_at_table(table.path, tmp_path / "maps")))
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert importer.asked == [("preview", ImportRequest(str(table.path), None, ""))]
        assert "by the saved map mine" in str(screen._columns.content)
        await pilot.press("up", "enter")
        await settle(pilot)
        columns = app.screen
        assert isinstance(columns, TableMapScreen)
        assert columns.mapping == saved.mapping


async def test_a_map_that_cannot_be_kept_is_told_and_the_import_goes_on(table: TableLook) -> None:
    importer = Importer()
    screen = screen_of(importer, str(table.path), tables=Tables(table, error="the folder cannot be written."))
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("n", *"sparse", "enter", "w", *"mine", "enter", "i")
        await settle(pilot)
        assert "the folder cannot be written." in screen.pane.plain_text
        assert action(screen) == "Import"


async def test_the_line_of_the_columns_is_there_for_the_table_alone_that_was_looked_at(table: TableLook) -> None:
    screen = screen_of(Importer(), str(table.path), tables=Tables(table))
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        line = screen._columns.parent
        assert line is not None
        assert not line.display
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert line.display
        screen._path.focus()
        await pilot.press("x")
        assert not line.display
        assert screen.request.table_map is None
        screen._path.load_text("~no-such-user/x")
        await pilot.pause()
        assert not line.display
        screen._path.load_text(str(table.path))
        await pilot.pause()
        assert line.display


async def test_the_format_is_chosen_from_a_list_and_backspace_leaves_it_to_the_content() -> None:
    importer = Importer()
    screen = screen_of(importer, "a")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press(*["enter"] * 6)
        assert "by content" in str(screen._format.render())
        await pilot.press("space")
        await settle(pilot)
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press(*"auto", "enter")
        await settle(pilot)
        assert str(screen._format.render()) == "autoresearch: keep-or-discard logs"
        assert screen.focused is screen.action_line
        await pilot.press("enter")
        await settle(pilot)
        assert importer.asked == [("preview", ImportRequest("a", None, "", format_name="autoresearch"))]
        assert action(screen) == "Import"
        await pilot.press("up", "backspace")
        assert action(screen) == "Look what would come"
        assert screen.request.format_name is None
        await pilot.press("right")
        await settle(pilot)
        await pilot.press("escape")
        assert screen.request.format_name is None


async def test_what_is_typed_while_the_list_of_formats_is_on_its_way_waits_for_it() -> None:
    answer = asyncio.Event()

    async def slow() -> list[tuple[str, str]]:
        await answer.wait()
        return await formats()

    screen = screen_of(Importer(), "a")
    screen._formats = slow
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen._format.focus()
        await pilot.press("space")
        assert screen.is_opening
        answer.set()
        await settle(pilot)
        assert isinstance(app.screen, ChoiceScreen)
        assert not screen.is_opening


async def test_a_list_of_formats_that_is_given_up_or_not_to_be_had_does_not_open() -> None:
    answer = asyncio.Event()

    async def slow() -> list[tuple[str, str]]:
        await answer.wait()
        return await formats()

    async def failing() -> list[tuple[str, str]]:
        raise UserError("No format [/x] is to be had.")

    screen = screen_of(Importer(), "a")
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen._formats = slow
        screen._format.focus()
        await pilot.press("space")
        screen.give_up_opening()
        answer.set()
        await settle(pilot)
        assert app.screen is screen
        screen._formats = failing
        await pilot.press("space")
        await settle(pilot)
        assert "No format [/x]" in screen.pane.plain_text
        assert app.screen is screen
        assert not screen.is_opening


async def test_what_is_said_to_be_a_table_is_asked_for_its_columns_and_what_is_said_to_be_none_is_not(
    table: TableLook,
) -> None:
    importer, tables = Importer(), Tables(table)
    screen = screen_of(importer, str(table.path), tables=tables)
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        screen._format.choose("native")
        screen.action_line.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen is screen
        assert (tables.looked, importer.asked[0][1].format_name) == (0, "native")
        screen._format.choose("table")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, TableMapScreen)
        assert (tables.looked, tables.named) == (1, 1)
        await pilot.press("n", *"sparse", "enter", "i")
        await settle(pilot)
        request = importer.asked[-1][1]
        assert (request.format_name, request.table_map is None) == ("table", False)
        for name, is_said in (("native", False), ("", False), ("table", True)):
            screen._format.choose(name)
            await pilot.pause()
            assert (screen.request.table_map is not None, bool(screen._columns.parent.display)) == (is_said, is_said)
