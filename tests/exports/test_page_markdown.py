"""A page as Markdown: tables with as many cells as columns, and nothing from outside that Markdown would obey."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reviewer.exports.page_markdown import escaped, markdown
from reviewer.exports.pages import Chapter, Column, Page, Part, Table
from tests.exports.pages import page

_UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*([<>`\[\]|*_])")


def test_headings_tables_and_sentences_stand_in_order() -> None:
    table = Table((Column("what"), Column("n", True)), (("a|b", "−2"),), "of it")
    part = Part("Part", tables=(table,), sentences=("Said.",), notes=("Known.",), verbatim="x\n\n# y")
    assert markdown(Page("Title", ("First.",), (Chapter("Chapter", (part,)),), "Foot.")) == (
        "<!-- a page of reviewer -->\n\n# Title\n\nFirst.\n\n## Chapter\n\n### Part\n\nof it\n\n| what | n |\n"
        "|---|--:|\n"
        "| a\\|b | −2 |\n\nSaid.\n\n- Known.\n\n    x\n\n    # y\n\n---\n\nFoot.\n"
    )


def test_what_is_hostile_is_escaped() -> None:
    for line in markdown(page()).splitlines()[1:]:
        outside = re.sub(r"^\| | \| | \|$|^[|:-]+$|^#+ |^- ", "", line)
        if not line.startswith("    "):
            assert not _UNESCAPED.search(outside), line
            assert "\x1b" not in line


@given(st.text())
def test_any_text_is_one_line_that_begins_no_block(text: str) -> None:
    line = escaped(text)
    assert "\n" not in line
    assert not re.match(r"(#|>|[-+*=] |\d+[.)] |```|~~~|\s{4})", line)


def test_what_begins_like_a_list_does_not_begin_one() -> None:
    assert [escaped(each) for each in ("- a", "12. b", "+ c", "0.5")] == ["\\- a", "12\\. b", "\\+ c", "0\\.5"]
