"""Bytes that atheris makes, led by what they reach: ``uv run --with atheris python -m tests.fuzz guided``.

It reads only: what is done with records is the part of the other readers' fuzzing. Run as a program it is one round.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import FunctionType

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Reject
from reviewer.sources import registry
from reviewer.sources.files import head_of
from tests.benchmarks.measuring import PYTHON, REPOSITORY
from tests.faults.trying import Outcome
from tests.fuzz.fuzzing import Fuzz
from tests.fuzz.readers import whole_files

PER_ROUND = 20_000
NAMES = ("lines.jsonl", "experiments.db", "shared_findings/1_idea.json", "chat_vanilla_w2s/c/seed_42.json")
"""Which of them a file is called, its first byte says."""

LONGEST = 4_096


def guided(folder: Path, given: bytes) -> int:
    """Read a file whose bytes stand after the one that says how it is called, by each format that knows it."""
    path = folder / NAMES[given[0] % len(NAMES)] if given else folder / "empty"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(given[1:])
    head = head_of(path)
    for source in registry.SOURCES:
        source.recognise(head)
        try:
            for record in source.read(source.plan(path)):
                if isinstance(record, Reject):
                    assert record.file
                    assert record.reason
        except SourceError:
            continue
    return 1


def one_round(folder: Path, chance: Random) -> Outcome:
    """Have atheris try some bytes in a process of its own; what it learnt serves the next round."""
    corpus = folder.parent.parent / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, name in enumerate(NAMES):
        for place, data in enumerate(whole_files()):
            (corpus / f"{number}-{place}").write_bytes(bytes([number]) + data[: LONGEST - 1])
        assert name
    options = (
        f"-runs={PER_ROUND}",
        f"-seed={chance.getrandbits(31)}",
        f"-artifact_prefix={folder}/",
        f"-max_len={LONGEST}",
    )
    command = (PYTHON, "-m", "tests.fuzz.guided", str(folder / "here"), *options, str(corpus))
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, errors="replace", check=False)
    found = [path.read_bytes() for path in folder.glob("*-*") if path.is_file()]
    tried = max((int(n) for n in re.findall(r"^#(\d+)\s", ran.stderr, re.MULTILINE)), default=0)
    if ran.returncode and not found:
        return Outcome((f"it ended with {ran.returncode}: {ran.stderr[-800:]}",), tried)
    said = ran.stdout[-1500:]
    return Outcome(
        tuple(f"{said}\nfrom tests.fuzz.guided import guided\nguided(tmp_path, {one!r})" for one in found), tried
    )


def _functions_of_readers() -> Iterator[FunctionType]:
    """Yield what atheris is to see: the readers, and what they stand on; to see all modules takes it minutes."""
    import_module("reviewer.sources.native_lines")  # which is loaded only once a file is read
    for name, module in list(sys.modules.items()):
        if name.startswith(("reviewer.sources", "reviewer.domain", "json")):
            for found in vars(module).values():
                held = vars(found).values() if isinstance(found, type) and found.__module__ == name else (found,)
                yield from (each for each in held if isinstance(each, FunctionType) and each.__module__ == name)


def _lacks() -> str:
    return "" if find_spec("atheris") else "atheris, which is not installed"


FUZZES = (
    Fuzz(
        "guided",
        "files of bytes that atheris makes, read by every reader",
        "files",
        one_round,
        every=PER_ROUND,
        quick=0,
        lacks=_lacks,
        aim=200_000,
    ),
)


def main() -> None:
    """Run one round, as ``one_round`` asks for it."""
    import atheris

    folder, *options = sys.argv[1:]

    def try_one(data: bytes) -> None:
        guided(Path(folder), data)

    for function in _functions_of_readers():
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], *options], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
