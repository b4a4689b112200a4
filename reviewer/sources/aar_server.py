"""What the study's server answers, kept in one file: a line for each answer, with its address and its sha256.

The server's routes tell findings in pages, the newest first; one finding with its comments; all ideas; and the queue of
experiments. The records are those that its database gives (``aar_database``), in the order in which they were posted.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.domain.vocabulary import RemarkKind
from reviewer.sources import aar_study
from reviewer.sources.aar_experiment import SpokenOf, experiment_record, has_result
from reviewer.sources.aar_finding import CANNOT_KNOW, FIELDS, IdeaNames, commit_of, is_finding
from reviewer.sources.aar_findings import admitted_finding, comments_of, place_of
from reviewer.sources.aar_idea import idea_remark
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import reason, require, size_of
from reviewer.sources.jsontext import BadJsonError, excerpt, parse
from reviewer.sources.sightings import Sightings
from reviewer.sources.texts_aside import TextsAside

NAME = "aar-server"
FINDINGS, POST, IDEAS, QUEUE = "findings", "post", "ideas", "experiments"
"""What an answer is a list of; or one post, with its comments."""

_SIGN = b'{"answer_of_the_study_server":'


_CHANGES_ALL_THE_TIME = frozenset({"upvotes", "downvotes", "score", "comment_count", "updated_at"})
"""What a finding says of others' doings, which tells nothing of whether its own text is still the same."""

_OF_THE_QUEUE = frozenset({"in_queue", "queue_status", "pgr"})
"""What the server adds to an idea of its queue, which changes all the time."""


class Post(NamedTuple):
    """What has to be known of a finding: how many comments the server counts on it, and a number for what it says."""

    comments: int
    said: int


class Page(NamedTuple):
    """What has to be known of a page of findings to go on from it: each by its id, empty where it has none."""

    posts: tuple[tuple[str, Post], ...]
    total: int | None


def page(body: bytes) -> Page:
    """Return what a page of findings holds.

    Raises:
        BadJsonError: when it is no JSON, or no list of findings.
    """
    value, _ = parse(body)
    posts = []
    for finding in list_in(value, FINDINGS):
        said = finding if isinstance(finding, dict) else {}
        known, comments = said.get("post_id"), said.get("comment_count")
        text = json.dumps(_without(said, _CHANGES_ALL_THE_TIME), sort_keys=True)
        post = Post(comments if isinstance(comments, int) else 0, hash(text))
        posts.append((known if isinstance(known, str) else "", post))
    total = value.get("total")
    return Page(tuple(posts), total if isinstance(total, int) else None)


def ideas_told(value: Any) -> str:
    """Return a text that differs where an answer with ideas says something else of one than what its queue does."""
    ideas = value.get(IDEAS) if isinstance(value, dict) else None
    if isinstance(ideas, list):
        value = [_without(idea, _OF_THE_QUEUE) if isinstance(idea, dict) else idea for idea in ideas]
    return json.dumps(value, sort_keys=True)


def _without(said: Fields, names: frozenset[str]) -> Fields:
    return {name: value for name, value in said.items() if name not in names}


def list_in(value: Any, what: str) -> list[Any]:
    """Return the list that an answer holds.

    Raises:
        BadJsonError: when it holds none, in which case it is no answer of the study's server.
    """
    found = value.get(what) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise BadJsonError(f"is not what the study's server answers there: it has no list of {what}")
    return found


def answer_line(what: str, url: str, sha256: str, body: bytes) -> bytes:
    """Return an answer, which must be JSON, as one line of the file."""
    # Between the tokens of JSON a line may end; within a text it never does.
    flat = body.removeprefix(b"\xef\xbb\xbf").replace(b"\n", b" ").replace(b"\r", b" ")
    about = json.dumps({"of": what, "url": url, "sha256": sha256}).encode()
    return b'%b%b,"body":%b}\n' % (_SIGN, about, flat)


def is_page(line: bytes) -> bool:
    """Tell whether a line of the file is an answer with findings."""
    return line.startswith(b'%b{"of": "%b"' % (_SIGN, FINDINGS.encode()))


def recognise(head: Head) -> bool:
    """Tell whether the file holds answers as ``answer_line`` writes them."""
    return head.start.startswith(_SIGN)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read a file of answers.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the server by its address, as http://host:8000.")
    return Plan(NAME, path, (path,), aar_study.SERVER, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the findings from the first that was posted on, comments, experiments that count, and ideas.

    The answers are gone through twice: the first time for the commits and the names of ideas alone.

    Raises:
        SourceError: when the file cannot be read, or an answer in it is none.
    """
    path = plan.files[0]
    try:
        with path.open("rb") as file:
            yield from aar_study.after_problem(plan.problem, _Reading(file, plan, progress).records())
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error
    except BadJsonError as error:
        raise SourceError(f"{plan.stands_for or path}: {error}.") from error


class _Answer(NamedTuple):
    url: str
    sha256: str
    value: Any
    mended: bool

    def provenance(self, place: str) -> Provenance:
        return Provenance(
            self.url, self.sha256, place + (" (lone surrogates replaced by U+FFFD)" if self.mended else "")
        )


class _Reading:
    def __init__(self, file: BinaryIO, plan: Plan, progress: Progress) -> None:
        self._file = file
        self._slug = plan.problem or aar_study.SLUG
        self._progress = progress
        self._done = 0
        self._sightings = Sightings()
        self._parents, self._ideas = TextsAside(), IdeaNames()
        self._spoken_of = SpokenOf()
        self._lines: dict[str, list[tuple[int, int]]] = {what: [] for what in (FINDINGS, POST, QUEUE, IDEAS)}

    def records(self) -> Iterator[Record]:
        self._hear()
        yield from self._findings()
        for answer in self._answers(POST):
            yield from self._comments(answer)
        for answer in self._answers(QUEUE):
            for number, row in enumerate(list_in(answer.value, QUEUE), 1):
                yield from self._one(row, answer, number, QUEUE)
        for answer in self._answers(IDEAS):
            for number, row in enumerate(list_in(answer.value, IDEAS), 1):
                yield from self._one(row, answer, number, IDEAS)

    def _hear(self) -> None:
        """Note where the answers are, which finding has which commit, and which idea goes by which name."""
        start = 0
        for line in self._file:
            value, _ = parse(line)
            about = value.get("answer_of_the_study_server") if isinstance(value, dict) else None
            if not isinstance(about, dict) or about.get("of") not in self._lines or "body" not in value:
                raise BadJsonError("holds a line that is no answer of the study's server")
            self._lines[about["of"]].append((start, len(line)))
            start += len(line)
            if about["of"] == FINDINGS:
                for finding in filter(is_finding, list_in(value["body"], FINDINGS)):
                    self._ideas.hear(finding)
                    if (commit := commit_of(finding)) is not None:
                        self._parents[commit[0]] = commit[1]

    def _answers(self, what: str, *, backwards: bool = False) -> Iterator[_Answer]:
        for start, length in reversed(self._lines[what]) if backwards else self._lines[what]:
            self._file.seek(start)
            value, mended = parse(self._file.read(length))
            about = value["answer_of_the_study_server"]
            yield _Answer(str(about.get("url")), str(about.get("sha256")), value["body"], mended)
            self._done += length
            self._progress(self._done)

    def _findings(self) -> Iterator[Record]:
        met: set[str] = set()
        for answer in self._answers(FINDINGS, backwards=True):
            findings = list_in(answer.value, FINDINGS)
            here = set()
            for number, finding in reversed([*enumerate(findings, 1)]):
                known = finding.get("post_id") if isinstance(finding, dict) else None
                # What is posted while the pages are fetched moves the others on: one may stand on two pages.
                if isinstance(known, str) and known in met:
                    continue
                here.add(known if isinstance(known, str) else "")
                provenance = answer.provenance(place_of(finding, number, len(findings)))
                record = admitted_finding(finding, provenance, self._slug, self._parents, self._ideas, self._sightings)
                if not isinstance(record, Reject):
                    self._spoken_of.hear(finding)
                yield record
            met |= here - {""}

    def _comments(self, answer: _Answer) -> Iterator[Record]:
        post = answer.value.get("post") if isinstance(answer.value, dict) else None
        if not isinstance(post, dict):
            yield Reject(answer.url, "", "is no post: it must be an object", excerpt(answer.value))
            return
        provenance = answer.provenance(place_of(post, 1, 1))
        about = admitted_finding(post, provenance, self._slug, self._parents, self._ideas, Sightings())
        if isinstance(about, Reject):
            # The finding itself is told where the list of findings has it; what was said of it is worth keeping.
            number = post.get("id")
            about = Remark(aar_study.SERVER, f"finding-{number}", self._slug, RemarkKind.OBSERVATION, "", provenance)
        yield from comments_of(post, about, provenance, self._sightings)

    def _one(self, row: Any, answer: _Answer, number: int, what: str) -> Iterator[Record]:
        known = row.get("id") if isinstance(row, dict) else None
        place = f"{what} #{known}" if isinstance(known, int) else f"{what}, item {number}"
        provenance = answer.provenance(place)
        try:
            record = self._experiment_or_idea(row, provenance, what)
        except BadFieldError as error:
            yield Reject(answer.url, place, str(error), excerpt(row))
            return
        if record is not None:
            yield self._sightings.admit(record)

    def _experiment_or_idea(self, row: Any, provenance: Provenance, what: str) -> MethodRecord | Remark | None:
        if not isinstance(row, dict):
            raise BadFieldError("is none: it must be an object")
        if what == IDEAS:
            return idea_remark(_without(row, _OF_THE_QUEUE), row, provenance, self._slug)
        counts = has_result(row) and not self._spoken_of.speaks_of(row)
        return experiment_record(row, provenance, self._slug) if counts else None


_EXAMPLE = (
    '{"answer_of_the_study_server": {"of": "findings", "url": "http://host:8000/api/findings", "sha256": "…"}, "body": '
    '{"findings": [{"id": 6, "post_id": "5b0f", "finding_type": "result", "title": "EM posterior over weak labels", '
    '"content": "Hypothesis: errors can be modelled.", "dataset": "chat-0115", "pgr": 0.61}]}}\n'
)

SOURCE = Source(
    NAME,
    "The weak-to-strong study's server while it runs, by its address (http://host:8000)",
    False,
    recognise,
    plan,
    read,
    sign="is a file of answers of the study's server, as an import by its address keeps them while it runs",
    fields=(
        *FIELDS,
        FieldMeaning("comments", "remarks on the finding: content, author, created_at, id"),
        FieldMeaning("Name, Description, uid, source", "of an idea: a remark on it"),
        FieldMeaning("status, idea_title, idea_description", "of the queue: a result that no finding tells"),
        FieldMeaning(
            "in_queue, queue_status",
            "not taken: they change all the time; nor are experiments that wait, run or failed",
        ),
        FieldMeaning(
            "total_posts, total_comments, total_upvotes, completed",
            "of the statistics: not taken, they only tell --watch that something has changed",
        ),
        FieldMeaning(
            "top_agents, leaderboard, and whatever the server pushes by itself",
            "not taken: the leaderboard is worked out here, and the server is asked for what it has",
        ),
    ),
    cannot_know=CANNOT_KNOW,
    example=_EXAMPLE,
    example_name="answers",
    shares_ids=aar_study.shares_ids,
    ids=aar_study.IDS,
)
