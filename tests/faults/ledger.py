"""What has been tried so far, kept in the cache until the code changes: a long run can be stopped and goes on later."""

import hashlib
import json
import random
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import platformdirs

from tests.benchmarks.measuring import REPOSITORY
from tests.faults.trying import Fault


@dataclass(frozen=True, slots=True)
class Round:
    """One round that is over."""

    fault: str
    number: int
    seconds: float
    checked: int
    lost: tuple[str, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)


def code_hash(*tries: str) -> str:
    """Return what stands for the code that is tried and for what ``tries`` it, as folders of the repository."""
    folders = [REPOSITORY / name for name in ("reviewer", *tries)]
    files = sorted(file for folder in folders for kind in ("*.py", "*.c") for file in folder.rglob(kind))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def cache_folder(suite: str) -> Path:
    """Return the folder for what a suite keeps between two runs."""
    return platformdirs.user_cache_path(f"reviewer-{suite}", appauthor=False)


class Ledger:
    """The rounds that were run, one a line of a file. What broke off is no round, and is run again."""

    def __init__(self, folder: Path, code: str, *, fresh: bool = False) -> None:
        """Take up the ledger of this code; ``fresh`` throws it away."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / f"{code}.jsonl"
        if fresh:
            self._path.unlink(missing_ok=True)
        elif self._path.exists():  # A line that was cut off is of a round that is run again.
            self._path.write_text("".join(self._path.read_text().rpartition("\n")[:2]))

    def rounds(self, fault: str) -> tuple[Round, ...]:
        """Return the rounds of a fault so far, in their order."""
        return tuple(sorted((r for r in self._all() if r.fault == fault), key=lambda r: r.number))

    def _all(self) -> Iterator[Round]:
        if not self._path.exists():
            return
        for line in self._path.read_text().splitlines():
            data = json.loads(line)
            yield Round(**{**data, "lost": tuple(data["lost"])})

    def run(self, fault: Fault, number: int) -> Round:
        """Run one round and write down what it came to.

        Its folder is kept where something was lost, so that one can look what was.
        """
        folder = self._folder / "rounds" / f"{fault.name}-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        start = perf_counter()
        outcome = fault.once(folder, random.Random(f"{fault.name} {number}"))
        done = Round(fault.name, number, perf_counter() - start, outcome.checked, outcome.lost, dict(outcome.measured))
        if not outcome.lost:
            shutil.rmtree(folder)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(done)) + "\n")
        return done

    def complete(self, fault: Fault, asked: int) -> Iterator[Round]:
        """Run the rounds that are missing of those that are asked for; give each when it is over."""
        if fault.lacks():
            return
        there = {r.number for r in self.rounds(fault.name)}
        for number in range(fault.rounds(asked)):
            if number not in there:
                yield self.run(fault, number)
