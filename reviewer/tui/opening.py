"""What the app is opened with: the store, the config, and who sits at it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.identity import Clock, utc_now
from reviewer.store.connection import Store
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.workflow.config import Config


@dataclass(frozen=True, slots=True)
class Opening:
    """What the app is opened with."""

    store: Store
    config: Config
    config_path: Path
    keymap: Keymap
    marks: Marks
    reviewer: str | None
    log: Callable[[BaseException], object]
    open_demo: Callable[[], Store]
    """Makes the copy of the sample data and opens it, for a store that is empty."""
    keep_acts: Callable[[Store], object] = lambda store: None
    """Keeps what people did beside the store, where that is due; called every hour in the background."""
    clock: Clock = utc_now
    ticks: Callable[[], float] = time.monotonic
    """Seconds that only grow, for the time spent and for keys held down."""
    shown_path: str = ""
    """The store's path as people see it; empty where it is shown whole."""
    notice: str = ""
    """A sentence to begin with, for who has not been in the store before: where the demo's copy lies."""
    offline_critic: bool = False
    """Whether recorded answers are played in place of Claude's, without a key and without a network."""
    at: tuple[int, int] | None = None
    """The row ids of the problem and of the proposal to begin with; None is where one was last."""
