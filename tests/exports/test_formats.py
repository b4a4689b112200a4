"""CSV and JSON Lines of hostile rows come back as they went."""

import csv
import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewer.exports.cells import restore_cell
from reviewer.exports.columns import Column, Kind
from reviewer.exports.formats import CsvText, JsonLinesText, Row

FIXED = (
    Column("title", Kind.TEXT, "t"),
    Column("value", Kind.NUMBER, "v"),
    Column("n", Kind.INTEGER, "n"),
    Column("flag", Kind.BOOLEAN, "f"),
    Column("tags", Kind.LIST, "l"),
    Column("seen", Kind.JSON, "s"),
)
OTHERS = (Column("scale", Kind.WORD, "r"), Column("scale_note", Kind.TEXT, "n"))


def csv_text(*, guard: bool = True, mark: bool = False) -> CsvText:
    return CsvText(FIXED, ["scale"], ("rating", "note"), OTHERS, guard=guard, mark=mark)


def row(title: Any = "t", value: Any = 0.5, **more: Any) -> Row:
    given = {"n": 3, "flag": 0, "tags": [], "seen": "{}", "note": ""} | more
    return Row(
        (title, value, given["n"], given["flag"], given["tags"], given["seen"]),
        {"scale": {"rating": "pass", "note": given["note"]}},
    )


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_lines_end_in_crlf_and_begin_with_the_names() -> None:
    text = csv_text()
    assert text.head() == "title,value,n,flag,tags,seen,scale,scale_note\r\n"
    assert text.rows([row()]) == "t,0.5,3,false,,{},pass,\r\n"


def test_quotes_commas_and_line_ends_are_quoted_as_rfc_4180_says() -> None:
    assert csv_text().rows([row('a "b", c\nd')]).startswith('"a ""b"", c\nd",0.5')


def test_what_another_program_takes_for_the_end_of_a_cell_stands_in_quotes() -> None:
    line = csv_text().rows([row("x;=1+1;y", note="x\t=1", tags=["a", "=b"])])
    assert line == '"x;=1+1;y",0.5,3,false,"a;=b",{},pass,"x\t=1"\r\n'
    assert csv_text().rows([row("ends in ;\t"), row("\r\n;\t")]).splitlines()[0].startswith('"ends in ;\t",0.5')


def test_a_negative_number_is_a_number_and_negative_text_is_not() -> None:
    cells = parsed(csv_text().rows([row("-0.5", -0.5, note="=1", tags=["-a", "b"])]))[0]
    assert cells == ["'-0.5", "-0.5", "3", "false", "'-a;b", "{}", "pass", "'=1"]


def test_raw_cells_are_as_they_are() -> None:
    assert csv_text(guard=False).rows([row("=1", note="@x")]) == "=1,0.5,3,false,,{},pass,@x\r\n"


def test_headers_are_guarded_too() -> None:
    text = CsvText(FIXED[:1], ["=x"], ("rating",), [Column("=x", Kind.WORD, "")], guard=True, mark=False)
    assert text.head() == "title,'=x\r\n"


def test_the_mark_stands_once_at_the_very_start() -> None:
    text = csv_text(mark=True)
    assert text.head().startswith("\ufefftitle")
    assert "\ufeff" not in text.rows([row()])


def test_nothing_rated_leaves_the_cells_empty() -> None:
    assert csv_text().rows([Row(("t", None, None, 1, [], "{}"))]) == "t,,,true,,{},,\r\n"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    cells = parsed(csv_text().rows([row(text, note=text)]))
    assert len(cells) == 1
    assert [restore_cell(cells[0][0]), restore_cell(cells[0][-1])] == [text, text]


def test_nul_is_shown_in_csv_and_kept_in_json_lines() -> None:
    assert csv_text().rows([row("a\0b")]).startswith("a␀b,")
    assert json.loads(JsonLinesText(FIXED, "ratings").rows([row("a\0b")]))["title"] == "a\0b"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_lines_have_types_and_one_line_a_row(text: str) -> None:
    written = JsonLinesText(FIXED, "ratings").rows([row(text, tags=[text], seen='{"a": [1]}'), row()])
    assert written.count("\n") == 2
    assert json.loads(written.split("\n")[0]) == {
        "title": text,
        "value": 0.5,
        "n": 3,
        "flag": False,
        "tags": [text],
        "seen": {"a": [1]},
        "ratings": {"scale": {"rating": "pass", "note": ""}},
    }


def test_json_lines_know_no_infinity() -> None:
    written = JsonLinesText(FIXED, None).rows([row(value=float("inf"))])
    assert json.loads(written, parse_constant=lambda name: name)["value"] is None


def test_json_lines_hold_no_control_character_and_read_back_as_they_were() -> None:
    text = "\x1b\x9b31m\x7f\u202e é"
    line = JsonLinesText(FIXED, "ratings").rows([row(text)])
    assert line.removesuffix("\n").isprintable()
    assert json.loads(line)["title"] == text
