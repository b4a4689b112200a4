"""The AI Scientist's first version: lists of ideas, and folders in which ideas were tried.

Read are ``ideas.json`` and ``seed_ideas.json`` wherever they lie, each ``run_N/final_info.json``, and beside the runs
``notes.txt``, ``review.txt`` and ``review_improved.txt``. Each idea is a proposal; the template's own run is the
baseline; what came of an idea is a part of its own, so that a list which is imported again takes no number away.

Seed ideas are given to the agent as examples. Who had them nobody says: a template's author may have written them, or
picked them from what an agent had. Each list of the agent's own begins with them, so that which of its ideas are the
agent's is known only where the seeds lie beside it.

A review is a machine's of the paper that the agent wrote. Its score is kept as an outside review's; what it says stands
in the raw record alone, since it would be read before one's own judgement.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Origin
from reviewer.sources.ai_scientist_folder import AGENT, NAMESPACE, NOTES, REVIEWS, Folder, Idea, run_number
from reviewer.sources.ai_scientist_results import is_final_info
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, label
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.idea_text import FIRST, holds_ideas, idea_id, idea_record, is_idea
from reviewer.sources.jsontext import BadJsonError, excerpt, parse, parse_file, plain
from reviewer.sources.shared_ids import in_namespaces
from reviewer.sources.sightings import Sightings

NAME = "ai-scientist"
SLUG = "ai-scientist"
RESULTS = "final_info.json"
SEEDS = "seed_ideas.json"


def recognise(head: Head) -> bool:
    """Tell whether the file is a list of the first version's ideas, or has the results of a run."""
    return _holds_results(head) or holds_ideas(head, FIRST)


def _holds_results(head: Head) -> bool:
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if run_number(head.path) is None or not start.startswith(b"{"):
        return False
    if not head.whole:
        return b'"means"' in start
    try:
        return is_final_info(parse(head.start)[0])
    except BadJsonError:
        return b'"means"' in start


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one list of ideas, or all lists, runs, notes and reviews beneath a folder.

    Raises:
        SourceError: when there is none, or the path is one run's results, which do not say of what.
    """
    is_file = require(path).is_file()
    head = readable_head(path) if is_file else None
    if (head is not None and _holds_results(head)) or (not is_file and run_number(path / RESULTS) is not None):
        folder = path.absolute().parent.parent if is_file else path.absolute().parent
        raise SourceError(
            f"{path}: is what one run measured, and says nothing of the idea; import the idea's folder, {folder}."
        )
    if is_file:
        return Plan(NAME, path, (path,), NAMESPACE, problem, size_of((path,)))
    heads = ((file, readable_head(file)) for file in files_under(path))
    known = {file for file, head in heads if head is not None and recognise(head)}
    known |= {file for file in files_under(path) if file.name == RESULTS and run_number(file) is not None}
    if not known:
        raise SourceError(f"{path}: holds nothing of the AI Scientist; ideas with Name, Title and Experiment, or "
                          f"run_N/{RESULTS} with means, were looked for.")  # fmt: skip
    folders = {_folder_of(file) for file in known}
    beside = {folder / name for folder in folders for name in (NOTES, *REVIEWS) if (folder / name).is_file()}
    files = tuple(sorted(known | beside, key=lambda f: (str(_folder_of(f)), run_number(f) or 0, str(f))))
    return Plan(NAME, path, files, NAMESPACE, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the ideas, then the baseline and the results of each folder; before the first of them the problem."""
    slug = plan.problem or SLUG
    described = False
    for record in _records(plan, slug, progress):
        if not described and not isinstance(record, Reject):
            yield Problem(slug, "" if plan.problem else "AI Scientist", authoritative=False)
            described = True
        yield record


def _records(plan: Plan, problem: str, progress: Progress) -> Iterator[Record]:
    folders: dict[Path, list[Path]] = defaultdict(list)
    for file in plan.files:
        folders[_folder_of(file)].append(file)
    sightings = Sightings()
    beside: dict[Path, list[Idea]] = defaultdict(list)
    done = 0
    lists_of = {folder: [f for f in files if _is_list(f)] for folder, files in folders.items()}
    for folder, lists in lists_of.items():
        for found in _ideas(lists, problem):
            admitted = found if isinstance(found, Reject) else sightings.admit(found.record)
            yield admitted
            if isinstance(found, Idea) and isinstance(admitted, MethodRecord):
                beside[folder].append(found)
        done += size_of(tuple(lists))
        progress(done)
    everywhere = [idea for ideas in beside.values() for idea in ideas]
    for folder, files in folders.items():
        runs = tuple(f for f in files if run_number(f) is not None)
        reviews = tuple(f for f in files if f.name in REVIEWS)
        notes = next((f for f in files if f.name == NOTES), None)
        has_list = bool(lists_of[folder])
        ideas = beside[folder] if has_list else everywhere
        for record in Folder(folder, runs, notes, reviews).records(ideas, problem, has_list=has_list):
            yield record if isinstance(record, Reject | Problem) else sightings.admit(record)
        done += size_of((*runs, *reviews, *([notes] if notes else [])))
        progress(done)


def _is_list(file: Path) -> bool:
    return run_number(file) is None and file.name not in (NOTES, *REVIEWS)


def _ideas(lists: list[Path], problem: str) -> Iterator[Idea | Reject]:
    """Yield the ideas of one folder's lists.

    What stands in several of them is told alike each time, by the row that says most: the lists of the agent's own
    repeat the seeds and say of them whether they are novel.
    """
    rows: list[tuple[Path, str, str, Any]] = []
    for path in lists:
        try:
            value, _ = parse_file(path)
            digest = sha256_of(path)
        except (BadJsonError, SourceError) as error:
            yield Reject(str(path), "", str(error))
            continue
        found = value if isinstance(value, list) else [value]
        rows += [(path, digest, f"idea {n}", row) for n, row in enumerate(found, 1)]
    seeds = _seeds(lists)
    fullest: dict[str, Any] = {}
    for _, _, _, row in rows:
        if is_idea(row, FIRST) and (known_as := _id(row)) is not None:
            fullest[known_as] = max(fullest.get(known_as, row), row, key=len)
    for path, digest, place, row in rows:
        if not is_idea(row, FIRST):
            yield Reject(str(path), place, f"is no idea: it has no {FIRST}, or neither Name nor Title", excerpt(row))
            continue
        try:
            known_as = idea_id(row)
            is_agents = seeds is not None and known_as not in seeds
            record = idea_record(
                fullest[known_as],
                Provenance(str(path), digest, place),
                namespace=NAMESPACE,
                problem=problem,
                agent=AGENT if is_agents else "",
                origin=Origin.AGENT if is_agents else Origin.UNKNOWN,
            )
            record = record._replace(raw=plain(row))
            yield Idea(record, label(row, "Name"), label(row, "Title").partition("\n")[0].strip())
        except BadFieldError as error:
            yield Reject(str(path), place, str(error), excerpt(row))


def _seeds(lists: list[Path]) -> frozenset[str] | None:
    """Return by what the seed ideas beside these lists are known, or None where no list of them lies there."""
    for folder in {path.parent for path in lists}:
        if (folder / SEEDS).is_file():
            try:
                value, _ = parse_file(folder / SEEDS)
            except BadJsonError:
                return None
            found = value if isinstance(value, list) else [value]
            return frozenset(filter(None, (_id(row) for row in found if is_idea(row, FIRST))))
    return None


def _id(row: dict[str, Any]) -> str | None:
    try:
        return idea_id(row)
    except BadFieldError:
        return None


def _folder_of(file: Path) -> Path:
    """Return the folder of the idea that a file belongs to."""
    if run_number(file) is None:
        return file.parent
    return file.parent.parent if file.parent.name else file.absolute().parent.parent


SOURCE = Source(
    NAME,
    "Ideas and runs of the AI Scientist (ideas.json, run_N/final_info.json)",
    True,
    recognise,
    plan,
    read,
    sign=(
        "is a list of objects with Name, Title and Experiment; or lies in a folder run_N and has, for each dataset, an "
        "object means"
    ),
    fields=(
        FieldMeaning("Title", "the title"),
        FieldMeaning("Name", "the id, with a hash of what the idea says; a folder's name ends with it"),
        FieldMeaning("Experiment", "the method text; any other field but these is a section of it"),
        FieldMeaning("Interestingness, Feasibility, Novelty", "the agent's own scores, of 10"),
        FieldMeaning("novel", "a claim of the agent"),
        FieldMeaning("run_0", "the baseline, a human's: the template's own run"),
        FieldMeaning("run_1 and on", "measurements of the idea, each with its run in its source"),
        FieldMeaning("means, final_info_dict", "values; computed anew from the list of values where there is one"),
        FieldMeaning("stderrs", "told beside the number: the standard error is computed anew, or left out"),
        FieldMeaning("notes.txt", "the agent's notes in the method text, and the names of its runs"),
        FieldMeaning(
            "review.txt", "an outside review by an AI: Overall, of 10, and Confidence; its words stay in the raw record"
        ),
    ),
    cannot_know=(
        "which way a metric is better, and in which setting it was measured",
        "which of the runs of an idea counts: the first with the most values is compared, the others stay in sight",
        "whose the seed ideas are, and without seed_ideas.json beside the list which ideas are seeds",
        "the model, the time, and the seeds' numbers",
    ),
    example="""[
  {"Name": "adaptive_lr", "Title": "Adaptive learning rates", "Experiment": "Let the rate follow the loss.",
   "Interestingness": 7, "Feasibility": 9, "Novelty": 4, "novel": true}
]
""",
    shares_ids=in_namespaces((NAMESPACE,)),
    ids=(
        "hold a hash of what the idea says, and results are known by their folder's name besides: two runs may have "
        "both in common"
    ),
)
