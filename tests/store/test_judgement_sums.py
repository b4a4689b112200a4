from pathlib import Path

import pytest

from reviewer.domain.log_odds import log_odds
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.first_judgements import rebuild_first_judgements
from reviewer.store.judgement_sums import rebuild_sums, stale_sums, width_of
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from tests.builders import act, build_session, build_store, judge, method_ids, record, table

SUMS = "SELECT verdicts, forecasts, total, squares, lowest, highest, width FROM judgement_sums"
FIRST = "SELECT reviewer_id, verdict, forecast, ratings FROM first_judgements ORDER BY reviewer_id"


@pytest.mark.parametrize(
    ("judgements", "width"),
    [
        ([], 0.0),
        ([("survives", 0.9)], 0.0),
        ([("survives", None), ("fails", None)], 1.0),
        ([("survives", None), ("conditional", None)], 0.5),
        ([("survives", None), ("cannot_tell", None)], 0.0),
        ([("survives", 0.9), ("survives", 0.2)], 0.7),
        ([("conditional", 0.5), ("fails", 0.4), (None, 0.45)], 0.5),
    ],
)
def test_how_far_judgements_stand_apart(judgements: list[tuple[str | None, float | None]], width: float) -> None:
    assert width_of(judgements) == pytest.approx(width)


def test_sums_and_first_judgements_are_kept_with_every_event_and_come_out_the_same_built_anew(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    (method_id,) = method_ids(store)
    kim, lee = build_session(store, "kim"), build_session(store, "lee")

    def forecast(session: Session, value: float | None) -> None:
        act(session, method_id, Act.FORECAST, judging.set_forecast(value))

    judge(kim, method_id, Verdict.SURVIVES)
    forecast(kim, 0.9)
    forecast(kim, 0.8)
    judge(lee, method_id, Verdict.FAILS)
    forecast(lee, 0.1)
    a, b = log_odds(0.8), log_odds(0.1)
    assert table(store, SUMS) == [(2, 2, pytest.approx(a + b), pytest.approx(a * a + b * b), 0.1, 0.8, 1.0)]
    assert table(store, FIRST) == [(kim.reviewer_id, "survives", 0.9, "{}"), (lee.reviewer_id, "fails", 0.1, "{}")]
    for _ in range(2):
        judging.undo(lee)
    assert table(store, SUMS) == [(1, 1, pytest.approx(a), pytest.approx(a * a), 0.8, 0.8, 0.0)]
    kept = table(store, SUMS), table(store, FIRST)
    assert kept[1][1][1:3] == ("fails", 0.1), "what was said first stays, be it undone"
    with store.write() as connection:
        assert stale_sums(connection) == 0
        assert (rebuild_sums(connection), rebuild_first_judgements(connection)) == (1, 2)
    assert (table(store, SUMS), table(store, FIRST)) == kept
    with store.write() as connection:
        connection.execute("UPDATE judgement_sums SET lowest = 0.3")
        assert stale_sums(connection) == 1
