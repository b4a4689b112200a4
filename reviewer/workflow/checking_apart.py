"""Checking in processes of their own, so that several cores check what an import or another threshold has had wait.

Each of them is this module, run as a program. It reads alone: it is told which methods to check and on which ground,
and what it finds is written by whoever told it.
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError
from reviewer.evidence.checks.registry import Checker
from reviewer.store.connection import Store
from reviewer.store.problems import problem_by_id
from reviewer.workflow import apart
from reviewer.workflow.checking import Batch, Ground, Results, ground_of, results_on

MOST_OTHERS = 3
"""With more of them whoever tells them, and writes what they find, is what the rest would wait for."""

_OWN_WORK = 0.14
"""What finding earlier titles and writing results takes, of what checking the same methods does."""


class CheckingOthers:
    """The other processes, as :class:`reviewer.workflow.checking.Others` has them."""

    def __init__(self, path: Path, pipes: Sequence[tuple[IO[bytes], IO[bytes]]]) -> None:
        self._path = path
        self._pipes = pipes
        self._asked: list[IO[bytes]] = []

    def begin(self, batch: Batch) -> Sequence[int]:
        """Have each check an equal share; return the row ids of those that are left, which are fewer.

        Raises:
            ReviewerError: when one of them has ended by itself.
        """
        n = len(self._pipes)
        # All of them are to come to their end at once, although only one of them writes.
        share = round(len(batch.ids) * (1 + _OWN_WORK) / (n + 1))
        for place, (to, answers) in enumerate(self._pipes):
            ids = batch.ids[place * share : (place + 1) * share]
            if not ids:
                break
            asked = {*ids}
            namesakes = {method_id: found for method_id, found in batch.namesakes.items() if method_id in asked}
            try:
                apart.send(to, replace(batch, ids=ids, namesakes=namesakes))
            except BrokenPipeError:
                raise self._broken_off() from None
            self._asked.append(answers)
        return batch.ids[n * share :]

    def end(self) -> Results | None:
        """Return what they found; None where one of them does not see the ground that the batch stands on.

        Raises:
            StoreError: when the store could not be read.
            ReviewerError: when one of them has ended by itself.
        """
        asked, self._asked = self._asked, []
        answers = [self._answer(pipe) for pipe in asked]
        found: Results = {}
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            if answer is None:
                return None
            found |= answer
        return found

    def _answer(self, pipe: IO[bytes]) -> Any:
        try:
            return apart.receive(pipe)
        except EOFError:
            raise self._broken_off() from None

    def _broken_off(self) -> ReviewerError:
        return ReviewerError(
            f"Checking {self._path} broke off; `reviewer doctor` completes it, and so does opening the app."
        )


@contextmanager
def checking_apart(path: Path, settings: CheckSettings, n: int) -> Iterator[CheckingOthers]:
    """Give ``n`` processes that check methods of a store, which end with this.

    Raises:
        StoreError: inside, when the store cannot be read.
        ReviewerError: inside, when one of them ends by itself.
    """
    with ExitStack() as stack:
        begun = [apart.running(__name__, f"checking {path}", (path, settings)) for _ in range(n)]
        yield CheckingOthers(path, [stack.enter_context(each) for each in begun])


def _main() -> None:
    """Check what is told by the pipe that comes in, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one, which then ends it.
    pipe, answers = sys.stdin.buffer, sys.stdout.buffer
    path, settings = apart.receive(pipe)
    store, checker = Store(path), Checker(settings)
    grounds: dict[int, Ground] = {}
    while True:
        try:
            batch = apart.receive(pipe)
        except EOFError:
            break
        try:
            answer: object = _check(store, checker, settings, grounds, batch)
        except Exception as error:
            answer = error
        try:
            apart.send(answers, answer)
        except BrokenPipeError:
            break  # Nobody takes it any more.
    store.close()


def _check(
    store: Store, checker: Checker, settings: CheckSettings, grounds: dict[int, Ground], batch: Batch
) -> Results | None:
    """Return what is asked of the methods; None where their problem is held against something else by now."""
    with store.read() as connection:
        ground = grounds.get(batch.problem_id)
        if ground is None or ground.stamp != batch.stamp:
            ground = ground_of(connection, problem_by_id(connection, batch.problem_id), settings)
            if ground.stamp != batch.stamp:
                return None
            grounds[batch.problem_id] = ground
        return results_on(connection, checker, ground.context, batch.ids, batch.namesakes)


if __name__ == "__main__":
    _main()
