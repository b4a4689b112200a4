"""Our own format, version 1: JSON Lines, one object a line, in UTF-8.

A byte order mark and CRLF are accepted, blank lines are passed over, unknown fields are kept in the raw record and
otherwise ignored, which is told at the end. A bad line is a reject with its number, and the good lines around it are
taken.

- A line above 32 MiB and a text above 5,000,000 characters are refused; the line is skipped without being held.
- NaN and the infinities are no values: the measurement is kept with the value null and ``missing`` saying why.
- A lone surrogate (``\\ud800``), which no UTF-8 text can hold, is replaced by U+FFFD; the record's place says so.
- The same id twice: when the lines say the same, both pass; else the later one is a reject that names the first.
- A record that names no problem belongs to the one that the person gave, else to the only one described above it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BufferedReader, FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Read, Record, Source, no_progress
from reviewer.sources.files import reason, require, size_of
from reviewer.sources.jsontext import BadJsonError, excerpt, parse
from reviewer.sources.lines import BOM, MAX_LINE, PIECE, lines_of
from reviewer.sources.shared_ids import in_namespaces
from reviewer.sources.texts_aside import TextsAside

if TYPE_CHECKING:
    from reviewer.sources.native_lines import ReadLine

NAME = "native"
NAMESPACE = "local"
"""Where records belong that name neither namespace nor run."""
TYPES = ("problem", "proposal", "baseline", "reference", "remark")
_ACROSS = 200
"""Bytes at the end of a head in which a type may begin that ends after it."""

_TYPE = re.compile(rb'"type"\s*:\s*"(?:' + "|".join(TYPES).encode() + rb')"')


def recognise(head: Head) -> bool:
    """Tell whether one of the first lines is an object with a ``type`` of ours, whatever the file is called.

    Half of the lines have to look like objects: a text that shows such a line as an example is no file of records.
    """
    lines = head.start.removeprefix(BOM).split(b"\n")
    if not head.whole:
        cut = lines.pop()
        if not any(line.strip() for line in lines):
            # One line fills the whole head: a long text, of which the type can be seen but not parsed.
            rest, *lines = head.beyond.split(b"\n")
            if cut.lstrip().startswith(b"{") and (_TYPE.search(cut) or _TYPE.search(cut[-_ACROSS:] + rest)):
                return True
            lines.append(cut)
    filled = [line.lstrip() for line in lines if line.strip()]
    objects = [line for line in filled if line.startswith(b"{")]
    return 2 * len(objects) >= len(filled) and any(_is_ours(line) for line in objects)


def _is_ours(line: bytes) -> bool:
    if not _TYPE.search(line):
        return False
    try:
        value, _ = parse(line)
    except BadJsonError:
        return False
    return isinstance(value, dict) and value.get("type") in TYPES


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the JSON Lines file in it.")
    return Plan(NAME, path, (path,), NAMESPACE, problem, size_of((path,)))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of the format."""
    from reviewer.sources.native_schema import LINE

    schema = LINE.json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reviewer: one line of the native format, version 1",
        **schema,
    }


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield a record or a reject for each line that is not blank; at the end the fields that no line may have.

    What is appended to the file after the reading began is not read: the sha256 is that of the bytes which are.

    Raises:
        SourceError: when the file cannot be read, or is empty.
    """
    path = plan.files[0]
    try:
        with BufferedReader(FileIO(path), PIECE) as file, ThreadPoolExecutor(1) as beside:
            hashing = beside.submit(hashlib.file_digest, file, "sha256")
            # some 0.2 s, in which the file is hashed
            from reviewer.sources.native_lines import KNOWN_FIELDS, line_reader

            digest = hashing.result().hexdigest()
            size = file.tell()
            if size == 0:
                raise SourceError(f"{path}: is empty.")
            file.seek(0)
            unknown: Counter[str] = Counter()
            reader = line_reader(
                file=str(path),
                sha256=digest,
                problem=plan.problem,
                namespace=plan.namespace,
                unknown=unknown,
                stated_in=plan.stated.stated_in,
            )
            yield from _records(file, size, reader, str(path), progress)
            if unknown:
                yield UnknownFields(
                    str(path), tuple(sorted(unknown.items(), key=lambda field: (-field[1], field[0]))), KNOWN_FIELDS
                )
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error


def _records(file: BinaryIO, size: int, reader: "ReadLine", name: str, progress: Progress) -> Iterator[Record]:
    # By its key, where each id's first line is: to hold the records, or the keys, would take gigabytes.
    first = TextsAside()
    reported = 0
    for span in lines_of(file, size):
        if span.data is None:
            yield Reject(name, f"line {span.number}", f"is longer than {MAX_LINE // 2**20} MiB", excerpt(span.start))
        elif not span.data.isspace():
            record = reader(span.data, span.number)
            if not isinstance(record, Reject):
                here = f"{span.offset} {span.number}"
                there = first.setdefault(_key(record), here)
                if there != here:
                    doubt = _doubt(file, record, there, reader)
                    record = Reject(name, f"line {span.number}", doubt, excerpt(span.data)) if doubt else record
                    file.seek(span.end)
            yield record
        if span.end - reported >= PIECE or span.end >= size:
            reported = span.end
            progress(span.end)


def _key(record: Record) -> tuple[str, ...]:
    if isinstance(record, MethodRecord):
        return ("method", record.problem, record.namespace, record.external_id, record.part)
    if isinstance(record, Remark):
        return ("remark", record.problem, record.namespace, record.external_id)
    if isinstance(record, Problem):
        return ("problem", record.slug)
    return (record.place,)


def _doubt(file: BinaryIO, record: MethodRecord | Remark | Problem, there: str, reader: "ReadLine") -> str:
    """Return why a record whose id was met before is refused; empty when the first line says the same."""
    offset, number = map(int, there.split())
    file.seek(offset)
    line = file.readline(MAX_LINE).removeprefix(BOM if number == 1 else b"")
    # By now other problems may have been described: a line that names none was of this one, if its id is the same.
    earlier = reader(line, number, None if isinstance(record, Problem) else record.problem)
    if _key(earlier) != _key(record) or _placeless(earlier) == _placeless(record):
        return ""
    named = record.slug if isinstance(record, Problem) else record.external_id
    hint = "; lines that each tell a part of one method need a part each" if isinstance(record, MethodRecord) else ""
    return f"has the same id as line {number}, {named!r}, but says something else{hint}"


def _placeless(record: Record) -> Record:
    if isinstance(record, MethodRecord):
        return record._replace(provenance=Provenance("", ""), raw=None)
    if isinstance(record, Remark):
        return replace(record, provenance=Provenance("", ""))
    return record


_EXAMPLE = """\
{"type": "problem", "id": "w2s", "title": "Weak-to-strong", "metrics": [{"name": "pgr", "direction": "higher"}]}
{"type": "baseline", "id": "vanilla", "problem": "w2s", "title": "Vanilla", "measurements": [{"metric": "pgr", \
"dataset": "chat", "setting": "lab", "value": 0.204, "standard_error": 0.046, "n_seeds": 5}]}
{"type": "proposal", "id": "exp12", "problem": "w2s", "title": "EM posterior", "agent": "agent-4", "method": "Fit …", \
"measurements": [{"metric": "pgr", "dataset": "chat", "setting": "lab", "seeds": [{"seed": 42, "value": 0.77}]}]}
"""

SOURCE = Source(
    NAME,
    "Our own JSON Lines (reviewer schema prints what a line may hold)",
    together=False,
    recognise=recognise,
    plan=plan,
    read=read,
    sign="is JSON Lines: half of its first lines or more are objects, and one has a type of "
    "problem, proposal, baseline, reference or remark",
    fields=(
        FieldMeaning("type", "what the line is: a problem, a proposal, a baseline, a reference or a remark"),
        FieldMeaning("id, namespace, part", "what it is known by, with its problem; a problem's id is its name"),
        FieldMeaning("problem", "the problem that it belongs to"),
        FieldMeaning("title, hypothesis, method, claims", "its text; of a problem the title"),
        FieldMeaning("origin, agent, run, created_at", "who put it forward, in which run, and when"),
        FieldMeaning("parent, rerun_of", "the method that it comes from, or of which it is another run"),
        FieldMeaning("idea, family", "the idea that remarks name too, and the research direction"),
        FieldMeaning("bound", "of a reference: floor or ceiling"),
        FieldMeaning("measurements", "values with metric, dataset, setting, error, counts and seeds"),
        FieldMeaning("self_scores, reviews", "what its agent gave it, and reviews from elsewhere"),
        FieldMeaning("kind, text, about, author", "of a remark: what it is, says, answers, and by whom"),
        FieldMeaning("metrics, datasets", "of a problem: which there are, each metric's direction, other names"),
        FieldMeaning("primary_metric, primary_dataset", "of a problem: those that count"),
        FieldMeaning("description, target", "of a problem: its text, and what surviving in production means"),
    ),
    cannot_know=(
        "a setting that a measurement leaves out: unknown until --setting tells it",
        "a direction that no problem line states: unknown until --direction tells it",
        "which baseline a proposal is meant for: it is held against those of its problem",
    ),
    example=_EXAMPLE,
    example_name="proposals.jsonl",
    shares_ids=in_namespaces((NAMESPACE,)),
    ids="are unique in the namespace or run that a line names; of lines that name neither two files may have the same",
)
