"""Whatever keys come, in whatever order: no error, no act lost, and what was undone can be done again."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import strategies as st

from reviewer.domain.errors import ReviewerError
from reviewer.domain.judgements import Event, Judgement
from reviewer.domain.vocabulary import Status, Verdict
from reviewer.store.annotations import rebuild
from reviewer.store.connection import Store
from reviewer.store.events import history
from reviewer.tui.actions import ACTIONS
from reviewer.tui.screens import triage_judging
from reviewer.tui.screens.export_file import ExportScreen
from reviewer.tui.screens.import_files import ImportScreen
from reviewer.tui.screens.triage import TriageScreen
from tests.faults.left import wrong_with
from tests.fuzz.fuzzing import Draw, Fuzz, tried, tried_blindly
from tests.tui.idle import wait_by_events
from tests.tui.triage_app import Hands, Triage, records, screen_text, store_with, triage

LENGTH = 30
SIZE = (120, 40)
_WINDOWS = ((120, 40), (80, 24), (60, 15), (40, 10), (20, 5), (200, 60), (1, 1))
_PASTES = (
    "words",
    "s",
    "two\nlines\n",
    "\x1b[31mred\x1b[0m",
    "\x00\x07",
    "35",
    "a" * 3_000,
    "😀 שלום",
    "[/]",
    "q\r\x1b",
)
_BURSTS = ("ss", "sfx", "35s", "s3", "uU", "uuu", "UUU", "e", "eab\x1b", "cif\rtry\r", "tx\r", "r13\x1b", "jjk",
           "!z", "zz.", "s\x1b",
           "\x1bs", "G!g", "u35", "100", "7\x7f", "q", "elost\x11", "Fs\r", ":undo\r", "\t\t", "l\r", "vq",
           "hd")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that comes as a paste."""

    text: str


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys that come in one breath."""

    typed: str


@dataclass(frozen=True, slots=True)
class Window:
    """The terminal gets another size."""

    columns: int
    rows: int


Stroke = str | Pasted | Burst | Window

_BOUND = sorted({key for action in ACTIONS for key in action.default})
_OTHERS = ("left", "right", "backspace", "delete", "insert", "enter", "escape", "ctrl+a", "ctrl+e", "ctrl+k",
           "ctrl+w", "ctrl+c",
           "ctrl+v", "ctrl+x", "ctrl+z", "ctrl+y", "ctrl+g", "ctrl+n", "f1", "f2", "f10", "alt+s", "alt+f", "alt+enter",
           "shift+left", "ctrl+right", "ctrl+end", "comma", "full_stop")  # fmt: skip
_ACTS = (
    "s",
    "f",
    "x",
    "c",
    "3",
    "7",
    "0",
    "exclamation_mark",
    "z",
    "u",
    "U",
    "e",
    "t",
    "r",
    "enter",
    "escape",
    "j",
    "k",
)

_letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
strokes = (
    st.sampled_from(_ACTS)
    | st.sampled_from(_ACTS)
    | st.sampled_from(_BOUND)
    | _letters
    | st.sampled_from(_OTHERS)
    | st.sampled_from(_BURSTS).map(Burst)
    | st.sampled_from(_PASTES).map(Pasted)
    | st.sampled_from(_WINDOWS).map(lambda size: Window(*size))
)


Row = tuple[Status, Verdict | None, float | None, bool]
_UNTOUCHED: Row = (Status.TO_DO, None, None, False)


class Acts:
    """What one reviewer's events say, read from the store beside the app."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def events(self) -> dict[int, tuple[Event, ...]]:
        """Return the events of each proposal in their order."""
        with closing(Store(self._path, readonly=True)) as store, store.read() as connection:
            who = connection.execute("SELECT id FROM reviewers WHERE name = 'kim'").fetchone()
            ids = connection.execute("SELECT DISTINCT method_id FROM annotations ORDER BY 1").fetchall()
            return {method_id: history(connection, method_id, who[0]) for (method_id,) in ids}

    def held(self) -> dict[int, Judgement]:
        """Return what is held of each proposal of which anything is."""
        last = {method_id: events[-1].snapshot for method_id, events in self.events().items()}
        return {method_id: judgement for method_id, judgement in last.items() if judgement != Judgement()}

    def count(self) -> int:
        """Return how many events there are."""
        return sum(map(len, self.events().values()))


def _row(judgement: Judgement) -> Row:
    return (judgement.status, judgement.verdict, judgement.forecast, judgement.flagged)


@contextmanager
def _stage(folder: Path) -> Iterator[None]:
    """Let the app wait by its events rather than by the clock, and write nowhere else than beneath the folder."""
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        wait_by_events(patch)
        patch.setattr(triage_judging, "DIGITS_SETTLE_SECONDS", 3600)
        patch.setenv("EDITOR", "true")
        patch.setenv("HOME", str(folder))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def keys(folder: Path, pressed: tuple[Stroke, ...]) -> int:
    """Press keys in the app; where one of them ends it, it is begun again."""
    (folder / "here").mkdir(parents=True)
    path = store_with(folder, *records())
    failures: list[BaseException] = []
    left = list(pressed)
    while True:
        with _stage(folder / "here"):
            left = asyncio.run(_session(path, left, failures))
        if not left:
            break
    unexpected = [f for f in failures if not isinstance(f, ReviewerError)]
    if unexpected:
        raise unexpected[0]
    assert wrong_with(path) == ()
    _follows_from_events(path)
    return 1


async def _session(path: Path, pressed: list[Stroke], failures: list[BaseException]) -> list[Stroke]:
    """Press keys until they are over or the app is; return those that are left."""
    acts = Acts(path)
    async with triage(path, size=SIZE, hands=Hands(), failures=failures) as t:
        for place, stroke in enumerate(pressed):
            await _press(t, stroke)
            if _has_ended(t):
                return pressed[place + 1 :]
            await _stands_in_store(t, acts)
        await _comes_back(t)
        if not _has_ended(t):
            await _is_undone_and_done_again(t, acts)
    return []


async def _press(t: Triage, stroke: Stroke) -> None:
    match stroke:
        case Pasted(text):
            t.burst(f"\x1b[200~{text.replace(chr(27), '')}\x1b[201~")
        case Burst(typed):
            t.burst(typed)
        case Window(columns, rows):
            await t.pilot.resize_terminal(columns, rows)
        case "slash" if isinstance(t.app.screen, ImportScreen | ExportScreen):
            return  # A path from the root would leave the folder.
        case _:
            await t.pilot.press(stroke)
    await t.pilot.pause()


def _has_ended(t: Triage) -> bool:
    return t.app._exit or not t.app.is_running


async def _stands_in_store(t: Triage, acts: Acts) -> None:
    """See that all that the queue shows as done has been written down."""
    screens = [s for s in t.app.screen_stack if isinstance(s, TriageScreen)]
    if not screens:
        return
    shown = {row.method_id: (row.status, row.verdict, row.forecast, row.flagged) for row in screens[-1].queue.rows}
    touched = {method_id: row for method_id, row in shown.items() if row != _UNTOUCHED}
    if not touched:
        return
    events = acts.events()
    for method_id, row in touched.items():
        held = {_row(event.snapshot) for event in events.get(method_id, ())}
        assert row in held, f"the queue shows {row}, which no event says"


async def _comes_back(t: Triage) -> None:
    """Go back to the triage screen by Esc alone, and see that it shows what the store holds."""
    await t.pilot.resize_terminal(*SIZE)
    for _ in range(8):
        screen = t.app.screen
        if isinstance(screen, TriageScreen) and not screen.focused_text() and not screen.editor.writing:
            break
        await t.pilot.press("escape")
        await t.pilot.pause()
    screen = t.app.screen
    assert isinstance(screen, TriageScreen), f"esc leads no further than {screen}\n{screen_text(t.app)}"
    assert not screen.focused_text(), f"esc does not leave {screen.focused}"
    screen.settle_digits()
    await t.saves()
    await t.settled()


async def _is_undone_and_done_again(t: Triage, acts: Acts) -> None:
    before, n = acts.held(), acts.count()
    if (view := t.screen.view) is not None:
        assert t.held == before.get(view.proposal.id, Judgement()), "the screen shows another judgement than is held"
    undone = 0
    while True:
        await t.pilot.press("u")
        await t.saves()
        if acts.count() == n:
            break
        n = acts.count()
        undone += 1
        assert undone < 200, "there is no end of undoing"
    assert acts.held() == {}, "all is undone, and something is held"
    for _ in range(undone):
        await t.pilot.press("U")
        await t.saves()
    assert acts.held() == before, "done again it is something else"
    assert _shown(t, before), "the queue shows something else than is held"


def _shown(t: Triage, held: dict[int, Judgement]) -> bool:
    return all(
        (row.status, row.verdict, row.forecast, row.flagged) == _row(held.get(row.method_id, Judgement()))
        for row in t.screen.queue.rows
    )


def _follows_from_events(path: Path) -> None:
    """See that what is kept in step is what the events give when they are gone through anew."""

    def rows(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
        names = [name for (name,) in connection.execute("SELECT name FROM pragma_table_info('current_judgements')")]
        kept = ", ".join(name for name in names if name != "id")
        found = connection.execute(f"SELECT {kept} FROM current_judgements ORDER BY reviewer_id, method_id").fetchall()
        return [tuple(round(v, 6) if isinstance(v, float) else v for v in row) for row in found]

    with closing(Store(path)) as store, store.write() as connection:
        before = rows(connection)
        rebuild(connection)
        assert rows(connection) == before, "the events add up to something else than is held"


_example = st.lists(strokes, min_size=LENGTH, max_size=LENGTH).map(tuple) | st.lists(strokes, max_size=LENGTH).map(
    tuple
)


def _few(draw: Draw) -> tuple[Stroke, ...]:
    return tuple(draw(strokes) for _ in range(8))


FUZZES = (
    Fuzz(
        "keys",
        f"sequences of up to {LENGTH} keys, pastes and sizes of the window on the app, then all undone and done again",
        "sequences",
        tried(_example, keys, 10),
        every=10,
        briefly=tried_blindly(_few, keys, 1, lambda pressed: iter(())),
        aim=500,
    ),
)
