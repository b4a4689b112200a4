from pathlib import Path

import pytest

from reviewer.tui.path_completion import Completion, complete_among, complete_path, is_missing


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name in ("alpha.jsonl", "alpine.jsonl", ".hidden", "b c", "bad\x1b]52;c;x\x07"):
        (tmp_path / name).touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "only.db").touch()
    return f"{tmp_path}/"


def test_it_goes_as_far_as_there_is_no_choice(folder: str) -> None:
    assert complete_path(folder + "a") == Completion(folder + "alp", ("alpha.jsonl", "alpine.jsonl"))
    assert complete_path(folder + "alph") == Completion(folder + "alpha.jsonl", ("alpha.jsonl",))


def test_a_folder_ends_in_a_slash_and_is_gone_into(folder: str) -> None:
    assert complete_path(folder + "da").path == folder + "data/"
    assert complete_path(folder + "data/").path == folder + "data/only.db"


def test_hidden_names_and_names_that_cannot_be_shown_are_not_offered(folder: str) -> None:
    assert complete_path(folder).names == ("alpha.jsonl", "alpine.jsonl", "b c", "data/")
    assert complete_path(folder + ".h").path == folder + ".hidden"
    assert complete_path(folder + "bad") == Completion(folder + "bad")


@pytest.mark.parametrize("typed", ["none/such", "a\0b", "~nobody-of-that-name/x", "\ud800/"])
def test_what_leads_nowhere_stays(typed: str) -> None:
    assert complete_path(typed) == Completion(typed)


def test_home_stays_as_it_is_typed(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", folder)
    assert complete_path("~").path == "~/"
    assert complete_path("~/al").path == "~/alp"


def test_names_of_a_list() -> None:
    assert complete_among(("weak-to-strong", "weak-labels"), "w") == Completion(
        "weak-", ("weak-labels", "weak-to-strong")
    )
    assert complete_among(("one",), "two") == Completion("two")
    assert complete_among((), "") == Completion("")


def test_what_is_surely_not_there_is_missing(folder: str) -> None:
    assert [is_missing(folder + name) for name in ("alpha.jsonl", "data", "no", "alpha.jsonl/no")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert not is_missing(folder + "x" * 300)
    assert not is_missing("a\0b")
