"""The folder of one idea that the AI Scientist tried: its runs, its notes, its review, and which idea it is of.

``run_0`` is what the template came to before any idea was put into it, made by whoever made the template: the human
baseline. ``run_1`` and on are what came of the idea. Its name ends the folder's name, after a time
(``20240801_120000_adaptive_lr``) or alone, and its title begins the notes. Both are compared to the letter; where they
name no idea, or two, the results are refused rather than given to one.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.identity import content_hash
from reviewer.domain.methods import Measurement, MethodRecord, OutsideReview, PlaceName, Provenance, Reject
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import fields
from reviewer.sources.ai_scientist_notes import Notes, read_notes
from reviewer.sources.ai_scientist_results import blocks, is_final_info, table
from reviewer.sources.contract import Record
from reviewer.sources.files import reason, sha256_of
from reviewer.sources.idea_text import idea_record
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, parse_file, plain

AGENT = "AI-Scientist"
NAMESPACE = "ai-scientist"
NOTES = "notes.txt"
REVIEWS = ("review.txt", "review_improved.txt")

_RUN = re.compile(r"run_([0-9]{1,4})")
_OF_IDEA = re.compile(r"(?:[0-9]{8}_[0-9]{6}_)?(?P<name>.+)", re.DOTALL)
_TEMPLATE = "The experiment as the template has it, before any idea is put into it."


def run_number(path: Path) -> int | None:
    """Return the number of the run whose results a file is, or None where its folder is not called like a run."""
    found = _RUN.fullmatch(path.absolute().parent.name)
    return int(found[1]) if found else None


class Idea(NamedTuple):
    """An idea of a list, as it was read."""

    record: MethodRecord
    name: str
    title: str


class Run(NamedTuple):
    """What a run measured, and where that stands."""

    number: int
    path: Path
    sha256: str
    value: Any
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one idea's folder: results of runs in the order of their numbers, notes, reviews."""

    path: Path
    runs: tuple[Path, ...]
    notes: Path | None
    reviews: tuple[Path, ...]

    @property
    def name(self) -> str:
        """Return what the folder is called."""
        return self.path.absolute().name

    def records(self, ideas: Sequence[Idea], problem: str, *, has_list: bool) -> Iterator[Record]:
        """Yield the baseline, then what came of the idea, and what cannot be taken.

        ``ideas`` are those of the lists beside it or, where it has no list, of all lists. Where none of them is meant,
        and there is no list beside it, the notes say what the idea is.
        """
        notes, troubles = self._notes()
        yield from troubles
        measured: list[Run] = []
        for path in self.runs:
            run, troubles = _run(path, notes)
            yield from troubles
            if run is None:
                continue
            if run.number == 0:
                yield _baseline(run, problem)
            else:
                measured.append(run)
        if not measured and not self.reviews:
            return
        of, why = self._idea(ideas, notes, problem, has_list=has_list)
        if of is None:
            for path in (*(run.path for run in measured), *self.reviews):
                yield Reject(str(path), "", why)
            return
        reviews: dict[str, Any] = {}
        given: list[OutsideReview] = []
        for path in self.reviews:
            try:
                value, _ = parse_file(path)
                given.append(_review(value))
                reviews[path.name] = plain(value)
            except (BadJsonError, fields.BadFieldError) as error:
                yield Reject(str(path), "", str(error))
        if measured or reviews:
            yield self._outcome(of, measured, notes, given, reviews)

    def _notes(self) -> tuple[Notes, list[Reject]]:
        if self.notes is None:
            return Notes(), []
        try:
            with self.notes.open("rb") as file:
                data = file.read(MAX_TEXT + 1)
            if len(data) > MAX_TEXT:
                return Notes(), [Reject(str(self.notes), "", f"is longer than {MAX_TEXT:,} bytes")]
            return read_notes(data.decode("utf-8-sig")), []
        except UnicodeDecodeError:
            return Notes(), [Reject(str(self.notes), "", "is not valid UTF-8; save it as UTF-8")]
        except OSError as error:
            return Notes(), [Reject(str(self.notes), "", f"cannot be read ({reason(error)})")]

    def _idea(
        self, ideas: Sequence[Idea], notes: Notes, problem: str, *, has_list: bool
    ) -> tuple[MethodRecord | None, str]:
        """Return the idea that the folder is of, or why nobody can say which."""
        by_title = _distinct([i for i in ideas if notes.title and i.title == notes.title])
        by_name = _distinct([i for i in ideas if i.name and i.name in self._names()])
        both = [i for i in by_name if i in by_title]
        if len(both) == 1:
            return both[0].record, ""
        if by_title and by_name:
            return None, (
                f"the folder's name is that of the idea {by_name[0].name!r}, but {NOTES} begins with another's title"
            )
        found = by_title or by_name
        if len(found) == 1:
            return found[0].record, ""
        if len(found) > 1:
            return None, f"{len(found)} ideas of one name or title stand beside it; nothing says which one was run"
        if notes.title and notes.experiment and not has_list:
            idea = {"Title": notes.title, "Experiment": notes.experiment}
            return _idea_of_notes(idea, self.notes or self.path, problem), ""
        return None, (
            f"nothing says which idea it is of: neither the folder's name, {self.name!r}, nor a title in {NOTES} is "
            "that of an idea in a list beside it"
        )

    def _names(self) -> set[str]:
        found = _OF_IDEA.fullmatch(self.name)
        return {self.name, found["name"]} if found else {self.name}

    def _outcome(
        self, idea: MethodRecord, runs: list[Run], notes: Notes, given: list[OutsideReview], reviews: dict[str, Any]
    ) -> MethodRecord:
        names = [run.path.parent.name for run in runs]
        place = f"{names[0]} to {names[-1]} ({len(names)} files)" if len(names) > 1 else "".join(names)
        beside = [path for path in (self.notes, *self.reviews) if path is not None]
        digests = [f"{run.path.parent.name} {run.sha256}" for run in runs] + [_digest(path) for path in beside]
        body = [idea.body]
        if len(runs) > 1:
            measured = table([(run.path.parent.name, run.measurements) for run in runs])
            body.append(f"## What each run measured\n\n{measured}")
        if notes.of_runs:
            body.append(f"## Notes on the runs, by the agent\n\n{notes.of_runs}")
        return idea._replace(
            provenance=Provenance(str(self.path), hashlib.sha256("\n".join(digests).encode()).hexdigest(), place),
            part=f"runs:{self.name}",
            run=PlaceName(self.name),
            body="\n\n".join(body),
            measurements=tuple(m for run in runs for m in run.measurements),
            raw={
                "idea": idea.raw,
                "runs": {run.path.parent.name: plain(run.value) for run in runs},
                "notes": notes.text,
                "reviews": reviews,
            },
            self_scores=(),
            reviews=tuple(given),
        )


def _digest(path: Path) -> str:
    """Return a file's name with its sha256, or alone where it cannot be read, which is refused elsewhere."""
    try:
        return f"{path.name} {sha256_of(path)}"
    except SourceError:
        return path.name


def _distinct(ideas: list[Idea]) -> list[Idea]:
    return list({idea.record.external_id: idea for idea in ideas}.values())


def _idea_of_notes(idea: dict[str, str], path: Path, problem: str) -> MethodRecord:
    return idea_record(
        idea, Provenance(str(path), "", "title"), namespace=NAMESPACE, problem=problem, agent=AGENT,
        origin=Origin.UNKNOWN,
    )  # fmt: skip


def _run(path: Path, notes: Notes) -> tuple[Run | None, list[Reject]]:
    """Return what a run measured, and what of it cannot be taken."""
    number = run_number(path)
    if number is None:
        return None, [Reject(str(path), "", "its folder is not called run_0, run_1 and so on, so that it is of no run")]
    try:
        value, _ = parse_file(path)
        digest = sha256_of(path)
    except (BadJsonError, SourceError) as error:
        return None, [Reject(str(path), "", str(error))]
    if not is_final_info(value):
        return None, [Reject(str(path), "", "holds no results: no dataset has means", excerpt(value))]
    # Each folder has its own notes beside its copy of the one baseline.
    name = notes.runs.get(number, "") if number else ""
    told = f"run_{number}" + (f" ({name})" if name else "")
    found = list(blocks(value, told))
    rejects = [Reject(str(path), f"dataset {b.dataset}", b.reason, excerpt(value)) for b in found if b.reason]
    return Run(number, path, digest, value, tuple(m for b in found for m in b.measurements)), rejects


def _baseline(run: Run, problem: str) -> MethodRecord:
    """Return the template's own results: known by what they are, since each idea's folder has a copy of them."""
    datasets = ", ".join(dict.fromkeys(m.dataset for m in run.measurements))
    return MethodRecord(
        namespace=NAMESPACE,
        external_id=f"run_0-{content_hash(plain(run.value))[:8]}",
        role=Role.BASELINE,
        title=f"The template's own run ({datasets})" if datasets else "The template's own run",
        problem=problem,
        provenance=Provenance(str(run.path), run.sha256, "run_0"),
        origin=Origin.HUMAN,
        body=_TEMPLATE,
        measurements=run.measurements,
        raw=plain(run.value),
    )


def _review(value: Any) -> OutsideReview:
    """Return the numbers of a machine's review of the paper that the agent wrote on it.

    Raises:
        BadFieldError: when it gives neither.
    """
    record = fields.mapping(value)
    score, confidence = fields.number(record, "Overall"), fields.number(record, "Confidence")
    score = score if score is not None and 0 <= score <= 10 else None
    confidence = confidence if confidence is not None and 0 <= confidence <= 5 else None
    if score is None and confidence is None:
        raise fields.BadFieldError("is no review: it has neither Overall, of 10, nor Confidence, of 5")
    return OutsideReview(score, 10.0, confidence, used_ai=True)
