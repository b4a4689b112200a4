"""Taking the header out of an Inspect log that is a ZIP archive (``.eval``), whatever the archive is made of.

The archive's own word on sizes is not trusted: a member is unpacked to so many bytes at most, in memory. Nothing is
ever written to disk, and no sample is unpacked. Python's ``zipfile`` reads the directory alone: it would refuse members
that are compressed with zstd before Python 3.14, and unpack those of other methods without a limit.
"""

import struct
import sys
import zlib
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from reviewer.sources.files import reason
from reviewer.sources.jsontext import MAX_FILE_BYTES

HEADER = "header.json"
START = "_journal/start.json"
SUMMARIES = "summaries.json"
MEMBERS = (HEADER, "_journal/", "samples/", SUMMARIES, "reductions.json")
"""What the names of an Inspect log's members begin with."""

LOCAL_FILE = b"PK\x03\x04"

ZSTD = 93
"""The number of zstd among the methods of compression (APPNOTE 4.4.5)."""

MAX_DIRECTORY = 32 * 1024 * 1024
"""Bytes of the archive's directory, some 300,000 samples: it is held in memory whole."""

_LEAST_END = 22
_END_SEARCHED = 1 << 16


class BadLogError(ValueError):
    """The archive has no header that can be read; the message is a reason without the place."""


class UnknownLogError(BadLogError):
    """The log is made in a way that is not known here; a newer Inspect may know it."""


class Header(NamedTuple):
    """The JSON at the head of a log, and the member in which it stands."""

    data: bytes
    member: str


def first_member(start: bytes) -> str:
    """Return the name of the first member of an archive that begins so; empty where it is none, or cut off."""
    if not start.startswith(LOCAL_FILE) or len(start) < 30:
        return ""
    (length,) = struct.unpack_from("<H", start, 26)
    return start[30 : 30 + length].decode("utf-8", "replace") if len(start) >= 30 + length else ""


def read_header(path: Path) -> Header:
    """Return the header of a log; that of its start where the run was cut off before it wrote one.

    Raises:
        BadLogError: when the archive cannot be read, holds neither, or would be unpacked beyond all measure.
    """
    try:
        with path.open("rb") as file:
            stated = _members_stated(file)
            with ZipFile(file) as archive:
                if stated not in (None, len(archive.filelist)):
                    raise BadLogError(
                        f"is damaged: {stated:,} members are said to be in it, {len(archive.filelist):,} are"
                    )
                name = _member_to_read(archive)
                return Header(_unpacked(archive, archive.getinfo(name)), name)
    except BadLogError:
        raise
    # A directory that is damaged leads its reader anywhere: to seek before the beginning, to read what is no text.
    except (
        BadZipFile,
        NotImplementedError,
        OSError,
        ValueError,
        EOFError,
        IndexError,
        RuntimeError,
        struct.error,
    ) as e:
        raise BadLogError(
            f"cannot be read as a ZIP archive ({reason(e) or 'it ends too early'}); where the run has not ended, or "
            "the file was fetched in part, try again later"
        ) from e


def _member_to_read(archive: ZipFile) -> str:
    """Return the member in which the header stands. What a run writes at its end comes all at once, or not at all."""
    if HEADER in archive.NameToInfo:
        return HEADER
    if SUMMARIES in archive.NameToInfo:
        raise BadLogError(f"is damaged: it holds {SUMMARIES}, which a run writes at its end, but no {HEADER}")
    if START in archive.NameToInfo:
        return START
    raise BadLogError(f"is a ZIP archive, but no Inspect log: it holds neither {HEADER} nor {START}")


def _members_stated(file: BinaryIO) -> int | None:
    """Return how many members the archive's end says that there are, None where it does not say.

    Raises:
        BadLogError: when the directory is larger than what a log has: ``zipfile`` would hold all of it.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SEARCHED - _LEAST_END))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    members = None
    if at >= 0 and len(tail) >= at + _LEAST_END:
        members, directory = struct.unpack_from("<HL", tail, at + 10)
        locator = tail[max(0, at - 20) : at]
        if directory == 0xFFFFFFFF and locator.startswith(b"PK\x06\x07"):
            file.seek(min(struct.unpack_from("<Q", locator, 8)[0], size))
            end = file.read(56)
            directory = struct.unpack_from("<Q", end, 40)[0] if len(end) == 56 else directory
        if directory > MAX_DIRECTORY:
            raise BadLogError(f"is a ZIP archive whose directory has {directory:,} bytes, which no log has")
    file.seek(0)
    return None if members == 0xFFFF else members


def _unpacked(archive: ZipFile, member: ZipInfo) -> bytes:
    """Return what a member holds, of which no more is ever unpacked than is said to be in it.

    Raises:
        BadLogError: when it is encrypted, too large, damaged, or not what the directory says of it.
    """
    name = member.filename
    if member.flag_bits & 0x1:
        raise BadLogError(f"{name} in it is encrypted; save the log without a password")
    if max(member.file_size, member.compress_size) > MAX_FILE_BYTES:
        raise BadLogError(f"{name} in it is larger than {MAX_FILE_BYTES // 2**20} MiB")
    raw = _packed(archive, member)
    limit = member.file_size + 1
    try:
        if member.compress_type == ZIP_STORED:
            data = raw
        elif member.compress_type == ZIP_DEFLATED:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, limit)
        elif member.compress_type == ZSTD:
            data = _without_zstd(raw, limit)
        else:
            raise UnknownLogError(
                f"{name} in it is compressed by the method {member.compress_type}, which is not known"
            )
    except zlib.error as error:
        raise BadLogError(f"{name} in it cannot be unpacked ({error}); fetch the log again") from error
    if len(data) != member.file_size:
        more = "more" if len(data) > member.file_size else "less"
        raise BadLogError(f"{name} in it holds {more} than the {member.file_size:,} bytes that the archive says")
    if zlib.crc32(data) != member.CRC:
        raise BadLogError(f"{name} in it is damaged: its checksum differs; fetch the log again")
    return data


def _packed(archive: ZipFile, member: ZipInfo) -> bytes:
    """Return the bytes of a member as they lie in the archive."""
    stored = copy(member)
    stored.compress_type = ZIP_STORED
    stored.file_size = member.compress_size
    # zipfile would compare it with what is packed; it is compared once that is unpacked.
    stored.CRC = None  # type: ignore[assignment]
    with archive.open(stored) as file:
        return file.read(member.compress_size)


def _without_zstd(raw: bytes, limit: int) -> bytes:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError, ZstdFile
    else:
        from backports.zstd import ZstdError, ZstdFile
    try:
        with ZstdFile(BytesIO(raw)) as file:
            return file.read(limit)
    except (ZstdError, EOFError) as error:
        raise BadLogError(
            f"what is packed with zstd in it cannot be unpacked ({error}); fetch the log again"
        ) from error
