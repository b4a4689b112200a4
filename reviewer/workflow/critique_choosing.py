"""Which proposals Claude is asked about when many are asked about at once, and how much of what is allowed it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings, micro
from reviewer.domain.counted import counted
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Status
from reviewer.store.annotations import Connection
from reviewer.store.critic_batches import is_answered, is_under_way
from reviewer.store.critic_settings import CriticOffer, critic_offer
from reviewer.store.methods import method_by_id
from reviewer.store.problems import problem_by_id
from reviewer.store.spending import Spent, spent_so_far
from reviewer.workflow.browsing import Asked, first_page, page_beside
from reviewer.workflow.critiquing import Asking, asking_about, day_began, is_without, named, withheld_because
from reviewer.workflow.queue_drawing import drawing_held
from reviewer.workflow.session import Session

A_PAGE = 500
NO_SPENT = Spent(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be asked about: of a problem what the reviewer has judged, or ``ahead`` of that the whole queue."""

    problem_id: int
    part: QueueFilter
    ahead: bool = False
    limit: int | None = None

    @property
    def words(self) -> str:
        """Return it in words, as it is kept."""
        which = "the queue, ahead of judgement" if self.ahead else "judged"
        part = self.part.describe() if self.part.active else ""
        return ", ".join(filter(None, (which, part, f"{self.limit:,} at most" if self.limit else "")))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A proposal to be asked about: by a new call, or once more at one that came to nothing."""

    method_id: int
    call: str = ""


@dataclass(slots=True)
class Skipped:
    """How many were not asked about, and why. ``left_out`` are those that ``cap`` has no room for."""

    answered: int = 0
    under_way: int = 0
    without: int = 0
    half_way: int = 0
    gone: int = 0
    too_dear: int = 0
    left_out: int = 0
    cap: str = ""

    def sentences(self, *, ahead: bool) -> Iterator[str]:
        """Yield what became of them. Of what was asked ``ahead`` of judgement, why each was is not told apart: that
        there is an answer already would tell that somebody has judged it.
        """
        if ahead:
            yield from _told(
                self.answered + self.under_way + self.without,
                "needs no asking: asked about already, or drawn to be judged without Claude.",
                "need no asking: asked about already, or drawn to be judged without Claude.",
            )
        else:
            yield from _told(
                self.answered, "has an answer on its text already.", "have an answer on their text already."
            )
            yield from _told(self.under_way, "is being asked about in a batch.", "are being asked about in a batch.")
            yield from _told(
                self.without,
                "is judged without Claude, drawn by chance.",
                "are judged without Claude, drawn by chance.",
            )
            yield from _told(
                self.half_way,
                "is judged sealed, and not at its last stage yet.",
                "are judged sealed, and not at their last stage yet.",
            )
        yield from _told(self.gone, "was taken out of the store meanwhile.", "were taken out of the store meanwhile.")
        dear = "could cost more than one call may; call_usd under [critic] in the config allows it."
        yield from _told(self.too_dear, dear, dear)
        yield from _told(
            self.left_out, f"was left out: {self.cap} would be passed.", f"were left out: {self.cap} would be passed."
        )


def _told(n: int, of_one: str, of_several: str) -> Iterator[str]:
    if n:
        yield f"{counted(n, 'proposal')} {of_one if n == 1 else of_several}"


@dataclass(slots=True)
class Room:
    """How much may still be set aside, in millionths of a dollar, by each cap."""

    left: dict[str, int]

    def refuses(self, worst: int) -> str:
        """Return the name of the cap that a call would pass that can cost so much; empty where it passes none."""
        return next((name for name, left in self.left.items() if worst > left), "")

    def take(self, worst: int) -> str:
        """Take as much as a call can cost; return the name of the cap that it would pass, and take nothing then."""
        if not (refused := self.refuses(worst)):
            self.left = {name: left - worst for name, left in self.left.items()}
        return refused


def room_in(connection: Connection, session: Session, settings: CriticSettings, run_left: int) -> Room:
    """Return how much room there is as the store stands now, where the run itself may take ``run_left`` more."""
    return room_after(spent_so_far(connection, day_began(session.clock())), settings, run_left, 0)


def room_after(before: Spent, settings: CriticSettings, most: int, taken: int) -> Room:
    """Return how much room there is where so much had been spent ``before``, and the run has ``taken`` some since."""
    return Room({
        "--max-usd": most - taken,
        "the cap of a day": micro(settings.day_usd) - before.day - taken,
        "the cap of this store": micro(settings.store_usd) - before.whole - taken,
    })  # fmt: skip


def wished_for(session: Session, wish: Wish) -> Iterator[Chosen]:
    """Yield the proposals that are wished for, in the order of the reviewer's queue, page by page.

    Raises:
        StoreError: when the store cannot be read.
    """
    part = wish.part if wish.ahead else replace(wish.part, status=Status.JUDGED)
    asked = Asked(wish.problem_id, part, Sort.PRIORITY, draw=drawing_held(session, wish.problem_id))
    page = first_page(session, asked, A_PAGE)
    while True:
        yield from (Chosen(row.method_id) for row in page.rows)
        if not page.more_after:
            return
        page = page_beside(session, asked, A_PAGE, page.rows[-1].key, forward=True)


@dataclass(slots=True)
class Choosing:
    """Goes through what is wished for, and prepares what is to be asked of it."""

    session: Session
    settings: CriticSettings
    price: Price
    ahead: bool
    batch: bool
    """Whether at the price of batches."""
    skipped: Skipped = field(default_factory=Skipped)

    def prepared(self, connection: Connection, chosen: Sequence[Chosen]) -> list[tuple[Chosen, Asking]]:
        """Return what would be sent about those of some proposals that are to be asked about; others are counted."""
        offer = critic_offer(connection)
        found = []
        for each in chosen:
            try:
                asking = self._prepared(connection, each, offer)
            except LookupError:
                self.skipped.gone += 1
                continue
            if asking is not None:
                found.append((each, asking))
        return found

    def _prepared(self, connection: Connection, chosen: Chosen, offer: CriticOffer) -> Asking | None:
        method = method_by_id(connection, chosen.method_id)
        if is_without(named(method), offer.seed, offer.without_share):
            self.skipped.without += 1
        elif not self.ahead and withheld_because(connection, self.session, chosen.method_id):
            self.skipped.half_way += 1
        elif self.is_taken(connection, method.id, method.revision_id):
            pass
        elif self.skipped.left_out:
            # There was no room before: what follows is counted, and not prepared.
            self.skipped.left_out += 1
        else:
            target = problem_by_id(connection, method.problem_id).problem.target
            rubric = self.session.rubric
            asking = asking_about(method, rubric, target, self.settings, self.price, NO_SPENT, batch=self.batch)
            if asking.worst <= micro(self.settings.call_usd):
                return asking
            self.skipped.too_dear += 1
        return None

    def is_taken(self, connection: Connection, method_id: int, revision_id: int) -> bool:
        """Return whether a proposal's text was asked about already, and count it then."""
        if is_answered(connection, method_id, revision_id):
            self.skipped.answered += 1
        elif is_under_way(connection, method_id, revision_id):
            self.skipped.under_way += 1
        else:
            return False
        return True

    def fits(self, room: Room, asking: Asking) -> bool:
        """Return whether there is room for a call, and take it then; where there is none, it is counted."""
        if not self.skipped.left_out and not (cap := room.take(asking.worst)):
            return True
        if not self.skipped.left_out:
            self.skipped.cap = cap
        self.skipped.left_out += 1
        return False
