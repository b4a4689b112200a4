"""Schemas of structured output."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.critic.fake_api.schemas import faults_of, plainest

_LEAVES: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "boolean"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "null"},
    {"enum": ["low", "high"]},
    {"const": 3},
]


def _deeper(each: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.dictionaries(st.text("abc", min_size=1), each, max_size=3).map(
        lambda fields: {
            "type": "object",
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    )
    lists = st.tuples(each, st.sampled_from([0, 1])).map(
        lambda drawn: {"type": "array", "items": drawn[0], "minItems": drawn[1]}
    )
    return objects | lists | st.lists(each, min_size=1, max_size=2).map(lambda some: {"anyOf": some})


@given(st.recursive(st.sampled_from(_LEAVES), _deeper, max_leaves=12))
def test_the_plainest_value_is_one_that_the_schema_allows(schema: dict[str, Any]) -> None:
    assert not list(faults_of(schema))
    jsonschema.validate(plainest(schema), schema)


def test_the_plainest_value_follows_references() -> None:
    schema = {"$ref": "#/$defs/one", "$defs": {"one": {"const": "there"}}}
    assert plainest(schema) == "there"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties"),
        (
            {"type": "array", "items": {"type": "string", "maxLength": 3}},
            "schema.items: For 'string' type",
        ),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "minItems"),
        ({"anyOf": [{"type": "integer", "maximum": 5}]}, "schema.anyOf.0"),
        ({"$defs": {"a": {"type": "number", "minimum": 0}}, "$ref": "#/$defs/a"}, "schema.$defs.a"),
    ],
)
def test_what_the_service_cannot_hold_is_told(schema: dict[str, Any], said: str) -> None:
    assert [said in fault for fault in faults_of(schema)] == [True]
