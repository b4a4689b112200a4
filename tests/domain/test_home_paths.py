"""What ``~`` stands for, and what cannot be said of it."""

from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded


def test_a_tilde_stands_for_ones_home_and_every_other_path_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert expanded("~/runs/a.jsonl") == Path("/somewhere/runs/a.jsonl")
    assert [str(expanded(path)) for path in ("runs/~a", "/x/~nosuch/y", "")] == ["runs/~a", "/x/~nosuch/y", "."]


@pytest.mark.parametrize("path", ["~no-such-user/x", "~a\0b/x"])
def test_a_home_that_nobody_knows_is_one_sentence(path: str) -> None:
    with pytest.raises(UserError, match=r"^'~.*/x' cannot be used as a path \([^()]*\); name another one\.$"):
        expanded(path)
