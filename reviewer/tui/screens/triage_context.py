"""What is before the reviewer when they act, as it is written down with what they say."""

from dataclasses import replace

from reviewer.domain.judgements import Context
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Status
from reviewer.store.problems import StoredProblem
from reviewer.workflow.views import ProposalView


def context_of(
    view: ProposalView,
    stored: StoredProblem,
    *,
    rubric: str,
    baseline: int,
    critique: str | None,
    asked: QueueFilter,
    order: Sort,
) -> Context:
    """Return what one sees who has a view on the screen, of a problem, in a queue that is asked for in an order.

    ``rubric`` is the label of the one in use, ``baseline`` which of the view's baselines stands beside the proposal,
    ``critique`` the call whose critique was read last.
    """
    chosen = view.baselines[baseline].method if view.baselines else None
    measured = view.proposal.measurements
    return Context(
        revision_id=view.proposal.revision_id,
        rubric=rubric,
        target_version=stored.target_version or None,
        baseline_id=chosen.id if chosen else None,
        visible={
            "protocol": str(view.protocol),
            "stage": view.stage and str(view.stage),
            "agent": not view.is_sealed,
            "origin": not view.is_sealed,
            "evidence": not view.is_sealed,
            "baseline": chosen.uuid if chosen else None,
            "settings": sorted({str(m.setting) for m in measured if not m.subset}),
            "target": bool(stored.problem.target),
            "others": view.sees_others,
            "outcome": view.seen is not None,
            "order": str(order),
            "part": replace(asked, status=None).active or asked.status not in (None, Status.TO_DO),
            **({"left": "proposal" if view.on_left else "baseline"} if view.is_sealed else {}),
            **({"critique": critique} if critique else {}),
        },
        stage=view.stage,
    )
