"""Outside text is shown and never obeyed."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewer.domain.text import MARKS_DRAWN, map_safe_text, safe_line, safe_text

NASTY = (
    [chr(code) for code in range(0x20)]
    + [chr(code) for code in range(0x7F, 0xA1)]
    + list("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c")
    + list("\ufe0e\ufe0f\ufe00\U000e0101\U000e0041\U000e007f\ufff9\ufffb\ue000\U000f0000\U00100000\uffff\u0378")
    + list("\ud800\udfff\u2028\u2029\u3000\u00ad\u034f\u115f\u1160\u3164\uffa0\u180e\u17b4\u1161\u11a8")
    + list("\u0301\u0336\u0489\u20e3\u0903") + list("👨👩🏽🏿❤☠🇩🇪1#↔a中é ") + ["\r\n", "[/", "\x1b]52;c;aGk=\x07"]
)  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=3)), max_size=40).map("".join)


def is_dangerous(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or (unicodedata.category(character) == "Zs" and character != " ")
        or 0xFE00 <= ord(character) <= 0xFE0F
        or 0xE0100 <= ord(character) <= 0xE01EF
        or character in "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
    )


@given(hostile)
def test_nothing_dangerous_comes_out(text: str) -> None:
    assert not any(is_dangerous(c) for c in safe_text(text).replace("\n", ""))
    assert not any(is_dangerous(c) for c in safe_text(text, keep_newlines=False))
    assert not any(is_dangerous(c) for c in safe_line(text))


@given(hostile)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)
    assert safe_line(safe_line(text)) == safe_line(text)
    flat = safe_text(text, keep_newlines=False)
    assert safe_text(flat, keep_newlines=False) == flat


@given(hostile)
def test_positions_lead_back_in_order(text: str) -> None:
    mapped = map_safe_text(text)
    assert mapped.text == safe_text(text)
    back = [mapped.source_index(i) for i in range(len(mapped.text) + 1)]
    assert back == sorted(back)
    assert back[-1] == len(text)
    for index, character in enumerate(mapped.text):
        if character.isalnum() and character == text[back[index]]:
            continue
        assert back[index] <= len(text)


@given(st.text(alphabet="ab é→中\n", max_size=30), st.sampled_from(NASTY), st.text(alphabet="ab é→中\n", max_size=30))
def test_what_is_harmless_keeps_its_place(before: str, nasty: str, after: str) -> None:
    assume(not (nasty == "\r" and after.startswith("\n")))  # one end of a line, which is in NASTY as such
    text = before + nasty + after
    mapped = map_safe_text(text)
    for index in range(len(before)):
        assert mapped.source_index(index) == index
    for back in range(1, len(after) + 1):
        assert mapped.text[-back] == text[-back]
        assert mapped.source_index(len(mapped.text) - back) == len(text) - back


@given(hostile)
def test_marks_stand_on_something_and_do_not_pile_up(text: str) -> None:
    pile, last = 0, "\n"
    for character in safe_text(text):
        pile = pile + 1 if unicodedata.category(character)[0] == "M" else 0
        assert pile <= MARKS_DRAWN
        assert not (pile == 1 and last.isspace())
        last = character


@given(hostile, st.integers(min_value=0, max_value=60))
def test_a_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = safe_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert "  " not in line
    whole = safe_line(text)
    assert line == whole if len(whole) <= limit else (line.endswith("…") or limit == 0)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.just("\n")))
def test_plain_text_is_left_alone(text: str) -> None:
    assert safe_text(text) is text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m\x85\x7f", "<U+009B>31m<U+0085>␡"),
        ("abc\u202edef", "abc<U+202E>def"),
        ("pay\u200bpal", "pay<U+200B>pal"),
        ("\ufeffhead", "<U+FEFF>head"),
        ("\U000e0041", "<U+E0041>"),
        ("\ud83d", "<U+D83D>"),
        ("\ue0b0", "<U+E0B0>"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\tb\n\tc", "a   b\n    c"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\u0301x", "◌\u0301x"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0336" * 7 + "y", "z" + "\u0336" * 4 + "<3 more marks>y"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("❤\ufe0f 1\ufe0f\u20e3 👍🏽", "❤ 1\u20e3 👍"),
        ("a\u200db \ufe0f", "a<U+200D>b <U+FE0F>"),
        ("👨\ufe0f\ufe0f", "👨<U+FE0F>"),
        ("한국어 العربية ελληνικά Việt", "한국어 العربية ελληνικά Việt"),
        ("[/] [bold] {x}", "[/] [bold] {x}"),
    ],
)
def test_shown(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_line_ends_are_shown_where_they_are_not_kept() -> None:
    assert safe_text("a\nb\r\nc\u2028d", keep_newlines=False) == "a␊b␊c␊d"


def test_a_line_is_cut_between_letters_and_not_below_their_marks() -> None:
    assert safe_line("  abc\t\n def ") == "abc def"
    assert safe_line("abcdef", 4) == "abc…"
    assert safe_line("abe\u0301f g", 4) == "ab…"
    assert safe_line("ab cdef", 4) == "ab…"
    assert safe_line(" " * 100_000 + "x" * 50, 3) == "xx…"


def test_positions_within_a_replacement_lead_to_its_source() -> None:
    mapped = map_safe_text("a\u202eb\x1bc")
    assert mapped.text == "a<U+202E>b␛c"
    assert [mapped.source_index(i) for i in range(len(mapped.text) + 1)] == [0, *[1] * 8, 2, 3, 4, 5]
    with pytest.raises(IndexError):
        mapped.source_index(-1)
    with pytest.raises(IndexError):
        mapped.source_index(len(mapped.text) + 1)
