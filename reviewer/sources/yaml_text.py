"""Reading YAML that others wrote, so that nothing in it can crash what comes later, or be taken for something else.

Every scalar is the text that stands there, but for null: YAML would else make a number of a commit (``1e10``), a truth
of a name (``no``) and a moment of a time without a zone. Tags and aliases are refused: nobody needs them to describe a
proposal, and a few lines of aliases can stand for billions of values.

This module is imported only when a file is read.
"""

import re
from typing import Any, ClassVar

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode

DEEPEST = 30
"""How deeply lists and mappings may be nested: each level takes some ten calls of the reader's."""

_YAML = "tag:yaml.org,2002:"


class BadYamlError(ValueError):
    """The text is not YAML that can be used; the message is a reason without the place."""


class _Loader(yaml.SafeLoader):
    yaml_constructors: ClassVar = {
        _YAML + kind: SafeConstructor.yaml_constructors[_YAML + kind] for kind in ("null", "str", "seq", "map")
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise ConstructorError(None, None, "an alias (*) is not read; write it out", self.get_mark())
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConstructorError(None, None, f"it is nested more than {DEEPEST} levels deep", self.get_mark())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        if node.tag not in self.yaml_constructors:
            raise ConstructorError(None, None, f"the tag {node.tag[:60]} is not read", node.start_mark)
        return super().construct_object(node, deep=True)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        met = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise ConstructorError(None, None, "a name has to be text", key.start_mark)
            if key.value in met:
                raise ConstructorError(None, None, f"{key.value[:60]!r} stands twice", key.start_mark)
            met.add(key.value)
        return super().construct_mapping(node, deep=True)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(_YAML + "null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])


def parse_yaml(text: str) -> Any:
    """Return the value in a document: texts, None, and lists and dictionaries of such.

    Raises:
        BadYamlError: when it is not YAML, is nested beyond reason, or holds a tag, an alias or a name twice.
    """
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        said = error.problem or error.context or "it cannot be read"
        mark = error.problem_mark or error.context_mark
        raise BadYamlError(f"{said} (line {mark.line + 1})" if mark else said) from error
    except yaml.YAMLError as error:
        raise BadYamlError("it holds characters that YAML does not allow") from error
