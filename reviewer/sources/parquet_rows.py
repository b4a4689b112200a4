"""The rows of a Parquet file, a few at a time; it is read by pyarrow, which an extra brings."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.sources.contract import Progress
from reviewer.sources.files import reason, size_of

AT_ONCE = 1_000
"""Rows that are held in memory, where none of their texts can be large."""

FEW_AT_ONCE = 64
LARGE_TEXTS = 1024 * 1024
"""Bytes of a column's texts from which on few rows are held: a long one that is in the file once is held for each."""

BYTES_AT_ONCE = 256 * 1024 * 1024
"""Bytes of rows that are held in memory, by what they come to on average."""

ROWS_PER_BYTE = 100
"""A file that says it has more rows than so many for each of its bytes repeats one of them over and over."""

UNPACKED = (256 * 1024 * 1024, 200)
"""Bytes that a column of a part of the file may come to, and how many of each of its own where it comes to more."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHORT = 64
"""Bytes that are told each, where they are no text."""

_TOLD = re.compile(r"hex:(?:[0-9a-f]{2})+|\([0-9]+ bytes, sha256 [0-9a-f]{64}\)")
"""How bytes are told that are no text."""


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the names of the columns, without those within them.

    Raises:
        SourceError: when pyarrow is not there, the file cannot be read, or two columns have one name.
    """
    with _opened(path) as file:
        names = tuple(file.schema_arrow.names)
        nested = {field.name for field in file.schema_arrow if _is_nested(field.type)}
    if twice := [name for name in names if names.count(name) > 1]:
        raise SourceError(f"{path} has two columns {twice[0]!r}; give each a name of its own.")
    return tuple(name for name in names if name not in nested)


def _is_nested(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_struct(kind))


def objects_of(path: Path, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the rows, each as an object that JSON can say.

    Raises:
        SourceError: when pyarrow is not there, or the file cannot be read to its end.
    """
    with _opened(path) as file:
        from pyarrow import ArrowException

        total, rows, done = size_of((path,)), max(1, file.metadata.num_rows), 0
        _refuse_bomb(path, total, file.metadata)
        try:
            for part in range(file.num_row_groups):
                at_once = _at_once(file.metadata.row_group(part))
                for batch in file.iter_batches(batch_size=at_once, row_groups=[part]):
                    names = batch.schema.names
                    for values in zip(*map(_values, batch.columns), strict=True):
                        yield {name: _plain(value) for name, value in zip(names, values, strict=True)}
                    done += batch.num_rows
                    progress(total * done // rows)
        except (ArrowException, OSError, ValueError) as error:
            raise SourceError(
                f"{path}: is damaged after row {done:,} ({_first_line(error)}); fetch it again."
            ) from error


def _refuse_bomb(path: Path, size: int, metadata: Any) -> None:
    """Raise SourceError where a small file says that it holds more than anybody would have written."""
    if metadata.num_rows > ROWS_PER_BYTE * size:
        raise SourceError(
            f"{path}: says that it has {metadata.num_rows:,} rows in {size:,} bytes, which can only be one row over "
            "and over; nothing of it is read."
        )
    most, ratio = UNPACKED
    for part in range(metadata.num_row_groups):
        group = metadata.row_group(part)
        for number in range(group.num_columns):
            column = group.column(number)
            if column.total_uncompressed_size > max(most, ratio * column.total_compressed_size):
                raise SourceError(
                    f"{path}: the column {column.path_in_schema[:60]!r} says that it is "
                    f"{column.total_uncompressed_size:,} bytes in {column.total_compressed_size:,}; nothing of it is "
                    "read. If that is right, write it without compression."
                )


def _at_once(group: Any) -> int:
    """Return how many rows of a part of the file are read at once."""
    columns = map(group.column, range(group.num_columns))
    texts = [column.total_uncompressed_size for column in columns if column.physical_type == "BYTE_ARRAY"]
    most = FEW_AT_ONCE if max(texts, default=0) > LARGE_TEXTS else AT_ONCE
    return max(1, min(most, int(BYTES_AT_ONCE * group.num_rows // max(1, group.total_byte_size))))


def _values(column: Any) -> list[Any]:
    """Return the values of a column; times that Python has none for as the texts that they are."""
    from pyarrow import string, types

    try:
        found: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        if not types.is_temporal(column.type):
            raise
        found = column.cast(string()).to_pylist()
    return found


def _opened(path: Path) -> Any:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise SourceError(
            f"{path}: is Parquet, which pyarrow reads; install it with reviewer: pip install 'reviewer[parquet]'."
        ) from error
    try:
        return ParquetFile(path)
    except (ArrowException, OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read as Parquet ({_first_line(error)}); fetch it again.") from error


def _first_line(error: Exception) -> str:
    return (reason(error).splitlines() or [""])[0].rstrip(".")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        # A whole one may be an id, of which no digit may go.
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, bytes):
        return _text_of(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _text_of(data: bytes) -> str:
    """Return bytes as the text that many writers mean by them, else in hex: ids that differ have to stay different.

    So a text that reads as others are told is told in hex itself.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and (text.isprintable() or not _CONTROL.search(text)) and not _TOLD.fullmatch(text):
        return text
    return f"hex:{data.hex()}" if len(data) <= _SHORT else f"({len(data)} bytes, sha256 {sha256(data).hexdigest()})"
