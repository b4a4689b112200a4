"""Reading in a process of its own, so that one core reads and checks while the other writes.

The other process is this module, run as a program. It is handed the plan, reads as this process would, and sends each
batch as it comes; when nobody takes them any more it ends. What comes out is the same, in the same order.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import closing, suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from reviewer.domain.errors import ReviewerError
from reviewer.sources.contract import Plan, Progress
from reviewer.store.prepared import PreparedMeasurement, PreparedMethod
from reviewer.workflow import apart

if TYPE_CHECKING:
    from reviewer.workflow.sieve import Taken

_logger = logging.getLogger("reviewer")
_PIPE_BYTES = 1 << 20
_AHEAD = 8
"""Messages taken out of the pipe, which can hold less than one, before they are wanted: neither process then waits
where the other is slower for a moment."""


def read_apart(plan: Plan, progress: Progress) -> "Generator[list[Taken], None, None]":
    """Return the batches of a plan, read in another process, which begins now and ends with this generator.

    Raises, when batches are taken:
        SourceError: when nothing at all can be read.
        ReviewerError: when that process ends before the reading does.
    """
    reading = _batches(plan, progress)
    next(reading)
    return reading


def _batches(plan: Plan, progress: Progress) -> "Generator[list[Taken], None, None]":
    """Yield nothing as soon as the process has begun, then its batches."""
    with tempfile.TemporaryFile() as said:
        process = _start(plan, said)
        assert process.stdout is not None
        with closing(_messages(process.stdout)) as messages:
            try:
                yield []
                for batch, done, error in messages:
                    if error is not None:
                        raise error
                    progress(done)
                    if batch is None:
                        return
                    yield batch
                status = process.wait()
            finally:
                process.kill()
                process.wait()
                said.seek(0)
                if words := said.read().decode(errors="replace"):
                    _logger.error("reading %s in another process said: %s", plan.path, words)
        _logger.error("reading %s ended with status %d", plan.path, status)
        called = plan.stands_for or plan.path
        raise ReviewerError(f"Reading {called} broke off (status {status}); run the import again, and it completes.")


def _start(plan: Plan, said: IO[bytes]) -> subprocess.Popen[bytes]:
    process = apart.start(__name__, said)
    assert process.stdin is not None
    # Where it has ended already, what it says is told as soon as something is asked of it.
    with suppress(BrokenPipeError), process.stdin:
        pickle.dump(plan, process.stdin)
    return process


Message = tuple["list[Taken] | None", int, BaseException | None]
"""A batch, how many bytes have been read, and what went wrong; at the end neither batch nor error."""


def _messages(pipe: IO[bytes]) -> Generator[Message, None, None]:
    """Yield the messages until the pipe ends; up to ``_AHEAD`` of them are taken out of it in advance."""
    # Of this kind, since Ctrl-C in the midst of `Queue.get` can leave its other end waiting for ever.
    ahead: SimpleQueue[bytes | None] = SimpleQueue()
    wanted: SimpleQueue[bool] = SimpleQueue()

    def take_out() -> None:
        with pipe:
            while wanted.get() and (data := apart.receive_bytes(pipe)) is not None:
                ahead.put(data)
        ahead.put(None)

    taking = Thread(target=take_out, name="taking what is read", daemon=True)
    taking.start()
    try:
        for _ in range(_AHEAD):
            wanted.put(True)
        while (data := ahead.get()) is not None:
            wanted.put(True)
            yield _message(data)
    finally:
        wanted.put(False)
        taking.join()


def _data(message: Message) -> bytes:
    """Return a message as bytes. Methods go as plain tuples, which take half as long as named ones."""
    batch, read, error = message
    items = None if batch is None else [_plain(item) if isinstance(item, PreparedMethod) else item for item in batch]
    return pickle.dumps((items, read, error), pickle.HIGHEST_PROTOCOL)


def _message(data: bytes) -> Message:
    items, read, error = pickle.loads(data)
    batch = None if items is None else [_prepared(*item) if type(item) is tuple else item for item in items]
    return batch, read, error


def _plain(method: PreparedMethod) -> tuple[Any, ...]:
    *values, measurements, seeds = method
    return *values, seeds, *map(tuple, measurements)


def _prepared(*plain: Any) -> PreparedMethod:
    *values, seeds = plain[:_VALUES]
    return PreparedMethod._make((*values, tuple(map(PreparedMeasurement._make, plain[_VALUES:])), seeds))


_VALUES = len(PreparedMethod._fields) - 1


def _main() -> None:
    """Read the plan that comes in, and send what is read."""
    from reviewer.workflow.reading import batches, collect_rarely

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one, which then ends it.
    collect_rarely()
    plan = pickle.load(sys.stdin.buffer)
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    _widen(pipe)
    read = 0

    def hear(done: int) -> None:
        nonlocal read
        read = done

    try:
        for batch in batches(plan, hear):
            apart.send_bytes(pipe, _data((batch, read, None)))
        apart.send_bytes(pipe, _data((None, read, None)))
    except BrokenPipeError:
        os._exit(0)  # Nobody takes it any more.
    except Exception as error:
        apart.send_bytes(pipe, _data((None, read, error)))


def _widen(pipe: IO[bytes]) -> None:
    """Let a whole batch lie in the pipe, where the system can: the reader then goes on while the other writes."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return


if __name__ == "__main__":
    _main()
