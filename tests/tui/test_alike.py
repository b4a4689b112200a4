"""What is alike on the screen: standing together in the queue, judged at once by keys, undone as one act."""

import json
from pathlib import Path

import pytest

from reviewer.domain.methods import Provenance
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.store.connection import Store
from reviewer.tui.marks import ASCII
from reviewer.tui.screens.raw import RawScreen
from reviewer.tui.widgets.judgement_bar import JudgementBar
from reviewer.tui.widgets.lines import LinesPane
from reviewer.workflow.grouping import group_all
from reviewer.workflow.judging import set_forecast
from tests.builders import act, build_session, build_store, import_records, judge, table
from tests.tui.stored_acts import events, saved
from tests.tui.triage_app import Hands, Triage, comes, screen_text, triage
from tests.workflow.alike_stores import idea
from tests.workflow.sealed_stores import put_under

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Ideas in the order of their import: a, x, its two variants far from it, b; and a once more, to the letter."""
    store = build_store(
        tmp_path,
        idea("a", 2, title="Idea A"),
        idea("x", 1, title="Idea X"),
        idea("b", 3, title="Idea B"),
        idea("x2", 1, times=1, title="The idea X"),
        idea("x3", 1, value=0.9, title="Idea X via"),
        idea("a", 2, title="Idea A", namespace="run-2", agent="agent-2"),
    )
    group_all(store)
    store.close()
    return store.path


TITLES = ["Idea A", "Idea X", "The idea X", "Idea X via", "Idea B"]


def bar(t: Triage) -> str:
    return t.screen.query_one("#judgement", JudgementBar).render().plain


def verdicts(path: Path) -> list[str | None]:
    return [saved(path, title)[0] for title in TITLES]


async def test_those_alike_stand_under_the_first_and_a_sighting_is_not_there(path: Path) -> None:
    async with triage(path) as t:
        assert t.titles == TITLES
        shown = screen_text(t.app)
        assert "Idea X" in shown
        assert "⋮3 ·" in shown
        assert "⋮ The idea X" in shown
        assert "⋮ Idea X via" in shown
        assert "0 of 5 judged" in shown


async def test_marks_of_ascii_say_it_too(path: Path) -> None:
    async with triage(path, marks=ASCII) as t:
        shown = screen_text(t.app)
        assert '"3 .' in shown
        assert '" The idea X' in shown
        assert "⋮" not in shown


async def test_the_bar_says_for_how_many_before_the_verdict_and_one_key_judges_all(path: Path) -> None:
    async with triage(path) as t:
        assert "alike" not in bar(t)
        await t.go("j")
        assert "A 3 alike" in bar(t)
        assert "for all" not in bar(t)
        await t.go("A")
        assert "for all 3 alike:" in bar(t).splitlines()[0]
        assert "A for this one alone" in bar(t)
        await t.go("s")
        assert verdicts(path) == [None, "survives", "survives", "survives", None]
        await t.told("said of 3 that are alike; u takes all of it back")
        assert t.title == "Idea B", "past all that were judged"
        assert [row.verdict for row in t.screen.queue.rows] == [None, *[Verdict.SURVIVES] * 3, None]
        await t.until(lambda: "3 of 5 judged" in screen_text(t.app))
        await t.go("u")
        assert verdicts(path) == [None] * 5
        assert t.title == "Idea X"
        await t.told("Undid: survives on 3 that are alike on “Idea X”")
        await t.go("U")
        assert verdicts(path) == [None, "survives", "survives", "survives", None]


async def test_it_is_for_one_again_after_another_a_and_a_move(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "A", "A")
        assert "for all" not in bar(t)
        await t.go("A", "k", "j")
        assert "for all" not in bar(t)
        await t.go("s")
        assert verdicts(path) == [None, "survives", None, None, None]
        assert events(path) == ["verdict"]


async def test_a_forecast_after_the_key_is_for_all_and_one_before_it_is_not(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "2", "0", "A", "f")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [("fails", 0.2), ("fails", None), ("fails", None)]
        await t.go("u", "u")
        await t.go("A", "3", "5", "s")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [("survives", 0.35)] * 3
        await t.told("u takes all of it back")
        await t.go("u")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [(None, None)] * 3
        await t.told("Undid: forecast 35 %, survives on 3 that are alike on “Idea X”; what comes next is for this one")
        await t.go("U")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [("survives", 0.35)] * 3
        await t.go("u", "A", "7", "f")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [("fails", 0.07)] * 3


async def test_a_forecast_is_corrected_for_all(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "A", "4", "0")
        t.screen.settle_digits()
        await t.settled()
        assert [saved(path, title)[1] for title in TITLES[1:4]] == [0.4] * 3
        assert "own" not in bar(t)
        await t.go("7", "0")
        t.screen.settle_digits()
        await t.settled()
        assert [saved(path, title)[1] for title in TITLES[1:4]] == [0.7] * 3
        await t.go("f", "u")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [(None, None)] * 3


async def test_who_keeps_a_forecast_of_its_own_is_said_before_the_verdict(path: Path) -> None:
    store = Store(path)
    act(build_session(store), 4, Act.FORECAST, set_forecast(0.4))
    store.close()
    async with triage(path) as t:
        await t.go("j", "A")
        await t.told("1 of 3 keeps its own 40 %.")
        assert "1 of 3 keeps its own 40 %" in bar(t) or "1 keeps 40 %" in bar(t)
        await t.go("7")
        t.screen.settle_digits()
        await t.settled()
        await t.told("forecast 7 %: said of 2 of 3 that are alike, 1 keeps what it has; u takes all of it back")
        await t.go("f")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [("fails", 0.07), ("fails", 0.4), ("fails", 0.07)]
        await t.go("u")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [(None, None), (None, 0.4), (None, None)]


async def test_what_was_done_in_between_is_not_undone_with_what_is_for_all(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "A", "4", "0", "!", "f")
        await t.told("fails: said of 3 that are alike; u takes ")
        kinds = events(path)
        assert kinds.count("forecast") == kinds.count("verdict") == 3
        await t.go("u")
        assert [saved(path, title)[:2] for title in TITLES[1:4]] == [(None, 0.4)] * 3
        assert t.held.flagged


async def test_a_condition_is_for_all_that_the_verdict_was_for(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "A", "c")
        await t.until(lambda: t.screen.editor.writing)
        await t.press(*"clean", "enter", "enter")
        await t.settled()
        assert [saved(path, title)[0::3] for title in TITLES[1:4]] == [("conditional", "clean")] * 3
        await t.until(lambda: t.title == "Idea B")
        await t.go("u")
        assert [saved(path, title)[0::3] for title in TITLES[1:4]] == [(None, "")] * 3
        await t.go("U")
        assert [saved(path, title)[0::3] for title in TITLES[1:4]] == [("conditional", "clean")] * 3


async def test_what_was_judged_by_itself_is_counted_out_and_stays(path: Path) -> None:
    store = Store(path)
    judge(build_session(store), 4, Verdict.FAILS)
    store.close()
    async with triage(path) as t:
        await t.go("j", "A")
        assert "for 2 of 3 alike:" in bar(t)
        await t.go("s")
        assert verdicts(path) == [None, "survives", "fails", "survives", None]


async def test_where_all_others_are_judged_it_says_so(path: Path) -> None:
    store = Store(path)
    for i in (4, 5):
        judge(build_session(store), i, Verdict.FAILS)
    store.close()
    async with triage(path) as t:
        await t.go("A")
        await t.told("Nothing here is alike to this one.")
        await t.go("j", "A")
        await t.told("The 2 others that are alike are judged already, or at another stage: each is judged by itself.")
        assert "for all" not in bar(t)


async def test_typed_at_once_it_judges_one_group_and_one_alone(path: Path) -> None:
    async with triage(path) as t:
        t.burst("jAs")
        await t.until(lambda: len(events(path)) >= 3)
        await t.settled()
        assert verdicts(path)[1:4] in ([*["survives"] * 3],)
        assert verdicts(path)[0] is None


async def test_a_key_held_down_judges_one_group_alone(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        await t.go("j", "A")
        hands.between = 0.03
        await t.press("s", "s", "s", "s", "s")
        await t.settled()
        assert events(path) == ["verdict"] * 3
        assert verdicts(path) == [None, "survives", "survives", "survives", None]
        await t.told("The same key within")


async def test_the_key_held_down_does_not_flicker(path: Path, hands: Hands) -> None:
    async with triage(path, hands=hands) as t:
        await t.go("j")
        hands.between = 0.03
        await t.press("A", "A", "A", "A")
        assert "for all 3 alike:" in bar(t)


async def test_the_mark_appears_once_all_of_it_is_on_the_disk(path: Path) -> None:
    async with triage(path, busy_timeout=30.0) as t:
        await t.go("j", "A")
        locked = Store(path)
        with locked.write():
            t.burst("s")
            await comes(lambda: t.app.waiting > 0)
            assert [row.verdict for row in t.screen.queue.rows] == [None] * 5
        locked.close()
        await t.saves()
        await t.settled()
        assert [row.verdict for row in t.screen.queue.rows][1:4] == [Verdict.SURVIVES] * 3


async def test_in_the_sealed_protocol_it_is_for_those_of_which_the_idea_alone_was_seen(path: Path) -> None:
    store = Store(path)
    put_under(store, Protocol.SEALED)
    store.close()
    async with triage(path) as t:
        await t.go("j", "A", "4", "0", "s")
        assert t.title == "Idea X", "it stays for its next stage"
        assert verdicts(path)[1:4] == ["survives"] * 3
        rows = table(Store(path), "SELECT stage, visible FROM annotations ORDER BY id")
        assert {stage for stage, _ in rows} == {"idea"}
        assert not any(json.loads(visible)["evidence"] for _, visible in rows)
        await t.go("enter")
        await t.until(lambda: t.screen.view is not None and not t.screen.view.is_sealed)
        await t.go("A")
        await t.told("at another stage")
        # Judged or not: of what was not revealed nothing is said with what was.
        await t.go("u", "u", "A")
        assert "for all" not in bar(t)


async def test_in_any_order_and_under_a_filter_they_stand_together(path: Path) -> None:
    async with triage(path, order=Sort.NEWEST) as t:
        assert t.titles == ["Idea X via", "The idea X", "Idea X", "Idea B", "Idea A"]
        assert [row.under for row in t.screen.queue.rows] == [False, True, True, False, False]
        t.screen.asked = QueueFilter(text="idea via")
        t.screen.load_queue()
        await t.until(lambda: t.titles == ["Idea X via"])
        assert t.screen.queue.rows[0].alike == 0
        await t.settled()
        # Judging all reaches those that the filter leaves out, and says how many.
        await t.go("A")
        assert "for all 3 alike:" in bar(t)


async def test_why_here_says_how_alike_they_are(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "j", "w")
        await t.told("It stands with 2 others that are nearly alike")


async def test_the_raw_record_lists_every_sighting(path: Path) -> None:
    async with triage(path) as t:
        await t.press("R")
        await t.until(lambda: isinstance(t.app.screen, RawScreen))
        await t.until(lambda: "also met" in screen_text(t.app))
        assert "run-2/a of agent-2 in results.jsonl, line 1" in screen_text(t.app)
        assert t.app.screen.query(LinesPane)


async def test_the_raw_record_lists_the_other_files_in_which_it_was_met(path: Path) -> None:
    store = Store(path)
    twin = idea("a", 2, title="Idea A", namespace="run-2", agent="agent-2")
    for name, each in (("mine", idea("a", 2, title="Idea A")), ("theirs", twin)):
        import_records(store, each._replace(provenance=Provenance(f"/w/{name}.jsonl", "", "line 7")))
    store.close()
    async with triage(path) as t:
        await t.press("R")
        await t.until(lambda: "also met" in screen_text(t.app))
        shown = [line.split("also met", 1)[1].strip() for line in screen_text(t.app).splitlines() if "also met" in line]
    assert shown == [
        "/w/mine.jsonl, line 7",
        "run-2/a of agent-2 in results.jsonl, line 1",
        "run-2/a of agent-2 in /w/theirs.jsonl, line 7",
    ]


async def test_what_an_import_left_is_found_in_the_open_app(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("x"), idea("b", 2), idea("x2", times=1), idea("x", namespace="run-2"))
    store.close()
    async with triage(store.path) as t:

        def done() -> bool:
            with Store(store.path).read() as connection:
                found = "SELECT (SELECT count(*) FROM alike), (SELECT count(*) FROM sightings)"
                return bool(connection.execute(found).fetchone() == (2, 1))

        await t.until(done)
        await t.until(lambda: "alike" in t.screen.news)
        await t.press("f5")
        await t.until(lambda: len(t.titles) == 3)
        assert [row.under for row in t.screen.queue.rows] == [False, True, False]


async def test_at_the_end_of_the_queue_it_says_that_it_was_the_last(path: Path) -> None:
    async with triage(path, order=Sort.TITLE) as t:
        assert t.titles[2:] == ["Idea X", "Idea X via", "The idea X"]
        await t.go("j", "j", "A", "s")
        assert verdicts(path)[1:4] == ["survives"] * 3
