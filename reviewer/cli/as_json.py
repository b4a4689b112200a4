"""Printing JSON for people and for programs."""

import json
import sys
from typing import Any

import click


def echo_json(data: Any, *, indent: int) -> None:
    """Print data as JSON; on a terminal in ASCII alone, since it would obey control characters of a text."""
    click.echo(json.dumps(data, ensure_ascii=sys.stdout.isatty(), indent=indent))
