"""What is a rubric, and what is told of a table that is none."""

from typing import Any

import pytest

from reviewer.domain.rubrics import BadRubricError, rubric_from_table

ROW = {"slug": "scale", "title": "Scale", "question": "Does it?"}


def rubric(**more: Any) -> dict[str, Any]:
    return {"slug": "x", "version": 1, "constraints": [ROW], **more}


@pytest.mark.parametrize(
    ("table", "said", "constraint", "key"),
    [
        ({}, "nothing is in it; it needs a slug .*; a version .*; one ", None, ""),
        ({"version": 1}, "it needs a slug at the top", None, ""),
        ({"slug": "x"}, "it needs a version at the top", None, ""),
        (rubric(version="one"), "version must be a whole number", None, "version"),
        (rubric(version=True), "version must be a whole number", None, "version"),
        (rubric(version=0), "version must be a whole number", None, "version"),
        (rubric(slug="a b"), "slug must be 1 to 64", None, "slug"),
        (rubric(constraints=[]), "one \\[\\[constraints", None, ""),
        (rubric(constraints=3), "one \\[\\[constraints", None, "constraints"),
        (rubric(constraints=[{"slug": "scale"}]), "title must be text", 0, ""),
        (rubric(constraints=[ROW, {**ROW, "slug": "b", "question": " "}]), "question must be text", 1, "question"),
        (rubric(constraints=[ROW, ROW]), "'scale' is listed twice", 1, "slug"),
        (rubric(constraints=[{**ROW, "titel": "x"}]), "'titel' is no key here", 0, "titel"),
        (rubric(constraints=[{**ROW, "sources": "x"}]), "sources must be a list", 0, "sources"),
        (rubric(constraints=[{**ROW, "help": 3}]), "help must be text", 0, "help"),
        (rubric(required=["tags"]), "'tags' is no field", None, "required"),
        (rubric(colour="red"), "'colour' is no key here", None, "colour"),
    ],
)
def test_what_is_no_rubric_is_told_with_its_place(
    table: dict[str, Any], said: str, constraint: int | None, key: str
) -> None:
    with pytest.raises(BadRubricError, match=said) as told:
        rubric_from_table(table)
    assert (told.value.constraint, told.value.key) == (constraint, key)


def test_a_rubric_is_named_by_slug_and_version() -> None:
    made = rubric_from_table(
        rubric(version=2, required=["forecast"], constraints=[{**ROW, "help": "Look.", "sources": ["A"]}])
    )
    assert (made.label, made.required) == ("x/2", ("forecast",))
    (constraint,) = made.constraints
    assert (constraint.question, constraint.help, constraint.sources) == ("Does it?", "Look.", ("A",))
