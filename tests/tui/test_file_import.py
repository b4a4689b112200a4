"""Taking in from the app: a file, and the study's server by its address."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.how_far import HowFar
from reviewer.store.migrations import open_store
from reviewer.tui.file_import import FileImport
from reviewer.tui.import_request import ImportRequest
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


async def test_what_tells_a_baseline_is_said_as_on_the_command_line(tmp_path: Path) -> None:
    for name in ("base", "agent"):
        write_eval(tmp_path / f"{name}.eval", log(eval={"model": f"acme/{name}", "eval_id": name}))
    with closing(open_store(tmp_path / "s.db")) as store:
        importing = FileImport(store, in_a_thread, CheckSettings(), tmp_path / "maps")
        await importing.perform(ImportRequest(str(tmp_path / "base.eval"), None, "", "", "model=base"), print)
        await importing.perform(ImportRequest(str(tmp_path / "agent.eval"), None, "", "", "model=agent,"), print)
        assert {role for (role,) in table(store, "SELECT role FROM methods")} == {"baseline"}
        with pytest.raises(UserError, match="'base' is no field with its value"):
            await importing.preview(ImportRequest(str(tmp_path / "base.eval"), None, "", "", "base"))
        with pytest.raises(UserError, match="Leave baseline empty"):
            await importing.preview(ImportRequest("http://127.0.0.1:9", None, "", "", "model=base"))
