from dataclasses import replace
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, Provenance, Revision, SeedValue
from reviewer.domain.vocabulary import Basis, Setting
from reviewer.tui.revision_diff import (
    LONG_LINE,
    Budget,
    DiffLine,
    diff_numbers,
    diff_revisions,
    diff_text,
    size_of,
    with_context,
)

REVISION = Revision(
    id=1,
    content_hash="a",
    part="",
    current=True,
    title="Noisy-channel EM",
    hypothesis="It recovers more of the gap.",
    body="# Method\n\nTrain for two epochs.\n\nNothing else is changed.",
    claims=("recovers 0.78",),
    measurements=(),
    raw="{}",
    provenance=Provenance("a.jsonl", "0" * 64, "line 1"),
    recorded_at="2026-11-20T10:00:00.000Z",
)
PGR = Measurement("pgr", "chat", 0.78, 0.012, 5, setting=Setting.LAB)

short_lines = st.lists(
    st.one_of(
        st.sampled_from(["", "a", "b", "a b c d", "a b c e", "the same words here", "the same words there"]),
        st.text("ab .", max_size=8),
    ),
    max_size=20,
).map("\n".join)


def as_text(lines: list[DiffLine]) -> list[str]:
    return [f"{line.sign}{line.text}" if line.sign != "…" else f"…{line.skipped}" for line in lines]


@given(short_lines, short_lines)
def test_both_texts_can_be_read_off_the_difference(old: str, new: str) -> None:
    lines = list(diff_text(old, new))
    assert "\n".join(line.text for line in lines if line.sign in " -") == old
    assert "\n".join(line.text for line in lines if line.sign in " +") == new


@given(short_lines, short_lines)
def test_context_leaves_no_change_out_and_counts_what_it_leaves_out(old: str, new: str) -> None:
    lines = list(diff_text(old, new))
    shown = list(with_context(lines))
    assert [line for line in shown if line.sign in "-+"] == [line for line in lines if line.sign in "-+"]
    assert sum(line.skipped or 1 for line in shown) == len(lines)


def test_a_changed_word_is_told_from_the_rest_of_its_line() -> None:
    old, new = diff_text("Train for two epochs at 1e-5.", "Train for three epochs at 1e-5.")
    assert [text.strip() for text, changed in old.parts if changed] == ["two"]
    assert [text.strip() for text, changed in new.parts if changed] == ["three"]
    assert (old.sign, new.sign) == ("-", "+")


def test_a_change_within_a_word_shows_the_word() -> None:
    old, new = diff_text("It recovers 0.781 of the gap.", "It recovers 0.785 of the gap.")
    assert [text.strip() for text, changed in old.parts if changed] == ["781"]
    assert [text.strip() for text, changed in new.parts if changed] == ["785"]


def test_lines_with_little_in_common_are_not_taken_apart() -> None:
    old, new = diff_text("Nothing is like it.", "Wholly another thing, said at length.")
    assert old.parts == (("Nothing is like it.", True),)
    assert new.parts == (("Wholly another thing, said at length.", True),)


def test_a_changed_line_finds_its_like_among_new_ones() -> None:
    lines = list(diff_text("recovers 0.78 of the gap", "a new claim\nrecovers 0.71 of the gap"))
    assert as_text(lines) == ["+a new claim", "-recovers 0.78 of the gap", "+recovers 0.71 of the gap"]
    assert len(lines[1].parts) > 1


def test_unchanged_lines_far_from_a_change_are_counted() -> None:
    old = "\n".join(f"line {n}" for n in range(20))
    shown = list(with_context(list(diff_text(old, old.replace("line 10", "other 10")))))
    assert as_text(shown) == [
        "…8", " line 8", " line 9", "-line 10", "+other 10", " line 11", " line 12", "…7",
    ]  # fmt: skip


def test_only_fields_that_changed_are_there() -> None:
    diff = diff_revisions(REVISION, replace(REVISION, title="Noisy-channel EM 2", claims=("recovers 0.71",)))
    assert [field.name for field in diff.fields] == ["title", "claims"]
    assert diff_revisions(REVISION, REVISION).empty


def test_a_claim_with_a_line_end_is_one_line() -> None:
    diff = diff_revisions(REVISION, replace(REVISION, claims=("one\ntwo", "three")))
    assert [line.text for line in diff.fields[0].lines if line.sign == "+"] == ["one two", "three"]


def test_numbers_are_matched_by_what_they_measure() -> None:
    math = PGR._replace(dataset="math")
    lower = PGR._replace(value=0.71)
    found = list(diff_numbers((PGR, math), (math, lower)))
    assert [(each.old, each.new) for each in found] == [(PGR, lower)]
    assert [(each.old, each.new) for each in diff_numbers((PGR,), (math,))] == [(None, math), (PGR, None)]


def test_two_sightings_of_one_number_are_not_crossed() -> None:
    claimed, recomputed = PGR, PGR._replace(value=0.71, basis=Basis.RECOMPUTED)
    assert list(diff_numbers((claimed, recomputed), (recomputed, claimed))) == []
    again = recomputed._replace(value=0.70)
    assert [(d.old, d.new) for d in diff_numbers((claimed, recomputed), (again, claimed))] == [(recomputed, again)]


def test_other_seeds_are_a_change() -> None:
    seeds = PGR._replace(seeds=(SeedValue(42, 0.78),))
    assert len(list(diff_numbers((PGR,), (seeds,)))) == 1


def test_long_lines_show_the_change_and_not_the_rest() -> None:
    words = " ".join(f"word{n}" for n in range(50_000))
    old, new = diff_text(words, words.replace("word25000 ", "changed "))
    assert len(old.text) <= LONG_LINE
    assert "word25000" in old.text
    assert "changed" in new.text


def test_a_letter_repeated_a_million_times_is_cut_with_its_length() -> None:
    old, new = diff_text("", "x" * 1_000_000), diff_text("x" * 1_000_000, "y")
    assert "1,000,000 characters" in next(iter(old)).text
    assert "1,000,000 characters" in next(iter(new)).text


def test_the_worst_texts_are_compared_within_bounds() -> None:
    # Few different lines in no order: what makes the comparing of all pairs take minutes.
    one = "\n".join(f"{(n * 7919) % 97} of these" for n in range(30_000))
    other = "\n".join(f"{(n * 104729) % 89} of these" for n in range(30_000))
    words = " ".join(str((n * 7919) % 7) for n in range(200_000))
    since = process_time()
    big = diff_revisions(replace(REVISION, body=one), replace(REVISION, body=other))
    long = diff_revisions(replace(REVISION, body=words), replace(REVISION, body=words[::-1]))
    assert process_time() - since < 15
    assert big.fields
    assert long.fields
    assert size_of(replace(REVISION, body=one)) > len(one)


def test_what_is_spent_is_gone() -> None:
    budget = Budget(work=100)
    assert budget.allows(["a"] * 4, ["a"] * 4, 10, skips_popular=False)
    assert not budget.allows(["a"] * 4, ["a"] * 4, 10, skips_popular=False)
    assert not Budget().allows(["a"] * 11, [], 10, skips_popular=False)
