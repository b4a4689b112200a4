"""Forecasts of a ledger in columns: they come out as they went in."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.outcomes import ForecastCounts, HeldForecast
from reviewer.domain.vocabulary import Direction, Result
from reviewer.judgement.aggregate import aggregate
from reviewer.judgement.resolved import Resolved
from reviewer.store.ledger import LedgerEntry
from reviewer.workflow.gathered_forecasts import GatheredForecasts
from reviewer.workflow.ledger import LedgerRow

NAMES = ("ana", "kim", "lee")
SAID = st.tuples(
    st.none() | st.integers(0, 100).map(lambda n: n / 100),
    st.sampled_from([(), ("cost",), ("cost", "scale")]),
    st.booleans(),
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(Result), st.none() | st.sampled_from([0.25, 1.0]), st.sampled_from(["", "scale"]),
        st.dictionaries(st.sampled_from(NAMES), SAID),
    ),
    max_size=30,
)  # fmt: skip


def row(
    number: int,
    result: Result,
    chance: float | None,
    constraint: str,
    said: dict[str, tuple[float | None, tuple[str, ...], bool]],
) -> LedgerRow:
    entry = LedgerEntry(
        number, f"uuid {number}", "run-1", f"p{number}", "problem", "Title", "agent", result, "2026-06-01", "", None,
        None, None, constraint, "", "", "kim", "2026-06-02", None, "", chance, 1,
    )  # fmt: skip
    held = tuple(
        HeldForecast(
            number, 1, NAMES.index(name), name, forecast, None if forecast is None else "2026-01-01T00:00:00.000Z",
            None, None, None, blockers, result, date(2026, 6, 1), constraint, "", None, "", changed, chance,
        )
        for name, (forecast, blockers, changed) in sorted(said.items())
    )  # fmt: skip
    return LedgerRow(entry, "", Direction.UNKNOWN, {}, held, False)


@given(drawn=ROWS)
def test_what_may_be_scored_comes_out_as_it_went_in(
    drawn: list[
        tuple[Result, float | None, str, dict[str, tuple[float | None, tuple[str, ...], bool]]]
    ],
) -> None:  # fmt: skip
    rows = [row(number, *each) for number, each in enumerate(drawn, 1)]
    gathered = GatheredForecasts()
    for each in rows:
        gathered.add(each)
    held = [one for each in rows for one in each.forecasts]
    scored = [one for one in held if one.left_out is None and one.forecast is not None]
    counts = ForecastCounts()
    for one in held:
        counts.add(one)
    assert (gathered.counts, gathered.counts.n) == (counts, len(held))
    assert set(gathered.by_reviewer) == {one.reviewer for one in held}
    for name, of_one in gathered.by_reviewer.items():
        expected = [
            Resolved(
                one.method_id, name, one.forecast or 0.0, one.result is Result.SURVIVED,
                weight=1 / one.chosen_with if one.chosen_with else None, blockers=one.blockers,
                bit=one.constraint or None,
            )
            for one in scored
            if one.reviewer == name
        ]  # fmt: skip
        theirs = gathered.outcomes.by_reviewer().get(name, ())
        assert [one for outcome in theirs for one in outcome.forecasts] == expected
        first = [one.proposal for one in expected][:20]
        assert of_one.named == {proposal: ("run-1", f"p{proposal}") for proposal in first}
    together = []
    for each in rows:
        forecasts = [one.forecast for one in scored if one.method_id == each.entry.method_id]
        if (found := aggregate([p for p in forecasts if p is not None])) is not None:
            together.append((each.entry.method_id, found.odds_mean, each.entry.result == Result.SURVIVED))
    assert list(gathered.together()) == together
