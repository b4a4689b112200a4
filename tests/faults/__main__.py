"""Try what may go wrong and print one Markdown table: ``uv run python -m tests.faults [--rounds N] [NAME...]``.

It can be stopped at any time and goes on where it was; the status is 1 where anything was lost.
"""

import argparse
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime

from tests.faults import ending, exporting, importing, judging, migrating, power, together
from tests.faults.ledger import Ledger, cache_folder, code_hash
from tests.faults.report import markdown
from tests.faults.trying import Fault

FAULTS: tuple[Fault, ...] = tuple(
    fault for each in (judging, importing, exporting, migrating, ending, power, together) for fault in each.FAULTS
)


def main() -> int:
    """Run the rounds that are missing, and print what all of them came to."""
    known = {fault.name: fault for fault in FAULTS}
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all by default")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of each, those of earlier runs included (20)")
    parser.add_argument("--fresh", action="store_true", help="forget the rounds of earlier runs")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in known]:
        parser.error(f"there is no fault {', '.join(unknown)}; there are {', '.join(known)}")
    ledger = Ledger(cache_folder(), code_hash(), fresh=asked.fresh)
    faults = [known[name] for name in asked.names or known]
    try:
        for fault in faults:
            for done in ledger.complete(fault, asked.rounds):
                sentences = "".join(f"\n  LOST: {each}" for each in done.lost)
                _tell(f"{fault.name} {done.number + 1}/{fault.rounds(asked.rounds)}, {done.seconds:.1f} s{sentences}")
    except KeyboardInterrupt:
        _tell("Stopped; the same command goes on from here.")
    tried = [(fault, ledger.rounds(fault.name)) for fault in faults]
    print(markdown(tried), end="\n\n")  # noqa: T201
    print(_circumstances())  # noqa: T201
    return int(any(done.lost for _, rounds in tried for done in rounds))


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def _circumstances() -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d} UTC, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )


if __name__ == "__main__":
    sys.exit(main())
