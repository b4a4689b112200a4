"""One finding of the study's server, as a table's row or as JSON, turned into the record that it stands for.

The database and the JSON files hold the same findings in slightly different dress. Both go through here, so that a
finding that is met in both is one method with one revision.

- An agent's ``result`` or ``hypothesis`` is a proposal. Everything else that an agent posted is a remark; a finding
  that names no type is one too, and says so.
- ``is_baseline`` makes it one of the study's own baselines, or its floor or ceiling. A post of the type ``baseline``
  without that mark is kept as a baseline of unknown origin under its own id: anybody who posts can write the type, so
  it must not take a real baseline's place.
- The server writes local times without a zone, and its JSON appends a false ``Z``: the ``Z`` is taken off.
- What the weak and strong accuracies of a proposal were measured on is the agent's word. PGR computed from them is
  therefore a row of its own, with the basis ``recomputed``, beside the one the agent claims.
"""

import re
from typing import Any, Protocol

from reviewer.domain.identity import content_hash
from reviewer.domain.methods import Measurement, MethodRecord, Provenance, Remark
from reviewer.domain.vocabulary import Basis, Origin, RemarkKind, Role
from reviewer.sources import aar_study, fields
from reviewer.sources.contract import FieldMeaning
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.jsontext import MAX_TEXT, overlong, plain
from reviewer.sources.markdown_text import fenced
from reviewer.sources.texts_aside import TextsAside

FIELDS = (
    FieldMeaning("finding_type", "result, hypothesis: a proposal; baseline: a baseline; else a remark"),
    FieldMeaning("is_baseline", "true: one of the study's own baselines, its floor or its ceiling"),
    FieldMeaning("post_id, commit_id, id", "what it is known by: the first of them that is there"),
    FieldMeaning("parent_commit_id", "the proposal that it comes from"),
    FieldMeaning("title, idea_title", "its title; else the idea's name, or the first line of the text"),
    FieldMeaning("content, summary, code_snippet", "its text; a paragraph marked so is the hypothesis"),
    FieldMeaning("idea_uid, idea_name", "the idea, which remarks name too; a baseline's name"),
    FieldMeaning("run_id, session_id", "its run, which is its namespace, and its agent"),
    FieldMeaning("created_at", "when it was posted, in the server's local time"),
    FieldMeaning("dataset", "the dataset of its measurements, by the study's one name for it"),
    FieldMeaning("pgr, pgr_se", "a measurement of PGR with its error, as the agent claims it"),
    FieldMeaning("transfer_acc, transfer_acc_se", "a measurement of accuracy with its error, claimed"),
    FieldMeaning("weak_acc, strong_acc", "with transfer_acc: a second PGR beside it, recomputed"),
    FieldMeaning("num_seeds, seeds", "the number of seeds; where the two disagree, that is told"),
    FieldMeaning("config.direction, config.family", "the research direction"),
    FieldMeaning("worked", "a claim: the agent says that it worked, or did not"),
    FieldMeaning(
        "upvotes, downvotes, score, comment_count, sequence_number, updated_at",
        "not taken: what others made of it, and its place in the forum, are in the raw record alone",
    ),
    FieldMeaning(
        "weak_model, strong_model, pgr_delta, iteration, files_snapshot, file_count, s3_path, s3_key",
        "not taken: in the raw record alone",
    ),
)
"""What the fields of a finding become, as a table's row or as JSON."""

CANNOT_KNOW = (
    "in which setting anything was measured: --setting tells it",
    "how often the test set had been asked before a value was chosen",
    "who made a post of the type baseline without is_baseline: its origin is unknown",
    "which baseline a proposal is meant for: it is held against those of its problem",
    "the zone of its times, which are the server's local ones",
)

_PROPOSALS = frozenset({"result", "hypothesis"})
_REMARKS = {
    "insight": RemarkKind.INSIGHT,
    "error": RemarkKind.ERROR,
    "observation": RemarkKind.OBSERVATION,
}
_ENDS = r"(?=\n[ \t]*\n|\n#|\Z)"
_HYPOTHESIS = (
    re.compile(
        r"^[ \t]*(?:#{1,6}[ \t]*)?(?:\*\*|__)?hypothesis(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]*(?P<text>\S.*?)" + _ENDS,
        re.IGNORECASE | re.MULTILINE | re.DOTALL,
    ),
    re.compile(
        r"^#{1,6}[ \t]*hypothesis[ \t]*+:?[ \t]*+\n++(?P<text>[^#\s].*?)" + _ENDS,
        re.IGNORECASE | re.MULTILINE | re.DOTALL,
    ),
)
"""``Hypothesis: …``, plain or bold, and a heading ``Hypothesis`` with a paragraph below it."""

_SEVERAL = "\0"
"""Stands for the uids of a name that several ideas go by."""

_DIFFER = 0.002
"""By how much a stated PGR may differ from the computed one before it is worth a word."""


def is_finding(value: Any) -> bool:
    """Tell whether a JSON value has the shape of a finding: a text, and one of the study's own fields."""
    return (
        isinstance(value, dict)
        and ("content" in value or "summary" in value)
        and any(name in value for name in ("post_id", "finding_type", "idea_name", "idea_uid"))
    )


def commit_of(finding: Fields) -> tuple[str, str] | None:
    """Return the finding's commit and its external id, by which later findings name it as their parent.

    None where it has no commit, or cannot be known at all: what is refused is nobody's parent.
    """
    commit = finding.get("commit_id")
    if not isinstance(commit, str) or not commit:
        return None
    try:
        return commit, external_id(finding)
    except BadFieldError:
        return None


def external_id(finding: Fields) -> str:
    """Return how a finding is known: its post, else its commit, else its number, else a hash of what it says."""
    number = finding.get("id")
    return (
        fields.label(finding, "post_id")
        or fields.label(finding, "commit_id")
        or (f"finding-{number}" if isinstance(number, int) else "")
        or "finding-" + content_hash([_body(finding), finding.get("title"), finding.get("idea_name")])[:16]
    )


class Parents(Protocol):
    """The external ids of findings by their commits."""

    def get(self, key: str, default: str, /) -> str:
        """Return the external id of the finding that has a commit."""
        ...


class IdeaNames:
    """Which idea a name speaks of: most findings give its uid, and some its name alone."""

    def __init__(self) -> None:
        self._uids = TextsAside()

    def hear(self, finding: Fields) -> None:
        """Take note of a finding that gives both."""
        name, uid, run = (finding.get(field) for field in ("idea_name", "idea_uid", "run_id"))
        if isinstance(name, str) and isinstance(uid, str) and name.strip() and uid.strip():
            for place in {run.strip() if isinstance(run, str) else "", ""}:
                key = (place, name.strip())
                if self._uids.setdefault(key, uid.strip()) != uid.strip():
                    self._uids[key] = _SEVERAL

    def idea(self, finding: Fields) -> str:
        """Return the uid of the idea that a finding speaks of; its name where not one uid goes by that."""
        name, run = fields.label(finding, "idea_name"), fields.label(finding, "run_id")
        for known in (self._uids.get((run, name)), self._uids.get(("", name))):
            if known and known != _SEVERAL:
                name = known
                break
        return fields.label(finding, "idea_uid") or name


def finding_record(
    finding: Fields, provenance: Provenance, *, problem: str, parents: Parents, ideas: IdeaNames
) -> MethodRecord | Remark:
    """Return the record that a finding stands for; ``parents`` leads from commits to external ids.

    Raises:
        BadFieldError: when a field has the wrong kind, a text is too long, or nothing is said at all.
    """
    if (name := overlong(dict(finding))) is not None:
        raise BadFieldError(f"{name}: is longer than {MAX_TEXT:,} characters")
    if fields.truth(finding, "is_baseline"):
        return _study_baseline(finding, provenance, problem)
    kind = fields.text(finding, "finding_type").strip().lower()
    if kind in _PROPOSALS:
        return _posted(finding, provenance, problem, parents, ideas, Role.PROPOSAL, Origin.AGENT)
    if kind == "baseline":
        return _posted(finding, provenance, problem, parents, ideas, Role.BASELINE, Origin.UNKNOWN)
    return _remark(finding, provenance, problem, ideas, kind)


def comment_record(comment: Fields, about: MethodRecord | Remark, provenance: Provenance) -> Remark:
    """Return a comment as a remark on the finding that it answers.

    Raises:
        BadFieldError: when a field has the wrong kind, or it says nothing.
    """
    said = fields.text(comment, "content")
    if not said.strip():
        raise BadFieldError("content: is missing")
    if (name := overlong(dict(comment))) is not None:
        raise BadFieldError(f"{name}: is longer than {MAX_TEXT:,} characters")
    number = fields.label(comment, "id") or content_hash([said, comment.get("created_at")])[:16]
    return Remark(
        namespace=about.namespace,
        external_id=f"comment-{number}",
        problem=about.problem,
        kind=RemarkKind.COMMENT,
        text=said,
        provenance=provenance,
        idea=about.idea,
        about=about.external_id,
        author=fields.label(comment, "author"),
        created_at=local_time(comment, "created_at"),
        raw=plain(dict(comment)),
    )


def local_time(record: Fields, name: str) -> str:
    """Return a time as the server meant it: local, with no zone, whatever its JSON appends."""
    written = fields.text(record, name).strip()
    if re.match(r"\d{4}-\d\d-\d\d ", written):
        written = written.replace(" ", "T", 1)
    # The database always writes six decimals, the JSON none where they are zero.
    return written.removesuffix("Z").removesuffix(".000000")


def _posted(
    finding: Fields,
    provenance: Provenance,
    problem: str,
    parents: Parents,
    ideas: IdeaNames,
    role: Role,
    origin: Origin,
) -> MethodRecord:
    run = fields.label(finding, "run_id")
    body = _body(finding)
    known_as = external_id(finding)
    parent = parents.get(fields.label(finding, "parent_commit_id"), "")
    return MethodRecord(
        namespace=run or aar_study.SERVER,
        external_id=known_as,
        role=role,
        title=_title(finding, body),
        problem=problem,
        provenance=provenance,
        origin=origin,
        agent=fields.label(finding, "session_id") or run,
        run=run,
        parent=parent if parent != known_as else "",
        idea=ideas.idea(finding),
        family=_family(finding),
        hypothesis=_hypothesis(body),
        body=body,
        claims=_claims(finding),
        created_at=local_time(finding, "created_at"),
        measurements=measurements(finding),
        raw=plain(dict(finding)),
    )


def _study_baseline(finding: Fields, provenance: Provenance, problem: str) -> MethodRecord:
    name = aar_study.method(fields.label(finding, "idea_name"))
    body = _body(finding)
    bound = aar_study.BOUNDS.get(name)
    return MethodRecord(
        namespace=aar_study.NAMESPACE,
        external_id=name or external_id(finding),
        role=Role.REFERENCE if bound else Role.BASELINE,
        title=aar_study.title(name) or _title(finding, body),
        problem=problem,
        provenance=provenance,
        part=f"finding:{aar_study.dataset(fields.text(finding, 'dataset'))}",
        origin=Origin.HUMAN,
        bound=bound,
        idea=fields.label(finding, "idea_uid") or name,
        body=body,
        created_at=local_time(finding, "created_at"),
        measurements=measurements(finding, bounds_only=bound is not None),
        raw=plain(dict(finding)),
    )


def _remark(finding: Fields, provenance: Provenance, problem: str, ideas: IdeaNames, kind: str) -> Remark:
    body = _body(finding)
    known = _REMARKS.get(kind)
    title = _title(finding, body)
    if known is None:
        title = f"{title} (posted as {kind[:40]!r})" if kind else f"{title} (posted without a type)"
    return Remark(
        namespace=fields.label(finding, "run_id") or aar_study.SERVER,
        external_id=external_id(finding),
        problem=problem,
        kind=known or RemarkKind.OBSERVATION,
        text=body or title,
        provenance=provenance,
        idea=ideas.idea(finding),
        title=title,
        author=fields.label(finding, "session_id") or fields.label(finding, "run_id"),
        created_at=local_time(finding, "created_at"),
        raw=plain(dict(finding)),
    )


def measurements(finding: Fields, *, bounds_only: bool = False) -> tuple[Measurement, ...]:
    """Return what a finding measures on its dataset.

    The PGR of a floor or a ceiling is 0 or 1 by definition, so with ``bounds_only`` the accuracy alone is taken.

    Raises:
        BadFieldError: when a number is none.
    """
    dataset = aar_study.dataset(fields.text(finding, "dataset"))
    n_seeds, seeds_note = _seeds(finding)
    transfer = _usable(fields.number(finding, "transfer_acc"))
    rows = []
    for metric, value_name, error_name in (
        ("pgr", "pgr", "pgr_se"),
        ("accuracy", "transfer_acc", "transfer_acc_se"),
    ):
        value = fields.number(finding, value_name)
        error = fields.number(finding, error_name)
        if value is None or (bounds_only and metric == "pgr"):
            continue
        rows.append(aar_study.claimed(metric, dataset, value, error, n_seeds, seeds_note))
    weak, strong = _usable(fields.number(finding, "weak_acc")), _usable(fields.number(finding, "strong_acc"))
    computed = aar_study.recovered(transfer, weak, strong)
    if computed is not None and not bounds_only:
        source = (
            f"({transfer:.4f} − {weak:.4f}) / ({strong:.4f} − {weak:.4f}), the accuracies as the finding states them"
        )
        claimed = _usable(fields.number(finding, "pgr"))
        error = None
        if claimed is not None and abs(claimed - computed) > _DIFFER:
            source += f"; the finding itself claims {claimed:.4f}"
        elif claimed is not None and (error := next(m.standard_error for m in rows if m.metric == "pgr")) is not None:
            source += f"; the error is the one that it claims for its {claimed:.4f}"
        rows.append(
            Measurement("pgr", dataset, computed, error, n_seeds=n_seeds, basis=Basis.RECOMPUTED, source=source)
        )
    return tuple(rows)


def _usable(value: float | None) -> float | None:
    return None if value is None or aar_study.no_value(value) else value


def _seeds(finding: Fields) -> tuple[int | None, str]:
    """Return the number of seeds, and what is odd about it: the server takes any number that an agent states."""
    stated = fields.count(finding, "num_seeds")
    listed = fields.nested(finding, "seeds")
    if finding.get("seeds") is not None and not isinstance(listed, list):
        return stated, "the list of seeds cannot be read"
    if not listed:
        return stated, ""
    different = len({str(seed) for seed in listed})
    notes = []
    if stated is not None and stated != len(listed):
        notes.append(f"num_seeds says {stated}, the list of seeds has {len(listed)}")
    if different != len(listed):
        notes.append(f"{len(listed)} seeds are listed, {different} of them distinct")
    return stated if stated is not None else len(listed), "; ".join(notes)


def _body(finding: Fields) -> str:
    content = fields.text(finding, "content") or fields.text(finding, "summary")
    code = fields.text(finding, "code_snippet")
    if not code.strip():
        return content
    return f"{content.rstrip()}\n\n{fenced(code, 'python')}".lstrip("\n")


def _title(finding: Fields, body: str) -> str:
    given = fields.text(finding, "title").strip() or fields.text(finding, "idea_title").strip()
    if given:
        return given
    first = next((line.strip().lstrip("#").strip() for line in body.splitlines() if line.strip(" \t#")), "")
    found = fields.label(finding, "idea_name").replace("_", " ") or first[:120]
    if not found:
        raise BadFieldError("title: is missing, and so is any text to take one from")
    return found


def _family(finding: Fields) -> str:
    config = fields.mapping(fields.nested(finding, "config"))
    return next((v.strip() for v in (config.get("direction"), config.get("family")) if isinstance(v, str) and v), "")


def _claims(finding: Fields) -> tuple[str, ...]:
    worked = fields.truth(finding, "worked")
    if worked is None:
        return ()
    return ("The agent says that it worked." if worked else "The agent says that it did not work.",)


def _hypothesis(body: str) -> str:
    """Return the paragraph that is clearly marked as the hypothesis; nothing where none is, since it is not guessed."""
    found = next(filter(None, (pattern.search(body) for pattern in _HYPOTHESIS)), None)
    return found["text"].strip() if found else ""
