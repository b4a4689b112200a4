"""AIDE's ``journal.json``: a search over programs for one task, each node with a plan, a program and one number."""

from collections.abc import Iterator
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import PlaceName, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.files import require, sha256_of, size_of
from reviewer.sources.journal_metrics import Directions
from reviewer.sources.jsontext import BadJsonError, excerpt, parse_file
from reviewer.sources.search_journal import Node, holds_journal, is_journal, namespace_of, nodes_of
from reviewer.sources.search_tree import BASELINE_FIELDS, SearchTree
from reviewer.sources.shared_ids import in_namespaces_of

NAME = "aide"
SLUG = "aide"
AGENT = "AIDE"


def recognise(head: Head) -> bool:
    """Tell whether the file is a journal of AIDE's."""
    return holds_journal(head, second_version=False)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one journal.

    Raises:
        SourceError: when it is none.
    """
    if not require(path).is_file():
        raise SourceError(f"{path}: is a folder; name the journal.json in it.")
    return Plan(NAME, path, (path,), NAME, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the problem with what is told of its metric, then each node as a proposal."""
    (path,) = plan.files
    try:
        value, _ = parse_file(path)
        digest = sha256_of(path)
    except (BadJsonError, SourceError) as error:
        yield Reject(str(path), "", str(error))
        return
    if not is_journal(value):
        yield Reject(str(path), "", "is no journal: nodes and node2parent were looked for", excerpt(value))
        return
    tree, nodes = SearchTree(), list[Node]()
    for found in nodes_of(value, Provenance(str(path), digest)):
        refused = found if isinstance(found, Reject) else tree.add(found)
        if refused is not None:
            yield refused
        elif isinstance(found, Node):
            nodes.append(found)
    slug = plan.problem or SLUG
    directions = Directions(reading for node in nodes for reading in node.readings)
    if nodes:
        yield Problem(slug, "" if plan.problem else AGENT, metrics=directions.metrics(), authoritative=False)
    yield from tree.records(
        namespace=namespace_of(NAME, nodes),
        problem=slug,
        agent=AGENT,
        run=run_of(path),
        directions=directions,
        stated=plan.stated,
    )
    progress(plan.total or 0)


def run_of(path: Path) -> PlaceName:
    """Return what to call the run of a journal: its file's name, or its folder's where that says no more."""
    return PlaceName(path.absolute().parent.name if path.stem == "journal" else path.stem)


SOURCE = Source(
    NAME,
    "A search of AIDE (journal.json)",
    False,
    recognise,
    plan,
    read,
    sign="is an object with a list of nodes and node2parent, whose nodes have plan, is_buggy and metric",
    fields=(
        FieldMeaning("nodes", "a proposal each; one that failed too, without a value"),
        FieldMeaning("id", "what it is known by"),
        FieldMeaning("node2parent, parent", "the parent"),
        FieldMeaning("plan", "the title, by its first sentence, and the method text"),
        FieldMeaning("analysis, code, exec_time", "sections of the method text"),
        FieldMeaning("metric.value", "a measurement of “metric”, which has no other name"),
        FieldMeaning("metric.maximize", "which way that is better"),
        FieldMeaning("is_buggy, exc_type, exc_info", "why there is no value"),
        FieldMeaning("ctime", "when it was made, in UTC"),
    ),
    cannot_know=(
        "the task and its data: --problem names the one, the dataset is “unknown”",
        "what a human reached; a node that stands for it is named with its id or step",
        "how many seeds or folds a value rests on, and in which setting it was measured",
    ),
    example="""{"nodes": [
  {"id": "a1", "step": 0, "ctime": 1760353116.5, "plan": "Boosted trees on log prices.", "code": "…",
   "is_buggy": false, "exc_type": null, "metric": {"value": 0.137, "maximize": false}},
  {"id": "b2", "step": 1, "ctime": 1760353172.9, "plan": "Add the total area.", "code": "…",
   "is_buggy": true, "exc_type": "TypeError", "metric": {"value": null, "maximize": null}}],
 "node2parent": {"b2": "a1"}, "__version": "2"}
""",
    baseline_fields=BASELINE_FIELDS,
    shares_ids=in_namespaces_of(NAME),
    ids="are UUIDs, which nothing else has; where they are not, the first node tells runs apart, which may be alike",
)
