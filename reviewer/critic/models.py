"""Which models the API has for this key."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewer.critic.failures import Failed, Failure, failed_by

if TYPE_CHECKING:
    import anthropic


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model as the API tells of it; what it does not tell is None."""

    id: str
    name: str
    lifecycle: str
    retires_at: str
    max_input_tokens: int | None
    max_output_tokens: int | None
    efforts: tuple[str, ...]
    structured: bool | None
    """Whether it answers in a given form, which critiques need."""
    batches: bool | None


async def list_models(client: "anthropic.AsyncAnthropic", deadline: float) -> tuple[KnownModel, ...] | Failed:
    """Return the models, the newest first as the API has them, or why they cannot be had within ``deadline`` seconds.

    Each read has its own time, and an answer that drips, or has page after page, would never use it up.
    """
    found = []
    try:
        async with asyncio.timeout(deadline):
            async for model in client.models.list():
                found.append(_known(model))
    except TimeoutError:
        return Failed(Failure.TIMED_OUT)
    except (AttributeError, TypeError):
        # What came is not of the API, and the SDK takes it for a page of its own.
        return Failed(Failure.UNREADABLE, "it is no answer of the API")
    except Exception as error:
        return failed_by(error)
    return tuple(found)


def _known(model: Any) -> KnownModel:
    can = getattr(model, "capabilities", None)
    effort = getattr(can, "effort", None)
    retires = getattr(model, "retires_at", None)
    return KnownModel(
        id=model.id,
        name=getattr(model, "display_name", "") or "",
        lifecycle=getattr(model, "lifecycle", "") or "",
        retires_at="" if retires is None else f"{retires:%Y-%m-%d}",
        max_input_tokens=getattr(model, "max_input_tokens", None),
        max_output_tokens=getattr(model, "max_tokens", None),
        efforts=tuple(
            level for level in ("low", "medium", "high", "xhigh", "max") if _supports(getattr(effort, level, None))
        ),
        structured=_supports(getattr(can, "structured_outputs", None)),
        batches=_supports(getattr(can, "batch", None)),
    )


def _supports(capability: Any) -> bool | None:
    said = getattr(capability, "supported", None)
    return said if isinstance(said, bool) else None
