"""What the commands that call Claude share: the settings, the key, the client, and how a failure is told."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    import anthropic

    from reviewer.critic.failures import Failed
    from reviewer.critic.settings import CriticSettings
    from reviewer.store.connection import Store
    from reviewer.workflow.critique_choosing import Choosing
    from reviewer.workflow.session import Session

T = TypeVar("T")

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def settings_of(invocation: Invocation) -> "CriticSettings":
    """Return what the config says of the critic.

    Raises:
        UserError: when the config cannot be read, or says what it cannot.
    """
    from reviewer.critic.settings import CriticSettings
    from reviewer.workflow.config import read_config
    from reviewer.workflow.places import find_places

    return read_config(find_places(invocation.store, invocation.config).config).critic or CriticSettings()


async def with_client(what: "Callable[[anthropic.AsyncAnthropic], Awaitable[T]]") -> T:
    """Run something with a client, and close it again.

    Raises:
        UserError: when there is no key, or one that no header can carry.
    """
    from reviewer.critic import sdk
    from reviewer.critic.failures import Failed, Failure
    from reviewer.critic.key import find_key, is_well_formed
    from reviewer.domain.errors import UserError

    key = find_key()
    if key is None:
        raise UserError(sentence_of(Failed(Failure.NO_KEY)))
    if not is_well_formed(key.secret):
        raise UserError(f"What {key.found_in} holds cannot be a key: it has blanks, or letters that no key has.")
    await sdk.load()
    async with sdk.client_for(key) as client:
        return await what(client)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. A signal that asks for the end before cancels it, as Ctrl-C does.

    Else it would be raised in the midst of whatever the program is at, a call that is to be settled among them.

    Raises:
        KeyboardInterrupt: when a signal ended it before.
    """
    came: list[int] = []
    before: dict[int, Any] = {}

    async def listening() -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None

        def end(number: int) -> None:
            came.append(number)
            task.cancel()

        # Only the main thread hears signals, and those that somebody listens for already.
        for number in ENDING if threading.current_thread() is threading.main_thread() else ():
            if callable(handler := signal.getsignal(number)):
                before[number] = handler
                loop.add_signal_handler(number, end, number)
        return await coroutine

    try:
        return asyncio.run(listening())
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def sentence_of(failed: "Failed") -> str:
    """Return a failure as a sentence, with the time as it is here."""
    from datetime import datetime

    return failed.sentence(datetime.now().astimezone())


def waiting_for(failed: "Failed") -> str:
    """Return in words that a call is going to be tried again, and when."""
    return shown(f"{failed.failure.replace('_', ' ')}; trying again in {failed.wait or 0:.0f} s")


def shown(text: str) -> str:
    """Return a text as one line that is safe to show."""
    from reviewer.domain.text import safe_line

    return safe_line(text, 400)


def open_to_ask(invocation: Invocation) -> "Store":
    """Open the store for a command that may write down what it asks, or what comes of that.

    Raises:
        StoreError: when there is none, or it cannot be used.
    """
    from reviewer.store.migrations import open_store
    from reviewer.workflow.places import find_places

    return open_store(find_places(invocation.store, invocation.config).store, create=False)


def session_of(invocation: Invocation, store: "Store", *, reads: bool = False) -> "Session":
    """Return a session of whoever asks; one that only ``reads`` enters nobody who is new.

    Raises:
        UserError: when nobody says who it is.
        StoreError: when the store cannot be used.
    """
    from reviewer.domain.errors import UserError
    from reviewer.store.annotations import own_reviewer_id
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import NOBODY, Session, begin_session

    config = read_config(find_places(invocation.store, invocation.config).config)
    name = reviewer_name(invocation.reviewer, config)
    if name is None:
        raise UserError("Claude is asked after one's own judgement; say whose it is with --reviewer NAME.")
    rubric = load_rubric(config.rubric)
    if not reads:
        return begin_session(store, name, rubric)
    with store.read() as connection:
        return Session(store, name, own_reviewer_id(connection, name) or NOBODY, rubric)


def choosing_for(invocation: Invocation, session: "Session", *, ahead: bool, batch: bool) -> "Choosing":
    """Return what chooses, by the config's model and its price.

    Raises:
        UserError: when nobody has said what the model costs.
    """
    from reviewer.critic.failures import Failed
    from reviewer.domain.errors import UserError
    from reviewer.workflow.critique_choosing import Choosing
    from reviewer.workflow.critiquing import price_in

    settings = settings_of(invocation)
    price = price_in(settings)
    if isinstance(price, Failed):
        raise UserError(sentence_of(price))
    return Choosing(session, settings, price, ahead, batch)
