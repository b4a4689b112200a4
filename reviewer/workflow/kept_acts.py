"""What people did, kept in a small file each day, and put back onto a store that was imported anew."""

import gzip
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.counted import counted
from reviewer.domain.errors import StoreError, UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.plain_files import open_plain
from reviewer.store.acts import Record, acts, anything_done, stamp_of_acts
from reviewer.store.backup import new_file
from reviewer.store.connection import Store, find_damage
from reviewer.store.health import WHOLE_CHECK_BYTES
from reviewer.store.migrations import open_store
from reviewer.store.refusals import damaged
from reviewer.store.restored import Restored
from reviewer.store.restoring_acts import restore_acts
from reviewer.workflow.backing_up import backups_folder, make_folder, place_for, refuse_own_files

KIND = "what people did in reviewer"
FORMAT = 4
"""1 has no outcomes, 2 no stages, protocols, adjudications, assignments and scores, 3 nothing of critiques."""
KEPT = 7
"""So many daily files are kept, and besides the one with the most events where that is an older one."""

_DAILY = re.compile(r"people-\d{4}-\d{2}-\d{2}\.jsonl\.gz")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of what people did: where it lies, its bytes, and how many events and outcomes it holds."""

    path: Path
    size: int
    events: int
    outcomes: int = 0


def keep_acts(store: Path, out: Path | None = None, *, force: bool = False, clock: Clock = utc_now) -> Kept:
    """Write what people did in a store, which may be in use, to ``out``; without one, beside it under the time.

    Raises:
        UserError: when ``out`` is taken by something that is no such file, unless ``force``.
        StoreError: when there is no store, or it cannot be read, or the file cannot be written.
    """
    name = f"people-{clock():%Y%m%dT%H%M%SZ}.jsonl.gz"
    if out is None:
        path = backups_folder(store) / name
    else:
        path = place_for(out, name)
        refuse_own_files(path, store)
        if path.exists() and not force and _head(path) is None:
            raise UserError(
                f"{path} is there already and holds nothing that was kept of what people did; name another file, or "
                "replace it by --force."
            )
    with closing(open_store(store, create=False, readonly=True)) as opened:
        if out is None:
            make_folder(path.parent)
        return _write(opened, path, clock)


def keep_daily(store: Store, clock: Clock = utc_now) -> Kept | None:
    """Write what people did in a store for today, unless that was done or nobody did anything since; return the file.

    Of older daily files the last seven are kept. Whatever else lies there is left alone.

    Raises:
        DamagedStoreError: when the store is damaged, so that no good file gives way to what is left.
        StoreGoneError: when another file lies where the store was.
        StoreError: when the store cannot be read or the file not be written.
    """
    folder = backups_folder(store.path)
    path = folder / f"people-{clock():%Y-%m-%d}.jsonl.gz"
    if path.exists():
        return None
    store.require_in_place()
    # A connection of its own: the transaction lasts as long as the writing does.
    with closing(Store(store.path, readonly=True)) as own:
        with own.read() as connection:
            stamp = stamp_of_acts(connection)
        before = _daily(folder)
        newest = _head(before[-1]) if before else None
        if not anything_done(stamp) or (newest is not None and newest.get("stamp") == list(stamp)):
            return None
        if why := find_damage(store.path, WHOLE_CHECK_BYTES):
            raise damaged(store.path, why)
        make_folder(folder)
        kept = _write(own, path, clock)
    _let_go(_daily(folder))
    return kept


def _daily(folder: Path) -> list[Path]:
    """Return the daily files, the oldest first."""
    try:
        return sorted(path for path in folder.iterdir() if _DAILY.fullmatch(path.name))
    except OSError:
        return []


def _let_go(files: list[Path]) -> None:
    # Events are never deleted: where an older file has more of them, the store is another one than it was.
    most = max(files, key=lambda path: (_events_in(path), path.name))
    for path in files[:-KEPT]:
        if path != most:
            with suppress(OSError):
                path.unlink()


def _events_in(path: Path) -> int:
    head = _head(path)
    return int(head["stamp"][0]) + sum(head["stamp"][6:]) if head else 0


def _write(store: Store, path: Path, clock: Clock) -> Kept:
    with new_file(path) as prepared:
        with store.walk() as connection:
            stamp = stamp_of_acts(connection)
            write_acts(prepared, acts(connection), stamp, timestamp(clock()), store.path)
        written = Counter(record["type"] for record in read_acts(prepared))
        events, outcomes = written["event"], written["outcome"]
        if (events, outcomes) != (stamp[0], stamp[-1]):
            raise StoreError(f"What was written to {path} is not what the store holds, and was thrown away; try again.")
        size = prepared.stat().st_size
    return Kept(path, size, events, outcomes)


def write_acts(path: Path, records: Iterator[Record], stamp: tuple[int, ...], now: str, store: Path) -> int:
    """Write records into a file that is there; return how many. The last line says that it is whole."""
    n = 0
    with gzip.open(path, "wt", encoding="utf-8", newline="\n") as file:
        head = {"kind": KIND, "format": FORMAT, "made_at": now, "store": str(store), "stamp": stamp}
        file.write(json.dumps(head, ensure_ascii=False) + "\n")
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
            n += 1
        file.write(json.dumps({"type": "end", "records": n}) + "\n")
    return n


def read_acts(path: Path) -> Iterator[Record]:
    """Yield the records of a file of what people did.

    Raises:
        UserError: when it is no such file, of a newer reviewer, cut off, or broken.
    """
    head = _head(path)
    if head is None:
        raise UserError(f"{path} holds nothing that `reviewer backup --people` or the app kept; name such a file.")
    if head["format"] not in range(1, FORMAT + 1):
        raise UserError(f"{path} was written by a newer reviewer; update reviewer.")
    n = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            next(file)
            for line in file:
                record = json.loads(line)
                if record["type"] == "end":
                    if record["records"] != n or file.read(1):
                        raise ValueError("the last line does not agree")
                    return
                n += 1
                yield record
    except (OSError, EOFError, ValueError, TypeError, KeyError, zlib.error) as error:
        raise UserError(f"{path} is broken behind {counted(n, 'record')} ({error}); take an older one.") from error
    raise UserError(f"{path} is cut off behind {counted(n, 'record')}; take an older one.")


def _head(path: Path) -> dict[str, Any] | None:
    """Return the first line of a file of what people did, or None where it is none."""
    try:
        with open_plain(path) as packed, gzip.open(packed, "rt", encoding="utf-8") as file:
            head = json.loads(file.readline(1 << 16))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return head if isinstance(head, dict) and head.get("kind") == KIND and "format" in head else None


def restore(store: Path, file: Path, clock: Clock = utc_now, *, without_baselines: bool = False) -> Restored:
    """Put back what people did onto the store, in one transaction: all of it, or, on any error, nothing.

    What the store has stays as it is, so that to do it again changes nothing. What is held against a baseline that is
    not there waits for it, unless it is to come back ``without_baselines``.

    Raises:
        UserError: when the file is none of what people did, or broken.
        StoreError: when there is no store or it cannot be written.
    """
    if not os.access(file, os.R_OK):
        raise UserError(
            f"There is no file {file} to be read; name one that the app or `reviewer backup --people` wrote."
        )
    with closing(open_store(store, create=False)) as opened, opened.write() as connection:
        try:
            return restore_acts(connection, read_acts(file), timestamp(clock()), without_baselines=without_baselines)
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise UserError(f"{file} is broken ({error}); take an older one. Nothing was changed.") from error
