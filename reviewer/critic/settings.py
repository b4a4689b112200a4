"""Which model is asked, how much it may write, and what it may cost: what the config says of the critic."""

from dataclasses import dataclass

from reviewer.critic.calling import Limits
from reviewer.critic.prices import MICRO, Price

DEFAULT_MODEL = "claude-opus-5-5"
LONGEST_DEADLINE = 3_600
"""Seconds for which a call is waited for at the most, whatever the config says."""
EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True)
class CriticSettings:
    """What the config says. The caps are in dollars: of one call, of a day, and of all that a store has seen."""

    model: str = DEFAULT_MODEL
    effort: str = "medium"
    max_output_tokens: int = 16_000
    """What it thinks counts among them."""
    deadline_seconds: int = 180
    """For a call with all its attempts."""
    attempts: int = 3
    call_usd: float = 1.0
    day_usd: float = 10.0
    store_usd: float = 100.0
    prices: tuple[Price, ...] = ()

    @property
    def limits(self) -> Limits:
        """Return what one attempt is held to."""
        return Limits(self.model, self.effort, self.max_output_tokens, float(self.deadline_seconds))

    def price_of(self, model: str) -> Price | None:
        """Return what a model costs; None where nobody has said."""
        return next((price for price in self.prices if price.model == model), None)


def micro(dollars: float) -> int:
    """Return dollars in millionths, rounded down: a cap is never exceeded by rounding."""
    return int(dollars * MICRO)
