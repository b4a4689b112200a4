"""What in a proposal looks as though it were written for a model rather than for a person: told, and never obeyed.

Nothing is left out for it and nothing is decided by it: a reader is told what to look at. What no rule here knows may
be there all the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.critic.visible_text import visible_text

_RULES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "tells a reader to forget its instructions": (
            r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}"
            r"\b(?:instructions?|rules?|prompts?|guidelines?|directions?|above|earlier|previous)\b"
        ),
        "speaks to a model": (
            r"\b(?:as an? (?:ai|language model|assistant|llm|reviewer model)|you are (?:now )?(?:an? )?"
            r"(?:ai|assistant|language model|claude|reviewer|critic|judge)|dear (?:ai|model|claude|llm|reviewer)|"
            r"(?:note|attention|message|instructions?) (?:to|for) (?:the )?(?:ai|llms?|models?|claude|assistants?|"
            r"reviewers?|critics?|graders?|judges?))\b"
        ),
        "gives orders about the answer": (
            r"\b(?:(?:you )?(?:must|should|shall)|please|always|only|do not|don't|never)\b[^.\n]{0,40}"
            r"\b(?:respond|answer|reply|output|print|say|rate|score|report|conclude|return|approve|recommend)\b"
            r"[^.\n]{0,60}\b(?:survives?|pass(?:es)?|positive|favou?rabl[ey]|high(?:est)?|no (?:concerns?|issues?|"
            r"failures?|weakness(?:es)?)|accept(?:ed)?|approved?|10/10|json|exactly)\b"
        ),
        "plays a turn of a conversation": (
            # No two runs of spaces beside each other: a text of empty lines would be gone through for hours.
            r"(?:^|\n)[^\S\n]*(?:\#{1,3}[^\S\n]*)?(?:system|assistant|human|user)[^\S\n]*:\s*\S|"
            r"</?(?:system|assistant|user|human|instructions?|s|inst)>|\[/?(?:INST|SYS)\]|<\|[a-z_]{2,30}\|>"
        ),
        "plays the end of the material": (
            r"<\s*/?\s*(?:proposal|document|material|untrusted|data|text|content)\b[^>\n]{0,80}>|"
            r"\bend of (?:the )?(?:proposal|document|material|untrusted (?:text|input)|data)\b"
        ),
        "speaks of the prompt": (
            r"\b(?:system|hidden|original|your) prompt\b|"
            r"\b(?:reveal|repeat|print|show)\b[^.\n]{0,30}\b(?:prompt|instructions)\b"
        ),
        "writes an answer beforehand": r"\"(?:stance|failure_modes|constraint_id|critiques|out_of_scope)\"\s*:",
        "hides a command in a link or comment": r"<!--.{0,2000}?-->|!\[[^\]]{0,200}\]\(https?://[^)]{0,500}\)",
    }.items()
}

_BASE64 = re.compile(r"[A-Za-z0-9+/]{120,}={0,2}")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a passage looks like, and the passage as it is sent; empty where it is about the text as a whole."""

    what: str
    passage: str = ""


def suspicions(text: str) -> tuple[Suspicion, ...]:
    """Return what in a text looks as if written for a model, in the order of the text; what concerns all of it first.

    It is looked at as it is sent: what is hidden between its letters would hide its words from a rule too.
    """
    sent = visible_text(text)
    removed = f"has {sent.removed:,} characters that cannot be seen; they are not sent"
    whole = (Suspicion(removed),) if sent.removed else ()
    rules = (*_RULES.items(), ("has a long coded passage", _BASE64))
    found = [(*match.span(), what) for what, rule in rules for match in rule.finditer(sent.text)]
    return (*whole, *(Suspicion(what, sent.text[start:end].strip()) for start, end, what in sorted(found)))
