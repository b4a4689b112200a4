"""Similar titles: the same as by holding every title against every other."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.evidence.similar_titles import SimilarTitle, TitlesBefore, in_common, title_words

WORDS = st.frozensets(st.sampled_from("abcdefgh"), max_size=6)


def test_words_that_say_nothing_and_signs_do_not_count_and_numbers_do() -> None:
    assert title_words("Grokking: the Rôle of K-FAC, at lr=0.1") == {"grokking", "rôle", "k", "fac", "lr", "0", "1"}
    assert title_words("Of the — and") == frozenset()


def test_the_share_is_of_the_words_of_either_title() -> None:
    assert in_common(frozenset("abcd"), frozenset("abce")) == 3 / 5
    assert in_common(frozenset("ab"), frozenset()) == in_common(frozenset(), frozenset()) == 0.0


def test_the_latest_of_the_most_similar_is_found_and_the_share_itself_is_enough() -> None:
    titles = TitlesBefore(10)
    for method_id, words in enumerate(("abc", "abcde", "abcdf", "xyz"), 1):
        titles.add(method_id, frozenset(words))
    assert titles.most_similar(frozenset("abcdg"), 0.6) == SimilarTitle(3, 4, 6)
    assert titles.most_similar(frozenset("abcgh"), 0.6) == SimilarTitle(1, 3, 5)
    assert titles.most_similar(frozenset("xyq"), 0.6) is None
    assert titles.most_similar(frozenset(), 0.6) is None


@given(st.lists(WORDS, max_size=30), WORDS, st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.6, 2 / 3, 0.75, 1.0]))
def test_what_is_looked_up_is_what_all_pairs_come_to(
    before: list[frozenset[str]], words: frozenset[str], share: float
) -> None:
    most = 12
    titles = TitlesBefore(most)
    for method_id, other in enumerate(before, 1):
        titles.add(method_id, other)
    kept = list(enumerate(before, 1))[-most:]
    all_pairs = [(in_common(words, other), i) for i, other in kept if words and in_common(words, other) >= share]
    found = titles.most_similar(words, share)
    assert (found and found.method_id) == (max(all_pairs)[1] if all_pairs else None)
