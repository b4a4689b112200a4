"""What is read of a method, as a document."""

from collections.abc import Sequence

from reviewer.domain.methods import Method, Remark
from reviewer.domain.vocabulary import RemarkKind, Role
from reviewer.tui.documents import Block, BlockKind, Document

REMARK_WORDS = {
    RemarkKind.INSIGHT: "insight",
    RemarkKind.ERROR: "error",
    RemarkKind.OBSERVATION: "observation",
    RemarkKind.COMMENT: "comment",
}


def method_document(method: Method, remarks: Sequence[Remark] = ()) -> Document:
    """Return a method's document: title, who and when, hypothesis, method text, claims, and what was said of it."""
    facts = [
        method.family,
        f"run {method.run}" if method.run and method.run != method.agent else "",
        method.external_id,
        f"from {method.parent}" if method.parent else "",
        method.created_at[:10],
        f"revision {method.revisions}" if method.revisions > 1 and method.role is Role.PROPOSAL else "",
    ]
    blocks = [Block(BlockKind.TITLE, method.title)]
    if any(facts):
        blocks.append(Block(BlockKind.META, " · ".join(f for f in facts if f)))
    if method.hypothesis:
        blocks.append(Block(BlockKind.SECTION, method.hypothesis, "Hypothesis"))
    if method.claims:
        blocks.append(Block(BlockKind.CLAIMS, label="Claims", items=method.claims))
    if method.body:
        blocks.append(Block(BlockKind.BODY, method.body))
    else:
        blocks.append(Block(BlockKind.NOTE, "The source holds no text of it."))
    for remark in remarks:
        who = " · ".join(p for p in (REMARK_WORDS[remark.kind], remark.author, remark.created_at[:10]) if p)
        text = f"**{remark.title}**\n\n{remark.text}" if remark.title else remark.text
        blocks.append(Block(BlockKind.SECTION, text, f"On this idea: {who}"))
    return Document(tuple(blocks))


def note(sentence: str) -> Document:
    """Return a document that says why there is none."""
    return Document((Block(BlockKind.NOTE, sentence),))
