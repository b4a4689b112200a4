"""Every command on a store in which every text is hostile: what a terminal receives, and what a file or a program."""

import csv
import io
import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Role
from reviewer.exports.cells import restore_cell
from reviewer.store.connection import Store
from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment
from tests.hostile.commands import BEGINS
from tests.hostile.contents import PROBLEM, Contents, mark
from tests.hostile.corpus import FORMULAS, TEXTS, as_name
from tests.hostile.sequences import amiss_in_json, amiss_in_lines

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="tried on Linux alone")

SHAPES: Sequence[Sequence[str]] = ([], ["--history"], ["--long"], ["--wide"])
AS_LINES: Sequence[Sequence[str]] = [[*shape, *more] for shape in SHAPES for more in ([], ["--excel"])]
AS_JSON: Sequence[Sequence[str]] = [
    ["checks", "--json"],
    ["checks", "--rule", "same-title", "--json"],
    ["stats", "--everyone", "--json"],
]

PROGRESS = re.compile(
    "\r(?:(?:reading|checking)  [█─]+ +\\d+ %  [\\d,]+ rows?  [\\d,]+ rejected  [\\d:–]+ left *| *\r)".encode()
)
"""The one line that is written over."""

NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")

Ran = tuple[list[str], str, bytes]
"""The words of a command, its status, and what it wrote."""


def read_commands(contents: Contents) -> Iterator[list[str]]:
    """Yield commands that print something of what is in the store."""
    yield from (["problems"], ["target"], ["leaderboard"], ["leaderboard", "--csv"], ["checks"], ["doctor"])
    yield from (["outcomes"], ["outcomes", "export", "--everyone"], ["outcomes", "--json"], ["stats", "--everyone"])
    yield ["report", "--everyone"]
    yield from (["sources"], ["sources", "native"])
    yield from (["import", "--list"], ["rubric"], ["config", "show"], ["export", "--columns"])
    for shape in SHAPES:
        yield ["export", "--everyone", *shape]
        yield ["export", "--everyone", *shape, "--format", "jsonl"]
    yield from (list(command) for command in AS_JSON)


def ids_of(store: Path, role: Role = Role.PROPOSAL) -> list[str]:
    opened = Store(store, readonly=True)
    found = opened.connection().execute("SELECT uuid FROM methods WHERE role = ? ORDER BY id", (str(role),)).fetchall()
    opened.close()
    return [uuid for (uuid,) in found]


def refused_commands(contents: Contents) -> Iterator[list[str]]:
    """Yield commands that refuse a hostile word in a sentence which names it."""
    for number, text in list(enumerate(TEXTS.values()))[::3]:
        word = f"{mark(number)}{as_name(text)}".encode(errors="replace").decode().replace("\0", "")[:400]
        others = (
            ["evidence", word],
            ["dossier", word],
            ["leaderboard", PROBLEM, "--metric", word],
            ["checks", "--rule", word],
            ["export", "--everyone", "--problem", word],
            ["set", "--direction", word],
            ["set", "--direction", f"{word}=sideways"],
            ["import", word],
            ["import", "--explain", word],
            ["import", "--direction", f"{word}=sideways", "x"],
            ["sources", word],
            ["outcome", word],
            ["adjudicate", word, "--show"],
            ["outcomes", "import", word],
            ["outcomes", "--problem", word],
            ["import", "--withdraw", word],
            ["rubric", "use", word],
            ["restore", word],
            ["target", word],
            [word],
            ["--config", word, "problems"],
            ["export", "--everyone", f"--{word}"],
        )
        yield list(others[number // 3 % len(others)])


def _files(contents: Contents) -> list[Path]:
    return sorted(contents.files.glob("M*"))


def run(commands: Sequence[Sequence[str]], store: Path, home: Path, *, terminal: bool) -> list[Ran]:
    """Run commands in a terminal or in a pipe, and return what each wrote there."""
    listed = home / "commands.jsonl"
    listed.write_text("\n".join(map(json.dumps, commands)), encoding="ascii")
    command = [PYTHON, "-m", "tests.hostile.commands", str(listed)]
    env = environment(home) | {"REVIEWER_STORE": str(store)}
    if terminal:
        ours, theirs = pty.openpty()
        program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=REPOSITORY)
        os.close(theirs)
        written = b"".join(iter(lambda: _read(ours), b"")).replace(b"\r\n", b"\n")
        os.close(ours)
        program.wait()
    else:
        ran = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=REPOSITORY
        )
        written = ran.stdout
    return list(_apart(written))


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 1 << 16)
    except OSError:
        return b""


def _apart(written: bytes) -> Iterator[Ran]:
    pieces = written.split(BEGINS.encode())[1:]
    assert len(pieces) % 2 == 0, written[-2000:]
    for said, status in zip(pieces[::2], pieces[1::2], strict=True):
        head, _, output = said.partition(b"\n")
        yield [head.decode()], status.decode().strip(), output


def test_no_command_writes_to_a_terminal_what_it_would_obey(
    own_store: Path, contents: Contents, tmp_path: Path
) -> None:
    proposals = ids_of(own_store)
    commands = [
        *read_commands(contents),
        *(["dossier", uuid] for uuid in proposals[::12]),
        *refused_commands(contents),
        *(["evidence", uuid] for uuid in proposals[::12]),
        ["evidence", proposals[0], "--json"],
        *(["import", how, str(file)] for how in ("--dry-run", "--explain") for file in _files(contents)[:3]),
    ]
    ran = run(commands, own_store, tmp_path, terminal=True)
    assert len(ran) == len(commands)
    amiss = [f"{words}: {each.what}" for words, _, output in ran for each in amiss_in_lines(PROGRESS.sub(b"", output))]
    assert amiss == []
    assert [words for words, _, output in ran if b"our side" in output] == []
    made = [path.name for folder in (tmp_path, REPOSITORY, Path("/tmp")) for path in folder.glob("*")]
    assert [name for name in made if "reviewer-was-here" in name or re.match(r"M\d{3}M", name)] == []


def test_programs_get_json_without_a_control_character(own_store: Path, contents: Contents, tmp_path: Path) -> None:
    proposals = ids_of(own_store)
    lines = [["export", "--everyone", *shape, "--format", "jsonl"] for shape in SHAPES]
    explained = [["import", "--explain", "--json", str(contents.files)]]
    commands = [*AS_JSON, *(["evidence", uuid, "--json"] for uuid in proposals[:: len(proposals) // 4]), *lines]
    for words, status, output in run([*commands, *explained], own_store, tmp_path, terminal=False):
        assert status == "0" or "--explain" in words[0], output[-300:]
        assert list(amiss_in_json(output)) == [], words
        text = output.decode()
        if "jsonl" in words[0]:
            text = f"[{','.join(text.splitlines()[:-1])}]"
        assert isinstance(json.loads(text), list | dict)


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(own_store: Path, contents: Contents, tmp_path: Path) -> None:
    outs = [str(tmp_path / f"{n}.csv") for n in range(len(AS_LINES))]
    commands = [*(["export", "--everyone", *shape, "-o", out] for out, shape in zip(outs, AS_LINES, strict=True)),
                ["leaderboard", PROBLEM, "--csv"]]  # fmt: skip
    ran = run(commands, own_store, tmp_path, terminal=False)
    files = [*((tmp_path / f"{n}.csv").read_bytes() for n in range(len(AS_LINES))), ran[-1][2]]
    for data in files:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert len(rows) > 2
        assert {len(row) for row in rows} == {len(rows[0])}
        as_read_by = {separators: cells_of(text, separators) for separators in (",", ",;\t")}
        assert as_read_by[","] == [cell for row in rows for cell in row]
        for separators, cells in as_read_by.items():
            assert [cell for cell in cells if is_formula(cell)] == [], separators
    exported = csv.DictReader(io.StringIO(files[0].decode(), newline=""))
    told = {restore_cell(row["rationale"]) for row in exported}
    assert {text.rstrip() for text in FORMULAS.values()} <= told


def cells_of(text: str, separators: str) -> list[str]:
    """Read a CSV as a spreadsheet does that takes any of these characters for the end of a cell."""
    cell = rf'"((?:[^"]|"")*)"|([^{separators}\r\n]*)'
    found = re.finditer(rf"(?:{cell})(?:[{separators}]|\r\n)", text)
    return [match[2] if match[1] is None else match[1].replace('""', '"') for match in found]


def is_formula(cell: str) -> bool:
    """Return whether a cell begins as OWASP says that formulas begin, blanks before it or not, and is no number."""
    begins = cell.lstrip(" \u00a0\u200b\ufeff")[:1]
    return cell[:1] in ("\t", "\r", "\n") or (begins in tuple("=+-@＝＋－＠") and not NUMBER.fullmatch(cell))
