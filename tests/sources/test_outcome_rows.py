"""Outcomes out of a CSV: what is read, and what is refused by line and reason."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Result, Setting
from reviewer.sources.outcome_rows import OutcomeFile, read_outcome_rows


def read(tmp_path: Path, content: str | bytes) -> OutcomeFile:
    path = tmp_path / "outcomes.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_outcome_rows(path, lambda text: text)


WHOLE = "Proposal,RESULT,date,effect,error,metric,setting,constraint,evidence,note,by\n"


def test_a_row_is_read_whole_and_what_it_leaves_out_stays_open(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f'{WHOLE}run-1/p1,Failed,2026-03-31,-5e-3,.004,pgr,held-out,scale,https://x.test,"two\nlines",noor\n\n'
        "run-1/p2,survived,2026-04-01\n",
    )
    assert found.rejects == ()
    one, two = found.rows
    assert one.outcome == Outcome(
        Result.FAILED,
        date(2026, 3, 31),
        "pgr",
        -0.005,
        0.004,
        Setting.HELD_OUT,
        "scale",
        "https://x.test",
        "two\nlines",
    )
    assert (one.named, one.by, one.line) == ("run-1/p1", "noor", 2)
    assert two.outcome == Outcome(Result.SURVIVED, date(2026, 4, 1))
    assert (two.by, two.line) == ("", 5)


@pytest.mark.parametrize(("cell", "chance"), [("0.3", 0.3), ("30%", 0.3), ("30 %", 0.3), ("1", 1.0), ("", None)])
def test_with_which_probability_it_was_chosen_is_read(tmp_path: Path, cell: str, chance: float | None) -> None:
    found = read(tmp_path, f"proposal,result,date,chosen_with\np,failed,2026-03-31,{cell}\n")
    assert [row.outcome.chosen_with for row in found.rows] == [pytest.approx(chance) if chance else None]
    assert found.unknown_columns == ()


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, delimiter: str, mark: str) -> None:
    text = "namespace,external_id,result,date,colour,setting\r\nrun-1,p/1,partly,2026-03-31,red,unknown\r\n"
    found = read(tmp_path, mark + text.replace(",", delimiter))
    assert [(r.named, r.outcome.result, r.outcome.setting) for r in found.rows] == [("run-1/p/1", Result.PARTLY, None)]
    assert found.unknown_columns == ("colour",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("run-1/p1,maybe,2026-03-31", "The result 'maybe' is none of survived, failed, partly, withdrawn."),
        ("run-1/p1,,2026-03-31", "The result '' is none of"),
        ("run-1/p1,failed,31.3.2026", "The date '31.3.2026' is no date; write it as 2026-03-31."),
        ("run-1/p1,failed,", "The date '' is no date"),
        (",failed,2026-03-31", "It names no proposal."),
        ('run-1/p1,failed,2026-03-31,"0,5"', "The effect '0,5' is no number."),
        ("run-1/p1,failed,2026-03-31,1_0", "The effect '1_0' is no number."),
        ("run-1/p1,failed,2026-03-31,1,x", "The error 'x' is no number."),
        ("run-1/p1,failed,2026-03-31,,,,moon", "The setting 'moon' is none of lab, held_out, pilot, production."),
        (f"run-1/p1,failed,2026-03-31{',' * 9}", "It has 12 cells, and the first line names 11 columns."),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_and_the_others_are_read(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, f"{WHOLE}{row}\nrun-1/p2,failed,2026-03-31\n")
    (reject,) = found.rejects
    assert (reject.place, len(found.rows)) == ("line 2", 1)
    assert reject.reason.startswith(reason)
    assert reject.raw


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"who,what\n", "has no column proposal and no column result and no column date"),
        (b"proposal,result\np,failed\n", "has no column date: outcomes are a CSV whose first line names"),
        (b"namespace,result,date\np,failed,2026-01-01\n", "has no column proposal"),
        (b"proposal,result,date,result\n", "has the columns result and result, which say the same"),
        (b"proposal,result,date\np,failed,2026-01-01\n\xff,failed,2026-01-01\n", "is not UTF-8 in line 3"),
        (b'proposal,result,date\n"p,failed,2026-01-01\n', "is no CSV from line 2 on"),
        (b'proposal,result,date\n"p"x,failed,2026-01-01\n', "is no CSV from line 2 on"),
    ],
)
def test_a_file_that_holds_no_outcomes_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path, content)


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SourceError, match="cannot be read"):
            read_outcome_rows(path, str)


@given(content=st.binary(max_size=200) | st.text(max_size=100).map(lambda t: f"{WHOLE}{t}".encode()))
def test_whatever_stands_in_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with suppress(SourceError):
        assert all(reject.reason for reject in read_outcome_rows(path, str).rejects)


def test_outcomes_that_are_cut_off_are_never_misread(tmp_path: Path) -> None:
    """But for words at the very end of a row that has all its cells."""
    whole = (
        f"{WHOLE}run-1/p1,failed,2026-03-31,-5e-3,.004,pgr,held-out,scale,,x,noor\nrun-1/p2,survived,2026-04-01,0.25\n"
    )
    rows = [row.outcome for row in read(tmp_path, whole).rows]
    assert len(rows) == 2
    for length in range(len(whole)):
        with suppress(SourceError):
            found = read(tmp_path, whole[:length])
            assert [row.outcome for row in found.rows] == rows[: len(found.rows)]
            assert all(reject.reason for reject in found.rejects)


@pytest.mark.parametrize("text", ["", "\ufeff", "\n \n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"is empty; outcomes are a CSV whose first line names the columns proposal"):
        read(tmp_path, text)
