"""What an import brought to other problems than the one in hand is told, with the key that goes there."""

import json
from pathlib import Path

import pytest

from reviewer.tui.screens.import_files import ImportScreen
from tests.tui.triage_app import Triage, records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


def file_of(folder: Path, **proposals: int) -> Path:
    """Write a file with so many proposals of each problem."""
    lines = [
        {"type": "proposal", "problem": problem, "id": f"{problem}-{n}", "title": f"{problem} {n}"}
        for problem, many in proposals.items()
        for n in range(many)
    ]
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


async def take_in(t: Triage, path: Path) -> None:
    await t.press("i")
    await t.until(lambda: isinstance(t.app.screen, ImportScreen), "the form")
    form = t.app.screen
    assert isinstance(form, ImportScreen)
    form._path.load_text(str(path))
    form.action_line.focus()
    await t.press("enter")
    await t.until(lambda: str(form.action_line.content) == "Import", "what would come")
    await t.press("enter")
    await t.until(lambda: str(form.action_line.content) == "Close", "what came")
    await t.press("enter")
    await t.until(lambda: t.app.screen is t.screen, "the triage screen")


async def test_where_proposals_went_is_told_with_the_key_that_goes_there(tmp_path: Path) -> None:
    path = file_of(tmp_path, tabx=3, taby=1, tabz=2, tabw=1)
    async with triage(store_with(tmp_path, *records())) as t:
        await take_in(t, path)
        await t.told("3 proposals came to tabx, 2 proposals came to tabz, more to 2 other problems; P goes there.")


async def test_what_came_to_the_problem_in_hand_is_seen_there(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, *records())) as t:
        await take_in(t, file_of(tmp_path, **{t.screen.problem.slug: 1}))
        await t.until(lambda: len(t.titles) == 6, "the new row")
        await t.settled()
        assert not any("came to" in toast for toast in t.toasts())
