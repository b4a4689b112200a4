"""What the sealed protocol says on the screen: what is missing before the next stage, and what opens it."""

from collections.abc import Sequence

from reviewer.domain.vocabulary import Stage
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.workflow.views import ProposalView

_SHOWN = {Stage.EVIDENCE: "the evidence", Stage.OTHERS: "what others hold"}
"""What is seen from a stage on."""

COVERED_UNTIL_THEN = "Numbers and names are covered until you go on."

PROTOCOL_UNREAD = (
    "The store is damaged, and by which protocol this is judged cannot be read:\n"
    "it is taken for sealed, so that the idea alone is shown."
)
"""What stands in place of the evidence where nobody can go on."""

_VERDICTS = ("survives", "conditional", "fails", "cannot_tell")


def stage_hints(view: ProposalView, keymap: Keymap) -> Sequence[tuple[str, str]]:
    """Return what comes next in the sealed protocol as hints at the foot, each an action or keys, and words."""
    following = view.next_stage
    if following is None:
        return (("others", "what others hold"),) if view.stage is Stage.OTHERS and keymap.get("others") else ()
    if missing := view.missing_for_next:
        return tuple((_keys(name, keymap), f"a {name} first") for name in missing)
    return (("next_stage", f"see {_SHOWN[following]}"),)


def _keys(name: str, keymap: Keymap) -> str:
    if name == "forecast":
        return "0–9"
    return " ".join(key_label(keymap[action][0]) for action in _VERDICTS if keymap[action]) or "verdict"


def stage_sentence(view: ProposalView, keymap: Keymap) -> str:
    """Return in a sentence what comes next in the sealed protocol; empty in the others."""
    if view.stage is Stage.OTHERS:
        key = key_label(keymap["others"][0]) if keymap.get("others") else ""
        return f"{key} shows what others hold." if key else "What others hold may be seen."
    if view.next_stage is None:
        return ""
    if missing := view.missing_for_next:
        return f"First {' and '.join(f'a {name} ({_keys(name, keymap)})' for name in missing)}."
    keys = keymap["next_stage"]
    return f"{key_label(keys[0]) if keys else 'The next stage'} shows {_SHOWN[view.next_stage]}."


def sealed_words(keymap: Keymap) -> str:
    """Return what stands in place of the evidence while the idea alone is seen, in two lines."""
    key = key_label(keymap["next_stage"][0]) if keymap["next_stage"] else "the next stage"
    return f"Sealed: after a forecast and a verdict on the idea {key} opens the evidence.\n{COVERED_UNTIL_THEN}"
