"""Work in a process of its own: a module of ours that is run as a program, and the messages to and from it.

A message is whatever can be pickled, with its length before it.
"""

import logging
import os
import pickle
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

_logger = logging.getLogger("reviewer")

_LENGTH = struct.Struct("<Q")
_AT_EASE = {
    # What plugins of others do to the models of ours is nothing to a reader, and looking for them takes 40 ms.
    "PYDANTIC_DISABLE_PLUGINS": "true",
    # The GNU C library gives the memory of a batch back and asks for it again, which takes half a second in 10.
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
}


def start(module: str, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a module as a program with pipes to its standard input and from its output; what it says goes to ``said``.

    Raises:
        OSError: when the system starts no more programs.
    """
    # The path of this process, and not the working folder, which "-m" would put before it.
    env = _AT_EASE | os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=env
    )


@contextmanager
def running(module: str, what: str, given: object) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Give the pipes to and from a module that is run as a program, and handed ``given`` first; it ends with this.

    ``what`` is it that the program does, for the log, to which goes whatever it says.

    Raises:
        OSError: when the system starts no more programs.
    """
    with tempfile.TemporaryFile() as said:
        process = start(module, said)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # Where it has ended already, that is told as soon as something is asked of it.
            with suppress(BrokenPipeError):
                send(process.stdin, given)
            yield process.stdin, process.stdout
        finally:
            # At the end of its pipe it closes the store and ends: to kill it would leave its log to others.
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.close()
            status = process.wait()
            said.seek(0)
            if words := said.read().decode(errors="replace"):
                _logger.error("%s ended with status %d: %s", what, status, words)


def worth_it() -> bool:
    """Return whether there is a core for another process."""
    return spare_cores() > 0


def spare_cores() -> int:
    """Return how many cores there are beside the one of this process."""
    return (os.cpu_count() or 1) - 1


def send_bytes(pipe: IO[bytes], data: bytes) -> None:
    """Send bytes as one message.

    Raises:
        BrokenPipeError: when nobody takes them.
    """
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive_bytes(pipe: IO[bytes]) -> bytes | None:
    """Return the bytes of the next message; None where the pipe ends."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return None if len(data) < length else data


def send(pipe: IO[bytes], message: object) -> None:
    """Send anything as one message.

    Raises:
        BrokenPipeError: when nobody takes it.
    """
    send_bytes(pipe, pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def receive(pipe: IO[bytes]) -> Any:
    """Return the next message.

    Raises:
        EOFError: when the pipe ends.
    """
    data = receive_bytes(pipe)
    if data is None:
        raise EOFError
    return pickle.loads(data)
