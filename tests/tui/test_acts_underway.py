"""What is held by acts that the disk does not have yet."""

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.tui.acts_underway import ActsUnderway, ActUnderway

FAILS, SURVIVES = Judgement(verdict=Verdict.FAILS), Judgement(verdict=Verdict.SURVIVES)


def act(act_id: str, method_id: int, judgement: Judgement, kind: Act = Act.VERDICT) -> ActUnderway:
    return ActUnderway(act_id, method_id, 1, kind, judgement, 10 + method_id)


def test_a_proposal_stands_as_the_last_act_on_it_says() -> None:
    acts = ActsUnderway()
    assert acts.latest_on(1) is None
    for one in (act("a", 1, FAILS), act("b", 2, FAILS), act("c", 1, SURVIVES)):
        acts.add(one)
    assert acts.latest_on(1) == act("c", 1, SURVIVES)
    assert acts.held() == {1: SURVIVES, 2: FAILS}
    assert acts.drop("c") == act("c", 1, SURVIVES)
    assert acts.drop("c") is None
    assert acts.held() == {1: FAILS, 2: FAILS}


def test_the_proposal_judged_last_is_that_of_the_last_verdict_in_the_problem() -> None:
    acts = ActsUnderway()
    acts.add(act("a", 1, FAILS))
    acts.add(act("b", 2, Judgement(flagged=True), Act.FLAG))
    assert acts.last_judged(1) == 1
    assert acts.last_judged(2) is None
