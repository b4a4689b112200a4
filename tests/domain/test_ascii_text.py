"""What is written in place of what ASCII lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.ascii_text import spelled_in_ascii


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain", "plain"),
        ("“quoted” – dash…", '"quoted" - dash...'),
        ("±0.1 −0.2 ≥3 ≤4 2×", "+-0.1 -0.2 >=3 <=4 2x"),
        ("not divided by √n", "not divided by sqrtn"),
        ("α of log(1 − α), Spearman ρ", "alpha of log(1 - alpha), Spearman rho"),
        ("√(p(1−p)/n)", "sqrt(p(1-p)/n)"),
        ("café A\u0301ngstro\u0308m ½ ﬁt", "cafe Angstrom 1/2 fit"),
        ("漢字 ß ☃ 😀", "\\u6f22\\u5b57 \\xdf \\u2603 \\U0001f600"),
        ("␛[2J", "\\u241b[2J"),
        ("\udc80", "\\udc80"),
    ],
)
def test_what_ascii_lacks_is_written_as_people_write_it(text: str, spelled: str) -> None:
    assert spelled_in_ascii(text) == spelled


@given(st.text())
def test_any_text_becomes_ascii_and_what_was_ascii_stays(text: str) -> None:
    spelled = spelled_in_ascii(text)
    assert spelled.isascii()
    assert spelled_in_ascii(spelled) == spelled
