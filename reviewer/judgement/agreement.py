"""How far reviewers agree: percent first, Krippendorff's α beside it, Gwet's AC1 where one category has nearly all.

All of it comes from :mod:`reviewer.judgement.tallies`, so from counts and never from pairs. α says nothing of who is
right, and counts leniency as disagreement: :data:`WHO_IS_RIGHT` stands beside it. How many doubly reviewed units each
figure asks for is :data:`FOR_ALPHA` and :data:`FOR_NARROW_ALPHA`.
"""

from dataclasses import dataclass, replace

from reviewer.domain.counted import counted
from reviewer.judgement.ac1 import AC1_METHOD, TOO_HIGH, ac1_of, agreeing
from reviewer.judgement.alpha import NOTHING_DIFFERS, alpha_interval, alpha_with_interval, nearly_all_in_one
from reviewer.judgement.enough import Steps
from reviewer.judgement.estimates import Estimate, wilson_limits
from reviewer.judgement.rating_table import RatingTable, rating_table
from reviewer.judgement.tallies import Tallies

FOR_ALPHA = 10
"""With fewer doubly reviewed units only the percentage is shown."""

FOR_NARROW_ALPHA = 30
"""With fewer α is very wide."""

WHO_IS_RIGHT = "Agreement does not say who is right, and α counts leniency as disagreement."
"""What stands beside the figures."""

SAME_REVIEWERS = (
    "In simulations of the same reviewers throughout, some stricter than others, intervals of α held the truth 92 to "
    "93 % of the time."
)
"""What stands beside an interval of α besides."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is to be shown of how far reviewers agree, never one figure alone.

    ``units`` are those with two ratings or more and ``ratings`` the ratings of these; ``alone`` are the units with one.
    ``missing`` says in a sentence what is not shown or very wide, and how many reviews are missing; it is empty where
    nothing is.
    """

    units: int
    ratings: int
    alone: int
    percent: Estimate
    alpha: Estimate
    ac1: Estimate | None = None
    """None where no category has so much that α misleads, or α is not shown either."""
    missing: str = ""

    @property
    def of_same_reviewers(self) -> tuple[str, ...]:
        """Return what is to be said of the interval of α, where there is one."""
        return () if self.alpha.limits is None else (SAME_REVIEWERS,)

    @property
    def figures(self) -> tuple[Estimate, ...]:
        """Return the figures in the order in which they are shown."""
        first = self.percent, self.alpha
        return first if self.ac1 is None else (*first, self.ac1)


def agreement_of(tallies: Tallies, *, thing: str = "proposal", reviewers: int | None = None) -> Agreement:
    """Return how far the reviewers agree.

    ``thing`` names a unit in the singular. ``reviewers`` is how many there are, if it is known: with one alone the
    reason why there is no agreement is another.
    """
    table = rating_table(tallies)
    if table.units == 0:
        return _nothing(tallies, table, thing, reviewers)
    percent, missing = _percent(table, thing), _missing(table.units, thing)
    blank = Estimate("α", _alpha_method(table), table.units, thing)
    if table.units < FOR_ALPHA or table.same is not None:
        reason = missing if table.units < FOR_ALPHA else _all_the_same(tallies, table)
        return _agreement(table, percent, replace(blank, reason=reason), missing=reason)
    caution = missing if table.units < FOR_NARROW_ALPHA else ""
    alpha = alpha_with_interval(table)
    shown = replace(
        blank, value=alpha.value, limits=alpha.limits, reason=alpha.reason, caution=_sentences(caution, alpha.caution)
    )
    ac1 = _ac1(table, thing, caution) if nearly_all_in_one(table) else None
    return _agreement(table, percent, shown, ac1, missing)


def _agreement(
    table: RatingTable, percent: Estimate, alpha: Estimate, ac1: Estimate | None = None, missing: str = ""
) -> Agreement:
    return Agreement(table.units, table.ratings, int(table.alone.sum()), percent, alpha, ac1, missing)


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _nothing(tallies: Tallies, table: RatingTable, thing: str, reviewers: int | None) -> Agreement:
    if not tallies.units:
        why = "no reviews yet"
    elif reviewers == 1:
        why = "one reviewer alone has judged"
    else:
        why = f"no {thing} has two reviews"
    reason = f"No agreement: {why}; α needs {counted(FOR_ALPHA, thing)} with two reviews or more."
    percent = Estimate("percent agreement", _PERCENT_METHOD, 0, thing, reason=reason)
    alpha = Estimate("α", f"Krippendorff's {table.kind} α", 0, thing, reason=reason)
    return _agreement(table, percent, alpha, missing=reason)


def _missing(units: int, thing: str) -> str:
    return _STEPS.sentence(units, f"{counted(units, thing)} {'has' if units == 1 else 'have'} two reviews or more")


_STEPS = Steps(FOR_ALPHA, FOR_NARROW_ALPHA, "α is", "No α", "it needs")


def _all_the_same(tallies: Tallies, table: RatingTable) -> str:
    category = tallies.scale.categories[table.same or 0]
    return (
        f"No α: all {counted(table.ratings, 'review')} of these say “{category}”, and where nothing differs, agreement "
        "cannot be told from chance."
    )


_PERCENT_METHOD = "share of pairs of reviews that agree, averaged over units; Wilson interval"


def _percent(table: RatingTable, thing: str) -> Estimate:
    value = float((agreeing(table) * table.many).sum() / table.units)
    return Estimate("percent agreement", _PERCENT_METHOD, table.units, thing, value, wilson_limits(value, table.units))


def _alpha_method(table: RatingTable) -> str:
    return f"Krippendorff's {table.kind} α; {alpha_interval(table)}"


def _ac1(table: RatingTable, thing: str, caution: str) -> Estimate:
    value, limits = ac1_of(table)
    reason = "" if limits else NOTHING_DIFFERS
    caution = _sentences(caution, TOO_HIGH if limits else "")
    return Estimate("AC1", AC1_METHOD, table.units, thing, value, limits, reason, caution)
