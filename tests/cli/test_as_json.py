"""JSON as it is printed."""

import io
import json
import sys
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.cli import as_json
from reviewer.cli.as_json import echo_json, echo_json_with_rows


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


@given(rows=st.lists(st.dictionaries(st.text(), st.text() | st.lists(st.integers()), max_size=3), max_size=8))
def test_rows_in_pieces_are_printed_as_all_at_once(rows: list[dict[str, object]]) -> None:
    before: dict[str, object] = {"of": "a\x85b", "n": len(rows)}
    after: dict[str, object] = {"said": []}
    whole, pieces = io.StringIO(), io.StringIO()
    with redirect_stdout(whole):
        echo_json({**before, "rows": rows, **after}, indent=1)
    with redirect_stdout(pieces), pytest.MonkeyPatch.context() as patch:
        patch.setattr(as_json, "ROWS_AT_ONCE", 3)
        echo_json_with_rows(before, "rows", iter(rows), after, indent=1)
    assert pieces.getvalue() == whole.getvalue()
