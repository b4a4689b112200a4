"""The fake of the Messages API: a server on loopback, in a thread of its own."""

import asyncio
import threading
from collections import defaultdict, deque
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from tests.critic.fake_api.batches import Batches
from tests.critic.fake_api.catalogue import MODELS
from tests.critic.fake_api.connections import ClientGoneError, Connection, Stalls
from tests.critic.fake_api.courses import PLAIN, Course, Refused
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.messages import Answer, Message, message_of, plain_answer
from tests.critic.fake_api.replies import Reply, refusal
from tests.critic.fake_api.requests import MOST_HEAD, Request
from tests.critic.fake_api.routes import reply_to
from tests.critic.fake_api.scenarios import COURSES, Scenario
from tests.critic.fake_api.tokens import Body, Cache

MOST_SECONDS = 10.0
"""So long the server may take to start and to end; each takes milliseconds."""

_FAILED = Refused(500, "api_error", "The answer could not be made; the test says why.")


class FakeApi:
    """A server of the Messages API. It starts with ``with`` and ends with it, whatever it was at.

    Before a request is made, a test may set:
        answer: what is answered to a request for a message: a text as it is, anything else as JSON. It is called in
            the server's thread; what it raises is raised at the end of the test.
        wait_seconds: how long nothing of an answer comes.
        deltas, delta_seconds: in how many parts the words of a stream come, and how long after one another.
        drip_seconds: how long after one another the bytes of a body come that drips.
        models: the models that there are.
        elsewhere: the server to which results and redirections lead where a scenario leads them away.
        batches, cache: what is held of batches and of the beginnings of requests.

    Afterwards it may ask:
        seen: all requests, as they came.
        left: those of them whose client hung up before its answer was whole.
        billed: the model and the usage of each message that was made, whether or not it came through: what one may
            have to pay at worst.
        most_at_once: how many of them were being answered at the same time, at most.
    """

    def __init__(self) -> None:
        self.answer: Answer = plain_answer
        self.wait_seconds = 0.0
        self.deltas = 8
        self.delta_seconds = 0.0
        self.drip_seconds = 0.001
        self.models = list(MODELS)
        self.elsewhere: FakeApi | None = None
        self.batches = Batches()
        self.cache = Cache()
        self.seen: list[Request] = []
        self.left: list[Request] = []
        self.billed: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.port = 0
        self._next: defaultdict[Endpoint, deque[Scenario]] = defaultdict(deque)
        self._at_once = 0
        self._failures: list[Exception] = []
        self._conversations: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-api", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(MOST_SECONDS):
            raise TimeoutError("the fake of the Messages API did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(MOST_SECONDS)
        if self._thread.is_alive():
            raise TimeoutError("the fake of the Messages API did not end")
        if self._failures and error is None:
            raise self._failures[0]

    def url(self, scenario: Scenario | str = Scenario.PLAIN) -> str:
        """Return the base URL under which all goes as in a scenario."""
        return f"http://127.0.0.1:{self.port}/{Scenario(scenario)}"

    def next(self, *scenarios: Scenario | str, at: Endpoint = Endpoint.MESSAGES) -> None:
        """Let the next requests at an endpoint go as in these scenarios, one after the other, whatever the base URL."""
        self._next[at].extend(Scenario(each) for each in scenarios)

    def at(self, endpoint: Endpoint) -> list[Request]:
        """Return the requests at an endpoint, as they came."""
        return [each for each in self.seen if each.endpoint is endpoint]

    def say(self, body: Body, course: Course, tier: str) -> Message:
        """Make the message that answers a request, and put it on the bill."""
        message = message_of(body, self.answer, course, self.cache.take(body), tier)
        self.billed.append({"model": message.model, "usage": message.usage(message.output_tokens)})
        return message

    def release(self) -> None:
        """Let what stalls now go on, or what stalls next."""
        asyncio.run_coroutine_threadsafe(self._stalls.release(), self._loop)

    def pass_time(self, time: timedelta) -> None:
        """Let time pass for what is held of batches."""
        self.batches.passed += time

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending, self._stalls = asyncio.Event(), Stalls()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=MOST_HEAD)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ending.wait()
        server.close()
        for each in self._conversations:
            each.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.create_task(self._converse(reader, writer))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            while (request := await connection.request()) is not None:
                self.seen.append(request)
                if not await self._answer(request, connection):
                    return
        except Exception as error:
            self._failures.append(error)
        finally:
            connection.close()

    async def _answer(self, request: Request, connection: Connection) -> bool:
        """Answer a request, and return whether the connection goes on."""
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            course = self._course(request)
            reply = replace(self._reply(request, course), wait=self.wait_seconds)
            return await connection.answer(reply, course.delivery, self.drip_seconds, self._stalls)
        except ClientGoneError:
            self.left.append(request)
            return False
        finally:
            self._at_once -= 1

    def _course(self, request: Request) -> Course:
        if request.endpoint is None:
            return PLAIN
        waiting = self._next[request.endpoint]
        course = COURSES[waiting.popleft() if waiting else request.scenario]
        return course if request.endpoint in course.at else PLAIN

    def _reply(self, request: Request, course: Course) -> Reply:
        try:
            return reply_to(self, request, course)
        except Exception as error:
            self._failures.append(error)
            return refusal(_FAILED)
