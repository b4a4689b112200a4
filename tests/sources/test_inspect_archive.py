"""Logs of Inspect as archives: whole, damaged and hostile ones, and those that Inspect itself is asked for."""

import json
import math
import struct
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.sources import inspect_archive, inspect_logs

from .inspect_fixture import (
    DEFLATED,
    STORED,
    ZSTD,
    log,
    patched,
    refused,
    score,
    write_archive,
    write_eval,
    write_json,
    write_lying_archive,
)
from .reading import read_all
from .truncation import is_never_misread


@pytest.fixture(autouse=True)
def without_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Inspect not be installed, whatever the machine has."""
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    monkeypatch.setitem(sys.modules, "inspect_ai.log", None)


def more_members(path: Path) -> None:
    raw = bytearray(write_eval(path, log()).read_bytes())
    at = raw.rindex(b"PK\x05\x06")
    raw[at + 10] = 9
    path.write_bytes(raw)


DEEP = b'{"version":2,"status":"success","eval":' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda p: p.write_bytes(b"PK\x03\x04"), "cannot be read as a ZIP archive"),
        (lambda p: p.write_bytes(b"PK\x05\x06" + bytes(18)), "holds neither header.json nor _journal/start.json"),
        (lambda p: write_archive(p, {"samples/1_epoch_1.json": b"{}"}), "holds neither header.json nor _journal"),
        (lambda p: write_archive(p, {"_journal/start.json": b"{}", "summaries.json": b""}), "it holds summaries.json"),
        (more_members, "is damaged: 9 members are said to be in it, 4 are"),
        (lambda p: write_eval(p, b"nothing"), "header.json in it is not JSON: expecting value"),
        (lambda p: write_eval(p, b"[1]"), "is no Inspect log: it must be an object"),
        (lambda p: write_eval(p, DEEP), "header.json in it is nested more than 100 levels deep"),
        (lambda p: write_eval(p, b"[" * 100_000), "header.json in it is nested more than 100 levels deep"),
        (lambda p: patched(write_eval(p, log()), 8, b"\x01"), "header.json in it is encrypted"),
        (lambda p: patched(write_eval(p, log()), 16, b"\0\0\0\0"), "header.json in it is damaged: its checksum"),
        (lambda p: patched(write_eval(p, log()), 10, b"\x0e\0"), "header.json in it is compressed by the method 14"),
        (lambda p: patched(write_eval(p, log()), 24, b"\xff\xff\xff\x7f"), "header.json in it is larger than 64 MiB"),
        (lambda p: patched(write_eval(p, log()), 24, b"\x09\0\0\0"), "header.json in it holds more than the 9 bytes"),
        (lambda p: patched(write_eval(p, log()), 24, b"\xff\xff\0\0"), "in it holds less than the 65,535 bytes"),
        (lambda p: patched(write_eval(p, log(), method=ZSTD), 24, b"\x09\0\0\0"), "holds more than the 9 bytes"),
        (lambda p: patched(write_eval(p, log(), method=STORED), 10, b"\x5d\0"), "zstd in it cannot be unpacked"),
        (lambda p: patched(write_eval(p, log(), method=STORED), 10, b"\x08\0"), "header.json in it cannot be unpacked"),
        (lambda p: patched(write_eval(p, log()), 6, b"\xff\0"), "cannot be read as a ZIP archive"),
    ],
)  # fmt: skip
def test_an_archive_that_is_no_log_or_lies_is_one_sentence(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    path = tmp_path / "x.eval"
    make(path)
    assert reason in refused(path)


@pytest.mark.parametrize("method", [DEFLATED, ZSTD])
def test_a_bomb_is_unpacked_no_further_than_it_says(tmp_path: Path, method: int) -> None:
    path = write_lying_archive(tmp_path / "x.eval", bytes(60_000_000), method=method, stated=1000)
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    try:
        assert "header.json in it holds more than the 1,000 bytes" in refused(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_a_directory_beyond_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_archive, "MAX_DIRECTORY", 1000)
    path = write_archive(tmp_path / "x.eval", {f"samples/{n}_epoch_1.json": b"{}" for n in range(100)})
    assert "is a ZIP archive whose directory has" in refused(path)
    raw = bytearray(path.read_bytes())
    end = raw.rindex(b"PK\x05\x06")
    size, offset = struct.unpack_from("<LL", raw, end + 12)
    wide = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 100, 100, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    raw[end + 12 : end + 16] = b"\xff" * 4
    path.write_bytes(raw[:end] + wide + locator + raw[end:])
    assert f"whose directory has {size:,} bytes" in refused(path)


def test_nothing_of_an_archive_is_written_whatever_its_members_are_called(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    members = {"header.json": json.dumps(log()).encode(), "../evil.json": b"{}", "/tmp/evil-abs.json": b"{}"}
    write_archive(folder / "x.eval", members)
    assert len(read_all(folder).methods) == 1
    assert [p.name for p in tmp_path.rglob("*")] == ["logs", "x.eval"]


def test_a_large_log_in_json_is_refused_with_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_logs, "MAX_FILE_BYTES", 100)
    told = refused(write_json(tmp_path / "x.json", log()))
    assert "a log in JSON is not read" in told
    assert "`pip install 'reviewer[inspect]'`" in told


class _StandIn:
    """In place of Inspect: what it reads, or why it cannot."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bool]] = []

    def read_eval_log(self, location: str, header_only: bool = False) -> "_StandIn":
        self.asked.append((location, header_only))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self

    def model_dump(self, *, mode: str, exclude_none: bool) -> Any:
        assert (mode, exclude_none) == ("json", True)
        return self.answer


@pytest.mark.parametrize(
    "make",
    [
        lambda p: write_eval(p, log(version=3)),
        lambda p: write_json(p, log(version=3)),
        lambda p: patched(write_eval(p, log()), 10, b"\x0e\0"),
    ],
)
def test_what_is_not_known_here_is_asked_of_inspect_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "x.eval")
    assert "with `pip install 'reviewer[inspect]'` Inspect itself is asked for it" in refused(path)
    found = _StandIn(log(results={"completed_samples": 40, "scores": [score(accuracy=math.nan, mean=0.5, stderr=0.1)]}))
    monkeypatch.setitem(sys.modules, "inspect_ai.log", found)
    monkeypatch.setitem(sys.modules, "inspect_ai", found)
    (method,) = read_all(path, format_name="inspect").methods
    assert found.asked == [(str(path), True)]
    assert method.provenance.place == "as Inspect itself reads it"
    assert [(m.metric, m.value) for m in method.measurements] == [("match/accuracy", None), ("match/mean", 0.5)]
    found.answer = ValueError("Unable to read\nversion 9")
    assert refused(path).endswith("Inspect itself cannot read it either (Unable to read version 9)")
    found.answer = {}
    assert refused(path).startswith("is no Inspect log")


@pytest.mark.parametrize("method", [DEFLATED, ZSTD])
def test_an_archive_that_is_cut_off_is_never_misread(tmp_path: Path, method: int) -> None:
    header = log(eval={"dataset": {"name": "d"}, "scorers": []}, plan={}, stats={})
    assert is_never_misread(write_eval(tmp_path / "x.eval", header, method=method)) == 0


@given(at=st.integers(0, 2000), data=st.binary(min_size=1, max_size=12), method=st.sampled_from([DEFLATED, ZSTD]))
@settings(max_examples=300, deadline=None)
def test_an_archive_with_any_bytes_in_it_is_the_log_or_a_reject(
    tmp_path_factory: pytest.TempPathFactory, at: int, data: bytes, method: int
) -> None:
    path = write_eval(tmp_path_factory.mktemp("any") / "x.eval", log(), method=method)
    (whole,) = read_all(path).methods
    raw = bytearray(path.read_bytes())
    at %= len(raw)
    raw[at : at + len(data)] = data
    path.write_bytes(raw)
    records = read_all(path, format_name="inspect")
    assert len(records.methods) + len(records.rejects) == 1
    assert all(
        m.revision_hash() == whole.revision_hash() for m in records.methods if m.provenance.place == "header.json"
    )
