from dataclasses import replace

import pytest

from reviewer.domain.methods import Measurement, Provenance, Revision, SeedValue
from reviewer.domain.vocabulary import Setting
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import UNICODE
from reviewer.tui.revision_diff import diff_revisions
from reviewer.tui.screens.differences import DifferencesScreen, difference_lines
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})
PGR = Measurement("pgr", "chat", 0.7801, 0.012, 5, setting=Setting.LAB)
FIRST = Revision(
    id=11,
    content_hash="a",
    part="",
    current=False,
    title="EM",
    hypothesis="It recovers more.",
    body="Train for two epochs on all labels.",
    claims=(),
    measurements=(PGR,),
    raw="{}",
    provenance=Provenance("runs/a.jsonl", "0" * 64, "line 4"),
    recorded_at="2026-11-20T10:00:00.000Z",
)
SECOND = replace(FIRST, id=12, body="Train for three epochs on all labels.", recorded_at="2026-11-21T10:00:00.000Z")
THIRD = replace(SECOND, id=13, current=True, measurements=(PGR._replace(value=0.5),))


def screen_of(*revisions: Revision, judged: int | None = None) -> DifferencesScreen:
    return DifferencesScreen("EM [/x]", revisions, judged, KEYMAP, UNICODE)


async def text_of(screen: DifferencesScreen, *keys: str) -> str:
    async with HarnessApp(screen).run_test(size=(120, 40)) as pilot:
        await pilot.press(*keys)
        await settle(pilot)
        return screen.pane.plain_text


async def test_the_revision_judged_is_compared_with_the_current_one() -> None:
    text = await text_of(screen_of(FIRST, SECOND, THIRD, judged=11))
    assert "revision 1 of 3, the one you judged" in text
    assert "revision 3 of 3, the current one" in text
    assert "- Train for two epochs on all labels." in text
    assert "+ Train for three epochs on all labels." in text
    assert "pgr chat lab" in text
    assert "- 0.780 ±0.012 (5 seeds)" in text
    assert "+ 0.500 ±0.012 (5 seeds)" in text


async def test_one_seed_and_one_test_item_are_one() -> None:
    alone = replace(THIRD, measurements=(PGR._replace(value=0.5, n_seeds=1, n_test=1, n_correct=1),))
    text = await text_of(screen_of(FIRST, SECOND, alone, judged=11))
    assert "+ 0.500 ±0.012 (1 seed) 1 of 1 test item " in text


@pytest.mark.parametrize("judged", [None, 13, 99])
async def test_else_the_one_before_is(judged: int | None) -> None:
    text = await text_of(screen_of(FIRST, SECOND, THIRD, judged=judged))
    assert "revision 2 of 3" in text
    assert "epochs" not in text


async def test_left_and_right_change_the_older_one() -> None:
    revisions = (FIRST, SECOND, THIRD)
    assert "revision 1 of 3" in await text_of(screen_of(*revisions), "left")
    assert "revision 1 of 3" in await text_of(screen_of(*revisions), "left", "left")
    assert "revision 2 of 3" in await text_of(screen_of(*revisions), "left", "right", "right")


async def test_a_revision_that_counts_again_is_the_newer_side() -> None:
    text = await text_of(screen_of(replace(FIRST, current=True), replace(THIRD, current=False)))
    assert "to    revision 1 of 2, the current one" in text
    assert "+ Train for two epochs" in text


async def test_one_revision_says_where_it_came_from() -> None:
    text = await text_of(screen_of(FIRST))
    assert text.startswith("There is one revision only, imported 2026-11-20")
    assert "runs/a.jsonl line 4" in text
    assert "no revision" in await text_of(screen_of())


async def test_a_megabyte_is_compared_in_a_worker() -> None:
    body = "\n".join(f"Line {n} of the method." for n in range(40_000))
    old, new = replace(FIRST, body=body), replace(THIRD, body=body.replace("Line 20000 ", "The line "))
    text = await text_of(screen_of(old, new))
    assert "+ The line of the method." in text
    assert "19,998 lines the same" in text


def test_values_that_round_to_the_same_are_shown_in_full() -> None:
    new = replace(FIRST, measurements=(PGR._replace(value=0.7803, seeds=(SeedValue(42, 0.7803),)),))
    text = "\n".join(line.mark[0] + line.text for line in difference_lines(diff_revisions(FIRST, new), UNICODE))
    assert "- 0.7801" in text
    assert "+ 0.7803" in text
    assert "42: 0.7803" in text


def test_what_is_hostile_is_shown_and_not_obeyed() -> None:
    new = replace(FIRST, title="\x1b]52;c;x\x07[/x]", body="a\rb\u202e")
    text = "\n".join(line.text for line in difference_lines(diff_revisions(FIRST, new), UNICODE))
    assert "␛]52;c;x␇[/x]" in text
    assert text.isprintable() or all(line.isprintable() for line in text.split("\n"))


def test_no_difference_says_so() -> None:
    assert "Neither" in difference_lines(diff_revisions(FIRST, FIRST), UNICODE)[0].text


@pytest.mark.parametrize("size", [(80, 24), (12, 5), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int]) -> None:
    app = HarnessApp(screen_of(FIRST, SECOND, THIRD))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press("j", "left", "G", "escape")
        assert app.results == [None]
