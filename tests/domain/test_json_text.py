"""JSON is the same to whoever reads it, and harmless to whoever looks at it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.json_text import json_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain é 漢 👍\u00a0x", '"plain é 漢 👍\u00a0x"'),
        ("\x1b]52;c;x\x07", r'"\u001b]52;c;x\u0007"'),
        ("\x7f\x9b31m\x85", r'"\u007f\u009b31m\u0085"'),
        ("\u202egnp\u2066\u200b\ufeff\u2028", r'"\u202egnp\u2066\u200b\ufeff\u2028"'),
        ("\U000e0041\U0010fffd", r'"\udb40\udc41\udbff\udffd"'),
        ("\ud800x\udc80", r'"\ud800x\udc80"'),
    ],
)
def test_what_is_not_seen_is_an_escape(text: str, written: str) -> None:
    assert json_text(text) == written
    assert json_text({text: [text]}, indent=1) == f"{{\n {written}: [\n  {written}\n ]\n}}"


@given(st.text() | st.text("\x7f\x9b\u202e\ud800\U000e0041é\n"), st.booleans())
def test_it_reads_back_as_it_was(text: str, ascii_only: bool) -> None:
    assert json.loads(json_text({"x": text}, ascii_only=ascii_only)) == json.loads(json.dumps({"x": text}))


def test_ascii_alone_has_no_delete_either() -> None:
    assert json_text("é\x7f", ascii_only=True) == r'"\u00e9\u007f"'


def test_an_infinity_is_refused_where_it_should_be() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("inf"), allow_nan=False)
