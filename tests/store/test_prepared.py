"""Records taken apart before they are written, and raw records without the text that is kept beside them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.identity import text_as_json
from reviewer.domain.methods import JsonText
from reviewer.store.methods import revisions_of
from reviewer.store.prepared import BODY_ELSEWHERE, with_body, without_body
from tests.builders import build_store, import_records, method_ids, record, table


def without(raw: str, body: str) -> str:
    return without_body(raw, body, text_as_json(body))


BODY = 'A method of some length, with "quotes", \\ and\nlines – é.'


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_body_is_kept_once(ascii_only: bool, indent: int | None) -> None:
    said = {"type": "proposal", "title": "T", "method": BODY, "hypothesis": "A method of some length"}
    raw = json.dumps(said, ensure_ascii=ascii_only, indent=indent)
    kept = without(raw, BODY)
    assert len(kept) < len(raw) - 20
    assert json.loads(kept)["method"] == {"column": "body"}
    assert json.loads(with_body(kept, BODY)) == said


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"method": "Other text of the same length, about."}),
        json.dumps({BODY: 1}),
        json.dumps({"method": f"{BODY} And more."}),
        json.dumps({"method": f"Before. {BODY}"}),
        json.dumps(json.dumps({"method": BODY})),
        "null",
        "",
    ],
)
def test_a_raw_record_that_does_not_have_the_body_stays_whole(raw: str) -> None:
    assert without(raw, BODY) == raw
    assert with_body(raw, BODY) == raw


def test_what_only_looks_like_a_body_kept_elsewhere_stays_what_it_is() -> None:
    raw = f'{{"method":{json.dumps(BODY)},"note":{BODY_ELSEWHERE}}}'
    assert with_body(without(raw, BODY), BODY) == raw


pieces = st.lists(
    st.sampled_from(['"', "\\", ",", ":", " ", "{", "}", "1", "a", "\n", "é", BODY_ELSEWHERE]), max_size=30
)
texts = pieces.map("".join)
values = st.recursive(texts | st.integers(), lambda v: st.lists(v) | st.dictionaries(texts, v), max_leaves=6)


@given(texts, st.dictionaries(texts, values), st.booleans(), st.sampled_from([None, 0, 2]))
def test_a_raw_record_comes_back_whatever_is_in_it(
    body: str, more: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    said = more | {"method": body}
    raw = json.dumps(said, ensure_ascii=ascii_only, indent=indent)
    assert json.loads(with_body(without(raw, body), body)) == said


@given(texts, texts)
def test_any_text_comes_back(raw: str, body: str) -> None:
    raw = raw.strip()
    assert with_body(without(raw, body), body) == raw


def test_the_store_gives_the_raw_record_whole(tmp_path: Path) -> None:
    raw = json.dumps({"id": "p1", "method": BODY, "n": 1})
    store = build_store(tmp_path)
    import_records(store, record("p1", body=BODY, raw=JsonText(raw)))
    assert table(store, "SELECT raw FROM revisions") == [('{"id": "p1", "method": {"column":"body"}, "n": 1}',)]
    (revision,) = revisions_of(store.connection(), method_ids(store)[0])
    assert json.loads(revision.raw) == json.loads(raw)
