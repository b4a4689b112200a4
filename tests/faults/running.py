"""Running what is missing of a suite, told round by round; it can be stopped at any time."""

import sys
from collections.abc import Iterable

from tests.faults.ledger import Ledger
from tests.faults.trying import Fault


def run_missing(ledger: Ledger, asked: Iterable[tuple[Fault, int]]) -> None:
    """Run the rounds that the ledger lacks of so many as are asked for of each."""
    try:
        for fault, rounds in asked:
            for done in ledger.complete(fault, rounds):
                sentences = "".join(f"\n  LOST: {each}" for each in done.lost)
                _tell(f"{fault.name} {done.number + 1}/{fault.rounds(rounds)}, {done.seconds:.1f} s{sentences}")
    except KeyboardInterrupt:
        _tell("Stopped; the same command goes on from here.")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201
