"""What is left in production of what was seen in the lab: pairs of effects, and what may be said of all of them.

Change scores (production minus lab) stand beside the analysis of covariance, production ~ lab + group, which asks what
production comes to at the same lab value. The two disagree where the lab does not predict production, and of groups
that nobody drew at random neither alone settles whether one loses more than the other (Lord 1967).
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import eq
from statistics import fmean
from typing import TYPE_CHECKING, overload

from reviewer.domain.columns import CodedColumn
from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits
from reviewer.judgement.correlation import Coefficient, correlation_of
from reviewer.judgement.enough import Steps
from reviewer.judgement.estimates import Estimate, limits_around
from reviewer.judgement.groups import mean_of, welch_of

if TYPE_CHECKING:
    Floats = array[float]
else:
    Floats = array

FOR_FIGURES = 10
"""With fewer pairs, of all or of a group, nothing is said of more than each pair."""

FOR_NARROW_FIGURES = 30
"""With fewer the figures are very wide."""

REGRESSION_TO_THE_MEAN = (
    "What was picked for a high lab value would fall in a second lab as well, since some of that was luck: not all "
    "that is lost on the way was lost in production."
)
"""What stands beside every change."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its standard error and the number of runs this rests on, each None where it is not known."""

    value: float
    error: float | None = None
    n: int | None = None

    @property
    def limits(self) -> Limits | None:
        """Return the 95 % limits: Student's, or the normal ones, which are too narrow of few, without the number.

        None where there is no error that can be used.
        """
        if self.error is None or not 0 < self.error < math.inf or (self.n is not None and self.n < 2):
            return None
        return limits_around(self.value, self.error, None if self.n is None else self.n - 1)


@dataclass(frozen=True, slots=True)
class EffectPair:
    """One proposal's effect in the lab and in production, in the same unit; ``group`` is as who put it forward."""

    lab: Effect
    production: Effect
    group: str = ""


class EffectPairs(Sequence[EffectPair]):
    """Pairs in columns: however many there are, each takes no more room than its numbers."""

    def __init__(self, pairs: Iterable[EffectPair] = ()) -> None:
        self._effects = array("d")
        """Of each pair four numbers: value and error in the lab, value and error in production."""
        self._runs = array("q")
        self._groups = CodedColumn("")
        for pair in pairs:
            self.append(pair)

    def append(self, pair: EffectPair) -> None:
        """Add a pair."""
        for effect in (pair.lab, pair.production):
            self._effects.append(effect.value)
            self._effects.append(math.nan if effect.error is None else effect.error)
            self._runs.append(_UNKNOWN if effect.n is None else effect.n)
        self._groups.append(pair.group)

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self._groups)

    @overload
    def __getitem__(self, place: int) -> EffectPair: ...
    @overload
    def __getitem__(self, place: slice) -> "EffectPairs": ...
    def __getitem__(self, place: "int | slice") -> "EffectPair | EffectPairs":
        """Return the pair at a place, or those of several."""
        if isinstance(place, slice):
            return EffectPairs(self[i] for i in range(*place.indices(len(self))))
        at = range(len(self))[place]
        return EffectPair(self._effect(2 * at), self._effect(2 * at + 1), self._groups[at])

    def __eq__(self, other: object) -> bool:
        """Return whether the other ones are the same pairs, in columns too."""
        return isinstance(other, EffectPairs) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def _effect(self, at: int) -> Effect:
        value, error = self._effects[2 * at : 2 * at + 2]
        runs = self._runs[at]
        return Effect(value, None if math.isnan(error) else error, None if runs == _UNKNOWN else runs)


_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """How a group differs from the reference in what is left, in the unit of the effects, two ways.

    ``change`` is the difference of the mean changes, ``adjusted`` that of production at the same lab value.
    """

    group: str
    reference: str
    change: Estimate
    adjusted: Estimate

    @property
    def disagree(self) -> bool:
        """Return whether one of the two is told from nothing and the other is not, or they point opposite ways."""
        told = [_told(one.limits) for one in (self.change, self.adjusted)]
        return told[0] != told[1]


@dataclass(frozen=True, slots=True)
class Vanishing:
    """Pairs with what may be said of them; a figure without value says in its reason what is missing.

    ``missing`` is that sentence, or says that the figures are very wide; it is empty where nothing is missing.
    """

    pairs: Sequence[EffectPair]
    correlation: Estimate
    change: Estimate
    slope: Estimate
    """How much more production shows where the lab shows 1 more: 1 if all of it is left, 0 if the lab predicts nothing.
    """
    groups: tuple[GroupLoss, ...] = ()
    missing: str = ""
    groups_left_out: str = ""
    """Which groups are not compared, in a sentence."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what has to be said beside the figures, in sentences."""
        if self.change.value is None:
            return ()
        said = [REGRESSION_TO_THE_MEAN]
        if self.slope.limits is not None and self.slope.limits[0] <= 0:
            said.append(
                "Lab values are not seen to predict production here, so that a change tells little but the lab value."
            )
        said.extend(
            f"Of {one.group} against {one.reference} the change and the adjusted difference disagree, and neither "
            "alone settles it: nobody drew the groups at random."
            for one in self.groups
            if one.disagree
        )
        return tuple(said)


def vanishing_of(pairs: Sequence[EffectPair], *, reference: str = "") -> Vanishing:
    """Return what pairs come to; ``reference`` is the group that the others are held against.

    Without one it is the group of most pairs, by name where two have as many.
    """
    n, missing = len(pairs), _missing(len(pairs))
    names = (
        ("Spearman ρ of lab and production", "Spearman; interval of Bonett and Wright"),
        ("mean change, production minus lab", "t of one mean"),
        ("slope of production on lab", "analysis of covariance"),
    )
    correlation, change, slope = (Estimate(name, method, n, "proposal") for name, method in names)
    if n < FOR_FIGURES:
        refused = [replace(one, reason=missing) for one in (correlation, change, slope)]
        return Vanishing(pairs, refused[0], refused[1], refused[2], missing=missing)
    by_group = _by_group(pairs)
    every = _OfGroup()
    for own in by_group.values():
        every.lab.extend(own.lab)
        every.production.extend(own.production)
    rho = correlation_of(Coefficient.SPEARMAN, zip(every.lab, every.production, strict=True))
    mean = mean_of(every.changes)
    groups, left_out = _groups(by_group, reference, missing)
    return Vanishing(
        pairs,
        _shown(correlation, rho.value, rho.limits, rho.reason, missing),
        _shown(change, mean.mean, mean.limits, mean.reason, missing),
        _slope(slope, by_group, missing),
        groups,
        missing,
        left_out,
    )


def _missing(n: int) -> str:
    have = f"{counted(n, 'proposal')} {'has' if n == 1 else 'have'} both a lab value and a production effect"
    return _STEPS.sentence(n, have)


_STEPS = Steps(FOR_FIGURES, FOR_NARROW_FIGURES, "The figures are", "No figures", "they need")


def _shown(blank: Estimate, value: float | None, limits: Limits | None, reason: str, caution: str) -> Estimate:
    return replace(blank, value=value, limits=limits, reason=reason, caution="" if value is None else caution)


@dataclass(frozen=True, slots=True)
class _OfGroup:
    """What the proposals of a group gained in the lab, and in production."""

    lab: Floats = field(default_factory=lambda: array("d"))
    production: Floats = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self.lab)

    @property
    def changes(self) -> Floats:
        return array("d", (production - lab for lab, production in zip(self.lab, self.production, strict=True)))


def _by_group(pairs: Iterable[EffectPair]) -> dict[str, _OfGroup]:
    groups: dict[str, _OfGroup] = {}
    for pair in pairs:
        own = groups.setdefault(pair.group, _OfGroup())
        own.lab.append(pair.lab.value)
        own.production.append(pair.production.value)
    return groups


@dataclass(frozen=True, slots=True)
class _Covariance:
    """An analysis of covariance: the common slope within groups, and what is left around it."""

    slope: float
    spread: float
    """Squared deviations of lab values from the means of their groups, added up."""
    variance: float
    df: int
    means: Mapping[str, tuple[int, float, float]]
    """By group how many pairs, and the mean lab value and production effect."""


def _covariance(by_group: Mapping[str, _OfGroup]) -> _Covariance | None:
    means = {group: (len(own), fmean(own.lab), fmean(own.production)) for group, own in by_group.items()}

    def off() -> Iterator[tuple[float, float]]:
        for group, own in by_group.items():
            _, lab_mean, production_mean = means[group]
            for lab, production in zip(own.lab, own.production, strict=True):
                yield lab - lab_mean, production - production_mean

    spread, df = math.fsum(x * x for x, _ in off()), sum(map(len, by_group.values())) - len(means) - 1
    size = max(abs(lab) for own in by_group.values() for lab in own.lab)
    if df < 1 or spread <= (_NOTHING * size) ** 2:
        return None
    slope = math.fsum(x * y for x, y in off()) / spread
    variance = math.fsum((y - slope * x) ** 2 for x, y in off()) / df
    return _Covariance(slope, spread, variance, df, means)


_NOTHING = 1e-9


_ALL_THE_SAME = "No slope: lab values do not differ, so that nothing says what follows from them."
_NOT_ADJUSTED = "Not adjusted: lab values do not differ within groups, so that nothing says what follows from them."
_ON_ONE_LINE = "No interval: all pairs lie on one line."
_PULLED_DOWN = "Noise in the lab values pulls the slope toward 0."


def _slope(blank: Estimate, by_group: Mapping[str, _OfGroup], missing: str) -> Estimate:
    found = _covariance(by_group)
    if found is None:
        return replace(blank, reason=_ALL_THE_SAME)
    error = math.sqrt(found.variance / found.spread)
    caution = f"{_PULLED_DOWN} {missing}".rstrip()
    if error <= _NOTHING * abs(found.slope):
        return _shown(blank, found.slope, None, _ON_ONE_LINE, caution)
    return _shown(blank, found.slope, limits_around(found.slope, error, found.df), "", caution)


def _groups(by_group: Mapping[str, _OfGroup], reference: str, missing: str) -> tuple[tuple[GroupLoss, ...], str]:
    if len(by_group) < 2:
        return (), ""
    enough = {group: own for group, own in by_group.items() if len(own) >= FOR_FIGURES}
    few = sorted(set(by_group) - set(enough))
    left_out = "" if not few else _too_few({group: len(by_group[group]) for group in few})
    if reference and reference not in enough:
        return (), left_out if reference in by_group else f"Not compared: no pair is of “{reference}”."
    base = reference or min(enough, key=lambda group: (-len(enough[group]), group), default="")
    others = sorted(set(enough) - {base})
    if not others:
        return (), left_out
    # The slope rests on the pairs of every group, also of those too small to be compared.
    found = _covariance(by_group)
    return tuple(_loss(found, enough, group, base, missing) for group in others), left_out


def _too_few(groups: Mapping[str, int]) -> str:
    named = ", ".join(f"{group or 'no group'} ({n})" for group, n in groups.items())
    return f"Not compared, since a group needs {FOR_FIGURES} pairs: {named}."


def _loss(
    found: _Covariance | None, by_group: Mapping[str, _OfGroup], group: str, base: str, missing: str
) -> GroupLoss:
    ours, theirs = (by_group[name].changes for name in (group, base))
    n = len(ours) + len(theirs)
    change = Estimate(f"change, {group} minus {base}", "Welch t of change scores", n, "proposal")
    adjusted = Estimate(
        f"production at the same lab value, {group} minus {base}", "analysis of covariance", n, "proposal"
    )
    welch, reason = welch_of(ours, theirs)
    value, limits = (fmean(ours) - fmean(theirs), None) if welch is None else (welch.difference, welch.limits)
    change = _shown(change, value, limits, reason.replace("No t:", "No interval:"), missing)
    if found is None:
        return GroupLoss(group, base, change, replace(adjusted, reason=_NOT_ADJUSTED))
    (n_a, lab_a, production_a), (n_b, lab_b, production_b) = found.means[group], found.means[base]
    apart = lab_a - lab_b
    value = production_a - production_b - found.slope * apart
    error = math.sqrt(found.variance * (1 / n_a + 1 / n_b + apart**2 / found.spread))
    if error <= _NOTHING * max(abs(production_a), abs(production_b), abs(found.slope * apart)):
        return GroupLoss(group, base, change, _shown(adjusted, value, None, _ON_ONE_LINE, missing))
    limits = limits_around(value, error, found.df)
    return GroupLoss(group, base, change, _shown(adjusted, value, limits, "", missing))


def _told(limits: Limits | None) -> int:
    """Return on which side of 0 an interval lies: 1, −1, or 0 where it holds it or there is none."""
    if limits is None:
        return 0
    return (limits[0] > 0) - (limits[1] < 0)
