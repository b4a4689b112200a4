"""Markdown files with front matter, in YAML or TOML: each is a proposal or a baseline, its text what follows.

The fields are those of our own format (``markdown_fields`` has the other names that they go by), checked as its lines
are. What it does not know stays in the raw record, and is told.

- A folder is one thing, so that a file may name another as its parent by its id, its title or its file's name.
- A file without an id is known by its title and its agent, or else its run: many folders have a ``proposal.md``, and
  two agents may have ideas of one title.
- Where a file says neither namespace nor run it belongs to ``local``, as a line of our own format does.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, UnknownFields
from reviewer.domain.problems import Problem, is_slug
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Read, Source, no_progress
from reviewer.sources.document_text import NOT_ENDED, id_of
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import files_under, readable_head, reason, require, sha256_of, size_of
from reviewer.sources.front_matter import BadFrontMatterError, fields_of, split, unix_lines
from reviewer.sources.jsontext import MAX_FILE_BYTES, excerpt
from reviewer.sources.lines import BOM, not_utf8
from reviewer.sources.markdown_fields import SIGNS, line_of
from reviewer.sources.shared_ids import in_namespaces
from reviewer.sources.sightings import Sightings

if TYPE_CHECKING:
    from reviewer.sources.native_lines import ReadLine

NAME = "markdown"
NAMESPACE = "local"
_SIGN = re.compile(
    rf"""^(?:\[\[?[ \t]*(?:measurements|metrics)\b|["']?(?:{"|".join(SIGNS)})["']?[ \t]*[:=])""",
    re.IGNORECASE | re.MULTILINE,
)


def recognise(head: Head) -> bool:
    """Tell whether a file begins with front matter that has a title or another field of a proposal."""
    if not head.start.startswith((b"---", b"+++", BOM)):
        return False
    found = split(unix_lines(head.start.removeprefix(BOM).decode("utf-8", "replace")))
    return found is not None and _SIGN.search(found.fields) is not None


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file, or every file beneath a folder that begins with such front matter.

    Raises:
        SourceError: when nothing is there, or no file of the folder does.
    """
    if require(path).is_file():
        files: tuple[Path, ...] = (path,)
    else:
        files = tuple(f for f in files_under(path) if (head := readable_head(f)) is not None and recognise(head))
    if not files:
        raise SourceError(f"{path}: no file in it begins with front matter that has a title; --- and title: … do.")
    return Plan(NAME, path, files, NAMESPACE, problem, size_of(files))


class _Document(NamedTuple):
    """One file, as a line of our own format, with its fields as they stand there."""

    path: Path
    place: str
    line: dict[str, Any]
    raw: dict[str, Any]


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield the record or the reject that each file is; at the end the fields that our own format does not know.

    The files are read twice: the first time for the names by which others may call them their parent.

    Raises:
        SourceError: when the plan has one file and that cannot be read.
    """
    from reviewer.sources.native_lines import KNOWN_FIELDS, line_reader

    ids = _ids(plan)
    unknown: Counter[str] = Counter()
    sightings = Sightings()
    described: set[str] = set()
    done = 0
    for path in plan.files:
        try:
            document = _document(path)
            digest = sha256_of(path)
        except (BadFieldError, SourceError) as error:
            yield Reject(str(path), "", str(error), _beginning(path))
            continue
        finally:
            done += size_of((path,))
            progress(done)
        said = str(document.line.get("problem") or "")
        slug = _slug(said) or plan.problem or NAME
        reader = line_reader(
            file=str(path),
            sha256=digest,
            problem=slug,
            namespace=plan.namespace,
            unknown=unknown,
            stated_in=plan.stated.stated_in,
        )
        record = _record(document, digest, slug, reader, ids)
        if isinstance(record, MethodRecord):
            if said and said != slug and slug not in described:
                described.add(slug)
                yield Problem(slug, title=said, authoritative=False)
            yield sightings.admit(record)
        else:
            yield record
    if unknown:
        ordered = tuple(sorted(unknown.items(), key=lambda field: (-field[1], field[0])))
        yield UnknownFields(str(plan.path), ordered, KNOWN_FIELDS)


def _record(
    document: _Document, sha256: str, slug: str, reader: "ReadLine", ids: Mapping[str, str | None]
) -> MethodRecord | Reject:
    file = str(document.path)
    record = reader(json.dumps({**document.line, "problem": slug}).encode(), 1)
    if not isinstance(record, MethodRecord):
        said = record.reason if isinstance(record, Reject) else "is no proposal, baseline or reference"
        return Reject(file, document.place, said, excerpt(document.raw))
    parent = (ids.get(record.parent) or record.parent) if record.parent else ""
    return record._replace(
        provenance=Provenance(file, sha256, document.place),
        parent=parent if parent != record.external_id else "",
        raw=document.raw,
    )


def _document(path: Path) -> _Document:
    """Return what a file says.

    Raises:
        BadFieldError: when it cannot be read, is no UTF-8, or its fields are not such as they have to be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadFieldError(f"cannot be read ({reason(error)})") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadFieldError(f"is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFieldError(not_utf8(error)) from error
    found = split(unix_lines(text))
    if found is None:
        raise BadFieldError("has no front matter, or that has no end: fields between two lines of --- or of +++")
    try:
        fields, mended = fields_of(found)
    except BadFrontMatterError as error:
        raise BadFieldError(str(error)) from error
    notes = ("lone surrogates replaced by U+FFFD" if mended else "", "" if text.endswith("\n") else NOT_ENDED)
    raw = {"front_matter": fields, "text": found.text}
    return _Document(path, "; ".join(filter(None, notes)), line_of(fields, found.text), raw)


def _ids(plan: Plan) -> dict[str, str | None]:
    """Return the ids of the files by the names that others may give them; None for a name that several have."""
    found: dict[str, str | None] = {}
    known: set[str] = set()
    for path in plan.files if len(plan.files) > 1 else ():
        try:
            line = _document(path).line
        except BadFieldError:
            continue
        id_, title = line["id"], line["title"]
        known.add(id_)
        for name in {path.name, path.stem, title, id_of(title)}:
            found[name] = id_ if found.get(name, id_) == id_ else None
    return {**found, **{id_: id_ for id_ in known}}


def _slug(said: str) -> str:
    """Return the slug of what a file calls its problem: the same where it is one; empty where it calls it nothing."""
    return said if not said or is_slug(said) else id_of(said)


def _beginning(path: Path) -> str:
    head = readable_head(path)
    return excerpt(head.start) if head is not None else ""


SOURCE = Source(
    NAME,
    "Markdown files with front matter (YAML or TOML), a proposal or a baseline each",
    True,
    recognise,
    plan,
    read,
    sign=(
        "begins with front matter, fields between two lines of --- (YAML) or of +++ (TOML), of which one is a title or "
        "another field of a proposal"
    ),
    fields=(
        FieldMeaning("type or role", "proposal, baseline or reference; a proposal where neither stands"),
        FieldMeaning("title, or else the first heading", "the title"),
        FieldMeaning("id, or else the title in small letters, and agent or run", "the id"),
        FieldMeaning("agent, run, idea, family, hypothesis, claims", "the same"),
        FieldMeaning("parent", "the parent, named by its id, its title or its file's name"),
        FieldMeaning("created_at, created or date", "the time, as it stands there"),
        FieldMeaning("problem", "the problem; of another form than a problem's name, its title as well"),
        FieldMeaning("measurements", "measurements, each with the fields of our own format"),
        FieldMeaning("metrics, dataset", "a measurement of each metric on that dataset"),
        FieldMeaning("tags", "the last line of the text"),
        FieldMeaning("the text below", "the method, in Markdown"),
        FieldMeaning("*", "kept in the raw record alone, and told"),
    ),
    cannot_know=("which way a metric is better", "the setting, unless a measurement says it"),
    example=(
        "---\n"
        "title: EM posterior over weak labels\n"
        "role: proposal\n"
        "agent: agent-4\n"
        "parent: vanilla\n"
        "problem: weak-to-strong\n"
        "dataset: chat\n"
        "metrics: {pgr: 0.78}\n"
        "---\n"
        "\n"
        "The weak teacher is modelled as a noisy channel.\n"
    ),
    shares_ids=in_namespaces((NAMESPACE,)),
    ids="are unique in the namespace or run that a file names; where it names neither two files may have the same",
)
