"""Since when a measurement in production could be seen."""

from pathlib import Path

from reviewer.domain.vocabulary import Setting
from reviewer.store.exposures import complete_exposures, stale_exposures
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import NOW, build_store, import_records, measured, record, table

LATER = "2026-03-01T00:00:00.000Z"
EXPOSURES = "SELECT method_id, production_from FROM exposures ORDER BY 1"


def test_a_measurement_in_production_is_seen_from_when_its_revision_came(tmp_path: Path) -> None:
    store = build_store(
        tmp_path, record("p1", measurements=(measured(), measured(dataset="math", setting=Setting.PILOT)))
    )
    assert table(store, EXPOSURES) == []
    live = record("p1", measurements=(measured(), measured(0.6, dataset="math", setting=Setting.PRODUCTION)))
    import_records(store, live, now=LATER)
    assert table(store, EXPOSURES) == [(1, LATER)]
    import_records(store, live, now="2026-04-01T00:00:00.000Z")
    import_records(store, record("p1", body="b", measurements=live.measurements), now="2026-05-01T00:00:00.000Z")
    assert table(store, EXPOSURES) == [(1, LATER)], "the first time counts"
    assert stale_exposures(store.connection()) == 0


def test_what_is_measured_in_production_from_the_first_is_known_too(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    told = {"math": Setting.PRODUCTION}
    live = (measured(setting=Setting.PRODUCTION),)
    untold = record("p3", measurements=(measured(dataset="math"),))
    import_records(store, record("p1", measurements=live), record("p2"), untold, settings=told)
    assert table(store, EXPOSURES) == [(1, NOW), (3, NOW)]


def test_a_number_that_is_told_to_be_of_production_later_stood_there_all_the_time(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(),)), record("p2"))
    tell(store, choose_problem(store, None), settings=parse_settings("chat=production"), directions={}, aliases={})
    assert table(store, EXPOSURES) == [(1, NOW)]
    tell(
        store,
        choose_problem(store, None),
        settings=parse_settings("chat=lab"),
        directions={},
        aliases={},
        overwrite=True,
    )
    assert table(store, EXPOSURES) == [(1, NOW)], "what was shown as production was seen"


def test_it_goes_with_the_method_and_is_completed(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(setting=Setting.PRODUCTION),)))
    store.connection().execute("UPDATE exposures SET production_from = ?", (LATER,))
    assert stale_exposures(store.connection()) == 1
    with store.write() as connection:
        assert complete_exposures(connection) == 1
    assert table(store, EXPOSURES) == [(1, NOW)]
    store.connection().execute("DELETE FROM exposures")
    assert stale_exposures(store.connection()) == 1
    with store.write() as connection:
        complete_exposures(connection)
    assert table(store, EXPOSURES) == [(1, NOW)]
    withdraw_import(store, 1, NOW)
    assert table(store, EXPOSURES) == []
