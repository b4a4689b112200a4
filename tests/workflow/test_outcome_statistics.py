"""What outcomes say of proposals: base rates by group, what bit, and the lab against production."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Rating, Result, Role, Setting
from reviewer.judgement.survival import group_rates
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.ledger import ledger
from reviewer.workflow.outcome_statistics import (
    NO_AGENT,
    GatheredOutcomes,
    outcome_sections,
    survival_section,
    survived_by,
)
from reviewer.workflow.statistic_sections import Section, SectionKind
from tests.builders import act, build_session, build_store, measured, record
from tests.workflow.judged_stores import end, in_production


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Proposals by two agents, each with a gain in the lab."""
    made = [
        record(f"p{i}", agent=f"agent-{i % 2}", measurements=(measured(0.5 + i / 100, setting=Setting.LAB),))
        for i in range(1, 13)
    ]
    return build_store(tmp_path, *made, record("b1", Role.BASELINE, measurements=(measured(0.2, setting=Setting.LAB),)))


def sections(store: Store, *, judgements: bool = True) -> list[Section]:
    gathered = GatheredOutcomes()
    for row in ledger(store.connection(), 1, 0, everyone=judgements):
        gathered.add(row)
    return list(outcome_sections(gathered, judgements=judgements))


def of(found: Sequence[Section], name: str) -> Section:
    (section,) = (section for section in found if section.of == name)
    return section


def values(section: Section) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in section.figures}


def test_the_rates_of_groups_are_taken_towards_that_of_all_beside_what_was_counted() -> None:
    counts = {"a": (3, 10), "b": (9, 12)}
    found, rates = survival_section("agent", counts, "more"), group_rates(counts)
    assert values(found) == {
        "all, as counted": 12 / 22,
        "a": rates.groups[0].rate,
        "a, as counted": 0.3,
        "b": rates.groups[1].rate,
        "b, as counted": 0.75,
    }
    assert found.sentences[-2:] == (rates.caution, "more")
    assert all(figure.limits for figure in found.figures if figure.name in counts)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "No base rate: no proposal has an outcome that is survived or failed."),
        ({"a": (1, 1)}, "Nothing is shrunken: only one group has outcomes."),
        (
            {"a": (2, 2), "b": (1, 1)},
            "Nothing is shrunken: all 3 outcomes are alike (survived), which says nothing of how groups differ.",
        ),
    ],
)
def test_where_there_is_too_little_a_sentence_says_so(counts: dict[str, tuple[int, int]], said: str) -> None:
    found = survival_section("agent", counts)
    assert said in (*found.sentences, found.figures[0].reason)


def test_outcomes_are_counted_by_agent_and_only_those_that_survived_or_failed(store: Store) -> None:
    for method_id, result in ((1, Result.SURVIVED), (2, Result.FAILED), (3, Result.PARTLY), (4, Result.WITHDRAWN)):
        end(store, method_id, result)
    assert {name: n for name, n in values(of(sections(store), "agent")).items() if "counted" in name} == {
        "all, as counted": 0.5,
        "agent-0, as counted": 0,
        "agent-1, as counted": 1,
    }
    assert survived_by([("", True)]) == {"": (1, 1)}
    assert NO_AGENT


def test_by_constraint_a_proposal_counts_once_for_each_that_was_called_a_blocker(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for session, slug in ((kim, "cost"), (noor, "cost"), (noor, "scale")):
        act(session, 1, Act.RATING, judging.rate(slug, ConstraintRating(Rating.BLOCKER)))
    act(kim, 2, Act.RATING, judging.rate("cost", ConstraintRating(Rating.PASS)))
    end(store, 1, False, constraint="scale")
    end(store, 2, True)
    end(store, 3, False)
    found = sections(store)
    blockers = {figure.name: figure.n for figure in of(found, "constraint called a blocker").figures}
    assert {name: n for name, n in blockers.items() if "counted" not in name} == {
        "cost": 1, "no blocker called": 1, "scale": 1,
    }  # fmt: skip
    bit = of(found, "constraint that bit")
    assert [(figure.name, figure.value, figure.n) for figure in bit.figures] == [("failed by scale", 1, 1)]
    assert bit.sentences == ("Left out: 1 failure of which nobody says by what.",)
    assert "constraint called a blocker" not in {section.of for section in sections(store, judgements=False)}


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_the_lab_is_held_against_production_from_ten_pairs_on(store: Store, n: int, shown: bool) -> None:
    for method_id in range(1, n + 1):
        end(store, method_id, True, **in_production(0.1 * (method_id % 4)))
    (found,) = (one for one in sections(store) if one.kind is SectionKind.LAB_AGAINST_PRODUCTION)
    assert found.of == "pgr"
    correlation, change, _ = found.figures
    assert (correlation.value is not None) is shown
    assert ("1 is missing" in correlation.reason) is not shown
    assert change.n == n
    if shown:
        lost = [0.1 * (i % 4) - (0.3 + i / 100) for i in range(1, n + 1)]
        assert change.value == pytest.approx(sum(lost) / n)
        assert found.sentences[0] == "Of pgr higher is better."


def test_an_effect_that_nobody_says_was_in_production_is_none(store: Store) -> None:
    end(store, 1, True, effect=0.1, metric="pgr")
    end(store, 2, True, effect=0.1, metric="pgr", setting=Setting.PILOT)
    (found,) = (one for one in sections(store) if one.kind is SectionKind.LAB_AGAINST_PRODUCTION)
    assert found.figures[0].n == 0
    assert found.sentences == ("Left out: 1 effect of which nobody says in which setting it was measured.",)
