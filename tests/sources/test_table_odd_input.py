"""Tables that say a thing in an odd way: no number is changed, no value goes to another column, no row is lost."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import UnknownFields
from reviewer.sources import parquet_rows, raw_rows
from reviewer.sources.contract import Stated
from reviewer.sources.parquet_rows import objects_of
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap

from .reading import Records, read_all

WIDE = TableMap(id=("name",), problem=Said("p"), measurements=(MeasuredColumn(Said("accuracy"), "acc"),))


def read(folder: Path, content: str | bytes, mapping: TableMap = WIDE) -> Records:
    path = folder / "table"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_all(path, stated=Stated(table_map=mapping))


def told(records: Records) -> list[tuple[str, str]]:
    return [(reject.place, reject.reason) for reject in records.rejects]


def values(records: Records) -> list[tuple[str, float | None]]:
    return [(method.external_id, method.measurements[0].value) for method in records.methods]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them_and_a_quoted_cell_may_hold_an_end(end: str, tmp_path: Path) -> None:
    found = read(tmp_path, end.join(["name,acc", f'"a{end}x",1', "b\0c,2", "d\u2028e,-0", ""]))
    assert not found.rejects
    (ids, numbers) = zip(*values(found), strict=True)
    assert [each.replace("\r", "\n") for each in ids] == ["a\nx", "b\0c", "d\u2028e"]
    assert numbers == (1, 2, 0)
    assert found.methods[1].provenance.place == "line 4"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("\uff15", "acc is '\uff15', which is no number; missing"),
        ("1.000,5", "acc is '1.000,5', which is no number; decimal"),
        ("12,50", "acc is '12,50', which is no number; decimal"),
        ("1,000.5", "acc is '1,000.5', which is no number; thousands"),
        ("1,000", 'parts thousands, decimal = "," that it is a decimal one: which of the two is for you to say'),
        ("-12,000", "which of the two is for you to say"),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_refused(cell: str, reason: str, tmp_path: Path) -> None:
    ((place, said),) = told(read(tmp_path, f"name\tacc\na\t{cell}\n"))
    assert place == "line 2"
    assert reason in said


@pytest.mark.parametrize("cell", ["1_774_958_400", "\uff11774958400", "infinity", "nan", "0x10"])
def test_a_time_that_counts_seconds_is_written_in_plain_digits(cell: str, tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), time="when", time_format="epoch")
    assert told(read(tmp_path, f"name,when\na,{cell}\n", mapping)) == [
        ("line 2", f"when is {cell!r}, which is no time as 'epoch' has it.")
    ]


def test_what_stands_twice_in_an_object_refuses_its_row(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '{"name": "a", "acc": 1, "acc": 2}\n{"name": "b", "acc": 1, "x.y": "2", "x": {"y": 1}}\n'
        '{"name": "c", "acc": 3}\n',
    )
    assert told(found) == [
        ("line 1", "It has 'acc' twice in one object: nobody knows which of the two is meant."),
        ("line 2", "It has the column 'x.y' twice, as a field and within another, and they differ."),
    ]
    assert values(found) == [("c", 3)]
    with pytest.raises(SourceError, match="'acc' twice in one object"):
        read(tmp_path, '[{"name": "a", "acc": 1, "acc": 2}]')


def test_columns_without_a_name_lose_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, ",name,,acc,\n0,a,lost,1,\n1,b,,2,x\n")
    assert values(found) == [("a", 1), ("b", 2)]
    assert [method.raw for method in found.methods] == [
        {"": "", "(column 1)": "0", "(column 3)": "lost", "name": "a", "acc": "1"},
        {"": "x", "(column 1)": "1", "name": "b", "acc": "2"},
    ]
    (left_over,) = [each for each in found if isinstance(each, UnknownFields)]
    assert dict(left_over.names) == {"(column 1)": 2, "(column 3)": 1, "": 1}


def test_behind_a_cell_that_does_not_end_nothing_is_taken_for_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_rows, "_LONGEST_CELL", 40)
    found = read(tmp_path, 'name,acc\na,1\n"' + "x,1\n" * 30 + '",1\nb,2\n')
    assert values(found) == [("a", 1)]
    ((place, reason),) = told(found)
    assert place.startswith("lines 3 to ")
    assert reason.startswith("It has a cell of more than 40 letters: where that ends is not known")


def test_a_cell_of_ten_megabytes_costs_its_own_row(tmp_path: Path) -> None:
    found = read(tmp_path, f"name,acc\n{'x' * 10_000_000},1\nb,2\n")
    assert told(found) == [("line 2", "A text of it is longer than 5,000,000 characters.")]
    assert values(found) == [("b", 2)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name,acc\na,1\n".encode("utf-16-le"), "its first line has NUL in it, as UTF-16 has; save it in UTF-8"),
        ("name,acc\na,1\n".encode("utf-16"), "is UTF-16; save it in UTF-8"),
        ("name,acc\n\xe4,1\n".encode("latin-1"), "is not UTF-8 in line 2; save it in UTF-8"),
    ],
)
def test_another_encoding_is_told_in_a_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path, content)


def cells(folder: Path, column: Any) -> list[Any]:
    """Return what the rows of a Parquet file with one column say."""
    path = folder / "table.parquet"
    pq.write_table(pa.table({"name": column}), path)
    return [row["name"] for row in objects_of(path, lambda _: None)]


IDENTITY = uuid.UUID(int=2**127 + 1)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([Decimal(12345678901234567890), Decimal(12345678901234567891)], pa.decimal128(38, 0)),
         [12345678901234567890, 12345678901234567891]),
        (pa.array([Decimal("0.25")], pa.decimal128(10, 2)), [0.25]),
        (pa.array([b"exp-1", b"exp-2", None]), ["exp-1", "exp-2", None]),
        (pa.array([b"\x80" * 16, b"\x81" * 16], pa.binary(16)), ["hex:" + "80" * 16, "hex:" + "81" * 16]),
        (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([IDENTITY.bytes], pa.binary(16))), [str(IDENTITY)]),
        (pa.array([datetime(2026, 3, 31, 12, tzinfo=UTC)], pa.timestamp("ns", "UTC")), ["2026-03-31T12:00:00+00:00"]),
        (pa.array([2**64 - 1], pa.uint64()), [2**64 - 1]),
    ],
)  # fmt: skip
def test_what_parquet_holds_stays_apart_and_as_it_is(column: Any, said: Sequence[Any], tmp_path: Path) -> None:
    assert cells(tmp_path, column) == said


@pytest.mark.parametrize("column", [pa.array([10**18], pa.timestamp("us")), pa.array([10**8], pa.date32())])
def test_a_time_that_no_calendar_has_is_told_and_no_fault_of_ours(column: Any, tmp_path: Path) -> None:
    (said,) = cells(tmp_path, column)
    assert "out of range" in said


# What makes the hex form of one a text that another may be.
ALMOST_ALIKE = st.recursive(
    st.binary(max_size=3) | st.sampled_from([b"\xff" * 100, b"\x00"]),
    lambda inner: (
        inner.map(lambda data: f"hex:{data.hex()}".encode())
        | inner.map(lambda data: data.hex().encode())
        | inner.map(lambda data: f"({len(data)} bytes, sha256 {sha256(data).hexdigest()})".encode())
    ),
    max_leaves=4,
)


@given(values=st.lists(ALMOST_ALIKE, unique=True))
@example(values=[b"\xab\xcd", b"abcd", b"hex:abcd", b"", b"\x00", b"00"])
def test_bytes_that_differ_are_told_apart_whatever_text_they_are(
    values: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = cells(tmp_path_factory.mktemp("in"), pa.array(values, pa.binary()))
    assert len(set(said)) == len(values)


def test_long_bytes_that_differ_are_told_apart(tmp_path: Path) -> None:
    one, other = cells(tmp_path, pa.array([b"\xff" * 1000, b"\xfe" * 1000]))
    assert one.startswith("(1000 bytes, sha256 ")
    assert one != other


def test_a_small_parquet_file_that_says_it_is_vast_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_rows, "UNPACKED", (100_000, 20))
    with pytest.raises(SourceError, match=r"the column 'name' says that it is [\d,]+ bytes in [\d,]+; nothing of it"):
        cells(tmp_path, pa.array(["x" * 1_000_000]))
    with pytest.raises(SourceError, match=r"says that it has 2,000,000 rows in [\d,]+ bytes, which can only be one"):
        cells(tmp_path, pa.array([1]).take(pa.array([0] * 2_000_000)))


def test_of_texts_that_can_be_long_few_are_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_rows, "LARGE_TEXTS", 1_000)
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"name": pa.array(["x" * 2_000] * 500)}), path)
    with pq.ParquetFile(path) as file:
        assert parquet_rows._at_once(file.metadata.row_group(0)) == parquet_rows.FEW_AT_ONCE
    assert len(list(objects_of(path, lambda _: None))) == 500
