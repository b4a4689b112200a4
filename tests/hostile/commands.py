"""Commands one after the other in one process, each as the program itself runs it: ``python -m tests.hostile.commands``
takes them as JSON lines of their words from a file, and tells by a line on each where its output begins."""

import json
import os
import sys
from pathlib import Path

from reviewer.cli.main import main

BEGINS = "-=-=- this begins: "


def run_all(file: Path) -> None:
    """Run every command that stands in the file."""
    for line in file.read_text(encoding="ascii").splitlines():
        words = json.loads(line)
        os.write(1, f"{BEGINS}{json.dumps(words)[:300]}\n".encode())
        status = main(words)
        os.write(1, f"{BEGINS}{status}\n".encode())


if __name__ == "__main__":
    run_all(Path(sys.argv[1]))
