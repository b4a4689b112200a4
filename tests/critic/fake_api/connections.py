"""One connection of a client: what it asks, and how the bytes of an answer go back, whole or not."""

import asyncio
import contextlib
import socket
import struct
from typing import Any

from tests.critic.fake_api.courses import Delivery
from tests.critic.fake_api.replies import Reply
from tests.critic.fake_api.requests import Request, read_request

SETTLING_SECONDS = 0.03
"""So long what was sent may take to be read, before the connection is reset and what was not read is lost."""

_AT_ONCE = (Delivery.CLOSED_AT_ONCE, Delivery.RESET_AT_ONCE, Delivery.STALL_AT_ONCE)


class ClientGoneError(Exception):
    """The client has hung up before its answer was whole."""


class Stalls:
    """What stalls now, until it is released."""

    def __init__(self) -> None:
        self._stalled: list[asyncio.Future[None]] = []
        self._some = asyncio.Event()

    def stall(self) -> asyncio.Future[None]:
        """Return what is done once it is released; from now on it stalls, whoever waits for it already."""
        stalled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stalled.append(stalled)
        self._some.set()
        return stalled

    async def release(self) -> None:
        """Let what stalls go on; where nothing does yet, what stalls next: the client may be ahead of the server."""
        await self._some.wait()
        self._some.clear()
        stalled, self._stalled = self._stalled, []
        for each in stalled:
            if not each.done():
                each.set_result(None)


class Connection:
    """A connection, which lasts for one answer after the other until one of them ends it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._ahead = b""
        self._more: asyncio.Task[bytes] | None = None

    async def request(self) -> Request | None:
        """Return the next request, or None where the client has hung up."""
        ahead, self._ahead = self._ahead, b""
        return await read_request(self._reader, ahead, self._writer.get_extra_info("peername")[:2])

    async def answer(self, reply: Reply, delivery: Delivery, drip_seconds: float, stalls: Stalls) -> bool:
        """Send an answer, and return whether the connection goes on.

        Raises:
            ClientGoneError: when the client hangs up before the answer is whole.
        """
        self._more = asyncio.create_task(self._reader.read(1))
        try:
            return await self._deliver(reply, delivery, drip_seconds, stalls)
        except ConnectionError as error:
            raise ClientGoneError from error
        finally:
            await self._watch_no_more()

    def close(self) -> None:
        """Close the connection in good order."""
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.close()

    def reset(self) -> None:
        """Reset the connection: the client reads an error rather than an end."""
        tcp: socket.socket = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _deliver(self, reply: Reply, delivery: Delivery, drip_seconds: float, stalls: Stalls) -> bool:
        if delivery is Delivery.STALL_AT_ONCE:
            await self._first_of(stalls.stall())
        elif delivery in _AT_ONCE:
            return self._end(delivery)
        if reply.wait:
            await self._pause(reply.wait)
        await self._send(reply.head)
        sent = 0
        half = len(reply.body) // 2
        for index, piece in enumerate(reply.pieces):
            if index and reply.gap:
                await self._pause(reply.gap)
            if delivery is Delivery.DRIP:
                for byte in piece:
                    await self._pause(drip_seconds)
                    await self._send_part(bytes((byte,)), reply)
                continue
            if delivery is not Delivery.WHOLE and sent + len(piece) > half >= sent:
                await self._send_part(piece[: half - sent], reply)
                if delivery is not Delivery.STALL:
                    await self._pause(SETTLING_SECONDS)
                    return self._end(delivery)
                await self._first_of(stalls.stall())
                await self._send_part(piece[half - sent :], reply)
            else:
                await self._send_part(piece, reply)
            sent += len(piece)
        if reply.chunked:
            await self._send(b"0\r\n\r\n")
        return True

    def _end(self, delivery: Delivery) -> bool:
        if delivery in (Delivery.RESET, Delivery.RESET_AT_ONCE):
            self.reset()
        else:
            self.close()
        return False

    async def _send_part(self, part: bytes, reply: Reply) -> None:
        if part:
            await self._send(b"%x\r\n%b\r\n" % (len(part), part) if reply.chunked else part)

    async def _send(self, data: bytes) -> None:
        self._look_after()
        self._writer.write(data)
        await self._writer.drain()

    async def _pause(self, seconds: float) -> None:
        await self._first_of(asyncio.create_task(asyncio.sleep(seconds)))

    async def _first_of(self, waiting: asyncio.Future[None]) -> None:
        """Wait until something has happened, or until the client sends something more: as a rule its end."""
        watched: set[asyncio.Future[Any]] = {waiting} if self._more is None else {waiting, self._more}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        self._look_after()

    def _look_after(self) -> None:
        """Note what the client has sent meanwhile.

        Raises:
            ClientGoneError: when that is its end.
        """
        if self._more is None or not self._more.done():
            return
        try:
            self._ahead += self._more.result()
        except ConnectionError as error:
            raise ClientGoneError from error
        if not self._ahead:
            raise ClientGoneError
        self._more = None

    async def _watch_no_more(self) -> None:
        more, self._more = self._more, None
        if more is None:
            return
        more.cancel()
        await asyncio.wait({more})
        if not more.cancelled() and more.exception() is None:
            self._ahead += more.result()
