"""Taking in from the app: a file, and the study's server by its address."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.how_far import HowFar
from reviewer.domain.stating import Statement
from reviewer.store.migrations import open_store
from reviewer.tui.file_import import FileImport, TableFiles, known_formats
from reviewer.tui.import_request import ImportRequest, MisstatedError
from reviewer.tui.path_completion import is_missing
from tests.builders import table
from tests.sources.aar_server_fixture import build_server_database
from tests.sources.inspect_fixture import log, write_eval
from tests.study_server import StudyServer, serving

P = ParamSpec("P")
T = TypeVar("T")


async def in_a_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.to_thread(function, *args, **kwargs)


async def test_a_server_is_taken_in_by_its_address_as_its_database_is(tmp_path: Path) -> None:
    study = StudyServer(build_server_database(tmp_path / "server.db"))
    told: list[HowFar] = []
    with closing(open_store(tmp_path / "s.db")) as store, serving(study):
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        request = ImportRequest(study.address, None, "lab")
        assert not await asyncio.to_thread(is_missing, study.address)
        assert (await importing.preview(request)).new == 18
        assert (await importing.perform(request, told.append)).new == 18
        again = await importing.perform(ImportRequest(str(study.database), None, "lab"), told.append)
    assert (again.new, again.changed) == (1, 0)
    assert told[-1].rows == 19


async def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        with pytest.raises(SourceError, match="nobody answers there"):
            await importing.preview(ImportRequest("http://127.0.0.1:9", None, ""))


async def test_the_home_of_somebody_who_is_not_known_is_one_sentence(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        with pytest.raises(UserError, match="cannot be used as a path"):
            await importing.preview(ImportRequest("~no-such-user/x", None, ""))
    with pytest.raises(UserError, match="cannot be used as a path"):
        await TableFiles(in_a_thread, tmp_path / "maps").look("~no-such-user/x", is_named=False)


async def test_what_tells_a_baseline_is_said_as_on_the_command_line(tmp_path: Path) -> None:
    for name in ("base", "agent"):
        write_eval(tmp_path / f"{name}.eval", log(eval={"model": f"acme/{name}", "eval_id": name}))
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        await importing.perform(ImportRequest(str(tmp_path / "base.eval"), None, "", "", "model=base"), print)
        await importing.perform(ImportRequest(str(tmp_path / "agent.eval"), None, "", "", "model=agent,"), print)
        assert {role for (role,) in table(store, "SELECT role FROM methods")} == {"baseline"}


async def test_another_run_is_asked_about_and_named_or_said_to_be_newer(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        path = tmp_path / name / "log.jsonl"
        path.parent.mkdir()
        line = {"type": "proposal", "id": "x", "problem": "p", "title": name, "method": name}
        path.write_text(json.dumps(line))
    one, two, three = (str(tmp_path / name / "log.jsonl") for name in ("one", "two", "three"))
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        await importing.perform(ImportRequest(one, None, ""), print)
        asked = await importing.preview(ImportRequest(two, None, ""))
        assert (asked.rejected, asked.changed) == (1, 0)
        assert "give it a name by `NAME` in the field run; if" in asked.rejects[0].reason
        assert "say `newer` in the field run." in asked.rejects[0].reason
        assert await importing.perform(ImportRequest(two, None, ""), print) == replace(asked, nothing_to_judge=False)
        assert (await importing.perform(ImportRequest(two, None, "", run="two"), print)).new == 1
        assert (await importing.perform(ImportRequest(three, None, "", run="Newer"), print)).changed == 1
        assert table(store, "SELECT namespace, title FROM methods ORDER BY id") == [("local", "three"), ("two", "two")]


@pytest.mark.parametrize(
    ("request_", "statement", "sentence"),
    [
        (ImportRequest("x", None, "", "", "base"), Statement.BASELINE, "'base' is no field with its value"),
        (ImportRequest("x", None, "", "acc=up"), Statement.DIRECTION, "The field better: 'acc=up' says neither"),
        (ImportRequest("x", None, "labor"), Statement.SETTING, "The field setting: 'labor' is no setting"),
        (ImportRequest("x", None, "", run="a/b"), Statement.RUN, "The field run: 'a/b' cannot be a run's name"),
        (ImportRequest("http://127.0.0.1:9", None, "", "", "a=b"), Statement.BASELINE, "Leave baseline empty"),
        (ImportRequest("http://127.0.0.1:9", None, "", format_name="native"), Statement.FORMAT, "Leave format to the"),
    ],
)
async def test_what_cannot_be_understood_says_of_which_field_it_is(
    tmp_path: Path, request_: ImportRequest, statement: Statement, sentence: str
) -> None:
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        with pytest.raises(MisstatedError, match=sentence) as raised:
            await importing.preview(request_)
    assert raised.value.statement is statement


async def test_a_format_that_is_named_is_read_whatever_the_content_says(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text('not ours\n{"type": "proposal", "problem": "p", "id": "a", "title": "A"}\n')
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        report = await importing.preview(ImportRequest(str(path), None, "", format_name="native"))
        assert (report.new, report.rejected, report.sources) == (1, 1, ("native",))
        assert {"native", "table"} <= {name for name, _ in await known_formats(in_a_thread)}


async def test_a_log_of_a_known_format_can_be_looked_at_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "results.tsv"
    path.write_text("commit\tval_bpb\tmemory_gb\tstatus\tdescription\naa8f408\t0.97\t60.2\tkeep\tLR\n")
    tables = TableFiles(in_a_thread, tmp_path / "maps")
    assert await tables.look(str(path), is_named=False) is None
    look = await tables.look(str(path), is_named=True)
    assert look is not None
    assert look.columns == ("commit", "val_bpb", "memory_gb", "status", "description")
