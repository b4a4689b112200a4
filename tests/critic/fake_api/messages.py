"""The message that answers a request: its words, why they end, and the tokens that they cost."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.critic.fake_api.courses import Course, Stop
from tests.critic.fake_api.schemas import plainest
from tests.critic.fake_api.tokens import CHARACTERS, Body, Input, tokens

Answer = Callable[[dict[str, Any]], object]
"""Makes of a request what is answered: a text as it is, anything else as JSON."""

Json = dict[str, Any]

Say = Callable[[Body, Course, str], "Message"]
"""Makes of a request, a scenario and a tier of service the message that answers it, and puts it on the bill."""


def plain_answer(body: dict[str, Any]) -> object:
    """Return the plainest value that the schema of a request allows, or two words where it has none."""
    form = (body.get("output_config") or {}).get("format")
    return plainest(form["schema"]) if form else "Very well."


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a whole, from which both its JSON and its stream are made.

    ``thought`` are the words that stand before the answer, if there are any.
    """

    id: str
    model: str
    text: str
    thought: str
    stop: Stop
    spent: Input
    tier: str

    @property
    def output_tokens(self) -> int:
        """Return how many tokens the words have, those that were only thought among them."""
        return tokens(self.text) + tokens(self.thought)

    def usage(self, output_tokens: int) -> Json:
        """Return what the message costs, of so many tokens of words."""
        thought = min(tokens(self.thought), output_tokens)
        return {
            "input_tokens": self.spent.fresh,
            "cache_creation_input_tokens": self.spent.written,
            "cache_read_input_tokens": self.spent.found,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.spent.written - self.spent.written_for_an_hour,
                "ephemeral_1h_input_tokens": self.spent.written_for_an_hour,
            },
            "output_tokens": output_tokens,
            "output_tokens_details": {"thinking_tokens": thought},
            "server_tool_use": None,
            "service_tier": self.tier,
            "speed": "standard",
            "inference_geo": "global",
        }

    def head(self) -> Json:
        """Return the message as it stands before its first word."""
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "container": None,
            "diagnostics": None,
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": self.usage(1),
        }

    def ending(self) -> Json:
        """Return why the words ended."""
        details = None
        if self.stop.reason == "refusal":
            details = {"type": "refusal", "category": self.stop.category, "explanation": self.stop.explanation}
        return {"stop_reason": self.stop.reason, "stop_sequence": None, "stop_details": details}

    def as_json(self) -> Json:
        """Return the message as it stands after its last word."""
        content: list[Json] = []
        if self.thought:
            content.append({"type": "thinking", "thinking": self.thought, "signature": SIGNATURE})
        if self.text:
            content.append({"type": "text", "text": self.text, "citations": None})
        return self.head() | {"content": content, "usage": self.usage(self.output_tokens)} | self.ending()


SIGNATURE = "c2lnbmVk"
"""What stands under a thought, so that it can be handed back."""


def message_of(body: Body, answer: Answer, course: Course, spent: Input, tier: str) -> Message:
    """Return the message that answers a request: cut where ``max_tokens`` ends it, or where the scenario does."""
    said = answer(dict(body))
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    stop = course.stop
    text = text[: round(len(text) * stop.share)]
    room = max(0, body["max_tokens"] - tokens(course.thought)) * CHARACTERS
    if len(text) > room:
        text, stop = text[:room], Stop("max_tokens")
    return Message(f"msg_{uuid4().hex[:24]}", body["model"], text, course.thought, stop, spent, tier)
