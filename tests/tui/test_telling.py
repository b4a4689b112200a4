"""What goes wrong while something is opened is told in a sentence and kept in the log, and the screen can be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import ReviewerError, StoreBusyError, StoreError
from reviewer.domain.problems import Target
from reviewer.store.connection import Store
from reviewer.store.drafts import Draft, Drafts
from reviewer.store.withdrawing import withdraw_import
from reviewer.tui.actions import ACTIONS
from reviewer.tui.telling import GONE, UNEXPECTED, sentence_of
from reviewer.workflow import exporting
from reviewer.workflow.targets import write_target
from tests.builders import NOW, PROBLEM, build_session, import_records, record
from tests.tui.triage_app import Triage, records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

ERRORS: dict[str, tuple[type[Exception], str]] = {
    "locked": (StoreBusyError, "The store is locked by another program."),
    "damaged": (StoreError, "The store is damaged; restore a backup."),
    "refused": (ReviewerError, "The store refused."),
    "gone": (LookupError, "no method 3"),
    "unreadable": (ValueError, "'surviv' is not a valid Verdict"),
}


def error_of(kind: str) -> Exception:
    """Return an error of its own for each test: its traceback holds on to the app that it was raised in."""
    made, words = ERRORS[kind]
    return made(words)


ASKS_THE_STORE = {
    "differences": "d",
    "raw": "R",
    "history": "h",
    "switch_problem": "P",
    "target": "T",
    "filter": "F",
    "import": "i",
    "last_judged": "full_stop",
    "refresh": "f5",
    "tags": "t",
}
ASKS_NOBODY = {
    "rationale": "e",
    "rubric": "r",
    "sort": "S",
    "export": "X",
    "search": "slash",
    "find": "ctrl+f",
    "help": "question_mark",
    "palette": "colon",
    "theme": "ctrl+t",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = store_with(tmp_path, *records())
    store = Store(path)
    target = Target(criterion="it holds at scale", horizon="2027-03-31")
    import_records(store, record("q", problem="other"), problem=replace(PROBLEM, slug="other", title="Another"))
    with store.write() as connection:
        connection.execute("UPDATE methods SET title = 'elsewhere' WHERE external_id = 'q'")
    write_target(build_session(store), 1, target)
    store.close()
    return path


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    """Let the store raise whenever it is asked for anything."""

    @contextmanager
    def refuse(*_args: Any, **_kwargs: Any) -> Iterator[None]:
        raise error
        yield

    with monkeypatch.context() as patch:
        patch.setattr(Store, "read", refuse)
        patch.setattr(Store, "write", refuse)
        yield


def test_the_keys_are_those_of_the_app() -> None:
    defaults = {action.id: action.default[0] for action in ACTIONS}
    assert {**ASKS_THE_STORE, **ASKS_NOBODY}.items() <= defaults.items()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StoreError("The store is damaged."), "The store is damaged."),
        (LookupError("no method 3"), GONE),
        (KeyError("verdict"), UNEXPECTED),
        (ValueError("no number"), UNEXPECTED),
    ],
)
def test_the_sentence_of_an_error(error: Exception, sentence: str) -> None:
    assert sentence_of(error) == sentence


@pytest.mark.parametrize("action", ASKS_THE_STORE)
async def test_an_error_while_something_is_opened_is_told_and_the_key_works_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    failures: list[BaseException] = []
    async with triage(path, failures=failures) as t:
        for kind in ERRORS:
            error = error_of(kind)
            with refusing(monkeypatch, error):
                await t.press(ASKS_THE_STORE[action])
                if action == "refresh" and kind == "gone":
                    await t.told("This problem is no longer in the store")
                else:
                    await t.told(sentence_of(error))
                assert t.app.screen is t.screen
                assert error in failures or error in [e.__cause__ for e in failures]
                if action == "tags":
                    await t.press("escape")
            t.app.clear_notifications()
            await opened(t, action)
            assert not any(sentence_of(error) in toast for toast in t.toasts())
            if t.app.screen is not t.screen or t.screen.focused_text():
                await t.press("escape")
            await t.until(lambda: t.app.screen is t.screen and not t.screen.focused_text())
            t.app.clear_notifications()


async def opened(t: Triage, action: str) -> None:
    """Press the key of an action, and wait until what it is for has come."""
    await t.press({**ASKS_THE_STORE, **ASKS_NOBODY}[action])
    match action:
        case "last_judged":
            await t.told("You have judged nothing here yet.")
        case "refresh":
            await t.settled()
            assert t.title == "alpha method"
        case "tags" | "rationale":
            await t.until(lambda: t.screen.editor.writing and t.screen.focused_text())
        case "search" | "find":
            await t.until(t.screen.focused_text)
        case _:
            await t.until(lambda: t.app.screen is not t.screen, f"what {action} opens")


@pytest.mark.parametrize("action", ASKS_NOBODY)
async def test_what_needs_nothing_of_the_store_opens_while_it_refuses(
    path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    async with triage(path) as t:
        with refusing(monkeypatch, error_of("damaged")):
            await opened(t, action)


@pytest.mark.parametrize("action", ["differences", "raw", "history"])
async def test_a_proposal_that_was_withdrawn_meanwhile_is_told_of(path: Path, action: str) -> None:
    async with triage(path) as t:
        with closing(sqlite3.connect(path)) as connection, connection:
            (of,) = connection.execute("SELECT import_id FROM revisions WHERE method_id = 1").fetchone()
        with closing(Store(path)) as store:
            assert withdraw_import(store, of, NOW)
        assert t.title == "alpha method"
        await t.press(ASKS_THE_STORE[action])
        await t.told(GONE)
        assert t.app.screen is t.screen
        await t.press("question_mark")
        await t.until(lambda: t.app.screen is not t.screen, "the keys")


@pytest.mark.parametrize("field", ["rationale", "forecast"])
@pytest.mark.parametrize("kind", ["locked", "gone", "unreadable"])
async def test_a_draft_whose_proposal_cannot_be_looked_up_does_not_end_the_app(
    path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, field: str
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (uuid,) = connection.execute("SELECT uuid FROM methods WHERE title = 'bravo method'").fetchone()
    drafts = Drafts(path)
    drafts.keep("kim", Draft(uuid, field, "35"))
    drafts.close()

    def refuse(*_args: object) -> None:
        raise error_of(kind)

    monkeypatch.setattr("reviewer.workflow.browsing.find_proposal", refuse)
    async with triage(path) as t:
        await t.told(sentence_of(error_of(kind)))
        assert t.title == "alpha method"
        await t.go("s")
        assert t.title == "delta method"
    drafts = Drafts(path)
    assert [d.text for d in drafts.all_of("kim")] == ["35"]
    drafts.close()


@pytest.mark.parametrize("kind", ["locked", "unreadable"])
async def test_a_queue_that_cannot_be_read_to_begin_with_is_read_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def refuse(*_args: object) -> None:
        raise error_of(kind)

    with monkeypatch.context() as patch:
        patch.setattr("reviewer.workflow.browsing.brought_so_far", refuse)
        async with triage(path) as t:
            await t.told(sentence_of(error_of(kind)))
            patch.undo()
            await t.press("f5")
            await t.settled()
            assert t.title == "alpha method"


async def test_a_damaged_record_ahead_ends_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE methods SET origin = 'nobody' WHERE title = 'charlie method'")
    async with triage(path) as t:
        await t.go("j")
        await t.press("j")
        await t.told(UNEXPECTED)
        await t.press("j")
        await t.settled()
        assert t.title == "bravo method"


async def test_an_export_that_fails_in_an_unforeseen_way_is_told_in_its_form(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = error_of("unreadable")

    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(exporting, "export", fail)
    failures: list[BaseException] = []
    async with triage(path, failures=failures) as t:
        t.app.start_folder = f"{tmp_path}/"
        await t.press("X")
        await t.until(lambda: t.app.screen is not t.screen)
        form = t.app.screen
        await t.press("enter")
        await t.until(lambda: failures == [error])
        await t.pilot.pause()
        assert t.app.screen is form
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)
