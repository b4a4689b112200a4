"""What is fuzzed, in the words of the suite of faults: a round is some hundred inputs, which hypothesis makes."""

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.faults.trying import Fault, Outcome, Try

T = TypeVar("T")
Given = TypeVar("Given", contravariant=True)


class Draw(Protocol):
    """Gives a value of a strategy: hypothesis does, and so does ``Blind``."""

    def __call__(self, strategy: SearchStrategy[T], /) -> T:
        """Return the value."""
        ...


class Holds(Protocol[Given]):
    """Tries one example in an empty folder and returns how many inputs that were; raises where something fails."""

    __name__: str

    def __call__(self, folder: Path, given: Given, /) -> int: ...


SHRINKING_SECONDS = 30.0
"""So long a failure is made smaller at the most."""

POOL = 300
"""So many values of each strategy are made for what draws blindly."""

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
        until = inf

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
            nonlocal count, failed, until
            if time.monotonic() > until:
                return
            own = Path(tempfile.mkdtemp(dir=folder))
            try:
                done = holds(own, example)
            except Exception as error:
                if failed is None:
                    until = time.monotonic() + SHRINKING_SECONDS
                if failed is None or len(repr(example)) <= len(repr(failed[0])):
                    failed = (example, error)
                raise
            finally:
                shutil.rmtree(own)
            if failed is None:
                count += done

        try:
            try_one()
        except Exception:
            if failed is None:
                raise
            return Outcome((_told(holds, *failed),), count + 1)
        return Outcome((), count)

    return once


class Blind:
    """Draws from what hypothesis has made once of each strategy: it sees nothing, and is many times as fast."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def __call__(self, strategy: SearchStrategy[T], /) -> T:
        """Return one of the values that the strategy gives."""
        value: T = self._chance.choice(_pool(strategy))
        return value


@cache
def _pool(strategy: SearchStrategy[Any]) -> list[Any]:
    made: list[Any] = []

    @settings(
        max_examples=POOL,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(value: object) -> None:
        made.append(value)

    keep()
    return made


def tried_blindly(make: Callable[[Draw], T], holds: Holds[T], inputs: int, less: Callable[[T], Iterator[T]]) -> Try:
    """Return what tries so many inputs that are made without looking at what becomes of them.

    Of one that fails all that ``less`` can leave out is left out, before it is told like one of hypothesis's.
    """

    def once(folder: Path, chance: Random) -> Outcome:
        draw = Blind(chance)
        count = 0
        while count < inputs:
            example = make(draw)
            done, error = _outcome(holds, folder, example)
            count += done
            if error is not None:
                until = time.monotonic() + SHRINKING_SECONDS
                return Outcome((_told(holds, *_least(holds, folder, example, error, less, until)),), count)
        return Outcome((), count)

    return once


def _outcome(holds: Holds[T], folder: Path, example: T) -> tuple[int, Exception | None]:
    own = Path(tempfile.mkdtemp(dir=folder))
    try:
        return holds(own, example), None
    except Exception as error:
        return 0, error
    finally:
        shutil.rmtree(own)


def _least(
    holds: Holds[T], folder: Path, example: T, error: Exception, less: Callable[[T], Iterator[T]], until: float
) -> tuple[T, Exception]:
    for smaller in less(example):
        if time.monotonic() > until:
            break
        if type(found := _outcome(holds, folder, smaller)[1]) is type(error) and found is not None:
            return _least(holds, folder, smaller, found, less, until)
    return example, error


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
