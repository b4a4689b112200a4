"""One text, in Markdown or plain, as one proposal: its title, and the text whole.

Nearly any text would do, so this is tried only for a file that the person names, after all other formats. Nothing is
guessed from prose: neither numbers nor who wrote it.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.document_text import NOT_ENDED, id_of, title_of
from reviewer.sources.files import reason, require, size_of
from reviewer.sources.foreign import no_text, wrong_byte
from reviewer.sources.front_matter import fence_of, split, unix_lines
from reviewer.sources.jsontext import MAX_TEXT
from reviewer.sources.lines import BOM, not_utf8
from reviewer.sources.shared_ids import in_namespaces

NAME = "report"
NAMESPACE = "local"
"""Where records belong that name neither namespace nor run."""
NAMED = ("", ".md", ".markdown", ".txt", ".text", ".rst")
"""How the name of a report ends. Program text and settings are text with a first line, too, and no reports."""

_BYTES_A_LETTER = 4
_SAMPLE = 16 * 1024
"""Letters by which a table is told from prose."""


def recognise(head: Head) -> bool:
    """Tell whether a file is text in UTF-8 with a title, and neither JSON, a table, nor fields without an end.

    It has to be named like a text besides.
    """
    if head.path.suffix.lower() not in NAMED:
        return False
    data = head.start.removeprefix(BOM)
    if no_text(head, ()) or b"\0" in data or data.lstrip().startswith((b"{", b"[")) or wrong_byte(head) is not None:
        return False
    text = unix_lines(data.decode("utf-8", "ignore"))  # The head may end within a letter.
    return bool(title_of(text)) and not _is_table(text) and (not fence_of(text) or split(text) is not None)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the text in it.")
    return Plan(NAME, path, (path,), NAMESPACE, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the one proposal that the file is.

    Raises:
        SourceError: when it cannot be read, is no UTF-8, is too long, or says nothing.
    """
    path = plan.files[0]
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TEXT * _BYTES_A_LETTER + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error
    try:
        text = unix_lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {not_utf8(error)}.") from error
    if len(text) > MAX_TEXT:
        raise SourceError(f"{path}: is longer than {MAX_TEXT:,} characters; cut it into the proposals that it holds.")
    title = title_of(text)
    if not title:
        raise SourceError(f"{path}: has no line with a letter in it, so that there is no title.")
    place = "" if text.endswith("\n") else NOT_ENDED
    yield MethodRecord(
        namespace=plan.namespace,
        external_id=id_of(title),
        role=Role.PROPOSAL,
        title=title,
        problem=plan.problem or NAME,
        provenance=Provenance(str(path), hashlib.sha256(data).hexdigest(), place),
        origin=Origin.UNKNOWN,
        body=text.strip("\n"),
        raw=text,
    )
    progress(len(data))


def _is_table(text: str) -> bool:
    """Tell whether the first lines are rows: cells between tabs, or equally many between commas, semicolons or ``|``.

    Of more than two cells four rows in five are as long as one another, of two all: prose has commas, too.
    """
    sample = text[:_SAMPLE]
    lines = [line for line in sample.split("\n") if line.strip()]
    if 2 * sum("\t" in line.strip() for line in lines) > len(lines):
        return True
    for separator in ",;|":
        try:
            rows = [row for row in csv.reader(StringIO(sample), delimiter=separator) if row]
        except csv.Error:
            continue
        if separator == "|" and any(row[0] == "" for row in rows):
            continue  # A table of Markdown has one before its first cell.
        if len(sample) < len(text):
            rows.pop()
        width, alike = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        enough = alike == len(rows) > 2 if width == 2 else 5 * alike >= 4 * len(rows) > 4
        if width > 1 and enough:
            return True
    return False


SOURCE = Source(
    NAME,
    "A single text in Markdown or plain, as one proposal (only where the file itself is named)",
    False,
    recognise,
    plan,
    read,
    sign="is text in UTF-8 that no other format fits, named .md, .txt or .rst or without an ending; JSON and "
    "tables are none",
    fields=(
        FieldMeaning("first heading, or else first line", "the title; in small letters, the id"),
        FieldMeaning("the whole text", "the method, in Markdown"),
    ),
    cannot_know=("who wrote it", "what it is held against", "what was measured: no number is taken from prose"),
    example="# EM posterior over weak labels\n\nThe weak teacher is modelled as a noisy channel.\n",
    only_named=True,
    shares_ids=in_namespaces((NAMESPACE,)),
    ids="are made of the title: two files may have the same",
)
