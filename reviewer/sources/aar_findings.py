"""The study's shared findings: JSON files as the server's findings route and the agents' sync write them.

Read are a folder of ``*.json`` with one finding each, one such file, a bare list of findings, and
``{"findings": [...]}``; a stored finding says ``content`` where the payload that was posted says ``summary``.
In a folder, what has neither the shape nor the file name of a finding (``12_some_idea.json``) is left alone; a file
with such a name that cannot be read is a reject.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.sources import aar_study
from reviewer.sources.aar_finding import (
    CANNOT_KNOW,
    FIELDS,
    IdeaNames,
    comment_record,
    commit_of,
    finding_record,
    is_finding,
)
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.jsontext import BadJsonError, excerpt, parse, parse_file
from reviewer.sources.sightings import Sightings

NAME = "aar-findings"
_FILE_NAME = re.compile(r"\d+_.*\.json", re.DOTALL)
_KEYS = re.compile(rb'"(?:post_id|finding_type|idea_uid)"\s*:')
_TEXT = re.compile(rb'"(?:content|summary)"\s*:')
_ENVELOPE = re.compile(rb'\s*\{\s*"findings"\s*:\s*\[')


def recognise(head: Head) -> bool:
    """Tell whether the file holds findings. A file that fits into the head is judged by what it parses to."""
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"{", b"[")):
        return False
    if head.whole:
        try:
            value, _ = parse(head.start)
        except BadJsonError:
            return bool(_ENVELOPE.match(start) or (_KEYS.search(start) and _TEXT.search(start)))
        findings = _findings(value)
        return findings is not None and (bool(findings) or isinstance(value, dict))
    return bool(_ENVELOPE.match(start) or (_KEYS.search(start) and _TEXT.search(start)))


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file, or every file beneath a folder that holds findings.

    Raises:
        SourceError: when nothing is there, or no file of the folder holds findings.
    """
    if require(path).is_file():
        files: tuple[Path, ...] = (path,)
    else:
        candidates = (f for f in files_under(path) if f.suffix == ".json")
        files = tuple(sorted((f for f in candidates if _belongs(f)), key=_natural))
    if not files:
        raise SourceError(
            f"{path}: holds no findings; a *.json file with title, content and finding_type was looked for."
        )
    return Plan(NAME, path, files, aar_study.SERVER, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the findings in the order of the files, and their comments; before the first of them the problem.

    The files are read twice: the first time for the commits and the names of ideas alone, so that a parent and an idea
    are found wherever they stand.

    Raises:
        SourceError: when the plan has one file and that holds no findings.
    """
    slug = plan.problem or aar_study.SLUG
    ideas = IdeaNames()
    parents = _parents(plan, ideas)
    sightings = Sightings()

    def records() -> Iterator[Record]:
        done = 0
        for path in plan.files:
            yield from _read_file(path, slug, parents, ideas, sightings)
            done += size_of((path,))
            progress(done)

    yield from aar_study.after_problem(plan.problem, records())


def _read_file(
    path: Path, problem: str, parents: dict[str, str], ideas: IdeaNames, sightings: Sightings
) -> Iterator[Record]:
    try:
        value, mended = parse_file(path)
        digest = sha256_of(path)
    except (BadJsonError, SourceError) as error:
        yield Reject(str(path), "", str(error))
        return
    findings = _findings(value)
    if findings is None:
        yield Reject(str(path), "", "holds no finding: neither content nor summary with a finding_type", excerpt(value))
        return
    for number, finding in enumerate(findings, 1):
        place = _place(finding, number, len(findings)) + (" (lone surrogates replaced by U+FFFD)" if mended else "")
        provenance = Provenance(str(path), digest, place)
        if not is_finding(finding):
            yield Reject(str(path), place, "is no finding: it has neither content nor summary", excerpt(finding))
            continue
        try:
            record = finding_record(finding, provenance, problem=problem, parents=parents, ideas=ideas)
        except BadFieldError as error:
            yield Reject(str(path), place, str(error), excerpt(finding))
            continue
        admitted = sightings.admit(record)
        yield admitted
        if not isinstance(admitted, Reject):
            yield from _comments(finding, admitted, provenance, sightings)


def _comments(
    finding: Fields, about: MethodRecord | Remark, provenance: Provenance, sightings: Sightings
) -> Iterator[Record]:
    comments = finding.get("comments")
    for number, comment in enumerate(comments if isinstance(comments, list) else (), 1):
        place = f"{provenance.place}, comment {number}".removeprefix(", ")
        if not isinstance(comment, dict):
            yield Reject(provenance.file, place, "is no comment: it must be an object", excerpt(comment))
            continue
        try:
            where = Provenance(provenance.file, provenance.sha256, place)
            yield sightings.admit(comment_record(comment, about, where))
        except BadFieldError as error:
            yield Reject(provenance.file, place, str(error), excerpt(comment))


def _findings(value: Any) -> list[Any] | None:
    """Return the findings in a document, good and bad; None when it is no document of findings."""
    if isinstance(value, dict) and isinstance(value.get("findings"), list):
        return list(value["findings"])
    if isinstance(value, dict):
        return [value] if is_finding(value) else None
    if isinstance(value, list) and (not value or any(is_finding(item) for item in value)):
        return value
    return None


def _parents(plan: Plan, ideas: IdeaNames) -> dict[str, str]:
    """Return the external ids of findings by their commits, and let ``ideas`` hear of every finding."""
    found: dict[str, str] = {}
    trouble: Exception | None = None
    for path in plan.files:
        try:
            findings = _findings(parse_file(path)[0])
        except BadJsonError as error:
            trouble = error
            continue
        if findings is None:
            trouble = BadJsonError("holds no finding; title, content and finding_type were looked for")
        for finding in filter(is_finding, findings or ()):
            ideas.hear(finding)
            if (commit := commit_of(finding)) is not None:
                found.update([commit])
    if trouble is not None and len(plan.files) == 1:
        raise SourceError(f"{plan.files[0]}: {trouble}.") from trouble
    return found


def _place(finding: Any, number: int, of: int) -> str:
    known = finding.get("id") if isinstance(finding, dict) else None
    if isinstance(known, int):
        return f"findings #{known}"
    return f"item {number}" if of > 1 else ""


def _belongs(path: Path) -> bool:
    if _FILE_NAME.fullmatch(path.name):
        return True
    head = readable_head(path)
    return head is not None and recognise(head)


def _natural(path: Path) -> tuple[str, list[tuple[int, str]]]:
    """Sort ``9_x.json`` before ``10_y.json``, as the server numbered them."""
    parts = re.split(r"(\d+)", path.name)
    return str(path.parent), [(int(p), "") if p.isdecimal() and len(p) < 20 else (0, p) for p in parts]


_EXAMPLE = """\
{"id": 6, "post_id": "5b0f", "finding_type": "result", "title": "EM posterior over weak labels",
 "content": "Hypothesis: the weak labeller's errors can be modelled.", "idea_name": "em_posterior",
 "run_id": "run-3", "dataset": "chat-0115", "pgr": 0.61, "pgr_se": 0.04, "num_seeds": 5}
"""

SOURCE = Source(
    NAME,
    "Findings of the weak-to-strong study's agents, as JSON files",
    together=True,
    recognise=recognise,
    plan=plan,
    read=read,
    beside=(".json",),
    sign="is JSON: an object with content or summary and one of post_id, finding_type, idea_name, idea_uid; "
    'a list of such, or {"findings": […]}',
    fields=(*FIELDS, FieldMeaning("comments", "remarks on the finding: content, author, created_at, id")),
    cannot_know=CANNOT_KNOW,
    example=_EXAMPLE,
    example_name="shared_findings/6_em_posterior.json",
)
