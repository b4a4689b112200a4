"""What makes up an answer of the fake, each part with the ways in which it may go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto

from tests.critic.fake_api.endpoints import EVERYWHERE, Endpoint


class Delivery(Enum):
    """How the bytes of an answer reach the client."""

    WHOLE = auto()
    DRIP = auto()
    """The body comes byte by byte, each well before a read would time out."""
    CUT = auto()
    """The connection is closed when half of the body has been sent."""
    RESET = auto()
    """The connection is reset when half of the body has been sent."""
    STALL = auto()
    """Nothing more comes after half of the body, until ``release``."""
    CLOSED_AT_ONCE = auto()
    """The connection is closed before a word of the answer."""
    RESET_AT_ONCE = auto()
    """The connection is reset before a word of the answer."""
    STALL_AT_ONCE = auto()
    """Not a word of the answer comes, until ``release``."""


class Content(Enum):
    """What stands in an answer of status 200."""

    AS_ASKED = auto()
    MALFORMED = auto()
    """JSON up to a place in the middle; said to be all of it."""
    NOT_UTF8 = auto()
    """A byte that no character has stands in the middle."""
    EMPTY = auto()
    """No byte at all, said to be what was asked for."""
    HTML = auto()
    """The page of a gateway that asks one to sign in."""
    FIELDS_MISSING = auto()
    """An object that has a type and little else."""
    ANOTHER_SHAPE = auto()
    """JSON, though a list where an object is expected."""


class Events(Enum):
    """Which events a stream is made of."""

    AS_ASKED = auto()
    WITHOUT_STOP = auto()
    """It ends in good order after the last words, without why it stopped and without ``message_stop``."""
    MID_EVENT = auto()
    """It ends in good order in the middle of an event."""
    ERROR = auto()
    """After half of the words comes an event that says the service is overloaded."""
    ERROR_FIRST = auto()
    """That event is the only one."""
    MANY_PINGS = auto()
    """A ping and a comment stand before each event."""
    UNKNOWN_KINDS = auto()
    """Events and deltas of kinds that no client knows yet stand between the known ones."""
    MALFORMED = auto()
    """The data of one event is no JSON."""
    OUT_OF_ORDER = auto()
    """Words come before the message has begun."""


class Fate(Enum):
    """What becomes of one request of a batch."""

    SUCCEEDED = auto()
    ERRORED = auto()
    CANCELED = auto()
    EXPIRED = auto()


class Results(Enum):
    """What becomes of the results of a batch that has ended."""

    THERE = auto()
    LAST_LINE_CUT = auto()
    """The file ends in the middle of its last line; said to be all of it."""
    ONE_MISSING = auto()
    """The line of one request is not there."""
    ONE_UNASKED = auto()
    """There is the line of a request that nobody made."""
    ONE_TWICE = auto()
    """The line of one request is there twice."""
    ELSEWHERE = auto()
    """The address of the results is on another host."""
    ARCHIVED = auto()
    """They have been taken away, as they are 29 days after."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer of a status other than 200.

    ``kind`` is ``error.type``, ``code`` the ``error.details.error_code``. With ``until`` the answer says in
    ``retry-after`` the date that is so far ahead. With ``page`` its body is HTML, as of a gateway before the service.
    """

    status: int
    kind: str
    message: str
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    until: timedelta | None = None
    page: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the words end, and after which share of them."""

    reason: str = "end_turn"
    share: float = 1.0
    category: str | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How a request is answered at the endpoints ``at``; at all others it is answered as it should be.

    ``fates`` are those of a batch's requests in turn.
    """

    at: frozenset[Endpoint] = EVERYWHERE
    refused: Refused | None = None
    redirected: bool = False
    delivery: Delivery = Delivery.WHOLE
    content: Content = Content.AS_ASKED
    events: Events = Events.AS_ASKED
    stop: Stop = field(default_factory=Stop)
    thought: str = ""
    fates: tuple[Fate, ...] = (Fate.SUCCEEDED,)
    results: Results = Results.THERE


PLAIN = Course()
