"""The attempts of one search as proposals: each with its parent, and with its repeats as the values of its seeds.

A repeat (``is_seed_node``) is an attempt's program run once more with another seed. It is no proposal of its own: what
repeats measured is averaged, beside the number that the attempt itself came to. That number stays apart, since the
attempt was chosen for it and the repeats were not. A search may name a metric or a dataset anew in each repeat; what
its attempt has under no such name stands there as a number of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean, stdev

from reviewer.domain.counted import counted
from reviewer.domain.methods import Measurement, MethodRecord, Reject, SeedValue
from reviewer.domain.vocabulary import Basis, Origin, Role
from reviewer.sources.contract import Stated
from reviewer.sources.journal_metrics import Directions, Reading
from reviewer.sources.jsontext import excerpt, plain
from reviewer.sources.search_journal import Node, made_at, text_of, title_of

BASELINE_FIELDS = ("id", "step")
"""By which fields of a node a person can say that it is a baseline."""

_SHOWN_OF_ID = 8


@dataclass
class SearchTree:
    """The nodes of one search, as its journals give them one after the other."""

    _nodes: dict[str, Node] = field(default_factory=dict)
    _journals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, node: Node, journal: str = "") -> Reject | None:
        """Take a node in. One that an earlier ``journal`` has is the same attempt, told anew.

        It is refused where it says something else than there.
        """
        known = self._nodes.get(node.id)
        if known is not None and known.says() != node.says():
            where = known.provenance
            return _reject(node, f"has the same id as {where.place} in {where.file}, but was or came to something else")
        self._nodes[node.id] = node
        if journal not in self._journals[node.id]:
            self._journals[node.id].append(journal)
        return None

    def records(
        self,
        *,
        namespace: str,
        problem: str,
        agent: str,
        run: str,
        directions: Directions,
        stated: Stated,
        idea: str = "",
        root: str = "",
    ) -> Iterator[MethodRecord | Reject]:
        """Yield the attempts in the order in which they came, and the repeats that are of none.

        ``idea`` is what all of them are attempts at, where somebody says; ``root`` is the parent of the first ones.
        """
        repeats: dict[str, list[Node]] = defaultdict(list)
        for node in self._nodes.values():
            if _is_attempt(node):
                continue
            of = self._attempt_above(node)
            if of:
                repeats[of].append(node)
            else:
                yield _reject(node, "is a repeat with another seed (is_seed_node) of an attempt that is not there")
        for node in filter(_is_attempt, self._nodes.values()):
            own = [reading.measurement(directions.note(reading.metric)) for reading in node.readings]
            again = _repeated(repeats[node.id], directions)
            is_baseline = bool(stated.baseline) and all(
                str(node.record.get(name, "")).strip() == value for name, value in stated.baseline
            )
            yield MethodRecord(
                namespace=namespace,
                external_id=node.id,
                role=Role.BASELINE if is_baseline else Role.PROPOSAL,
                title=title_of(node.record),
                problem=problem,
                provenance=node.provenance,
                origin=Origin.UNKNOWN if is_baseline else Origin.AGENT,
                agent=agent,
                run=run,
                parent=self._attempt_above(node) or root,
                idea=idea,
                body=text_of(node, self._stages(node), _told(repeats[node.id])),
                created_at=made_at(node.record),
                measurements=(*own, *again),
                raw=plain({**node.record, "node2parent": node.parent}),
            )

    def _attempt_above(self, node: Node) -> str:
        """Return the nearest node above that is an attempt; empty where there is none, or nodes stand in a circle."""
        seen = {node.id}
        above = node.parent
        while above and above not in seen:
            seen.add(above)
            parent = self._nodes.get(above)
            if parent is None:
                return above if _is_attempt(node) else ""
            if _is_attempt(parent):
                return above
            above = parent.parent
        return ""

    def _stages(self, node: Node) -> str:
        journals = [journal for journal in self._journals[node.id] if journal]
        return "## Stages\n\n" + "\n".join(f"- {journal}" for journal in journals) if journals else ""


def _is_attempt(node: Node) -> bool:
    return not (node.is_repeat or node.sums_up)


def _reject(node: Node, reason: str) -> Reject:
    return Reject(node.provenance.file, node.provenance.place, reason, excerpt(dict(node.record)))


def _told(repeats: Sequence[Node]) -> str:
    """Return a section on the repeats, the failed ones and those without a number among them."""
    lines = []
    for node in repeats:
        what = "sums up the others" if node.sums_up else f"measured {counted(len(node.readings), 'number')}"
        lines.append(f"- {node.id}: {node.fault or what}")
    return "## Repeats with other seeds\n\n" + "\n".join(lines) if lines else ""


def _repeated(repeats: Sequence[Node], directions: Directions) -> Iterator[Measurement]:
    found: dict[tuple[str, str], list[tuple[Node, Reading]]] = defaultdict(list)
    for node in repeats:
        for reading in node.readings:
            if node.sums_up:
                yield reading.measurement(f"as node {node.id[:_SHOWN_OF_ID]} sums up the repeats")
            else:
                found[reading.metric, reading.dataset].append((node, reading))
    for (metric, dataset), several in found.items():
        valued = [(node, reading.value) for node, reading in several if reading.value is not None]
        if not valued:
            why = several[0][1].missing
            yield Measurement(metric, dataset, None, source=_source(several), missing=f"no repeat has a value: {why}")
            continue
        values = [value for _, value in valued]
        n = len(values)
        lacking = (
            f"; {len(several) - n} of {counted(len(several), 'repeat')} without a value" if n < len(several) else ""
        )
        note = directions.note(metric)
        yield Measurement(
            metric=metric,
            dataset=dataset,
            value=fmean(values),
            standard_error=stdev(values) / sqrt(n) if n > 1 else None,
            n_seeds=n,
            basis=Basis.RECOMPUTED if n > 1 else Basis.CLAIMED,
            source="; ".join(filter(None, (_source(several) + lacking, note))),
            seeds=tuple(SeedValue(None, value) for value in values),
        )


def _source(several: Sequence[tuple[Node, Reading]]) -> str:
    ids = ", ".join(node.id[:_SHOWN_OF_ID] for node, _ in several[:10])
    mean = "one repeat" if len(several) == 1 else f"mean of {len(several)} repeats"
    return f"{mean} with another seed ({ids}), without the attempt's own run"
