"""When garbage is looked for: not before the first screen stands, and then seldom."""

import gc

import pytest

from reviewer.tui.collecting import COLLECTED_AT, let_collector_in, load_in_peace


@pytest.mark.parametrize("kept_out", [True, False])
def test_the_collector_comes_in_where_it_was_kept_out_and_is_else_left_as_it_is(
    kept_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "isenabled", lambda: not kept_out)
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "enable", lambda: done.append("enable"))
    monkeypatch.setattr(gc, "set_threshold", lambda *given: done.append(str(given)))
    let_collector_in()
    assert done == (["freeze", "enable", str(COLLECTED_AT)] if kept_out else [])


@pytest.mark.parametrize("kept_out", [True, False])
def test_while_something_is_loaded_the_collector_is_kept_out_and_then_as_it_was(
    kept_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "isenabled", lambda: not kept_out)
    for name in ("freeze", "enable", "disable"):
        monkeypatch.setattr(gc, name, lambda name=name: done.append(name))
    load_in_peace(lambda: done.append("loaded"))
    with pytest.raises(ImportError):
        load_in_peace(_fails)
    after = [] if kept_out else ["freeze", "enable"]
    assert done == ["disable", "loaded", *after, "disable", *after]


def _fails() -> None:
    raise ImportError("there is no such library")
