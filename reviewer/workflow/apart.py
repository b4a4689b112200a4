"""Work in a process of its own: a module of ours that is run as a program, and the messages to and from it.

A message is whatever can be pickled, with its length before it.
"""

import os
import pickle
import struct
import subprocess
import sys
from typing import IO, Any

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
