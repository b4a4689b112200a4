"""Every action: its id, its words, and where it acts."""

import re
from typing import get_args

from reviewer.domain.vocabulary import Rating, Verdict
from reviewer.tui.actions import ACTIONS, Where, action, actions_at


def test_ids_are_unique_and_every_action_is_described() -> None:
    assert len({each.id for each in ACTIONS}) == len(ACTIONS)
    for each in ACTIONS:
        assert re.fullmatch(r"[a-z][a-z_]*", each.id)
        assert each.title
        assert each.section
        assert each.description.endswith(".")
        assert each.where in get_args(Where)


def test_every_verdict_and_rating_has_its_action() -> None:
    ids = {each.id for each in ACTIONS}
    assert {str(verdict) for verdict in Verdict} <= ids
    assert [action(f"rate_{rating}").keys for rating in Rating] == ["1", "2", "3", "4", "5"]
    assert [action(f"rate_{rating}").call for rating in Rating] == [f"rate('{rating}')" for rating in Rating]


def test_the_keys_of_a_place_include_those_that_act_everywhere() -> None:
    ids = [each.id for each in actions_at("rubric")]
    assert ids[0] == "rate_pass"
    assert "help" in ids
    assert "survives" not in ids


def test_the_words_of_the_evidence_are_explained_among_the_keys() -> None:
    explained = action("evidence").description
    assert all(words in explained for words in ("Not told apart", "unclear", "Could tell"))
