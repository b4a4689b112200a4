"""Work off the UI thread: reads, writes and statistics each in a thread, in the order in which they were asked for."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from reviewer.domain.errors import HinderedError, StoreBusyError

TOLD_AGAIN_SECONDS = 5.0

AGAIN_SECONDS = 0.25
"""Between two attempts at a write that something else than a lock hinders: a lock is waited for by itself."""

P = ParamSpec("P")
T = TypeVar("T")


class Background:
    """A thread for each kind: writes never wait behind reads, and acts are saved in the order of their keys.

    ``hear_of_hindrance`` is called in that thread, every few seconds, while the store cannot be written as things are.
    """

    def __init__(self, hear_of_hindrance: Callable[[HinderedError], object]) -> None:
        self._hear_of_hindrance = hear_of_hindrance
        self._given_up = threading.Event()
        self._reads = ThreadPoolExecutor(1, "store-reads")
        self._writes = ThreadPoolExecutor(1, "store-writes")
        self._long = ThreadPoolExecutor(1, "long-work")
        self._figures = ThreadPoolExecutor(1, "statistics")
        self._look_ups = ThreadPoolExecutor(1, "look-ups")
        self._insights = ThreadPoolExecutor(1, "insights")
        self._keeping = ThreadPoolExecutor(1, "keeping")

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read of the store and return what it returns; its errors are raised here."""
        return await self._run(self._reads, function, *args, **kwargs)

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a write to the store and return what it returns once it is on the disk."""
        return await self._run(self._writes, function, *args, **kwargs)

    def hand_over(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Put a write in its place among the writes at once, so that nothing that ends before it can take it back.

        While the store is locked by another program, full, read-only or gone it waits, and so do those behind it: none
        is passed over.
        """
        return self._writes.submit(self._once_possible, lambda: function(*args, **kwargs))

    def _once_possible(self, write: Callable[[], T]) -> T:
        told = float("-inf")
        while True:
            try:
                return write()
            except HinderedError as error:
                if self._given_up.is_set():
                    raise
                if time.monotonic() - told >= TOLD_AGAIN_SECONDS:
                    told = time.monotonic()
                    self._hear_of_hindrance(error)
                if not isinstance(error, StoreBusyError):
                    self._given_up.wait(AGAIN_SECONDS)

    async def long(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what may take seconds (an import, an export, a count) where nothing else waits for it."""
        return await self._run(self._long, function, *args, **kwargs)

    async def look_up(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read of the store that takes seconds where there is much in it; an import does not hold it up.

        It should end early where it is no longer ``wanted``, since leaving the app waits for it.
        """
        return await self._run(self._look_ups, function, *args, **kwargs)

    async def figure(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run statistics, whose libraries take a moment to load the first time."""
        return await self._run(self._figures, function, *args, **kwargs)

    async def work_out(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what tells its results one by one as they come, for which no look-up waits, nor it for one."""
        return await self._run(self._insights, function, *args, **kwargs)

    async def keep(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what writes a copy of what people did, which takes a minute of a million events: nothing waits for it."""
        return await self._run(self._keeping, function, *args, **kwargs)

    async def aside(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what may take long, or for ever, and writes nothing: leaving the app does not wait for it.

        It has a thread of its own, so that nothing else waits behind it either.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, error: BaseException | None) -> None:
            if done.cancelled():
                return
            if error is None:
                done.set_result(result)  # type: ignore[arg-type]
            else:
                done.set_exception(error)

        def run() -> None:
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # whoever waits for it is told
                told: tuple[T | None, BaseException | None] = (None, error)
            else:
                told = (result, None)
            with suppress(RuntimeError):  # the app was left meanwhile
                loop.call_soon_threadsafe(tell, *told)

        threading.Thread(target=run, name="aside", daemon=True).start()
        return await done

    async def _run(self, pool: ThreadPoolExecutor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: function(*args, **kwargs))

    def wanted(self) -> bool:
        """Return whether anybody still waits for what is looked up; it may be asked in any thread."""
        return not self._given_up.is_set()

    def see_through(self, seconds: float) -> None:
        """Wait until the writes that were handed over are on the disk, for so many seconds at the most."""
        with suppress(TimeoutError):
            self._writes.submit(lambda: None).result(seconds)

    def finish(self) -> None:
        """Wait until every write has come to its end; reads that nobody waits for are given up.

        What cannot be written as things are is tried once more, and no longer.
        """
        self._given_up.set()
        self._reads.shutdown(wait=True, cancel_futures=True)
        self._long.shutdown(wait=True, cancel_futures=True)
        self._look_ups.shutdown(wait=True, cancel_futures=True)
        self._insights.shutdown(wait=True, cancel_futures=True)
        self._keeping.shutdown(wait=True, cancel_futures=True)
        self._figures.shutdown(wait=True, cancel_futures=True)
        self._writes.shutdown(wait=True)
