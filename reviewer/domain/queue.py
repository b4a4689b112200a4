"""The queue of proposals: what it is filtered and sorted by, and what one row of it shows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from reviewer.domain.vocabulary import Status, Verdict


class Sort(StrEnum):
    """The orders of the queue. Ties go by the order of import."""

    PRIORITY = "priority"
    """As it was drawn for the viewer: where one more review is worth most, and a share of places by chance."""
    DISAGREEMENT = "disagreement"
    """What the viewer may see of others' judgements first, those furthest apart at the head."""
    NEWEST = "newest"
    CLAIM = "claim"
    IMPORTED = "imported"
    TITLE = "title"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a row must fulfil to be in the queue; what is None or empty asks nothing. All parts combine.

    Status, verdict, tag and flag are the viewer's own: nobody else's judgement filters a queue, save by
    ``disagreed``, which finds only what the viewer may see of others.
    """

    status: Status | None = None
    verdict: Verdict | None = None
    agent: str = ""
    family: str = ""
    tag: str = ""
    flagged: bool = False
    changed: bool = False
    """Judged by the viewer at an older revision than the one that counts now."""
    check: str = ""
    """The id of a rule that has a question about the proposal. That is of the data alone, and nobody's own."""
    assigned: bool = False
    """Assigned to the viewer, done or not."""
    disagreed: bool = False
    """Of two judgements or more, which stand apart and which the viewer may see."""
    text: str = ""

    @property
    def active(self) -> bool:
        """Return whether the filter leaves anything out."""
        return self != QueueFilter()

    def describe(self) -> str:
        """Return the filter in words, as the header shows it; ``all`` when nothing is left out."""
        words = [
            self.status.replace("_", " ") if self.status else "",
            self.verdict.replace("_", " ") if self.verdict else "",
            f"agent {self.agent}" if self.agent else "",
            f"family {self.family}" if self.family else "",
            f"tag {self.tag}" if self.tag else "",
            "flagged" if self.flagged else "",
            "changed since judged" if self.changed else "",
            f"asked by {self.check}" if self.check else "",
            "assigned to me" if self.assigned else "",
            "judged differently" if self.disagreed else "",
            f"“{self.text}”" if self.text else "",
        ]
        return ", ".join(w for w in words if w) or "all"


def is_searched_for(text: str) -> bool:
    """Return whether a text names anything that a search can look for: a letter or a digit, and no mark alone."""
    return any(character.isalnum() for character in text)


class QueueRow(NamedTuple):
    """One row of the queue, with the viewer's own judgement of it. A plain tuple: a page has two hundred of them."""

    method_id: int
    title: str
    agent: str
    family: str
    claim: float | None
    status: Status
    verdict: Verdict | None
    forecast: float | None
    flagged: bool
    changed: bool
    key: tuple[str | float | int, ...]
    """Where the row stands in the order: what a page before or after it is asked by.

    One that stands ``under`` another one has that one's.
    """
    alike: int = 0
    """How many stand together here since they are nearly alike, itself among them; 0 where it stands alone."""
    under: bool = False
    """Whether it stands where it does since it is alike to the first one above it that stands under none."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some rows in a row, and whether the queue goes on before and after them."""

    rows: tuple[QueueRow, ...]
    more_before: bool
    more_after: bool
