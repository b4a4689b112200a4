"""What reviewers said of a proposal, as agents may read it: one line of JSON for each, and the schema of a line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.domain.vocabulary import Verdict

FEEDBACK_VERSION = 1
"""Stands in the field ``feedback`` of every line; it is raised where a field is changed or taken away."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What reviewers said of one proposal. Nobody is named.

    ``rationales`` are those that their authors let agents read. ``blockers`` counts by the slug of a constraint how
    many rated it a blocker. ``of_current_revision`` says how many of the verdicts were given on what the proposal says
    now. ``updated_at`` is when the last of it was said.
    """

    problem: str
    proposal: str
    namespace: str
    external_id: str
    title: str
    agent: str
    run: str
    verdicts: Mapping[Verdict, int]
    of_current_revision: int
    blockers: Mapping[str, int]
    rationales: tuple[str, ...]
    updated_at: str
    met_as: tuple[str, ...] = ()
    """Under which other names it was met: ``namespace/id`` of each record that says the same to the letter."""

    def line(self) -> str:
        """Return it as one line of JSON, with its end."""
        data = {
            "feedback": FEEDBACK_VERSION,
            "problem": self.problem,
            "namespace": self.namespace,
            "id": self.external_id,
            "proposal": self.proposal,
            "title": self.title,
            "agent": self.agent,
            "run": self.run,
            "verdicts": {str(verdict): self.verdicts.get(verdict, 0) for verdict in Verdict},
            "of_current_revision": self.of_current_revision,
            "blockers": dict(self.blockers),
            "rationales": list(self.rationales),
            "updated_at": self.updated_at,
            "met_as": list(self.met_as),
        }
        return json.dumps(data, ensure_ascii=False) + "\n"


_COUNT = {"type": "integer", "minimum": 0}
_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    "feedback": {"const": FEEDBACK_VERSION, "description": "version of this schema"},
    "problem": {"type": "string", "description": "slug of the problem"},
    "namespace": {"type": "string", "description": "the run or server that id comes from"},
    "id": {"type": "string", "description": "the source's own id; with namespace it names the proposal"},
    "proposal": {"type": "string", "format": "uuid", "description": "the reviewers' id of the proposal"},
    "title": {"type": "string", "description": "title of the proposal, as it was when it was judged first"},
    "agent": {"type": "string", "description": "the agent that put it forward; empty where nobody says"},
    "run": {"type": "string", "description": "the agent's run; empty where nobody says"},
    "verdicts": {
        "type": "object",
        "description": "how many reviewers hold which verdict: whether it is likely to survive production",
        "properties": {str(verdict): _COUNT for verdict in Verdict},
        "required": [str(verdict) for verdict in Verdict],
        "additionalProperties": False,
    },
    "of_current_revision": {**_COUNT, "description": "how many of them were given on what the proposal says now"},
    "blockers": {
        "type": "object",
        "description": "by the constraint of production: how many reviewers rated it a blocker",
        "additionalProperties": {"type": "integer", "minimum": 1},
    },
    "rationales": {
        "type": "array",
        "description": "why, in the words of those reviewers who let agents read theirs",
        "items": {"type": "string"},
    },
    "updated_at": {"type": "string", "description": "when the last of it was said: ISO 8601 in UTC; empty where "
                   "no file said when"},
    "met_as": {
        "type": "array",
        "description": "namespace/id of every other record that says the same to the letter: this is said of those too",
        "items": {"type": "string"},
    },
}  # fmt: skip


def feedback_schema() -> dict[str, Any]:
    """Return the JSON Schema of one line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"reviewer: one line of feedback for agents, version {FEEDBACK_VERSION}",
        "type": "object",
        "properties": dict(_PROPERTIES),
        "required": list(_PROPERTIES),
        "additionalProperties": False,
    }
