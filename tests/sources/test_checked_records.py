"""What a reader of somebody else's gives is taken as it is meant, or refused in a sentence; never a crash."""

import datetime
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import (
    JsonText,
    Measurement,
    MethodRecord,
    OutsideReview,
    Provenance,
    Reject,
    Remark,
    SeedValue,
    SelfScore,
    UnknownFields,
)
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Role, Setting
from reviewer.sources.checked_records import checked
from reviewer.store.prepared import prepare

ANY_PATH: Any = Path("f")
WHERE = Provenance("run.acme", "0" * 64, "line 1")
MEASURED = Measurement("acc", "chat", 0.5, 0.01, 3, 100, 50, Setting.LAB, "test", "hard", Basis.CLAIMED, "table 1", "",
                       (SeedValue(1, 0.5, 50, 100, Basis.CLAIMED, 3.5, 0.2, 0.3, "seed 2", True, 0),), 7)  # fmt: skip
METHOD = MethodRecord(
    "acme", "m1", Role.PROPOSAL, "One", "p", WHERE, "part", Origin.AGENT, None, "agent", "run", "m0", "idea", "family",
    "Because.", "# Body", ("It works.",), "2026-01-01T00:00:00Z", (MEASURED,), {"a": [1, None, "x"]}, "m2",
    (SelfScore("novelty", 7.0),), (OutsideReview(6.0, 10.0, 3.0, False, True),),
)  # fmt: skip
REMARK = Remark("acme", "r1", "p", RemarkKind.INSIGHT, "Text", WHERE, "idea", "m1", "Title", "kim", "2026", {"b": 1})
PROBLEM = Problem(
    "p", "Title", "Text", "acc", "chat", (Metric("acc", Direction.LOWER, "share", ("hits",), "Accuracy"),),
    (Dataset("chat", ("chat-1",)),), Target("It holds.", horizon="2027-01-01", months=None), authoritative=False,
)  # fmt: skip


def odd(record: Any, **changed: Any) -> Any:
    """Return a record with something else in some of its fields, be it of their types or not."""
    return record._replace(**changed) if hasattr(record, "_replace") else replace(record, **changed)


def check(record: Any) -> Any:
    return checked(record, namespace="plan", file="run.acme")


@pytest.mark.parametrize(
    "record",
    [
        METHOD,
        odd(METHOD, role=Role.REFERENCE, bound=Bound.FLOOR),
        odd(METHOD, raw=None, measurements=(), created_at="yesterday"),
        odd(METHOD, raw=JsonText('{"a":  1}')),
        REMARK,
        PROBLEM,
        odd(PROBLEM, target=None, authoritative=True),
        Reject("f", "line 3", "is odd", "raw"),
        UnknownFields("f", (("extra", 3),), ("id",)),
    ],
    ids=lambda record: type(record).__name__,
)
def test_what_is_as_it_should_be_stays_as_it_is(record: Any) -> None:
    assert check(record) == record


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (odd(METHOD, title=5), "title: must be text, not 5"),
        (odd(METHOD, title=" "), "title: is blank"),
        (odd(METHOD, external_id=None), "external_id: must be text, not nothing"),
        (odd(METHOD, external_id="x" * 1001), "external_id: is longer than 1,000 characters"),
        (odd(METHOD, body=b"bytes"), "body: must be text, not binary data"),
        (odd(METHOD, problem="two words"), "problem: is not of the form"),
        (odd(METHOD, problem=None), "problem: is missing"),
        (odd(METHOD, role="idea"), "type: 'idea' is none of"),
        (odd(METHOD, role=Role.REFERENCE), "bound: is missing"),
        (odd(METHOD, claims="It works."), "claims: must be a list, not the text"),
        (odd(METHOD, created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)),
         "created_at: must be text, not a value of Python's type datetime"),
        (odd(METHOD, measurements=({"metric": "acc"},)), "measurements[0]: must be a Measurement, not an object"),
        (odd(METHOD, measurements=5), "measurements: must be a list, not 5"),
        (odd(METHOD, measurements=(odd(MEASURED, value="0.5"),)),
         "measurements[0].value: must be a number, not the text '0.5'"),
        (odd(METHOD, measurements=(odd(MEASURED, value=object()),)),
         "measurements[0].value: must be a number, not a value of Python's type object"),
        (odd(METHOD, measurements=(odd(MEASURED, n_seeds=-1),)), "measurements[0].n_seeds: must be greater"),
        (odd(METHOD, measurements=(odd(MEASURED, setting="lab-ish"),)), "measurements[0].setting: must be"),
        (odd(METHOD, measurements=(odd(MEASURED, seeds=(0.5,)),)), "seeds[0]: must be a SeedValue, not 0.5"),
        (odd(METHOD, provenance=None), "provenance: must be a Provenance, not nothing"),
        (odd(METHOD, provenance=Provenance(ANY_PATH, "")), "provenance.file: must be text"),
        (odd(METHOD, raw={"a": object()}), "raw: cannot be kept as JSON"),
        (odd(METHOD, raw={(1, 2): 3}), "raw: cannot be kept as JSON"),
        (odd(METHOD, raw=JsonText("{")), "raw: is not JSON"),
        (odd(REMARK, kind="shout"), "kind: must be"),
        (odd(REMARK, text=None), "text: must be text, not nothing"),
        (odd(PROBLEM, slug=""), "slug: is not of the form"),
        (odd(PROBLEM, metrics=("acc",)), "metrics[0]: must be a Metric"),
        (odd(PROBLEM, target="soon"), "target: must be a Target"),
        (odd(Reject("f", "", "r"), place=3), "place: must be text, not 3"),
        (odd(UnknownFields("f", (), ()), names=("extra",)), "names: must be pairs"),
        ({"type": "proposal"}, "an object is no record"),
        (None, "nothing is no record"),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_is_refused_with_its_field(changed: Any, reason: str) -> None:
    refused = check(changed)
    assert isinstance(refused, Reject)
    assert reason in refused.reason
    assert refused.file == "run.acme"


def test_a_value_that_is_none_is_missing_with_its_reason() -> None:
    measured = (odd(MEASURED, value=math.nan), odd(MEASURED, value=None, seeds=()),
                odd(MEASURED, standard_error=math.inf))  # fmt: skip
    first, second, third = check(odd(METHOD, measurements=measured)).measurements
    assert (first.value, first.missing) == (None, "NaN in the file")
    assert (second.value, second.missing) == (None, "the reader gives no value, and does not say why")
    assert (third.value, third.standard_error) == (0.5, None)


def test_lone_surrogates_are_replaced_and_the_place_says_so() -> None:
    method = check(odd(METHOD, title="A\ud800", raw={"a": "\udfff"}))
    assert (method.title, method.raw) == ("A\ufffd", {"a": "\ufffd"})
    assert method.provenance.place == "line 1 (lone surrogates replaced by U+FFFD)"
    assert check(odd(REMARK, text="\ud800!")).text == "\ufffd!"
    assert check(odd(METHOD, namespace="")).namespace == "run"
    assert check(odd(METHOD, namespace="", run="")).namespace == "plan"


_anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.just(object()),
    lambda inner: st.lists(inner, max_size=2) | st.tuples(inner) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(name=st.sampled_from(MethodRecord._fields), value=_anything)
def test_whatever_stands_in_a_field_of_a_method_it_is_stored_or_refused(name: str, value: Any) -> None:
    found = check(odd(METHOD, **{name: value}))
    assert isinstance(found, MethodRecord | Reject)
    for text in prepare(found).texts if isinstance(found, MethodRecord) else (found.reason, found.raw, found.place):
        text.encode()


@given(name=st.sampled_from(Measurement._fields), value=_anything)
def test_whatever_stands_in_a_field_of_a_measurement_it_is_stored_or_refused(name: str, value: Any) -> None:
    found = check(odd(METHOD, measurements=(odd(MEASURED, **{name: value}),)))
    assert isinstance(found, MethodRecord | Reject)
    if isinstance(found, MethodRecord):
        prepare(found)


@given(name=st.sampled_from(("namespace", "external_id", "kind", "text", "provenance", "idea", "author", "raw")),
       value=_anything)  # fmt: skip
def test_whatever_stands_in_a_field_of_a_remark_it_is_kept_or_refused(name: str, value: Any) -> None:
    found = check(odd(REMARK, **{name: value}))
    assert isinstance(found, Remark | Reject)
    if isinstance(found, Remark):
        found.revision_hash()
        found.text.encode()
