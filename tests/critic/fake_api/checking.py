"""What the service refuses in a request before anything is asked of a model."""

import re
from collections.abc import Iterator
from typing import Any

from tests.critic.fake_api.schemas import faults_of
from tests.critic.fake_api.tokens import Body, marks

MOST_MARKS = 4
"""So many places of a request may be marked for the cache."""

MOST_REQUESTS = 100_000
"""So many requests a batch may have."""

_FIELDS_TO_COUNT = {
    "cache_control",
    "messages",
    "model",
    "output_config",
    "speed",
    "system",
    "thinking",
    "tool_choice",
    "tools",
}
_FIELDS = _FIELDS_TO_COUNT | {
    "container",
    "diagnostics",
    "inference_geo",
    "max_tokens",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
}
_EFFORTS = {None, "low", "medium", "high", "xhigh", "max"}
_ROLES = {"user", "assistant", "system"}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def faults_of_message(body: Body, *, only_counted: bool = False) -> list[str]:
    """Return what is wrong with a request for a message, or with one to count its tokens."""
    faults = [f"{name}: Field required" for name in ("model", "messages") if not body.get(name)]
    if not only_counted:
        faults += _of_max_tokens(body)
    fields = _FIELDS_TO_COUNT if only_counted else _FIELDS
    faults += [f"{name}: Extra inputs are not permitted" for name in sorted(body.keys() - fields)]
    for index, message in enumerate(body.get("messages") or ()):
        faults += _of_turn(message, f"messages.{index}")
    faults += _of_output(body.get("output_config") or {})
    if (marked := marks(body)) > MOST_MARKS:
        faults.append(f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {marked}.")
    return faults


def faults_of_batch(body: Body) -> list[str]:
    """Return what is wrong with a batch as a whole; what is wrong with one of its requests is told in its result."""
    requests = body.get("requests")
    if not isinstance(requests, list) or not requests:
        return ["requests: Field required"]
    if len(requests) > MOST_REQUESTS:
        return [f"requests: a batch may have {MOST_REQUESTS:,} requests at most"]
    names = [each.get("custom_id") for each in requests]
    faults = [
        f"requests.{index}.custom_id: String should match pattern '^{_NAME.pattern}$'"
        for index, name in enumerate(names)
        if not (isinstance(name, str) and _NAME.fullmatch(name))
    ]
    if len(set(names)) < len(names):
        faults.append("requests: custom_id must be unique")
    return faults


def _of_max_tokens(body: Body) -> Iterator[str]:
    most = body.get("max_tokens")
    if not isinstance(most, int):
        yield "max_tokens: Field required"
    elif most < 0:
        yield "max_tokens: Input should be greater than or equal to 0"


def _of_turn(message: Body, where: str) -> Iterator[str]:
    if message.get("role") not in _ROLES:
        yield f"{where}.role: Input should be 'user', 'assistant' or 'system'"
    content = message.get("content")
    texts = [content] if isinstance(content, str) else [each.get("text", "…") for each in content or ()]
    if not texts or not all(texts):
        yield f"{where}.content: text content blocks must be non-empty"


def _of_output(config: dict[str, Any]) -> Iterator[str]:
    if config.get("effort") not in _EFFORTS:
        yield "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"
    form = config.get("format")
    if form is None:
        return
    if form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
        yield "output_config.format: Input should be a json_schema with a schema"
        return
    for fault in faults_of(form["schema"]):
        yield f"output_config.format.{fault}"
