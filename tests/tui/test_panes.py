"""The panes of the triage screen, resized by the mouse and by keys, in windows of every size."""

from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Role, Setting
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.pane_sizes import PaneSizes
from reviewer.tui.theme import THEMES
from tests.builders import measured, record
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def drag(t: Triage, divider: str, to: tuple[int, int]) -> None:
    """Take hold of the line in its middle and drag it to a place on the screen."""
    region = t.screen.query_one(divider).region
    start = (region.x + region.width // 2, region.y + region.height // 2)
    await t.pilot.mouse_down(offset=start)
    await t.pilot.hover(offset=to)
    await t.pilot.mouse_up(offset=to)
    await t.pilot.pause()


def widths(t: Triage) -> tuple[int, int, int]:
    panes = (t.screen.query_one(f"#{name}-pane").size.width for name in ("queue", "proposal", "baseline"))
    queue, proposal, baseline = panes
    return queue, proposal, baseline


def heights(t: Triage) -> tuple[int, int, int]:
    panes = (t.screen.query_one(f"#{name}").size.height for name in ("proposal-pane", "baseline-pane", "evidence"))
    proposal, baseline, evidence = panes
    return proposal, baseline, evidence


async def test_the_lines_between_the_panes_follow_the_mouse(path: Path) -> None:
    async with triage(path, size=(160, 40)) as t:
        assert widths(t) == (32, 63, 63)
        await drag(t, "#beside-queue", (50, 10))
        assert widths(t)[0] == 50
        assert t.screen.query_one("#beside-queue").region.x == 50
        await drag(t, "#beside-baseline", (120, 10))
        assert abs(t.screen.query_one("#beside-baseline").region.x - 120) <= 1
        await drag(t, "#above-evidence", (80, 25))
        assert t.screen.query_one("#above-evidence").region.y == 25


async def test_no_pane_is_dragged_out_of_sight(path: Path) -> None:
    async with triage(path, size=(160, 40)) as t:
        await drag(t, "#beside-queue", (0, 10))
        assert widths(t)[0] == 20
        await drag(t, "#beside-queue", (159, 10))
        assert widths(t)[0] == 64
        await drag(t, "#beside-baseline", (159, 10))
        assert widths(t)[2] >= 18
        await drag(t, "#above-evidence", (80, 0))
        assert heights(t)[0] >= 4
        await drag(t, "#above-evidence", (80, 39))
        assert heights(t)[2] == 2


async def test_a_second_click_on_a_line_brings_the_first_sizes_back(path: Path) -> None:
    async with triage(path, size=(160, 40)) as t:
        for divider in ("#beside-queue", "#beside-baseline", "#above-evidence"):
            await drag(t, divider, (70, 20))
        assert t.app.pane_sizes != PaneSizes()
        for divider in ("#beside-queue", "#beside-baseline", "#above-evidence"):
            await t.pilot.double_click(divider)
        assert t.app.pane_sizes == PaneSizes()


async def test_keys_make_the_pane_with_the_focus_larger_and_smaller(path: Path) -> None:
    async with triage(path, size=(160, 40)) as t:
        await t.press(">", ">")
        await t.until(lambda: widths(t)[0] == 40)
        await t.press("<")
        await t.until(lambda: widths(t)[0] == 36)
        await t.press("tab", ">", ">")
        await t.until(lambda: widths(t)[1] - widths(t)[2] > 10)
        await t.press("tab", ">", ">", ">")
        await t.until(lambda: widths(t)[2] > widths(t)[1])
        before = heights(t)[2]
        await t.press("tab", ">", ">", ">")
        await t.until(lambda: heights(t)[2] > before)
        larger = heights(t)[2]
        await t.press("<")
        await t.until(lambda: heights(t)[2] < larger)
        smaller = heights(t)[2]
        await t.go("j")
        assert heights(t)[2] == smaller


async def test_sizes_are_as_they_were_when_a_small_window_has_grown_again(path: Path) -> None:
    async with triage(path, size=(160, 48)) as t:
        await drag(t, "#beside-queue", (60, 10))
        await drag(t, "#beside-baseline", (120, 10))
        await drag(t, "#above-evidence", (80, 30))
        before = (widths(t), heights(t))
        for size in ((80, 24), (60, 20), (30, 8), (160, 48)):
            await t.pilot.resize_terminal(*size)
            await t.until(lambda size=size: t.screen.size == size)  # type: ignore[misc]
            await t.pilot.pause()
        assert (widths(t), heights(t)) == before


async def test_in_a_narrow_window_the_line_between_the_documents_lies_across(path: Path) -> None:
    async with triage(path, size=(66, 40)) as t:
        line = t.screen.query_one("#beside-baseline").region
        assert (line.height, line.width) == (1, 66)
        await drag(t, "#beside-baseline", (10, line.y + 5))
        assert abs(t.screen.query_one("#beside-baseline").region.y - line.y - 5) <= 1
        await t.press("tab", "tab", ">")
        assert t.screen.query_one("#beside-baseline").region.y <= line.y + 5


def marked(t: Triage) -> list[str]:
    """The lines of the screen, and the parts of a line, that carry the mark of where one is."""
    places = ("#proposal-heading", "#baseline-heading", "#above-evidence")
    lines = screen_text(t.app).splitlines()
    found = []
    for place in places:
        region = t.screen.query_one(place).region
        if lines[region.y][region.x] in "▌>":
            found.append(place)
    queue = t.screen.queue.region
    if t.screen.queue.is_on_screen and any(lines[y][queue.x] in "▌>" for y in range(queue.y, queue.bottom)):
        found.append("#queue")
    return found


@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=["unicode", "ascii"])
async def test_one_sees_which_pane_has_the_focus(path: Path, marks: Marks) -> None:
    async with triage(path, marks=marks) as t:
        seen = [marked(t)]
        for _ in range(4):
            await t.press("tab")
            await t.pilot.pause()
            seen.append(marked(t))
        assert seen == [["#queue"], ["#proposal-heading"], ["#baseline-heading"], ["#above-evidence"], ["#queue"]]


@pytest.mark.parametrize("theme", THEMES)
async def test_the_heading_of_the_pane_with_the_focus_stands_out_in_every_theme(path: Path, theme: str) -> None:
    async with triage(path) as t:
        headings = [t.screen.query_one(f"#{name}-heading") for name in ("proposal", "baseline")]
        await t.press("tab")
        for name in ("dark" if theme != "dark" else "light", theme):
            t.app.theme = name
            await t.pilot.pause()
            proposal, baseline = [h.rich_style for h in headings]
            assert (proposal.bold, baseline.bold or False) == (True, False)
            assert proposal.color != baseline.color
        await t.press("tab")
        await t.pilot.pause()
        assert [bool(h.rich_style.bold) for h in headings] == [False, True]
        assert headings[0].rich_style.color == baseline.color


async def test_the_proposal_has_the_focus_where_the_queue_is_folded(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        assert marked(t) == ["#proposal-heading"]
        await t.pilot.resize_terminal(120, 40)
        await t.press("shift+tab")
        await t.until(lambda: marked(t) == ["#queue"])
        await t.pilot.resize_terminal(80, 24)
        await t.until(lambda: marked(t) == ["#proposal-heading"])


async def test_space_pages_the_pane_with_the_focus(tmp_path: Path) -> None:
    body = "\n\n".join(f"Line {number}." for number in range(200))
    numbers = tuple(measured(0.5, dataset=f"set{number:02}", setting=Setting.LAB) for number in range(40))
    path = store_with(
        tmp_path,
        record("p1", title="alpha method", body=body, measurements=numbers),
        record("b1", Role.BASELINE, title="Baseline", body=body),
    )
    async with triage(path) as t:
        await t.until(lambda: t.screen.proposal_pane.max_scroll_y and t.screen.baseline_pane.max_scroll_y)
        panes = (t.screen.proposal_pane, t.screen.baseline_pane, t.screen.evidence_pane)
        for moved in panes:
            t.screen.set_focus(moved)
            before = [pane.scroll_offset.y for pane in panes]
            await t.press("space")
            await t.until(lambda: t.screen.focused is moved and not t.app._in_hand)  # noqa: B023
            after = [pane.scroll_offset.y for pane in panes]
            assert [pane for pane, a, b in zip(panes, before, after, strict=True) if a != b] == [moved]
            await t.press("ctrl+b")
            await t.until(lambda: moved.scroll_offset.y == 0)  # noqa: B023


@pytest.mark.parametrize("together", [False, True], ids=["alone", "together"])
async def test_another_proposal_or_baseline_begins_at_the_top(tmp_path: Path, together: bool) -> None:
    body = "\n\n".join(f"Line {number}." for number in range(200))
    path = store_with(
        tmp_path,
        *(record(f"p{i}", title=f"method {i}", body=body) for i in (1, 2)),
        *(record(f"b{i}", Role.BASELINE, title=f"Baseline {i}", body=body) for i in (1, 2)),
    )
    async with triage(path) as t:
        proposal, baseline = t.screen.proposal_pane, t.screen.baseline_pane
        await t.until(lambda: proposal.max_scroll_y and baseline.max_scroll_y)
        if together:
            await t.press("=")
        t.screen.set_focus(baseline)
        await t.press("space", "space")
        await t.until(lambda: baseline.scroll_offset.y and bool(proposal.scroll_offset.y) == together)
        await t.press("b")
        await t.until(lambda: not baseline.is_waiting and baseline.max_scroll_y)
        assert baseline.scroll_offset.y == 0
        assert bool(proposal.scroll_offset.y) == together
        await t.press("b", "space")  # the first one again, which is the next proposal's too
        await t.until(lambda: baseline.scroll_offset.y)
        await t.go("j")
        await t.until(lambda: not proposal.is_waiting and proposal.max_scroll_y)
        assert (proposal.scroll_offset.y, baseline.scroll_offset.y) == (0, 0)
        assert "Baseline" in screen_text(t.app)
