"""What a search asks for among names is found out once for those that every row has, however many there are."""

import json

import pytest

from reviewer.domain.covered_words import Searched
from reviewer.store import covering_functions


@pytest.mark.parametrize(("text", "asks"), [("agent-30", True), ("strix", True), ("labels", False), ("stri ", False)])
def test_a_search_for_a_name_of_the_row_or_of_all_is_one(text: str, asks: bool) -> None:
    known = json.dumps([f"agent-{n}" for n in range(40)])
    names = json.dumps(["Strix", "run-9", None, "exp4", None, None, None])
    assert covering_functions._asks_for_name(text, names, known) is asks


def test_names_that_every_row_has_are_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    asks = Searched.asks_for_one_of

    def counted(self: Searched, names: tuple[str, ...]) -> bool:
        asked.append(len(names))
        return asks(self, names)

    monkeypatch.setattr(Searched, "asks_for_one_of", counted)
    covering_functions._asks_for_known.cache_clear()
    known = json.dumps([f"agent-{n}" for n in range(40)])
    for row in range(20):
        covering_functions._asks_for_name("labels", json.dumps([f"kim-{row}", "", "", f"e{row}", "", "", ""]), known)
    assert asked.count(40) == 1
    assert sum(asked) == 40 + 20 * 2
