"""What is fuzzed, in the words of the suite of faults: a round is some hundred inputs, which hypothesis makes."""

import shutil
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.faults.trying import Fault, Outcome, Try

T = TypeVar("T")
Given = TypeVar("Given", contravariant=True)


class Holds(Protocol[Given]):
    """Tries one example in an empty folder and returns how many inputs that were; raises where something fails."""

    __name__: str

    def __call__(self, folder: Path, given: Given, /) -> int: ...


_LINES_TOLD = 12
"""So many of the last lines of a traceback are told."""


@dataclass(frozen=True, slots=True)
class Fuzz(Fault):
    """Something that takes any input. Of each round ``every`` inputs are asked for; ``aim`` is how many in all."""

    aim: int = 0


def tried(strategy: SearchStrategy[T], holds: Holds[T], examples: int) -> Try:
    """Return what tries so many examples of a strategy, all of which follow from the generator that it is given.

    Where one fails it is made as small as it goes, and told as a test that tries it again.
    """

    def once(folder: Path, chance: Random) -> Outcome:
        count = 0
        failed: tuple[T, Exception] | None = None

        @seed(chance.getrandbits(64))
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(strategy)
        def try_one(example: T) -> None:
            nonlocal count, failed
            own = Path(tempfile.mkdtemp(dir=folder))
            try:
                done = holds(own, example)
            except Exception as error:
                failed = (example, error)
                raise
            finally:
                shutil.rmtree(own)
            if failed is None:
                count += done

        try:
            try_one()
        except Exception as error:
            if failed is None:
                raise
            return Outcome((_told(holds, failed[0], failed[1] or error),), count + 1)
        return Outcome((), count)

    return once


def _told(holds: Holds[T], example: T, error: Exception) -> str:
    lines = "".join(traceback.format_exception(error)).splitlines()[-_LINES_TOLD:]
    name = holds.__name__
    test = (
        "from math import inf, nan",
        f"from {holds.__module__} import *",
        f"def test_{name}(tmp_path):",
        f"    {name}(tmp_path, {example!r})",
    )
    return "\n".join([*lines, "As a test:", *test])
