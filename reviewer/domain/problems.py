"""What is being worked on, how it is measured, and what "survives in production" means for it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Direction, Setting

SLUG_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""What a problem's slug looks like, as a regular expression."""

SLUG_IN_WORDS = "1 to 100 letters (a to z, A to Z), digits, '.', '_' and '-', a letter or a digit first"


def is_slug(text: str) -> bool:
    """Return whether a problem can have that name."""
    return re.fullmatch(SLUG_FORM, text) is not None


def as_slug(words: str) -> str:
    """Return a slug made of what a file calls its task; empty where no letter and no digit of it can stand in one."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", words).lstrip("._-")[:100].rstrip("-")


def no_such_problem(name: str, slugs: Iterable[str]) -> str:
    """Return the sentence for a name that no problem of the store has, or none can have; the store has ``slugs``."""
    never = "" if is_slug(name) else f" and none can have that name, which is of {SLUG_IN_WORDS}"
    return f"There is no problem {name!r}{never}; the store has {', '.join(slugs) or 'none'}."


@dataclass(frozen=True, slots=True)
class Metric:
    """A name with a direction and a unit. A derived one names the metrics that it is computed from."""

    name: str
    direction: Direction = Direction.UNKNOWN
    unit: str | None = None
    derived_from: tuple[str, ...] = ()
    title: str | None = None
    disputed_by: tuple[str, ...] = ()
    """The sources that say of it, as they did last, that it goes the other way; a file's path, or a problem's file."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset under its one name, and the other names that files use for it."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What must hold in production, and by when, for a forecast to resolve as "survived"."""

    criterion: str
    system: str = ""
    scale: str = ""
    budget: str = ""
    latency: str = ""
    signals: str = ""
    horizon: str = ""
    """The date by which it is decided, as ``YYYY-MM-DD``; empty where nobody has said."""
    months: int | None = None
    """Where there is no one date for all: how many months after a proposal was first judged it is decided."""
    decider: str = ""
    """Who says in the end whether it is met; empty where nobody has said."""

    @property
    def by(self) -> str:
        """Return in words by when it is decided; empty where nobody has said."""
        if self.horizon or self.months is None:
            return self.horizon
        return f"{counted(self.months, 'month')} after a proposal was first judged"


@dataclass(frozen=True, slots=True)
class Problem:
    """One research problem; ``slug`` is its name in files, options and the CSV."""

    slug: str
    title: str = ""
    description: str = ""
    primary_metric: str | None = None
    primary_dataset: str | None = None
    metrics: tuple[Metric, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    target: Target | None = None
    authoritative: bool = True
    """False where a reader fills in what it knows of a problem that no file described: it then only adds."""

    def dataset_names(self) -> Mapping[str, str]:
        """Return every known name of a dataset, in lower case, with the one name it stands for."""
        names = {d.name.casefold(): d.name for d in self.datasets}
        for dataset in self.datasets:
            for alias in dataset.aliases:
                names.setdefault(alias.casefold(), dataset.name)
        return names

    def metric(self, name: str) -> Metric:
        """Return the metric of that name; one that nobody described has an unknown direction."""
        return next((m for m in self.metrics if m.name == name), Metric(name))

    def metric_at(self, name: str, dataset: str, setting: Setting, split: str | None) -> Metric:
        """Return the metric of that name at a place, where more may be known of it."""
        return self.metric(name)
