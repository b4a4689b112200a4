"""What was scored on scales, in columns: the same as review by review."""

from itertools import groupby
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as st

from reviewer.judgement.clustered import Reviews
from reviewer.store.scale_scores import Scored
from reviewer.workflow.score_columns import ScoreColumns

SCORES = st.dictionaries(st.sampled_from([3, 5]), st.sampled_from([0.0, 1.5, 7.0]))
GROUPS = st.dictionaries(st.sampled_from(["condition", "round"]), st.sampled_from(["a", "b"]))
REVIEWS = st.lists(
    st.builds(
        Scored, st.integers(1, 6), st.integers(1, 4), st.sampled_from(["", "agent-1", "agent-2"]), SCORES, GROUPS
    ),
    max_size=20,
).map(lambda reviews: sorted(reviews, key=lambda one: one.method_id))


@given(reviews=REVIEWS)
def test_columns_give_what_the_reviews_say(reviews: list[Scored]) -> None:
    columns = ScoreColumns(iter(reviews))
    for scale in (3, 5, 9):
        scored = [one for one in reviews if scale in one.scores]
        by_proposal = [list(several) for _, several in groupby(scored, key=lambda one: one.method_id)]
        assert list(columns.values(scale)) == [one.scores[scale] for one in scored]
        assert list(columns.by_proposal(scale)) == [[one.scores[scale] for one in several] for several in by_proposal]
        assert list(columns.by_group(scale, None)) == [(one.agent, one.scores[scale]) for one in scored if one.agent]
        for name in columns.group_names:
            grouped = [(one.groups[name], one.scores[scale]) for one in scored if name in one.groups]
            assert list(columns.by_group(scale, name)) == grouped
            means = [
                (group, fmean(one.scores[scale] for one in several if one.groups.get(name) == group))
                for several in by_proposal
                for group in dict.fromkeys(one.groups[name] for one in several if name in one.groups)
            ]
            assert list(columns.means_by_group(scale, name)) == means
        expected = [(one.scores[scale], one.method_id, one.reviewer_id) for one in scored]
        assert rows_of(columns.reviews(scale)) == expected
        of_agents = columns.reviews_by_group(scale, None)
        assert {agent: rows_of(reviews) for agent, reviews in of_agents.items()} == {
            agent: [row for one, row in zip(scored, expected, strict=True) if one.agent == agent]
            for agent in {one.agent for one in scored if one.agent}
        }
    assert columns.group_names == sorted({name for one in reviews for name in one.groups})
    both = [one for one in reviews if {3, 5} <= one.scores.keys()]
    xs, ys, whose = columns.pairs(3, 5)
    assert list(zip(xs, ys, strict=True)) == [(one.scores[3], one.scores[5]) for one in both]
    assert rows_of(whose) == [(one.scores[3], one.method_id, one.reviewer_id) for one in both]


def rows_of(reviews: Reviews) -> list[tuple[float, int, int]]:
    return list(zip(reviews.scores, reviews.proposals, reviews.reviewers, strict=True))
