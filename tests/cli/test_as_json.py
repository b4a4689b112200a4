"""JSON as it is printed."""

import io
import json
import sys

import pytest

from reviewer.cli.as_json import echo_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("sink", "letter"), [(Terminal, "\\u00e9"), (io.StringIO, "é")])
def test_nobody_gets_what_a_terminal_would_obey_and_a_program_every_letter(
    sink: type[io.StringIO], letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"title": "a\x9b31m\x7f\u202eé"}
    monkeypatch.setattr(sys, "stdout", out := sink())
    echo_json(data, indent=1)
    assert json.loads(out.getvalue()) == data
    assert rf'"a\u009b31m\u007f\u202e{letter}"' in out.getvalue()
