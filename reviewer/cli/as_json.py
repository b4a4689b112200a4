"""Printing JSON for people and for programs."""

import sys
from typing import Any

from reviewer.cli.output import echo_exactly
from reviewer.domain.json_text import json_text


def echo_json(data: Any, *, indent: int) -> None:
    """Print data as JSON in which nothing is hidden, nor obeyed by a terminal; on one in ASCII alone."""
    echo_exactly(json_text(data, ascii_only=sys.stdout.isatty(), indent=indent))
