"""A large table of the same file in VisiData and Harlequin, beside what our app shows of it.

Both are installed where this is asked for, into an environment of their own outside the repository.
"""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import platformdirs

from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, environment, in_turn
from tests.benchmarks.screen import REST
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.texts import shows_proposal

VISIDATA, HARLEQUIN = "3.4", "2.17.0"
NAMES = (f"VisiData {VISIDATA}", f"Harlequin {HARLEQUIN}")

KEYS = 12
"""Rows gone down in each run: few enough for every screen to have them all, so that none has to scroll."""

_TABLE = "methods"
_INSTALL_SECONDS = 900
_LOAD_SECONDS = 300
_STILL_SECONDS = 2.0
"""A viewer whose screen stays as it is for so long has loaded what it loads behind its first rows."""

Backgrounds = Sequence[Sequence[tuple[str, bool]]]
Open = Callable[[Terminal], float]
"""Returns the seconds from the start of a program to its first row."""

Step = Callable[[Terminal, int], float]
"""Goes to the next row, so many after the first, and returns the seconds until it was painted."""


class NotInstalledError(Exception):
    """The viewers are not there and cannot be installed; the message says why."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One run: seconds to the first row, and seconds from each key to the next row."""

    paint: float
    keys: tuple[float, ...]


def viewers(plan: Plan) -> list[Row]:
    """Measure from the start of each program to its first row, and from a key to the next row.

    Ours has more to show by then, a proposal with its baseline and its evidence. The others have all the time that they
    need to load before the first key.
    """
    store = cached_store(plan.proposals)
    first = first_row(store)
    app = (PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", "bench")
    ours = partial(_run, app, _open_ours, _step_ours, b"g")
    try:
        bin_ = installed()
    except NotInstalledError as error:
        (own,) = in_turn(plan.runs, ours)
        return rows(plan.proposals, own, [], str(error))
    visidata = (str(bin_ / "vd"), "-N", str(store), f"+0:{_TABLE}::")
    harlequin = (str(bin_ / "harlequin"), "-a", "sqlite", "-r", str(store))
    own, *others = in_turn(
        plan.runs,
        ours,
        partial(_run, visidata, partial(_open_visidata, first=first), partial(_step_down, key=b"j")),
        partial(_run, harlequin, partial(_open_harlequin, first=first), partial(_step_down, key=b"\x1b[B")),
    )
    return rows(plan.proposals, own, others)


def rows(proposals: int, ours: Sequence[Opened], others: Sequence[Sequence[Opened]], missing: str = "") -> list[Row]:
    """Return how ours compares with each of the others, of which there are none where something is ``missing``."""
    made = []
    what = f"a table of {proposals:,} rows"
    for name, other in zip(NAMES, others or ((), ()), strict=True):
        made += [
            Row(f"{what}, start to first row", _paint(ours), "ms", 1.0, _paint(other), name, missing),
            Row(f"{what}, key to next row, p50", _key(ours), "ms", 1.0, _key(other), name, missing),
        ]
    return made


def _paint(runs: Sequence[Opened]) -> float:
    return 1000 * median(run.paint for run in runs) if runs else float("nan")


def _key(runs: Sequence[Opened]) -> float:
    return 1000 * median(took for run in runs for took in run.keys) if runs else float("nan")


def _run(command: Sequence[str], opened: Open, step: Step, back: bytes = b"") -> Opened:
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))
        try:
            paint = opened(terminal)
            terminal.settle(_STILL_SECONDS, _LOAD_SECONDS)
            took = []
            for place in range(1, KEYS + 1):
                took.append(step(terminal, place))
                terminal.rest(REST)
            if back:
                terminal.press(back, partial(shows_proposal, number=1))
                terminal.rest(REST)
            return Opened(paint, tuple(took))
        finally:
            terminal.close()


def _open_ours(terminal: Terminal) -> float:
    return terminal.until(partial(shows_proposal, number=1)) - terminal.started


def _step_ours(terminal: Terminal, place: int) -> float:
    return terminal.press(b"j", partial(shows_proposal, number=place + 1))


def _open_visidata(terminal: Terminal, first: str) -> float:
    return terminal.until(partial(_shows, first), _LOAD_SECONDS) - terminal.started


def _open_harlequin(terminal: Terminal, first: str) -> float:
    """Ask for the table as soon as there is a place to write it, in no time: neither typing nor looking counts."""
    ready = terminal.until(partial(_shows, "Query Editor"), _LOAD_SECONDS) - terminal.started
    # The last one is ctrl+j, which runs what is written.
    return ready + terminal.press(f"select * from {_TABLE}\n".encode(), partial(_shows, first), _LOAD_SECONDS)


def _step_down(terminal: Terminal, _place: int, key: bytes) -> float:
    before = terminal.backgrounds
    return terminal.press(key, lambda _lines: one_further(before, terminal.backgrounds))


def _shows(text: str, lines: list[str]) -> bool:
    return any(text in line for line in lines)


def one_further(before: Backgrounds, after: Backgrounds) -> bool:
    """Say whether what stood out on one line stands out on the next one now, and no longer where it was."""
    return any(
        before[y] != before[y + 1] and after[y + 1] == before[y] and after[y] == before[y + 1]
        for y in range(len(before) - 1)
    )


def first_row(store: Path) -> str:
    """Return what the first row of the table is known by on a screen: the start of its id, cut as narrow columns do."""
    with closing(sqlite3.connect(store)) as connection:
        return str(connection.execute(f"SELECT uuid FROM {_TABLE} ORDER BY id LIMIT 1").fetchone()[0])[:16]


def installed() -> Path:
    """Return the folder of both programs; they are installed where they are not.

    Raises:
        NotInstalledError: when they cannot be, with the reason.
    """
    folder = platformdirs.user_cache_path("reviewer-benchmarks", appauthor=False) / "viewers"
    programs = folder / "bin"
    if not _is_there(programs):
        uv = shutil.which("uv")
        if uv is None:
            raise NotInstalledError("there is no `uv` to install it with")
        _install(uv, "venv", "--clear", "--python", PYTHON, str(folder))
        wanted = (f"visidata=={VISIDATA}", f"harlequin=={HARLEQUIN}")
        _install(uv, "pip", "install", "--python", str(programs / "python"), *wanted)
    return programs


def _is_there(programs: Path) -> bool:
    """Say whether both run, in the versions that are meant."""
    for name, version in (("vd", VISIDATA), ("harlequin", HARLEQUIN)):
        try:
            said = subprocess.run([programs / name, "--version"], capture_output=True, text=True, check=False).stdout
        except OSError:
            return False
        if version not in said:
            return False
    return True


def _install(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError("it could not be installed in time") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["uv says nothing"])[-1].strip()
        raise NotInstalledError(f"it could not be installed ({last})")
