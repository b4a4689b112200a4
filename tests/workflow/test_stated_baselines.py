from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Role, Verdict
from reviewer.sources.contract import Stated
from reviewer.sources.table_map import Said, TableMap, WordColumn
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.migrations import open_store
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import
from tests.builders import build_session, held, judge, method_ids, table
from tests.sources.inspect_fixture import log, write_eval

RULE = Stated(baseline=(("model", "base"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "s.db")) as store:
        yield store


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two models on one task."""
    folder = tmp_path / "logs"
    folder.mkdir()
    write_eval(folder / "1.eval", log(eval={"model": "acme/base", "eval_id": "base"}))
    write_eval(folder / "2.eval", log(eval={"model": "acme/agent", "eval_id": "agent"}))
    return folder


def imported(store: Store, logs: Path, stated: Stated | None = None, *, dry_run: bool = False) -> ImportReport:
    return run_import(store, [logs], stated=stated, dry_run=dry_run)


def roles(store: Store) -> dict[str, str]:
    return dict(table(store, "SELECT external_id, role FROM methods"))


def said(report: ImportReport) -> str:
    return " ".join(report.sentences)


def test_where_nobody_says_what_is_a_baseline_it_is_told_how_to(store: Store, logs: Path) -> None:
    report = imported(store, logs)
    assert roles(store) == {"base": "proposal", "agent": "proposal"}
    assert "No file of the format inspect says what is a baseline, so that 2 proposals came of it" in said(report)
    assert "`--baseline model=…` tells it, by model, solver" in said(report)
    assert not report.unmet_baseline


def test_a_rule_tells_agent_and_baseline_of_a_task_apart(store: Store, logs: Path) -> None:
    report = imported(store, logs, RULE)
    assert roles(store) == {"base": "baseline", "agent": "proposal"}
    assert "--baseline" not in said(report)
    assert (report.proposals, report.unmet_baseline) == (1, False)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_rule_that_nothing_meets_is_told(store: Store, logs: Path, dry_run: bool) -> None:
    report = imported(store, logs, Stated(baseline=(("model", "base"), ("task", "other"))), dry_run=dry_run)
    assert report.unmet_baseline
    assert "`--baseline model=base --baseline task=other`: nothing that was read is so" in said(report)


def test_a_rule_that_comes_later_turns_the_role_and_keeps_what_was_judged(store: Store, logs: Path) -> None:
    imported(store, logs)
    session = build_session(store)
    ids = dict(table(store, "SELECT external_id, id FROM methods"))
    judge(session, ids["base"], Verdict.FAILS)
    report = imported(store, logs, RULE)
    assert (report.changed, report.unchanged) == (1, 1)
    assert roles(store) == {"base": "baseline", "agent": "proposal"}
    assert method_ids(store) == [ids["agent"]]
    assert method_ids(store, Role.BASELINE) == [ids["base"]]
    assert table(store, "SELECT revisions FROM methods WHERE external_id = 'base'") == [(2,)]
    assert held(session, ids["base"]).verdict is Verdict.FAILS
    assert imported(store, logs, RULE).unchanged == 2
    health = examine_store(store.path)
    assert (health.stale_judgements, health.stale_counts, health.stale_sums, health.without_text) == (0, 0, 0, 0)


def test_without_the_rule_of_before_what_it_told_is_turned_back_and_that_is_told(store: Store, logs: Path) -> None:
    imported(store, logs, RULE)
    for dry_run in (True, False):
        told = said(imported(store, logs, dry_run=dry_run))
        assert "1 baseline is a proposal from now on: nothing in --baseline of this import tells otherwise" in told
    assert roles(store) == {"base": "proposal", "agent": "proposal"}
    assert "from now on" not in said(imported(store, logs))
    imported(store, logs, RULE)
    assert table(store, "SELECT revisions FROM methods WHERE external_id = 'base'") == [(2,)]


@pytest.mark.parametrize(
    ("role", "is_told"),
    [
        (WordColumn("proposal"), True),
        (WordColumn("", "kind", (("human", "baseline"), ("agent", "proposal"))), False),
        (WordColumn("", "kind", (("human", "reference"), ("agent", "proposal"))), False),
    ],
)
def test_of_a_table_it_is_told_where_its_map_says_nothing_of_baselines(
    role: WordColumn, *, is_told: bool, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,kind\na,human\nb,agent\n")
    mapping = TableMap(id=("name",), problem=Said("p"), role=role)
    report = run_import(store, [path], stated=Stated(table_map=mapping), dry_run=True)
    assert ("[role] of the map tells it by a column, or `--baseline COLUMN=VALUE` does" in said(report)) is is_told
    assert "No file of the format" not in said(report)
    told = run_import(store, [path], stated=Stated((("kind", "human"),), mapping), dry_run=True)
    assert "COLUMN=VALUE" not in said(told)
