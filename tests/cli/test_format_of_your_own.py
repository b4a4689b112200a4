"""The README's format of one's own: built, installed and used as it stands there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.installing import lay_package
from tests.sources.test_installed import ALTERED, CODE

README = Path(__file__).parents[2] / "README.md"
LOG = "#sweep 1\nlr-3e4|0.81|Higher learning rate\nlr-1e3|0.79|\nnonsense\n"


def blocks(language: str) -> str:
    """Return the one block of a language in the README's section on formats of one's own."""
    section = README.read_text().partition("### A format of your own\n")[2].partition("\n## ")[0]
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return str(block)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The README's package, built and installed by uv without network into a folder of its own."""
    project = tmp_path_factory.mktemp("acme")
    (project / "acme_formats").mkdir()
    (project / "acme_formats" / "__init__.py").write_text(blocks("python"))
    (project / "pyproject.toml").write_text(blocks("toml"))
    uv = os.environ.get("UV") or shutil.which("uv")
    assert uv is not None, "uv builds and installs the package here; it is what this repository is worked on with"
    target = tmp_path_factory.mktemp("installed")
    command = [uv, "pip", "install", "--offline", "--no-deps", "--python", sys.executable]
    environ = os.environ | {"UV_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}
    done = subprocess.run(
        [*command, "--target", str(target), str(project)], capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, done.stderr
    return target


def reviewer(installed: Path, tmp_path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "PYTHONPATH": str(installed),
        "REVIEWER_STORE": str(tmp_path / "s.db"),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    return subprocess.run(
        [sys.executable, "-m", "reviewer", *args], capture_output=True, text=True, check=False, env=environ
    )


def test_the_example_is_of_thirty_lines() -> None:
    assert len(blocks("python").splitlines()) <= 30


def test_it_is_listed_with_its_package_and_explained_and_imported(installed: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text(LOG)
    listed = reviewer(installed, tmp_path, "sources")
    assert listed.returncode == 0
    assert "acme-sweep (package acme-formats 0.1.0): Acme's sweep logs" in listed.stdout
    one = json.loads(reviewer(installed, tmp_path, "sources", "acme-sweep", "--json").stdout)
    assert one[0]["package"] == "acme-formats 0.1.0"
    explained = reviewer(installed, tmp_path, "import", "--explain", str(log))
    assert "acme-sweep, of the package acme-formats 0.1.0" in explained.stdout
    assert "Known since it begins with #sweep." in explained.stdout
    assert "2 proposals, 0 baselines, 0 references, 0 remarks, 1 reject" in explained.stdout
    taken = reviewer(installed, tmp_path, "import", str(log), "--problem", "sweeps", "--direction", "accuracy=higher")
    assert taken.returncode == 2, "one line is refused"
    assert "2 new, 0 changed, 0 unchanged, 1 rejected   (2 proposals; read as acme-sweep)" in taken.stdout
    assert "line 4: is not name|accuracy|note" in taken.stderr
    again = reviewer(installed, tmp_path, "import", str(log), "--problem", "sweeps")
    assert "0 new, 0 changed, 2 unchanged, 1 rejected" in again.stdout


def test_a_large_file_is_read_by_it(installed: Path, tmp_path: Path) -> None:
    """A file that is large enough is read in another process, which has to find the format too."""
    log = tmp_path / "large.log"
    many = "".join(f"run-{number}|0.5|{'x' * 1000}\n" for number in range(9000))
    log.write_text("#sweep 1\n" + many)
    assert log.stat().st_size > 8_000_000
    taken = reviewer(installed, tmp_path, "import", str(log), "--index-later")
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "read as acme-sweep" in taken.stdout


def test_nothing_is_loaded_where_no_source_is_needed(installed: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom reviewer.cli.main import main\n"
        "for args in (['--help'], ['import', '--list'], ['problems']): main(args)\n"
        "import reviewer.tui.app\n"
        "print('LOADED', 'acme_formats' in sys.modules, 'importlib.metadata' in sys.modules and "
        "'reviewer.sources.installed' in sys.modules and bool(sys.modules['reviewer.sources.installed']"
        ".installed_sources.cache_info().currsize))"
    )
    environ = os.environ | {"PYTHONPATH": str(installed), "REVIEWER_STORE": str(tmp_path / "s.db")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.splitlines()[-1] == "LOADED False False"


@pytest.mark.parametrize(
    ("more", "args", "words"),
    [
        ("\nimport none_such\n", ["sources"], "The format 'acme' of the package acme-formats 1.2 cannot be loaded"),
        ("\nimport none_such\n", ["import", "run.acme"], "The format 'acme' of the package acme-formats 1.2 cannot be"),
        (f"\ndef recognise(head): return {{}}['x']\n{ALTERED}recognise=recognise)\n", ["import", "run.acme"],
         "The format acme (package acme-formats 1.2) could not tell whether it knows"),
        (f"\ndef plan(path, *, problem=None): return {{}}['x']\n{ALTERED}plan=plan)\n", ["import", "run.acme"],
         "the format acme (package acme-formats 1.2) failed at"),
        (f"\ndef read(plan, progress): return {{}}['x']\n{ALTERED}read=read)\n", ["import", "run.acme"],
         "the format acme (package acme-formats 1.2) failed while it read"),
    ],
)  # fmt: skip
def test_what_fails_in_a_package_is_a_sentence_and_its_traceback_is_in_the_log(
    tmp_path: Path, more: str, args: list[str], words: str
) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    lay_package(packages, "acme-formats", CODE + more, {"acme": "SOURCE"})
    (tmp_path / "run.acme").write_text("ACME 1\nFirst\n")
    done = reviewer(packages, tmp_path, *(str(tmp_path / arg) if arg == "run.acme" else arg for arg in args))
    assert words in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == (0 if args == ["sources"] else 2)
    (log,) = tmp_path.rglob("reviewer.log")
    assert "Traceback (most recent call last)" in log.read_text()
