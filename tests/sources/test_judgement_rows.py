"""Reviews of a file as a map declares their columns: whatever is in the file, it is read or told in a sentence."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.scales import Scale
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.judgement_map import JudgementMap, TextColumn
from reviewer.sources.judgement_map_draft import draft_of
from reviewer.sources.judgement_rows import ReviewFile, ReviewRow, read_raw_rows, read_review_rows
from reviewer.sources.map_table import read_map

WHOLE = JudgementMap(
    proposal="id", reviewer="who", time="when", scales=(("score", Scale("score", "interval", 1, 10)),),
    verdict="decision", verdict_words=(("yes", Verdict.SURVIVES), ("?", None)), forecast="p", forecast_unit=100.0,
    texts=(TextColumn("good", "Strengths"), TextColumn("bad", "Weaknesses"), TextColumn("said")), tags="tags",
    missing=frozenset(("n/a",)),
)  # fmt: skip
COLUMNS = ("id", "who", "when", "score", "decision", "p", "good", "bad", "said", "tags")


def as_it_is(cell: str) -> str:
    return cell


def read_all(path: Path, **cells: str) -> ReviewFile:
    path.write_text(json.dumps(dict.fromkeys(COLUMNS, "") | {"id": "p1", "who": "Ann", "score": "5"} | cells) + "\n")
    return read_review_rows(path, WHOLE, as_it_is)


def read(path: Path, **cells: str) -> ReviewRow:
    found = read_all(path, **cells)
    assert found.rejects == ()
    return found.rows[0]


def test_texts_stand_under_their_headings(tmp_path: Path) -> None:
    row = read(tmp_path / "r.jsonl", good="New.", bad="", said="Fine.")
    assert row.rationale == "## Strengths\n\nNew.\n\nFine."


def test_what_says_nothing_is_left_open(tmp_path: Path) -> None:
    row = read(tmp_path / "r.jsonl", score="N/A", decision="?", p="60 %")
    assert (row.scores, row.verdict, row.forecast, row.at) == ({}, None, 0.6, "")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-31", "2026-03-31T00:00:00.000Z"),
        ("2026-03-31T12:00:00+02:00", "2026-03-31T10:00:00.000Z"),
        ("2026-03-31 12:00", "2026-03-31T12:00:00.000Z"),
    ],
)
def test_a_time_without_a_zone_is_taken_for_utc(written: str, at: str, tmp_path: Path) -> None:
    assert read(tmp_path / "r.jsonl", when=written).at == at


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"score": "1_0"}, "score is '1_0', which is no number."),
        ({"score": "nan"}, "score is 'nan', which is no number."),
        ({"p": "101"}, "The forecast 101 is outside 0 to 100."),
        ({"p": "inf"}, "The forecast 'inf' is no number."),
        ({"when": "soon"}, "The time 'soon' is none such as 2026-03-31T12:00:00Z; [time] format tells another form."),
        ({"decision": "no"}, "The verdict 'no' is none of those in [verdict.words]: yes, ?."),
    ],
)
def test_what_is_none_of_it_is_rejected_for_that_reason(cells: dict[str, str], why: str, tmp_path: Path) -> None:
    found = read_all(tmp_path / "r.jsonl", **cells)
    assert found.rows == ()
    assert [(reject.place, reject.reason) for reject in found.rejects] == [("line 1", why)]


_CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, _CELL)), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_each_row_is_taken_or_rejected(rows: list[dict[str, str]], tmp_path: Path) -> None:
    path = tmp_path / "any.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = read_review_rows(path, WHOLE, as_it_is)
    assert len(found.rows) + len(found.rejects) == len(rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200))
def test_whatever_the_file_is_it_is_read_or_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        raw = read_raw_rows(path, as_it_is)
    except SourceError:
        return
    (tmp_path / "map.toml").write_text(draft_of(raw, path.name))
    drafted = read_map(tmp_path / "map.toml", lambda top: top.names())
    assert drafted == ("proposal", "reviewer")


@pytest.mark.parametrize(
    ("column", "cells", "unit"),
    [
        ("P(survival) prob", ("0.1", "0.9"), "probability"),
        ("Forecast", ("0.5", "1"), "probability"),
        ("how likely in %", ("5", "80", "100"), "percent"),
        ("forecast", ("0", "1"), None),
        ("forecast", ("20", "120"), None),
        ("chance", ("-1", "0.5"), None),
        ("novelty", ("0.1", "0.9"), None),
        ("overall", ("10", "90"), None),
    ],
)
def test_a_forecast_is_suggested_for_what_its_name_and_its_numbers_say_is_one(
    column: str, cells: Sequence[str], unit: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("".join(json.dumps({"id": f"p{n}", column: cell}) + "\n" for n, cell in enumerate(cells)))
    drafted = draft_of(read_raw_rows(path, as_it_is), path.name)
    assert (f'# unit = "{unit}"' in drafted) is (unit is not None)
    assert ("[forecast]" in drafted) is (unit is not None)
    assert ("[scales." in drafted) is (unit is None)
