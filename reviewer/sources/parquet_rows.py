"""The rows of a Parquet file, a few at a time; it is read by pyarrow, which an extra brings."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.sources.contract import Progress
from reviewer.sources.files import reason, size_of

AT_ONCE = 1_000
"""Rows that are held in memory."""


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
        try:
            for batch in file.iter_batches(batch_size=AT_ONCE):
                for row in batch.to_pylist():
                    yield {name: _plain(value) for name, value in row.items()}
                done += batch.num_rows
                progress(total * done // rows)
        except (ArrowException, OSError, ValueError) as error:
            raise SourceError(
                f"{path}: is damaged after row {done:,} ({_first_line(error)}); fetch it again."
            ) from error


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
        return float(value)
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return str(value) if isinstance(value, timedelta) else value
