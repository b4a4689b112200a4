"""The queue with proposals that are alike, as pictures: before the key that judges all, with it, and after."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.domain.methods import MethodRecord
from reviewer.tui.app import ReviewerApp
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.workflow.grouping import group_all
from tests.builders import build_store
from tests.snapshots.test_screens import Snapshot, keys
from tests.tui.triage_app import build_app
from tests.workflow.alike_stores import idea

SIZES = ((80, 24), (120, 36))
IDEAS: tuple[MethodRecord, ...] = (
    idea("p1", 1, title="Overlap density as a filter", agent="agent-1", value=0.41),
    idea("p2", 2, title="Noisy-channel EM over weak labels", agent="agent-2", value=0.55),
    idea("p3", 3, title="A curriculum by description length", agent="agent-3", value=0.47),
    idea("p4", 2, times=1, title="Noisy channel EM of the weak labels", agent="agent-4", value=0.52),
    idea("p5", 2, times=2, title="EM over weak labels via a noisy channel", agent="agent-2", value=0.61),
    idea("p2", 2, title="Noisy-channel EM over weak labels", agent="agent-2", value=0.55, namespace="run-2"),
)


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[[Marks], ReviewerApp]:
    def make(marks: Marks) -> ReviewerApp:
        store = build_store(tmp_path, *IDEAS)
        group_all(store)
        store.close()
        return build_app(store.path, marks=marks)

    return make


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize(
    ("marks", "presses"),
    [(UNICODE, ("j",)), (UNICODE, ("j", "A")), (UNICODE, ("j", "A", "4", "0", "s", "k")), (ASCII, ("j", "A"))],
    ids=["alike", "for_all", "judged", "ascii"],
)
def test_queue_with_a_group(
    size: tuple[int, int],
    marks: Marks,
    presses: tuple[str, ...],
    make_app: Callable[[Marks], ReviewerApp],
    snap_compare: Snapshot,
) -> None:
    assert snap_compare(make_app(marks), terminal_size=size, run_before=keys(*presses))
