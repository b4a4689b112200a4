"""Ledgers made by hand, for what draws them."""

from collections.abc import Sequence
from datetime import date

from reviewer.domain.outcomes import HeldForecast
from reviewer.domain.vocabulary import Direction, Result, Setting
from reviewer.evidence.stages import Gain, Stage
from reviewer.store.ledger import LedgerEntry
from reviewer.workflow.ledger import LedgerRow
from reviewer.workflow.ledger_board import LedgerBoard, board_of

ME = 1


def entry(
    n: int, result: str = "failed", effect: float | None = 0.0, error: float | None = 0.01, *, metric: str = "pgr"
) -> LedgerEntry:
    setting = Setting.PRODUCTION if result else None
    return LedgerEntry(
        n, f"u{n}", "run", f"p{n}", "w2s", f"proposal {n} [/x]", f"agent-{n % 2}", result,
        "2026-01-01" if result else "", metric if result else "", effect, error, setting, "scale", "", "", "ann", "",
        None, f"o{n}", None, 1 if result else 0,
    )  # fmt: skip


def held(method_id: int, reviewer: str, forecast: float | None, reviewer_id: int = ME) -> HeldForecast:
    return HeldForecast(method_id, 1, reviewer_id, reviewer, forecast, "2025-12-01", "e", None, None, (), Result.FAILED,
                        date(2026, 1, 1), "", "o", None, "2026-01-01", False)  # fmt: skip


def row(
    made: LedgerEntry,
    lab: float | None = 0.5,
    error: float | None = 0.05,
    *,
    held_out: float | None = None,
    forecasts: Sequence[HeldForecast] = (),
    hidden: bool = False,
) -> LedgerRow:
    """A row whose lab and held-out gains are given; of one without a result the effect is a row from production."""
    production = made.effect if not made.result else None
    if not made.result:
        made = made._replace(effect=None, standard_error=None)
    stages = {
        setting: Stage(setting, "chat", 0.2 + gain, error, 5, Gain(gain, error))
        for setting, gain in ((Setting.LAB, lab), (Setting.HELD_OUT, held_out), (Setting.PRODUCTION, production))
        if gain is not None
    }
    return LedgerRow(made, made.metric or "pgr", Direction.HIGHER, stages, tuple(forecasts), hidden)


def board(*rows: LedgerRow) -> LedgerBoard:
    return board_of(rows)
