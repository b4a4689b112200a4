"""What the options and arguments of ``reviewer import`` have to be, and how they are understood."""

import os
from typing import Any

import click

from reviewer.cli.main import GivenSource
from reviewer.cli.standard_input import DASH
from reviewer.domain.errors import UserError

LARGEST_ID = 2**63 - 1
"""SQLite numbers rows up to here."""


def require_slug(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return a problem's name where it is one, and None of none."""
    from reviewer.domain.problems import SLUG_IN_WORDS, is_slug

    if value is not None and not is_slug(value):
        raise click.BadParameter(f"{value!r} cannot be a problem's name, which is of {SLUG_IN_WORDS}.", ctx, param)
    return value


def require_run(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """Return a run's name where it is one, and an empty one of none."""
    if value is None:
        return ""
    from reviewer.workflow.other_runs import parse_run

    try:
        return parse_run(value)
    except UserError as error:
        raise click.BadParameter(str(error), ctx, param) from error


def baseline_rule(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return by which fields and their values a baseline is told."""
    if not values:
        return ()
    from reviewer.workflow.stated_baselines import parse_baseline

    try:
        return parse_baseline(values)
    except UserError as error:
        raise click.BadParameter(str(error), ctx, param) from error


class ImportedPath(GivenSource):
    """A path, an address, or ``-`` for standard input; ``./-`` is a file of that name."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = super().convert(value, param, ctx)
        return path.absolute() if path == DASH and os.fspath(value) != "-" else path


class ImportNumber(click.ParamType[int]):
    """The number of an import."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        digits = str(value).strip()
        if not digits.isdecimal() or len(digits) > len(str(LARGEST_ID)) or not 1 <= int(digits) <= LARGEST_ID:
            self.fail(f"{value!r} is not the number of an import, as `reviewer import --list` shows them.", param, ctx)
        return int(digits)
