"""Reviews put aside between being read and being written: in order, each once, and told where there is no room."""

import pytest

from reviewer.domain.errors import HinderedError
from reviewer.store.reviews_aside import (
    PlannedCounts,
    PlannedReview,
    ReadReview,
    RefusedReview,
    ReviewsAside,
)


def read(row: int, external_id: str = "p1", cells: str = "{}") -> ReadReview:
    return ReadReview(row, f"line {row}", None, external_id, cells)


def planned(row: int, at: str = "", *, method_id: int | None = 1, known: bool = False, who: str = "A") -> PlannedReview:
    return PlannedReview(row, f"event {row}", method_id, "reviews", f"p{row % 2}", who, at, row == 4, known)


def test_what_is_new_comes_by_its_time_and_of_one_time_in_the_order_of_the_file() -> None:
    with ReviewsAside() as aside:
        aside.add_read(map(read, range(1, 8)))
        times = ["", "2026-03", "2026-01", "2026-02", "2026-01", "", "2026-01"]
        aside.add_planned([planned(row, at, known=row == 7) for row, at in enumerate(times, 1)])
        for at_once in (1, 2, 25):
            pieces = list(aside.to_write(at_once))
            assert [one.place for piece in pieces for one in piece] == [f"line {row}" for row in (1, 6, 3, 5, 4, 2)]
            assert max(map(len, pieces)) == min(at_once, 6)


def test_what_the_file_says_again_is_left_out_and_counted() -> None:
    with ReviewsAside() as aside:
        aside.add_read(map(read, range(1, 6)))
        assert aside.add_planned([planned(1), planned(2, method_id=None)]) == 0
        again = planned(3, who="B")._replace(id="event 1")
        assert aside.add_planned([again, planned(4, method_id=None), planned(5, known=True, who="C")]) == 1
        assert aside.counts() == PlannedCounts(new=3, known=1, without_zone=1, proposals=1, reviewers=2)


def test_proposals_that_were_made_are_found_again() -> None:
    with ReviewsAside() as aside:
        assert aside.made("reviews", "p1") is None
        aside.add_made("reviews", "p1", 7)
        assert (aside.made("reviews", "p1"), aside.made("other", "p1")) == (7, None)


def test_what_is_refused_comes_in_the_order_of_the_file() -> None:
    with ReviewsAside() as aside:
        aside.add_refused([RefusedReview(5, "line 6", "No.", "{}")])
        aside.add_refused([RefusedReview(2, "line 3", "Never.", "{}")])
        assert [one.place for piece in aside.refused() for one in piece] == ["line 3", "line 6"]
        assert aside.n_refused() == 2


def test_where_there_is_no_room_it_is_one_sentence() -> None:
    with ReviewsAside() as aside:
        aside._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(HinderedError, match=r"put aside in a temporary file \(database or disk is full\); make"):
            aside.add_read(read(row, cells="x" * 4_000) for row in range(1, 100))
