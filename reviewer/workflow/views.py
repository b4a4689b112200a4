"""What the triage screen shows of one proposal, gathered in one read."""

from dataclasses import dataclass, replace

from reviewer.domain.adjudications import AdjudicationEvent
from reviewer.domain.alike import AlikeTo
from reviewer.domain.checks import CheckResult
from reviewer.domain.errors import UserError
from reviewer.domain.judgements import Judgement
from reviewer.domain.methods import Method, Remark
from reviewer.domain.outcomes import OutcomeEvent, Seen
from reviewer.domain.problems import Problem, Target, no_such_problem
from reviewer.domain.stages import idea_stands_left, missing_for_next, next_stage
from reviewer.domain.vocabulary import Protocol, Role, Stage
from reviewer.evidence.appraisal import Appraised, appraise
from reviewer.evidence.baselines import RankedBaseline, best_baselines, rank_baselines
from reviewer.evidence.comparison import ComparisonRow, compare
from reviewer.evidence.derived import Derivation
from reviewer.evidence.units import as_measured
from reviewer.store.adjudications import current_adjudication
from reviewer.store.alike import alike_to
from reviewer.store.annotations import Connection, CurrentJudgement, current_judgement
from reviewer.store.check_results import results_of
from reviewer.store.connection import Store
from reviewer.store.covering import names_known
from reviewer.store.critique_readings import last_call_shown
from reviewer.store.held_forecasts import what_is_seen
from reviewer.store.imports import imports_stamp
from reviewer.store.methods import method_by_id, methods_of_role, remarks_on
from reviewer.store.problems import ProblemCounts, StoredProblem, counts, list_problems, problem_by_id
from reviewer.store.protocols import DEFAULT, Reached, protocol_of, reached_by, sees_others
from reviewer.store.sparing import as_far_as_readable, lacking, spared
from reviewer.workflow.sealing import hidden_of, idea_of, ideas_of
from reviewer.workflow.session import Session

ON_WHICH_NUMBERS_STAND = frozenset(("metrics", "datasets", "references"))
"""Without these, numbers would say something else than they do: which is better, and how far it is to the ceiling."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal, the baselines that it can be held against in order, and the viewer's own judgement of it."""

    proposal: Method
    baselines: tuple[RankedBaseline, ...]
    references: tuple[Method, ...]
    remarks: tuple[Remark, ...]
    current: CurrentJudgement | None
    problem: Problem
    """With what baselines and references tell of the units of its metrics."""
    questions: tuple[CheckResult, ...] = ()
    """What the checks ask of its evidence, the most pressing level first."""
    lacking: frozenset[str] = frozenset()
    """What of all this cannot be read in a damaged store: ``numbers``, ``baselines``, ``remarks`` and so on."""
    outcome: OutcomeEvent | None = None
    """What holds of how it ended."""
    seen: Seen | None = None
    """What of that can be seen: then a forecast that is given now is not scored."""
    adjudication: AdjudicationEvent | None = None
    """What was said last beside the judgements, once the viewer may see what others hold."""
    protocol: Protocol = DEFAULT
    stage: Stage | None = None
    """How far the viewer has come in the sealed protocol; None in the others. At the first one it is the idea alone."""
    on_left: bool = True
    """Whether the idea to judge stands left of the one to compare it with."""
    critique: str | None = None
    """The call whose critique of it the viewer had before them last; None where they never had one."""
    alike: tuple[AlikeTo, ...] = ()
    """The others that stand together with it since they are nearly alike."""

    @property
    def is_sealed(self) -> bool:
        """Return whether the idea alone is seen."""
        return self.stage is Stage.IDEA

    @property
    def sees_others(self) -> bool:
        """Return whether the viewer may see by now what others hold of the proposal."""
        if self.protocol is Protocol.SEALED:
            return self.stage is Stage.OTHERS
        return self.protocol is Protocol.OPEN or self.judgement.verdict is not None

    @property
    def next_stage(self) -> Stage | None:
        """Return the stage that comes next in the sealed protocol; None after the last, and in the others."""
        return next_stage(self.stage) if self.stage else None

    @property
    def missing_for_next(self) -> tuple[str, ...]:
        """Return what has to be said before the next stage is shown."""
        return missing_for_next(self.judgement)

    @property
    def judgement(self) -> Judgement:
        """Return what the viewer holds of the proposal, the empty judgement where they have not touched it."""
        return self.current.judgement if self.current else Judgement()

    @property
    def revision_of_verdict(self) -> int | None:
        """Return the revision on which the viewer's verdict was given, or None where they gave none."""
        return self.current.revision_of_verdict if self.current else None

    @property
    def changed_since_judged(self) -> bool:
        """Return whether the viewer's verdict was given on an older revision."""
        return self.revision_of_verdict not in (None, self.proposal.revision_id)


@dataclass(frozen=True, slots=True)
class BaselinesView:
    """The baselines and references of a problem, for a screen without a proposal."""

    baselines: tuple[RankedBaseline, ...]
    references: tuple[Method, ...]
    problem: Problem
    """With what these tell of the units of its metrics."""
    lacking: frozenset[str] = frozenset()
    """What of them cannot be read in a damaged store."""
    protocol: Protocol = DEFAULT

    @property
    def is_sealed(self) -> bool:
        """Return whether they are shown as ideas alone."""
        return self.protocol is Protocol.SEALED


def baseline_rows(view: BaselinesView, baseline: int) -> tuple[ComparisonRow, ...]:
    """Return the rows of evidence of a baseline alone, by its place in the order."""
    chosen = view.baselines[baseline].method if view.baselines else None
    return compare(None, chosen, view.references, view.problem)


def evidence_rows(view: ProposalView, baseline: int) -> tuple[ComparisonRow, ...]:
    """Return the rows of evidence of a proposal against one of its baselines, by the baseline's place in the order."""
    chosen = view.baselines[baseline].method if view.baselines else None
    return compare(view.proposal, chosen, view.references, view.problem)


def appraised_rows(view: ProposalView, baseline: int, *, shared_seeds: bool) -> tuple[Appraised, ...]:
    """Return the same rows with what statistics say of each. Loads scipy the first time: never where a key waits."""
    against = view.baselines[baseline].method.uuid if view.baselines else ""
    best = best_baselines([ranked.method for ranked in view.baselines], view.problem, view.references)
    return appraise(evidence_rows(view, baseline), shared_seeds=shared_seeds, best=best, against=against)


class ProblemReader:
    """Reads proposals of one problem for one viewer, and keeps its baselines and references, which rarely change.

    Used by one thread at a time.
    """

    def __init__(self, session: Session, problem_id: int) -> None:
        self._session = session
        self._problem_id = problem_id
        self._stamp: tuple[int, int] | None = None
        self._measured: Problem
        self._baselines: tuple[Method, ...] = ()
        self._references: tuple[Method, ...] = ()
        self._lacking: frozenset[str] = frozenset()
        self._known: tuple[str, ...] | None = None

    def forget(self) -> None:
        """Read baselines and references anew the next time: something may have changed them."""
        self._stamp = None

    def view(self, method_id: int) -> ProposalView:
        """Return what is shown of a proposal.

        Raises:
            LookupError: when it is gone from the store.
            StoreError: when the store cannot be read.
        """
        return as_far_as_readable(self._session.store, lambda connection: self._view(connection, method_id))

    def _view(self, connection: Connection, method_id: int) -> ProposalView:
        self._bring_up_to_date(connection)
        proposal = self._derivation.complete(method_by_id(connection, method_id))
        remarks = spared(connection, "remarks", lambda: remarks_on(connection, proposal)) or ()
        reviewer = self._session.reviewer_id
        current = spared(connection, "judgement", lambda: current_judgement(connection, method_id, reviewer))
        questions = (
            spared(connection, "questions", lambda: results_of(connection, self._problem_id, method_id, reviewer)) or ()
        )
        outcome, seen = spared(connection, "outcome", lambda: what_is_seen(connection, method_id)) or (None, None)
        adjudicated = spared(connection, "others", lambda: _adjudicated(connection, method_id, reviewer))
        ranked = rank_baselines(proposal, self._baselines, self._measured, self._references)
        reached = spared(connection, "protocol", lambda: reached_by(connection, method_id, reviewer))
        reached = reached or Reached(Protocol.SEALED, Stage.IDEA, "")
        lost = self._lacking | lacking(connection)
        view = ProposalView(
            proposal, ranked, self._references, remarks, current, self._measured, questions, lost, outcome, seen,
            adjudicated,
            reached.protocol, reached.stage,
            critique=spared(connection, "critiques", lambda: last_call_shown(connection, method_id, reviewer)),
            alike=spared(connection, "rows", lambda: alike_to(connection, self._problem_id, method_id, reviewer)) or (),
        )  # fmt: skip
        return self._sealed(connection, view, reached.viewer) if view.is_sealed else view

    def _sealed(self, connection: Connection, view: ProposalView, viewer: str) -> ProposalView:
        """Return the idea alone of a proposal, beside those of the baselines."""
        on_left = not self._baselines or idea_stands_left(viewer, view.proposal.uuid)
        hidden = hidden_of((view.proposal, *self._baselines), self._names_known(connection))
        return replace(
            view,
            proposal=idea_of(view.proposal, hidden),
            baselines=ideas_of(self._baselines, hidden),
            references=(),
            remarks=(),
            questions=(),
            outcome=None,
            seen=None,
            on_left=on_left,
        )

    def _protocol_and_names(self, connection: Connection) -> tuple[Protocol, tuple[str, ...], frozenset[str]]:
        protocol = protocol_of(connection, self._problem_id)
        known = self._names_known(connection) if protocol is Protocol.SEALED else ()
        return protocol, known, lacking(connection)

    def _names_known(self, connection: Connection) -> tuple[str, ...]:
        """Return what is covered in every text, which is looked up once for the methods that there are."""
        if self._known is None:
            self._known = names_known(connection, self._problem_id)
        return self._known

    def adjudication(self, method_id: int) -> AdjudicationEvent | None:
        """Return what was said last beside the judgements of a proposal, where the viewer may see that now.

        Raises:
            StoreError: when the store cannot be read.
        """
        with self._session.store.read() as connection:
            return _adjudicated(connection, method_id, self._session.reviewer_id)

    def baselines(self) -> BaselinesView:
        """Return the problem's baselines and references by themselves.

        Raises:
            StoreError: when the store cannot be read.
        """
        as_far_as_readable(self._session.store, self._bring_up_to_date)
        protocol, known, lost = as_far_as_readable(self._session.store, self._protocol_and_names)
        lost |= self._lacking
        if protocol is Protocol.SEALED:
            ideas = ideas_of(self._baselines, hidden_of(self._baselines, known))
            return BaselinesView(ideas, (), self._measured, lost, protocol)
        ranked = rank_baselines(None, self._baselines, self._measured, self._references)
        return BaselinesView(ranked, self._references, self._measured, lost, protocol)

    def _bring_up_to_date(self, connection: Connection) -> None:
        # In a damaged store nothing changes any more; what cannot be read of the imports does not matter then.
        stamp = spared(connection, "imports", lambda: imports_stamp(connection)) or (0, 0)
        if stamp != self._stamp:
            lacking(connection)
            stored = problem_by_id(connection, self._problem_id)
            problem = stored.problem
            baselines = methods_of_role(connection, self._problem_id, Role.BASELINE)
            self._references = methods_of_role(connection, self._problem_id, Role.REFERENCE)
            self._measured = as_measured(problem, baselines, self._references)
            self._derivation = Derivation(self._measured, self._references)
            self._baselines = tuple(map(self._derivation.complete, baselines))
            self._lacking = stored.lacking | lacking(connection)
            if self._lacking & ON_WHICH_NUMBERS_STAND:
                self._lacking |= {"numbers"}
            self._known = None
            self._stamp = stamp
        lacking(connection)


def _adjudicated(connection: Connection, method_id: int, viewer_id: int) -> AdjudicationEvent | None:
    return current_adjudication(connection, method_id) if sees_others(connection, method_id, viewer_id) else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The problems of a store, and the viewer's counts in one of them."""

    problems: tuple[StoredProblem, ...]
    counts: dict[int, ProblemCounts]


def overview(store: Store, reviewer_id: int) -> Overview:
    """Return every problem with its counts for one viewer."""
    with store.read() as connection:
        problems = list_problems(connection)
        return Overview(problems, {p.id: counts(connection, p.id, reviewer_id) for p in problems})


def named_problem(store: Store, slug: str | None) -> StoredProblem:
    """Return the problem of that name; without a name the only one there is.

    Raises:
        UserError: when there is none of that name, or none is named and the store has not just one.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        problems = list_problems(connection)
    found = [p for p in problems if slug in (None, p.problem.slug)]
    if len(found) == 1:
        return found[0]
    slugs = [p.problem.slug for p in problems]
    if slug is not None:
        raise UserError(no_such_problem(slug, slugs))
    raise UserError(f"Name the problem; the store has {', '.join(slugs) or 'none'}.")


def target_lines(target: Target | None) -> tuple[tuple[str, str], ...]:
    """Return the parts of a target that are filled in, each with its label, the criterion first."""
    if target is None:
        return ()
    parts = (
        ("survives if", target.criterion),
        ("by", target.by),
        ("decides", target.decider),
        ("system", target.system),
        ("scale", target.scale),
        ("budget", target.budget),
        ("latency", target.latency),
        ("signals", target.signals),
    )
    return tuple((label, text) for label, text in parts if text)
