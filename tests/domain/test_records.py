"""What makes records the same: hashes, times, names, filters in words."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.identity import (
    a_moment_later,
    content_hash,
    hash_around_text,
    is_timestamp,
    milliseconds_of,
    new_id,
    text_as_json,
    timestamp,
    timestamp_of,
    utc_now,
    written_alike,
)
from reviewer.domain.methods import JsonText, PlaceName, SeedValue
from reviewer.domain.problems import SLUG_FORM, Dataset, Problem, as_slug, is_slug, no_such_problem
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Setting, Status, Verdict
from reviewer.sources.native import json_schema
from tests.builders import measured, record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(first=JSON, second=JSON)
def test_hashes_are_equal_exactly_for_equal_content(first: Any, second: Any) -> None:
    same = json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert (content_hash(first) == content_hash(second)) == same


def test_hash_does_not_depend_on_the_order_of_keys_and_takes_any_text() -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert re.fullmatch("[0-9a-f]{64}", content_hash("\ud800 é"))


ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(before=st.lists(ANY_TEXT), text=ANY_TEXT, after=st.lists(JSON))
def test_hash_around_text_is_that_of_the_whole(before: list[str], text: str, after: list[Any]) -> None:
    assert hash_around_text(before, text_as_json(text), after, ()) == content_hash([*before, text, *after])


def test_hash_around_text_knows_every_letter() -> None:
    letters = [chr(i) for i in range(0x300)] + ["\u2028", "\ud800", "\udfff", "\uffff", "🧪", "\\n", '\\"']
    for letter in letters:
        for text in (f"x{letter}y\n", f"x{letter}y\n" * 200):
            assert hash_around_text(["a"], text_as_json(text), [1], ()) == content_hash(["a", text, 1])


@given(value=st.floats() | st.sampled_from([1e-4, 9.99e-5, 1e16, 9.9e15, -1e-4, 5e-324, 1.0, -0.0]))
def test_a_number_that_is_written_fast_is_written_as_ever(value: float) -> None:
    assert hash_around_text([], b"1", [value], [value]) == content_hash([1, value])
    if written_alike(value):
        assert orjson.dumps(value) == json.dumps(value).encode()


@pytest.mark.parametrize("value", [2**63, -(2**63), 2**64, 10**30, Setting.LAB, (1, 2), None, JsonText("x")])
def test_what_the_fast_writer_says_is_what_was_ever_said(value: Any) -> None:
    assert hash_around_text([], b"1", [[value]], ()) == content_hash([1, [value]])


def test_revision_hashes_stay_what_they_were() -> None:
    """Stores hold them: another hash of the same content would make a revision of every proposal."""
    assert FULL.revision_hash() == "3f3843013730797fad60d902707bac3c69d05db8d2168a02cc4c69764531f15e"
    assert (
        record("p1", body='a "b"\n\t\\ \x7f é').revision_hash()
        == "5fac697893c83ba19620b39c35dd2629a0a96e63a262940a666af5885414c21a"
    )


def test_ids_are_version_7_and_sort_by_time() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(3000)]
    after = time.time_ns() // 1_000_000
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", i) for i in ids)
    made = [int(i.replace("-", "")[:12], 16) for i in ids]
    assert before <= made[0]
    assert made[-1] <= after + 5


def test_ids_of_many_threads_are_all_different() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: [new_id() for _ in range(50)], range(200)))
    assert len({each for ids in made for each in ids}) == 10_000
    assert all(ids == sorted(ids) for ids in made)


def test_times_are_utc_whatever_the_zone() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert timestamp(moment) == "2026-01-01T21:34:05.678Z"
    assert timestamp(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000Z"
    assert utc_now().tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"):
        timestamp(datetime(2026, 1, 2))  # noqa: DTZ001 - what it refuses


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_a_time_is_so_many_milliseconds_and_the_next_one_is_a_moment_later(moment: datetime) -> None:
    written = timestamp(moment)
    assert timestamp_of(milliseconds_of(written)) == written
    assert a_moment_later(written) > written
    assert milliseconds_of(a_moment_later(written)) == milliseconds_of(written) + 1


@pytest.mark.parametrize("written", ["now", "2026-01-02", "2026-01-02T03:04:05Z", "", None, 5])
def test_what_no_clock_of_ours_wrote_is_no_time(written: object) -> None:
    assert not is_timestamp(written)
    assert is_timestamp("2026-01-02T03:04:05.000Z")


def test_after_the_last_time_there_is_no_other() -> None:
    assert a_moment_later("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z"


FULL = record("p1", measurements=(measured(0.5, seeds=(SeedValue(1, 0.5),)),), claims=("one",))


@pytest.mark.parametrize(
    "changed",
    [
        FULL._replace(title="x"),
        FULL._replace(body="x"),
        FULL._replace(hypothesis="x"),
        FULL._replace(claims=("one", "two")),
        FULL._replace(agent="x"),
        FULL._replace(measurements=()),
        FULL._replace(measurements=(measured(0.5, seeds=(SeedValue(1, 0.6),)),)),
        FULL._replace(measurements=(measured(0.5, seeds=(SeedValue(1, 0.5, seconds=9.5),)),)),
        FULL._replace(measurements=(measured(0.5, seeds=(SeedValue(1, 0.5, says="seed 2"),)),)),
        FULL._replace(measurements=(measured(0.5, seeds=(SeedValue(1, 0.5),), standard_error=0.1),)),
    ],
)
def test_anything_that_a_reader_sees_makes_another_revision(changed: Any) -> None:
    assert changed.revision_hash() != FULL.revision_hash()


@pytest.mark.parametrize(
    "same",
    [
        FULL._replace(problem="other"),
        FULL._replace(part="chat"),
        FULL._replace(provenance=FULL.provenance._replace(file="other")),
        FULL._replace(raw=None),
        FULL._replace(measurements=(FULL.measurements[0]._replace(setting=Setting.LAB),)),
    ],
)
def test_what_the_importing_person_adds_makes_no_other_revision(same: Any) -> None:
    assert same.revision_hash() == FULL.revision_hash()


def test_name_of_a_dataset_outweighs_anothers_alias() -> None:
    problem = Problem("x", datasets=(Dataset("chat", ("Math", "chat-0115")), Dataset("math")))
    assert problem.dataset_names() == {"chat": "chat", "math": "math", "chat-0115": "chat"}


def test_filter_in_words() -> None:
    asked = QueueFilter(Status.TO_DO, Verdict.CANNOT_TELL, "a1", "noise", "odd", flagged=True, changed=True, text="x y")
    assert asked.describe() == (
        "to do, cannot tell, agent a1, family noise, tag odd, flagged, changed since judged, “x y”"
    )
    assert QueueFilter(check="few-seeds", text="x").describe() == "asked by few-seeds, “x”"
    assert (QueueFilter().describe(), QueueFilter().active, asked.active) == ("all", False, True)


@pytest.mark.parametrize("name", ["a", "7", "weak-to-strong", "W2S_v1.2", "x" * 100])
def test_what_a_problem_can_be_called(name: str) -> None:
    assert is_slug(name)
    assert no_such_problem(name, ()) == f"There is no problem {name!r}; the store has none."


@given(st.text(max_size=150))
def test_what_is_made_a_slug_is_one_or_nothing(words: str) -> None:
    made = as_slug(words)
    assert made == "" or is_slug(made)
    assert as_slug(made) == made


@pytest.mark.parametrize(
    ("words", "slug"),
    [("inspect_evals/gpqa diamond", "inspect_evals-gpqa-diamond"), ("._-a.b", "a.b"), ("任务", ""), ("", "")],
)
def test_a_slug_keeps_what_can_stand_in_one(words: str, slug: str) -> None:
    assert as_slug(words) == slug


def test_our_own_format_and_the_options_have_one_form_for_a_problems_name() -> None:
    problem = json_schema()["$defs"]["ProblemLine"]["properties"]["id"]
    assert problem["pattern"] == SLUG_FORM


def test_what_a_run_is_called_by_its_folder_is_no_part_of_what_it_says() -> None:
    by_place, by_name = (
        {FULL._replace(run=kind(name)).revision_hash() for name in ("here", "there")} for kind in (PlaceName, str)
    )
    assert (len(by_place), len(by_name)) == (1, 2)
