"""What an import leaves to its end: that all is found by search, the checks were run, and what is alike is known."""

from collections.abc import Callable

from reviewer.domain.checks import CheckSettings
from reviewer.store.connection import Store
from reviewer.store.search_index import index_all, unindexed
from reviewer.workflow import apart
from reviewer.workflow.checking import Beside, Checking
from reviewer.workflow.checking_apart import MOST_OTHERS, checking_apart
from reviewer.workflow.grouping import group_all
from reviewer.workflow.indexing_apart import indexing_apart

APART_FROM = 1_000
"""From so many methods on another process, which takes some tenths of a second to begin, is worth it."""


def complete(
    store: Store,
    checks: CheckSettings | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], object] | None = None,
) -> None:
    """Put into the search index, check, and hold against the others all that waits for it, until ``cancelled``.

    ``progress`` is told how many of the methods that wait have been checked, which takes the longest.

    Where much waits, and there is a core for it, another process indexes while this one checks.

    Raises:
        StoreError: when the store cannot be read or written; what was indexed and checked before stays.
        ReviewerError: when another process ends before its time.
    """
    with store.read() as connection:
        much = unindexed(connection) >= APART_FROM
    waiting = Checking(store, checks).waiting() if progress else 0
    done = 0

    def tell(checked: int) -> None:
        if progress is not None:
            progress(done + checked, waiting)

    if much and apart.worth_it():
        with indexing_apart(store.path) as beside:
            # Once all is indexed its core checks as well.
            done = check_all(store, checks, lambda: cancelled() or not beside.more, beside, tell)
    check_all(store, checks, cancelled, progress=tell)
    index_all(store, cancelled)
    group_all(store, (checks or CheckSettings()).near, cancelled)


def check_all(
    store: Store,
    checks: CheckSettings | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    beside: Beside | None = None,
    progress: Callable[[int], object] = lambda done: None,
) -> int:
    """Check all that waits, batch by batch, until ``cancelled``; return how many methods that were.

    Where much waits, and there are cores for it, other processes check some of each batch; ``beside`` writes pieces of
    its own meanwhile. ``progress`` is told after each batch how many were checked so far.

    Raises:
        StoreError: when the store cannot be read or written; what was checked before stays.
        ReviewerError: when another process ends before its time.
    """
    settings = checks or CheckSettings()
    checking = Checking(store, settings)
    # What is written beside has a core too: more processes than cores take longer, since they wait for one another.
    cores = apart.spare_cores() - (beside is not None)
    if cores > 0 and checking.waiting() >= APART_FROM:
        with checking_apart(store.path, settings, min(cores, MOST_OTHERS)) as others:
            return checking.check_all(cancelled, beside, others, progress)
    return checking.check_all(cancelled, beside, progress=progress)
