"""The app in a real terminal, on a store in which every text is hostile: what the terminal receives, byte by byte."""

import base64
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from reviewer.store.connection import Store
from tests.hostile.contents import FIRST, Contents, mark
from tests.hostile.corpus import DENSE, TO_THE_TERMINAL
from tests.hostile.watched import Watched

ENTER, TAB, UP, DOWN, CTRL_F, CTRL_T, CTRL_U = "\r", "\t", "\x1b[A", "\x1b[B", "\x06", "\x14", "\x15"
ESCAPE = "\x1b[27u"
"""As terminals send it that tell keys apart: what comes after it is a key by itself."""
BACK = "s survives"
"""What the app draws again when whatever lay over the proposal is closed."""
EVERY_TEXT = "HOSTILE_TEXTS_ALL"
"""The environment variable by which each text is gone to, and not only one in so many."""
QUICK_STEP = 3
PASTE_ENDS = "\x1b[201~"
PASTED = "\x1b[200~" + DENSE.replace(PASTE_ENDS, "") + PASTE_ENDS

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="tried on Linux alone")


class Place(NamedTuple):
    """Where texts are shown: what opens it, what is then drawn, and what is pressed there one after the other."""

    name: str
    key: str
    words: str
    then: Sequence[str | tuple[str, str]] = ()
    """Some with the words that are drawn when it has opened something."""


PAGES = (" ", " ", "G")
PLACES = (
    Place("evidence in full", "v", "Evidence", PAGES),
    Place("raw record", "R", "Raw record", PAGES),
    Place("history", "h", "My history", PAGES),
    Place("differences", "d", "What changed", PAGES),
    Place("leaderboard", "l", "go to it", (" ", "j", "s", ("v", "To be known"), " ")),
    Place("target", "T", "Target", (*PAGES, "e", TAB, TAB, PASTED, ESCAPE)),
    Place("outcome", "o", "Outcome", (TAB, PASTED, TAB, PASTED, TAB, TAB, PASTED, TAB, TAB, TAB, PASTED)),
    Place("ledger", "O", "Ledger", ("p", "p")),
    Place("insights", "I", "Insights", (TAB, TAB, TAB, *PAGES)),
    Place("problems", "P", "Problem"),
    Place("order", "S", "Order of"),
    Place("filter", "F", "Filter", ("j", "j", " ", *(("/", "narrow"), DOWN, ESCAPE, "j") * 3)),
    Place("keys", "?", "Keys", ("/", PASTED, ESCAPE)),
    Place("palette", ":", "Search", (PASTED,)),
    Place("theme", CTRL_T, "Theme", (PASTED,)),
    Place("rationale", "e", "rationale on", (PASTED,)),
    Place("tags", "t", "tags of", (PASTED,)),
    Place("condition", "c", "conditional", (PASTED, ENTER, PASTED)),
    Place("rubric", "r", "concern", (" ", "j", "e", PASTED, ESCAPE)),
    Place("find", CTRL_F, "find", (PASTED,)),
    Place("search", "/", "search", (PASTED,)),
    Place("export", "X", "Export", (CTRL_U, PASTED, ENTER, TAB)),
)  # fmt: skip


@contextmanager
def opened(store: Path, home: Path, **env: str) -> Iterator[Watched]:
    app = Watched(store, home, env=env)
    try:
        app.go("the beginning", "", BACK)
        yield app
    finally:
        app.close()


def uuid_of(store: Path, title: str) -> str:
    """Return the id of the proposal whose title begins so."""
    with closing(Store(store, readonly=True)) as opened_store:
        found = opened_store.connection().execute(
            "SELECT uuid FROM methods WHERE role = 'proposal' AND title LIKE ? ORDER BY id", (f"{title}%",)
        )
        return str(found.fetchone()[0])


def test_nothing_of_a_proposal_is_obeyed(own_store: Path, tmp_path: Path) -> None:
    """In the queue, in both panes, and in the evidence, of each text by itself."""
    step = 1 if os.environ.get(EVERY_TEXT) else QUICK_STEP
    with opened(own_store, tmp_path) as app:
        for number in range(0, len(TO_THE_TERMINAL), step):
            app.go(f"text {number}", "j" * (step if number else 1), mark(number))
        app.hit("the last ones, which are huge", "G")
        app.hit("the last ones, which are huge", "k")
        assert app.amiss() == []
        assert "␛" in app.text


def test_nothing_is_obeyed_wherever_it_is_shown(own_store: Path, tmp_path: Path) -> None:
    """On every screen, in every list and in every field, of all texts at once."""
    with opened(own_store, tmp_path, EDITOR="true") as app:
        for place in PLACES:
            app.go(place.name, place.key, place.words)
            for number, pressed in enumerate(place.then):
                key, words = pressed if isinstance(pressed, tuple) else (pressed, "")
                at = f"{place.name}, {number}: {key[:9]!r}"
                app.go(at, key, words) if words else app.hit(at, key)
            # Once for what may be open over it; where nothing is, it does nothing.
            for _ in range(2):
                app.hit(f"back from {place.name}", ESCAPE)
        assert app.amiss() == []
        assert app.text.count("␛") > 500


def test_nothing_is_obeyed_in_what_is_told(own_store: Path, contents: Contents, tmp_path: Path) -> None:
    """In the sentences of a moment, in small windows, beneath the mouse, and while files are taken in."""
    with opened(own_store, tmp_path, EDITOR="true") as app:
        app.go("undone", "u", "Undid")
        app.go("redone", "U", "Did again")
        app.hit("marked", "!")
        app.hit("put aside", "z")
        app.hit("the next baseline", "b")
        app.hit("in an editor", "E", 0.5)
        for row in range(2, 40, 3):
            app.hit(f"the mouse in row {row}", f"\x1b[<35;10;{row}M\x1b[<35;60;{row}M\x1b[<35;110;{row}M", 0.05)
        for columns, rows in ((80, 24), (60, 20), (40, 10), (200, 60), (120, 40)):
            app.resize(f"{columns} by {rows}", columns, rows)
        app.go("import", "i", "Import")
        app.hit("a folder of hostile names", f"{CTRL_U}{contents.files}/")
        app.hit("names that complete it", TAB, 0.4)
        app.hit("what they complete to", TAB, 0.4)
        app.go("back from it", ESCAPE, BACK)
        app.go("import once more", "i", "Import")
        app.hit("the folder", f"{CTRL_U}{contents.files}")
        for _ in range(7):
            app.hit("the other fields", ENTER)
        app.go("what would come", ENTER, "rejected")
        app.hit("what was refused", DOWN * 5)
        assert app.amiss() == []
        assert "␛" in app.text


def test_only_what_is_meant_for_the_clipboard_gets_there(own_store: Path, tmp_path: Path) -> None:
    with opened(own_store, tmp_path) as app:
        app.hit("a walk before", "jjkk")
        app.go("copied", "Y", "sent to the terminal's clipboard")
        app.go("a field", "e", "rationale on")
        app.hit("what is pasted into it", PASTED)
        app.hit("all of it", "\x1b[15~\x01")
        assert [(place, base64.b64decode(text).decode()) for place, text in app.copied()] == [
            ("copied", uuid_of(own_store, FIRST))
        ]
        assert [each for each in app.amiss() if not each.startswith("copied: the sequence '\\x1b]52;c;")] == []
