"""The study's shared findings: JSON files as the server's findings route and the agents' sync write them.

Read are a folder of ``*.json`` with one finding each, one such file, a bare list of findings, and
``{"findings": [...]}``; a stored finding says ``content`` where the payload that was posted says ``summary``.
In a folder, what has neither the shape nor the file name of a finding (``12_some_idea.json``) is left alone; a file
with such a name that cannot be read is a reject.
"""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.sources import aar_study
from reviewer.sources.aar_finding import (
    CANNOT_KNOW,
    FIELDS,
    IdeaNames,
    Parents,
    comment_record,
    commit_of,
    finding_record,
    is_finding,
)
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.file_list import FileList
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.jsontext import BadJsonError, excerpt, parse, parse_file
from reviewer.sources.sightings import Sightings
from reviewer.sources.texts_aside import TextsAside

NAME = "aar-findings"
_FILE_NAME = re.compile(r"\d+_.*\.json", re.DOTALL)
_KEYS = re.compile(rb'"(?:post_id|finding_type|idea_uid)"\s*:')
_TEXT = re.compile(rb'"(?:content|summary)"\s*:')
_DIGITS = re.compile(r"\d+")
_LONGEST_NUMBER = 20
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
        files: Sequence[Path] = (path,)
    else:
        candidates = (f for f in files_under(path) if f.suffix == ".json")
        files = FileList(path, sorted((str(f.relative_to(path)) for f in candidates if belongs(f)), key=natural))
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
    yield from read_on(plan, Heard(), progress)


def natural(file: str) -> tuple[str, str]:
    """Sort ``9_x.json`` before ``10_y.json``, as the server numbered them."""
    folder, name = os.path.split(file)
    return folder, _DIGITS.sub(lambda digits: digits[0].zfill(_LONGEST_NUMBER), name)


class Heard:
    """What findings say of one another, from those that were read: whose commit is whose, which idea has which name.

    Where the files are followed it also knows which of them name somebody who has not been met yet.
    """

    def __init__(self, *, following: bool = False) -> None:
        self.parents = TextsAside()
        self.ideas = IdeaNames()
        self.is_following = following
        self._waiting: dict[tuple[str, str], set[Path]] = {}
        self._overdue: set[Path] = set()

    def hear(self, finding: Fields) -> None:
        """Take note of a finding; of what waited for it, that it has come."""
        self.ideas.hear(finding)
        if (commit := commit_of(finding)) is not None:
            self.parents[commit[0]] = commit[1]
            self._overdue |= self._waiting.pop(("commit", commit[0]), set())
        if self._waiting and finding.get("idea_uid"):
            self._overdue |= self._waiting.pop(("idea", str(finding.get("idea_name")).strip()), set())

    def note_missing(self, finding: Fields, path: Path) -> None:
        """Note whom a finding names that has not been met."""
        if not self.is_following:
            return
        parent, name = finding.get("parent_commit_id"), finding.get("idea_name")
        if isinstance(parent, str) and parent.strip() and not self.parents.get(parent.strip()):
            self._waiting.setdefault(("commit", parent.strip()), set()).add(path)
        if isinstance(name, str) and not finding.get("idea_uid") and self.ideas.idea(finding) == name.strip():
            self._waiting.setdefault(("idea", name.strip()), set()).add(path)

    def overdue(self) -> set[Path]:
        """Return the files that would be read otherwise now; each is told once."""
        overdue, self._overdue = self._overdue, set()
        return overdue


def read_on(plan: Plan, heard: Heard, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield what ``read`` does, from files of which ``heard`` knows the others; it hears of these too.

    Raises:
        SourceError: when the plan has one file and that holds no findings, unless it is followed.
    """
    slug = plan.problem or aar_study.SLUG
    _hear_all(plan, heard)
    sightings = Sightings()
    overdue = sorted(heard.overdue() - set(plan.files)) if heard.is_following else ()

    def records() -> Iterator[Record]:
        done = 0
        for path in chain(plan.files, overdue):
            yield from _read_file(path, slug, heard, sightings)
            done += size_of((path,))
            progress(done)

    yield from aar_study.after_problem(plan.problem, records())


def _read_file(path: Path, problem: str, heard: Heard, sightings: Sightings) -> Iterator[Record]:
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
        place = place_of(finding, number, len(findings)) + (" (lone surrogates replaced by U+FFFD)" if mended else "")
        provenance = Provenance(str(path), digest, place)
        admitted = admitted_finding(finding, provenance, problem, heard.parents, heard.ideas, sightings)
        yield admitted
        if not isinstance(admitted, Reject):
            heard.note_missing(finding, path)
            yield from comments_of(finding, admitted, provenance, sightings)


def admitted_finding(
    finding: Any, provenance: Provenance, problem: str, parents: Parents, ideas: IdeaNames, sightings: Sightings
) -> MethodRecord | Remark | Reject:
    """Return the record that a finding stands for, or why it stands for none."""
    if not is_finding(finding):
        reason = "is no finding: it has neither content nor summary"
        return Reject(provenance.file, provenance.place, reason, excerpt(finding))
    try:
        record = finding_record(finding, provenance, problem=problem, parents=parents, ideas=ideas)
    except BadFieldError as error:
        return Reject(provenance.file, provenance.place, str(error), excerpt(finding))
    return sightings.admit(record)


def comments_of(
    finding: Fields, about: MethodRecord | Remark, provenance: Provenance, sightings: Sightings
) -> Iterator[Record]:
    """Yield the comments that stand in a finding, as remarks on it."""
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


def _hear_all(plan: Plan, heard: Heard) -> None:
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
            heard.hear(finding)
    if trouble is not None and len(plan.files) == 1 and not heard.is_following:
        raise SourceError(f"{plan.files[0]}: {trouble}.") from trouble


def place_of(finding: Any, number: int, of: int) -> str:
    """Return where a finding is found again: by its number on the server, else by its place among those of the file."""
    known = finding.get("id") if isinstance(finding, dict) else None
    if isinstance(known, int):
        return f"findings #{known}"
    return f"item {number}" if of > 1 else ""


def belongs(path: Path) -> bool:
    """Tell whether a file in a folder of findings is one, by its name or what it holds."""
    if _FILE_NAME.fullmatch(path.name):
        return True
    head = readable_head(path)
    return head is not None and recognise(head)


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
    shares_ids=aar_study.shares_ids,
    ids=aar_study.IDS,
)
