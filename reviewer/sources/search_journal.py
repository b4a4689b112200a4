"""The journal of a tree search over programs, as AIDE writes it and the AI Scientist's second version after it.

A journal is ``{"nodes": [...], "node2parent": {...}}``. A node is one attempt: its plan, its program, how the run
ended, what was measured. Its parent stands in ``node2parent`` alone; ``parent`` and ``children`` of a node are empty.

Each attempt is a proposal of its own, with its parent: each changes something else, names its metrics anew, and is kept
or left by what it measured, so that one proposal for all would hold dozens of numbers of which no two are comparable.
A node that failed is kept, with how it failed and without a value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reviewer.domain.identity import content_hash, timestamp
from reviewer.domain.methods import Provenance, Reject
from reviewer.sources import fields
from reviewer.sources.contract import Head
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.idea_text import as_markdown
from reviewer.sources.journal_metrics import Reading, readings
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, overlong, parse, plain
from reviewer.sources.shared_ids import is_unique

LONGEST_TITLE = 120
_IS_REPEAT = "is_seed_node"
_VARIED = ("ablation_name", "hyperparam_name")
_LONGEST_ID = 100
_JOURNAL = re.compile(rb'\s*\{\s*"(?:nodes|node2parent|__version)"\s*:')
_OF_A_NODE = re.compile(rb'"(?:is_buggy|exec_time|exc_type|ctime|plan)"\s*:')
_OF_SECOND_VERSION = re.compile(rb'"(?:is_seed_node|plot_code|plot_plan|metric_names|overall_plan)"\s*:')
_SENTENCE = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Node:
    """One attempt of a search, as a journal has it."""

    id: str
    record: Mapping[str, Any]
    provenance: Provenance
    parent: str
    readings: tuple[Reading, ...]
    fault: str
    """Why nothing that it measured counts; empty where it counts."""

    @property
    def is_repeat(self) -> bool:
        """Return whether it is its parent's program once more, with another seed."""
        return self.record.get(_IS_REPEAT) is True

    @property
    def sums_up(self) -> bool:
        """Return whether it measures nothing of its own, and sums up the repeats of its parent."""
        return self.record.get("is_seed_agg_node") is True

    def says(self) -> str:
        """Return a hash of what it was and came to; a later journal may tell more of how it looked."""
        return content_hash(
            plain([self.record.get(name) for name in ("plan", "code", "metric", "is_buggy", "exc_type", _IS_REPEAT)])
        )


def holds_journal(head: Head, *, second_version: bool) -> bool:
    """Tell whether the file is a journal, and one of the AI Scientist's second version rather than of AIDE."""
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return False
    if head.whole:
        try:
            value, _ = parse(head.start)
        except BadJsonError:
            pass
        else:
            if not is_journal(value):
                return False
            marked = any(_IS_REPEAT in n or _names_metrics(n) for n in value["nodes"] if isinstance(n, dict))
            return marked is second_version
    start += head.beyond
    is_one = bool(_JOURNAL.match(start)) and bool(_OF_A_NODE.search(start))
    return is_one and bool(_OF_SECOND_VERSION.search(start)) is second_version


def is_journal(value: Any) -> bool:
    """Tell whether a JSON value has the shape of a journal."""
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        return False
    if isinstance(value.get("node2parent"), dict):
        return True
    return any(isinstance(node, dict) and "is_buggy" in node for node in value["nodes"])


def _names_metrics(node: Mapping[str, Any]) -> bool:
    return "metric_names" in fields.mapping(fields.mapping(node.get("metric")).get("value"))


def namespace_of(base: str, nodes: Sequence[Node]) -> str:
    """Return the namespace of a search: the format's, since its nodes have ids that are unique by themselves.

    Where they have others (a count, say), the search is told from others by its first node.
    """
    if all(is_unique(node.id) for node in nodes):
        return base
    first = nodes[0]
    return f"{base}-{content_hash([first.id, plain(first.record.get('ctime')), first.record.get('plan')])[:12]}"


def nodes_of(journal: Mapping[str, Any], file: Provenance) -> Iterator[Node | Reject]:
    """Yield the nodes of a journal in its order, and a reject for each that is none."""
    parents = fields.mapping(journal.get("node2parent"))
    for number, record in enumerate(journal["nodes"], 1):
        known_as = record.get("id") if isinstance(record, dict) else None
        place = f"node {known_as[:_LONGEST_ID]}" if isinstance(known_as, str) else f"node number {number}"
        try:
            yield _node(record, file._replace(place=place), parents)
        except BadFieldError as error:
            yield Reject(file.file, place, str(error), excerpt(record))


def _node(record: Any, provenance: Provenance, parents: Mapping[str, Any]) -> Node:
    """Return a node of a journal.

    Raises:
        BadFieldError: when it is no object, has no id, a field has the wrong kind, or a text is too long.
    """
    if not isinstance(record, dict):
        raise BadFieldError(f"is no node: it must be an object, not {fields.kind(record)}")
    if (name := overlong(record)) is not None:
        raise BadFieldError(f"{name}: is longer than {MAX_TEXT:,} characters")
    known_as = fields.label(record, "id")
    if not known_as:
        raise BadFieldError("id: is missing")
    for name in ("plan", "code", "analysis", "exc_type"):
        fields.text(record, name)
    parent = parents.get(known_as) or record.get("parent")
    fault = _fault(record)
    return Node(
        known_as, record, provenance, parent.strip() if isinstance(parent, str) and parent != known_as else "",
        readings(record.get("metric"), fault, are_named=_IS_REPEAT in record), fault,
    )  # fmt: skip


def _fault(record: Fields) -> str:
    """Return why what a node measured does not count; empty where it does."""
    kind = fields.text(record, "exc_type").strip()
    if fields.truth(record, "is_buggy"):
        return f"the node is marked as buggy: its run ended with {kind}" if kind else "the node is marked as buggy"
    return f"its run ended with {kind}" if kind else ""


def title_of(record: Fields) -> str:
    """Return what to call a node: the first sentence of its plan, after what it varies where it says so."""
    varied = next((v for name in _VARIED if isinstance(v := record.get(name), str) and v.strip()), "")
    plan = " ".join(fields.text(record, "plan").split())
    said = ": ".join(filter(None, (" ".join(varied.split()), _SENTENCE.split(plan, maxsplit=1)[0])))
    if len(said) > LONGEST_TITLE:
        said = f"{said[: LONGEST_TITLE - 1].rsplit(' ', 1)[0]}…"
    return said or f"Node {fields.label(record, 'id')}"


def made_at(record: Fields) -> str:
    """Return when a node was made, in UTC; empty where its ``ctime`` is no time since 1970."""
    made = record.get("ctime")
    if isinstance(made, bool) or not isinstance(made, int | float) or not 0 < made < 1e11:
        return ""
    return timestamp(datetime.fromtimestamp(made, UTC))


def text_of(node: Node, *more: str) -> str:
    """Return what a node says as Markdown: plan, analysis, how it ended, further paragraphs, and its program."""
    record = node.record
    parts = [
        _section("Plan", as_markdown(record.get("plan"))),
        _section("Plan so far", as_markdown(record.get("overall_plan"))),
        _section("How it ended, by the agent", as_markdown(record.get("analysis"))),
        _section("What its plots show, by the agent", as_markdown(record.get("vlm_feedback_summary"))),
        _section("Run", "\n".join(f"- {line}" for line in _run_lines(node))),
        *more,
        _section("Program", _fenced(fields.text(record, "code"))),
    ]
    return "\n\n".join(filter(None, parts))


def _section(heading: str, text: str) -> str:
    return f"## {heading}\n\n{text}" if text.strip() else ""


def _run_lines(node: Node) -> list[str]:
    record = node.record
    seconds = record.get("exec_time")
    lines = []
    if node.fault:
        said = fields.mapping(record.get("exc_info")).get("args")
        words = f" ({as_markdown(said[0])})" if isinstance(said, list) and said and said[0] is not None else ""
        lines.append(f"{node.fault[0].upper()}{node.fault[1:]}{words}.")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 1e9:
        lines.append(f"It took {seconds:,.1f} s.")
    return lines


def _fenced(code: str) -> str:
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code.strip()}\n{fence}"
