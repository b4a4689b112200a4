"""What is said where a queue has no rows: why, and which key leads on."""

import pytest

from reviewer.domain.queue import QueueFilter
from reviewer.store.problems import ProblemCounts
from reviewer.tui.empty_queue import words_for_empty
from reviewer.tui.keys import effective_keymap

KEYMAP = effective_keymap({"import": "f9", "filter": "f8"})


@pytest.mark.parametrize(
    ("counts", "asked", "begins"),
    [
        (ProblemCounts(), QueueFilter(), "There is no proposal here yet.\n\n"
         "Import what the agents left behind: press f9"),
        (ProblemCounts(baselines=1, references=2), QueueFilter(),
         "This problem has 1 baseline and 2 references, but no proposal yet. "),
        (ProblemCounts(proposals=3), QueueFilter(text="zz\x1b[2J"), "Nothing matches “zz"),
        (ProblemCounts(proposals=3), QueueFilter(), "Nothing is left in this queue ("),
    ],
)  # fmt: skip
def test_it_is_said_why_there_is_nothing(counts: ProblemCounts, asked: QueueFilter, begins: str) -> None:
    words = words_for_empty(counts, asked, KEYMAP, leaves_covered_out=False)
    assert words.startswith(begins)
    assert "\x1b" not in words
    searched = words_for_empty(counts, asked, KEYMAP, leaves_covered_out=True)
    assert ("only in what you have seen the evidence of" in searched) == bool(asked.text)


def test_keys_that_somebody_took_away_are_no_fault() -> None:
    keymap = dict.fromkeys(KEYMAP, ())
    assert "press , or" in words_for_empty(ProblemCounts(), QueueFilter(), keymap, leaves_covered_out=False)
    left = words_for_empty(ProblemCounts(proposals=1), QueueFilter(), KEYMAP, leaves_covered_out=False)
    assert left.endswith("f8 changes it.")
