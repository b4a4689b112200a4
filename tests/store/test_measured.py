"""One metric of all methods: what counts now, page by page, and nothing of other metrics, datasets or problems."""

from pathlib import Path

import pytest

from reviewer.domain.methods import SeedValue
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Basis, Bound, Role, Setting
from reviewer.store import measured as measured_rows
from reviewer.store.measured import MeasuredGround, measured_grounds, measured_methods
from tests.builders import build_store, import_records, measured, record

SEEDS = (SeedValue(42, 0.4), SeedValue(43, 0.6))


def test_measurements_and_seeds_of_one_metric_and_dataset_come(tmp_path: Path) -> None:
    store = build_store(
        tmp_path,
        record("p1", measurements=(measured(0.5, seeds=SEEDS, setting=Setting.LAB), measured(0.9, "math"))),
        record("p2", measurements=(measured(0.7, metric="loss"), measured(0.8, subset="OOD"))),
        record("p3", measurements=(measured(None, missing="it failed"), measured(0.3, basis=Basis.PUBLISHED))),
        record("f", Role.REFERENCE, bound=Bound.FLOOR, measurements=(measured(0.1, standard_error=0.01, n_seeds=16),)),
    )
    p1, p2, p3 = measured_methods(store.connection(), 1, Role.PROPOSAL, "pgr", "chat")
    assert (p1.title, p1.role, p1.bound) == ("Title of p1", Role.PROPOSAL, None)
    assert p1.measurements == [measured(0.5, seeds=SEEDS, setting=Setting.LAB)]
    assert p2.measurements == []
    assert [(m.value, m.basis) for m in p3.measurements] == [(None, Basis.CLAIMED), (0.3, Basis.PUBLISHED)]
    (floor,) = measured_methods(store.connection(), 1, Role.REFERENCE, "pgr", "chat")
    assert floor.bound is Bound.FLOOR
    assert floor.measurements == [measured(0.1, standard_error=0.01, n_seeds=16)]
    store.close()


def test_pages_hold_every_method_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured_rows, "PAGE", 3)
    store = build_store(tmp_path, *(record(f"p{i}", measurements=(measured(i / 10),)) for i in range(8)))
    found, after = [], 0
    while page := measured_methods(store.connection(), 1, Role.PROPOSAL, "pgr", "chat", after=after):
        assert len(page) <= 3
        found += [m.measurements[0].value for m in page]
        after = page[-1].method_id
    assert found == [i / 10 for i in range(8)]
    store.close()


def test_only_the_revision_that_counts_is_read_and_only_of_its_problem(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.5),)))
    import_records(store, record("p1", body="Another.", measurements=(measured(0.6),)))
    other = Problem("other")
    import_records(store, record("p1", problem="other", measurements=(measured(0.9),)), problem=other)
    (p1,) = measured_methods(store.connection(), 1, Role.PROPOSAL, "pgr", "chat")
    assert [m.value for m in p1.measurements] == [0.6]
    store.close()


def test_parts_of_one_method_are_put_together(tmp_path: Path) -> None:
    store = build_store(
        tmp_path,
        record("b", Role.BASELINE, part="one", measurements=(measured(0.1, setting=Setting.LAB),)),
        record("b", Role.BASELINE, part="two", measurements=(measured(0.2, setting=Setting.PILOT),)),
    )
    (b,) = measured_methods(store.connection(), 1, Role.BASELINE, "pgr", "chat")
    assert [m.value for m in b.measurements] == [0.1, 0.2]
    store.close()


def test_grounds_are_counted_by_method(tmp_path: Path) -> None:
    store = build_store(
        tmp_path,
        record("p1", measurements=(measured(0.5, setting=Setting.LAB), measured(0.6, setting=Setting.LAB))),
        record("p2", measurements=(measured(0.5, setting=Setting.LAB), measured(0.6, "math", split="dev"))),
        record("p3", measurements=(measured(None), measured(0.6, subset="OOD"))),
        record("b", Role.BASELINE, measurements=(measured(0.5, setting=Setting.LAB),)),
        record("f", Role.REFERENCE, bound=Bound.FLOOR, measurements=(measured(0.5, "code"),)),
    )
    assert set(measured_grounds(store.connection(), 1)) == {
        MeasuredGround("pgr", "chat", Setting.LAB, "", 2, 1),
        MeasuredGround("pgr", "math", Setting.UNKNOWN, "dev", 1, 0),
        MeasuredGround("pgr", "code", Setting.UNKNOWN, "", 0, 0),
    }
    store.close()
