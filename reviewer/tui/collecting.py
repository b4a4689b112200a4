"""When garbage is looked for: not before the first screen stands, and then seldom."""

import gc

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
