"""What is told of forecasts that a viewer may see."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Result
from reviewer.store.connection import Store
from reviewer.workflow.forecast_statistics import forecast_sections
from reviewer.workflow.gathered_forecasts import GatheredForecasts
from reviewer.workflow.ledger import ledger
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer
from tests.builders import build_session, build_store, judge, record
from tests.workflow.judged_stores import end, give, give_all

EVERYONE = Viewer(everyone=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, *(record(f"p{i}") for i in range(1, 23)))


def sections(store: Store, viewer: Viewer = EVERYONE) -> list[Section]:
    gathered = GatheredForecasts()
    for row in ledger(store.connection(), 1, viewer.id, everyone=viewer.everyone):
        gathered.add(row)
    return list(forecast_sections(gathered, ("cost", "scale"), viewer))


def of(found: Sequence[Section], kind: SectionKind, of: str = "") -> Section:
    (section,) = (section for section in found if (section.kind, section.of) == (kind, of))
    return section


def values(section: Section) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in section.figures}


def test_what_is_left_out_of_scoring_is_counted_by_its_reason(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    give_all(kim, (0.2, 0.4, 0.6))
    judge(noor, 1)
    for method_id, result in ((1, Result.FAILED), (2, Result.PARTLY), (3, Result.WITHDRAWN)):
        end(store, method_id, result)
    found = sections(store)
    told = values(of(found, SectionKind.FORECASTS))
    assert {name: value for name, value in told.items() if "left out" in name or "scored" in name} == {
        "scored": 1,
        "left out: no forecast": 1,
        "left out: made afterwards": 0,
        "left out: partly": 1,
        "left out: withdrawn": 1,
        "scored, changed later": 0,
        "scored, changed after critique": 0,
        "left out: after critique": 0,
        "scored, given late": 0,
        "scored, of an earlier text": 0,
    }
    assert of(found, SectionKind.FORECASTS).sentences == (
        "Outcomes exist mostly for proposals that were approved: these figures say nothing of those that were turned "
        "down.",
    )


def test_scores_are_weighed_by_the_chance_of_being_chosen_where_it_was_written_down(store: Store) -> None:
    kim = build_session(store)
    give_all(kim, [0.1 + 0.04 * i for i in range(21)])
    for method_id in range(1, 22):
        end(
            store, method_id, method_id % 2 == 0, chosen_with=None if method_id == 21 else 1.0 if method_id > 9 else 0.2
        )
    (of_all,) = (s for s in sections(store) if (s.kind, s.of) == (SectionKind.FORECASTS, ""))
    told = values(of_all)
    losses = [(0.1 + 0.04 * i - ((i + 1) % 2 == 0)) ** 2 for i in range(20)]
    weights = [5.0 if i < 9 else 1.0 for i in range(20)]
    weighed = sum(w * loss for w, loss in zip(weights, losses, strict=True)) / sum(weights)
    assert told["weighed Brier score"] == pytest.approx(weighed)
    assert told["weighed Brier score"] != pytest.approx(told["Brier score"])
    assert told["effective number of outcomes"] == pytest.approx(56**2 / (9 * 25 + 11))
    assert "recorded for 20 of 21: the weighed scores of those make up for it" in of_all.sentences[0]


def test_ones_own_comes_first_also_where_there_is_nothing_of_it_yet(store: Store) -> None:
    noor = build_session(store, "noor")
    zoe = build_session(store, "zoe")
    give(noor, 1, 0.3)
    give(zoe, 1, 0.3)
    judge(zoe, 2)
    end(store, 1, True)
    names = [one.of for one in sections(store, Viewer(zoe.reviewer_id, "zoe")) if one.kind is SectionKind.FORECASTS]
    assert names == ["zoe", "noor", ""]
    kim = build_session(store)
    judge(kim, 2)
    mine = sections(store, Viewer(kim.reviewer_id, "kim"))[0]
    assert (mine.of, mine.figures[0].reason) == ("kim", "No score: there is no outcome to score.")


@pytest.mark.parametrize(("n", "shown"), [(19, False), (20, True)])
def test_two_reviewers_differ_from_20_common_outcomes_on(store: Store, n: int, shown: bool) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    give_all(kim, [0.3 + i / 100 for i in range(n)])
    give_all(noor, [0.6 - i / 50 for i in range(n)])
    for method_id in range(1, n + 1):
        end(store, method_id, method_id % 3 == 0)
    found = sections(store)
    differences = of(found, SectionKind.DIFFERENCES)
    assert bool(differences.figures) is shown
    waits = "The difference of two reviewers is shown from 20 outcomes on: 1 outcome is missing (1 pair of reviewers "
    assert any(said.startswith(waits) for said in differences.sentences) is not shown
    ranking = "A ranking of two reviewers is shown from 125 outcomes on: 105 outcomes are missing (1 pair"
    assert any(said.startswith(ranking) for said in differences.sentences) is shown
    assert bool(of(found, SectionKind.FORECASTS, "kim").listed) is not shown, "few are listed one by one"


def test_who_forecast_nothing_in_common_has_no_difference(store: Store) -> None:
    give(build_session(store), 1, 0.3)
    give(build_session(store, "noor"), 2, 0.3)
    end(store, 1, True)
    end(store, 2, False)
    assert SectionKind.DIFFERENCES not in {section.kind for section in sections(store)}


def test_the_aggregate_is_scored_as_a_reviewer_is(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    give(kim, 1, 0.2)
    give(noor, 1, 0.8)
    give(kim, 2, 0.9)
    end(store, 1, True)
    end(store, 2, True)
    found = of(sections(store), SectionKind.AGGREGATION, "geometric mean of odds")
    brier, factor = found.figures
    assert brier.value == pytest.approx((0.5**2 + 0.1**2) / 2)
    assert (factor.value, factor.n) == (None, 2)
    assert factor.reason.endswith("is learnt from 50 outcomes on, and 48 outcomes are missing.")
    assert found.sentences == ("Of 2 outcomes 1 has more than one forecast.",)
