"""The AI Scientist's second version: lists of ideas, and runs that search for a program for one idea.

Read are the lists (an ``idea.json`` of a run holds one idea), the ``journal.json`` of each stage, and each
``stage_progress.json``. The idea is a proposal, and so is each attempt at it, with its parent; the first ones have the
idea for a parent. A stage begins with the attempt that won the one before, under the same id: it is read once. What an
agent found in a stage is a remark on the idea.

Journals are of the idea whose ``idea.json`` lies in the nearest folder above them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, PlaceName, Provenance, Reject, Remark
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Origin, RemarkKind
from reviewer.sources import fields
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.idea_text import SECOND, holds_ideas, idea_record, is_idea
from reviewer.sources.journal_metrics import Directions, Reading
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, overlong, parse, parse_file, plain
from reviewer.sources.search_journal import Node, holds_journal, is_journal, namespace_of, nodes_of
from reviewer.sources.search_tree import BASELINE_FIELDS, SearchTree
from reviewer.sources.shared_ids import in_namespaces_of
from reviewer.sources.sightings import Sightings

NAME = "ai-scientist-v2"
AGENT = "AI-Scientist-v2"
_OWN_IDEA = "idea.json"
_PROGRESS = ("stage", "total_nodes", "current_findings")
_COUNTS = ("total", "good", "buggy")


def recognise(head: Head) -> bool:
    """Tell whether the file holds ideas of the second version, a stage's journal, or what was found in a stage."""
    return holds_ideas(head, SECOND) or holds_journal(head, second_version=True) or _holds_progress(head)


def _holds_progress(head: Head) -> bool:
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return False
    if head.whole:
        try:
            return _is_progress(parse(head.start)[0])
        except BadJsonError:
            pass
    return all(re.search(rb'"%s"\s*:' % name.encode(), start) for name in _PROGRESS)


def _is_progress(value: Any) -> bool:
    return isinstance(value, dict) and all(name in value for name in _PROGRESS)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file, or all lists of ideas, journals and stages' findings beneath a folder.

    Raises:
        SourceError: when there is none.
    """
    if require(path).is_file():
        files: tuple[Path, ...] = (path,)
    else:
        heads = ((file, readable_head(file)) for file in files_under(path))
        files = tuple(sorted((f for f, head in heads if head is not None and recognise(head)), key=_natural))
    if not files:
        raise SourceError(f"{path}: holds nothing of the AI Scientist's second version; ideas with a Short Hypothesis, "
                          "or journals with is_seed_node, were looked for.")  # fmt: skip
    return Plan(NAME, path, files, NAME, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the ideas, then run by run the attempts and what was found; before the first of them the problem.

    Journals are read twice: the first time for which way their metrics are better, which the problem says of all.
    """
    slug = plan.problem or NAME
    directions = _directions(plan)
    described = False
    for record in _records(plan, slug, directions, progress):
        if not described and not isinstance(record, Reject):
            title = "" if plan.problem else "AI Scientist, second version"
            yield Problem(slug, title, metrics=directions.metrics(), authoritative=False)
            described = True
        yield record


def _directions(plan: Plan) -> Directions:
    def all_readings() -> Iterator[Reading]:
        for path in plan.files:
            try:
                value, _ = parse_file(path)
            except BadJsonError:  # It is refused when it is read for its records.
                continue
            if is_journal(value):
                for node in nodes_of(value, Provenance(str(path), "")):
                    yield from node.readings if isinstance(node, Node) else ()

    return Directions(all_readings())


_Taken = MethodRecord | Remark | Reject


class _Run(NamedTuple):
    """The journals and findings of one run, its folder, and the idea that lies there; empty where none does."""

    folder: Path
    files: list[Path]
    idea: str


def _records(plan: Plan, problem: str, directions: Directions, progress: Progress) -> Iterator[Record]:
    sightings = Sightings()
    of_ideas = [path for path in plan.files if (head := readable_head(path)) is not None and holds_ideas(head, SECOND)]
    ideas: dict[Path, str] = {}
    done = 0
    for path in of_ideas:
        for record in _ideas(path, problem):
            admitted = sightings.admit(record) if isinstance(record, MethodRecord) else record
            yield admitted
            if isinstance(admitted, MethodRecord) and path.name == _OWN_IDEA:
                ideas[path.parent] = admitted.external_id
        done += size_of((path,))
        progress(done)
    runs: dict[Path, _Run] = {}
    for path in plan.files:
        if path not in of_ideas:
            folder = next((f for f in path.parents if f in ideas), _stage_folder(path).parent)
            runs.setdefault(folder, _Run(folder, [], ideas.get(folder, ""))).files.append(path)
    for run in runs.values():
        for found in _run_records(run, plan, problem, directions):
            yield sightings.admit(found) if isinstance(found, MethodRecord | Remark) else found
        done += size_of(tuple(run.files))
        progress(done)


def _ideas(path: Path, problem: str) -> Iterator[MethodRecord | Reject]:
    try:
        value, _ = parse_file(path)
        digest = sha256_of(path)
    except (BadJsonError, SourceError) as error:
        yield Reject(str(path), "", str(error))
        return
    for number, row in enumerate(value if isinstance(value, list) else [value], 1):
        place = f"idea {number}" if isinstance(value, list) else ""
        if not is_idea(row, SECOND):
            yield Reject(str(path), place, f"is no idea: it has no {SECOND}, or neither Name nor Title", excerpt(row))
            continue
        try:
            yield idea_record(
                row, Provenance(str(path), digest, place), namespace=NAME, problem=problem, agent=AGENT,
                origin=Origin.AGENT,
            )  # fmt: skip
        except BadFieldError as error:
            yield Reject(str(path), place, str(error), excerpt(row))


def _run_records(
    run: _Run, plan: Plan, problem: str, directions: Directions
) -> Iterator[MethodRecord | Remark | Reject]:
    """Yield the attempts of a run, what was found in its stages, and what cannot be taken."""
    tree, nodes = SearchTree(), list[Node]()
    found: list[tuple[Path, str, dict[str, Any]]] = []
    for path in run.files:
        try:
            value, _ = parse_file(path)
            digest = sha256_of(path)
        except (BadJsonError, SourceError) as error:
            yield Reject(str(path), "", str(error))
            continue
        if _is_progress(value):
            found.append((path, digest, value))
            continue
        if not is_journal(value):
            yield Reject(str(path), "", "is neither ideas nor a journal nor what was found in a stage", excerpt(value))
            continue
        for node in nodes_of(value, Provenance(str(path), digest)):
            refused = node if isinstance(node, Reject) else tree.add(node, path.absolute().parent.name)
            if refused is not None:
                yield refused
            elif isinstance(node, Node):
                nodes.append(node)
    namespace = namespace_of(NAME, nodes)
    yield from tree.records(
        namespace=namespace,
        problem=problem,
        agent=AGENT,
        run=PlaceName(run.folder.absolute().name),
        directions=directions,
        stated=plan.stated,
        idea=run.idea,
        root=run.idea if namespace == NAME else "",
    )
    for path, digest, value in found:
        yield _finding(value, Provenance(str(path), digest), run, problem)


def _finding(value: dict[str, Any], provenance: Provenance, run: _Run, problem: str) -> Remark | Reject:
    """Return what was found in a stage of a run as a remark on the idea."""
    if not run.idea:
        why = f"nothing says of which idea it is: no {_OWN_IDEA} with one lies in a folder above it"
        return Reject(provenance.file, "", why, excerpt(value))
    try:
        stage, said = fields.label(value, "stage"), fields.text(value, "current_findings").strip()
        best = fields.text(value, "best_metric").strip()
        counts = [f"{n} {word}" for word in _COUNTS if (n := fields.count(value, f"{word}_nodes")) is not None]
    except BadFieldError as error:
        return Reject(provenance.file, "", str(error), excerpt(value))
    if (long := overlong(value)) is not None:
        return Reject(provenance.file, long, f"{long}: is longer than {MAX_TEXT:,} characters", excerpt(value))
    if not said:
        return Reject(provenance.file, "", "current_findings: is missing", excerpt(value))
    return Remark(
        namespace=NAME,
        external_id=f"{run.idea} {run.folder.absolute().name} {stage}",
        problem=problem,
        kind=RemarkKind.INSIGHT,
        text="\n\n".join(filter(None, (said, f"Best metric, by the agent: {best}" if best else ""))),
        provenance=provenance,
        idea=run.idea,
        title=f"Stage {stage}: {', '.join(counts)} nodes" if counts else f"Stage {stage}",
        author=AGENT,
        raw=plain(value),
    )


def _stage_folder(path: Path) -> Path:
    """Return the folder of the stage that a journal, or the notes beside it, are of."""
    return path.parent.parent if path.parent.name == "notes" else path.parent


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort ``stage_2`` before ``stage_10``."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(p), "") if p.isdecimal() and len(p) < 20 else (0, p) for p in parts]


SOURCE = Source(
    NAME,
    "Ideas and runs of the AI Scientist's second version (idea.json, journal.json)",
    True,
    recognise,
    plan,
    read,
    sign=(
        "is a list of objects with Name, Title and Short Hypothesis, or one of them; or an object with nodes and "
        "node2parent, whose nodes have is_seed_node; or one with stage, total_nodes and current_findings"
    ),
    fields=(
        FieldMeaning("Name, Title", "the id, with a hash of what the idea says, and the title"),
        FieldMeaning("Short Hypothesis", "the hypothesis"),
        FieldMeaning("Abstract, Related Work, Experiments, Risk Factors and Limitations", "the method text"),
        FieldMeaning("nodes", "an attempt each, a proposal; one that failed too, without a value"),
        FieldMeaning("id", "what an attempt is known by"),
        FieldMeaning("node2parent, parent", "the parent; a first attempt's is the idea"),
        FieldMeaning("is_seed_node", "no proposal: its values are those of seeds of the attempt above it"),
        FieldMeaning("is_seed_agg_node", "true: it sums up those seeds, and is told among them"),
        FieldMeaning("plan", "the title, by its first sentence, and the method text"),
        FieldMeaning("ablation_name, hyperparam_name", "the title: what the attempt varies"),
        FieldMeaning("overall_plan, analysis, vlm_feedback_summary, code, exec_time", "sections of the method text"),
        FieldMeaning("metric.value.metric_names", "measurements: final_value, with best_value told beside it"),
        FieldMeaning(
            "metric.value.metric_names.lower_is_better", "which way the metric is better, unless it is told both ways"
        ),
        FieldMeaning("is_buggy, exc_type, exc_info", "why there is no value"),
        FieldMeaning("ctime", "when it was made, in UTC"),
        FieldMeaning("current_findings", "a remark on the idea, by the agent"),
    ),
    cannot_know=(
        "what a human reached; a node that stands for it is named with its id or step",
        "that two names of a metric mean the same one: a model names them anew for each node",
        "the numbers of seeds, and in which setting it was measured",
    ),
    example="""[
  {"Name": "ask_first", "Title": "Ask before retrieving", "Short Hypothesis": "Asking back avoids wrong answers.",
   "Related Work": "…", "Abstract": "…", "Experiments": ["Compare with one-shot retrieval."],
   "Risk Factors and Limitations": "Users may tire of questions."}
]
""",
    baseline_fields=BASELINE_FIELDS,
    shares_ids=in_namespaces_of(NAME),
    ids="are UUIDs, which nothing else has; where they are not, the first attempt tells runs apart, which may be alike",
)
