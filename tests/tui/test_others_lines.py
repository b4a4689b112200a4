"""What others hold as lines."""

from dataclasses import replace

from reviewer.domain.adjudications import Adjudication, AdjudicationEvent
from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Stage, Verdict
from reviewer.store.others import HeldJudgement, HeldScore
from reviewer.tui.marks import ASCII, UNICODE
from reviewer.tui.others_lines import others_lines, score_words
from reviewer.workflow.others import OnesJudgement, Others

R1 = OnesJudgement(
    HeldJudgement(2, "R1\x1b", "e1", Judgement(Verdict.FAILS, forecast=0.2), 7, "2026-01-02T03:04:05.000Z", "r.csv"),
    is_own=False,
    of_older_text=True,
    scores=(HeldScore("overall", 7.5, 1, 10, ""), HeldScore("sound", 1, None, None, "yes")),
)


def text(others: Others, moved: str = "", *, ascii_only: bool = False) -> str:
    lines = others_lines(others, moved, ASCII if ascii_only else UNICODE)
    return "\n".join(f"{line.mark[0]}{line.text}" for line in lines)


def event(number: int, adjudication: Adjudication | None, supersedes: str | None, *of: str) -> AdjudicationEvent:
    return AdjudicationEvent(
        f"a{number}", 1, adjudication, "ann", "2026-01-02T03:04:05.000Z", 7, of, None, supersedes, "too early"
    )


def test_what_came_in_a_file_says_so_with_its_scores_and_an_older_text_is_marked() -> None:
    told = text(Others("x", judgements=(R1,), numbers={7: 2}))
    assert "R1␛  ✗ fails  20 %" in told
    assert "rev 2, from r.csv  Δ of an older revision" in told
    assert "overall           7.5 (of 1 to 10)" in told
    assert "sound             yes" in told
    assert "  * of an older revision" in text(Others("x", judgements=(R1,)), ascii_only=True)


def test_what_was_said_of_the_idea_alone_says_so() -> None:
    def told(stage: Stage | None) -> str:
        return text(Others("x", judgements=(replace(R1, held=R1.held._replace(stage=stage)),)))

    assert "of the idea alone, from r.csv" in told(Stage.IDEA)
    for stage in (None, Stage.EVIDENCE, Stage.OTHERS):
        assert "idea" not in told(stage)


def test_a_score_says_the_ends_of_its_scale_where_they_are_known() -> None:
    assert score_words(HeldScore("s", 3, 1, 5, "")) == "3 (of 1 to 5)"
    assert score_words(HeldScore("s", 0.25, None, 5, "")) == "0.25"
    assert score_words(HeldScore("s", 0, 0, 1, "no")) == "no"


def test_what_was_adjudicated_stands_newest_first_with_what_became_of_it() -> None:
    fails, survives = Adjudication(Verdict.FAILS), Adjudication(Verdict.SURVIVES)
    one, two = event(1, fails, None, "e0"), event(2, survives, "a1", "e1")
    three, beside = event(3, None, "a2", "e1"), event(4, fails, None, "e1")
    others = Others("x", judgements=(R1,), adjudications=(one, two, three, beside), adjudication=beside)
    told = text(others)
    marks = [told.index(words) for words in ("adjudicated fails", "taken back  too early", "said before survives",
                                             "said before fails")]  # fmt: skip
    assert marks == sorted(marks)
    assert "of 1 judgement" in told
    assert "Judgements were changed" not in told
    later = replace(others, adjudication=replace(beside, judgements=("e0",)))
    assert "Judgements were changed or added since it was adjudicated." in text(later)


def test_where_there_is_nothing_that_is_said() -> None:
    assert text(Others("x")) == "Nobody has judged it yet.\n\nNobody has adjudicated it."
    assert "what outcomes say" in text(Others("x", judgements=(R1,)), "what outcomes say")
