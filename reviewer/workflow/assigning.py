"""Assigning proposals to reviewers: which ones, to whom, and what became of the rounds before."""

import csv
import heapq
import io
import os
import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.pieces import in_pieces
from reviewer.domain.plain_files import read_plain
from reviewer.domain.problems import no_such_problem
from reviewer.domain.queue import QueueFilter
from reviewer.domain.reviewer_names import clean_name
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Protocol
from reviewer.judgement.assignment import NOBODY, Assignment, Balance, Integers, OverlapError, assign, balance
from reviewer.store import assignments, queue, queue_draws
from reviewer.store.annotations import own_reviewer_id, save_reviewer
from reviewer.store.assignments import Load, Round
from reviewer.store.connection import Store
from reviewer.store.covering import title_while_sealed
from reviewer.store.decisions import decision_of
from reviewer.store.methods import method_by_id
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.protocols import protocol_of
from reviewer.workflow.permalinks import find_proposal_at


@dataclass(frozen=True, slots=True)
class AssignmentRequest:
    """Who is to review what of a problem.

    ``most_worth`` chooses so many proposals on which one more review is worth most by all forecasts, ``unjudged``
    those that nobody has judged; ``part`` asks of the data alone. ``conflicts`` names by proposal who must not have it.
    With ``by_judgements`` who has judged a proposal is not assigned it: which tells whoever sees the round that they
    have.
    """

    reviewers: Sequence[str]
    overlap: int
    seed: int | None = None
    most_worth: int | None = None
    unjudged: bool = False
    part: QueueFilter = field(default_factory=QueueFilter)
    conflicts: Mapping[int, Collection[str]] = field(default_factory=dict)
    by_judgements: bool = True

    @property
    def chosen(self) -> str:
        """Return how the proposals are chosen, in words."""
        how = f"{_MOST_WORTH} {self.most_worth}" if self.most_worth else _UNJUDGED if self.unjudged else ""
        asked = self.part.describe() if self.part.active else ""
        return ", ".join(filter(None, (how, asked))) or _ALL


_ALL, _MOST_WORTH, _UNJUDGED = "all", "most worth", "unjudged"
_BY_JUDGEMENTS = (_MOST_WORTH, _UNJUDGED)
"""What the words begin with that say of proposals what others hold of them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An assignment as it was drawn; ``round_id`` is that of its row, None where it is not kept."""

    problem: str
    chosen: str
    assignment: Assignment
    balance: Balance
    round_id: int | None = None

    @property
    def had(self) -> int:
        """Return how many reviews count that were given, or assigned, before."""
        return len(self.assignment.had)

    @property
    def given(self) -> int:
        """Return how many proposals are assigned to somebody by this."""
        return sum(places[0] != NOBODY for places in self.assignment.ways())


def draw_assignment(store: Store, stored: StoredProblem, asked: AssignmentRequest) -> Drawn:
    """Draw who reviews what, and keep nothing of it yet.

    Who of the reviewers has judged a proposal, or was assigned it, counts among those that it gets.

    Raises:
        UserError: when a name is none, there is no such proposal, or a proposal cannot have so many reviewers.
        StoreError: when the store cannot be read.
    """
    names = [clean_name(name) for name in asked.reviewers]
    seed = int.from_bytes(os.urandom(4)) if asked.seed is None else asked.seed
    with store.read() as connection:
        ids, claims = array("q"), array("d")
        for method_id, claim in queue.filtered(connection, stored.id, asked.part, unjudged=asked.unjudged):
            ids.append(method_id)
            claims.append(claim)
        if not ids:
            which = "" if asked.chosen == _ALL else f" ({safe_line(asked.chosen, 80)})"
            sealed = asked.part.active and protocol_of(connection, stored.id) is Protocol.SEALED
            why = (
                ": it is judged sealed, and nothing but titles and texts of ideas chooses among them" if sealed else ""
            )
            raise UserError(f"{stored.problem.slug} has no proposal to assign{which}{why}.")
        if asked.most_worth is not None:
            ids = _most_worth(connection, stored.id, ids, claims, asked.most_worth)
        had = assignments.had_by(connection, ids, names, judged=asked.by_judgements)
        try:
            assignment = assign(ids, names, asked.overlap, seed, asked.conflicts, had)
        except OverlapError as error:
            raise _by_its_name(connection, error) from error
    drawn = Drawn(stored.problem.slug, asked.chosen, assignment, balance(assignment))
    if not drawn.given:
        raise UserError("Nothing is left to assign: each of these proposals has as many of the reviewers already.")
    return drawn


def is_open(store: Store, stored: StoredProblem) -> bool:
    """Return whether all see what others hold of a problem's proposals.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return protocol_of(connection, stored.id) is Protocol.OPEN


def keep_assignment(store: Store, stored: StoredProblem, drawn: Drawn, made_by: str, clock: Clock = utc_now) -> Drawn:
    """Write an assignment down as a round, entering the reviewers who are new; each has it in an order of chance.

    Raises:
        UserError: when the name of who makes it is none.
        StoreError: when the store cannot be written.
    """
    by, now = clean_name(made_by), timestamp(clock())
    names = drawn.assignment.reviewers
    with store.write() as connection:
        round_id = assignments.add_round(
            connection,
            stored.id,
            seed=drawn.assignment.seed,
            overlap=drawn.assignment.overlap,
            chosen=drawn.chosen,
            reviewers={name: save_reviewer(connection, name, now) for name in names},
            work={name: drawn.assignment.of(name) for name in names},
            made_by=by,
            now=now,
        )
    return replace(drawn, round_id=round_id)


NAMED_AT_ONCE = 1_000


def named_pieces(store: Store, assignment: Assignment) -> Iterator[Sequence[tuple[str, tuple[str, ...]]]]:
    """Yield, in pieces, by what id each proposal is known at the edge, with who reviews it, in the order of the draw.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        for piece in in_pieces(assignment, NAMED_AT_ONCE):
            uuids = assignments.uuids_of(connection, [proposal for proposal, _ in piece])
            # What has been withdrawn meanwhile is known by none.
            yield [(uuids[proposal], who) for proposal, who in piece if proposal in uuids]


def _most_worth(
    connection: sqlite3.Connection, problem_id: int, ids: Integers, claims: Sequence[float], n: int
) -> Integers:
    """Return those on which one more review is worth most, equals by claim."""
    from reviewer.judgement.priority import worth
    from reviewer.workflow.queue_drawing import spread_of

    spread, decision = spread_of(connection, problem_id), decision_of(connection, problem_id)
    base = worth(0, 0.0, decision=decision, spread=spread).priority
    judged = queue_draws.sums_of_all(connection, problem_id, -1)

    def ranked() -> Iterator[tuple[float, float, int]]:
        # Both go from the newest to the oldest: of millions that are judged none has to be kept.
        sums = next(judged, None)
        for method_id, claim in zip(reversed(ids), reversed(claims), strict=True):
            while sums is not None and sums.method_id > method_id:
                sums = next(judged, None)
            priority = base
            if sums is not None and sums.method_id == method_id:
                priority = worth(sums.forecasts, sums.total, decision=decision, spread=spread).priority
            yield -priority, claim, method_id

    return array("q", (method_id for *_, method_id in heapq.nsmallest(n, ranked())))


def _by_its_name(connection: sqlite3.Connection, error: OverlapError) -> UserError:
    """Return the error with the first proposal's title and id in place of its row id."""
    if not error.proposals:
        return UserError(str(error))
    method = method_by_id(connection, error.proposals[0])
    sealed = protocol_of(connection, method.problem_id) is Protocol.SEALED
    title = title_while_sealed(connection, method.id) if sealed else method.title
    name = f"Proposal “{safe_line(title, 60)}” ({method.uuid[-8:]})"
    return UserError(str(error).replace(f"Proposal {error.proposals[0]}", name, 1))


def conflicts_of(
    store: Store, stored: StoredProblem, told: Sequence[tuple[str, str]]
) -> tuple[Mapping[int, frozenset[str]], frozenset[str]]:
    """Return by proposal who must not review it, and all names among them, given pairs of a proposal's name and theirs.

    Raises:
        UserError: when there is no such proposal in the problem, or a name is none.
    """
    found: dict[int, set[str]] = {}
    for proposal, name in told:
        problem_id, method_id = find_proposal_at(store, proposal)
        if problem_id != stored.id:
            raise UserError(f"The proposal “{safe_line(proposal, 80)}” is not of the problem {stored.problem.slug}.")
        found.setdefault(method_id, set()).add(clean_name(name))
    return {method_id: frozenset(who) for method_id, who in found.items()}, frozenset().union(*found.values())


def read_conflicts(path: Path) -> list[tuple[str, str]]:
    """Return the pairs of a CSV file with the columns proposal and reviewer.

    Raises:
        UserError: when it cannot be read as that; it names the line.
    """
    try:
        text = read_plain(path).decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: the conflicts cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 text; save the file as UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not {"proposal", "reviewer"} <= set(reader.fieldnames or ()):
            raise UserError(f"{path}: a file of conflicts is CSV with the columns proposal and reviewer.")
        rows = []
        for row in reader:
            proposal, name = row["proposal"], row["reviewer"]
            if not (proposal or "").strip() or not (name or "").strip():
                raise UserError(f"{path}, line {reader.line_num}: it names no proposal or no reviewer.")
            rows.append((proposal, name))
    except csv.Error as error:
        raise UserError(f"{path}, line {reader.line_num}: not CSV ({error}).") from error
    return rows


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A round with how much each has of it; ``done`` is None where that is others' business.

    ``chosen`` says how its proposals were chosen, and is None where that would tell of them what the viewer may not see
    yet.
    """

    problem: str
    round: Round
    chosen: str | None
    loads: Sequence[tuple[str, int, int | None]]


def rounds_so_far(store: Store, slug: str | None, viewer: str | None, *, everyone: bool) -> tuple[RoundProgress, ...]:
    """Return every round, the newest first, of one problem or of all.

    How far somebody is shows what has been judged, so that it is told of the viewer, where the protocol is open, and
    else only where ``everyone`` is asked for. That a round is of what is worth most, or of what nobody has judged,
    shows the same of its proposals, and whose they are is sealed where ideas alone are judged; who made the round knows
    both.

    Raises:
        UserError: when there is no such problem.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        known = {each.id: each.problem.slug for each in list_problems(connection)}
        wanted = [problem_id for problem_id, name in known.items() if name == slug]
        if slug is not None and not wanted:
            raise UserError(no_such_problem(slug, list(known.values())))
        me = None if viewer is None else own_reviewer_id(connection, viewer)

        def shown(each: Load, problem_id: int) -> int | None:
            is_open = protocol_of(connection, problem_id) is Protocol.OPEN
            return each.done if everyone or is_open or each.reviewer_id == me else None

        def chosen(each: Round) -> str | None:
            protocol = protocol_of(connection, each.problem_id)
            tells = protocol is Protocol.SEALED or each.chosen.startswith(_BY_JUDGEMENTS)
            hides = tells and protocol is not Protocol.OPEN and each.chosen != _ALL
            return None if hides and not everyone and each.made_by != viewer else each.chosen

        return tuple(
            RoundProgress(
                known.get(each.problem_id, ""),
                each,
                chosen(each),
                [
                    (load.reviewer, load.assigned, shown(load, each.problem_id))
                    for load in assignments.loads(connection, each.id)
                ],
            )
            for each in assignments.rounds(connection, wanted[0] if wanted else None)
        )
