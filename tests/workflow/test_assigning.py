"""Assigning proposals to reviewers: which ones, to whom, and what is shown of it to whom."""

from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.store import assignments
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, problem_by_id
from reviewer.store.protocols import set_protocol
from reviewer.workflow.assigning import (
    AssignmentRequest,
    Drawn,
    conflicts_of,
    draw_assignment,
    keep_assignment,
    read_conflicts,
    rounds_so_far,
)
from reviewer.workflow.judging import set_forecast, skip
from tests.builders import (
    NOW,
    TickingClock,
    act,
    build_session,
    build_store,
    import_records,
    judge,
    measured,
    method_ids,
    record,
    table,
)
from tests.workflow.sealed_stores import put_under

WHO = ("kim", "lee", "ana")


def built(tmp_path: Path, n: int = 12) -> tuple[Store, StoredProblem]:
    store = build_store(
        tmp_path,
        *(record(f"p{i}", agent=f"agent-{i % 2}", measurements=(measured(i / n),)) for i in range(n)),
    )
    return store, problem(store)


def problem(store: Store) -> StoredProblem:
    with store.read() as connection:
        return problem_by_id(connection, 1)


def kept(store: Store, request: AssignmentRequest) -> Drawn:
    stored = problem(store)
    return keep_assignment(store, stored, draw_assignment(store, stored, request), "ana", TickingClock())


def test_a_round_is_kept_with_each_ones_work_in_the_order_of_the_draw(tmp_path: Path) -> None:
    store, _ = built(tmp_path)
    drawn = kept(store, AssignmentRequest(WHO, 2, seed=5))
    assert table(store, "SELECT seed, overlap, chosen, reviewers, made_by, made_at FROM assignment_rounds") == [
        (5, 2, "all", '["ana", "kim", "lee"]', "ana", NOW)
    ]
    assert sorted(name for (name,) in table(store, "SELECT name FROM reviewers")) == ["ana", "kim", "lee"]
    for name in WHO:
        rows = table(
            store,
            "SELECT a.method_id FROM assignments a JOIN reviewers r ON r.id = a.reviewer_id WHERE r.name = ? "
            "ORDER BY a.place",
            (name,),
        )
        assert [method_id for (method_id,) in rows] == list(drawn.assignment.of(name))
    assert {len(who) for who in dict(drawn.assignment).values()} == {2}
    assert list(dict(drawn.assignment)) != sorted(dict(drawn.assignment))


def test_the_same_seed_draws_the_same(tmp_path: Path) -> None:
    store, stored = built(tmp_path)
    drawn = [draw_assignment(store, stored, AssignmentRequest(WHO, 2, seed=seed)) for seed in (5, 5, 6)]
    assert drawn[0] == drawn[1]
    assert dict(drawn[0].assignment) != dict(drawn[2].assignment)
    assert table(store, "SELECT count(*) FROM assignment_rounds") == [(0,)]


def test_who_has_it_already_counts_and_gets_only_what_is_lacking(tmp_path: Path) -> None:
    store, _ = built(tmp_path, 4)
    first, second, third, _ = method_ids(store)
    judge(build_session(store, "kim"), first)
    judge(build_session(store, "noor"), second)
    act(build_session(store, "kim"), third, Act.FORECAST, set_forecast(0.2))
    drawn = kept(store, AssignmentRequest(WHO, 2, seed=5))
    assert "kim" not in dict(drawn.assignment)[first]
    assert len(dict(drawn.assignment)[first]) == 1
    assert len(dict(drawn.assignment)[second]) == 2
    assert len(dict(drawn.assignment)[third]) == 2
    assert drawn.had == 1
    import_records(store, record("late"))
    later = kept(store, AssignmentRequest(WHO, 2, seed=5))
    assert sum(map(bool, dict(later.assignment).values())) == 1
    with pytest.raises(UserError, match="Nothing is left to assign"):
        kept(store, AssignmentRequest(WHO, 2))
    assert len(dict(kept(store, AssignmentRequest(WHO, 3)).assignment)) == 5


def test_what_is_most_worth_is_chosen_by_all_forecasts_and_assigned_in_an_order_of_chance(tmp_path: Path) -> None:
    store, stored = built(tmp_path)
    ids = method_ids(store)
    for name in ("noor", "max"):
        for method_id in ids[4:]:
            act(build_session(store, name), method_id, Act.FORECAST, set_forecast(0.99))
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 2, most_worth=4, seed=1))
    assert set(dict(drawn.assignment)) == set(ids[:4])
    # Of equals those with the best claims.
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 2, most_worth=2, seed=1))
    assert set(dict(drawn.assignment)) == {ids[3], ids[2]}
    assert drawn.chosen == "most worth 2"


def test_where_it_is_sealed_nothing_is_chosen_by_what_is_hidden_and_that_is_said(tmp_path: Path) -> None:
    store, stored = built(tmp_path)
    put_under(store, Protocol.SEALED)
    with pytest.raises(UserError, match=r"\(agent agent-0\): it is judged sealed, and nothing but titles and texts"):
        draw_assignment(store, stored, AssignmentRequest(WHO, 1, part=QueueFilter(agent="agent-0")))
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 1, part=QueueFilter(text="Title")))
    assert len(dict(drawn.assignment)) == 12


def test_only_what_nobody_judged_or_what_a_filter_leaves(tmp_path: Path) -> None:
    store, stored = built(tmp_path)
    ids = method_ids(store)
    judge(build_session(store, "noor"), ids[0], Verdict.FAILS)
    act(build_session(store, "noor"), ids[1], Act.FORECAST, set_forecast(0.4))
    act(build_session(store, "noor"), ids[2], Act.SKIP, skip)
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 1, unjudged=True))
    assert set(dict(drawn.assignment)) == set(ids[2:])
    part = QueueFilter(agent="agent-0")
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 1, unjudged=True, part=part))
    assert set(dict(drawn.assignment)) == set(ids[2::2])
    assert drawn.chosen == "unjudged, agent agent-0"
    with pytest.raises(UserError, match=r"weak_to_strong has no proposal to assign \(agent nobody\)"):
        draw_assignment(store, stored, AssignmentRequest(WHO, 1, part=QueueFilter(agent="nobody")))


def test_conflicts_are_kept_and_named_by_the_title(tmp_path: Path) -> None:
    store, stored = built(tmp_path)
    first = method_ids(store)[0]
    barred, named = conflicts_of(store, stored, [("run-1/p0", "kim"), ("run-1/p0", " who "), ("run-1/p1", "lee")])
    assert barred[first] == {"kim", "who"}
    assert named == {"kim", "who", "lee"}
    drawn = draw_assignment(store, stored, AssignmentRequest(WHO, 2, conflicts=barred))
    assert dict(drawn.assignment)[first] == ("ana", "lee")
    with pytest.raises(
        UserError, match=r"Proposal “Title of p0” \(\w{8}\) cannot have 3 reviewers: because of conflicts"
    ):
        draw_assignment(store, stored, AssignmentRequest(WHO, 3, conflicts=barred))
    with pytest.raises(UserError, match="There is no proposal “p99”"):
        conflicts_of(store, stored, [("p99", "kim")])
    with pytest.raises(UserError, match="A reviewer needs a name"):
        conflicts_of(store, stored, [("p0", " ")])


@pytest.mark.parametrize("names", [("kim", "\x1b[31m"), ("kim", "a" * 81)])
def test_a_name_that_is_none_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    store, stored = built(tmp_path)
    with pytest.raises(UserError, match="A reviewer's name has at most 80 printable characters"):
        draw_assignment(store, stored, AssignmentRequest(names, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a,b\n", "a file of conflicts is CSV with the columns proposal and reviewer"),
        (b"", "a file of conflicts is CSV with the columns proposal and reviewer"),
        (b"proposal,reviewer\np0,kim\np1\n", "line 3: it names no proposal or no reviewer"),
        (b'proposal,reviewer\np0,"kim\n', "not CSV"),
        (b"proposal,reviewer\n\xff,kim\n", "not UTF-8 text"),
        (None, "the conflicts cannot be read"),
    ],
)
def test_a_file_of_conflicts_that_cannot_be_read_says_why(tmp_path: Path, text: bytes | None, said: str) -> None:
    path = tmp_path / "conflicts.csv"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(UserError, match=said) as refused:
        read_conflicts(path)
    assert str(path) in str(refused.value)


def test_a_file_of_conflicts_is_read(tmp_path: Path) -> None:
    path = tmp_path / "conflicts.csv"
    path.write_text("\ufeffnote,reviewer,proposal\nhers,kim,run-1/p0\n,lee,p1\n", encoding="utf-8")
    assert read_conflicts(path) == [("run-1/p0", "kim"), ("p1", "lee")]


def test_how_far_others_are_is_told_only_where_it_is_asked_for_or_open(tmp_path: Path) -> None:
    store, _ = built(tmp_path)
    kept(store, AssignmentRequest(WHO, 2, seed=5))
    mine, theirs = (
        [m for (m,) in table(store, "SELECT method_id FROM assignments WHERE reviewer_id = ?", (who.reviewer_id,))]
        for who in (build_session(store, "kim"), build_session(store, "lee"))
    )
    judge(build_session(store, "kim"), mine[0])
    before = rounds_so_far(store, None, "kim", everyone=False)
    judge(build_session(store, "lee"), theirs[0])
    (told,) = rounds_so_far(store, "weak_to_strong", "kim", everyone=False)
    assert (told,) == before
    assert told.problem == "weak_to_strong"
    assert list(told.loads) == [("ana", 8, None), ("kim", 8, 1), ("lee", 8, None)]
    assert [done for *_, done in rounds_so_far(store, None, None, everyone=False)[0].loads] == [None] * 3
    assert [done for *_, done in rounds_so_far(store, None, None, everyone=True)[0].loads] == [0, 1, 1]
    with store.write() as connection:
        set_protocol(connection, 1, Protocol.OPEN, set_by="kim", now=NOW)
    assert [done for *_, done in rounds_so_far(store, None, None, everyone=False)[0].loads] == [0, 1, 1]
    with pytest.raises(UserError, match="no problem"):
        rounds_so_far(store, "elsewhere", None, everyone=False)


def test_what_is_assigned_and_not_done_is_counted_once(tmp_path: Path) -> None:
    store, _ = built(tmp_path, 4)
    kim = build_session(store, "kim")
    for _ in range(2):
        with store.write() as connection:
            assignments.add_round(
                connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
                work={"kim": method_ids(store)}, made_by="ana", now=NOW,
            )  # fmt: skip
    judge(kim, method_ids(store)[0])
    judge(build_session(store, "noor"), method_ids(store)[1])
    with store.read() as connection:
        assert assignments.assigned_to_do(connection, 1, kim.reviewer_id) == 3
        assert assignments.assigned_to_do(connection, 2, kim.reviewer_id) == 0
