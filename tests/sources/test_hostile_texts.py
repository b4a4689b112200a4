"""Texts of some megabytes made so that a pattern tries each way to part them, which would take hours."""

import subprocess
import sys

import pytest

HOURS = 300
"""Seconds after which it is the hours: every one of them is read in one, on a machine that has nothing else to do."""


@pytest.mark.parametrize(
    ("module", "expression"),
    [
        ("ai_scientist_notes", "read_notes('# Experiment description:\\n' * 300_000).experiment == ''"),
        ("ai_scientist_notes", "read_notes('# Title:' + ' ' * 3_000_000).title == ''"),
        ("ai_scientist_notes", "read_notes('## Run 1' + ' ' * 3_000_000).runs == {}"),
        ("aar_finding", "_hypothesis('# Hypothesis' + ' ' * 3_000_000 + 'x') == ''"),
        ("document_text", "first_heading('# a' + ' ' * 3_000_000 + 'b') == 'a…'"),
        ("written_numbers", "number_in('1' * 3_000_000 + 'x') is None"),
    ],
)
def test_it_is_read_in_the_time_that_its_length_takes(module: str, expression: str) -> None:
    name = expression[: expression.index("(")]
    code = f"from reviewer.sources.{module} import {name}; assert {expression}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=HOURS)
