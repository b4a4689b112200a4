"""What is on the screen in a window of 200 columns and 60 rows: what has room is whole, what belongs lines up."""

from pathlib import Path

import pytest

from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Role
from reviewer.store.connection import Store
from reviewer.tui.screens.rubric import RubricScreen
from reviewer.workflow.targets import write_target
from tests.builders import build_session
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

WIDE = (200, 60)
CRITERION = " ".join(f"word{number}" for number in range(60))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = store_with(tmp_path, *records())
    store = Store(path)
    write_target(build_session(store), 1, Target(criterion=CRITERION, horizon="2027-03-31"))
    store.close()
    return path


async def opened(t: Triage, key: str) -> str:
    """Press a key and return the text of what it opens."""
    before = t.app.screen
    await t.press(key)
    await t.until(lambda: t.app.screen is not before, f"what {key} opens")
    await t.pilot.pause()
    return screen_text(t.app)


def column(text: str, words: str) -> int:
    """Return where in its line the words begin; they stand in one line only."""
    (line,) = [line for line in text.splitlines() if words in line]
    return line.index(words)


async def test_the_rubric_shows_the_whole_target_where_there_is_room(path: Path) -> None:
    async with triage(path, size=WIDE) as t:
        text = await opened(t, "r")
        assert all(word in text for word in CRITERION.split())
        assert isinstance(t.app.screen, RubricScreen)
        await t.pilot.resize_terminal(80, 24)
        await t.until(lambda: "word40" not in screen_text(t.app), "two lines of the target")
        assert "Scale" in screen_text(t.app)
        await t.pilot.resize_terminal(*WIDE)
        await t.until(lambda: "word59" in screen_text(t.app), "the whole target again")


async def test_what_a_form_does_stands_beneath_what_is_typed(path: Path) -> None:
    async with triage(path, size=WIDE) as t:
        t.app.start_folder = "/data/"
        text = await opened(t, "i")
        assert column(text, "Look what would come") == column(text, "/data/")


async def test_the_target_stays_where_it_is_when_one_goes_on_to_write_it(path: Path) -> None:
    async with triage(path, size=WIDE) as t:
        read = await opened(t, "T")
        written = await opened(t, "e")
        assert column(written, "2027-03-31") == column(read, "2027-03-31")


@pytest.mark.parametrize("size", [WIDE, (120, 40)], ids=["wide", "usual"])
async def test_the_command_that_imports_can_be_typed_as_it_is_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    path = store_with(tmp_path, *[r for r in records() if r.role is Role.BASELINE])
    async with triage(path, size=size) as t:
        lines = [line.partition("│")[0].rstrip() for line in screen_text(t.app).splitlines()]
        at = next(i for i, line in enumerate(lines) if "reviewer import" in line)
        command = "\n".join(line.strip() for line in lines[at : at + 3])
        assert command == "reviewer import \\\nfindings/ \\\n--setting lab"
        assert len({len(line) - len(line.lstrip()) for line in lines[at + 1 : at + 3]}) == 1
