"""Pace and the finishing estimate: by hand, by simulation, and what is said where there is too little."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import ActiveDay, Pace, Spread, days_for, pace_of, spreads_of

TODAY = date(2026, 3, 31)


def days(*judged: int, every: int = 1) -> list[ActiveDay]:
    """Active days up to today, the last of them today."""
    last = len(judged) - 1
    return [ActiveDay(TODAY - timedelta((last - i) * every), n) for i, n in enumerate(judged)]


def figure(pace: Pace, name: str) -> Estimate:
    (found,) = (one for one in pace.figures if one.name == name)
    return found


def test_what_is_left_over_what_a_day_brings() -> None:
    pace = pace_of(days(4, 6, 5, 5, 5), {600: 25}, 25, 65, TODAY)
    assert figure(pace, "share judged").value == pytest.approx(25 / 65)
    assert figure(pace, "to go").value == 40
    a_day = figure(pace, "judged an active day")
    assert a_day.value == 5
    half = 2.776445 * math.sqrt(2 / 4) / math.sqrt(5)
    assert a_day.limits == pytest.approx((5 - half, 5 + half))
    assert figure(pace, "judged an active hour").value == 6
    to_go = figure(pace, "active days to go")
    assert to_go.value == 8
    assert to_go.limits is not None
    assert to_go.limits[0] < 8 < to_go.limits[1]
    hours = figure(pace, "active hours to go")
    assert hours.value == pytest.approx(40 * 600 / 3600)
    assert hours.limits is None
    assert hours.reason == "No interval: all 25 proposals are alike."


@pytest.mark.parametrize(("judged", "shown"), [(4, False), (5, True)])
def test_with_fewer_than_five_judged_nothing_is_estimated(judged: int, shown: bool) -> None:
    pace = pace_of(days(1, 1, 1, 1, judged - 4), {60: judged}, judged, 50, TODAY)
    for name in ("judged an active day", "active days to go", "active hours to go"):
        found = figure(pace, name)
        assert (found.value is not None) is shown
        assert shown or "4 proposals" in found.reason


@pytest.mark.parametrize(("active", "shown"), [(1, False), (4, False), (5, True)])
def test_a_few_days_say_nothing_of_the_next_ones(active: int, shown: bool) -> None:
    pace = pace_of(days(*range(9, 9 + active)), {60: 9}, 9, 50, TODAY)
    found = figure(pace, "active days to go")
    assert (found.value is not None) is shown
    assert shown or f"{active} active day" in found.reason
    assert shown or "it takes 5" in found.reason
    assert figure(pace, "active hours to go").value is not None, "that is known from the proposals themselves"


def test_nothing_judged_yet_and_nothing_there_at_all() -> None:
    pace = pace_of([], {}, 0, 30, TODAY)
    assert figure(pace, "share judged").value == 0
    assert all(one.value is None for one in pace.figures[2:])
    assert [one.name for one in pace_of([], {}, 0, 0, TODAY).figures] == [
        "judged an active day",
        "judged an active hour",
    ]


def test_nothing_is_estimated_where_nothing_is_left() -> None:
    pace = pace_of(days(5, 5), {60: 10}, 10, 10, TODAY)
    assert {one.name for one in pace.figures} == {
        "share judged", "to go", "judged an active day", "judged an active hour",
    }  # fmt: skip
    assert pace.sentences == ()


def test_days_that_differ_too_much_have_no_end() -> None:
    assert days_for(50, [1.0, 20.0]) is None
    pace = pace_of(days(1, 1, 1, 1, 40), {60: 44}, 44, 94, TODAY)
    found = figure(pace, "active days to go")
    assert found.value == 6
    assert found.limits is None
    assert "No end can be told" in found.reason
    assert not any("the rest is done" in sentence for sentence in pace.sentences)


def test_the_calendar_goes_by_how_often_one_is_active() -> None:
    pace = pace_of(days(4, 6, 5, 5, 5, every=3), {60: 25}, 25, 45, TODAY)
    limits = figure(pace, "active days to go").limits
    assert limits == (4, 6)
    (sentence, assumed) = pace.sentences
    # Five active days of thirteen: four more take eleven, six take sixteen.
    assert sentence.startswith("With 5 active days of the last 13,")
    assert f"between {TODAY + timedelta(11)} and {TODAY + timedelta(16)}." in sentence
    assert "go on as before" in assumed


def test_days_that_are_all_alike_give_no_interval_without_width() -> None:
    pace = pace_of(days(5, 5, 5, 5, 5), {60: 25}, 25, 45, TODAY)
    for name, value in (("judged an active day", 5), ("active days to go", 4)):
        found = figure(pace, name)
        assert (found.value, found.limits) == (value, None)
        assert found.reason == "No interval: all 5 active days are alike."
    assert not any("the rest is done" in sentence for sentence in pace.sentences)


def test_what_a_clock_that_was_ahead_wrote_ends_after_it_began() -> None:
    ahead = [ActiveDay(each.day + timedelta(365), each.judged) for each in days(4, 6, 5, 5, 5)]
    (sentence, _) = pace_of(ahead, {60: 25}, 25, 45, TODAY).sentences
    assert f"between {TODAY + timedelta(365 + 4)} and {TODAY + timedelta(365 + 6)}." in sentence


def test_only_the_last_active_days_are_looked_back_on() -> None:
    slow_then_fast = days(*[1] * 30, *[10] * 14)
    assert figure(pace_of(slow_then_fast, {60: 170}, 170, 300, TODAY), "judged an active day").value == 10


def test_the_interval_of_the_days_holds_how_many_it_takes() -> None:
    """Of days that are alike but for chance 95 % of the ranges hold the day on which the rest is done."""
    rng = np.random.default_rng(7)
    runs, held = 2000, 0
    for _ in range(runs):
        past, to_come = rng.normal(8, 2.5, 10), rng.normal(8, 2.5, 200)
        limits = days_for(80, list(past))
        assert limits is not None
        took = int(np.argmax(np.cumsum(to_come) >= 80)) + 1
        held += limits[0] <= took <= limits[1]
    # Whole days hold a little more.
    assert 0.945 <= held / runs <= 0.99


def test_quartiles_are_those_of_numpy() -> None:
    rng = np.random.default_rng(3)
    seconds = rng.integers(20, 2000, 31)
    counts = {int(s): int((seconds == s).sum()) for s in seconds}
    every, of_fails = spreads_of({"fails": counts, "survives": {}})
    lower, median, upper = (np.quantile(seconds, q) / 60 for q in (0.25, 0.5, 0.75))
    assert (of_fails.name, of_fails.n) == ("fails", 31)
    assert (of_fails.lower, of_fails.median, of_fails.upper) == pytest.approx((lower, median, upper))
    assert every.name == "all"
    assert every.median == of_fails.median
    assert list(spreads_of({})) == []


def test_one_duration_is_its_own_quartiles() -> None:
    assert next(spreads_of({"fails": {90: 1}})) == Spread("all", 1, 1.5, 1.5, 1.5)
