"""What can go wrong between here and an answer: each failure is one word for the store, one sentence for a person."""

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewer.critic.sdk import OtherHostError

if TYPE_CHECKING:
    import anthropic

LONGEST_WAIT = 60.0
"""Seconds that a call is waited for before it is tried again; longer ones are told, with the time."""

LONGEST_TOLD = 31 * 86_400.0
"""Seconds that anybody is told to wait: a header may ask for more than a calendar has."""


class Failure(StrEnum):
    """Why there is no critique."""

    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    NOT_ALLOWED = "not_allowed"
    NO_SUCH_MODEL = "no_such_model"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    RATE_LIMIT = "rate_limit"
    SPEND_LIMIT = "spend_limit"
    PAYMENT = "payment"
    OVERLOADED = "overloaded"
    SERVER = "server"
    NO_NETWORK = "no_network"
    """The connection broke before an answer began: it may have been read."""
    NOT_SENT = "not_sent"
    """No connection came about."""
    OTHER_HOST = "other_host"
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"
    """The connection ended in the middle of the answer."""
    TOO_LONG = "too_long"
    """The answer did not end within what it may be."""
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    """What came is no answer of the API, or not of the form that was asked for."""
    CANCELLED = "cancelled"
    OVER_CAP = "over_cap"
    NO_PRICE = "no_price"
    EXPIRED = "expired"
    """The batch that it was in ended before it was its turn."""
    NO_SUCH_BATCH = "no_such_batch"
    RESULTS_GONE = "results_gone"
    NOT_RECORDED = "not_recorded"
    """Recorded answers are played, and there is none of this proposal."""
    STOPPED = "stopped"
    """A limit of the account was met before: nothing is sent until a person says go on. The detail is that sentence."""


PASSING = frozenset((
    Failure.RATE_LIMIT, Failure.OVERLOADED, Failure.SERVER, Failure.NO_NETWORK, Failure.NOT_SENT,
))  # fmt: skip
"""Worth another attempt by itself: nothing of an answer had come, and it may be over in a moment."""

BREAKING = frozenset((Failure.SPEND_LIMIT, Failure.PAYMENT))
"""No call can succeed until somebody has done something about the account."""

UNBILLED = frozenset((
    Failure.BAD_KEY, Failure.NOT_ALLOWED, Failure.NO_SUCH_MODEL, Failure.BAD_REQUEST, Failure.TOO_LARGE,
    Failure.RATE_LIMIT, Failure.SPEND_LIMIT, Failure.PAYMENT, Failure.OVERLOADED, Failure.OTHER_HOST,
    Failure.NOT_SENT, Failure.NOT_RECORDED,
))  # fmt: skip
"""The API refused it before it was read: it cost nothing. Of every other failure the worst is counted as spent."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A failure, what the API called it, and for how many seconds it asks to wait, where it does."""

    failure: Failure
    detail: str = ""
    wait: float | None = None
    status: int | None = None
    request_id: str = ""

    def sentence(self, now: datetime) -> str:
        """Return what happened and what to do about it; ``now`` is the time where the person is."""
        if self.failure in (Failure.RATE_LIMIT, Failure.OVERLOADED) and self.wait is not None:
            again = now + timedelta(seconds=self.wait)
            day = "" if again.date() == now.date() else f"{again:%Y-%m-%d} "
            return f"{_SENTENCES[self.failure]} Try again at {day}{again:%H:%M}."
        if self.failure is Failure.STOPPED:
            return self.detail
        said = _SENTENCES[self.failure]
        return said.format(detail=f" ({self.detail})" if self.detail else "")


_SENTENCES = {
    Failure.NO_KEY: (
        "There is no key for Claude: set ANTHROPIC_API_KEY, or `keyring set reviewer anthropic`, and start again."
    ),
    Failure.BAD_KEY: "The API does not take the key{detail}: set another one, and start again.",
    Failure.NOT_ALLOWED: "The key may not use this model{detail}: choose another one in the config, or another key.",
    Failure.NO_SUCH_MODEL: ("The API has no such model{detail}: `reviewer critic models` lists those that there are."),
    Failure.BAD_REQUEST: "The API did not take the request{detail}. It cost nothing; the log has the whole answer.",
    Failure.TOO_LARGE: "The proposal is too long for one request{detail}.",
    Failure.RATE_LIMIT: "Too many requests of this account at once.",
    Failure.SPEND_LIMIT: (
        "The account has met its limit of spending{detail}. Nothing more is sent until you say go on: "
        "`reviewer critic go-on`."
    ),
    Failure.PAYMENT: (
        "The account cannot pay{detail}. Nothing more is sent until you say go on: `reviewer critic go-on`."
    ),
    Failure.OVERLOADED: "Claude is overloaded.",
    Failure.SERVER: "The API failed{detail}: try again later.",
    Failure.NO_NETWORK: (
        "The connection broke before an answer came. It may have cost what was set aside for it: try again."
    ),
    Failure.NOT_SENT: "The API cannot be reached: look at the network, and try again. Nothing was sent.",
    Failure.OTHER_HOST: "The API points to another host{detail}: your key was not sent there.",
    Failure.TIMED_OUT: "No answer came in time{detail}. It may have cost what was set aside for it: try again.",
    Failure.CUT_OFF: "The connection ended in the middle of the answer. It may have cost what was set aside for it.",
    Failure.TOO_LONG: (
        "The answer was cut off at its longest; allow more with max_output_tokens under [critic] in the config."
    ),
    Failure.REFUSED: (
        "Claude declined to answer{detail}. That happens with harmless machine learning too; nothing is wrong with "
        "your proposal or your key."
    ),
    Failure.UNREADABLE: "What came back is no critique{detail}. What it cost is counted; try again.",
    Failure.CANCELLED: "Stopped. What was set aside for it stays counted, since it may have been billed.",
    Failure.OVER_CAP: "It could cost more than is allowed{detail}.",
    Failure.NO_PRICE: "Nobody has said what this model costs{detail}.",
    Failure.EXPIRED: "The batch ended before it was its turn. It cost nothing: ask again.",
    Failure.NO_SUCH_BATCH: (
        "The API has no such batch{detail}: it was made with the key of another account, or deleted there."
    ),
    Failure.NOT_RECORDED: "No answer was recorded for this proposal{detail}.",
    Failure.RESULTS_GONE: "The API has the results no longer{detail}: it keeps them for 29 days.",
}

_BARRED_CODES = ("organization_on_hold", "organization_disabled")


def failed_by(error: BaseException) -> Failed:
    """Return what an error of the SDK, or what escapes it, comes to.

    Raises:
        The error itself, when it is none that a call can end in: a fault of ours.
    """
    import anthropic
    import httpx2

    match error:
        case anthropic.APITimeoutError() if isinstance(error.__cause__, httpx2.ConnectTimeout):
            return Failed(Failure.NOT_SENT, "no connection in time")
        case anthropic.APITimeoutError() | TimeoutError() | httpx2.TimeoutException():
            return Failed(Failure.TIMED_OUT)
        case anthropic.APIStatusError():
            return _by_status(error)
        case anthropic.APIConnectionError():
            return _unconnected(error)
        case httpx2.TransportError():
            # Raised bare while an answer is being read: before that the SDK wraps it.
            return Failed(Failure.CUT_OFF)
        case json.JSONDecodeError() | anthropic.APIResponseValidationError() | UnicodeDecodeError() | RecursionError():
            return Failed(Failure.UNREADABLE, "it is no JSON")
        case httpx2.DecodingError():
            return Failed(Failure.UNREADABLE, "it cannot be unpacked")
        case _:
            raise error


def _unconnected(error: "anthropic.APIConnectionError") -> Failed:
    import httpx2

    match error.__cause__:
        case OtherHostError() as other:
            return Failed(Failure.OTHER_HOST, str(other))
        case httpx2.ConnectError() | httpx2.UnsupportedProtocol() as cause:
            return Failed(Failure.NOT_SENT, type(cause).__name__)
        case cause:
            return Failed(Failure.NO_NETWORK, "" if cause is None else type(cause).__name__)


def _by_status(error: "anthropic.APIStatusError") -> Failed:
    # A gateway may answer with anything in these places.
    code, kind, status = _as_text(error.error_code), _as_text(error.type), error.status_code
    wait = _wait(error)
    if 300 <= status < 400:
        return Failed(Failure.OTHER_HOST, error.response.headers.get("location", "")[:80], status=status)
    detail = code or kind
    if "spend_limit" in code:
        failure = Failure.SPEND_LIMIT
    elif status == 402 or kind == "billing_error" or _lacks_credit(error):
        failure = Failure.PAYMENT
    elif code in _BARRED_CODES:
        failure = Failure.NOT_ALLOWED
    elif kind == Failure.NOT_RECORDED:
        failure, detail = Failure.NOT_RECORDED, error.api_message or ""
    elif kind == "overloaded_error" or status == 529:
        # In the middle of a stream its status is 200.
        failure = Failure.OVERLOADED
    else:
        failure = _BY_STATUS.get(status, Failure.SERVER if status >= 500 or status == 200 else Failure.BAD_REQUEST)
    return Failed(failure, detail or f"status {status}", wait, status, error.request_id or "")


def _as_text(said: object) -> str:
    return said if isinstance(said, str) else ""


_BY_STATUS = {
    401: Failure.BAD_KEY,
    403: Failure.NOT_ALLOWED,
    404: Failure.NO_SUCH_MODEL,
    408: Failure.TIMED_OUT,
    409: Failure.SERVER,
    413: Failure.TOO_LARGE,
    429: Failure.RATE_LIMIT,
    504: Failure.TIMED_OUT,
}


def _lacks_credit(error: "anthropic.APIStatusError") -> bool:
    """Return whether it is the one refusal for want of money that has neither a code nor a type of its own."""
    return error.status_code == 400 and "credit balance" in _as_text(error.api_message)


def _wait(error: "anthropic.APIStatusError") -> float | None:
    """Return for how many seconds the API asks to wait: in seconds, in milliseconds, or until a date."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if not math.isnan(seconds):
            return min(max(0.0, seconds), LONGEST_TOLD)
    return _until(headers.get("retry-after", ""))


def _until(written: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return None
    return min(max(0.0, (moment - datetime.now(moment.tzinfo)).total_seconds()), LONGEST_TOLD)
