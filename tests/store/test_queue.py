"""The queue in pages: the same rows in the same order however one walks it, and nobody's judgement but one's own."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.queue import QueueFilter, QueueRow, Sort
from reviewer.domain.vocabulary import Act, Role, Status, Verdict
from reviewer.store import queue, queue_rows
from reviewer.store.check_results import keep_results
from reviewer.store.connection import Store
from reviewer.store.problems import ProblemCounts, counts
from reviewer.store.search_words import LONGEST_WORD, MOST_WORDS, search_expression
from reviewer.workflow.judging import set_flag, set_forecast, set_tags, skip, undo
from reviewer.workflow.session import Session
from tests.builders import act, build_session, build_store, import_records, judge, measured, method_ids, record, table

AGENTS = ["agent-1", "Agent-2", "agent-10", "", "Ångström"]
FAMILIES = ["noise", "Filtering", ""]
WORDS = ["overlap", "fine-tuning", "Größe", "curriculum"]
TITLES = ["alpha", "Alpha", "beta", "", "Émile", "émile", "zeta'); --", "日本", "a b", "100%"]


@pytest.fixture(scope="module")
def kim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Sixty proposals, some judged by kim and others by noor; some were changed afterwards."""

    def proposal(i: int, body: str = "") -> None:
        import_records(
            store,
            record(
                f"p{i:02}",
                title=TITLES[i % len(TITLES)],
                agent=AGENTS[i % len(AGENTS)],
                family=FAMILIES[i % len(FAMILIES)],
                body=f"{body}{WORDS[i % len(WORDS)]} text",
                measurements=(measured((i * 7 % 11) / 10),) if i % 4 else (),
            ),
        )

    store = build_store(tmp_path_factory.mktemp("queue"), record("b1", Role.BASELINE, body="overlap text"))
    for i in range(60):
        proposal(i)
    session, noor = build_session(store), build_session(store, "noor")
    verdicts = list(Verdict)
    for i, method_id in enumerate(method_ids(store)):
        if i % 3 == 0:
            judge(session, method_id, verdicts[i % 4])
        if i % 5 == 0:
            act(session, method_id, Act.FLAG, set_flag(True))
        if i % 7 == 0:
            act(session, method_id, Act.SKIP, skip)
        if i % 4 == 0:
            act(session, method_id, Act.TAGS, set_tags(["mine", "ünï 'quoted' \"tag\""][: 1 + i % 2]))
        if i % 11 == 0:
            undo(session)
        judge(noor, method_id, verdicts[(i + 1) % 4])
        act(noor, method_id, Act.TAGS, set_tags(["hers"]))
        act(noor, method_id, Act.FLAG, set_flag(True))
    for i in range(0, 60, 6):
        proposal(i, body="changed ")
    with store.write() as connection:
        asked = [CheckResult("few-seeds", Level.ASK, "Would it hold?", {})] * 2
        keep_results(connection, 1, "", dict.fromkeys(method_ids(store)[::2], asked), {})
    yield session
    store.close()


def mostly(default: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Mostly the default, since filters that ask everything at once leave nothing to look at."""
    return st.sampled_from([*[default] * 3 * len(others), *others])


FILTERS = st.builds(
    QueueFilter,
    status=mostly(None, *Status),
    verdict=mostly(None, *Verdict),
    agent=mostly("", "agent-1", "AGENT-2", "nobody"),
    family=mostly("", "noise", "FILTERING"),
    tag=mostly("", "mine", "hers", "ünï 'quoted' \"tag\""),
    flagged=mostly(False, True),
    changed=mostly(False, True),
    check=mostly("", "few-seeds", "no-error"),
    text=mostly("", "over", "overlap ", "text gröss", "grosse", "fine-tun", "changed text", "zeta"),
)
KEPT = st.lists(st.integers(1, 70), max_size=4)


def whole(session: Session, asked: QueueFilter, sort: Sort, kept: list[int]) -> list[QueueRow]:
    page = queue.first_page(session.store.connection(), 1, session.reviewer_id, asked, sort, 10_000, kept=kept)
    assert not page.more_before
    assert not page.more_after
    return list(page.rows)


@settings(max_examples=150)
@given(asked=FILTERS, sort=st.sampled_from(Sort), kept=KEPT, limit=st.integers(1, 25))
def test_pages_forward_and_backward_are_the_whole_queue(
    kim: Session, asked: QueueFilter, sort: Sort, kept: list[int], limit: int
) -> None:
    connection, rows = kim.store.connection(), whole(kim, asked, sort, kept)
    for forward in (True, False):
        page = queue.first_page(connection, 1, kim.reviewer_id, asked, sort, limit, kept=kept, last=not forward)
        assert not (page.more_before if forward else page.more_after)
        walked = list(page.rows)
        while page.more_after if forward else page.more_before:
            key = walked[-1].key if forward else walked[0].key
            page = queue.page_beside(
                connection, 1, kim.reviewer_id, asked, sort, limit, key, forward=forward, kept=kept
            )
            assert page.rows, "more was promised"
            assert len(walked) < len(rows), "it goes round in circles"
            walked = [*walked, *page.rows] if forward else [*page.rows, *walked]
        assert walked == rows
    assert queue.count_queue(connection, 1, kim.reviewer_id, asked, kept=kept) == len(rows)


@settings(max_examples=150)
@given(asked=FILTERS, kept=KEPT)
def test_filter_keeps_exactly_the_rows_that_fulfil_it(kim: Session, asked: QueueFilter, kept: list[int]) -> None:
    """The same question answered in Python, over every proposal."""
    details = {
        row[0]: row[1:]
        for row in table(
            kim.store,
            "SELECT m.id, m.title || ' ' || r.body, coalesce(j.tags, '[]') FROM methods m JOIN revisions r "
            "ON r.id = m.revision_id LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = ?",
            (kim.reviewer_id,),
        )
    }

    def own(row: QueueRow) -> bool:
        tags = table(kim.store, "SELECT value FROM json_each(?)", (details[row.method_id][1],))
        to_do = (Status.TO_DO, Status.STARTED)
        return (
            (asked.status is None or row.status in (to_do if asked.status is Status.TO_DO else (asked.status,)))
            and (asked.verdict is None or row.verdict is asked.verdict)
            and (not asked.tag or (asked.tag,) in tags)
            and (not asked.flagged or row.flagged)
            and (not asked.changed or row.changed)
        )

    first = method_ids(kim.store)[0]

    def hard(row: QueueRow) -> bool:
        return (
            (not asked.agent or row.agent.lower() == asked.agent.lower())
            and (not asked.family or row.family.lower() == asked.family.lower())
            and (not asked.check or (asked.check == "few-seeds" and (row.method_id - first) % 2 == 0))
        )

    def has_text(row: QueueRow) -> bool:
        words = details[row.method_id][0].lower().replace("ö", "o").replace("-", " ").split()
        return {
            "": True,
            "over": any(w.startswith("over") for w in words),
            "overlap ": "overlap" in words,
            "text gröss": False,  # The index folds marks, not the sharp s.
            "grosse": False,
            "fine-tun": "fine" in words and "tuning" in words,
            "changed text": "changed" in words,
            "zeta": any(w.startswith("zeta") for w in words),
        }[asked.text]

    every = whole(kim, QueueFilter(), Sort.IMPORTED, [])
    expected = [r for r in every if hard(r) and has_text(r) and (own(r) or r.method_id in kept)]
    assert whole(kim, asked, Sort.IMPORTED, kept) == expected


def seen_width(session: Session, row: QueueRow) -> float:
    """Return how far apart the judgements of a row stand, as far as the viewer may see that."""
    if row.verdict is None:
        return 0.0
    found = table(session.store, "SELECT width FROM judgement_sums WHERE method_id = ?", (row.method_id,))
    return float(found[0][0])


@pytest.mark.parametrize("sort", list(Sort))
def test_orders_are_what_they_say(kim: Session, sort: Sort) -> None:
    rows = whole(kim, QueueFilter(), sort, [])
    assert len(rows) == 60

    def ascii_folded(text: str) -> str:
        return "".join(c.lower() if c.isascii() else c for c in text)

    def claim(row: QueueRow) -> float:
        return 2.0 if row.claim is None else -row.claim

    by_id = sorted(rows, key=lambda r: r.method_id)
    expected = {
        Sort.PRIORITY: sorted(by_id, key=claim),
        Sort.DISAGREEMENT: sorted(by_id, key=lambda r: -seen_width(kim, r)),
        Sort.IMPORTED: by_id,
        Sort.NEWEST: by_id[::-1],
        Sort.CLAIM: sorted(by_id, key=claim),
        Sort.TITLE: sorted(by_id, key=lambda r: ascii_folded(r.title)),
        Sort.AGENT: sorted(by_id, key=lambda r: ascii_folded(r.agent)),
    }[sort]
    assert [r.method_id for r in rows] == [r.method_id for r in expected]


@pytest.mark.parametrize("sort", sorted(set(Sort) - {Sort.DISAGREEMENT}))
@pytest.mark.parametrize("forward", [True, False])
def test_pages_are_read_from_an_index_and_never_sorted(kim: Session, sort: Sort, *, forward: bool) -> None:
    """A page of a million rows must cost what a page of sixty does."""
    asked: list[str] = []
    key = whole(kim, QueueFilter(), sort, [])[30].key
    connection = sqlite3.connect(kim.store.path)
    connection.set_trace_callback(asked.append)
    queue.page_beside(connection, 1, kim.reviewer_id, QueueFilter(), sort, 100, key, forward=forward)
    connection.set_trace_callback(None)
    pages = [sql for sql in asked if sql.startswith("SELECT m.id")]
    plans = [[row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()] for sql in pages]
    connection.close()
    assert plans
    for plan in plans:
        assert re.match(r"SEARCH m USING INDEX methods_by_\w+ \(problem_id=\? AND role=\? AND .*[<>]\?\)$", plan[0])
        assert not [step for step in plan if "TEMP B-TREE" in step]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["over", "fine-tun", "body", "zeta"])
def test_many_or_few_found_make_the_same_queue(
    kim: Session, sort: Sort, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many are found the order's index is walked, where few are they are sorted: one and the same queue."""
    few = whole(kim, QueueFilter(text=text), sort, [])
    monkeypatch.setattr(queue_rows, "SORTED_AT_MOST", 0)
    assert whole(kim, QueueFilter(text=text), sort, []) == few
    assert [r.method_id for r in few] == [
        r.method_id for r in whole(kim, QueueFilter(), sort, []) if r.method_id in {f.method_id for f in few}
    ]


@pytest.mark.parametrize("sort", [Sort.IMPORTED, Sort.NEWEST])
def test_what_is_found_comes_as_it_is_found_and_is_never_sorted(kim: Session, sort: Sort) -> None:
    asked: list[str] = []
    connection = sqlite3.connect(kim.store.path)
    connection.set_trace_callback(asked.append)
    queue.first_page(connection, 1, kim.reviewer_id, QueueFilter(text="over"), sort, 100)
    connection.set_trace_callback(None)
    (page,) = (sql for sql in asked if sql.startswith("SELECT m.id"))  # The rest the index asks of its own tables.
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {page}").fetchall()]
    connection.close()
    assert plan[0].startswith("SCAN f VIRTUAL TABLE INDEX")
    assert plan[1] == "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"
    assert not [step for step in plan if "TEMP B-TREE" in step]


@settings(max_examples=300)
@given(text=st.text(max_size=30) | st.text(alphabet="\"*^:(){}+-~<>.,' \t\x00\ud800ANDORTaé\u0301ßह्", max_size=20))
def test_no_search_raises(kim: Session, text: str) -> None:
    whole(kim, QueueFilter(text=text), Sort.IMPORTED, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fine-tuning", 15),
        ("fine-t", 15),
        ("tuning-fine", 0),
        ("FINE tuning", 15),
        ("tuning fine", 15),
        ("overlap", 15),
        ("overla", 15),
        ("overla ", 0),
        ('"overlap', 15),
        ("overlap OR curriculum", 0),
        ("NOT overlap", 0),
        ("body:overlap", 0),
        ("over*", 15),
        ("größe", 15),
        ("GRO\u0308ßE", 15),
        ("日", 6),
        ("-", 60),
        ("…", 60),
        ("   ", 60),
    ],
)
def test_search_takes_words_as_words(kim: Session, text: str, found: int) -> None:
    assert len(whole(kim, QueueFilter(text=text), Sort.IMPORTED, [])) == found


def as_typed(text: str) -> str:
    """Return the expression that asks for every word, as often as it was typed."""
    words = [f'"{word}"' for word in text.split()]
    return " ".join(words) + ("" if not words or text[-1].isspace() else "*")


@settings(max_examples=300)
@given(
    words=st.lists(
        st.sampled_from(["over", "OVERLAP", "overlap", "fine-tuning", "größe", "GRÖSSE", "GRÖẞE", "日", "日本", "t"]),
        max_size=32,
    ),
    end=st.sampled_from(["", " "]),
)
def test_a_word_typed_again_changes_nothing(kim: Session, words: list[str], end: str) -> None:
    text = " ".join(words) + end
    search = "SELECT rowid FROM search_index WHERE search_index MATCH ?"
    with kim.store.read() as connection:
        expected = connection.execute(search, (as_typed(text),)).fetchall() if words else []
        expression = search_expression(text)
        assert (connection.execute(search, (expression,)).fetchall() if expression else []) == expected
    assert len(expression.split()) == len({word.lower() if word.isascii() else word for word in words})


def test_thousands_of_words_are_as_few_as_are_searched_for() -> None:
    assert search_expression("em EM eM posterior em ") == '"em" "posterior"'
    assert search_expression("em posterior em") == '"em" "posterior"'
    assert search_expression("em posterior e") == '"em" "posterior" "e"*'
    many = [f"w{n}" for n in range(5000)]
    first = " ".join(f'"w{n}"' for n in range(MOST_WORDS))
    assert search_expression(" ".join(many)) == first
    assert search_expression(" ".join(many[:MOST_WORDS])) == f"{first}*"
    assert search_expression("-".join(many)) == f'"{"-".join(many)[:LONGEST_WORD]}"*'


def test_scripts_with_combining_letters_are_found(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", title="हिन्दी भाषा"), record("p2", title="cafés"))
    kim = build_session(store)
    for text in ("हिन्दी", "हिन्", "भाषा "):
        assert [r.method_id for r in whole(kim, QueueFilter(text=text), Sort.IMPORTED, [])] == [1]
    for text in ("cafe\u0301s", "cafes", "café"):
        assert [r.method_id for r in whole(kim, QueueFilter(text=text), Sort.IMPORTED, [])] == [2]


def test_search_reads_what_counts_now_and_not_what_it_replaced(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", body="gradient"))
    kim = build_session(store)
    import_records(store, record("p1", body="entropy"))
    assert whole(kim, QueueFilter(text="gradient"), Sort.IMPORTED, []) == []
    assert len(whole(kim, QueueFilter(text="entropy"), Sort.IMPORTED, [])) == 1


def test_row_stands_as_it_is_now_whatever_the_filter(kim: Session) -> None:
    connection = kim.store.connection()
    for row in whole(kim, QueueFilter(), Sort.TITLE, []):
        assert queue.queue_row(connection, 1, kim.reviewer_id, Sort.TITLE, row.method_id) == row
    assert queue.queue_row(connection, 1, kim.reviewer_id, Sort.TITLE, 9999) is None
    (baseline,) = method_ids(kim.store, Role.BASELINE)
    assert queue.queue_row(connection, 1, kim.reviewer_id, Sort.TITLE, baseline) is None


def test_judged_row_stays_in_place_while_it_is_kept(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(3)))
    kim, to_do = build_session(store), QueueFilter(status=Status.TO_DO)
    first, second, third = method_ids(store)
    judge(kim, second)
    assert [r.method_id for r in whole(kim, to_do, Sort.IMPORTED, [])] == [first, third]
    rows = whole(kim, to_do, Sort.IMPORTED, [second])
    assert [(r.method_id, r.status) for r in rows] == [
        (first, Status.TO_DO), (second, Status.JUDGED), (third, Status.TO_DO)]  # fmt: skip


def test_facets_are_those_of_the_proposals(kim: Session) -> None:
    agents, families = queue.facets(kim.store.connection(), 1, kim.reviewer_id)
    assert agents == ("agent-1", "agent-10", "Agent-2", "Ångström")
    assert families == ("Filtering", "noise")


def everything_shown(store: Store, viewer: Session) -> list[object]:
    """All that the store answers to a viewer about the queue, for every filter that could tell of a judgement."""
    connection, me = store.connection(), viewer.reviewer_id
    filters = [QueueFilter(status=s) for s in Status]
    filters += [QueueFilter(verdict=v) for v in Verdict]
    filters += [QueueFilter(tag="hers"), QueueFilter(flagged=True), QueueFilter(changed=True)]
    filters += [QueueFilter(disagreed=True), QueueFilter(assigned=True)]
    filters += [QueueFilter(text=t) for t in ("hers", "because", "survives", "noor")]
    shown: list[object] = [
        [queue.first_page(connection, 1, me, asked, sort, 100) for sort in Sort] for asked in (QueueFilter(), *filters)
    ]
    shown += [queue.count_queue(connection, 1, me, asked) for asked in filters]
    shown += [queue.own_tags(connection, me), queue.facets(connection, 1, me), counts(connection, 1, me)]
    return shown


def test_nothing_of_anothers_judgement_reaches_the_viewer(tmp_path: Path) -> None:
    from reviewer.workflow.judging import set_rationale

    store = build_store(tmp_path, *(record(f"p{i}") for i in range(4)))
    kim, noor = build_session(store), build_session(store, "noor")
    first, second, third, fourth = method_ids(store)
    judge(kim, first)
    before = everything_shown(store, kim)
    judge(noor, first)
    judge(noor, second, Verdict.FAILS)
    act(noor, second, Act.TAGS, set_tags(["hers"]))
    act(noor, third, Act.FLAG, set_flag(True))
    act(noor, third, Act.RATIONALE, set_rationale("because noor says so"))
    act(noor, third, Act.FORECAST, set_forecast(0.1))
    act(noor, fourth, Act.SKIP, skip)
    assert everything_shown(store, kim) == before
    assert counts(store.connection(), 1, noor.reviewer_id) == ProblemCounts(
        proposals=4, judged=2, started=1, skipped=1, flagged=1
    )


def test_own_tags_come_most_used_first(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(3)))
    kim = build_session(store)
    for method_id, tags in zip(method_ids(store), (["b", "a"], ["b"], ["c", "b", "a"]), strict=True):
        act(kim, method_id, Act.TAGS, set_tags(tags))
    assert queue.own_tags(store.connection(), kim.reviewer_id) == ("b", "a", "c")


@pytest.mark.parametrize("step", [1, 2, 100])
def test_own_tags_are_counted_step_by_step(tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(6)))
    kim, noor = build_session(store), build_session(store, "noor")
    for method_id, tags in zip(method_ids(store), (["b"], ["a"], ["b", "a"], [], ["c"], ["b"]), strict=True):
        act(kim, method_id, Act.TAGS, set_tags(tags))
        act(noor, method_id, Act.TAGS, set_tags(["hers"]))
    monkeypatch.setattr(queue, "_TAGS_STEP", step)
    assert queue.own_tags(store.connection(), kim.reviewer_id) == ("b", "a", "c")
    wanted = iter([True, False])
    found = queue.own_tags(store.connection(), kim.reviewer_id, lambda: next(wanted))
    assert found == {1: ("b",), 2: ("a", "b"), 100: ("b", "a", "c")}[step]


def test_a_step_of_own_tags_takes_what_it_is_of_alone(tmp_path: Path) -> None:
    connection = build_store(tmp_path).connection()
    plan = connection.execute(f"EXPLAIN QUERY PLAN {queue._OWN_TAGS}", (0, 10, 1)).fetchall()
    assert "method_id>? AND method_id<?" in plan[0][3]


@pytest.mark.parametrize("sort", list(Sort))
def test_a_check_that_asks_of_many_gives_the_same_rows(
    kim: Session, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = QueueFilter(check="few-seeds")
    rows = whole(kim, asked, sort, [])
    assert len(rows) == 30
    monkeypatch.setattr(queue_rows, "SORTED_AT_MOST", 3)
    assert whole(kim, asked, sort, []) == rows
