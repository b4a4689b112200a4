"""Reviews of a file as a map declares their columns: whatever is in the file, it is read or told in a sentence."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Reject
from reviewer.domain.scales import Scale
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.judgement_map import JudgementMap, TextColumn
from reviewer.sources.judgement_map_draft import draft_of
from reviewer.sources.judgement_rows import ReviewRow, ReviewRows
from reviewer.sources.map_table import read_map
from reviewer.sources.raw_rows import RawRow, RawRows

WHOLE = JudgementMap(
    proposal="id", reviewer="who", time="when", scales=(("score", Scale("score", "interval", 1, 10)),),
    verdict="decision", verdict_words=(("yes", Verdict.SURVIVES), ("?", None)), forecast="p", forecast_unit=100.0,
    texts=(TextColumn("good", "Strengths"), TextColumn("bad", "Weaknesses"), TextColumn("said")), tags="tags",
    missing=frozenset(("n/a",)),
)  # fmt: skip
COLUMNS = ("id", "who", "when", "score", "decision", "p", "good", "bad", "said", "tags")


def as_it_is(cell: str) -> str:
    return cell


def read_all(path: Path, **cells: str) -> list[ReviewRow | Reject]:
    path.write_text(json.dumps(dict.fromkeys(COLUMNS, "") | {"id": "p1", "who": "Ann", "score": "5"} | cells) + "\n")
    return list(ReviewRows(path, WHOLE, as_it_is))


def read(path: Path, **cells: str) -> ReviewRow:
    (found,) = read_all(path, **cells)
    assert isinstance(found, ReviewRow)
    return found


def places_and_reasons(found: Iterable[RawRow | ReviewRow | Reject]) -> list[tuple[str, str]]:
    return [(each.place, each.reason if isinstance(each, Reject) else "") for each in found]


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
    assert places_and_reasons(read_all(tmp_path / "r.jsonl", **cells)) == [("line 1", why)]


def test_rows_come_in_the_order_of_the_file_with_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(b'\xef\xbb\xbfid;who;score\r\np1;"Ann\nK.";5\r\n\r\np2;Bo;5;6\r\np3;Bo;4')
    raw = RawRows(path, as_it_is)
    assert places_and_reasons(raw) == [
        ("line 2", ""), ("line 5", "It has 4 cells, and the first line names 3 columns."), ("line 6", ""),
    ]  # fmt: skip
    assert raw.columns == ("id", "who", "score")
    (first, *_) = raw
    assert isinstance(first, RawRow)
    assert first.cells == {"id": "p1", "who": "Ann\nK.", "score": "5"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "It is not JSON: expecting property name enclosed in double quotes (column 2)."),
        ("[1]", "It is no object."),
        ('{"who": "\\ud800"}', "It has half of a surrogate pair in it, which is no letter."),
        ('{"n": ' + "[" * 5_000 + "]" * 5_000 + "}", "It is nested more than 100 levels deep."),
    ],
)
def test_a_line_that_is_no_object_of_json_is_rejected_and_the_next_one_read(
    line: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(f'{{"id": "p1"}}\n{line}\n\n{{"id": "p2", "late": 1}}\n')
    raw = RawRows(path, as_it_is)
    assert places_and_reasons(raw) == [("line 1", ""), ("line 2", why), ("line 4", "")]
    assert raw.columns == ("id", "late")


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl"])
def test_what_is_not_utf8_is_told_by_its_line_wherever_it_stands(name: str, tmp_path: Path) -> None:
    row = b"p1,Ann\n" if name == "r.csv" else b'{"id": "p1", "who": "Ann"}\n'
    path = tmp_path / name
    path.write_bytes(row * 3_000 + row.replace(b"Ann", b"\xc4nn") + row * 10)
    with pytest.raises(SourceError, match=r"is not UTF-8 in line 3001; save it in UTF-8\."):
        list(RawRows(path, as_it_is))


def test_a_column_of_the_map_may_be_met_late_and_must_be_met(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    whole = dict.fromkeys(COLUMNS, "") | {"id": "p1", "who": "Ann", "score": "5"}
    begin = {name: cell for name, cell in whole.items() if name != "tags"}
    path.write_text(json.dumps(begin) + "\n")
    with pytest.raises(SourceError, match=r"has no column 'tags', which \[tags\] column names; it has id, who, "):
        list(ReviewRows(path, WHOLE, as_it_is))
    path.write_text(json.dumps(begin) + "\n" + json.dumps(whole) + "\n")
    assert places_and_reasons(ReviewRows(path, WHOLE, as_it_is)) == [("line 1", ""), ("line 2", "")]


_CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, _CELL)), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_each_row_is_taken_or_rejected(rows: list[dict[str, str]], tmp_path: Path) -> None:
    path = tmp_path / "any.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert len(list(ReviewRows(path, WHOLE, as_it_is))) == len(rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200))
def test_whatever_the_file_is_it_is_read_or_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        draft = draft_of(RawRows(path, as_it_is), path.name)
    except SourceError:
        return
    (tmp_path / "map.toml").write_text(draft)
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
    drafted = draft_of(RawRows(path, as_it_is), path.name)
    assert (f'# unit = "{unit}"' in drafted) is (unit is not None)
    assert ("[forecast]" in drafted) is (unit is not None)
    assert ("[scales." in drafted) is (unit is None)


@pytest.mark.parametrize("kind", ["csv", "lines", "list"])
def test_reviews_that_are_cut_off_are_never_misread(kind: str, tmp_path: Path) -> None:
    cells = [
        ("p1", "Ann", "2026-03-31", "5", "yes", "60", "Neẅ.", "", "x", "a"),
        ("p2", "Bo", "", "10", "", "", "", "", "", ""),
    ]
    objects = [dict(zip(COLUMNS, row, strict=True)) for row in cells]
    whole = {
        "csv": "\n".join(",".join(row) for row in (COLUMNS, *cells)) + "\n",
        "lines": "\n".join(map(json.dumps, objects)),
        "list": json.dumps(objects),
    }[kind].encode()
    path = tmp_path / "reviews"

    def rows(content: bytes) -> list[ReviewRow | Reject]:
        path.write_bytes(content)
        return list(ReviewRows(path, WHOLE, as_it_is))

    expected = rows(whole)
    assert [type(row) for row in expected] == [ReviewRow, ReviewRow]
    for length in range(len(whole)):
        with suppress(SourceError):
            found = [row for row in rows(whole[:length]) if isinstance(row, ReviewRow)]
            # The tags stand at the end of a line: of the last one that has all its cells they may be shorter.
            for row, stands_there in zip(found, expected, strict=False):
                assert isinstance(stands_there, ReviewRow)
                assert replace(row, tags=(), cells={}) == replace(stands_there, tags=(), cells={})
