"""Saving and searching, in this process: each beside the barest SQL that does it."""

import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, time_ns

from reviewer.domain.judgements import Context
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.search_words import search_expression
from reviewer.workflow.browsing import Asked, first_page
from reviewer.workflow.judging import give_verdict, perform
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session
from tests.benchmarks import texts
from tests.benchmarks.measuring import Plan, in_turn
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row, percentile

PAGE = 200
"""Rows in a page of the queue, as the app asks for it."""

SAVES = 200


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def save(plan: Plan) -> list[Row]:
    """Measure from an act until it is on the disk; the peer commits one row of the same size by the same pragmas."""
    path = cached_store(plan.proposals)
    store = Store(path)
    # A reviewer of its own for each time, so that every save is the first judgement of its proposal.
    session = begin_session(store, f"bench {time_ns()}", load_rubric(None))
    numbers = iter(range(1, plan.proposals + 1))

    def ours() -> None:
        number = next(numbers)
        context = Context(number, session.rubric.label, visible={"others": False})
        perform(session, number, Act.VERDICT, give_verdict(Verdict.FAILS), context, words="fails")

    # Beside the store: another disk would be another measurement.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, snapshot TEXT NOT NULL) STRICT")

        def peer() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO events (snapshot) VALUES (?)", ("x" * 600,))
            connection.execute("COMMIT")

        saves = min(SAVES, plan.proposals - 1)
        mine, bare = in_turn(saves, partial(_timed, ours), partial(_timed, peer))
        connection.close()
    store.close()
    what = f"save a verdict, on the disk, {plan.proposals:,} proposals"
    return [Row(what, 1000 * median(mine), "ms", 2.0, 1000 * median(bare), "bare INSERT and commit")]


BARE_SEARCH = "SELECT rowid, title FROM search_index WHERE search_index MATCH ? LIMIT ?"
"""The least that shows a person a page of what was found."""

SEARCHES = 200


def search(plan: Plan) -> list[Row]:
    """Measure the first page of what people type, letter by letter, beside the barest query that finds as much."""
    store = Store(cached_store(plan.proposals))
    session = begin_session(store, "bench", load_rubric(None))
    queries = texts.typed(SEARCHES, plan.proposals)

    def ours(text: str) -> object:
        return first_page(session, Asked(1, QueueFilter(text=text), Sort.IMPORTED), PAGE)

    def peer(text: str) -> object:
        return store.connection().execute(BARE_SEARCH, (search_expression(text), PAGE + 1)).fetchall()

    mine, bare = [], []
    for text in queries:
        ours_once, bare_once = in_turn(2, partial(_timed, partial(ours, text)), partial(_timed, partial(peer, text)))
        mine.append(1000 * min(ours_once))
        bare.append(1000 * min(bare_once))
    store.close()
    what = f"search as typed, first page, {plan.proposals:,} proposals"
    p95 = percentile(mine, 0.95)
    return [
        Row(f"{what}, p95 of {len(mine)}", p95, "ms", 1.5, percentile(bare, 0.95), "bare FTS5 query"),
        Row(f"{what}, p95 of {len(mine)}", p95, "ms", 100),
        Row(f"{what}, p50", median(mine), "ms", None, median(bare), "bare FTS5 query"),
    ]
