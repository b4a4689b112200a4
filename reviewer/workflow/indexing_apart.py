"""Putting texts into the search index in a process of its own, so that one core indexes while the other checks.

The other process is this module, run as a program. It writes only while it is told to, piece by piece, so that whoever
told it knows which writing of others there was.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Literal, TypeVar

from reviewer.domain.errors import ReviewerError
from reviewer.store.connection import Store
from reviewer.store.imports import data_version
from reviewer.store.search_index import CHARACTERS_AT_ONCE, INDEXED_AT_ONCE, index_some
from reviewer.workflow import apart

T = TypeVar("T")

_Order = Literal["begin", "end", "version"]
"""Index until told otherwise, or until nothing waits; stop, and say whether something may be left; say the store's data
version, which changes when anybody else has written."""


class Indexing:
    """The other process, as :class:`reviewer.workflow.checking.Beside` has it."""

    def __init__(self, path: Path, to: IO[bytes], answers: IO[bytes]) -> None:
        self._path = path
        self._to = to
        self._answers = answers
        self.more = True
        """Whether something may be left to be indexed."""
        self._begun = False

    def begin(self) -> None:
        """Let it index piece by piece, unless nothing was left when it last ended."""
        if self.more:
            self._tell("begin")
            self._begun = True

    def end(self) -> None:
        """Let it stop, and wait for the piece at which it is.

        Raises:
            StoreError: when the store could not be written.
        """
        if self._begun:
            self._begun = False
            self.more = self._asked("end")

    def written_by_others(self) -> int:
        """Return a number that changes when any other process has written; not between ``begin`` and ``end``.

        Raises:
            StoreError: when the store cannot be read.
        """
        version: int = self._asked("version")
        return version

    def _asked(self, order: _Order) -> Any:
        self._tell(order)
        try:
            answer = apart.receive(self._answers)
        except EOFError:
            raise self._broken_off() from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _tell(self, order: _Order) -> None:
        try:
            apart.send(self._to, order)
        except BrokenPipeError:
            raise self._broken_off() from None

    def _broken_off(self) -> ReviewerError:
        return ReviewerError(
            f"Indexing {self._path} for the search broke off; `reviewer doctor` completes it, and so does opening the "
            "app."
        )


@contextmanager
def indexing_apart(path: Path) -> Iterator[Indexing]:
    """Give the indexing of a store in another process, which ends with this.

    Raises:
        StoreError: inside, when the store cannot be read or written.
        ReviewerError: inside, when that process ends by itself.
    """
    given = path, INDEXED_AT_ONCE, CHARACTERS_AT_ONCE
    with apart.running(__name__, f"indexing {path}", given) as (to, answers):
        yield Indexing(path, to, answers)


class _Orders:
    """The orders as they come, of which a thread takes note."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._come: SimpleQueue[_Order | None] = SimpleQueue()
        Thread(target=self._take, name="taking orders", daemon=True).start()

    def next(self) -> _Order | None:
        """Return the next order, None where there are no more."""
        return self._come.get()

    def wait(self) -> bool:
        """Return whether one waits."""
        return not self._come.empty()

    def _take(self) -> None:
        with suppress(EOFError):
            while True:
                self._come.put(apart.receive(self._pipe))
        self._come.put(None)


def _main() -> None:
    """Do what is told by the pipe that comes in, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one, which then ends it.
    # Not the standard input itself, which Python cannot close while a thread reads it.
    pipe, answers = os.fdopen(os.dup(sys.stdin.fileno()), "rb"), sys.stdout.buffer
    path, limit, characters = apart.receive(pipe)
    orders = _Orders(pipe)
    store = Store(path)
    more: bool | Exception = True
    while (order := orders.next()) is not None:
        match order:
            case "begin":
                more = _outcome(lambda: _index(store, orders, limit, characters))
                continue
            case "end":
                answer: object = more
            case "version":
                answer = _outcome(lambda: data_version(store.connection()))
        try:
            apart.send(answers, answer)
        except BrokenPipeError:
            break
    store.close()


def _outcome(function: Callable[[], T]) -> T | Exception:
    """Return what a function returns, or the error that it ended with."""
    try:
        return function()
    except Exception as error:
        return error


def _index(store: Store, orders: _Orders, limit: int, characters: int) -> bool:
    """Index piece by piece, each in a short transaction, until an order waits; return whether some may be left."""
    while not orders.wait():
        with store.write(durable=False) as connection:
            if not index_some(connection, limit, characters):
                return False
    return True


if __name__ == "__main__":
    _main()
