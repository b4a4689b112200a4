"""What the reviewer has done and the disk does not have yet: what they hold by it, wherever a proposal is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Act


@dataclass(frozen=True, slots=True)
class ActUnderway:
    """An act on one proposal, known by its row id, and what is held of that proposal after it."""

    act_id: str
    method_id: int
    problem_id: int
    kind: Act
    judgement: Judgement
    revision_id: int


class ActsUnderway:
    """The acts that are not on the disk yet, in the order in which they were done."""

    def __init__(self) -> None:
        self._acts: dict[str, ActUnderway] = {}

    def add(self, act: ActUnderway) -> None:
        """Take in an act that is being saved."""
        self._acts[act.act_id] = act

    def drop(self, act_id: str) -> ActUnderway | None:
        """Let go of an act that is saved, or was refused, and return it; None where it was not shown."""
        return self._acts.pop(act_id, None)

    def latest_on(self, method_id: int) -> ActUnderway | None:
        """Return the last of those on a proposal, by which it stands as it does; None where all on it is saved."""
        return next((act for act in reversed(self._acts.values()) if act.method_id == method_id), None)

    def held(self) -> Mapping[int, Judgement]:
        """Return what is held of each proposal on which there are any, by its row id."""
        return {act.method_id: act.judgement for act in self._acts.values()}

    def last_judged(self, problem_id: int) -> int | None:
        """Return the proposal of a problem that was given a verdict last, where that is not saved yet."""
        verdicts = (act for act in reversed(self._acts.values()) if act.kind is Act.VERDICT)
        return next((act.method_id for act in verdicts if act.problem_id == problem_id), None)
