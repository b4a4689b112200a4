"""What ``reviewer --help`` must not load, and what it may cost."""

import os
import resource
import subprocess
import sys
from statistics import median

import pytest

HEAVY = ("textual", "rich", "anthropic", "numpy", "scipy", "pandas", "pydantic", "sqlite_utils", "sqlite3", "tomlkit",
         "platformdirs", "plotext")  # fmt: skip

LISTING = """
import sys
from reviewer.cli.main import main
status = main(sys.argv[1:])
loaded = {name.partition(".")[0] for name in sys.modules}
ours = sorted(name for name in sys.modules if name.startswith("reviewer."))
print("LOADED", *sorted(loaded), file=sys.stderr)
print("OURS", *ours, file=sys.stderr)
"""


def loaded_by(*args: str) -> tuple[set[str], set[str]]:
    """Return the packages and our own modules that a call of ``reviewer`` loads."""
    ran = subprocess.run([sys.executable, "-c", LISTING, *args], capture_output=True, text=True, check=True)
    found = {line.split()[0]: set(line.split()[1:]) for line in ran.stderr.splitlines() if line}
    return found["LOADED"], found["OURS"]


@pytest.mark.parametrize("args", [("--help",), ("--version",), ("-h",), ("no-such-command",)])
def test_help_loads_nothing_heavy_and_no_command(args: tuple[str, ...]) -> None:
    loaded, ours = loaded_by(*args)
    assert "click" in loaded
    assert not loaded & set(HEAVY)
    assert ours <= {"reviewer.cli", "reviewer.cli.main", "reviewer.cli.output", "reviewer.domain",
                    "reviewer.domain.errors", "reviewer.domain.text"}  # fmt: skip


@pytest.mark.parametrize("args", [("config", "path"), ("config", "show"), ("config", "show", "--keys"),
                                  ("schema", "--example"), ("completion", "bash")])  # fmt: skip
def test_the_small_commands_load_neither_the_screen_nor_the_store(args: tuple[str, ...]) -> None:
    loaded, _ = loaded_by(*args)
    assert not loaded & {"textual", "anthropic", "numpy", "scipy", "pydantic", "sqlite_utils", "sqlite3"}


def test_completing_a_command_name_loads_no_command() -> None:
    environ = os.environ | {"_REVIEWER_COMPLETE": "bash_complete", "COMP_WORDS": "reviewer im", "COMP_CWORD": "1"}
    script = LISTING.replace("status = main(sys.argv[1:])", "try: main([])\nexcept SystemExit: pass")
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environ)
    assert ran.stdout == "plain,import\n"
    assert "reviewer.cli.import_" not in ran.stderr
    assert "textual" not in ran.stderr


def test_help_takes_no_more_than_twice_what_importing_click_takes() -> None:
    """The middle one of several pairs, in time on the processor, so that a busy machine troubles both alike."""

    def seconds(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    pairs = []
    for _ in range(9):
        bare = seconds("import click")
        pairs.append(seconds("from reviewer.cli.main import main; main(['--help'])") / bare)
    assert median(pairs) <= 2
