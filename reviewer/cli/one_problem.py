"""The problem that a command is of, which may be named with ``--problem`` or without."""

import click


def one_problem(named: str | None, by_option: str | None) -> str | None:
    """Return the problem's name, None where it is named in neither way.

    Raises:
        click.UsageError: when the two ways name two problems.
    """
    if named is not None and by_option is not None and named != by_option:
        raise click.UsageError(f"it is of one problem, and two are named: {named} and, by --problem, {by_option}")
    return by_option if named is None else named
