"""What says the same, to the letter or nearly: by words alone, and in groups that follow from the set of them."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.evidence import alike
from reviewer.evidence.alike import (
    BANDS,
    LEAST,
    MOST_TOGETHER,
    bands_of,
    connected,
    fingerprint,
    groups,
    measure,
    perhaps_alike,
    said_by,
)

WORDS = [f"w{i}" for i in range(400)]
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=80).map(" ".join)
TITLE = st.lists(st.sampled_from(["noisy", "channel", "labels", "of", "weak", "2", "4"]), max_size=6).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Noisy-channel EM", "a b c d"), ("noisy channel  em!", "A, b; c: D."), 100.0),
        (("A curriculum of confident labels", ""), ("Confident labels: a curriculum", ""), 100.0),
        (("T one", "a b c d e f g h i j"), ("T one", "a b c d e f g h i k"), 90.0),
        # Words that are there in another order are another text.
        (("T one", "a b c d"), ("T one", "d c b a"), 25.0),
        # The lesser of both counts, so that one template does not make all alike that is filled in by it.
        (("Temperature 2", "a b c d e f"), ("Temperature 4", "a b c d e f"), 0.0),
        (("Same title", "a b c"), ("Same title", ""), 0.0),
        # Other numbers in a title are another experiment.
        (("embedding init std 1.0 to 0.7", ""), ("embedding init std 1.0 to 2.0", ""), 0.0),
        (("lm_head WD 0.01 to 0.02", ""), ("lm head wd: 0.02 to 0.01", ""), 100.0),
        (("VE gate scale 2 to 3", ""), ("VE gate scale 2 to 3 (flat)", ""), 1000 / 11),
        (("—", ""), ("…", ""), 0.0),
    ],
)
def test_how_alike_two_are_is_the_lesser_of_what_titles_and_texts_have_in_common(
    one: tuple[str, str], other: tuple[str, str], expected: float
) -> None:
    assert measure(said_by(one[0], "", one[1]), said_by(other[0], "", other[1])) == pytest.approx(expected)


@given(TITLE, TEXT, TITLE, TEXT)
def test_how_alike_two_are_is_the_same_either_way(title: str, text: str, other_title: str, other_text: str) -> None:
    one, other = said_by(title, "", text), said_by(other_title, "", other_text)
    assert measure(one, other) == measure(other, one)
    assert 0 <= measure(one, other) <= 100
    assert measure(one, one) == 100


def test_a_fingerprint_is_of_words_and_numbers_without_regard_to_blanks() -> None:
    told = ("Title", "A  hypothesis", "Some\n\ntext", ("It wins.",), (("pgr", 0.5),))
    assert fingerprint(*told) == fingerprint("Title ", "A hypothesis\n", "Some text", ("It  wins.",), (("pgr", 0.5),))
    assert fingerprint(*told) == fingerprint("Title", "A  hypothesis", "Some\r\ntext", ("It wins.",), (("pgr", 0.5),))
    others = [
        fingerprint("title", *told[1:]),
        fingerprint(*told[:3], ("It wins", "."), told[4]),
        fingerprint(*told[:4], (("pgr", 0.51),)),
        fingerprint("Title", "A  hypothesis Some", "text", *told[3:]),
    ]
    assert len({fingerprint(*told), *others}) == 5


def test_e_with_an_accent_is_one_letter_however_it_is_written() -> None:
    assert fingerprint("Émile", "", "", (), ()) == fingerprint("E\u0301mile", "", "", (), ())


def changed(text: list[str], n: int, chosen: random.Random) -> list[str]:
    other = list(text)
    for place in chosen.sample(range(len(text)), n):
        other[place] = chosen.choice(WORDS)
    return other


def test_texts_that_are_alike_are_found_among_many_that_are_not() -> None:
    chosen = random.Random(7)
    texts = [chosen.choices(WORDS, k=200) for _ in range(300)]
    pairs = [(i, len(texts) + i) for i in range(40)]
    texts += [changed(texts[i], 14, chosen) for i, _ in pairs]
    every = [said_by("A title", "", " ".join(text)) for text in texts]
    bands = np.array([np.frombuffer(bands_of(one), np.uint32) for one in every])
    assert bands.shape == (340, BANDS)
    n = len(every)
    found = set(perhaps_alike(bands, np.arange(n, dtype=np.uint64), np.ones(n, bool)))
    assert len(found & set(pairs)) >= 38
    assert len(found) < 200, "candidates are few, whatever words the texts have in common"
    assert all(measure(every[i], every[j]) >= LEAST for i, j in pairs)


def test_pairs_of_what_was_there_before_are_not_looked_at_again() -> None:
    bands = np.tile(np.arange(BANDS, dtype=np.uint32), (5, 1))
    fresh = np.array([False, False, True, False, False])
    found = list(perhaps_alike(bands, np.arange(5, dtype=np.uint64), fresh))
    assert sorted(found) == [(0, 2), (1, 2), (2, 3), (2, 4)]


def test_of_a_crowd_each_is_held_against_a_few() -> None:
    n = 1_000
    bands = np.tile(np.arange(BANDS, dtype=np.uint32), (n, 1))
    found = list(perhaps_alike(bands, np.arange(n, dtype=np.uint64)[::-1].copy(), np.ones(n, bool)))
    assert len(found) < 9 * n
    assert {other for one, other in found} | {one for one, other in found} == set(range(n))
    assert all(n - 1 - 8 < other for _, other in found), "by what they say, and not by when they came"


def test_a_text_without_words_has_no_hashes() -> None:
    assert bands_of(said_by("—", "", "…")) == b""


PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]),
    st.floats(60, 100),
    max_size=30,
)


def keys_of(pairs: dict[tuple[int, int], float]) -> dict[int, bytes]:
    return {i: bytes([(i * 7) % 13]) for pair in pairs for i in pair}


def as_sets(pairs: dict[tuple[int, int], float], near: float = 80) -> set[tuple[int, frozenset[tuple[int, float]]]]:
    return {(g.head, frozenset(g.others.items())) for g in groups(pairs, keys_of(pairs), near)}


@given(PAIRS, st.randoms(use_true_random=False))
def test_groups_follow_from_the_pairs_and_not_from_their_order(
    pairs: dict[tuple[int, int], float], chosen: random.Random
) -> None:
    shuffled = list(pairs.items())
    chosen.shuffle(shuffled)
    assert as_sets(dict(shuffled)) == as_sets(pairs)


@given(PAIRS)
def test_each_stands_once_at_the_side_of_one_that_it_is_alike_to_itself(pairs: dict[tuple[int, int], float]) -> None:
    made = groups(pairs, keys_of(pairs), 80)
    everywhere = [i for g in made for i in (g.head, *g.others)]
    assert len(everywhere) == len(set(everywhere))
    for group in made:
        assert group.others
        for other, how in group.others.items():
            assert how == pairs[min(group.head, other), max(group.head, other)] >= 80
    # Whoever is left is alike to nobody that is left.
    left = [p for p, how in pairs.items() if how >= 80 and not {*p} & {*everywhere}]
    assert left == []


@given(PAIRS, st.floats(60, 79.9))
def test_a_stranger_changes_no_group(pairs: dict[tuple[int, int], float], how: float) -> None:
    assert as_sets({**pairs, (5, 99): how}) == as_sets(pairs)
    apart = {**pairs, (98, 99): 90.0}
    assert as_sets(apart) - as_sets(pairs) == as_sets({(98, 99): 90.0})
    assert as_sets(pairs) < as_sets(apart)


def test_of_very_many_the_most_alike_stand_together_and_the_others_beside_them() -> None:
    everybody = range(2 * MOST_TOGETHER + 50)
    pairs = {
        (one, other): 99.0 if other <= MOST_TOGETHER else 90.0
        for one in everybody
        for other in everybody
        if one < other
    }
    made = groups(pairs, keys_of(pairs), 85)
    assert [len(group.others) for group in made] == [MOST_TOGETHER, MOST_TOGETHER, 47]
    assert sorted(m for group in made for m in (group.head, *group.others)) == [*everybody]
    assert set(made[0].others) | {made[0].head} == {*range(MOST_TOGETHER + 1)}


def test_strangers_do_not_meet_over_a_chain() -> None:
    chain = {(i, i + 1): 90.0 for i in range(6)}
    made = groups(chain, keys_of(chain), 85)
    assert all(len(g.others) <= 2 for g in made)
    assert connected([3], {0: [1], 1: [0], 3: [4], 4: [3]}) == {3, 4}


SKETCHES = st.lists(
    st.tuples(st.lists(st.integers(0, 2), min_size=BANDS, max_size=BANDS), st.integers(0, 3), st.booleans()),
    max_size=60,
)


def meet(bands: list[list[int]], ranks: list[int], few: int, chosen: int) -> set[tuple[int, int]]:
    """Return who shares a hash with whom, by going through all pairs of each run."""
    found = set()
    for number in range(BANDS):
        runs: dict[int, list[int]] = {}
        for place in sorted(range(len(bands)), key=lambda i: (bands[i][number], ranks[i], i)):
            runs.setdefault(bands[place][number], []).append(place)
        for run in runs.values():
            heads = run if len(run) <= few else run[:chosen]
            found |= {(min(a, b), max(a, b)) for a in heads for b in run if a != b}
    return found


@settings(max_examples=60)
@given(drawn=SKETCHES)
def test_pairs_are_all_that_meet_each_once_without_any_being_remembered(
    drawn: list[tuple[list[int], int, bool]],
) -> None:
    bands, ranks, fresh = [each[0] for each in drawn], [each[1] for each in drawn], [each[2] for each in drawn]
    columns = np.array(bands, np.uint32).reshape(-1, BANDS), np.array(ranks, np.uint64), np.array(fresh, bool)
    found = list(perhaps_alike(*columns))
    assert len(found) == len(set(found))
    assert set(found) == {(a, b) for a, b in meet(bands, ranks, 24, 8) if fresh[a] or fresh[b]}


def test_pairs_meet_across_what_is_gone_through_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    bands, ranks = rng.integers(0, 8, (200, BANDS)).astype(np.uint32), np.arange(200, dtype=np.uint64)
    whole = set(perhaps_alike(bands, ranks, np.ones(200, bool)))
    monkeypatch.setattr(alike, "_AT_A_TIME", 7)
    assert set(perhaps_alike(bands, ranks, np.ones(200, bool))) == whole
    assert whole == meet(bands.tolist(), ranks.tolist(), 24, 8)
