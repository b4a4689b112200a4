"""Settings when a record is read again: what the file corrects, what a person told before, what would be told."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.methods import MethodRecord
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store.connection import Store
from reviewer.store.foreseeing import foresee_method
from reviewer.store.known_problem import KnownProblem
from reviewer.store.met_elsewhere import FilesNamed
from reviewer.store.prepared import prepare
from reviewer.store.recorded import Recorded
from reviewer.store.settings import set_settings
from tests.builders import PROBLEM, build_store, import_records, measured, record, table


def files_of(store: Store) -> FilesNamed:
    return FilesNamed(store.connection(), "results.jsonl")


def changes(done: list[Recorded]) -> list[str]:
    return [d.change for d in done]


def settings_of(store: Store) -> list[tuple[str, str]]:
    return table(
        store,
        "SELECT x.setting, x.setting_from FROM measurements x JOIN revisions r ON r.id = x.revision_id "
        "WHERE r.current = 1 ORDER BY x.id",
    )


def test_a_setting_that_the_file_states_later_or_corrects_is_taken_in(tmp_path: Path) -> None:
    def sent(chat: Setting, math: Setting) -> MethodRecord:
        return record("p1", measurements=(measured(0.5, setting=chat), measured(0.9, "math", setting=math)))

    store = build_store(tmp_path, sent(Setting.UNKNOWN, Setting.LAB))
    (done,) = import_records(store, sent(Setting.HELD_OUT, Setting.PILOT))
    assert (done.change, done.settings_told) == ("changed", 0)
    assert settings_of(store) == [("held_out", "file"), ("pilot", "file")]
    assert table(store, "SELECT revisions FROM methods") == [(1,)]
    assert changes(import_records(store, sent(Setting.HELD_OUT, Setting.PILOT))) == ["unchanged"]


def test_a_setting_that_a_person_told_outlasts_what_the_file_states_later(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5),)))
    with store.write() as connection:
        set_settings(connection, 1, lambda _: Setting.PILOT, overwrite=False)
    stated = record("p1", measurements=(measured(0.5, setting=Setting.LAB),))
    assert changes(import_records(store, stated)) == ["unchanged"]
    assert settings_of(store) == [("pilot", "person")]


def test_the_claim_follows_a_setting_that_the_file_corrects(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.4, setting=Setting.LAB), measured(0.9))))
    assert table(store, "SELECT claim FROM methods") == [(0.4,)]
    corrected = (measured(0.4, setting=Setting.PILOT), measured(0.9, setting=Setting.LAB))
    import_records(store, record("p1", measurements=corrected))
    assert table(store, "SELECT claim FROM methods") == [(0.9,)]


def test_settings_told_by_a_person_hold_for_the_next_revision(tmp_path: Path) -> None:
    first = record("p1", measurements=(measured(0.5), measured(0.4, "math"), measured(0.3, split="train")))
    store = build_store(tmp_path)
    import_records(store, first, settings={"chat": Setting.LAB, "math": Setting.PILOT})
    second = record(
        "p1",
        measurements=(
            measured(0.6),
            measured(0.5, "math", setting=Setting.HELD_OUT),
            measured(0.5, "code"),
            measured(0.7, split="test"),
        ),
    )
    assert changes(import_records(store, second)) == ["changed"]
    assert settings_of(store) == [("lab", "person"), ("held_out", "file"), ("unknown", "file"), ("unknown", "file")]
    third = record("p1", measurements=(measured(0.8),))
    import_records(store, third, settings={"chat": Setting.PRODUCTION})
    assert settings_of(store) == [("production", "person")], "what this import tells goes first"


def test_a_correction_holds_while_the_file_goes_on_to_say_what_it_said(tmp_path: Path) -> None:
    def sent(value: float, chat: Setting) -> MethodRecord:
        return record("p1", measurements=(measured(value, setting=chat), measured(value, "math", setting=Setting.LAB)))

    store = build_store(tmp_path, sent(0.5, Setting.LAB))
    with store.write() as connection:
        set_settings(connection, 1, {"chat": Setting.PILOT, "math": Setting.UNKNOWN}.__getitem__, overwrite=True)
        set_settings(connection, 1, {"chat": Setting.HELD_OUT, "math": Setting.UNKNOWN}.__getitem__, overwrite=True)
    corrected = [("held_out", "person"), ("lab", "file")]
    for value in (0.6, 0.7, 0.5):  # the last one being what the content once was
        import_records(store, sent(value, Setting.LAB))
        assert settings_of(store) == corrected
    import_records(store, sent(0.8, Setting.UNKNOWN))
    assert settings_of(store) == corrected, "a file that is silent takes nothing back"
    import_records(store, sent(0.9, Setting.PRODUCTION))
    assert settings_of(store) == [("production", "file"), ("lab", "file")], "this it says for the first time"


def test_settings_told_since_hold_where_the_content_goes_back(tmp_path: Path) -> None:
    first, second = (record("p1", measurements=(measured(value),)) for value in (0.5, 0.6))
    store = build_store(tmp_path, first)
    import_records(store, second, settings={"chat": Setting.LAB})
    import_records(store, first)
    assert settings_of(store) == [("lab", "person")]


def test_settings_told_of_one_part_say_nothing_of_another(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    one = record("b1", Role.BASELINE, part="one", measurements=(measured(0.2),))
    import_records(store, one, settings={"chat": Setting.LAB})
    import_records(store, record("b1", Role.BASELINE, part="two", measurements=(measured(0.3),)))
    assert settings_of(store) == [("lab", "person"), ("unknown", "file")]


@pytest.mark.parametrize("told", [{}, {"chat": Setting.LAB}, {"chat": Setting.PILOT}])
@pytest.mark.parametrize("stated", [Setting.UNKNOWN, Setting.LAB, Setting.PRODUCTION])
def test_what_is_foreseen_after_a_correction_is_what_is_recorded(
    tmp_path: Path, stated: Setting, told: dict[str, Setting]
) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5, setting=Setting.LAB),)))
    with store.write() as connection:
        set_settings(connection, 1, lambda _: Setting.PILOT, overwrite=True)
    sent = record("p1", measurements=(measured(0.6, setting=stated),))
    known = KnownProblem(1, PROBLEM, lambda dataset: told.get(dataset, Setting.UNKNOWN))
    foreseen = foresee_method(store.connection(), known, prepare(sent), files_of(store))
    (done,) = import_records(store, sent, settings=told)
    assert replace(foreseen, method_id=done.method_id) == done


@pytest.mark.parametrize("told", [{}, {"chat": Setting.LAB}])
def test_what_is_foreseen_is_what_is_recorded(tmp_path: Path, told: dict[str, Setting]) -> None:
    sent = [
        record("p1", measurements=(measured(0.5),)),
        record("p1", measurements=(measured(0.6),)),
        record("p1", measurements=(measured(0.5, setting=Setting.PILOT),)),
        record("p1", measurements=(measured(0.5, setting=Setting.PILOT),)),
        record("b1", Role.BASELINE, part="one"),
        record("b1", Role.BASELINE, part="two"),
        record("b1", part="two"),
    ]
    store = build_store(tmp_path)
    import_records(store)
    for each in sent:
        known = KnownProblem(1, PROBLEM, lambda dataset: told.get(dataset, Setting.UNKNOWN))
        foreseen = foresee_method(store.connection(), known, prepare(each), files_of(store))
        (done,) = import_records(store, each, settings=told)
        assert replace(foreseen, method_id=done.method_id) == done
