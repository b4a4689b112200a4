"""Printing JSON for people and for programs."""

import sys
from collections.abc import Iterable, Mapping
from textwrap import indent as indented
from typing import Any

from reviewer.cli.output import echo_exactly
from reviewer.domain.json_text import json_text
from reviewer.domain.pieces import in_pieces

ROWS_AT_ONCE = 1_000


def echo_json(data: Any, *, indent: int) -> None:
    """Print data as JSON in which nothing is hidden, nor obeyed by a terminal; on one in ASCII alone."""
    echo_exactly(json_text(data, ascii_only=sys.stdout.isatty(), indent=indent))


def echo_json_with_rows(
    before: Mapping[str, Any], name: str, rows: Iterable[Any], after: Mapping[str, Any], *, indent: int
) -> None:
    """Print ``{**before, name: [*rows], **after}`` just as :func:`echo_json` does, without ever holding all the rows.

    Neither ``before`` nor ``after`` is empty.
    """
    ascii_only, margin = sys.stdout.isatty(), " " * indent

    def text(data: Any) -> str:
        return json_text(data, ascii_only=ascii_only, indent=indent)

    written = f"{text(before)[:-2]},\n{margin}{json_text(name)}: ["
    separator = "\n"
    for piece in in_pieces(rows, ROWS_AT_ONCE):
        echo_exactly(written + separator + ",\n".join(indented(text(row), 2 * margin) for row in piece), end="")
        written, separator = "", ",\n"
    end = "]" if written else f"\n{margin}]"
    echo_exactly(f"{written}{end},{text(after)[1:]}")
