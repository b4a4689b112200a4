"""The models that the fake knows, and pages of lists as the API gives them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

MOST_A_PAGE = 1000


def model(
    name: str,
    title: str,
    line: str,
    *,
    lifecycle: str = "active",
    retires_at: str | None = None,
    efforts: bool = True,
    structured: bool = True,
    batch: bool = True,
    max_input_tokens: int = 200_000,
    max_tokens: int = 64_000,
) -> Json:
    """Return a model as the API describes it."""
    yes, no = {"supported": True}, {"supported": False}
    effort = {level: {"supported": efforts} for level in ("low", "medium", "high", "xhigh", "max")}
    thinking = {"adaptive": yes, "between_tools": no, "disabled": yes, "enabled": no}
    return {
        "type": "model",
        "id": name,
        "display_name": title,
        "line": line,
        "created_at": "2026-06-01T00:00:00Z",
        "lifecycle": lifecycle,
        "deprecated_at": None if lifecycle == "active" else "2026-06-01T00:00:00Z",
        "retires_at": retires_at,
        "max_input_tokens": max_input_tokens,
        "max_tokens": max_tokens,
        "capabilities": {
            "batch": {"supported": batch},
            "citations": yes,
            "code_execution": yes,
            "context_management": yes,
            "effort": {"supported": efforts, **effort},
            "image_input": yes,
            "pdf_input": yes,
            "server_tools": {"supported": True, "code_execution": yes, "web_search": yes},
            "structured_outputs": {"supported": structured},
            "thinking": {"supported": True, "types": thinking},
        },
    }


MODELS: tuple[Json, ...] = (
    model("claude-opus-5-5", "Claude Opus 5.5", "opus", max_input_tokens=1_000_000, max_tokens=128_000),
    model("claude-sonnet-5-5", "Claude Sonnet 5.5", "sonnet", max_input_tokens=1_000_000),
    model("claude-haiku-5-5", "Claude Haiku 5.5", "haiku", efforts=False),
    model(
        "claude-sonnet-4-5",
        "Claude Sonnet 4.5",
        "sonnet",
        lifecycle="deprecated",
        retires_at="2026-11-30T00:00:00Z",
        efforts=False,
    ),
    model("claude-opus-4-0", "Claude Opus 4", "opus", lifecycle="retired", efforts=False, structured=False),
)
"""One of each kind that a client must tell apart; the figures are ours, not the service's."""


def page(items: Sequence[Json], query: Mapping[str, Sequence[str]]) -> Json:
    """Return the page of a list that a query asks for: ``limit`` of them after or before one that it names."""
    limit = min(int(query.get("limit", ["20"])[0]), MOST_A_PAGE)
    names = [each["id"] for each in items]
    if before := query.get("before_id"):
        end = names.index(before[0])
        start = max(0, end - limit)
        more = start > 0
    else:
        after = query.get("after_id")
        start = names.index(after[0]) + 1 if after else 0
        end = start + limit
        more = end < len(items)
    part = list(items[start:end])
    first, last = (part[0]["id"], part[-1]["id"]) if part else (None, None)
    return {"data": part, "has_more": more, "first_id": first, "last_id": last}


def of_stages(models: Iterable[Json], query: Mapping[str, Sequence[str]]) -> list[Json]:
    """Return the models in the stages of life that a query names; without it all that can still be called."""
    stages = query.get("lifecycle[]") or ["active", "deprecated"]
    return [each for each in models if each["lifecycle"] in stages]
