"""When garbage is looked for: not before the first screen stands, and then seldom."""

import gc
from collections.abc import Callable

SETTLED_SECONDS = 2.0
"""After this time the first screen stands, and garbage is collected."""

COLLECTED_AT = 20_000, 20, 100
"""So many new objects are looked through at once, and how often what stays of them: each key makes some thousands, of
which hardly any is garbage, so that to look more often takes a fifth of its time, and more at once is a pause."""


def let_collector_in() -> None:
    """Collect garbage from now on, and never look again at what was loaded to begin with.

    Looking through all of that takes longer than a key may take to be answered. Where nobody has kept the collector
    out, it is left as it is.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
        gc.set_threshold(*COLLECTED_AT)


def load_in_peace(load: Callable[[], object]) -> None:
    """Load a large library, and never look again at what it is made of: that too is a pause longer than a key may take.

    Garbage is not looked for meanwhile. Where somebody keeps the collector out, it is left as it is.
    """
    is_collected = gc.isenabled()
    gc.disable()
    try:
        load()
    finally:
        if is_collected:
            gc.freeze()
            gc.enable()
