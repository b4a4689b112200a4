"""The sealed protocol by keys: first the idea alone, then its evidence, then others."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static, TextArea

from reviewer.domain.covering import COVER
from reviewer.domain.vocabulary import Protocol, Role, Setting, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import protocol_history
from reviewer.tui.screens.export_file import ExportScreen
from reviewer.tui.screens.filter import FilterScreen
from reviewer.tui.screens.triage import TriageScreen
from reviewer.tui.widgets.form_lines import ChoiceLine
from reviewer.workflow.demo import open_demo
from tests.builders import build_session, measured, record, table
from tests.tui.triage_app import Hands, Triage, comes, records, screen_text, store_with, triage
from tests.workflow.judged_stores import end, give, in_production
from tests.workflow.sealed_stores import go_on, put_under, say

HIDDEN = ("agent-", "run-1", "p1", "0.51", "0.3", "human", "best of", "It wins.", "Claims", "ue-family", "parent-x")
"""What tells where a proposal or a baseline comes from, or what it scored."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store that is judged sealed, whose first proposal claims something."""
    first = record(
        "p1",
        title="alpha method",
        agent="agent-1",
        family="ue-family",
        parent="parent-x",
        claims=("It wins.",),
        hypothesis="The alpha hypothesis.",
        body="The body of alpha.",
        measurements=(measured(0.51, setting=Setting.LAB, standard_error=0.02, n_seeds=5),),
    )
    path = store_with(tmp_path, first, *records()[1:])
    store = Store(path)
    put_under(store, Protocol.SEALED)
    store.close()
    return path


def hint(screen: Triage) -> str:
    return screen.text_of("#hints")


def events_of(path: Path) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Kind, stage and what was visible of each event."""
    store = Store(path, readonly=True)
    rows = table(store, "SELECT kind, stage, visible FROM annotations ORDER BY id")
    store.close()
    return [(kind, stage, json.loads(visible)) for kind, stage, visible in rows]


async def test_a_press_that_went_nowhere_is_not_taken_for_the_beginning_of_a_held_key(path: Path, hands: Hands) -> None:
    hands.between = 0.1
    async with triage(path, hands=hands) as shown:
        await shown.settled()
        await shown.press("6", "0", "enter")
        await shown.told("First a verdict (s c f x).")
        await shown.press("s")
        await shown.told("survives. enter shows the evidence.")
        await shown.press("enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")
        await shown.press("enter")
        await shown.told("counts as held down")
    assert [stage for kind, stage, _ in events_of(path) if kind == "reveal"] == ["evidence"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_whole_way_by_keys(path: Path, hands: Hands, size: tuple[int, int]) -> None:
    async with triage(path, size=size, hands=hands) as shown:
        text = screen_text(shown.app)
        assert not [word for word in HIDDEN if word in text], text
        assert "sealed" in text
        for words in ("idea to judge", "idea to compare with", "alpha method", "The body of alpha.", "Sealed: "):
            assert words in text, words
        assert hint(shown).startswith("0–9 a forecast first   s c f x a verdict first")

        await shown.go("6", "0", "enter")
        await shown.told("First a verdict (s c f x).")
        assert "Sealed: " in screen_text(shown.app)
        await shown.go("s")
        assert shown.title == "alpha method", "a verdict stays on the proposal"
        await shown.told("survives. enter shows the evidence.")
        assert hint(shown).startswith("enter see the evidence")

        await shown.go("enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")
        await shown.settled()
        text = screen_text(shown.app)
        for words in ("proposal · agent-1", "baseline · human · best of", "0.51", "0.3", "enter see what others hold"):
            assert words in text, words
        assert shown.title == "alpha method"

        await shown.go("4", "0", "f", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.OTHERS, "others")
        await shown.settled()
        await shown.go("enter")
        assert shown.title == "alpha method"
        await shown.go("j")
        assert shown.title == "delta method"
        assert "Sealed: " in screen_text(shown.app)
    assert [(kind, stage) for kind, stage, _ in events_of(path)] == [
        ("forecast", "idea"), ("verdict", "idea"), ("reveal", "evidence"),
        ("forecast", "evidence"), ("verdict", "evidence"), ("reveal", "others"),
    ]  # fmt: skip


async def test_what_was_visible_is_told_with_each_event(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        left = "proposal" if shown.screen.view and shown.screen.view.on_left else "baseline"
        await shown.go("6", "0", "s", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE)
        await shown.settled()
        await shown.go("f", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.OTHERS)
        await shown.settled()
        await shown.go("!")
    seen = [visible for _, _, visible in events_of(path)]
    stages = ["idea", "idea", "evidence", "evidence", "others", "others"]
    assert [v["stage"] for v in seen] == stages
    assert [(v["agent"], v["origin"], v["evidence"]) for v in seen] == [(at != "idea",) * 3 for at in stages]
    assert [v["others"] for v in seen] == [at == "others" for at in stages]
    assert [v["settings"] for v in seen][:2] == [[], []]
    assert [v["settings"] for v in seen][3:] == [["lab"]] * 3
    assert [v.get("left") for v in seen] == [left, left, None, None, None, None]
    assert {v["protocol"] for v in seen} == {"sealed"}


async def test_the_ideas_stand_on_the_side_that_was_drawn(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        sides = set()
        for _ in range(5):
            view = shown.screen.view
            assert view is not None
            proposal, baseline = (shown.screen.query_one(f"#{name}-pane").region for name in ("proposal", "baseline"))
            assert (proposal.x < baseline.x) == view.on_left
            await shown.press("tab")
            first = shown.screen.proposal_pane if view.on_left else shown.screen.baseline_pane
            assert shown.screen.focused is first, "tab goes from left to right"
            shown.screen.rest()
            sides.add(view.on_left)
            await shown.go("j")
        # Each proposal has a side of its own; which ones, the ids of this store decide.
        await shown.go("g", "5", "5", "c", "escape", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE)
        ours, theirs = (shown.screen.query_one(f"#{name}-pane") for name in ("proposal", "baseline"))
        await shown.until(lambda: ours.region.x < theirs.region.x, "the proposal left of its baseline again")


@pytest.mark.parametrize("key", ["v", "d", "R", "o"])
async def test_what_would_tell_of_the_evidence_stays_shut(path: Path, hands: Hands, key: str) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.press(key)
        await shown.told("comes after a forecast and a verdict on the idea, by enter.")
        assert isinstance(shown.app.screen, TriageScreen)


async def test_the_leaderboard_stays_shut_until_all_evidence_is_open(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.press("l")
        await shown.told("Sealed: the leaderboard")
        assert isinstance(shown.app.screen, TriageScreen)


async def test_the_ledger_leaves_out_what_is_sealed(path: Path, hands: Hands) -> None:
    store = Store(path)
    end(store, 2, True, **in_production(0.1))
    store.close()
    async with triage(path, hands=hands) as shown:
        await shown.press("O")
        await shown.until(lambda: "the others are sealed" in screen_text(shown.app), "the empty ledger")
        assert "delta" not in screen_text(shown.app)


async def test_an_export_has_what_may_be_seen_alone(path: Path, hands: Hands, tmp_path: Path) -> None:
    store = Store(path)
    give(build_session(store, "lee"), 1, 0.9)
    store.close()
    out = tmp_path / "out.csv"
    async with triage(path, hands=hands) as shown:
        await shown.go("6", "0", "s")
        await shown.press("X")
        await shown.until(lambda: isinstance(shown.app.screen, ExportScreen), "the form")
        form = shown.app.screen
        assert isinstance(form, ExportScreen)
        form.query_one("#path", TextArea).load_text(str(out))
        form.query_one("#whose", ChoiceLine).choose("all")
        await shown.press("enter")
        await shown.until(out.exists, "the file")
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (row["reviewer"], row["title"], row["agent"], row["proposal_value"]) == ("kim", "alpha method", "", "")


async def test_a_filter_offers_no_agent_of_what_is_sealed(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.press("F")
        await shown.until(lambda: isinstance(shown.app.screen, FilterScreen), "the filter")
        await shown.press("down", "down", "right", "right")
        assert not [word for word in HIDDEN if word in screen_text(shown.app)]


async def test_other_baselines_are_ideas_too(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        for place in range(3):
            assert shown.screen.baseline == place
            text = screen_text(shown.app)
            assert "human" not in text
            assert "Baseline" not in text
            assert COVER in text
            await shown.go("b")


@pytest.mark.parametrize("size", [(80, 24), (160, 150)])
async def test_the_sample_tells_no_score_in_its_own_words(tmp_path: Path, hands: Hands, size: tuple[int, int]) -> None:
    store = open_demo(tmp_path / "demo.db")
    put_under(store, Protocol.SEALED)
    store.close()
    async with triage(store.path, size=size, hands=hands) as shown:
        view = shown.screen.view
        assert view is not None
        documents = [view.proposal, *(ranked.method for ranked in view.baselines)]
        bodies = "\n".join(method.body for method in documents)
        assert f"the five seeds run from {COVER} to {COVER}" in bodies
        assert not re.search(r"\d[.,]\d|\d\s?%|baseline|run-0", bodies)
        for _ in view.baselines:
            text = screen_text(shown.app)
            assert not [score for score in ("0.117", "0.372", "0.23", "agent-") if score in text]
            await shown.go("b")
        assert "Numbers and names are covered until you go on." in " ".join(screen_text(shown.app).split())
        first = view.proposal.id
        await shown.go("5", "5", "f", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")
        await shown.settled()
        opened = shown.screen.view
        assert opened is not None
        assert opened.proposal.id == first
        assert COVER not in "".join(method.body for method in (opened.proposal, opened.baselines[0].method))
        assert COVER not in shown.title


async def test_a_search_for_what_is_covered_says_why_it_finds_nothing(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.go("slash", *"agent")
        await shown.until(lambda: "Nothing matches" in screen_text(shown.app), "the empty queue")
        said = " ".join(str(shown.screen.query_one("#empty", Static).render()).split())
        assert "are searched for only in what you have seen the evidence of." in said
        assert "what is sealed not searched" in shown.text_of("#header-mid")


async def test_what_is_said_of_ones_own_acts_has_the_covered_title(tmp_path: Path, hands: Hands) -> None:
    path = store_with(tmp_path, record("p1", title="Agent-4 reaches 0.97", agent="agent-4"))
    store = Store(path)
    put_under(store, Protocol.SEALED)
    store.close()
    async with triage(path, hands=hands) as shown:
        await shown.go("!", "u")
        await shown.told(f"on “{COVER} reaches {COVER}”")
        assert not [said for said in shown.toasts() if "0.97" in said or "Agent" in said]


async def test_what_is_half_way_is_counted_as_such(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.go("6", "0", "s")
        await shown.until(lambda: "0 of 5 judged, 1 half-way" in shown.text_of("#header-left"))
        await shown.go("enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")
        await shown.go("enter")
        await shown.until(lambda: "1 of 5 judged" in shown.text_of("#header-left"))
        assert "half-way" not in shown.text_of("#header-left")


async def test_undo_reaches_the_verdict_and_closes_nothing(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.go("6", "0", "s", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE)
        await shown.settled()
        await shown.go("u")
        await shown.until(lambda: shown.held.verdict is None, "the verdict taken back")
        assert "proposal · agent-1" in screen_text(shown.app)
        assert hint(shown).startswith("s c f x a verdict first")
        await shown.go("h")
        await shown.until(lambda: not isinstance(shown.app.screen, TriageScreen), "the history")
        assert "went on to the evidence" in screen_text(shown.app)


async def test_a_key_held_down_goes_on_by_one_stage(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        await shown.go("6", "0", "s")
        hands.between = 0.05
        await shown.go("enter", "enter", "enter", "enter")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE)
        await shown.told("it went on by one stage")
    assert [stage for kind, stage, _ in events_of(path) if kind == "reveal"] == ["evidence"]


async def test_what_was_opened_in_another_window_is_open_here(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as shown:
        other = Store(path)
        kim = build_session(other, rubric=shown.screen.session.rubric)
        view = shown.screen.view
        assert view is not None
        say(kim, view.proposal.id, Stage.IDEA, 0.6, Verdict.FAILS)
        go_on(kim, view.proposal.id, Stage.EVIDENCE)
        other.close()
        await shown.go("f5")
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")


async def test_nothing_is_shown_before_it_is_on_the_disk_that_it_was(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands, busy_timeout=0.05) as shown:
        await shown.go("6", "0", "s")
        with Store(path).write():
            shown.burst("\r")
            await comes(lambda: bool(shown.app.waiting))
            assert shown.screen.view is not None
            assert shown.screen.view.stage is Stage.IDEA
        await shown.until(lambda: shown.screen.view and shown.screen.view.stage is Stage.EVIDENCE, "the evidence")


async def test_where_it_is_not_sealed_there_is_no_next_stage(tmp_path: Path, hands: Hands) -> None:
    async with triage(store_with(tmp_path, *records()), hands=hands) as shown:
        assert "blind" in screen_text(shown.app)
        await shown.press("enter")
        await shown.told("This problem is judged blind: there is no next stage.")
        await shown.go("6", "0", "s")
        assert shown.title == "delta method"


async def test_the_protocol_is_seen_and_set(tmp_path: Path, hands: Hands) -> None:
    path = store_with(tmp_path, *records())
    async with triage(path, hands=hands) as shown:
        await shown.press("V")
        await shown.until(lambda: not isinstance(shown.app.screen, TriageScreen), "the protocols")
        assert "Protocol: blind" in screen_text(shown.app)
        await shown.press(*"sealed", "enter")
        await shown.told("This problem is judged sealed from now on.")
        await shown.until(lambda: shown.screen.view is not None and shown.screen.view.is_sealed, "the idea alone")
        await shown.until(lambda: "sealed" in str(shown.screen.query_one("#header-right").render()), "its word")
    store = Store(path, readonly=True)
    (told,) = protocol_history(store.connection())
    store.close()
    assert (told.problem, told.protocol, told.set_by) == ("weak_to_strong", Protocol.SEALED, "kim")


async def test_baselines_alone_are_ideas_where_it_is_sealed(tmp_path: Path, hands: Hands) -> None:
    path = store_with(tmp_path, record("b1", Role.BASELINE, title="Baseline 1", measurements=(measured(0.37),)))
    store = Store(path)
    put_under(store, Protocol.SEALED)
    store.close()
    async with triage(path, hands=hands) as shown:
        await shown.until(lambda: COVER in screen_text(shown.app), "the baseline")
        text = screen_text(shown.app)
        assert "0.37" not in text
        assert "Baseline 1" not in text
        assert "human" not in text
