"""A reviewer's acts, and what is said of them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreBusyError, UserError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Change, ConstraintRating, Context, Judgement
from reviewer.domain.vocabulary import Act, Rating, Status, Verdict
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from tests.builders import act, build_session, build_store, context, held, import_records, judge, record, table


@pytest.fixture
def kim(tmp_path: Path) -> Session:
    return build_session(build_store(tmp_path, *(record(f"p{i}") for i in range(1, 4))))


def test_condition_belongs_to_a_conditional_verdict_and_goes_with_it(kim: Session) -> None:
    judge(kim, 1, Verdict.CONDITIONAL)
    act(kim, 1, Act.CONDITION, judging.set_condition(" at 7B \n", " rerun on math "))
    assert (held(kim, 1).condition, held(kim, 1).next_experiment) == ("at 7B", "rerun on math")
    judge(kim, 1, Verdict.CONDITIONAL)
    assert held(kim, 1).condition == "at 7B", "the same verdict again takes nothing away"
    judge(kim, 1, Verdict.SURVIVES)
    assert held(kim, 1) == Judgement(Verdict.SURVIVES)
    judging.undo(kim)
    assert held(kim, 1).condition == "at 7B"


def test_verdict_ends_a_skip(kim: Session) -> None:
    act(kim, 1, Act.SKIP, judging.skip)
    assert held(kim, 1).status is Status.SKIPPED
    judge(kim, 1)
    assert (held(kim, 1).skipped, held(kim, 1).status) == (False, Status.JUDGED)


@pytest.mark.parametrize("forecast", [-0.01, 1.01, float("nan"), float("inf")])
def test_forecast_is_a_probability(forecast: float) -> None:
    with pytest.raises(ValueError, match="is no probability"):
        judging.set_forecast(forecast)


def test_texts_and_tags_are_tidied_but_not_changed(kim: Session) -> None:
    act(kim, 1, Act.RATIONALE, judging.set_rationale("  indented\n\nkept \n\n"))
    act(kim, 1, Act.TAGS, judging.set_tags([" b ", "a", "", "b", "  "]))
    assert held(kim, 1) == Judgement(rationale="  indented\n\nkept", tags=("b", "a"))


def test_a_rationale_is_shared_as_it_stands_and_no_other(kim: Session) -> None:
    act(kim, 1, Act.RATIONALE, judging.set_rationale("too dear at scale"))
    assert act(kim, 1, Act.SHARE, judging.set_shareable(True, "another that was seen")) is None
    done = act(kim, 1, Act.SHARE, judging.set_shareable(True, "too dear at scale"))
    assert done is not None
    assert held(kim, 1) == Judgement(rationale="too dear at scale", shareable=True)
    assert act(kim, 1, Act.RATIONALE, judging.set_rationale("too dear at scale \n")) is None
    act(kim, 1, Act.RATIONALE, judging.set_rationale("too dear, and too slow"))
    assert not held(kim, 1).shareable, "another text is shared by nobody"
    judging.undo(kim)
    assert held(kim, 1) == Judgement(rationale="too dear at scale", shareable=True)
    undone = judging.undo(kim)
    assert undone is not None
    assert undone.words == "agents may read the rationale"
    assert not held(kim, 1).shareable
    assert table(kim.store, "SELECT shareable FROM current_judgements") == [(0,)]


def test_without_a_rationale_nothing_is_shared(kim: Session) -> None:
    assert act(kim, 1, Act.SHARE, judging.set_shareable(True, "")) is None
    assert held(kim, 1) == Judgement()


def test_act_that_changes_nothing_is_no_event(kim: Session) -> None:
    assert judge(kim, 1) is not None
    assert judge(kim, 1) is None
    assert act(kim, 2, Act.FORECAST, judging.set_forecast(None)) is None
    assert act(kim, 2, Act.RATIONALE, judging.set_rationale("  ")) is None
    assert act(kim, 2, Act.RATING, judging.rate("scale", ConstraintRating())) is None
    assert table(kim.store, "SELECT count(*) FROM annotations") == [(1,)]


def test_same_verdict_on_a_new_revision_is_an_act(kim: Session) -> None:
    judge(kim, 1)
    import_records(kim.store, record("p1", body="changed"))
    assert judge(kim, 1) is not None
    assert judge(kim, 1) is None


def test_acts_with_one_id_are_undone_together(kim: Session) -> None:
    act(kim, 3, Act.FLAG, judging.set_flag(True))
    group = new_id()
    for method_id in (1, 2, 3):
        act(kim, method_id, Act.FORECAST, judging.set_forecast(0.2), act_id=group)
        act(kim, method_id, Act.VERDICT, judging.give_verdict(Verdict.FAILS), act_id=group)
    done = judging.undo(kim, seconds=4.0)
    assert done is not None
    assert [e.method_id for e in done.events] == [1, 2, 3]
    assert sum(e.seconds for e in done.events) == 4.0, "the time is spent once, whatever the number of events"
    assert [held(kim, m) for m in (1, 2, 3)] == [Judgement(), Judgement(), Judgement(flagged=True)]
    judging.redo(kim)
    assert [held(kim, m).verdict for m in (1, 2, 3)] == [Verdict.FAILS] * 3


def test_undo_and_redo_of_nothing(kim: Session) -> None:
    assert judging.undo(kim) is None
    assert judging.redo(kim) is None


def test_new_act_ends_what_could_be_redone(kim: Session) -> None:
    judge(kim, 1)
    judging.undo(kim)
    judge(kim, 2)
    assert judging.redo(kim) is None


def test_undo_works_on_after_the_program_was_closed(kim: Session) -> None:
    judge(kim, 1)
    judge(kim, 2)
    kim.store.close()
    again = build_session(Store(kim.store.path))
    assert judging.undo(again) is not None
    assert judging.undo(again) is not None
    assert judging.undo(again) is None
    assert [held(again, m) for m in (1, 2)] == [Judgement(), Judgement()]
    assert judging.redo(again) is not None
    assert held(again, 1).verdict is Verdict.SURVIVES


def test_act_on_a_locked_store_is_refused_and_changes_nothing(kim: Session) -> None:
    hasty = replace(kim, store=Store(kim.store.path, busy_timeout=0.01))
    with kim.store.write(), pytest.raises(StoreBusyError):
        judging.perform(hasty, 1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context_of(kim), words="")
    assert held(kim, 1) == Judgement()


def context_of(session: Session) -> Context:
    return context(session, 1)


def test_act_on_a_proposal_that_is_gone_is_told(kim: Session) -> None:
    with pytest.raises(LookupError):
        judging.perform(kim, 99, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context(kim, 1), words="")


def test_what_was_done_is_told_with_the_title(kim: Session) -> None:
    done = judge(kim, 2, Verdict.FAILS)
    assert done is not None
    assert (done.words, done.title) == ("fails", "Title of p2")


RATED = ConstraintRating(Rating.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        ([(Act.VERDICT, judging.give_verdict(Verdict.CANNOT_TELL))], "can't tell"),
        ([(Act.FORECAST, judging.set_forecast(0.355))], "forecast 36 %"),
        ([(Act.FORECAST, judging.set_forecast(0.5)), (Act.FORECAST, judging.set_forecast(None))],
         "forecast taken back"),
        ([(Act.RATIONALE, judging.set_rationale("x"))], "rationale"),
        ([(Act.CONDITION, judging.set_condition("a", "b"))], "condition"),
        ([(Act.TAGS, judging.set_tags(["a", "b"]))], "tags a, b"),
        ([(Act.TAGS, judging.set_tags(["a"])), (Act.TAGS, judging.set_tags([]))], "tags taken off"),
        ([(Act.FLAG, judging.set_flag(True))], "flag"),
        ([(Act.FLAG, judging.set_flag(True)), (Act.FLAG, judging.set_flag(False))], "flag taken off"),
        ([(Act.SKIP, judging.skip)], "skip"),
        ([(Act.RATING, judging.rate("signal_availability", RATED))], "signal availability: not applicable"),
        (
            [(Act.RATING, judging.rate("cost", RATED)), (Act.RATING, judging.rate("cost", replace(RATED, note="so")))],
            "note on cost",
        ),
        ([(Act.RATING, judging.rate("cost", RATED)), (Act.RATING, judging.rate("cost", ConstraintRating()))],
         "cost cleared"),
    ],
)  # fmt: skip
def test_undo_and_redo_say_what_they_took_back_and_did_again(
    kim: Session, acts: list[tuple[Act, Change]], words: str
) -> None:
    for kind, change in acts:
        act(kim, 1, kind, change)
    for _ in range(2):
        undone, redone = judging.undo(kim), judging.redo(kim)
        assert undone is not None
        assert redone is not None
        assert (undone.words, undone.title, redone.words) == (words, "Title of p1", words)


def test_group_of_forecast_and_verdict_is_told_as_the_verdict(kim: Session) -> None:
    group = new_id()
    act(kim, 1, Act.FORECAST, judging.set_forecast(0.9), act_id=group)
    act(kim, 1, Act.VERDICT, judging.give_verdict(Verdict.CONDITIONAL), act_id=group)
    undone = judging.undo(kim)
    assert undone is not None
    assert undone.words == "conditional"


def test_note_without_a_rating_is_told_as_a_note(kim: Session) -> None:
    act(kim, 1, Act.RATING, judging.rate("cost", ConstraintRating(note="how much?")))
    undone = judging.undo(kim)
    assert undone is not None
    assert undone.words == "note on cost"


@pytest.mark.parametrize(
    ("kind", "theirs", "mine", "again"),
    [
        (
            Act.RATIONALE,
            judging.set_rationale("theirs"),
            judging.set_rationale("mine"),
            judging.set_rationale("theirs"),
        ),
        (Act.TAGS, judging.set_tags(["theirs"]), judging.set_tags(["mine"]), judging.set_tags(["theirs"])),
        (
            Act.CONDITION,
            judging.give_verdict(Verdict.FAILS),
            judging.set_condition("mine", ""),
            judging.give_verdict(Verdict.CONDITIONAL),
        ),
    ],
)
def test_what_was_written_elsewhere_meanwhile_is_not_written_over(
    kim: Session, kind: Act, theirs: Change, mine: Change, again: Change
) -> None:
    judge(kim, 1, Verdict.CONDITIONAL)
    began = held(kim, 1)
    act(kim, 1, Act.VERDICT if kind is Act.CONDITION else kind, theirs)
    stands = held(kim, 1)
    with pytest.raises(UserError, match=r"changed elsewhere meanwhile\. What you wrote stays as a draft"):
        judging.perform(kim, 1, kind, mine, context(kim, 1), words="", began_with=began)
    assert held(kim, 1) == stands
    # What is no other text than one began with, or than one wrote, is in nobody's way.
    assert judging.perform(kim, 1, Act.FLAG, judging.set_flag(True), context(kim, 1), words="") is not None
    if kind is not Act.CONDITION:
        assert judging.perform(kim, 1, kind, again, context(kim, 1), words="", began_with=began) is None
        assert judging.perform(kim, 1, kind, mine, context(kim, 1), words="", began_with=stands) is not None


def test_a_rating_leaves_the_note_that_another_window_wrote(kim: Session) -> None:
    began = held(kim, 1)
    theirs = ConstraintRating(Rating.CONCERN, "theirs")
    act(kim, 1, Act.RATING, judging.rate("cost", theirs))
    act(kim, 1, Act.RATING, judging.rate("scale", ConstraintRating(None, "of another constraint")))

    def rated(rating: ConstraintRating) -> judging.Done | None:
        change = judging.rate("cost", rating, began.rating_of("cost"))
        return judging.perform(kim, 1, Act.RATING, change, context(kim, 1), words="", began_with=began)

    assert rated(ConstraintRating(Rating.BLOCKER)) is not None
    assert held(kim, 1).rating_of("cost") == ConstraintRating(Rating.BLOCKER, "theirs")
    with pytest.raises(UserError, match="changed elsewhere meanwhile"):
        rated(ConstraintRating(None, "mine"))
    assert rated(ConstraintRating(None, "theirs")) is None
    assert held(kim, 1).rating_of("cost") == ConstraintRating(Rating.BLOCKER, "theirs")
    assert held(kim, 1).rating_of("scale") == ConstraintRating(None, "of another constraint")


def test_what_was_done_again_is_not_done_again_twice(kim: Session) -> None:
    act(kim, 1, Act.FORECAST, judging.set_forecast(0.2))
    act(kim, 1, Act.FORECAST, judging.set_forecast(0.4))
    judging.undo(kim)
    judging.undo(kim)
    assert judging.redo(kim) is not None
    assert held(kim, 1).forecast == 0.2
    assert judging.redo(kim) is not None
    assert held(kim, 1).forecast == 0.4
    assert judging.redo(kim) is None
    assert held(kim, 1).forecast == 0.4


def test_a_day_is_set_taken_back_and_undone_by_name(kim: Session) -> None:
    set_to = judging.set_resolves_on(date(2027, 3, 31))
    done = act(kim, 1, Act.RESOLVES_ON, set_to)
    assert done is not None
    assert held(kim, 1) == Judgement(resolves_on="2027-03-31")
    assert table(kim.store, "SELECT resolves_on, status FROM current_judgements") == [("2027-03-31", "started")]
    assert act(kim, 1, Act.RESOLVES_ON, set_to) is None, "it changes nothing"
    judge(kim, 1)
    assert held(kim, 1).resolves_on == "2027-03-31", "a verdict leaves it"
    act(kim, 1, Act.RESOLVES_ON, judging.set_resolves_on(None))
    assert held(kim, 1).resolves_on is None
    taken, judged, said = judging.undo(kim), judging.undo(kim), judging.undo(kim)
    assert [done and done.words for done in (taken, judged, said)] == [
        "day taken back", "survives", "known by 2027-03-31",
    ]  # fmt: skip
    assert held(kim, 1) == Judgement()


def test_a_day_that_was_set_elsewhere_meanwhile_is_not_written_over(kim: Session) -> None:
    act(kim, 1, Act.RESOLVES_ON, judging.set_resolves_on(date(2027, 3, 31)))
    with pytest.raises(UserError, match="changed elsewhere meanwhile"):
        act(kim, 1, Act.RESOLVES_ON, judging.set_resolves_on(date(2028, 1, 1)), began_with=Judgement())
