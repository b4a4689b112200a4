"""What an import tells of what has to be stated: the app names fields of its form, the command line its options."""

import ast
import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.import_ import AsTold
from reviewer.cli.import_ import command as import_command
from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources.contract import Stated
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.tui.file_import import FileImport
from reviewer.tui.import_report_lines import report_lines
from reviewer.tui.import_request import ImportRequest
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.import_files import ImportScreen
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import
from reviewer.workflow.stated_baselines import parse_baseline
from reviewer.workflow.table_maps import save_map
from tests.sources.inspect_fixture import log, write_eval
from tests.tui.test_file_import import in_a_thread

ROOT = Path(__file__).parents[2] / "reviewer"

COMMAND = re.compile(r"`reviewer [^`]*`")
"""A whole command: it is one wherever it is told, and has its own options."""

OPTION = re.compile(r"(?<![\w-])--[a-z]")
OPTIONS = [statement.option for statement in Statement]
MAP = TableMap(id=("name",), measurements=(MeasuredColumn(Said("acc"), "acc"),))


def native(folder: Path, *lines: dict[str, Any]) -> Path:
    folder.joinpath("runs").mkdir(exist_ok=True)
    path = folder / "runs" / "a.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def proposal(**more: Any) -> dict[str, Any]:
    measured = {"metric": "acc", "dataset": "chat", "value": 0.5}
    return {"type": "proposal", "id": "p", "title": "P", "body": "b", "measurements": [measured]} | more


def nameless(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal())), None, "")


def undescribed(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "")


def half_described(folder: Path) -> ImportRequest:
    described = {"type": "problem", "id": "p", "title": "P", "metrics": [{"name": "x", "direction": "higher"}]}
    return ImportRequest(str(native(folder, described, proposal(problem="p"))), None, "")


def no_such_setting(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "laboratory")


def setting_of_nothing(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "=lab")


def two_settings(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "lab,pilot")


def unused_setting(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "chta=lab")


def setting_passed_over(folder: Path) -> ImportRequest:
    measured = {"metric": "acc", "dataset": "chat", "value": 0.5, "setting": "pilot"}
    return ImportRequest(str(native(folder, proposal(problem="p", measurements=[measured]))), None, "lab")


def no_direction(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "", "acc=up")


def half_a_direction(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "", "acc")


def two_directions(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "", "acc=lower,acc=higher")


def unused_direction(folder: Path) -> ImportRequest:
    return ImportRequest(str(native(folder, proposal(problem="p"))), None, "", "loss=lower")


def logs(folder: Path) -> Path:
    folder.joinpath("logs").mkdir(exist_ok=True)
    write_eval(folder / "logs" / "1.eval", log(eval={"model": "acme/base", "eval_id": "base"}))
    return folder / "logs"


def silent_on_baselines(folder: Path) -> ImportRequest:
    return ImportRequest(str(logs(folder)), None, "")


def unmet_baseline(folder: Path) -> ImportRequest:
    return ImportRequest(str(logs(folder)), None, "", "", "model=other")


def json_of_no_format(folder: Path) -> ImportRequest:
    path = folder / "x.json"
    path.write_text('{"a": 1}')
    return ImportRequest(str(path), None, "")


def a_table(folder: Path, name: str = "t.csv") -> Path:
    path = folder / "tables" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("name,acc\na,0.5\n")
    return path


def table_without_map(folder: Path) -> ImportRequest:
    return ImportRequest(str(a_table(folder)), None, "")


def table_of_no_problem(folder: Path) -> ImportRequest:
    return ImportRequest(str(a_table(folder)), None, "", table_map=MAP)


def table_without_a_baseline(folder: Path) -> ImportRequest:
    return ImportRequest(str(a_table(folder)), "p", "", table_map=MAP)


def table_without_the_column(folder: Path) -> ImportRequest:
    return ImportRequest(str(a_table(folder)), "p", "", "", "kind=human", table_map=MAP)


def table_by_a_saved_map(folder: Path) -> ImportRequest:
    save_map(folder / "maps", "mine", MAP, ("name", "acc"))
    return ImportRequest(str(a_table(folder)), "p", "")


def by_a_map_without_a_method(folder: Path) -> ImportRequest:
    save_map(folder / "maps", "mine", MAP, ("name", "acc"))
    folder.joinpath("maps", "newer.toml").write_text("missing = ['x']\n")
    return ImportRequest(str(a_table(folder)), "p", "")


def folder_of_tables(folder: Path) -> ImportRequest:
    return ImportRequest(str(a_table(folder).parent), None, "")


def folder_with_a_table(folder: Path) -> ImportRequest:
    native(folder, proposal(problem="p"))
    (folder / "runs" / "t.csv").write_text("name,acc\na,0.5\n")
    return ImportRequest(str(folder / "runs"), None, "")


CASES: dict[Callable[[Path], ImportRequest], Statement | None] = {
    nameless: Statement.PROBLEM,
    undescribed: Statement.DIRECTION,
    half_described: None,
    no_such_setting: Statement.SETTING,
    setting_of_nothing: Statement.SETTING,
    two_settings: Statement.SETTING,
    unused_setting: Statement.SETTING,
    setting_passed_over: Statement.SETTING,
    no_direction: Statement.DIRECTION,
    half_a_direction: Statement.DIRECTION,
    two_directions: Statement.DIRECTION,
    unused_direction: Statement.DIRECTION,
    silent_on_baselines: Statement.BASELINE,
    unmet_baseline: Statement.BASELINE,
    json_of_no_format: Statement.FORMAT,
    table_without_map: Statement.MAP,
    table_of_no_problem: Statement.PROBLEM,
    table_without_a_baseline: Statement.BASELINE,
    table_without_the_column: Statement.BASELINE,
    table_by_a_saved_map: Statement.MAP,
    by_a_map_without_a_method: Statement.MAP,
    folder_of_tables: None,
    folder_with_a_table: None,
}
"""Everything that is told of what has to be stated, and of what; where the app says it in other words, of nothing."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "s.db")) as store:
        yield store


def of_the_form(store: Store, request: ImportRequest, maps: Path) -> str:
    importing = FileImport(store, in_a_thread, CheckSettings(), maps)
    try:
        report = asyncio.run(importing.perform(request, lambda _: None))
    except UserError as error:
        return str(error)
    return "\n".join(line.text for line in report_lines(report))


def of_the_command_line(store: Store, request: ImportRequest, maps: Path) -> str:
    told = AsTold(
        request.settings,
        tuple(filter(None, request.directions.split(","))),
        baseline=parse_baseline(filter(None, request.baseline.split(","))),
    )
    try:
        settings, metrics = told.parsed()
        stated = told.stated()
        if request.table_map is not None:
            stated = Stated(told.baseline, request.table_map)
        paths = [Path(request.path)]
        report = run_import(
            store, paths, problem=request.problem, settings=settings, told=metrics, stated=stated, maps=maps
        )
    except UserError as error:
        return str(error)
    return _all(report)


def _all(report: ImportReport) -> str:
    return "\n".join([*report.sentences, *(reject.reason for reject in report.rejects)])


@pytest.mark.parametrize(("case", "statement"), CASES.items(), ids=[case.__name__ for case in CASES])
def test_the_form_names_its_fields_where_the_command_line_names_its_options(
    tmp_path: Path, store: Store, case: Callable[[Path], ImportRequest], statement: Statement | None
) -> None:
    request = case(tmp_path)
    in_the_form = of_the_form(store, request, tmp_path / "maps")
    assert OPTION.search(COMMAND.sub("", in_the_form)) is None, in_the_form
    with closing(open_store(tmp_path / "other.db")) as other:
        on_the_line = of_the_command_line(other, request, tmp_path / "maps")
    assert "the field " not in on_the_line.lower(), on_the_line
    if statement is not None:
        assert re.search(rf"[Tt]he field {statement.field}\b", in_the_form), in_the_form
        assert re.search(rf"(?<![\w-]){statement.option}\b", on_the_line), on_the_line


def test_a_baseline_that_is_told_no_longer_names_the_field(tmp_path: Path, store: Store) -> None:
    folder = str(logs(tmp_path))
    of_the_form(store, ImportRequest(folder, None, "", "", "model=base"), tmp_path)
    said = of_the_form(store, ImportRequest(folder, None, ""), tmp_path)
    assert "1 baseline is a proposal from now on: nothing in the field baseline of this import tells otherwise" in said


def test_every_statement_is_a_field_of_the_form_and_an_option_of_the_command() -> None:
    none: Any = None
    screen = ImportScreen(
        "",
        (),
        effective_keymap({}),
        preview=none,
        perform=none,
        cancel=none,
        tables=none,
        said_of_tables=none,
        formats=none,
    )
    labels = [label for label, _ in screen.lines()]
    assert sorted(labels) == sorted(["path", *(statement.field for statement in Statement)])
    options = {option for parameter in import_command.params for option in parameter.opts}
    assert set(OPTIONS) <= options


def test_no_other_sentence_of_an_import_names_an_option() -> None:
    """Whoever writes one goes by ``StatedIn``; what is named here is no sentence of an import, or one of a server."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "sources").glob("*.py"), *(ROOT / "workflow").glob("*.py")]:
        for text in _texts(path):
            named = {option for option in OPTIONS if re.search(rf"{option}(?![\w-])", COMMAND.sub("", text))}
            if named:
                found.setdefault(path.name, set()).update(named)
    assert set(found) == _DESCRIPTIONS | {"table_map_draft.py", "telling.py"}


_DESCRIPTIONS = {
    *("aar_cache.py", "aar_finding.py", "aide.py", "inspect_logs.py", "native.py", "openevolve.py", "shinka.py"),
}
"""Formats that say what no file of them tells, for `reviewer sources`."""


def _texts(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {part for node in joined for part in node.values}
    for text in joined:
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in text.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings | parts:
            yield node.value


def test_where_it_is_said_in_a_row() -> None:
    assert StatedIn.FORM.saying(Statement.BASELINE, "a=b", "c=d") == "`a=b, c=d` in the field baseline"
    assert StatedIn.COMMAND_LINE.saying(Statement.BASELINE, "a=b", "c=d") == "`--baseline a=b --baseline c=d`"
