"""What others hold, asked for on the triage screen: nothing of it before one's own verdict; then adjudicated."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.errors import StoreError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Rating, Role, Verdict
from reviewer.store.connection import Store
from reviewer.tui.screens.adjudication import AdjudicationScreen
from reviewer.tui.screens.others import OthersScreen
from reviewer.tui.screens.retract import RetractScreen
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.adjudicating import adjudicate
from reviewer.workflow.judging import rate, set_forecast, set_rationale
from tests.builders import act, build_session, judge, record, table
from tests.tui.triage_app import Triage, comes, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

SECRETS = ("ann", "adjudicated", "secret", "77 %")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


def judged_by_others(path: Path, *, adjudicated: bool = False) -> None:
    """Let ann and bo judge the first proposal, and ann adjudicate it."""
    with closing(Store(path)) as store:
        ann, bo = build_session(store, "ann"), build_session(store, "bo")
        judge(ann, 1)
        act(ann, 1, Act.FORECAST, set_forecast(0.77))
        act(ann, 1, Act.RATIONALE, set_rationale("secret \x1b[31m reasons [/x]"))
        act(ann, 1, Act.RATING, rate("scale", ConstraintRating(Rating.PASS)))
        judge(bo, 1, Verdict.FAILS)
        act(bo, 1, Act.RATING, rate("scale", ConstraintRating(Rating.BLOCKER, "a note")))
        if adjudicated:
            adjudicate(ann, 1, Adjudication(Verdict.FAILS, 0.1, rationale="secret too"))


async def opened(t: Triage) -> OthersScreen:
    await t.settled()
    await t.press("p")
    await t.until(lambda: isinstance(t.app.screen, OthersScreen), "others")
    screen = t.app.screen
    assert isinstance(screen, OthersScreen)
    return screen


async def form(t: Triage) -> AdjudicationScreen:
    await opened(t)
    await t.press("a")
    await t.until(lambda: isinstance(t.app.screen, AdjudicationScreen), "the form")
    screen = t.app.screen
    assert isinstance(screen, AdjudicationScreen)
    return screen


def said(path: Path) -> list[tuple[str | None, float | None, str]]:
    with closing(Store(path)) as store:
        return table(store, "SELECT verdict, forecast, rationale FROM adjudications ORDER BY id")


async def test_before_ones_own_verdict_the_screen_is_the_same_whatever_others_have_said(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    busy = store_with(tmp_path_factory.mktemp("busy"), *records())
    judged_by_others(busy, adjudicated=True)
    screens = []
    for each in (path, busy):
        async with triage(each) as t:
            shown = [screen_text(t.app)]
            await t.press("3")
            await t.press("p")
            await t.told("Others' judgements are shown after your own verdict.")
            assert t.app.screen is t.screen
            await t.settled()
            shown.append(screen_text(t.app))
            screens.append((shown, t.toasts()))
    assert screens[0] == screens[1]
    assert not [secret for secret in SECRETS if any(secret in text for text in screens[1][0])]


async def test_after_it_each_judgement_is_there_and_the_widest_difference_is_pointed_out(path: Path) -> None:
    judged_by_others(path, adjudicated=True)
    async with triage(path) as t:
        await t.go("3", "f")
        await t.go("k")
        await t.until(lambda: "proposal · adjudicated: fails · agent-1" in screen_text(t.app), "the mark")
        await opened(t)
        text = screen_text(t.app)
        for words in (
            "3 judgements together", "2 forecasts from 3 % to 77 %", "as far apart as they could be",
            "widest apart  scale: pass ann; blocker bo", "adjudicated fails, 10 %, “secret too”  ann",
            "Judgements were changed or added since it was adjudicated.",
            "kim, you  ✗ fails  3 %", "ann  ✓ survives  77 %", "secret ␛[31m reasons [/x]", "✗ scale: a note",
        ):  # fmt: skip
            assert words in text, words
        assert text.index("kim, you") < text.index("ann  ✓")
        await t.until(lambda: "and 50 outcomes are missing" in screen_text(t.app), "what outcomes say")


async def test_undoing_ones_verdict_hides_them_again(path: Path) -> None:
    judged_by_others(path, adjudicated=True)
    async with triage(path) as t:
        await t.go("f", "k")
        await t.until(lambda: "adjudicated: fails" in screen_text(t.app), "the mark")
        await t.press("u")
        await t.until(lambda: "adjudicated" not in screen_text(t.app), "that it is hidden")
        await t.settled()
        await t.press("p")
        await t.told("Others' judgements are shown after your own verdict.")


async def test_what_was_open_to_see_is_written_down_with_each_act(path: Path) -> None:
    async with triage(path) as t:
        await t.go("f", "k")
        await t.until(lambda: t.screen.view is not None and t.screen.view.sees_others, "what may be seen")
        await t.go("s")
    with closing(Store(path)) as store:
        assert table(store, "SELECT json_extract(visible, '$.others') FROM annotations ORDER BY id") == [(0,), (1,)]


async def test_it_is_adjudicated_corrected_and_taken_back_and_every_judgement_stays(path: Path) -> None:
    judged_by_others(path)
    async with triage(path) as t:
        await t.go("s", "k")
        with closing(Store(path)) as store:
            before = table(store, "SELECT * FROM current_judgements ORDER BY id")
        await form(t)
        await t.press("c", "tab", *"40", "tab", *"labels stay", "tab", *"noise", "ctrl+s")
        await t.told("Adjudicated: conditional if labels stay, 40 %, “noise”.")
        await t.until(lambda: "adjudicated: conditional" in screen_text(t.app), "the mark")
        await form(t)
        assert "[c conditional]" in screen_text(t.app)
        assert "This is a draft" not in screen_text(t.app)
        await t.press("x", "tab", "tab", *["backspace"] * 11, "ctrl+s")
        await t.told("Adjudicated: can't tell, 40 %, “noise”.")
        await form(t)
        await t.press("ctrl+o")
        await t.until(lambda: isinstance(t.app.screen, RetractScreen), "the question")
        assert "every judgement as it is" in screen_text(t.app)
        await t.press(*"oops", "enter")
        await t.told("Taken back")
        await t.until(lambda: "adjudicated:" not in screen_text(t.app), "that none holds")
    assert said(path) == [("conditional", 0.4, "noise"), ("cannot_tell", 0.4, "noise"), (None, None, "oops")]
    with closing(Store(path)) as store:
        assert table(store, "SELECT * FROM current_judgements ORDER BY id") == before


async def test_what_is_wrong_is_said_at_its_field_and_a_draft_waits_for_the_next_time(path: Path) -> None:
    judged_by_others(path)
    async with triage(path) as t:
        await t.go("s", "k")
        await form(t)
        await t.press("ctrl+s")
        await t.until(lambda: "Say what it comes to" in screen_text(t.app), "the sentence")
        await t.press("f", "tab", *"200", "ctrl+s")
        await t.until(lambda: "“200” is no probability" in screen_text(t.app), "the sentence")
        await t.press("tab", *"labels", "tab", *"why", "escape")
        await t.until(lambda: isinstance(t.app.screen, OthersScreen), "others again")
        assert "A draft of an adjudication is waiting; a goes on with it." in screen_text(t.app)
    assert said(path) == []
    async with triage(path) as t:
        await t.told("An unsaved draft is waiting here; p goes on with it.")
        screen = await form(t)
        assert "This is a draft" in screen_text(t.app)
        assert screen.query_one("#rationale", TextField).text == "why"
        await t.press("tab", *["backspace"] * 3, "ctrl+s")
        await t.until(lambda: "A condition belongs to the verdict conditional" in screen_text(t.app), "the sentence")
        await t.press("ctrl+r")
        await t.until(lambda: "[not said]" in screen_text(t.app), "what is saved")
        await t.press("shift+tab", "shift+tab", "f", "ctrl+s")
        await t.told("Adjudicated: fails.")
        await t.saves()
    with closing(sqlite3.connect(f"{path}-drafts")) as drafts:
        assert drafts.execute("SELECT * FROM drafts").fetchall() == []


async def test_what_waits_for_the_store_is_saved_when_it_is_free(path: Path) -> None:
    judged_by_others(path)
    async with triage(path, busy_timeout=0.05) as t:
        await t.go("s", "k")
        await form(t)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            t.burst("f\x13")
            await comes(lambda: any("keeps the store locked; what you do waits" in said for said in t.toasts()))
            other.execute("ROLLBACK")
        await t.saves()
        await t.told("Adjudicated: fails.")
    assert said(path) == [("fails", None, "")]


async def test_what_cannot_be_saved_stays_as_a_draft(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise StoreError("The disk says no.")

    monkeypatch.setattr("reviewer.workflow.adjudicating.adjudicate", refuse)
    judged_by_others(path)
    async with triage(path) as t:
        await t.go("s", "k")
        await form(t)
        await t.press("f", "tab", "tab", "tab", *"why", "ctrl+s")
        await t.told("what you wrote stays as a draft: The disk says no.")
        screen = await form(t)
        assert screen.query_one("#rationale", TextField).text == "why"


async def test_what_somebody_adjudicated_meanwhile_is_told(path: Path) -> None:
    judged_by_others(path)
    async with triage(path) as t:
        await t.go("s", "k")
        await form(t)
        with closing(Store(path)) as store:
            adjudicate(build_session(store, "ann"), 1, Adjudication(Verdict.FAILS))
        await t.press("s", "ctrl+s")
        await t.told("it takes the place of what somebody said meanwhile")
    assert [verdict for verdict, *_ in said(path)] == ["fails", "survives"]


async def test_it_all_fits_80_by_24_and_nobody_else_is_said(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        await t.go("s", "k")
        await opened(t)
        assert "Nobody but you has judged it yet." in screen_text(t.app)
        assert "Nobody has adjudicated it." in screen_text(t.app)
        await t.press("a")
        await t.until(lambda: isinstance(t.app.screen, AdjudicationScreen), "the form")
        for words in ("Save", "rationale", "x can't tell", "esc keeps the draft"):
            assert words in screen_text(t.app)


async def test_there_must_be_a_proposal(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, record("b1", Role.BASELINE))) as t:
        await t.press("p")
        await t.told("There is no proposal")
