"""What Claude's pane says, as lines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reviewer.critic.answers import read_answer
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.injections import Suspicion
from reviewer.tui.critique_lines import (
    NO_DOUBTS,
    OUT_OF_SCOPE,
    SUSPICIONS,
    UNFINDABLE,
    Wording,
    answer_page,
    appended,
    failed_page,
    modes_by_item,
    quoted_check,
    running_page,
)
from reviewer.tui.keys import effective_keymap
from reviewer.tui.widgets.critique_pane import Page
from reviewer.workflow.critique_reading import ReadableCritique
from tests.critic.answers import answer, critique, failure_mode

WORDING = Wording(effective_keymap({}), {"scale": "Scale", "cost": "Cost"})
NOW = datetime(2026, 11, 29, 14, 0, tzinfo=UTC)
SENT = "It was tried on chat alone, with three seeds."


def found(*critiques: dict[str, Any]) -> ReadableCritique:
    import json

    slugs = [each["constraint_id"] for each in critiques]
    said = read_answer(json.dumps(answer(*critiques)), slugs, SENT)
    return ReadableCritique(1, "0198-call-12345678", said, "claude-opus-5-5", "2026-11-29T10:00:00.000Z", "kim", 40_000,
                            True, {})  # fmt: skip


def page(critique: ReadableCritique, **more: Any) -> Page:
    given: dict[str, Any] = {
        "marks": {}, "suspicious": (), "unfolded": frozenset(), "unfindable": frozenset(), "wording": WORDING, **more,
    }  # fmt: skip
    return answer_page(critique, **given)


def text(shown: Page) -> str:
    return "\n".join(line.text for line in shown.lines)


def test_the_worst_doubt_comes_first_and_each_is_an_item_named_by_its_place_in_the_answer() -> None:
    said = found(
        critique("scale", failure_modes=[failure_mode(claim="minor", severity="minor"),
                                         failure_mode(claim="worst", severity="blocker")]),
        critique("cost", failure_modes=[failure_mode(claim="costly")]),
    )  # fmt: skip
    shown = page(said)
    assert [item.name for item in shown.items] == ["scale/1", "scale/0", "cost/0"]
    assert list(modes_by_item(said)) == ["scale/1", "scale/0", "cost/0"]
    for item, claim in zip(shown.items, ("worst", "minor", "costly"), strict=True):
        assert shown.lines[item.first].text == claim
        assert "check" in shown.lines[item.last].text


def test_what_raises_no_doubt_and_what_does_not_apply_is_a_line_each_until_it_is_unfolded() -> None:
    said = found(
        critique("scale", stance="survives", strongest_counterargument="it is small"),
        critique("cost", out_of_scope=True, question_for_author="who pays?"),
        critique("other", failure_modes=[failure_mode()]),
    )
    folded = page(said)
    assert "No doubt about: Scale (survives)  enter unfolds" in text(folded)
    assert "Out of scope here: Cost  enter unfolds" in text(folded)
    assert "it is small" not in text(folded)
    unfolded = page(said, unfolded=frozenset((NO_DOUBTS, OUT_OF_SCOPE)))
    assert "against that  it is small" in text(unfolded)
    assert "to ask  who pays?" in text(unfolded)
    assert [item.name for item in unfolded.items] == [item.name for item in folded.items]


def test_a_quote_that_is_not_in_the_proposal_hides_its_doubt_and_is_counted() -> None:
    said = found(
        critique("scale", failure_modes=[
            failure_mode(claim="true", quote="It was tried on chat alone"),
            failure_mode(claim="forged", quote="It was tried on five datasets"),
            failure_mode(claim="forged too", quote="It was tried on six datasets"),
        ]),
    )  # fmt: skip
    assert "forged" not in text(page(said))
    assert "2 more are not shown: they quote what the proposal does not say." in text(page(said))
    assert UNFINDABLE not in text(page(said))
    assert UNFINDABLE in text(page(said, unfindable=frozenset(("scale/0",))))


def test_a_constraint_of_which_all_is_hidden_is_no_constraint_without_doubts() -> None:
    said = found(critique("scale", failure_modes=[failure_mode(quote="It was tried on five datasets")]))
    assert "1 more is not shown" in text(page(said))
    assert "No doubt about" not in text(page(said))


def test_suspicions_are_counted_and_listed_on_request() -> None:
    said = found(critique("scale"))
    suspicious = (Suspicion("speaks to a model", "dear [b]model[/b]\x1b"), Suspicion("has 3 characters"))
    folded = page(said, suspicious=suspicious)
    assert folded.items[0].name == SUSPICIONS
    assert "2 passages of this text look as if they were written for a model; v shows them" in text(folded)
    assert "dear" not in text(folded)
    unfolded = text(page(said, suspicious=suspicious, unfolded=frozenset((SUSPICIONS,))))
    assert "“dear [b]model[/b]␛”" in unfolded
    assert "has 3 characters" in unfolded


@pytest.mark.parametrize("failure", Failure)
def test_each_failure_says_what_to_do(failure: Failure) -> None:
    lines = text(failed_page(Failed(failure, "detail"), NOW, None, True, WORDING))
    assert "enter" in lines or "Raise the cap" in lines
    assert lines.endswith("esc closes this.")
    assert "cost nothing" not in lines.splitlines()[-1]


def test_what_a_failure_cost_is_told_as_far_as_it_is_known() -> None:
    failed = Failed(Failure.REFUSED, "frontier_llm")
    assert "It cost nothing." in text(failed_page(failed, NOW, 0, True, WORDING))
    assert "It cost $0.25." in text(failed_page(failed, NOW, 250_000, True, WORDING))
    assert "nobody knows: $0.25." in text(failed_page(failed, NOW, 250_000, False, WORDING))


@pytest.mark.parametrize(("left", "words"), [(29.6, "30 seconds, at 14:00."), (0.4, "1 second, at 14:00.")])
def test_while_it_waits_it_counts_down_to_a_time(left: float, words: str) -> None:
    failed = Failed(Failure.OVERLOADED, wait=30.0)
    lines = text(running_page("Sent", (), failed, left, NOW, WORDING))
    assert f"Tries again in {words}" in lines
    assert "Claude is overloaded." in lines
    assert "Try again at" not in lines
    later = text(running_page("Sent", (), failed, 60.0, NOW + timedelta(seconds=30), WORDING))
    assert "at 14:01." in later


def test_first_claims_stand_with_their_constraints_and_are_made_safe() -> None:
    lines = text(
        running_page("Claude is answering…", [("scale", "a\x1b[2Jb"), ("x\x07", "c")], None, 0.0, NOW, WORDING)
    )
    assert "Scale: a␛[2Jb" in lines
    assert "x␇: c" in lines


def test_a_check_is_quoted_with_its_source_behind_what_stands_there() -> None:
    said = found(critique("scale", failure_modes=[failure_mode(cheapest_check="run\nit once")]))
    quotation = quoted_check(modes_by_item(said)["scale/0"], said)
    assert quotation == "> run it once (Claude, claude-opus-5-5, 2026-11-29, call 12345678)"
    assert appended("", quotation) == f"{quotation}\n"
    assert appended("Mine. \n", quotation) == f"Mine.\n\n{quotation}\n"


def test_without_a_key_an_action_is_found_in_the_palette() -> None:
    wording = replace(WORDING, keymap={**WORDING.keymap, "critic_send": ()})
    assert "the palette unfolds" in text(page(found(critique("scale")), wording=wording))
