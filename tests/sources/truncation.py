"""Cutting a file off at every byte: what is then read is what stood there, or is refused; never something else."""

import os
from collections.abc import Callable
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance
from reviewer.sources.contract import Stated

from .reading import read_all

CUT_OFF = "may be cut off"
"""What the place of a record says whose end the file does not mark, so that nobody can tell that it is whole."""


def _placeless(record: MethodRecord) -> MethodRecord:
    return record._replace(provenance=Provenance("", ""), raw=None)


def is_never_misread(
    path: Path,
    *,
    root: Path | None = None,
    problem: str | None = None,
    format_name: str | None = None,
    stated: Stated | None = None,
    same: Callable[[MethodRecord], object] = _placeless,
) -> int:
    """Read ``root`` (the file itself where none is given) with the file cut at each byte; return how much was read.

    Each cut may be refused in a sentence. Whatever is read is a record of the whole file, word for word and number for
    number, but for where it stands; or its place says that it may be cut off. ``same`` is what is held against that of
    the whole file, where a format joins several lines to one method.

    Raises:
        AssertionError: when a record is read that does not stand there.
    """
    whole = path.read_bytes()
    start = root or path
    expected = read_all(start, problem=problem, format_name=format_name, stated=stated)
    methods = {(m.namespace, m.external_id, m.part): same(m) for m in expected.methods}
    remarks = {(r.namespace, r.external_id): r.text for r in expected.remarks}
    read = 0
    try:
        # From the end, since a file is cut off in a tenth of the time that it takes to write it anew.
        for length in reversed(range(len(whole))):
            os.truncate(path, length)
            try:
                found = read_all(start, problem=problem, format_name=format_name, stated=stated)
            except SourceError as error:
                if not str(error).strip():
                    raise AssertionError("refused without a word") from error
                continue
            for reject in found.rejects:
                assert reject.reason.strip()
            for method in found.methods:
                if CUT_OFF not in method.provenance.place:
                    read += 1
                    key = (method.namespace, method.external_id, method.part)
                    assert methods.get(key) == same(method), f"cut at {length}: {method}"
            for remark in found.remarks:
                if CUT_OFF not in remark.provenance.place:
                    read += 1
                    assert remarks.get((remark.namespace, remark.external_id)) == remark.text, f"cut at {length}"
    finally:
        path.write_bytes(whole)
    return read
