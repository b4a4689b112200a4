"""What finds a loss finds it: each kind of it, made on purpose."""

from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.connection import Store
from reviewer.store.drafts import Draft, Drafts
from reviewer.workflow import judging
from tests.builders import act, build_session, build_store, judge, method_ids, record, table
from tests.faults.left import events_in, lost, wrong_with
from tests.faults.window import RowShown, Shown, Typed

ONE, TWO = "P0000001", "P0000002"
SURVIVES, FLAGGED = RowShown("✓"), RowShown("✓", flagged=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in which one proposal is judged and then flagged, and a flag on the other is undone."""
    store = build_store(tmp_path, record("p1", title=f"{ONE} a"), record("p2", title=f"{TWO} b"))
    session = build_session(store)
    first, second = method_ids(store)
    judge(session, first, Verdict.SURVIVES)
    act(session, first, Act.FLAG, judging.set_flag(True))
    act(session, second, Act.RATIONALE, judging.set_rationale("1234 because"))
    act(session, second, Act.FLAG, judging.set_flag(True))
    judging.undo(session)
    with closing(Drafts(store.path)) as drafts:
        uuids = [uuid for (uuid,) in table(store, "SELECT uuid FROM methods ORDER BY id")]
        drafts.keep("kim", Draft(uuids[0], "rationale", "5678 half a"))
        drafts.keep("kim", Draft(uuids[0], "forecast", "35"))
    return store


def test_what_was_shown_and_is_there_is_not_lost(store: Store) -> None:
    shown = Shown(
        rows={ONE: [RowShown(), SURVIVES, FLAGGED], TWO: [RowShown(), RowShown("…"), RowShown("…", flagged=True)]},
        told={("Undid", TWO)},
        typed=[Typed(TWO, "1234 because", 12), Typed(ONE, "5678 half a", 11), Typed(ONE, "9999 never shown", 0)],
        digits="35",
    )
    assert lost(store.path, shown) == ()
    assert [event.title for event in events_in(store.path)] == [ONE, ONE, TWO, TWO, TWO]
    assert shown.acknowledged == 2 + 2 + 1 + 23 + 2


@pytest.mark.parametrize(("digits", "is_lost"), [("5", False), ("57", False), ("58", True), ("7", True)])
def test_the_first_digit_of_a_forecast_is_in_the_forecast(store: Store, digits: str, is_lost: bool) -> None:
    act(build_session(store), method_ids(store)[1], Act.FORECAST, judging.set_forecast(0.57))
    assert bool(lost(store.path, Shown(digits=digits))) is is_lost


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (Shown(rows={ONE: [RowShown(), RowShown("✗")]}), "was shown as"),
        (Shown(rows={ONE: [SURVIVES, RowShown("✓", "35%")]}), "was shown as"),
        (Shown(rows={ONE: [FLAGGED, SURVIVES]}), "was shown as"),
        (Shown(rows={"P0000003": [RowShown(), SURVIVES]}), "was shown as"),
        (Shown(told={("Undid", ONE)}), "no event says so"),
        (Shown(told={("Did again", TWO)}), "no event says so"),
        (Shown(typed=[Typed(ONE, "5678 half a word", 16)]), "in no draft and no event"),
        (Shown(typed=[Typed(ONE, "1234 because", 12)]), "in no draft and no event"),
        (Shown(digits="36"), "a forecast of 36 %"),
        (Shown(alarms={"Not saved (fails on"}), "the screen said: Not saved (fails on"),
    ],
)
def test_what_was_shown_and_is_not_there_is_lost(store: Store, shown: Shown, told: str) -> None:
    (sentence,) = lost(store.path, shown)
    assert told in sentence


def test_half_an_act_is_wrong(store: Store) -> None:
    with store.write() as connection:
        connection.execute("UPDATE current_judgements SET verdict = 'fails', flagged = 0 WHERE verdict = 'survives'")
        connection.execute("UPDATE counts SET n = n + 1 WHERE name = 'judged'")
    assert wrong_with(store.path) == ("1 judgements out of step with their events", "2 counts out of step")


def test_a_store_that_cannot_be_read_is_wrong(store: Store) -> None:
    store.close()
    store.path.write_bytes(store.path.read_bytes()[:30_000])
    assert wrong_with(store.path)
