"""What goes wrong in a worker: told in one sentence, kept in the log, and the screen goes on.

Every worker that asks the store for something goes through ``telling``, every one that opens a dialog through
``opens_dialog``: Textual ends the app with a traceback where a worker raises.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from textual import work
from textual.worker import Worker

from reviewer.domain.errors import ReviewerError

GONE = "This proposal is no longer in the store; it was withdrawn meanwhile. Refresh the queue."
UNEXPECTED = "That could not be done; the details are in the log."


class Teller(Protocol):
    """Whoever can say that something went wrong: a screen, or the app."""

    def tell_error(self, error: Exception) -> None:
        """Show what went wrong and what to do, and keep the traceback in the log."""


P = ParamSpec("P")
Told = TypeVar("Told", bound=Teller)


def sentence_of(error: Exception) -> str:
    """Return in a sentence what went wrong."""
    if isinstance(error, ReviewerError):
        return str(error)
    # Whatever was looked for in the store is gone; a missing key or place is our own failure.
    return GONE if type(error) is LookupError else UNEXPECTED


def telling(
    action: Callable[Concatenate[Told, P], Awaitable[None]],
) -> Callable[Concatenate[Told, P], Coroutine[Any, Any, None]]:
    """Tell what goes wrong in the method of a screen or of the app, whatever it is, and end the method there."""

    @wraps(action)
    async def told(self: Told, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await action(self, *args, **kwargs)
        except Exception as error:
            self.tell_error(error)

    return told


def opens_dialog(
    action: Callable[Concatenate[Told, P], Awaitable[None]],
) -> Callable[Concatenate[Told, P], Worker[None]]:
    """Run an action that opens a dialog in a worker; where the dialog cannot be opened, that is told in its place."""
    return work(group="dialog")(telling(action))
