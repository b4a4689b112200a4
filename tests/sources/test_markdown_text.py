from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reviewer.sources.markdown_text import LONGEST_VALUE, fenced, sections, settings


@given(st.text(alphabet="`~ab \n#*", max_size=40))
def test_what_is_fenced_stays_one_block_of_code(text: str) -> None:
    (block,) = MarkdownIt().parse(fenced(text, "python"))
    assert (block.type, block.info) == ("fence", "python")
    assert block.content == (f"{text.rstrip()}\n" if text.rstrip() else "\n")


@given(st.text(alphabet="`*_<[] ab", min_size=1, max_size=20), st.text(alphabet="`*_<[] ab", min_size=1, max_size=20))
def test_names_and_values_are_code_and_no_markup(name: str, value: str) -> None:
    tokens = MarkdownIt().parse(settings({name: value}))
    (inline,) = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for child in inline.children or ()}
    assert kinds <= {"code_inline", "text"}
    written = [child.content for child in inline.children or () if child.type == "code_inline"]
    wanted = [" ".join(text.split()) for text in (name, value) if text.strip()]
    assert written == wanted


def test_settings_leave_out_null_and_block_what_is_long() -> None:
    said = settings({"none": None, "flag": False, "several": "a\nb", "long": "x" * (LONGEST_VALUE + 1), "blank": " "})
    assert said.startswith("- `flag`: `false`\n- `several`\n\n```\na\nb\n```\n")
    assert f"… ({LONGEST_VALUE + 1:,} characters in the raw record)" in said
    assert said.endswith("- `blank`: (blank)")
    assert settings({"nan": float("nan")}) == '- `nan`: `"NaN"`'


def test_sections_without_a_text_are_left_out() -> None:
    assert sections([("One", "a"), ("Two", " "), ("Three", "b\n")]) == "## One\n\na\n\n## Three\n\nb\n"
