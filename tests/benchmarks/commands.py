"""The command line beside what others need for the same: help, import, export; and the memory that it takes."""

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Protocol

from reviewer.store.migrations import open_store
from reviewer.store.search_index import index_all
from reviewer.workflow.completing import check_all
from tests.benchmarks import texts
from tests.benchmarks.measuring import PYTHON, Plan, environment, in_turn, most_memory, wall
from tests.benchmarks.stores import PROBLEM, Kind, cached_store
from tests.benchmarks.table import Row

_REVIEWER = (PYTHON, "-m", "reviewer")
_SQLITE_UTILS = (PYTHON, "-m", "sqlite_utils")
_AS_CSV = ("-readonly", "-csv", "-header")
"""How SQLite's own shell is asked for what the others write."""

FLAT = 1.15
"""How many times as much memory a larger import or export may take and still be called flat."""

_FILLING_IMPORT, _FILLING_EXPORT = 5_000, 2_000
"""So many records fill every batch and cache; with fewer, memory grows because these do."""

_SAME_ROWS = """
    SELECT m.uuid AS proposal_id, m.namespace, m.external_id, r.content_hash AS revision,
        j.revision_id = m.revision_id AS revision_is_current, p.slug AS problem, x.dataset, r.title, m.agent, m.run,
        m.family, b.uuid AS baseline_id, b.title AS baseline_title, x.metric, d.direction AS metric_direction,
        x.setting, x.value AS proposal_value, x.standard_error AS proposal_standard_error,
        x.n_seeds AS proposal_n_seeds, x.basis AS proposal_basis, y.value AS baseline_value,
        y.standard_error AS baseline_standard_error, y.n_seeds AS baseline_n_seeds, y.basis AS baseline_basis,
        x.value - y.value AS difference, j.status, j.verdict, j.condition, j.next_experiment, j.forecast,
        (SELECT group_concat(key, ';') FROM json_each(j.ratings) WHERE value ->> 'rating' = 'blocker') AS blockers,
        (SELECT group_concat(value, ';') FROM json_each(j.tags)) AS tags, j.flagged, j.rationale, j.seconds, j.visible,
        w.name AS reviewer, j.first_at, j.updated_at, j.rubric, j.target_version, a.uuid AS event_id,
        1 AS schema_version, j.resolves_on{ratings}
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id CROSS JOIN problems p ON p.id = m.problem_id
    CROSS JOIN revisions r ON r.id = j.revision_id CROSS JOIN reviewers w ON w.id = j.reviewer_id
    CROSS JOIN annotations a ON a.id = j.annotation_id LEFT JOIN methods b ON b.id = j.baseline_id
    LEFT JOIN measurements x ON x.revision_id = r.id AND x.metric = p.primary_metric AND x.dataset = p.primary_dataset
    LEFT JOIN metrics d ON d.problem_id = p.id AND d.name = x.metric
    LEFT JOIN measurements y ON y.revision_id = b.revision_id AND y.metric = x.metric AND y.dataset = x.dataset
        AND y.setting = x.setting
    ORDER BY j.method_id, j.reviewer_id
"""


def help_text(plan: Plan) -> list[Row]:
    """Measure ``reviewer --help``, which must not load what only the app needs."""
    with tempfile.TemporaryDirectory() as home:
        env = environment(Path(home))
        ours, peer = in_turn(
            max(plan.runs, 9),
            partial(wall, (*_REVIEWER, "--help"), env),
            partial(wall, (PYTHON, "-c", "import click"), env),
        )
    return [Row("`reviewer --help`", 1000 * median(ours), "ms", 2.0, 1000 * median(peer), "`import click`")]


def import_lines(plan: Plan) -> list[Row]:
    """Measure an import into a new store: checked, revisions and measurements kept; the peer does none of that.

    Neither makes a search index: ``import_indexed`` has what that costs.
    """
    with _imports(plan) as (ours, peer, _):
        later, insert = (median(each) for each in in_turn(plan.runs, partial(ours, "--index-later"), peer))
    what = f"import of {plan.imported:,} proposals as JSON Lines"
    return [Row(f"{what}, `--index-later`", later, "s", 1.0, insert, "`sqlite-utils insert --nl`, unchecked")]


def import_indexed(plan: Plan) -> list[Row]:
    """Measure an import that is searchable and checked at its end, beside one that leaves that for later.

    The index alone costs some 2.8 times the insert. The same file once more changes nothing, and must be quick too.
    """
    with _imports(plan) as (ours, peer, home):
        later, indexed, again, with_search = (
            median(each)
            for each in in_turn(
                plan.runs,
                partial(ours, "--index-later"),
                ours,
                partial(ours, new=False),
                partial(peer, "title", "hypothesis", "method"),
            )
        )
        checked, searchable_alone = _completed(ours, home)
    what = f"import of {plan.imported:,} proposals as JSON Lines"
    searchable = f"{what}, searchable and checked"
    return [
        Row(searchable, indexed, "s", 4.5, later, "the same with `--index-later`"),
        Row(searchable, indexed, "s", None, with_search, "`sqlite-utils insert --nl` and `enable-fts`"),
        Row(
            f"checks of {plan.imported:,} proposals",
            checked,
            "s",
            1.0,
            searchable_alone,
            "their import, searchable and not checked",
        ),
        Row(f"{what}, once more", again, "s", None, later, "the first time with `--index-later`"),
    ]


def _completed(ours: "_Import", path: Path) -> tuple[float, float]:
    """Return the seconds of the checks after an import, as it runs them, and those of it with its search index."""
    took = ours("--index-later")
    with closing(open_store(path)) as store:
        start = perf_counter()
        index_all(store)
        indexed = perf_counter()
        check_all(store)
        return perf_counter() - indexed, took + indexed - start


class _Import(Protocol):
    def __call__(self, *options: str, new: bool = True) -> float:
        """Import the file with these options, into a new store or the one that is there; return the seconds."""


class _Insert(Protocol):
    def __call__(self, *columns: str) -> float:
        """Insert the file into a new database and index these columns; return the seconds."""


@contextmanager
def _imports(plan: Plan) -> Iterator[tuple[_Import, _Insert, Path]]:
    """Give our import of a file made for it, the peer's, and the store that ours goes to.

    What a run has left to the system to write is on the disk before the next one begins, which else waits for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file = home / "proposals.jsonl"
        write_lines(file, plan.imported)
        env = environment(home)
        store, database = home / "ours.db", home / "peer.db"

        def ours(*options: str, new: bool = True) -> float:
            if new:
                for part in home.glob("ours.db*"):
                    part.unlink()
            os.sync()
            return wall((*_REVIEWER, "import", str(file), "--store", str(store), *options), env)

        def peer(*columns: str) -> float:
            database.unlink(missing_ok=True)
            os.sync()
            took = wall((*_SQLITE_UTILS, "insert", str(database), "proposals", str(file), "--nl"), env)
            if columns:
                took += wall((*_SQLITE_UTILS, "enable-fts", str(database), "proposals", *columns), env)
            return took

        yield ours, peer, store


def write_lines(file: Path, records: int, first: int = 1) -> None:
    """Write so many proposals to a file to import, as JSON Lines, numbered from the first one's number on."""
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(_line(number) for number in range(first, first + records))


def _line(number: int) -> str:
    value = texts.value(number)
    record = {
        "type": "proposal",
        "id": f"x{number}",
        "problem": PROBLEM.slug,
        "title": texts.title(number),
        "agent": f"agent-{number % 9}",
        "hypothesis": texts.hypothesis(number),
        "method": texts.body(number),
        "claims": ["It survives."],
        "measurements": [
            {"metric": "pgr", "dataset": d, "value": value, "n_seeds": 5, "setting": "lab"} for d in ("chat", "math")
        ],
    }
    return json.dumps(record) + "\n"


def export_csv(plan: Plan) -> list[Row]:
    """Measure the CSV of every judgement with its numbers: beside all our columns, and beside the ratings as one.

    The bar is about the second, though the peer has less to do there: taking the ratings apart in SQL is slow, and a
    slow peer makes a low bar. SQLite's own shell, where there is one, writes the second too.
    """
    from reviewer.workflow.rubrics import load_rubric

    store = cached_store(plan.records, Kind.JUDGED)
    ratings = "".join(
        f", j.ratings ->> '$.{c.slug}.rating' AS {c.slug}, j.ratings ->> '$.{c.slug}.note' AS {c.slug}_note"
        for c in load_rubric(None).constraints
    )
    columns, plain = _SAME_ROWS.format(ratings=ratings), _SAME_ROWS.format(ratings=", j.ratings")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = environment(home)
        files = [home / f"{name}.csv" for name in ("ours", "columns", "plain", "shell")]
        ours_file, columns_file, plain_file, shell_file = files
        shell = shutil.which("sqlite3")
        by_shell = [partial(wall, (shell, *_AS_CSV, str(store), plain), env, shell_file)] if shell else []
        ours, all_columns, one_column, *in_shell = in_turn(
            plan.runs,
            partial(wall, (*_REVIEWER, "export", "--everyone", "-o", str(ours_file), "--store", str(store)), env),
            partial(wall, (*_SQLITE_UTILS, "query", str(store), columns, "--csv"), env, columns_file),
            partial(wall, (*_SQLITE_UTILS, "query", str(store), plain, "--csv"), env, plain_file),
            *by_shell,
        )
        shapes = [_shape(file) for file in files if file.exists()]
    # Unlike work must not be compared.
    if shapes[0] != shapes[1] or len({rows for _, rows in shapes}) > 1:
        raise RuntimeError(f"The exports differ; (columns, rows) are {shapes}.")
    name = "`sqlite-utils query --csv`, same rows"
    what = f"export of {plan.records:,} judgements as CSV"
    return [
        Row(what, median(ours), "s", 1.25, median(one_column), f"{name}, ratings in one column"),
        Row(what, median(ours), "s", None, median(all_columns), f"{name} and columns"),
        beside_the_shell(what, median(ours), [seconds for runs in in_shell for seconds in runs]),
    ]


def beside_the_shell(what: str, ours: float, shell: Sequence[float]) -> Row:
    """Return the row of an export beside the runs of the ``sqlite3`` shell, of which there are none without a shell."""
    peer, missing = (median(shell), "") if shell else (float("nan"), "there is no `sqlite3` here")
    return Row(what, ours, "s", 3.0, peer, "`sqlite3` shell, same rows, ratings in one column", missing)


def _shape(path: Path) -> tuple[int, int]:
    """Return how many columns and rows a CSV file has; nothing in it has a comma in its header or a line end."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.readline().count(",") + 1, sum(1 for _ in file)


def flat(plan: Plan) -> list[Row]:
    """Measure the most memory of an import and an export, at the plan's size and at a fraction of it; one run each."""
    rows = []
    large, small = plan.imported, max(plan.imported // 5, _FILLING_IMPORT)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for options in (("--index-later",), ()):
            ours, fewer = (_memory_of_import(home, records, options) for records in (large, small))
            how = f", `{options[0]}`" if options else ", searchable, checked, and what is alike found"
            rows.append(memory_row(f"an import of {large:,} proposals{how}", ours, fewer, f"{small:,} proposals"))
        large, small = plan.records, max(plan.records // 10, _FILLING_EXPORT)
        ours, fewer = (_memory_of_export(home, records) for records in (large, small))
        rows.append(memory_row(f"an export of {large:,} judgements as CSV", ours, fewer, f"{small:,} judgements"))
    return rows


def memory_row(what: str, ours: float, fewer: float, peer_name: str, bar: float = FLAT) -> Row:
    """Return the row of the most memory (MB) at two sizes, and whether it grows by more than ``bar``."""
    if math.isnan(ours + fewer):
        return Row(f"peak memory of {what}", ours, "MB", bar, fewer, peer_name, "this system does not tell it")
    growth = "flat" if ours <= bar * fewer else f"grows by {ours / fewer - 1:.0%}"
    return Row(f"peak memory of {what}: {growth}", ours, "MB", bar, fewer, peer_name)


def _memory_of_import(home: Path, records: int, options: Sequence[str]) -> float:
    file, store = home / "proposals.jsonl", home / "ours.db"
    write_lines(file, records)
    for part in home.glob("ours.db*"):
        part.unlink()
    return most_memory((*_REVIEWER, "import", str(file), "--store", str(store), *options), environment(home))


def _memory_of_export(home: Path, records: int) -> float:
    store = cached_store(records, Kind.JUDGED)
    command = (*_REVIEWER, "export", "--everyone", "--force", "-o", str(home / "ours.csv"), "--store", str(store))
    return most_memory(command, environment(home))
