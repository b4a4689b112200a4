"""What no store of ours can have held."""

from typing import Any

import pytest

from reviewer.store.sound_records import is_sound_event, is_sound_outcome

EVENT = {
    "kind": "verdict", "created_at": "2026-01-02T03:04:05.000Z", "visible": "{}",
    "snapshot": '{"verdict": "fails", "condition": "", "next_experiment": "", "forecast": 0.2, "ratings": {}, '
                '"rationale": "", "tags": [], "flagged": false, "skipped": false}',
}  # fmt: skip
OUTCOME = {"result": "failed", "happened_on": "2026-01-02", "recorded_at": "2026-01-02T03:04:05.000Z"}


def test_what_we_write_is_sound() -> None:
    assert is_sound_event(EVENT)
    assert is_sound_event(EVENT | {"visible": '{"turn": ""}'})
    assert is_sound_event(EVENT | {"visible": '{"turn": "2026-01-02T03:04:05.001Z"}'})
    assert is_sound_outcome(OUTCOME)
    assert is_sound_outcome(OUTCOME | {"result": None, "happened_on": None})


@pytest.mark.parametrize(
    "change",
    [{"kind": "applause"}, {"created_at": "zzzz"}, {"created_at": "2026-01-02"}, {"created_at": 5}, {"visible": "[]"},
     {"visible": "{"}, {"snapshot": "[]"}, {"snapshot": "null"}, {"snapshot": '{"verdict": "fails"}'},
     {"visible": '{"turn": 5}'}, {"visible": '{"turn": "soon"}'}, {"visible": '{"turn": null}'}],
)  # fmt: skip
def test_an_event_that_nothing_could_show_is_not(change: dict[str, Any]) -> None:
    assert not is_sound_event(EVENT | change)


@pytest.mark.parametrize(
    "change",
    [{"result": "won"}, {"result": 1}, {"happened_on": "soon"}, {"happened_on": 5}, {"recorded_at": "zzzz"},
     {"recorded_at": None}],
)  # fmt: skip
def test_an_outcome_that_nothing_could_show_is_not(change: dict[str, Any]) -> None:
    assert not is_sound_outcome(OUTCOME | change)
