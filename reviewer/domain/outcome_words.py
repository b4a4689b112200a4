"""An outcome in a line, as the screen and the command line say it."""

from datetime import date

from reviewer.domain.counted import counted
from reviewer.domain.numbers import MINUS, number, signed
from reviewer.domain.outcomes import Outcome
from reviewer.domain.text import safe_line


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome in one line, safe to show; what nobody has said is left out."""
    said = [f"{outcome.result} on {outcome.happened_on}"]
    if outcome.effect is not None:
        error = f" {error_words(outcome.standard_error)}" if outcome.standard_error is not None else ""
        of = f" {safe_line(outcome.metric, 40)}" if outcome.metric else ""
        where = f" ({outcome.setting.replace('_', '-')})" if outcome.setting else ""
        said.append(f"effect {signed(outcome.effect, outcome.standard_error).replace('-', MINUS)}{error}{of}{where}")
    if outcome.chosen_with is not None:
        said.append(f"chosen with {100 * outcome.chosen_with:g} %")
    if outcome.constraint:
        said.append(f"constraint {safe_line(outcome.constraint, 60)}")
    if outcome.evidence:
        said.append(f"evidence {safe_line(outcome.evidence, 200)}")
    if outcome.note:
        said.append(safe_line(outcome.note, 300))
    return ", ".join(said)


def error_words(error: float) -> str:
    """Return a standard error as it stands behind its value."""
    return f"±{number(error, error)}"


def decided_words(due: date | None, months: int | None, *, is_own: bool = False) -> str:
    """Return by when it is decided what became of a proposal; empty where nobody has said.

    ``is_own`` says that the day is that of whoever is told.
    """
    if due is not None:
        return f"you expect to know by {due}" if is_own else f"it is decided by {due}"
    return f"it is decided {counted(months, 'month')} after it was first judged" if months is not None else ""
