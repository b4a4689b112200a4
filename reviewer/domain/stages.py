"""The stages of the sealed protocol: which comes next, what has to be said before it does, and on which side it is."""

from hashlib import sha256

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Stage

_IN_ORDER = tuple(Stage)


def next_stage(stage: Stage) -> Stage | None:
    """Return the stage after this one, or None after the last."""
    place = _IN_ORDER.index(stage) + 1
    return _IN_ORDER[place] if place < len(_IN_ORDER) else None


def has_reached(stage: Stage, asked: Stage) -> bool:
    """Return whether who has come to a stage has come to another one with it, or before it."""
    return _IN_ORDER.index(stage) >= _IN_ORDER.index(asked)


def missing_for_next(judgement: Judgement) -> tuple[str, ...]:
    """Return what has to be said on what was seen so far before more is shown: forecast, verdict, or nothing."""
    given = {"forecast": judgement.forecast is not None, "verdict": judgement.verdict is not None}
    return tuple(name for name, is_there in given.items() if not is_there)


def idea_stands_left(reviewer: str, proposal: str) -> bool:
    """Return whether the idea to judge stands left of the one to compare it with, by the UUIDs of who judges and what.

    It is as good as drawn by lot, and the same for one reviewer and proposal each time.
    """
    return sha256(f"{reviewer}:{proposal}".encode()).digest()[0] % 2 == 0
