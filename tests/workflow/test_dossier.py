"""What a dossier of a proposal says, by what was said of it, and to whom it is refused."""

from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.problems import Target
from reviewer.domain.scales import Scale
from reviewer.domain.vocabulary import Act, Protocol, Rating, Role, Setting, Stage, Verdict
from reviewer.exports.page_markdown import markdown
from reviewer.sources.judgement_map import JudgementMap
from reviewer.store.connection import Store
from reviewer.store.problems import save_target
from reviewer.store.protocols import set_protocol
from reviewer.workflow import judging
from reviewer.workflow.dossier import dossier_page, gather
from reviewer.workflow.importing_judgements import import_judgements
from reviewer.workflow.statistics import viewer_of
from tests.builders import NOW, act, build_session, build_store, judge, measured, record
from tests.workflow.judged_stores import end, give
from tests.workflow.sealed_stores import go_on, go_through, put_under

TODAY = date(2026, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    def numbers(value: float) -> tuple[object, ...]:
        return (measured(value, setting=Setting.LAB, standard_error=0.02, n_seeds=5),)

    return build_store(
        tmp_path,
        record("p1", title="Clever", agent="agent-7", hypothesis="It holds.", claims=("Better by .3.",),
               measurements=numbers(0.8)),
        record("p2"),
        record("b1", Role.BASELINE, title="Plain", measurements=numbers(0.5)),
    )  # fmt: skip


def page(store: Store, name: str = "run-1/p1", viewer: str | None = "kim", *, everyone: bool = False) -> str:
    found = gather(store, name, viewer_of(store, viewer, everyone=everyone))
    return markdown(dossier_page(found, TODAY, "store.db")).replace("\\", "")


def test_it_says_what_is_claimed_measured_and_to_be_met(store: Store) -> None:
    with store.write() as connection:
        target = Target("gains 2 points", system="the big one", horizon="2026-09-01", decider="the launch board")
        save_target(connection, 1, target, written_by="ann", now=NOW)
    text = page(store)
    for said in (
        "# Clever", "run-1/p1, by agent-7.", "It holds.", "Better by .3.", "| survives if | gains 2 points |",
        "| production system | the big one |", "It is decided by 2026-09-01.", "the launch board decides.",
        "was written by ann.",
        "| proposal | 0.800 ±0.020 (5 seeds) |", "| baseline | 0.500 ±0.020 (5 seeds) |", "| difference | +0.30",
        "Against Plain", "Nobody has said yet what became of it.", "    Body of p1.", "| file | results.jsonl |",
    ):  # fmt: skip
        assert said in text, said


def test_judgements_come_with_conditions_blockers_and_what_to_try_first(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    give(kim, 1, 0.2, Verdict.FAILS)
    act(kim, 1, Act.RATING, judging.rate("cost", ConstraintRating(Rating.BLOCKER, "twice the budget")))
    give(noor, 1, 0.6, Verdict.CONDITIONAL)
    act(noor, 1, Act.CONDITION, judging.set_condition("it fits in memory", "a canary of 1 %"))
    act(noor, 1, Act.RATIONALE, judging.set_rationale("The gain is real."))
    text = page(store)
    for said in (
        "2 verdicts: 1 conditional, 1 fails; forecast 38 %.",
        "| kim | fails | 20 % |  |",
        "| noor | conditional | 60 % | it fits in memory |",
        "2 forecasts from 20 % to 60 % come to 38 % by the geometric mean of their odds",
        "| a canary of 1 % | it fits in memory | noor |",
        "| Cost | blocker | twice the budget | kim |",
        "| noor | The gain is real. |",
    ):
        assert said in text, said
    alone = page(store, viewer="lee")
    assert "noor" not in alone
    assert "kept back until you have given a verdict of your own" in alone
    assert "it fits in memory" in page(store, viewer="lee", everyone=True)
    assert "noor" not in page(store, viewer=None)


SCALES = (Scale("overall", "interval", 1.0, 10.0), Scale("sound", "nominal", words=("no", "yes")))


def test_scores_from_elsewhere_stand_scale_by_scale_for_whoever_may_see_them(store: Store, tmp_path: Path) -> None:
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("id,who,overall,sound\np1,R1,7.5,yes\np1,R2,3,\np2,R1,1,no\n")
    scales = tuple((scale.name, scale) for scale in SCALES)
    import_judgements(store, reviews, JudgementMap(proposal="id", namespace="run-1", reviewer="who", scales=scales))
    assert "Nobody has said a verdict or a forecast." in page(store, everyone=True)
    give(build_session(store), 1, 0.2, Verdict.FAILS)
    text = page(store)
    assert "| overall | 1 to 10 | R1 7.5; R2 3 |" in text
    assert "| sound |  | R1 yes |" in text
    for viewer in ("lee", None):
        assert "overall" not in page(store, viewer=viewer)


def test_what_became_of_it_is_said_to_everybody(store: Store) -> None:
    end(store, 1, False, constraint="cost")
    text = page(store, viewer=None)
    assert "It is known what became of it: failed on 2026-06-01, constraint cost." in text


def test_an_adjudication_stands_beside_the_judgements_it_settles(store: Store) -> None:
    kim = build_session(store)
    judge(kim, 1)
    with store.write() as connection:
        for n, (kind, verdict, supersedes) in enumerate(
            (("adjudication", "fails", None), ("retraction", None, "u0"), ("adjudication", "cannot_tell", None))
        ):
            connection.execute(
                "INSERT INTO adjudications (uuid, method_id, reviewer_id, kind, supersedes, revision_id, verdict, "
                "forecast, condition, rationale, judgements, recorded_at) "
                "VALUES (?, 1, 1, ?, ?, 1, ?, .3, '', 'It was talked over.', '[]', ?)",
                (f"u{n}", kind, supersedes, verdict, f"2026-05-0{n + 1}T00:00:00.000Z"),
            )
    assert "kim adjudicated on 2026-05-03: cannot tell, forecast 30 %." in page(store)
    assert "settled" not in page(store, viewer="lee")


def test_a_sealed_proposal_is_refused_before_its_evidence_may_be_seen(store: Store) -> None:
    kim = build_session(store)
    with store.write() as connection:
        set_protocol(connection, None, Protocol.SEALED, set_by="kim", now=NOW)
    for viewer in ("kim", None):
        with pytest.raises(UserError, match="is sealed for you"):
            page(store, viewer=viewer)
    assert "agent-7" in page(store, everyone=True)
    judge(kim, 1)
    with store.write() as connection:
        connection.execute("UPDATE current_judgements SET stage = 'evidence'")
    assert "agent-7" in page(store)


def test_what_was_said_of_the_idea_alone_says_so(store: Store) -> None:
    put_under(store, Protocol.SEALED)
    go_through(build_session(store, "ann"), 1, (0.2,))
    go_through(build_session(store, "lee"), 1, (0.2, 0.4))
    assert "Of the idea alone, before its evidence was seen: what ann holds." in page(store, everyone=True)
    go_on(build_session(store, "ann"), 1, Stage.EVIDENCE)
    assert "Of the idea alone" not in page(store, everyone=True)


def test_one_that_says_and_measured_nothing_says_so(store: Store) -> None:
    text = page(store, "run-1/p2")
    for said in (
        "states neither a hypothesis nor a claim",
        "Nobody has said. `reviewer target`",
        "No verdict is shown.",
    ):
        assert said in text, said
