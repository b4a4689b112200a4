"""The log file: private, bounded, safe to print, and the only place that a log record goes."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedStoreError, StoreError
from reviewer.workflow.logs import record_failure, start_logging, stop_logging


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state" / "reviewer.log"
    stop_logging()


def test_nothing_is_written_until_there_is_something_to_say(log: Path) -> None:
    start_logging(log)
    assert not log.parent.exists()
    logging.getLogger("reviewer.store").info("opened %s", "a.db")
    assert "INFO reviewer.store: opened a.db\n" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_starting_again_writes_each_record_once(log: Path) -> None:
    start_logging(log.with_name("other.log"))
    start_logging(log)
    start_logging(log)
    logging.getLogger("reviewer").info("once")
    assert log.read_text(encoding="utf-8").count("once") == 1
    assert not log.with_name("other.log").exists()


def test_a_record_is_one_line_in_which_nothing_acts_on_a_terminal(log: Path) -> None:
    start_logging(log)
    logging.getLogger("reviewer").warning("a\n2026-01-01 1 INFO reviewer: forged\x1b]52;c;aGk=\x07\u202e\ud800")
    text = log.read_text(encoding="utf-8")
    assert text.count("\n") == 1
    assert text.replace("\n", "").isprintable()


def test_a_failure_stands_there_with_a_traceback_set_in(log: Path) -> None:
    assert record_failure(log, ValueError("bad\n2026-01-01 forged\x1b[31m"))
    first, *rest = log.read_text(encoding="utf-8").splitlines()
    assert "CRITICAL reviewer: unexpected ValueError" in first
    assert rest
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


def test_what_a_person_can_put_right_is_one_line_there(log: Path) -> None:
    assert record_failure(log, StoreError("people.gz cannot be written (No space left on device)."))
    text = log.read_text(encoding="utf-8")
    assert text.endswith("WARNING reviewer: StoreError: people.gz cannot be written (No space left on device).\n")
    assert text.count("\n") == 1
    assert record_failure(log, DamagedStoreError("The store is damaged."))
    assert "unexpected DamagedStoreError" in log.read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_told_and_raises_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert not record_failure(tmp_path / "file" / "reviewer.log", ValueError("x"))
    stop_logging()
    assert "Traceback" not in "".join(capfd.readouterr())


def test_it_turns_over_at_a_megabyte_and_keeps_three(log: Path) -> None:
    start_logging(log)
    for _ in range(60):
        logging.getLogger("reviewer").info("x" * 100_000)
    assert sorted(each.name for each in log.parent.iterdir()) == [log.name, *(f"{log.name}.{n}" for n in (1, 2, 3))]
    for each in log.parent.iterdir():
        assert each.stat().st_size <= 1_000_000
        assert each.stat().st_mode & 0o777 == 0o600


def test_neither_a_library_nor_a_warning_writes_on_the_terminal(log: Path) -> None:
    code = (
        "import logging, sys, warnings; from pathlib import Path; from reviewer.workflow.logs import start_logging\n"
        "start_logging(Path(sys.argv[1]))\n"
        "logging.getLogger('some.library').error('of a library'); warnings.warn('of Python')"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(log)], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    text = log.read_text(encoding="utf-8")
    assert "of a library" in text
    assert "of Python" in text
