"""Printing JSON for people and for programs."""

import json
import sys
from typing import Any

from reviewer.cli.output import echo_exactly


def echo_json(data: Any, *, indent: int) -> None:
    """Print data as JSON; on a terminal in ASCII alone, since it would obey control characters of a text."""
    echo_exactly(json.dumps(data, ensure_ascii=sys.stdout.isatty(), indent=indent))
