"""``reviewer leaderboard``: what it prints, the CSV, and what it says of wrong names."""

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from reviewer.cli.main import main
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.workflow.leaderboard_rows import COLUMNS
from tests.builders import PROBLEM, build_store, import_records, measured, record

Capture = pytest.CaptureFixture[str]


def seeds(*values: float) -> tuple[SeedValue, ...]:
    return tuple(SeedValue(42 + i, v) for i, v in enumerate(values))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with five proposals, of which one has no error and one a value that is no number, and a baseline."""
    lab = {"setting": Setting.LAB}
    store = build_store(
        tmp_path,
        *(
            record(f"p{i}", measurements=(measured(i / 10, seeds=seeds(i / 10 - 0.01, i / 10, i / 10 + 0.01), **lab),))
            for i in (4, 5, 6, 7)
        ),
        record("bare", title="=1+2 \x1b[2J bare", measurements=(measured(0.9, **lab), measured(0.2, "math"))),
        record("odd", measurements=(measured(math.inf, **lab), measured(0.1, metric="mood"))),
        record("b", Role.BASELINE, measurements=(measured(0.45, standard_error=0.01, n_seeds=5, **lab),)),
    )
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    return store.path


@pytest.mark.usefixtures("table")
def test_the_table_is_printed_best_first(capsys: Capture) -> None:
    assert main(["leaderboard", "weak_to_strong"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "weak_to_strong: PGR (higher is better) on chat, lab; 5 proposals"
    assert lines[1] == "best baseline 0.450, Title of b"
    assert [line.split()[0] for line in lines[4:10]] == ["1", "2", "3", "4", "5", "6"]
    assert lines[4].endswith("  =1+2 ␛[2J bare")
    assert "0.700" in lines[5]
    assert "  0.006  " in lines[5]
    assert "0.675 to 0.725" in lines[5]
    assert lines[8].endswith("baseline: Title of b")
    assert "over all 4 tested" in out
    assert "1 proposal could not be tested" in out
    assert "Fresh seeds for the top few are the cure." in out
    assert "1 method of the problem has no value here." in out
    assert "nan" not in out
    assert "inf" not in out.replace("fresh", "")
    assert "*" not in out


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("width", "head"),
    [
        (200, ["rank", "value", "error", "n", "95", "%", "interval", "adj.", "p", "shrunken", "id", "title"]),
        (80, ["rank", "value", "n", "95", "%", "interval", "adj.", "p", "shrunken", "id", "title"]),
        (62, ["rank", "value", "adj.", "p", "shrunken", "id", "title"]),
        (42, ["rank", "value", "adj.", "p", "title"]),
    ],
)
def test_on_a_terminal_columns_are_left_out_before_a_line_is_too_long(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, width: int, head: list[str]
) -> None:
    monkeypatch.setattr("reviewer.cli.terminal.width_of_terminal", lambda: width)
    assert main(["leaderboard"]) == 0
    lines = capsys.readouterr().out.splitlines()[3:10]
    assert lines[0].split() == head
    assert max(map(len, lines)) <= width
    assert lines[2].endswith("Title of p7")


@pytest.mark.parametrize("width", [50, 80])
def test_letters_that_are_two_cells_wide_fit_too(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    value = measured(0.4, setting=Setting.LAB, standard_error=0.01, n_seeds=5)
    titles = {"p": "自己改善する教師 " * 9, "q": "Short"}
    store = build_store(tmp_path, *(record(n, title=t, measurements=(value,)) for n, t in titles.items()))
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    monkeypatch.setattr("reviewer.cli.terminal.width_of_terminal", lambda: width)
    assert main(["leaderboard"]) == 0
    head, *rows = [line for line in capsys.readouterr().out.splitlines() if "title" in line or "run-1" in line]
    assert max(map(cell_len, rows)) <= width
    assert {cell_len(row[: row.index(title)]) for row, title in zip(rows, ("Short", "自"), strict=True)} == {
        cell_len(head[: head.index("title")])
    }
    assert rows[1].endswith("…")


@pytest.mark.usefixtures("table")
def test_the_csv_has_a_row_a_method_and_cells_that_no_spreadsheet_runs(capsys: Capture) -> None:
    assert main(["leaderboard", "--csv"]) == 0
    out = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert list(rows[0]) == [c.name for c in COLUMNS]
    assert [r["rank"] for r in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[0]["title"].startswith("'=1+2 ")
    assert (rows[0]["low"], rows[0]["adjusted_p"], rows[0]["shrunken"]) == ("", "", "")
    assert rows[0]["interval_note"] == "No interval: no error between seeds is stated."
    assert rows[0]["difference_note"] == ("No interval: the proposal states no error and no n.")
    best = rows[1]
    assert float(best["difference"]) == pytest.approx(0.25)
    assert float(best["difference_low"]) < 0.25 < float(best["difference_high"])
    assert float(best["p"]) <= float(best["adjusted_p"]) < 0.05
    assert float(best["shrunken"]) < 0.7
    assert best["seeds"].split(";") == ["0.69", "0.7", "0.71"]
    assert rows[4]["role"] == "baseline"
    assert (rows[4]["difference"], rows[4]["best_baseline_id"]) == ("", "")
    assert best["best_baseline_id"] == rows[4]["method_id"]
    assert not {"nan", "inf", "None"} & {cell for row in rows for cell in row.values()}


@pytest.mark.usefixtures("table")
def test_another_metric_or_dataset_can_be_asked_for(capsys: Capture) -> None:
    assert main(["leaderboard", "--dataset", "MATH"]) == 0
    assert "on math, setting unknown; 1 proposal\n" in capsys.readouterr().out
    assert main(["leaderboard", "--metric", "mood"]) == 0
    out = capsys.readouterr().out
    assert "mood (which way is better is unknown)" in out
    assert "the rows stand by name, and none is best" in out


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "There is no problem 'nosuch'; the store has weak_to_strong."),
        (["--metric", "elo"], "Nothing was measured for the metric 'elo' there; what there is: pgr, mood."),
        (["--dataset", "code"], "Nothing was measured for the dataset 'code' there; what there is: chat, math."),
        (["--setting", "pilot"], "Nothing was measured for the setting 'pilot' there; what there is: lab, unknown."),
        (["--setting", "lunar"], "invalid value for '--setting': 'lunar'"),
        (["--split", "dev"], "what there is: the one without a name."),
    ],
)
def test_wrong_names_are_told_with_what_there_is(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(["leaderboard", *arguments]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""


def test_a_problem_without_measurements_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    store = build_store(tmp_path, record("p1"))
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    assert main(["leaderboard"]) == 2
    assert "has measured anything yet" in capsys.readouterr().err


def test_a_value_that_is_illustrative_has_a_mark_that_a_line_explains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def lab(value: float, basis: Basis) -> tuple[Measurement, ...]:
        return (measured(value, setting=Setting.LAB, basis=basis),)

    store = build_store(
        tmp_path,
        record("printed", measurements=lab(0.9, Basis.PUBLISHED)),
        record("made up", measurements=lab(0.8, Basis.ILLUSTRATIVE)),
        record("b", Role.BASELINE, measurements=lab(0.3, Basis.ILLUSTRATIVE)),
        record("f", Role.REFERENCE, bound=Bound.FLOOR, measurements=lab(0.1, Basis.ILLUSTRATIVE)),
        record("c", Role.REFERENCE, bound=Bound.CEILING, measurements=lab(1.0, Basis.PUBLISHED)),
    )
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    assert main(["leaderboard"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "best baseline 0.300*, Title of b; floor 0.100*; ceiling 1.000"
    assert lines[2] == "A value with * is illustrative."
    head, *rows = lines[4:10]
    values = {row.rpartition("Title of ")[2]: row[4:12] for row in rows}
    assert values == {"c": "  1.000 ", "printed": "  0.900 ", "made up": "  0.800*", "b": "  0.300*", "f": "  0.100*"}
    assert head[4:12] == "   value"


def test_what_rests_on_less_than_it_should_is_marked_and_its_test_is_in_the_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def lab(value: float, error: float | None = None, n: int | None = None) -> tuple[Measurement, ...]:
        return (measured(value, setting=Setting.LAB, standard_error=error, n_seeds=n),)

    store = build_store(
        tmp_path,
        *(record(f"p{i}", measurements=lab(0.5 + i / 100, 0.01, 5)) for i in range(4)),
        record("one run", measurements=lab(0.8, None, 1)),
        record("unsaid", measurements=lab(0.7, 0.01)),
        record("absurd", measurements=lab(1e13, 0.01, 5)),
        record("b", Role.BASELINE, measurements=lab(0.3, 0.02, 5)),
    )
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    assert main(["leaderboard"]) == 0
    out = capsys.readouterr().out
    rows = {line.rpartition("Title of ")[2]: line for line in out.splitlines() if "  Title of " in line}
    assert [cell[-1] == "?" for cell in rows["one run"].split()[:5]] == [False] * 3 + [True] * 2
    assert rows["unsaid"].rstrip().split()[-5] == "<.001?"
    assert "?" not in rows["p3"]
    assert rows["p3"].index("<.001") == rows["unsaid"].index("<.001")
    assert "p with ? stands on less than it should" in out
    assert "A shrunken value with ? tells no noise of its own" in out
    assert "1 value (it is 1.00e+13) is neither ranked nor tested nor shrunken" in out
    assert main(["leaderboard", "--csv"]) == 0
    cells = {r["title"]: r for r in csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))}
    assert {title.removeprefix("Title of "): r["procedure"] for title, r in cells.items()} == {
        "p0": "Welch t", "p1": "Welch t", "p2": "Welch t", "p3": "Welch t", "one run": "Crawford–Howell t",
        "unsaid": "normal, n unknown", "absurd": "", "b": "",
    }  # fmt: skip
    assert cells["Title of one run"]["shrunken_note"] == "that between the seeds of the other proposals"
    assert {cells["Title of p0"]["shrunken_note"], cells["Title of unsaid"]["shrunken_note"]} == {""}
    absurd = cells["Title of absurd"]
    assert {absurd[name] for name in ("p", "adjusted_p", "shrunken", "difference", "difference_low")} == {""}
    assert absurd["difference_note"] == "Not tested: nothing is measured that is 1e12 or more in size."


def test_a_gap_that_is_not_resolved_leaves_its_cells_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def both(share: float, accuracy: float) -> tuple[Measurement, ...]:
        return (
            measured(share, setting=Setting.LAB, standard_error=0.01, n_seeds=5),
            measured(accuracy, metric="acc", setting=Setting.LAB, standard_error=0.01, n_seeds=5),
        )

    metrics = (Metric("pgr", Direction.HIGHER, derived_from=("acc",)), Metric("acc", Direction.HIGHER))
    store = build_store(tmp_path)
    import_records(
        store,
        *(record(f"p{i}", measurements=both(0.5 + i / 10, 0.6 + i / 100)) for i in range(4)),
        record("b", Role.BASELINE, measurements=both(0.2, 0.58)),
        record("f", Role.REFERENCE, bound=Bound.FLOOR, measurements=both(0.0, 0.7)[1:]),
        record("c", Role.REFERENCE, bound=Bound.CEILING, measurements=both(1.0, 0.5)[1:]),
        problem=replace(PROBLEM, metrics=metrics),
    )
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    assert main(["leaderboard"]) == 0
    out = capsys.readouterr().out
    assert "(the floor is better than the ceiling): there is no interval, no test and no shrinkage for any" in out
    assert "the metric beneath, ACC, says how they differ" in out
    assert " to " not in out.partition("Title of p")[2].partition("\n\n")[0]
    assert not {"floor 0.000", "<.001"} & set(out.split("  "))
    assert main(["leaderboard", "--csv"]) == 0
    for row in csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")):
        empty = ("low", "high", "difference", "difference_low", "p", "adjusted_p", "shrunken", "procedure")
        assert {row[name] for name in empty} == {""}
        assert row["interval_note"] == "No interval: the gap between floor and ceiling is not resolved."


def test_the_problem_may_be_named_as_elsewhere(table: Path, capsys: Capture) -> None:
    assert main(["leaderboard", PROBLEM.slug]) == 0
    printed = capsys.readouterr().out
    for named in (["--problem", PROBLEM.slug], [PROBLEM.slug, "--problem", PROBLEM.slug]):
        assert main(["leaderboard", *named]) == 0
        assert capsys.readouterr().out == printed
    for command in ("leaderboard", "target"):
        assert main([command, PROBLEM.slug, "--problem", "other"]) == 2
        assert "two are named" in capsys.readouterr().err
        assert main([command, "--problem", "other"]) == 2
        assert "other" in capsys.readouterr().err
