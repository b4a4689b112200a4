"""Small Inspect logs of our own: their headers, and archives around them that are whole or damaged in one way."""

import json
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from .reading import read_all

if sys.version_info >= (3, 14):
    import zipfile as zstd_zipfile

    from compression.zstd import compress
else:
    from backports.zstd import compress
    from backports.zstd import zipfile as zstd_zipfile

STORED, DEFLATED, ZSTD = ZIP_STORED, ZIP_DEFLATED, 93


def metric(value: float | None, **more: Any) -> dict[str, Any]:
    """Return a metric as newer logs write it; its name is that of its key."""
    return {"name": "m", "value": value, "params": {}, **more}


def score(name: str = "match", *, scorer: str | None = None, **metrics: Any) -> dict[str, Any]:
    """Return one scorer's entry among the results."""
    return {
        "name": name,
        "scorer": scorer or name,
        "scored_samples": 40,
        "unscored_samples": 0,
        "params": {},
        "metrics": {key: m if isinstance(m, dict) else metric(m) for key, m in metrics.items()},
    }


def spec(**changes: Any) -> dict[str, Any]:
    """Return what was evaluated."""
    return {
        "eval_id": "eval-1",
        "run_id": "run-1",
        "created": "2026-01-02T03:04:05-02:00",
        "task": "sums",
        "task_id": "task-1",
        "task_version": 0,
        "task_args": {"level": 3, "hard": True},
        "dataset": {"name": "sums-test", "samples": 100, "sample_ids": [1, 2]},
        "model": "acme/adder-2",
        "model_args": {},
        "config": {"limit": 40, "epochs": 1, "message_limit": 20},
        "revision": {"type": "git", "origin": "git@example.org:a/b.git", "commit": "abc1234"},
        "tags": ["nightly"],
        "metadata": {"arm": "control"},
        "scorers": [{"name": "match", "metrics": [{"name": "inspect_ai/accuracy"}, {"name": "inspect_ai/stderr"}]}],
        **changes,
    }


def log(*, eval: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return the header of a log that ended well, changed in some of its fields; None takes one away."""
    whole = {
        "version": 2,
        "status": "success",
        "eval": spec(**(eval or {})),
        "plan": {
            "name": "plan",
            "steps": [
                {"solver": "system_message", "params": {"template": "Add up.\n```\nNo more.\n"}},
                {"solver": "generate", "params": {}},
            ],
            "config": {"temperature": 0.5},
        },
        "results": {
            "total_samples": 40,
            "completed_samples": 40,
            "scores": [score(accuracy=0.75, stderr=0.07)],
        },
        "stats": {"started_at": "2026-01-02T05:04:05+00:00", "completed_at": "2026-01-02T05:09:05+00:00"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def write_json(path: Path, header: Any) -> Path:
    """Write a log as one JSON document, with the samples that stand in it."""
    samples = [
        {"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}},
        {"id": 2, "scores": {"match": {"value": "I"}}},
    ]
    body = {**header, "samples": samples, "reductions": []} if isinstance(header, dict) else header
    path.write_text(json.dumps(body))
    return path


def write_eval(path: Path, header: Any, *, method: int = DEFLATED, start: Any = None) -> Path:
    """Write a log as an archive; with no header it is that of a run which was cut off."""
    samples = json.dumps({"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}}).encode()
    members: dict[str, bytes] = {}
    begun = start if start is not None else header
    if isinstance(begun, dict):
        members["_journal/start.json"] = json.dumps({k: begun.get(k) for k in ("version", "eval", "plan")}).encode()
    members["samples/1_epoch_1.json"] = samples
    if header is not None:
        members["summaries.json"] = b"[]"
        members["header.json"] = header if isinstance(header, bytes) else json.dumps(header).encode()
    return write_archive(path, members, method=method)


def write_archive(path: Path, members: Mapping[str, bytes], *, method: int = DEFLATED) -> Path:
    """Write an archive with these members."""
    with zstd_zipfile.ZipFile(path, "w", compression=method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_lying_archive(path: Path, data: bytes, *, method: int, stated: int) -> Path:
    """Write an archive whose one member, the header, holds other than the ``stated`` number of bytes."""
    packed = compress(data) if method == ZSTD else _deflated(data)
    write_archive(path, {"header.json": packed}, method=STORED)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 10 : at + 12] = method.to_bytes(2, "little")
    raw[at + 16 : at + 20] = zlib.crc32(data).to_bytes(4, "little")
    raw[at + 24 : at + 28] = stated.to_bytes(4, "little")
    path.write_bytes(raw)
    return path


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def patched(path: Path, offset_in_directory: int, value: bytes) -> Path:
    """Change bytes of the directory's entry on the header."""
    raw = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        names = archive.namelist()
    at = -1
    for _ in range(names.index("header.json") + 1):
        at = raw.index(b"PK\x01\x02", at + 1)
    raw[at + offset_in_directory : at + offset_in_directory + len(value)] = value
    path.write_bytes(raw)
    return path


def refused(path: Path) -> str:
    """Return why the one file at a path is refused."""
    records = read_all(path, format_name="inspect")
    (reject,) = records.rejects
    assert not records.methods
    assert reject.file == str(path)
    return reject.reason
