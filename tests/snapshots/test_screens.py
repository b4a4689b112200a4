"""Every screen as a picture, at two sizes, dark and light: fixed data, clock and ids.

After a change that is meant to be seen, `uv run pytest tests/snapshots --snapshot-update` draws them anew, in one
process, and removes those that no test draws any more; each is then to be looked at.
"""

import json
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.screen import Screen

from reviewer.critic import recorded
from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings
from reviewer.domain.adjudications import Adjudication
from reviewer.domain.critiques import Usage
from reviewer.domain.identity import timestamp
from reviewer.domain.judgements import Change, ConstraintRating, Context
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Protocol, Rating, Result, Role, Setting, Verdict
from reviewer.store import critiques
from reviewer.store.connection import Store
from reviewer.store.methods import method_by_id, methods_of_role
from reviewer.store.migrations import open_store
from reviewer.store.problems import list_problems
from reviewer.tui.app import ReviewerApp
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import UNICODE
from reviewer.tui.opening import Opening
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.table_map import TableMapScreen
from reviewer.tui.screens.triage import TriageScreen
from reviewer.tui.widgets.document import DocumentPane
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow import judging
from reviewer.workflow.adjudicating import adjudicate
from reviewer.workflow.config import Config
from reviewer.workflow.critiquing import material_of
from reviewer.workflow.demo import open_demo
from reviewer.workflow.importing import run_import
from reviewer.workflow.outcomes import record_outcome
from reviewer.workflow.protocols import write_protocol
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session
from tests.critic.answers import answer, critique, failure_mode
from tests.tui.triage_app import PATIENCE_SECONDS

REPOSITORY = Path(__file__).parents[2]
SIZES = ((80, 24), (160, 48))
NOW = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
PRICE = Price("claude-opus-5-5", 5.0, 25.0, "2026-01-30")
BEFORE, LATER = NOW - timedelta(days=60), NOW + timedelta(hours=2)

Snapshot = Callable[..., bool]


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read, saved or laid out any more."""
    app = pilot.app
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        await pilot.pause()
        busy: list[Any] = [w for w in app.workers if not w.is_finished and w.group not in ("dialog", "begin", "digits")]
        if isinstance(app, ReviewerApp):
            busy += [*app.saving, *(["a dialog that opens"] if app.keys_wait() else [])]
        waiting = [pane for screen in app.screen_stack for pane in screen.query(DocumentPane) if pane.is_waiting]
        if not busy and not waiting and len(app.screen_stack) > 1 and all(map(is_read, app.screen_stack)):
            await pilot.pause()
            return
    raise AssertionError(f"never came to rest: {busy or waiting}")


async def shown(pilot: Pilot[Any], kind: type[Screen[Any]]) -> None:
    """Wait until a screen of a kind is there, with what it has to show, however long a busy machine takes for that."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        await settled(pilot)
        screen = pilot.app.screen
        is_drawn = not isinstance(screen, TableMapScreen) or bool(screen.pane.plain_text)
        if isinstance(screen, kind) and screen.is_mounted and is_drawn:
            return
    raise AssertionError(f"{kind.__name__} never came")


def is_read(screen: Screen[Any]) -> bool:
    """Say whether the queue of a triage screen is there, and the proposal under its cursor on the screen."""
    if not isinstance(screen, TriageScreen):
        return True
    if not screen.is_mounted or not screen.query("#empty"):
        return False
    return bool(screen.query_one("#empty").display) or screen.acting_view() is not None


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    store = open_store(path)
    # By the relative path, since the place of a record is on some screens.
    with chdir(REPOSITORY):
        run_import(store, [Path("sample_data")], clock=lambda: NOW)
    store.close()
    return path


def tell_what_became(store: Store) -> None:
    """Say of twelve proposals what became of them, of the first one twice, and forecast some of them before."""
    kim, ann = (begin_session(store, name, load_rubric(None), lambda: BEFORE) for name in ("kim", "ann"))
    with store.read() as connection:
        found = methods_of_role(connection, list_problems(connection)[0].id, Role.PROPOSAL)[:12]
    for place, method in enumerate(found):
        context = Context(method.revision_id, kim.rubric.label)
        for session, forecast in ((kim, 0.9 - place / 15), (ann, 0.3 + place / 20)):
            judging.perform(
                session, method.id, Act.FORECAST, judging.set_forecast(round(forecast, 2)), context, words="forecast"
            )
        if place % 2:
            judging.perform(kim, method.id, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context, words="fails")
    told = replace(ann, clock=lambda: NOW)
    results = (Result.FAILED, Result.FAILED, Result.PARTLY, Result.SURVIVED, Result.WITHDRAWN)
    for place, method in enumerate(found):
        said = Outcome(
            results[place % len(results)], date(2026, 1, 20), "pgr", round(0.01 + (place * 7 % 12) / 50, 3), 0.02,
            Setting.PRODUCTION, "scale" if place % 3 == 0 else "", "https://tracker.example/1234", "",
        )  # fmt: skip
        if not place:
            record_outcome(told, method.id, replace(said, result=Result.SURVIVED, note="the first week alone"))
        record_outcome(replace(kim, clock=lambda: LATER) if not place else told, method.id, said)


def judge_apart(store: Store) -> None:
    """Have three people judge the first proposals otherwise than each other, and one of them adjudicate the second."""
    said = (
        ("kim", Verdict.FAILS, 0.15, "It was tuned on the test set, and would not be again.", "adaptive_overfitting"),
        ("ann", Verdict.SURVIVES, 0.8, "", ""),
        ("lee", Verdict.CONDITIONAL, 0.45, "Costs are what decides it.", "cost"),
    )
    with store.read() as connection:
        found = methods_of_role(connection, list_problems(connection)[0].id, Role.PROPOSAL)[:8]
    for name, verdict, forecast, rationale, blocker in said:
        session = begin_session(store, name, load_rubric(None), lambda: BEFORE)
        for place, method in enumerate(found):
            acts: list[tuple[Act, Change]] = [
                (Act.FORECAST, judging.set_forecast(round(forecast + place / 100, 2))),
                (Act.VERDICT, judging.give_verdict(verdict)),
                (Act.RATIONALE, judging.set_rationale(rationale)),
            ]
            if blocker:
                rating = ConstraintRating(Rating.BLOCKER, "Seen in the second table.")
                acts.append((Act.RATING, judging.rate(blocker, rating)))
            if verdict is Verdict.CONDITIONAL:
                condition = judging.set_condition(
                    "one student serves in place of sixteen", "Distil it, and look again."
                )
                acts.append((Act.CONDITION, condition))
            for kind, change in acts:
                context = Context(method.revision_id, session.rubric.label)
                judging.perform(session, method.id, kind, change, context, words=str(kind))
    adjudicate(
        begin_session(store, "lee", load_rubric(None), lambda: NOW),
        found[1].id,
        Adjudication(Verdict.CONDITIONAL, 0.4, "one student serves", "Both saw the same gain, and the cost."),
    )


def seal(store: Store) -> None:
    """Have the problem judged sealed."""
    with store.read() as connection:
        problem = list_problems(connection)[0].id
    write_protocol(begin_session(store, "ann", load_rubric(None), lambda: BEFORE), problem, Protocol.SEALED)


def judge_first(store: Store) -> int:
    """Have kim judge the first proposal; return its row id."""
    kim = begin_session(store, "kim", load_rubric(None), lambda: BEFORE)
    with store.read() as connection:
        first = methods_of_role(connection, list_problems(connection)[0].id, Role.PROPOSAL)[0]
    context = Context(first.revision_id, kim.rubric.label)
    judging.perform(kim, first.id, Act.VERDICT, judging.give_verdict(Verdict.SURVIVES), context, words="survives")
    return first.id


def ask_about_first(store: Store) -> None:
    """Have kim judge the first proposal and ask Claude about it, whose answer is as it was written down here."""
    method_id = judge_first(store)
    kim = begin_session(store, "kim", load_rubric(None), lambda: NOW)
    slugs = tuple(each.slug for each in kim.rubric.constraints)
    raw = json.dumps(
        answer(
            critique(
                slugs[0],
                stance="fails",
                failure_modes=[
                    failure_mode(
                        claim="Part of the gain is selection: the best of many searches is reported.",
                        quote="Random or spurious labellings cannot.",
                        severity="blocker",
                        detectability="silent",
                        mechanism="Of as many noisy numbers the largest is kept, and its noise with it.",
                        cheapest_check="Run the chosen setting once more, with three new seeds, on math.",
                    ),
                    failure_mode(claim="Nobody said that.", quote="It was tried on five datasets and more."),
                ],
            ),
            critique(slugs[1], stance="survives_if", conditions=["zero-shot answers are to be had"],
                     failure_modes=[failure_mode(severity="minor", trigger_scale="unknown")]),
            *(critique(slug, stance="survives") for slug in slugs[2:9]),
            *(critique(slug, out_of_scope=True) for slug in slugs[9:]),
        )
    )  # fmt: skip
    keep_answer(store, method_id, raw, PRICE, 420_000, Usage(5_000, 2_000), 75_000)


def play_for_first(store: Store) -> None:
    """Have kim judge the first proposal, and the answer played that was recorded of it."""
    method_id = judge_first(store)
    with store.read() as connection:
        text = material_of(method_by_id(connection, method_id)).as_text()
    raw = json.dumps(recorded.recorded_answer(text, [each.slug for each in load_rubric(None).constraints]))
    keep_answer(store, method_id, raw, recorded.SETTINGS.prices[0], 0, Usage(), 0)


def keep_answer(store: Store, method_id: int, raw: str, price: Price, reserved: int, usage: Usage, spent: int) -> None:
    """Write down an answer that kim asked for of the model of that price."""
    kim = begin_session(store, "kim", load_rubric(None), lambda: NOW)
    slugs = tuple(each.slug for each in kim.rubric.constraints)
    with store.read() as connection:
        method = method_by_id(connection, method_id)
    now = timestamp(NOW)
    sent = critiques.Sent(
        "01970000-0000-7000-8000-00003f9a21c4", 1, method.id, method.revision_id, kim.reviewer_id, kim.rubric.label,
        slugs, "all-constraints/1", "0", "0", "0", "0", material_of(method).as_text(), 0, "anthropic 2.12", price.model,
        "medium", price.version, reserved, now,
    )  # fmt: skip
    with store.write() as connection:
        critiques.end(
            connection,
            critiques.reserve(connection, sent),
            critiques.Ended("", now, model=price.model, raw=raw, usage=usage, spent=spent),
        )


STUDIES: dict[str, Callable[[Store], object]] = {
    "ended": tell_what_became,
    "apart": judge_apart,
    "sealed": seal,
    "judged": judge_first,
    "asked": ask_about_first,
    "played": play_for_first,
}
"""What was done in the sample study before the app is opened on it."""


@pytest.fixture
def at_greenwich() -> Iterator[None]:
    """Let the times on the screens be UTC, in this test alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def make_app(
    tmp_path: Path, demo_store: Path, at_greenwich: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ReviewerApp]:
    monkeypatch.setattr("reviewer.tui.beginning_app.start_folder", lambda: "/data/")
    monkeypatch.setattr("reviewer.tui.beginning_app.login_name", lambda: "kim")
    # It hangs on ids that no two stores have the same.
    # Nothing is sent here, and nothing need be loaded for it.
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-a-test")
    monkeypatch.setattr("reviewer.critic.sdk.import_sdk", lambda: None)
    monkeypatch.setattr("reviewer.workflow.views.idea_stands_left", lambda _reviewer, _proposal: False)

    def make(theme: str, data: str = "demo", reviewer: str | None = "kim") -> ReviewerApp:
        path = tmp_path / "study.db"
        if data == "demo" or data in STUDIES:
            shutil.copy(demo_store, path)
        store = open_store(path)
        if data in STUDIES:
            STUDIES[data](store)
        if data == "baselines":
            with chdir(REPOSITORY):
                run_import(store, [Path("sample_data/00_study.jsonl")])
        return ReviewerApp(
            Opening(
                store=store,
                config=Config(theme=theme, order="imported", critic=CriticSettings(prices=(PRICE,))),
                config_path=tmp_path / "config.toml",
                keymap=effective_keymap({}),
                marks=UNICODE,
                reviewer=reviewer,
                log=lambda _error: None,
                open_demo=lambda: open_demo(tmp_path / "demo.db"),
                clock=lambda: NOW,
                ticks=lambda: 0.0,
                shown_path="~/study.db",
            )
        )

    return make


def keys(*presses: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys one by one, each after what the one before it asked for has come."""

    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for press in presses:
            await pilot.press(press)
            await settled(pilot)
        for field in pilot.app.screen.query("TextField, Input"):
            if hasattr(field, "cursor_blink") and hasattr(field, "_cursor_visible"):
                field.cursor_blink = False
                # In the dark half of a blink it would stay hidden until the next one.
                field._cursor_visible = True
        await settled(pilot)

    return run


SCREENS: dict[str, tuple[str, tuple[str, ...]]] = {
    "triage": ("demo", ()),
    "triage_judged": ("demo", ("6", "5", "s", "f", "x", "z", "exclamation_mark", "k", "k")),
    "triage_second_baseline": ("demo", ("b",)),
    "triage_published": ("demo", ("j", "j", "j", "j", "j", "j")),
    "rationale": ("demo", ("e", "N", "o", "i", "s", "e", "full_stop")),
    "condition": ("demo", ("c",)),
    "tags": ("demo", ("t", "s", "e", "e", "d", "s")),
    "search": ("demo", ("slash", "e", "v", "o")),
    "find": ("demo", ("ctrl+f", "l", "a", "b", "e", "l")),
    "nothing_found": ("demo", ("slash", "q", "q", "q")),
    "rubric": ("demo", ("r", "1", "3", "2")),
    "filter": ("demo", ("F",)),
    "sort": ("demo", ("S",)),
    "rubric_note_on_the_last": ("demo", ("r", "1", "3", "E", "t", "o", "o")),
    "target": ("demo", ("T",)),
    "target_form": ("demo", ("T", "e")),
    "panes_resized": ("demo", ("greater_than_sign", "tab", "less_than_sign", "less_than_sign", "tab", "tab", ">", ">")),
    "evidence": ("demo", ("v",)),
    "history": ("demo", ("4", "0", "f", "k", "h")),
    "differences": ("demo", ("d",)),
    "leaderboard": ("demo", ("l", "j", "j", "j", "j", "j", "j", "j", "j", "j")),
    "outcome": ("demo", ("o", "f", "tab", "t", "o", "d", "a", "y", "tab", "s", "o", "ctrl+s")),
    "outcome_corrected": ("ended", ("g", "o")),
    "outcome_known": ("ended", ("g",)),
    "ledger": ("ended", ("O", "j", "j")),
    "ledger_plot": ("ended", ("O", "j", "p")),
    "insights": ("ended", ("I",)),
    "insights_forecasts": ("ended", ("I", "tab", "tab", "tab")),
    "others": ("apart", ("g", "p")),
    "others_adjudicated": ("apart", ("g", "j", "p")),
    "adjudication": ("apart", ("g", "p", "a", "f", "tab", "3", "0", "tab", "tab", "S", "o")),
    "protocol": ("demo", ("V",)),
    "sealed_idea": ("sealed", ("g",)),
    "sealed_idea_judged": ("sealed", ("g", "4", "0", "f")),
    "sealed_evidence": ("sealed", ("g", "4", "0", "f", "enter")),
    "critic_locked": ("demo", ("a",)),
    "critic_before_sending": ("judged", ("a",)),
    "critic_answered": ("asked", ("a", "j", "k", "+")),
    "critic_unfolded": ("asked", ("a", "j", "j", "enter", "j")),
    "critic_recorded": ("played", ("a",)),
    "known_by": ("demo", ("D", "s", "o", "o", "n", "enter")),
    "why": ("demo", ("w",)),
    "leaderboard_seeds": ("demo", ("l", "s", "G")),
    "leaderboard_by_what": ("demo", ("l", "m")),
    "raw": ("demo", ("R",)),
    "keys": ("demo", ("question_mark",)),
    "theme": ("demo", ("ctrl+t",)),
    "import": ("demo", ("i",)),
    "export": ("demo", ("X",)),
    "baselines_only": ("baselines", ()),
    "welcome": ("empty", ()),
}


TABLE = """run_id,method,kind,idea,author,lr,val_acc,val_acc_se,latency_ms
r-001,Dense attention,baseline,Every token attends to every token; tuned by hand.,Kim,0.001,71.2,0.8,41
r-002,Top-k routing,proposal,Attend to the k largest keys alone; a router chooses them.,agent-4,0.002,72.4,1.1,18.5
r-003,Local windows,proposal,Attend to a window of 256 tokens and to eight global ones.,agent-2,0.001,69.9,0.7,12.1
r-004,Learned hashing,proposal,Hash the keys by a learned projection and attend within a bucket.,agent-4,0.003,OOM,,
r-005,Mixture of windows,proposal,Let each head choose its own window.,agent-1,0.001,73.1,0.9,22.8
"""
COLUMNS: dict[str, tuple[str, ...]] = {
    "columns": (),
    "columns_measured": ("n", *"sparse", "enter", *["j"] * 8, "d", "percent_sign"),
    "columns_list": ("g", "enter"),
    "columns_kept": ("n", *"sparse", "enter", "w", *"sweeps"),
}
"""What is pressed on the screen where the columns of a table are said."""


@pytest.fixture
def compare_both(snapshot: SnapshotAssertion, snap_compare: Snapshot) -> Callable[..., bool]:
    """Compare an app's picture in the dark theme, and then, in the same run of the app, that in the light one."""

    def compare(app: ReviewerApp, size: tuple[int, int], run: Callable[[Pilot[Any]], Awaitable[None]]) -> bool:
        dark = ""

        async def run_and_turn_light(pilot: Pilot[Any]) -> None:
            nonlocal dark
            await run(pilot)
            await pilot.wait_for_scheduled_animations()
            dark = pilot.app.export_screenshot(title=pilot.app.title, simplify=True)
            pilot.app.theme = "light"
            await settled(pilot)
            # What stands behind a dialog has the new colours when there is time for it.
            for screen in pilot.app.screen_stack:
                pilot.app.stylesheet.update(screen)
            await settled(pilot)

        light = snap_compare(app, terminal_size=size, run_before=run_and_turn_light)
        return light and bool(dark == snapshot.use_extension(SVGImageExtension)(name="dark"))

    return compare


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_screen(
    name: str, size: tuple[int, int], make_app: Callable[..., ReviewerApp], compare_both: Callable[..., bool]
) -> None:
    data, presses = SCREENS[name]
    assert compare_both(make_app("dark", data), size, keys(*presses))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_a_table(
    name: str,
    size: tuple[int, int],
    tmp_path: Path,
    make_app: Callable[..., ReviewerApp],
    compare_both: Callable[..., bool],
) -> None:
    (tmp_path / "sweep.csv").write_text(TABLE)
    app = make_app("dark")

    async def run(pilot: Pilot[Any]) -> None:
        await keys("i")(pilot)
        app.screen.query_one("#path", TextField).load_text(str(tmp_path / "sweep.csv"))
        await keys(*["enter"] * 8)(pilot)
        await shown(pilot, TableMapScreen)
        await keys(*COLUMNS[name])(pilot)
        if name == "columns_list":
            await shown(pilot, ChoiceScreen)

    assert compare_both(app, size, run)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_name(size: tuple[int, int], make_app: Callable[..., ReviewerApp], compare_both: Callable[..., bool]) -> None:
    assert compare_both(make_app("dark", "demo", None), size, keys())


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_palette(
    size: tuple[int, int], theme: str, make_app: Callable[..., ReviewerApp], snap_compare: Snapshot
) -> None:
    # Nobody chooses another theme while it is open.
    assert snap_compare(make_app(theme), terminal_size=size, run_before=keys("colon"))


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
def test_terminals_own_colours(theme: str, make_app: Callable[..., ReviewerApp], snap_compare: Snapshot) -> None:
    assert snap_compare(make_app(theme), terminal_size=(120, 36), run_before=keys("s"))


def test_too_small(make_app: Callable[..., ReviewerApp], snap_compare: Snapshot) -> None:
    assert snap_compare(make_app("dark"), terminal_size=(40, 10), run_before=keys())


def test_stacked(make_app: Callable[..., ReviewerApp], snap_compare: Snapshot) -> None:
    assert snap_compare(make_app("dark"), terminal_size=(60, 30), run_before=keys())


def test_every_key_of_the_triage_screen_has_its_action(make_app: Callable[..., ReviewerApp]) -> None:
    from reviewer.tui.actions import actions_at

    for action in actions_at("triage"):
        owner = ReviewerApp if action.where == "app" else TriageScreen
        assert hasattr(owner, f"action_{action.id}"), action.id


def test_every_picture_is_of_a_test_that_there_is(request: pytest.FixtureRequest) -> None:
    """Here, since the plugin that tells of unused pictures does so only where one process runs all tests."""
    module = request.node.getparent(pytest.Module)
    tests = {each.name for each in module.collect()}
    folder = Path(__file__).parent / "__snapshots__" / "test_screens"
    pictures = {each.stem.removesuffix("[dark]").removesuffix(".dark") for each in folder.iterdir()}
    updating = request.config.getoption("update_snapshots")  # which takes them away at its end
    assert updating or pictures <= tests, "pictures that no test draws any more"
