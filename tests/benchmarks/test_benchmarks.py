"""The parts of the benchmarks that compute: the times themselves are never asserted."""

import json
import os
import random
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from reviewer.domain.queue import QueueFilter, Sort
from reviewer.store.migrations import open_store
from reviewer.store.problems import list_problems
from reviewer.store.queue import first_page
from reviewer.workflow.insights import InsightGroup, group_of, tell_insights
from reviewer.workflow.statistic_sections import Section
from reviewer.workflow.statistics import viewer_of
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import commands, coverage, insights, moving, screen, texts, viewers
from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, most_memory
from tests.benchmarks.stores import JUDGE, Kind, make_store
from tests.benchmarks.table import Row, amount, markdown, percentile
from tests.benchmarks.terminal import Terminal


@pytest.mark.parametrize(
    ("ours", "peer", "bar", "verdict"),
    [
        (15.9, 10.0, 1.6, "meets the bar"),
        (16.0, 10.0, 1.6, "meets the bar"),
        (16.1, 10.0, 1.6, "falls short"),
        (49.0, None, 50, "meets the bar"),
        (51.0, None, 50, "falls short"),
        (51.0, 1.0, None, "for information"),
    ],
)
def test_the_verdict_follows_from_the_numbers(ours: float, peer: float | None, bar: float | None, verdict: str) -> None:
    assert Row("a", ours, "ms", bar, peer).verdict == verdict


def test_a_number_that_could_not_be_had_meets_no_bar() -> None:
    assert Row("memory", float("nan"), "MB", 1.3, 80.0).verdict == "falls short"


def test_what_could_not_be_measured_says_why_and_has_no_ratio() -> None:
    row = Row("export", 3.0, "s", 3.0, float("nan"), "`sqlite3` shell", "there is no `sqlite3` here")
    cells = [cell.strip() for cell in markdown([row]).splitlines()[2].strip("|").split("|")]
    assert cells == ["export", "3.00 s", "– (`sqlite3` shell)", "–", "≤ 3", "not measured: there is no `sqlite3` here"]


def test_the_table_is_markdown_with_six_cells_a_line() -> None:
    rows = [Row("help", 90, "ms", 2.0, 60, "import click"), Row("key", 20.25, "ms", 50)]
    lines = markdown(rows).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["what", "ours", "peer", "ratio", "bar", "verdict"]
    assert all(set(cell) == {"-"} for cell in cells[1])
    assert cells[2] == ["help", "90.0 ms", "60.0 ms (import click)", "1.50", "≤ 2", "meets the bar"]
    assert cells[3] == ["key", "20.2 ms", "", "", "≤ 50.0 ms", "meets the bar"]
    assert len({len(line) for line in lines}) == 1


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    assert percentile(values, 0.95) == 95
    assert percentile(values, 0.5) == 50
    assert percentile([7.0], 0.95) == 7
    assert percentile([1.0, 2.0], 0.95) == 2
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_amounts_keep_three_digits() -> None:
    assert [amount(v, "s") for v in (1234.5, 123.4, 12.34, 1.234)] == ["1,234 s", "123 s", "12.3 s", "1.23 s"]


def test_a_proposal_is_shown_only_when_all_of_it_is() -> None:
    whole = [
        f"{texts.title(7)} │ {texts.title(7)} │ {texts.BASELINE_HEADING}",
        texts.hypothesis(7),
        f"PGR ↑ chat lab {texts.value(7):.3f}",
    ]
    assert texts.shows_proposal(whole, 7)
    assert not texts.shows_proposal(whole, 8)
    assert not texts.shows_proposal([whole[0].replace(texts.mark(7), "", 1), *whole[1:]], 7)
    for left_out in range(3):
        assert not texts.shows_proposal([line for i, line in enumerate(whole) if i != left_out], 7)


def test_rows_of_the_queue_are_counted_on_the_screen() -> None:
    lines = ["▌P0000001 weak │ P0000001", " P0000002 weak │ family", "                │ P0000003", " P0000003 weak │"]
    assert moving.rows_of_a_screenful(lines) == 2


def test_a_held_key_took_until_its_proposal_or_one_further_on_was_painted() -> None:
    pressed = [0.0, 0.03, 0.06, 0.09]
    shown = [(0.01, 1), (0.02, 2), (0.1, 4), (0.12, 4), (0.15, 5)]
    held = screen.painted(pressed, shown, [2, 3, 4, 5])
    assert held.keys == pytest.approx([0.02, 0.07, 0.04, 0.06])
    assert held.themselves == 3
    assert held.late == pytest.approx(0.06)
    with pytest.raises(ValueError, match="of 4 keys 3 were painted"):
        screen.painted(pressed, shown[:-1], [2, 3, 4, 5])


def test_a_proposal_that_comes_again_is_not_taken_for_that_of_a_later_lap() -> None:
    held = screen.painted([0.0, 0.1, 0.2, 0.3], [(0.05, 2), (0.06, 2), (0.15, 1), (0.25, 2), (0.35, 1)], [2, 1, 2, 1])
    assert held.keys == pytest.approx([0.05] * 4)


def test_the_proposal_on_a_screen_is_known_by_all_of_it() -> None:
    lines = [
        f"{texts.title(8)} │ {texts.title(8)} │ {texts.BASELINE_HEADING}",
        texts.hypothesis(8),
        f"PGR chat {texts.value(8):.3f}",
    ]
    assert screen.proposal_shown(lines) == 8
    assert screen.proposal_shown([lines[0], texts.hypothesis(9), lines[2]]) is None
    assert screen.proposal_shown([]) is None


_AROUND = """
import os, tty
from tests.benchmarks import texts
tty.setraw(0)
n, key = 0, b"j"
while key != b"\\x11":
    n = n % 3 + 1
    shown = f"{texts.title(n)} {texts.mark(n)} {texts.BASELINE_HEADING}"
    lines = shown, texts.hypothesis(n), f"PGR {texts.value(n):.3f}"
    os.write(1, ("\\x1b[2J\\x1b[H" + "\\r\\n".join(lines)).encode())
    key = os.read(0, 1)
"""


def test_keys_are_pressed_one_by_one_and_held_and_go_round_a_list_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "REST", 0.01)
    sitting = screen.sit((PYTHON, "-c", _AROUND), 3, around=3)
    assert sitting.paint > 0
    assert len(sitting.keys) == len(sitting.held.keys) == 3
    assert sitting.held.themselves == 3
    assert all(0 < seconds < 5 for seconds in (*sitting.keys, *sitting.held.keys))


def test_verdicts_take_turns_with_keys_that_only_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "VERDICT_REST", 0.01)
    only_in_turn = _AROUND.replace("key = os.read(0, 1)", "was, key = key, os.read(0, 1)\n    if was == key: break")
    judged, moved = screen.judge((PYTHON, "-c", only_in_turn), 1)
    assert len(judged) == len(moved) == 1


@pytest.fixture
def counting() -> Iterator[Terminal]:
    """A program that says how many keys it has had."""
    program = """
import os, tty
tty.setraw(0)
n, key = 0, b""
while key != b"\\x11":
    os.write(1, f"keys {n}\\r\\n".encode())
    n, key = n + 1, os.read(0, 1)
"""
    terminal = Terminal((sys.executable, "-S", "-c", program), dict(os.environ), str(REPOSITORY))
    terminal.until(lambda lines: "keys 0" in lines[0])
    yield terminal
    terminal.close()


def _counted(lines: list[str]) -> int:
    return max((int(line.split()[1]) for line in lines if line.startswith("keys")), default=0)


def test_a_held_key_waits_for_nothing_and_all_that_it_paints_is_kept(counting: Terminal) -> None:
    pressed, looks = counting.hold(b"j", 5, 0.02, _counted, 5, timeout=10)
    assert len(pressed) == 5
    assert all(later - sooner > 0.01 for sooner, later in pairwise(pressed))
    assert looks[-1][1] == 5
    assert [moment for moment, _ in looks] == sorted(moment for moment, _ in looks)


def test_a_held_key_whose_last_proposal_never_comes_is_told(counting: Terminal) -> None:
    with pytest.raises(TimeoutError, match="keys 2"):
        counting.hold(b"j", 2, 0.01, _counted, 3, timeout=0.6)


def test_the_memory_of_a_process_and_of_those_that_it_starts_is_added_up() -> None:
    hold = "x = b'x' * 60_000_000"
    wait = f"{hold}; import time; time.sleep(.15)"
    start = f"{hold}; import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {wait!r}], check=True)"
    alone, together = (most_memory((PYTHON, "-S", "-c", program), dict(os.environ)) for program in (wait, start))
    assert 60 < alone < 100
    assert 120 < together < 200
    with pytest.raises(RuntimeError, match="ended with 3"):
        most_memory((PYTHON, "-S", "-c", "raise SystemExit(3)"), dict(os.environ))


@pytest.mark.parametrize(
    ("ours", "fewer", "ends", "verdict"),
    [
        (114.0, 100.0, ": flat", "meets the bar"),
        (150.0, 100.0, ": grows by 50%", "falls short"),
        (float("nan"), 100.0, " an export", "not measured: this system does not tell it"),
    ],
)
def test_memory_at_two_sizes_says_whether_it_grows(ours: float, fewer: float, ends: str, verdict: str) -> None:
    row = commands.memory_row("an export", ours, fewer, "20 judgements")
    assert row.what.endswith(ends)
    assert row.verdict == verdict


def test_an_export_is_held_against_the_shell_where_there_is_one() -> None:
    assert commands.beside_the_shell("export", 3.0, [1.0, 1.5, 2.0]).verdict == "meets the bar"
    assert commands.beside_the_shell("export", 3.0, []).verdict == "not measured: there is no `sqlite3` here"


def test_the_file_that_is_imported_has_a_record_a_line(tmp_path: Path) -> None:
    commands.write_lines(tmp_path / "x.jsonl", 3)
    assert [json.loads(line)["id"] for line in (tmp_path / "x.jsonl").open(encoding="utf-8")] == ["x1", "x2", "x3"]


def test_five_hundred_keys_of_each_kind_are_pressed_in_all_runs_together() -> None:
    whole = benchmarks.planned(quick=False, proposals=None, runs=5)
    assert (whole.proposals, whole.middle, whole.records, whole.keys) == (1_000_000, 100_000, 200_000, 100)
    once = benchmarks.planned(quick=False, proposals=10_000, runs=1)
    assert 2 * once.keys < once.few
    assert once.middle == 0
    assert benchmarks.planned(quick=True, proposals=None, runs=5) == Plan(
        proposals=10_000, records=4_000, runs=5, imported=10_000
    )


def test_what_stands_out_one_line_further_down_is_a_row_further() -> None:
    plain, row = (("black", False),) * 3, (("black", True),) * 3
    assert viewers.one_further([plain, row, plain, plain], [plain, plain, row, plain])
    assert not viewers.one_further([plain, row, plain, plain], [plain, row, plain, plain])
    assert not viewers.one_further([plain, row, plain, plain], [plain, row, row, plain])
    assert not viewers.one_further([plain, row, plain, plain], [plain] * 4)


def test_viewers_that_cannot_be_installed_are_told_in_their_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(viewers.NotInstalledError, match="no `uv`"):
        viewers.installed()
    (tmp_path / "uv").write_text("#!/bin/sh\necho 'error: no network' >&2; exit 2\n")
    (tmp_path / "uv").chmod(0o755)
    with pytest.raises(viewers.NotInstalledError, match=r"\(error: no network\)") as told:
        viewers.installed()
    rows = viewers.rows(1000, [viewers.Opened(1.0, (0.03, 0.04))], [], str(told.value))
    assert [row.verdict for row in rows] == [f"not measured: {told.value}"] * 4
    assert rows[0].ours == 1000


def test_a_viewer_is_beaten_in_both_or_is_not() -> None:
    ours = [viewers.Opened(1.0, (0.03,))]
    vd, hq = [viewers.Opened(2.0, (0.01,))], [viewers.Opened(0.5, (0.05,))]
    rows = viewers.rows(1000, ours, [vd, hq])
    assert [row.verdict for row in rows] == ["meets the bar", "falls short", "falls short", "meets the bar"]


def test_the_first_row_of_a_made_store_is_known_by_its_id(tmp_path: Path) -> None:
    make_store(tmp_path / "made.db", 3)
    assert len(viewers.first_row(tmp_path / "made.db")) == 16


def test_neighbours_differ_in_all_that_is_waited_for() -> None:
    for number in range(1, 2000):
        assert texts.value(number) != texts.value(number + 1)
        assert 1000 <= len(texts.body(number)) <= 4500


@pytest.mark.parametrize("kind", [Kind.JUDGED, Kind.LEARNT])
def test_a_made_store_is_one_that_the_app_can_use(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    make_store(path, 30, kind)
    store = open_store(path, create=False)
    connection = store.connection()
    asked = QueueFilter(text=texts.mark(30))
    page = first_page(connection, 1, 1, asked, Sort.IMPORTED, 5)
    assert [row.title for row in page.rows] == [texts.title(30)]
    assert page.rows[0].verdict == "fails"
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT count(*) FROM methods WHERE role = 'baseline'").fetchone() == (4,)
    (problem,) = list_problems(connection)
    told: list[Section] = []
    tell_insights(store, problem, viewer_of(store, JUDGE), date(2026, 11, 29), lambda: True, told.append)
    groups = {group_of(section, viewer_of(store, JUDGE)) for section in told}
    rare = {InsightGroup.REVEALS, InsightGroup.ELSEWHERE}
    assert groups & rare == (rare if kind is Kind.LEARNT else set())
    store.close()


def test_an_interval_that_is_too_narrow_is_found_out() -> None:
    def exact(rng: random.Random) -> tuple[float, float]:
        mean = rng.gauss(0, 1)
        return mean - 1.96, mean + 1.96

    def narrow(rng: random.Random) -> tuple[float, float]:
        mean = rng.gauss(0, 1)
        return mean - 1.5, mean + 1.5

    good, bad, known = (
        coverage.cover(coverage.Case("z", "n = 1", 0, once, known=words), 4000)
        for once, words in ((exact, ""), (narrow, ""), (narrow, "so it is"))
    )
    assert (good.verdict, bad.verdict, known.verdict) == ("meets the bar", "falls short", "known: so it is")
    assert good.below + good.above == pytest.approx(1 - good.coverage)
    assert good.width == pytest.approx(3.92)


def test_what_is_declined_is_told_apart_from_what_is_missed() -> None:
    answers = iter([None, (1.0, 2.0), (-1.0, 1.0), (-3.0, -2.0)] * 10)
    counted = coverage.cover(coverage.Case("m", "c", 0, lambda _rng: next(answers)), 40)
    assert [counted.declined, counted.below, counted.above] == pytest.approx([0.25, 1 / 3, 1 / 3])
    answers = iter([None, (1.0, 2.0), (-1.0, 1.0), (-3.0, -2.0)] * 10)
    unbounded = coverage.cover(coverage.Case("m", "c", 0, lambda _rng: next(answers), unbounded=True), 40)
    assert unbounded.coverage == 0.5


def test_every_case_can_be_drawn_and_stands_in_the_table() -> None:
    covered = [coverage.cover(case, 20) for case in coverage.cases()]
    assert len(coverage.markdown(covered).splitlines()) == len(covered) + 2
    assert all(0 <= each.coverage <= 1 for each in covered)


def test_the_end_of_all_insights_is_known_by_the_line_below_them() -> None:
    lines = ["My record ────", "with an outcome   3", "`reviewer stats` says how each figure is had, `reviewer report"]
    assert insights.shows_record(lines)
    assert insights.shows_end(lines)
    assert not insights.shows_end(lines[:2])
