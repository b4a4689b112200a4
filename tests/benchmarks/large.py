"""The largest imports that are promised: a JSON Lines file of 2 GB, and a folder of 100,000 findings."""

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median

import platformdirs

from tests.benchmarks import texts
from tests.benchmarks.commands import memory_row, write_lines
from tests.benchmarks.measuring import PYTHON, Plan, environment, most_memory
from tests.benchmarks.screen import VERDICTS, judge
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row, percentile

_REVIEWER = (PYTHON, "-m", "reviewer")
_OF_A_FILE, _OF_A_FOLDER = 1.15, 1.3
"""How many times as much memory a file, and a folder, of ten times the size may take."""

_LINES = 640_000
"""Proposals in a file of 2 GB."""

_FINDINGS = 100_000

_FEWEST_BESIDE = 50_000
"""Proposals in the file that is imported while somebody judges."""

_WHOLE_BESIDE, _WHOLE_FILES = 4_000, 10
"""Proposals in each of so many files that are imported one after the other, so that all steps of it are met."""


def large(plan: Plan) -> list[Row]:
    """Measure the most memory of both, and of both at a tenth of the size; one run each, however many are asked for."""
    share = 1 if plan.proposals >= _FINDINGS else 20
    # On the disk, and not where the system keeps temporary files, which may be memory.
    cache = platformdirs.user_cache_path("reviewer-benchmarks", appauthor=False)
    cache.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        home = Path(folder)
        lines = [_of_file(home, number // share) for number in (_LINES, _LINES // 10)]
        rows.append(_row("JSON Lines", _LINES // share, lines, _OF_A_FILE))
        findings = [_of_folder(home, number // share) for number in (_FINDINGS, _FINDINGS // 10)]
        rows.append(_row("findings, a file each", _FINDINGS // share, findings, _OF_A_FOLDER))
    return rows


def beside(plan: Plan) -> list[Row]:
    """Measure keys of a person who judges while an import into the same store runs, and of one who is alone.

    An import that ends before the last key is begun again, from the first line, into the same store.
    """
    cache = platformdirs.user_cache_path("reviewer-benchmarks", appauthor=False)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        home = Path(folder)
        file = home / "proposals.jsonl"
        write_lines(file, max(plan.imported, _FEWEST_BESIDE))
        store = home / "later.db"
        rows = _beside(plan, store, (file,), "an import into the same store runs, `--index-later`", "--index-later")
        files = tuple(home / f"{number}.jsonl" for number in range(_WHOLE_FILES))
        for number, each in enumerate(files):
            # None of it is in the store already.
            write_lines(each, _WHOLE_BESIDE, first=plan.few + 1 + number * _WHOLE_BESIDE)
        return rows + _beside(plan, home / "whole.db", files, "imports with index, checks and what is alike run")


def _beside(plan: Plan, store: Path, files: Sequence[Path], words: str, *options: str) -> list[Row]:
    shutil.copy(cached_store(plan.few), store)
    command = (*_REVIEWER, "--store", str(store), "--reviewer")
    alone = [1000 * seconds for took in judge((*command, "alone"), VERDICTS) for seconds in took]
    with _importing(files, store, options):
        busy = [1000 * seconds for took in judge((*command, "busy"), VERDICTS) for seconds in took]
    what = f"`f` and `j` to painted next proposal while {words}, {len(busy)} keys"
    return [
        Row(f"{what}, p50", median(busy), "ms", None, median(alone), "no import"),
        Row(f"{what}, p95", percentile(busy, 0.95), "ms", 100, percentile(alone, 0.95), "no import"),
        Row(f"{what}, longest", max(busy), "ms", 100, max(alone), "no import"),
    ]


@contextmanager
def _importing(files: Sequence[Path], store: Path, options: Sequence[str]) -> Iterator[None]:
    """Import files into a store meanwhile, the first again after the last."""
    ended = threading.Event()

    def run() -> None:
        for file in cycle(files):
            if ended.is_set():
                return
            command = (*_REVIEWER, "import", str(file), "--store", str(store), *options)
            with subprocess.Popen(command, env=environment(store.parent), stdout=subprocess.DEVNULL) as process:
                while process.poll() is None and not ended.wait(0.05):
                    pass
                process.terminate()

    running = threading.Thread(target=run)
    running.start()
    try:
        yield
    finally:
        ended.set()
        running.join()


def _row(what: str, number: int, measured: Sequence[float], bar: float) -> Row:
    whole, tenth = measured
    ours = f"an import of {number:,} proposals as {what}, `--index-later`"
    return memory_row(ours, whole, tenth, f"{number // 10:,} proposals", bar)


def _of_file(home: Path, number: int) -> float:
    file = home / "proposals.jsonl"
    write_lines(file, number)
    try:
        return _memory(home, file)
    finally:
        file.unlink()


def _of_folder(home: Path, number: int) -> float:
    folder = home / "shared_findings"
    write_findings(folder, number)
    try:
        return _memory(home, folder)
    finally:
        shutil.rmtree(folder)


def _memory(home: Path, path: Path) -> float:
    store = home / "ours.db"
    command = (*_REVIEWER, "import", str(path), "--store", str(store), "--index-later")
    try:
        return most_memory(command, environment(home))
    finally:
        for part in home.glob("ours.db*"):
            shutil.rmtree(part) if part.is_dir() else part.unlink()


def write_findings(folder: Path, number: int) -> None:
    """Write so many findings into a folder as the study's server does, each with a commit, and its parent's."""
    folder.mkdir()
    for n in range(1, number + 1):
        finding = {
            "id": n,
            "post_id": f"{n:08x}-0000-4000-8000-000000000000",
            "title": texts.title(n),
            "content": texts.body(n),
            "finding_type": "result" if n % 5 else "insight",
            "idea_uid": f"uid-{n // 20}",
            "idea_name": f"idea_{n // 20}",
            "run_id": f"run-{n // 2_000}",
            "dataset": "chat",
            "is_baseline": False,
            "pgr": texts.value(n),
            "num_seeds": 5,
            "commit_id": f"{n:040x}",
            "parent_commit_id": f"{n - 1:040x}" if n % 20 else None,
            "created_at": "2026-03-01T10:00:00Z",
        }
        (folder / f"{n}_idea_{n // 20}.json").write_text(json.dumps(finding, indent=2), encoding="utf-8")
