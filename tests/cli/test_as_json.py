"""JSON as it is printed."""

import io
import json
import sys

import pytest

from reviewer.cli.as_json import echo_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("sink", "as_it_is"), [(Terminal, False), (io.StringIO, True)])
def test_a_terminal_gets_nothing_that_it_would_obey(
    sink: type[io.StringIO], as_it_is: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"title": "a\x9b31m\u202eé"}
    monkeypatch.setattr(sys, "stdout", out := sink())
    echo_json(data, indent=1)
    assert json.loads(out.getvalue()) == data
    assert ("\x9b" in out.getvalue(), "\u202e" in out.getvalue()) == (as_it_is, as_it_is)
