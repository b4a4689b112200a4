"""Rules about what was given in numbers to an idea: by the agent itself, and by reviewers outside.

What the reviews say of it stays unsaid: a question is seen before one's own judgement, and a review must not be.
"""

from reviewer.domain.checks import Level
from reviewer.domain.counted import counted
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.context import at_least
from reviewer.evidence.checks.rule import OURS, PROPOSALS, Asked, Limits, Rule, Threshold
from reviewer.evidence.checks.wording import name, plain


def _with_self_scores(case: Case) -> object:
    return case.opinions.self_scores


def _with_reviews(case: Case) -> object:
    return case.opinions.reviews


def _self_scores(case: Case, at: Limits) -> list[Asked]:
    """Ask of scores that an agent gives nearly all of its own ideas alike: they tell none from another."""
    asked: list[Asked] = []
    for score in case.opinions.self_scores:
        given = case.context.self_scores.get((case.method.namespace, score.name), ())
        total = sum(n for _, n in given)
        high = sum(n for share, n in given if share >= at["score"])
        if score.value / score.most < at["score"] or total < at["scores"] or high < at["share"] * total:
            continue
        what, least = name(score.name), at_least(total)
        question = (
            f"“{what}” is {plain(score.value)} of {plain(score.most)}, and at least {at['share']:.0%} of the "
            f"{least:,} or more such scores of its source are as high; does it tell one idea from another?"
        )
        asked.append((question, {"score": what, "value": score.value, "most": score.most, "scores": least}))
    return asked


def _review_spread(case: Case, at: Limits) -> list[Asked]:
    reviews = case.opinions.reviews
    shares = [r.score / r.most for r in reviews if r.score is not None]
    asked: list[Asked] = []
    if len(shares) > 1 and (spread := max(shares) - min(shares)) >= at["spread"] - 1e-9:
        question = (
            f"{counted(len(shares), 'outside review')} of it lie {plain(round(10 * spread, 6))} of 10 apart; what do "
            "they see differently?"
        )
        asked.append((question, {"reviews": len(shares), "spread": spread}))
    if len(reviews) < at["reviews"]:
        question = f"{counted(len(reviews), 'outside review')} of it, and fewer than {plain(at['reviews'])} say little"
        asked.append((f"{question}; who else has read it?", {"reviews": len(reviews), "asked_for": at["reviews"]}))
    return asked


def _weak_reviews(case: Case, at: Limits) -> list[Asked]:
    reviews = case.opinions.reviews
    found = {
        f"confidence {plain(at['confidence'])} of 5 or less": sum(
            r.confidence is not None and r.confidence <= at["confidence"] for r in reviews
        ),
        "written with an AI": sum(r.used_ai is True for r in reviews),
        "given without consent to its use": sum(r.consent is False for r in reviews),
    }
    said = [f"{n} {what}" for what, n in found.items() if n]
    if not said:
        return []
    low, with_ai, without_consent = found.values()
    question = f"Of {counted(len(reviews), 'outside review')}: {', '.join(said)}; how much do they count?"
    return [(question, {"reviews": len(reviews), "low_confidence": low, "used_ai": with_ai,
                        "without_consent": without_consent})]  # fmt: skip


RULES = (
    Rule(
        "self-scores",
        "the agent's own scores, which are nearly all high",
        Level.NOTE,
        _self_scores,
        (
            Threshold("score", 0.8, f"{OURS}: the share of what can be given that counts as high", 0, 1),
            Threshold("share", 0.8, f"{OURS}: so large a share of the source's scores is high", 0, 1),
            Threshold("scores", 10, f"{OURS}: fewer scores of a source tell nothing of its habits"),
        ),
        PROPOSALS,
        _with_self_scores,
    ),
    Rule(
        "review-spread",
        "outside reviews that lie apart, or are few",
        Level.WORTH_A_LOOK,
        _review_spread,
        (
            Threshold("spread", 0.3, f"{OURS}: 3 of 10 points", 0, 1),
            Threshold("reviews", 3, OURS),
        ),
        PROPOSALS,
        _with_reviews,
    ),
    Rule(
        "weak-reviews",
        "outside reviews of low confidence, by an AI, or without consent",
        Level.NOTE,
        _weak_reviews,
        (Threshold("confidence", 2, f"{OURS}: of the 5 that Si et al. 2024 ask for", 0, 5),),
        PROPOSALS,
        _with_reviews,
    ),
)
