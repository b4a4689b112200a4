"""Try what may go wrong and print one Markdown table: ``uv run python -m tests.faults [--rounds N] [NAME...]``.

It can be stopped at any time and goes on where it was; the status is 1 where anything was lost.
"""

import argparse
import sys

from tests.faults import (
    adjudicating,
    damaging,
    ending,
    exporting,
    hindering,
    importing,
    judging,
    keeping,
    merging,
    migrating,
    organising,
    power,
    sealing,
    slowing,
    together,
)
from tests.faults.ledger import Ledger, cache_folder, code_hash
from tests.faults.report import circumstances, markdown
from tests.faults.running import run_missing
from tests.faults.trying import Fault

FAULTS: tuple[Fault, ...] = tuple(
    fault
    for each in (
        judging,
        importing,
        merging,
        organising,
        adjudicating,
        sealing,
        exporting,
        migrating,
        ending,
        power,
        hindering,
        slowing,
        together,
        damaging,
        keeping,
    )
    for fault in each.FAULTS
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
    ledger = Ledger(cache_folder("faults"), code_hash("tests/faults"), fresh=asked.fresh)
    faults = [known[name] for name in asked.names or known]
    run_missing(ledger, [(fault, asked.rounds) for fault in faults])
    tried = [(fault, ledger.rounds(fault.name)) for fault in faults]
    print(markdown(tried), end="\n\n")  # noqa: T201
    print(circumstances())  # noqa: T201
    return int(any(done.lost for _, rounds in tried for done in rounds))


if __name__ == "__main__":
    sys.exit(main())
