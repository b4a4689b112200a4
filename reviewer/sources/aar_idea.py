"""One idea of the study's server, as a row of its table or as its list of ideas has it, turned into a remark."""

from reviewer.domain.identity import content_hash
from reviewer.domain.methods import Provenance, Remark
from reviewer.domain.vocabulary import RemarkKind
from reviewer.sources import aar_study, fields
from reviewer.sources.fields import Fields
from reviewer.sources.jsontext import plain


def idea_remark(row: Fields, written: Fields, provenance: Provenance, problem: str) -> Remark | None:
    """Return what somebody typed into the server for agents to explore; None where it is a baseline, or says nothing.

    ``written`` is the idea as it was typed. When it was made is left out: the server's list of ideas does not tell, and
    an idea is the same wherever it is met.

    Raises:
        BadFieldError: when a field has the wrong kind.
    """
    described = written.get("Description") or fields.text(row, "description")
    if fields.truth(row, "is_baseline") or not isinstance(described, str) or not described.strip():
        return None
    name = fields.label(row, "name") or fields.label(written, "Name")
    uid = fields.label(row, "uid")
    return Remark(
        namespace=aar_study.SERVER,
        external_id=f"idea-{uid or name or content_hash(described)[:16]}",
        problem=problem,
        kind=RemarkKind.OBSERVATION,
        text=described,
        provenance=provenance,
        idea=uid or name,
        title=f"Idea as entered on the server: {name}" if name else "Idea as entered on the server, without a name",
        author=fields.label(row, "source"),
        raw=plain({**row, "idea_json": written or row.get("idea_json")} if "idea_json" in row else dict(row)),
    )
