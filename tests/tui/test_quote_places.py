"""Where a quote stands in a document, however that is laid out."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic.visible_text import visible_text
from reviewer.tui.document_lines import DocumentStyle
from reviewer.tui.documents import Block, BlockKind, Document, RenderedDocument, render_document
from reviewer.tui.quote_places import place_of_quote


def laid_out(body: str, width: int = 30) -> RenderedDocument:
    blocks = (Block(BlockKind.TITLE, "A method"), Block(BlockKind.BODY, body))
    return render_document(Document(blocks), width, DocumentStyle())


def marked(rendered: RenderedDocument, quote: str) -> str | None:
    """What is marked of the lines, each folded line apart from the next by a blank."""
    place = place_of_quote(rendered, quote)
    if place is None:
        return None
    return " ".join(rendered.lines[line].text[start:end].strip() for line, start, end in place.pieces)


def test_it_is_found_over_folded_lines() -> None:
    rendered = laid_out("We fit a posterior over weak labels in one pass, and nothing else is learnt from them.", 20)
    assert marked(rendered, "a posterior over weak\nlabels in one pass") == "a posterior over weak labels in one pass"
    place = place_of_quote(rendered, "a posterior over weak labels in one pass")
    assert place is not None
    assert len(place.pieces) > 1


@pytest.mark.parametrize(
    ("body", "quote", "words"),
    [
        ("It is *not* `learnable` at **all**.", "It is *not* `learnable` at **all**", "It is not learnable at all"),
        ("- one thing\n- another thing", "one thing\n- another thing", "one thing • another thing"),
        ("Don't take it for granted.", "Don't take it for granted.", "Don't take it for granted"),
        ("The gain is 0.34, or 34 %.", "is 0.34, or 34 %", "is 0.34, or 34"),
        ("Das Maß ist größer.", "Maß ist größer", "Maß ist größer"),
        ("over\u200bfits to\u202e the test", "overfits to the test", "over<U+200B>fits to<U+202E> the test"),
        (unicodedata.normalize("NFD", "größer als é"), "größer als é", unicodedata.normalize("NFD", "größer als é")),
        ("a\x07bell rings here", "abell rings here", "a␇bell rings here"),
    ],
)  # fmt: skip
def test_it_is_found_whatever_the_layout_makes_of_it(body: str, quote: str, words: str) -> None:
    assert marked(laid_out(body, 60), quote) == words


@pytest.mark.parametrize("quote", ["", "…", "something that is nowhere", "A method that is a title and no more"])
def test_what_is_not_there_is_not_found(quote: str) -> None:
    assert place_of_quote(laid_out("Another text."), quote) is None


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=8), st.integers(8, 80), st.data())
def test_whatever_is_found_says_what_is_quoted(texts: list[str], width: int, data: st.DataObject) -> None:
    rendered = laid_out("\n\n".join(texts), width)
    sent = visible_text("\n\n".join(texts)).text
    start = data.draw(st.integers(0, len(sent)))
    quote = sent[start : data.draw(st.integers(start, len(sent)))]
    place = place_of_quote(rendered, quote)
    if place is not None:
        for line, first, last in place.pieces:
            assert 0 <= first < last <= len(rendered.lines[line].text)


@given(
    st.lists(st.sampled_from(["alpha", "größer", "0.34", "β", "x_1", "don't"]), min_size=1, max_size=40),
    st.integers(8, 60),
)
def test_plain_words_are_always_found(words: list[str], width: int) -> None:
    rendered = laid_out("Before it. " + " ".join(words) + " After it.", width)
    found = marked(rendered, " ".join(words))
    assert found is not None
    assert "".join(filter(str.isalnum, found)) == "".join(filter(str.isalnum, "".join(words)))


def test_a_text_that_says_the_same_again_and_again_is_looked_through_in_no_time() -> None:
    rendered = laid_out("a b " * 20_000, 80)
    began = time.perf_counter()
    assert place_of_quote(rendered, "a b " * 5_000 + "and then it ends") is None
    # Tenths of a second; as a pattern it would take minutes.
    assert time.perf_counter() - began < 5
