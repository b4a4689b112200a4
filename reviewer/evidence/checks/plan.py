"""Rules about what a proposal says of itself: its words, its plan, its costs."""

import re
from collections.abc import Callable
from functools import lru_cache

from reviewer.domain.checks import Level
from reviewer.domain.problems import Metric
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.measured import mean_seconds
from reviewer.evidence.checks.rule import OURS, PROPOSALS, Asked, Limits, Rule, Threshold
from reviewer.evidence.checks.sane import SMALLEST, sane
from reviewer.evidence.checks.wording import figure, name, plain

SIMILAR_TITLE = "similar-title"

_LONGEST_QUOTE = 80

_HELD_OUT = re.compile(r"held[\s_-]?out|hold[\s_-]?out|unseen|out[\s-]of[\s-]distribution")
_BEYOND_THE_LAB = frozenset({Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION})
_PLANNED: tuple[tuple[str, tuple[str, ...], re.Pattern[str] | None, Callable[[Case], object]], ...] = (
    (
        "a baseline",
        ("baseline", "beat", "against", "compar", "outperform", "vanilla", "better than", "worse than"),
        None,
        lambda case: False,
    ),
    ("seeds", ("seed",), None, lambda case: any(m.seeds or (m.n_seeds or 0) > 1 for m in case.method.measurements)),
    # The pattern alone takes many times as long as finding out that none of these is there.
    (
        "held-out data",
        ("held", "hold", "unseen", "distribution"),
        _HELD_OUT,
        lambda case: any(m.setting in _BEYOND_THE_LAB for m in case.method.measurements),
    ),
)
"""What a plan speaks of, the words that say so, what they have to look like, and where the numbers say it instead."""
_MANY = re.compile(
    r"\b(\d{1,4})[\s-]{1,3}(?:[a-z-]{1,20}\s{1,3}){0,2}"
    r"(?:seeds|models|members|runs|samples|teachers|students|checkpoints|heads|networks|predictors)\b"
)
_TOGETHER = ("ensembl", "aggregat", "averag", "majority", "votes")
_MEAN = "mean of"
"""Said of answers it is what the words above are; of models alone it is as often what was measured of them."""
_REPEATED = ("seeds", "runs", "samples")
"""What numbers are averaged over to tell their noise: only other words say that all of it answers together."""
_VOTING = ("ensembl", "majority vot", "majority of", "votes")
_MEASURED = r"(?:accurac|error|loss|metric|score|result|performance|pgr|rate)"
_ANSWERS = (
    rf"(?:predictions?|labels?|logits|probabilities|posteriors?|outputs?|answers|weights)\b(?!['’]?\s+{_MEASURED})"
)
_OF_NONE = "".join(rf"(?<!\b{of} {the})" for of in ("of", "on", "in", "for") for the in ("", "the ", "each "))
"""Keeps out answers of which something is measured, as a loss on predictions is."""
_ANSWERED = re.compile(
    rf"(?:(?:averag|aggregat)\w*|\bmean\s+of)\s+(?:(?!{_MEASURED})[\w'’-]+\s+){{0,4}}{_ANSWERS}"
    rf"|{_OF_NONE}{_ANSWERS}\s+(?:(?!{_MEASURED})[\w'’-]+\s+){{0,8}}(?:averag|aggregat|mean\s+of\b)"
)
"""Answers that are averaged or aggregated, and not what is measured of them."""
_NONE = re.compile(r"\b(?:no|not|without|never)\b[^.\n]{0,40}ensembl")
_NEAR = 120
"""Letters between the number of models and the word that says what is done with them."""

_COSTS = re.compile(
    r"(?<![a-z])(?:times?|latenc\w*|duration|seconds|hours|gpu[\s_-]?h\w*|ms|p[59]\d+|wall[\s_-]?clock"
    r"|memory|vram|gb|mb|costs?|usd|price|flops|energy|kwh)(?![a-z])"
)
_COST_UNITS = frozenset(
    {"s", "sec", "seconds", "ms", "min", "minutes", "h", "hours", "gpu-hours", "gpu hours", "gb", "gib", "mb", "mib",
     "bytes", "usd", "$", "€", "eur", "kwh"}
)  # fmt: skip
_PACES = re.compile(r"(?:(?<![a-z])(?:throughput|[qrf]ps|per[\s_-]s(?:ec(?:ond)?)?)|/ ?s(?:ec(?:ond)?)?)(?![a-z])")
"""What is done in a time, of which more costs less."""


def _missing_words(case: Case, at: Limits) -> list[Asked]:
    text = case.text()
    if not text.strip():
        return [("There is no text that says what was done; where is it described?", {"missing": 3})]
    missing = [
        what
        for what, words, pattern, measured in _PLANNED
        if not (any(map(text.__contains__, words)) and (pattern is None or pattern.search(text))) and not measured(case)
    ]
    if not missing:
        return []
    listed = f"{', '.join(missing[:-1])} or {missing[-1]}" if len(missing) > 1 else missing[0]
    return [(f"The text says nothing of {listed}; was it thought of?", {"missing": len(missing), "words": listed})]


def _large_ensemble(case: Case, at: Limits) -> list[Asked]:
    text = case.text()
    if not any(map(text.__contains__, (*_TOGETHER, _MEAN))):
        return []
    for match in _MANY.finditer(text):
        n = int(match[1])
        near = text[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        words = _VOTING if match[0].endswith(_REPEATED) else _TOGETHER
        as_one = any(word in near for word in words) or _ANSWERED.search(near)
        if n >= at["models"] and as_one and not _NONE.search(near):
            quote = safe_line(match[0], _LONGEST_QUOTE)
            question = f"The text speaks of “{quote}” taken together; would production run all {n:,} for each answer?"
            return [(question, {"models": n, "words": quote})]
    return []


def _same_title(case: Case, at: Limits) -> list[Asked]:
    if case.namesake is None or not case.namesake.same:
        return []
    earlier = name(case.namesake.name)
    return [(f"An earlier proposal ({earlier}) has the same title; is it the same idea?", {"earlier": earlier})]


def _similar_title(case: Case, at: Limits) -> list[Asked]:
    """Ask of what was found to have ``words`` of the words of both titles, among the ``before`` ones before it."""
    found = case.namesake
    if found is None or found.same:
        return []
    earlier = name(found.name)
    question = (
        f"An earlier proposal ({earlier}) is called “{safe_line(found.title, _LONGEST_QUOTE)}”, with {found.common} of "
        f"the {found.either} words of both titles in both; is it the same idea?"
    )
    return [(question, {"earlier": earlier, "common": found.common, "words": found.either})]


def _run_time(case: Case, at: Limits) -> list[Asked]:
    """Ask of what the runs themselves took, beside those of the baseline."""
    asked: list[Asked] = []
    for key, m in case.sightings.items():
        against = case.in_hand(key) if m.seeds else None
        ours, theirs = mean_seconds(m), mean_seconds(against[1]) if against else 0.0
        if against and theirs > SMALLEST and ours / theirs >= at["ratio"]:
            where = case.context.label(m)
            question = (
                f"{where}: a run takes {figure(ours)} seconds, {plain(ours / theirs)} times the {figure(theirs)} of "
                f"{name(against[0].title)}; may it cost so much?"
            )
            asked.append((question, {"where": where, "value": ours, "baseline_value": theirs, "ratio": ours / theirs,
                                     "baseline": name(against[0].title)}))  # fmt: skip
    return asked


def _cost_growth(case: Case, at: Limits) -> list[Asked]:
    asked = _run_time(case, at) if case.with_seeds else []
    for key, ours in case.sightings.items():
        is_pace = _is_cost(case.context.metric(key[0]))
        against = None if is_pace is None else case.in_hand(key)
        if against is None or ours.value is None or against[1].value is None:
            continue
        baseline, theirs = against
        less, more = (ours.value, theirs.value) if is_pace else (theirs.value, ours.value)
        if less is None or more is None or less < SMALLEST or not sane(ratio := more / less):
            continue
        if ratio >= at["ratio"]:
            where, fine = case.context.label(ours), case.fineness_beside(ours, baseline, theirs)
            other = f"{figure(theirs.value or 0.0, fine.theirs)} of {name(baseline.title)}"
            held = f"the {other} is {plain(ratio)} times as much" if is_pace else f"{plain(ratio)} times the {other}"
            question = f"{where}: {figure(ours.value, fine.ours)}, {held}; may it cost so much?"
            asked.append((question, {"where": where, "value": ours.value, "baseline_value": theirs.value,
                                     "ratio": ratio, "baseline": name(baseline.title)}))  # fmt: skip
    return asked


@lru_cache(1000)
def _is_cost(metric: Metric) -> bool | None:
    """Return whether a metric says what something costs: False for so much, True for a pace, None for neither."""
    unit, words = (metric.unit or "").casefold(), metric.name.casefold()
    if metric.direction is not Direction.LOWER and (_PACES.search(words) or _PACES.search(unit)):
        return True
    if metric.direction is not Direction.HIGHER and (unit in _COST_UNITS or _COSTS.search(words)):
        return False
    return None


RULES = (
    Rule(
        "missing-words",
        "the text names no baseline, no seeds or nothing held out",
        Level.NOTE,
        _missing_words,
        roles=PROPOSALS,
    ),
    Rule(
        "large-ensemble",
        "many models taken together",
        Level.WORTH_A_LOOK,
        _large_ensemble,
        (Threshold("models", 4, OURS),),
        roles=PROPOSALS,
    ),
    Rule("same-title", "an earlier proposal has the same title", Level.NOTE, _same_title, roles=PROPOSALS),
    Rule(
        SIMILAR_TITLE,
        "an earlier proposal has a similar title",
        Level.NOTE,
        _similar_title,
        (
            Threshold("words", 0.6, f"{OURS}: the share of the words of both titles that are in both", 0.1, 1),
            Threshold("before", 1000, f"{OURS}: so many proposals before it are looked at", 1, 1e6),
        ),
        roles=PROPOSALS,
    ),
    Rule(
        "cost-growth",
        "more time or memory than the baseline",
        Level.WORTH_A_LOOK,
        _cost_growth,
        (Threshold("ratio", 1.5, OURS),),
        roles=PROPOSALS,
    ),
)
