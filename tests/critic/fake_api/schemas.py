"""JSON schemas of structured output: which ones the service takes, and the plainest value that one of them allows."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_REFUSED_KEYWORDS = {
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "patternProperties",
    "uniqueItems",
}
"""What the service cannot hold an answer to, and refuses rather than ignores."""


def faults_of(schema: Schema, where: str = "schema") -> Iterator[str]:
    """Yield what the service would refuse in a schema.

    An object must name its fields and allow no others; of the limits on a value there is none but ``minItems`` 0 or 1.
    """
    for name in sorted(_REFUSED_KEYWORDS & schema.keys()):
        yield f"{where}: For '{schema.get('type')}' type, property '{name}' is not supported"
    if schema.get("minItems", 0) not in (0, 1):
        yield f"{where}: For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    for group in ("properties", "$defs", "definitions"):
        for name, each in schema.get(group, {}).items():
            yield from faults_of(each, f"{where}.{group}.{name}")
    for group in ("anyOf", "allOf"):
        for index, each in enumerate(schema.get(group, ())):
            yield from faults_of(each, f"{where}.{group}.{index}")
    if isinstance(items := schema.get("items"), Mapping):
        yield from faults_of(items, f"{where}.items")


def plainest(schema: Schema, root: Schema | None = None) -> Any:
    """Return the plainest value that a schema allows: the first of an enum, "…" for a text, a list with as few items as
    may be."""
    root = schema if root is None else root
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return plainest(target, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return plainest(schema["anyOf"][0], root)
    kind = schema.get("type")
    if kind == "object":
        return {name: plainest(each, root) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [plainest(schema["items"], root) for _ in range(schema.get("minItems", 0))]
    return {"string": "…", "integer": 0, "number": 0.5, "boolean": False}.get(kind or "")
