"""Programs of OpenEvolve runs: ``best_program_info.json`` and ``checkpoint_*/programs/*.json``.

A checkpoint holds every program that lived when it was written, so that one program lies in many of them, and the best
one in ``best_program_info.json`` besides. All of these are one record, that of the last checkpoint which has its code.
Its place says in how many other files it stands. What differs in what never changes (metrics, generation, parent, code)
is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.counted import counted
from reviewer.domain.errors import SourceError
from reviewer.domain.identity import content_hash
from reviewer.domain.methods import MethodRecord, PlaceName, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, Stated, no_progress
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, parse, parse_file, plain
from reviewer.sources.openevolve_record import BASELINE_FIELDS, NAMESPACE, is_program, program_record
from reviewer.sources.shared_ids import in_namespaces

NAME = "openevolve"
SLUG = "openevolve"

_BEST = "best_program_info.json"
_BEGINS = re.compile(rb'\{\s*"id"\s*:\s*"[^"]*"\s*,\s*"code"\s*:\s*"')
_KEYS = (b'"metrics"', b'"generation"', b'"timestamp"')
_CHECKPOINT = re.compile(r"checkpoint_(\d{1,9})")
_LAYOUT = frozenset({"programs", "checkpoints", "best", "openevolve_output"})
"""Folders that every run has; the one around them is named after the run."""

_CODE_ENDS = (
    ".py",
    ".cpp",
    ".c",
    ".cc",
    ".cu",
    ".rs",
    ".go",
    ".java",
    ".js",
    ".ts",
    ".r",
    ".R",
    ".jl",
    ".metal",
    ".txt",
)


def recognise(head: Head) -> bool:
    """Tell whether the file holds one program.

    One whose code fills the head is known by how its line goes on, as far as that is looked at.
    """
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return False
    if not head.whole:
        seen = head.start + head.beyond
        goes_on = len(seen) < head.size and b"\n" not in head.beyond
        return bool(_BEGINS.match(start)) and (goes_on or all(key in seen for key in _KEYS))
    try:
        return is_program(parse(head.start)[0])
    except BadJsonError:
        return all(key in start for key in _KEYS) and b'"id"' in start


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one program, or all beneath a folder: those of the last checkpoint come last.

    Raises:
        SourceError: when nothing is there, or no program is among the files of the folder.
    """
    if require(path).is_file():
        files: tuple[Path, ...] = (path,)
    else:
        heads = ((file, readable_head(file)) for file in files_under(path))
        found = (file for file, head in heads if head is not None and recognise(head))
        files = tuple(sorted(found, key=lambda file: (file.name == _BEST, _checkpoint(file), str(file))))
    if not files:
        raise SourceError(
            f"{path}: holds no program of OpenEvolve; *.json with id, generation and metrics were looked for."
        )
    return Plan(NAME, path, files, NAMESPACE, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield a reject for each file that holds no program, then the record of each program, by generation and time.

    Before the first record comes the problem.

    The files are read twice: the first time to see which of those that hold one program says most.
    """
    slug = plan.problem or SLUG
    seen: dict[str, _Seen] = {}
    done = 0
    for path in plan.files:
        if (reject := _look(path, seen)) is not None:
            yield reject
        done += size_of((path,))
        progress(done // 2)
    described = plan.problem is not None
    for one in sorted(seen.values(), key=lambda each: each.order):
        record = _record(one, slug, plan.stated)
        if isinstance(record, MethodRecord) and not described:
            described = True
            has_score = any(m.metric == "combined_score" for m in record.measurements)
            primary = "combined_score" if has_score else None
            yield Problem(slug, "Programs of OpenEvolve", primary_metric=primary, authoritative=False)
        yield record
        done += one.size
        progress(done // 2)


@dataclass
class _Seen:
    """One program in all the files in which it stands, and those of its fields that never change."""

    first: Path
    facts: dict[str, str]
    fullest: Path
    rank: tuple[bool, bool, int]
    order: tuple[float, float]
    files: int = 1
    size: int = 0


def _look(path: Path, seen: dict[str, _Seen]) -> Reject | None:
    """Take note of the program in a file; return a reject where it is none, or denies what was said of it before."""
    try:
        program, _ = parse_file(path)
    except BadJsonError as error:
        return Reject(str(path), "", str(error))
    if not is_program(program) or not program["id"].strip():
        return Reject(
            str(path), "", "is no program: id, generation, timestamp and metrics were looked for", excerpt(program)
        )
    known_as = program["id"].strip()
    facts = _facts(program)
    rank = ("code" in program, "parent_id" in program, _checkpoint(path))
    before = seen.get(known_as)
    if before is None:
        seen[known_as] = _Seen(path, facts, path, rank, _order(program), size=size_of((path,)))
        return None
    if others := [name for name, value in facts.items() if before.facts.setdefault(name, value) != value]:
        return Reject(
            str(path),
            "",
            f"has the same id as {before.first}, {known_as!r}, but says something else ({', '.join(others)}); the "
            "first one was taken",
            excerpt(program),
        )
    before.files += 1
    before.size += size_of((path,))
    if rank >= before.rank:
        before.fullest, before.rank = path, rank
    return None


def _order(program: dict[str, Any]) -> tuple[float, float]:
    return _sortable(program["generation"]), _sortable(program["timestamp"])


def _sortable(value: Any) -> float:
    return value if isinstance(value, int | float) and value == value else -1.0


def _facts(program: dict[str, Any]) -> dict[str, str]:
    """Return hashes of what every file on the same program has to say alike, as far as it says it."""
    names = ("generation", "timestamp", "metrics", "parent_id", "code")
    return {name: content_hash(plain(program[name])) for name in names if name in program}


def _record(seen: _Seen, problem: str, stated: Stated) -> MethodRecord | Reject:
    path = seen.fullest
    try:
        program, mended = parse_file(path)
        digest = sha256_of(path)
    except (BadJsonError, SourceError) as error:
        return Reject(str(path), "", str(error))
    others = f"also in {counted(seen.files - 1, 'other file')}" if seen.files > 1 else ""
    place = "; ".join(filter(None, (others, "lone surrogates replaced by U+FFFD" if mended else "")))
    provenance = Provenance(str(path), digest, place)
    try:
        if not is_program(program):
            raise BadFieldError("is no program any more: it was changed while it was read")
        return program_record(
            program, provenance, code=_code(program, path), run=_run(path), problem=problem, stated=stated
        )
    except BadFieldError as error:
        return Reject(str(path), place, str(error), excerpt(program))


def _code(program: dict[str, Any], path: Path) -> str:
    """Return the program's text: its own, or that of ``best_program.py`` beside ``best_program_info.json``."""
    own = program.get("code")
    if isinstance(own, str) or path.name != _BEST:
        return own if isinstance(own, str) else ""
    for end in _CODE_ENDS:
        beside = path.with_name(f"best_program{end}")
        if beside.is_file():
            try:
                with beside.open("rb") as file:
                    return file.read(4 * MAX_TEXT).decode("utf-8", "replace")[: MAX_TEXT + 1]
            except OSError:
                return ""
    return ""


def _run(path: Path) -> PlaceName:
    """Return the name of the folder that a run's files lie in."""
    folders = [
        name for name in path.absolute().parent.parts[1:] if name not in _LAYOUT and not _CHECKPOINT.fullmatch(name)
    ]
    return PlaceName(folders[-1] if folders else "")


def _checkpoint(path: Path) -> int:
    """Return the number of the checkpoint that a file belongs to, -1 where it belongs to none."""
    return max((int(found[1]) for name in path.parts if (found := _CHECKPOINT.fullmatch(name))), default=-1)


SOURCE = Source(
    NAME,
    "Programs of OpenEvolve runs (best_program_info.json, checkpoint_*/programs/*.json)",
    True,
    recognise,
    plan,
    read,
    beside=("metadata.json", *(f"best_program{end}" for end in _CODE_ENDS)),
    sign="is one JSON object with id, generation, timestamp and metrics, and with code or the iteration",
    fields=(
        FieldMeaning("id", "by which the proposal is known"),
        FieldMeaning("parent_id", "the parent"),
        FieldMeaning("metrics: each number", "a measurement; timings and combined_score too"),
        FieldMeaning("metrics: what is no number", "the body"),
        FieldMeaning("metrics: an error of 0 alone", "a measurement without a value: the evaluation failed"),
        FieldMeaning("code, best_program.*", "the code in the body"),
        FieldMeaning("changes_description, metadata.changes", "the title and the body"),
        FieldMeaning("generation, iteration_found, metadata.island, language", "the body"),
        FieldMeaning("timestamp", "the time, in UTC"),
        FieldMeaning("prompts, embedding, complexity, diversity, artifact_dir", "the raw record alone"),
    ),
    cannot_know=(
        "which program is the baseline: the first one was given to the run, and no file says by whom "
        "(--baseline generation=0 says that it is one)",
        "which run and which task it is of (the folder's name is taken for the run; --problem says the task)",
        "which way a metric is better, and which of them is a timing",
        "the dataset and the setting",
    ),
    example='{"id": "6f1c", "code": "def f(x):\\n    return x\\n", "language": "python", "parent_id": null, '
    '"generation": 0, "timestamp": 1767790721.0, "iteration_found": 0, '
    '"metrics": {"combined_score": 0.31, "eval_time": 0.6}, "metadata": {"island": 0}}\n',
    baseline_fields=BASELINE_FIELDS,
    shares_ids=in_namespaces((NAMESPACE,)),
    ids="are UUIDs, which nothing else has; where they are not two runs may have the same",
)
