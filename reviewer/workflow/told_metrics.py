"""What a person tells of metrics: which way each is better, and which of them counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock
from reviewer.domain.problems import Problem
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.vocabulary import Direction
from reviewer.store.connection import Store
from reviewer.store.problems import problem_by_slug
from reviewer.workflow.foreseeing import Foresight
from reviewer.workflow.setting_rule import SettingRule
from reviewer.workflow.tallying import Tally, listed
from reviewer.workflow.telling import tell


@dataclass(frozen=True, slots=True)
class ToldMetrics:
    """Which way metrics are better, by their names, and the one that counts; for all problems that have them."""

    directions: Mapping[str, Direction] = field(default_factory=dict)
    primary: str | None = None

    def __bool__(self) -> bool:
        """Tell whether anything is told."""
        return bool(self.directions or self.primary)

    def of(self, metrics: Sequence[str]) -> "ToldMetrics":
        """Return what is told of these metrics."""
        return ToldMetrics(
            {name: direction for name, direction in self.directions.items() if name in metrics},
            self.primary if self.primary in metrics else None,
        )

    def under(self, problem: Problem) -> Problem:
        """Return the problem as it is once this was told of it."""
        names = dict.fromkeys([*(m.name for m in problem.metrics), *self.directions])
        metrics = (problem.metric(name) for name in names)
        return replace(
            problem,
            metrics=tuple(replace(m, direction=self.directions.get(m.name, m.direction)) for m in metrics),
            primary_metric=self.primary or problem.primary_metric,
        )


def pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Return what ``OTHER=NAME`` says, each time that an option was given.

    Raises:
        UserError: when one is not of that form, which ``form`` shows, or two say different things of one name.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UserError(f"{option}: {text!r} is not of the form {form}.")
        if found.get(name.strip(), value.strip()) != value.strip():
            raise UserError(f"{option} says two things of {name.strip()!r}; say one.")
        found[name.strip()] = value.strip()
    return found


def parse_directions(
    texts: Sequence[str],
    words: Sequence[str] = ("higher", "lower"),
    stated_in: StatedIn = StatedIn.COMMAND_LINE,
) -> dict[str, Direction]:
    """Return what ``METRIC=higher`` says, each time that it was given; ``words`` are those that it may say.

    ``stated_in`` is where it says it, which an error names.

    Raises:
        UserError: when one is not of that form, or two disagree.
    """
    here = stated_in.begins(Statement.DIRECTION)
    told = pairs(texts, here, "METRIC=higher")
    for name, word in told.items():
        if word not in words:
            raise UserError(f"{here}: {f'{name}={word}'!r} says neither; a metric is better when higher or when lower.")
    return {name: Direction(word) for name, word in told.items()}


def tell_of_metrics(
    store: Store, tally: Tally, told: ToldMetrics, foreseen: Foresight | None, *, whole: bool, clock: Clock
) -> None:
    """Write what is told of the metrics of the problems that an import touched, and say what nobody has told of them.

    Of a dry run, which has ``foreseen`` what the store would hold, nothing is written. ``whole`` is whether all was
    read.
    """
    problems = _problems(store, tally, foreseen)
    if told:
        known: dict[str, None] = {}
        for slug, problem in problems.items():
            names = [*(m.name for m in problem.metrics), *tally.measured()[slug]]
            known.update(dict.fromkeys(names))
            here = told.of(names)
            if here and foreseen is None:
                _write(store, slug, here, clock)
            _say_what_changed(tally, problem, here, "counts" if foreseen is None else "would count")
            problems[slug] = here.under(problem)
        if whole:
            _tell_unused(tally, told, list(known))
    tally.tell_unknown_directions(problems.get)


def _problems(store: Store, tally: Tally, foreseen: Foresight | None) -> dict[str, Problem]:
    """Return the problems that an import touched, as they are after it or would be."""
    found: dict[str, Problem] = {}
    with store.read() as connection:
        for slug in tally.measured():
            if foreseen is not None:
                found[slug] = foreseen.problem(connection, slug).problem()
            elif (stored := problem_by_slug(connection, slug)) is not None:
                found[slug] = stored.problem
    return found


def _write(store: Store, slug: str, told: ToldMetrics, clock: Clock) -> None:
    with store.read() as connection:
        stored = problem_by_slug(connection, slug)
    if stored is not None:
        tell(
            store, stored, settings=SettingRule(), directions=told.directions, aliases={},
            primary_metric=told.primary, clock=clock,
        )  # fmt: skip


def _say_what_changed(tally: Tally, before: Problem, told: ToldMetrics, verb: str) -> None:
    where = f"in {before.slug} from now on"
    for name, direction in told.directions.items():
        if before.metric(name).direction is not direction:
            tally.metrics_told += 1
            tally.sentences.append(f"{direction.title()} {listed([name])} {verb} as better {where}, as you say.")
    if told.primary and told.primary != before.primary_metric:
        tally.metrics_told += 1
        tally.sentences.append(f"{listed([told.primary])} is the metric that {verb} {where}, as you say.")


def _tell_unused(tally: Tally, told: ToldMetrics, known: Sequence[str]) -> None:
    """Say which metrics were named although no problem that was read has them."""
    told_by = {
        tally.stated_in.begins(Statement.DIRECTION): list(told.directions),
        "--primary-metric": [told.primary] if told.primary else [],
    }
    for option, named in told_by.items():
        if unused := [name for name in named if name not in known]:
            those = "that metric" if len(unused) == 1 else "those metrics"
            tally.unused_metrics += unused
            tally.sentences.append(
                f"{option} names {listed(unused)}, but nothing that was read has {those}; "
                f"it has {listed(sorted(known)) or 'none'}."
            )
