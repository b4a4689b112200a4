"""How the tests are run: side by side where there is more than one core, and with less tidying of memory between."""

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reviewer.store.connection import Store

MOST_WORKERS = 8
"""Each worker imports everything once; beyond so many that costs more than it gains."""

MEMORY = Path("/dev/shm")
"""Where Linux has a file system in memory."""

ROOM_IN_MEMORY = 2 << 30
"""Bytes that must be free there; the tests take a few hundred megabytes."""


def _can_hold_the_tests(folder: Path) -> bool:
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    stat = os.statvfs(folder)
    # Tests also run the programs that they write.
    return not stat.f_flag & os.ST_NOEXEC and stat.f_bavail * stat.f_frsize >= ROOM_IN_MEMORY


# A store waits for its disk at every act, half of the time of the tests; none of them switches the power off.
if "TMPDIR" not in os.environ and _can_hold_the_tests(MEMORY):
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None

# The tests start many a program, and each would compile Textual anew where no compiled modules are kept.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# GNU readline, where Python loads it, tells the size of its terminal to every process that is started later.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

# What a shell starts in the background ignores these, and so would each program that a test starts and interrupts.
for number in (getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many workers ``-n auto`` means; 0 runs the tests in this process.

    That is so for single files, where a worker takes longer to start than they to run, and where pictures are drawn
    anew: those no longer used are known only to a process that has seen all tests.
    """
    if config.option.update_snapshots or all(Path(each.partition("::")[0]).is_file() for each in config.args):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_WORKERS) if cores > 1 else 0


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later search for garbage, and search more seldom: a third of the time
    would go into it, since each app that a test opens leaves many small cycles behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def close_stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test has opened: hundreds of files would stay open until garbage is looked for again."""
    opened: list[Store] = []
    init = Store.__init__

    def note(store: Store, *args: Any, **more: Any) -> None:
        init(store, *args, **more)
        opened.append(store)

    monkeypatch.setattr(Store, "__init__", note)
    yield
    for store in opened:
        store.close()


def _utf8(value: object) -> object:
    if isinstance(value, dict):
        return {_utf8(key): _utf8(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_utf8(each) for each in value]
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, object]:
    """Write halves of characters out: the hostile text of a test is in its report, and would kill the worker that
    sends it."""
    return _utf8((yield))
