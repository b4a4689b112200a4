"""Feed random inputs and print one Markdown table: ``uv run python -m tests.fuzz [NAME...] [--inputs N]``.

It can be stopped at any time and goes on where it was; the status is 1 where anything failed. A failure is made
as small as it goes, and told as a test.
"""

import argparse
import sys

from tests.faults.ledger import Ledger, cache_folder, code_hash
from tests.faults.report import circumstances
from tests.faults.running import run_missing
from tests.fuzz import guided, keys, readers, searches
from tests.fuzz.fuzzing import Fuzz
from tests.fuzz.report import markdown

FUZZES: tuple[Fuzz, ...] = (*readers.FUZZES, *guided.FUZZES, *searches.FUZZES, *keys.FUZZES)


def main() -> int:
    """Try the inputs that are missing, and print what all of them came to."""
    known = {fuzz.name: fuzz for fuzz in FUZZES}
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all by default")
    aims = ", ".join(f"{fuzz.name} {fuzz.aim:,}" for fuzz in FUZZES)
    parser.add_argument("--inputs", type=int, help=f"inputs of each, those of earlier runs included ({aims})")
    parser.add_argument("--fresh", action="store_true", help="forget the inputs of earlier runs")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in known]:
        parser.error(f"there is nothing to fuzz named {', '.join(unknown)}; there are {', '.join(known)}")
    ledger = Ledger(cache_folder("fuzz"), code_hash("tests/fuzz"), fresh=asked.fresh)
    fuzzes = [known[name] for name in asked.names or known]
    run_missing(ledger, [(fuzz, asked.inputs or fuzz.aim) for fuzz in fuzzes])
    tried = [(fuzz, ledger.rounds(fuzz.name)) for fuzz in fuzzes]
    print(markdown(tried), end="\n\n")  # noqa: T201
    print(circumstances())  # noqa: T201
    return int(any(done.lost for _, rounds in tried for done in rounds))


if __name__ == "__main__":
    sys.exit(main())
