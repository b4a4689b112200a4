"""A proposal's text is laid out well, all of it, at any width, whatever it holds."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.tui.document_cache import DocumentCache, Layout
from reviewer.tui.document_lines import BOLD, DIM, DocumentStyle, cut_cells, fold_runs, overlaid
from reviewer.tui.documents import (
    MARKDOWN_UP_TO,
    MOST_LINES,
    WIDEST,
    Block,
    BlockKind,
    Document,
    Heading,
    RenderedDocument,
    render_document,
)

STYLE = DocumentStyle()

SNIPPETS = [
    "# a\n", "## b\n", "- ", "1. ", "  - x\n", "> ", "```python\n", "```\n", "    code\n", "| a | b |\n|--|--:|\n",
    "| 1.5 | x |\n", "|", "\n\n", "**", "*", "_", "`", "~~", "[t](http://a.b 'c')", "![i](p.png)", "<b>", "&#27;",
    "&#x202e;", "$a_i$", "---\n", "\x1b]8;;x\x07", "\u202e", "\u200d", "e\u0301", "\u0301", "中文", "👩\u200d👧",
    "[/]", "[bold]", "\r", "\t", "word ", "0.123 ", "averyveryverylongwordindeed", "[x]: http://y\n", "\\", "\ud800",
]  # fmt: skip
markdown = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=4)), max_size=40).map("".join)


def body(text: str, width: int = 60) -> RenderedDocument:
    return render_document(Document((Block(BlockKind.BODY, text),)), width, STYLE)


def shown(rendered: RenderedDocument) -> list[str]:
    return [line.text.rstrip() for line in rendered.lines]


@example("0⺀", 2)
@example("⺀", 1)
@example("- ⺀", 3)
@given(markdown, st.integers(min_value=1, max_value=120))
def test_any_text_fits_any_width_and_holds_nothing_that_a_terminal_obeys(text: str, width: int) -> None:
    blocks = (
        Block(BlockKind.TITLE, text),
        Block(BlockKind.META, text),
        Block(BlockKind.SECTION, text, label=text),
        Block(BlockKind.CLAIMS, items=(text, text), label="Claims"),
        Block(BlockKind.BODY, text),
        Block(BlockKind.NOTE, text),
        Block(BlockKind.RAW, text, label="json"),
    )
    rendered = render_document(Document(blocks), width, STYLE)
    for line in rendered.lines:
        assert "".join(segment.text for segment in line.segments).rstrip() == line.text.rstrip()
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in line.text)
        assert not any(segment.style and segment.style.link for segment in line.segments)
        assert 0 <= line.lead <= len(line.text)
        if width >= 2:
            assert sum(segment.cell_length for segment in line.segments) <= min(width, WIDEST)
    assert rendered.copy() is not None


@given(st.lists(st.text("abcdefgh.,0123", min_size=1, max_size=30), min_size=1, max_size=40), st.integers(1, 100))
def test_folding_loses_no_letter_and_copying_makes_it_whole(words: list[str], width: int) -> None:
    text = " ".join(words)
    folded = list(fold_runs([(text, BOLD)], width))
    assert "".join((part.join or "") + part.text for part in folded) == text
    assert all(cell_len(part.text) <= width for part in folded)


@given(st.lists(st.sampled_from(["alpha", "beta", "0.25", "gamma-delta"]), min_size=2, max_size=60), st.integers(8, 90))
def test_what_is_found_is_what_was_searched_folded_or_not(words: list[str], width: int) -> None:
    rendered = body("x " + " ".join(words), width)
    needle = " ".join(words[-2:]).upper()
    matches = rendered.find(needle)
    assert matches
    for match in matches:
        pieces = [rendered.lines[number].text[start:end] for number, start, end in match.pieces]
        assert "".join(pieces).replace(" ", "").upper() == needle.replace(" ", "")


def test_a_proposal_reads_from_its_title_to_its_discussion() -> None:
    document = Document(
        (
            Block(BlockKind.TITLE, "Noisy-channel EM"),
            Block(BlockKind.META, "agent-4 · chat"),
            Block(BlockKind.SECTION, "The noise is *class-conditional*.", label="Hypothesis"),
            Block(BlockKind.CLAIMS, items=("PGR `0.78`", "no gold labels"), label="Claims"),
            Block(BlockKind.BODY, "# Noisy-channel EM\n\nWe estimate the channel.\n\n## Method\n\nBy EM."),
            Block(BlockKind.NOTE, "Not judged yet."),
        )
    )
    rendered = render_document(document, 60, STYLE)
    assert shown(rendered) == [
        "Noisy-channel EM",
        "agent-4 · chat",
        "",
        "Hypothesis",
        "The noise is class-conditional.",
        "",
        "Claims",
        "1. PGR 0.78",
        "2. no gold labels",
        "",
        "We estimate the channel.",
        "",
        "Method",
        "By EM.",
        "",
        "Not judged yet.",
    ]
    assert rendered.headings == (
        Heading(0, 1, "Noisy-channel EM"),
        Heading(3, 2, "Hypothesis"),
        Heading(6, 2, "Claims"),
        Heading(12, 2, "Method"),
    )


def test_lists_hang_and_nest() -> None:
    text = "9. first item that is folded over\n10. second\n    - inner\n      - deeper\n\n> quoted\n>\n> - point"
    assert shown(body(text, 24)) == [
        " 9. first item that is",
        "    folded over",
        "10. second",
        "    – inner",
        "      · deeper",
        "",
        "│ quoted",
        "│",
        "│ • point",
    ]


def test_an_item_without_text_keeps_its_bullet() -> None:
    assert shown(body("- a\n-\n- b")) == ["• a", "•", "• b"]


def test_lines_that_were_ended_on_purpose_stay_and_wrapped_ones_flow() -> None:
    assert shown(body("PGR: 0.78\nseeds: 5")) == ["PGR: 0.78", "seeds: 5"]
    wrapped = "the quick brown fox jumps over the lazy dog and then it goes home to\nsleep"
    assert shown(body(wrapped, 90)) == [wrapped.replace("\n", " ")]


def test_numbers_of_a_table_line_up_on_the_point() -> None:
    text = "| method | PGR |\n|--|--|\n| a | 0.78 ± 0.04 |\n| b | -12.5 |\n| c | 3 |\n| d | n/a |"
    assert shown(body(text)) == [
        "method            PGR",
        "─" * 21,
        "a         0.78 ± 0.04",
        "b       -12.5",
        "c         3",
        "d       n/a",
    ]


def test_a_table_too_wide_folds_its_words_and_never_its_numbers() -> None:
    text = "| m | PGR | note |\n|:--|--:|:--|\n| a | 0.7812 ± 0.0400 | the same temperature schedule as chat has |"
    for width in range(12, 60):
        whole = "\n".join(shown(body(text, width)))
        assert "0.7812 ± 0.0400" in whole or width < len("  note  0.7812 ± 0.0400")
    assert shown(body(text, 40)) == [
        "m              PGR  note",
        "─" * 40,
        "a  0.7812 ± 0.0400  the same temperature",
        "                    schedule as chat has",
    ]


def test_a_table_with_more_columns_than_room_becomes_records() -> None:
    text = "| method | chat | math |\n|--|--|--|\n| EM | 0.7800 | 0.3100 |\n| MDL | 0.2 | |"
    assert shown(body(text, 18)) == ["EM", "  chat  0.7800", "  math  0.3100", "", "MDL", "  chat  0.2"]
    wide = "|".join(f"c{n}" for n in range(500)) + "\n" + "|".join(["-"] * 500) + "\n" + "|".join(["1.5"] * 500)
    lines = shown(body(wide, 60))
    assert len(lines) == 500
    assert lines[-1].split() == ["c499", "1.5"]


def test_code_keeps_its_indentation_and_says_where_a_line_goes_on() -> None:
    text = "```python\ndef f(a):\n    return alpha(a, beta(a), gamma(a))\n```"
    rendered = body(text, 28)
    assert shown(rendered) == [" def f(a):", "     return alpha(a,", "     ↪ beta(a), gamma(a))"]
    assert rendered.copy() == "def f(a):\n    return alpha(a, beta(a), gamma(a))"
    keyword = next(segment for segment in rendered.lines[0].segments if segment.text == "def")
    assert keyword.style is not None
    assert keyword.style.bold


def test_links_and_images_are_text_and_nothing_is_hidden() -> None:
    text = (
        "[see](http://a.b/c 'why') <http://d.e> ![a plot](p.png) <!-- hidden? --> <b>x</b>\n\n"
        "[note]: http://f.g\n\nand $P_{a} * Q_{b} * c$"
    )
    assert shown(body(text, 90)) == [
        'see (http://a.b/c "why") http://d.e [image: a plot] <!-- hidden? --> <b>x</b>',
        "",
        "[note]: http://f.g",
        "",
        "and $P_{a} * Q_{b} * c$",
    ]


def test_markup_of_the_console_is_text() -> None:
    assert shown(body("[/] [bold]x[/bold] [link=http://a]y[/link]")) == ["[/] [bold]x[/bold] [link=http://a]y[/link]"]


def test_control_characters_are_shown_also_when_markdown_spells_them() -> None:
    text = "\x1b]52;c;aGk=\x07 &#x202e;rtl &zwj; `\x1b[31m`"
    assert shown(body(text)) == ["␛]52;c;aGk=␇ <U+202E>rtl <U+200D> ␛[31m"]


def test_what_is_nested_too_deep_to_parse_is_shown_as_written() -> None:
    lines = shown(body("> " * 500 + "the end", 80))
    assert lines[-1].endswith("the end")
    assert sum(line.count(">") for line in lines) == 500


def test_a_long_text_is_shown_as_written_and_a_longer_one_is_cut_with_a_word_on_it() -> None:
    lines = shown(body("**word** " * (MARKDOWN_UP_TO // 9 + 1), 80))
    assert lines[0].endswith("characters, shown as written and not as Markdown.")
    assert "**word** **word**" in lines[2]
    document = Document((Block(BlockKind.BODY, "x\n" * (MOST_LINES + 5)), Block(BlockKind.NOTE, "four")))
    rendered = render_document(document, 80, STYLE)
    ending = " ".join(line.text for line in rendered.lines[-3:])
    assert len(rendered.lines) <= MOST_LINES + 4
    assert f"Only the first {MOST_LINES:,} lines are shown" in ending
    assert "40,010 characters and 4 more after it" in ending
    assert ending.endswith("R shows the raw record.")


def test_wide_characters_fold_between_each_other() -> None:
    lines = shown(body("监督信号的噪声是类别条件的。" * 3, 21))
    assert all(18 <= cell_len(line) <= 21 for line in lines[:-1])
    assert not any(line.startswith("。") for line in lines)


def test_copying_takes_part_of_a_line() -> None:
    rendered = body("one two three four five six\n\n- seven", 14)
    assert shown(rendered) == ["one two three", "four five six", "", "• seven"]
    assert rendered.copy() == "one two three four five six\n\n• seven"
    assert rendered.copy((0, 4), (1, 4)) == "two three four"
    assert rendered.copy((1, 5), (3, 3)) == "five six\n\n• s"
    assert RenderedDocument(()).copy() == ""


def test_a_place_in_the_document_is_kept_over_widths() -> None:
    text = "\n\n".join(f"Paragraph {n} " + "with some words in it " * 6 for n in range(40))
    wide, narrow = body(text, 80), body(text, 30)
    line = next(n for n, each in enumerate(wide.lines) if each.text.startswith("Paragraph 20"))
    assert narrow.lines[narrow.line_at(wide.position(line))].text.startswith("Paragraph 20")


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [("abcdef", 6, "abcdef"), ("abcdef", 4, "abc…"), ("中文字", 4, "中…"), ("abc", 0, ""), ("ab cd", 4, "ab…")],
)
def test_text_is_cut_by_cells(text: str, width: int, cut: str) -> None:
    assert cut_cells(text, width) == cut


def test_a_style_is_laid_over_whole_characters() -> None:
    line = body("cafe\u0301 noir").lines[0]
    segments = overlaid(line.segments, [(3, 4, BOLD), (6, 99, DIM)])
    assert [segment.text for segment in segments] == ["caf", "e\u0301", " ", "noir"]


def test_the_cache_forgets_what_was_not_used_for_the_longest_time() -> None:
    cache = DocumentCache(most_lines=5)
    layouts = [Layout(Document((Block(BlockKind.BODY, f"{n}\n\nx"),)), 40, STYLE) for n in range(3)]
    for layout in layouts[:1] * 3:
        cache.put(layout, render_document(*layout))
    assert len(cache) == 1
    cache.put(layouts[1], render_document(*layouts[1]))
    assert len(cache) == 1
    assert cache.get(layouts[0]) is None
    small = [Layout(Document((Block(BlockKind.BODY, f"{n}"),)), 40, STYLE) for n in range(6)]
    for layout in small[:5]:
        cache.put(layout, render_document(*layout))
    assert cache.get(small[0]) is not None
    cache.put(small[5], render_document(*small[5]))
    assert small[0] in cache
    assert small[1] not in cache


def test_the_style_decides_the_look_and_nothing_else() -> None:
    text = "# a\n\n**b** `c`\n\n```python\nfor x in y: pass  # z\n```"
    plain = render_document(
        Document((Block(BlockKind.BODY, text),)), 40, DocumentStyle(heading=DIM, strong=DIM, keyword=DIM)
    )
    assert shown(plain) == shown(body(text, 40))
    assert re.search("for x in y", plain.copy())
    assert all(segment.style is None or not segment.style.bold for line in plain.lines for segment in line.segments)
