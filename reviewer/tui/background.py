"""Work off the UI thread: reads, writes and statistics each in a thread, in the order in which they were asked for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Background:
    """A thread for each kind: writes never wait behind reads, and acts are saved in the order of their keys."""

    def __init__(self) -> None:
        self._reads = ThreadPoolExecutor(1, "store-reads")
        self._writes = ThreadPoolExecutor(1, "store-writes")
        self._long = ThreadPoolExecutor(1, "long-work")
        self._figures = ThreadPoolExecutor(1, "statistics")

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read of the store and return what it returns; its errors are raised here."""
        return await self._run(self._reads, function, *args, **kwargs)

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a write to the store and return what it returns once it is on the disk."""
        return await self._run(self._writes, function, *args, **kwargs)

    def hand_over(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Put a write in its place among the writes at once, so that nothing that ends before it can take it back."""
        return self._writes.submit(lambda: function(*args, **kwargs))

    async def long(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what may take seconds (an import, an export, a count) where nothing else waits for it."""
        return await self._run(self._long, function, *args, **kwargs)

    async def figure(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run statistics, whose libraries take a moment to load the first time."""
        return await self._run(self._figures, function, *args, **kwargs)

    async def _run(self, pool: ThreadPoolExecutor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: function(*args, **kwargs))

    def finish(self) -> None:
        """Wait until every write has come to its end; reads that nobody waits for are given up."""
        self._reads.shutdown(wait=True, cancel_futures=True)
        self._long.shutdown(wait=True, cancel_futures=True)
        self._figures.shutdown(wait=True, cancel_futures=True)
        self._writes.shutdown(wait=True)
