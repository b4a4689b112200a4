"""The lines of our own format, version 1, as pydantic models: they check what comes in and give the JSON Schema.

This module is imported only when a file is read or the schema is printed, since pydantic costs 46 ms to load.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Setting
from reviewer.sources.jsontext import MAX_TEXT

MAX_COUNT = 2**53


def _whole(value: Any) -> Any:
    """Let 5.0 pass for 5: JSON has one kind of number, and its Schema calls both an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Text = Annotated[str, Field(max_length=MAX_TEXT)]
Name = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=MAX_COUNT)]
SeedNumber = Annotated[int, BeforeValidator(_whole), Field(ge=-(2**63), le=2**63 - 1)]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class MetricLine(_Line):
    """A metric of a problem."""

    name: Name
    direction: Annotated[Direction, Field(strict=False)] = Direction.UNKNOWN
    unit: Text | None = None
    derived_from: list[Name] = Field(default_factory=list)
    title: Text | None = None


class DatasetLine(_Line):
    """A dataset of a problem, and the other names that files use for it."""

    name: Name
    aliases: list[Name] = Field(default_factory=list)


class TargetLine(_Line):
    """What must hold in production, and by when."""

    criterion: Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
    system: Text | None = None
    scale: Text | None = None
    budget: Text | None = None
    latency: Text | None = None
    signals: Text | None = None
    horizon: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class ProblemLine(_Line):
    """What is being worked on."""

    type: Literal["problem"]
    id: Slug
    title: Text
    description: Text | None = None
    primary_metric: Name | None = None
    primary_dataset: Name | None = None
    metrics: list[MetricLine] = Field(default_factory=list)
    datasets: list[DatasetLine] = Field(default_factory=list)
    target: TargetLine | None = None


class SeedLine(_Line):
    """The value of one run with one seed."""

    seed: SeedNumber | None = None
    value: float
    n_correct: Count | None = None
    n_test: Count | None = None
    basis: Annotated[Basis, Field(strict=False)] = Basis.CLAIMED


class MeasurementLine(_Line):
    """One metric on one dataset. A NaN or an infinity is no value: it is kept as null, with the reason."""

    metric: Name
    dataset: Name
    value: float | None
    standard_error: float | None = None
    n_seeds: Count | None = None
    n_test: Count | None = None
    n_correct: Count | None = None
    setting: Annotated[Setting, Field(strict=False)] = Setting.UNKNOWN
    split: Text | None = None
    subset: Text | None = None
    basis: Annotated[Basis, Field(strict=False)] = Basis.CLAIMED
    source: Text | None = None
    missing: Text | None = None
    seeds: list[SeedLine] = Field(default_factory=list)


class _MethodLine(_Line):
    id: Name
    title: Name
    namespace: Name | None = None
    problem: Slug | None = None
    origin: Annotated[Origin, Field(strict=False)] | None = None
    agent: Text | None = None
    run: Text | None = None
    parent: Text | None = None
    idea: Text | None = None
    family: Text | None = None
    hypothesis: Text | None = None
    method: Text | None = None
    claims: list[Text] = Field(default_factory=list)
    created_at: Annotated[str, Field(max_length=100)] | None = None
    part: Annotated[str, Field(max_length=1000)] | None = None
    measurements: list[MeasurementLine] = Field(default_factory=list)


class ProposalLine(_MethodLine):
    """A method put forward by an agent; ``method`` is its text, in Markdown."""

    type: Literal["proposal"]


class BaselineLine(_MethodLine):
    """A method that proposals are held against, as a rule a human's."""

    type: Literal["baseline"]


class ReferenceLine(_MethodLine):
    """A floor or a ceiling."""

    type: Literal["reference"]
    bound: Annotated[Bound, Field(strict=False)]


class RemarkLine(_Line):
    """An insight, an error, an observation or a comment that hangs on an idea."""

    type: Literal["remark"]
    id: Name
    kind: Annotated[RemarkKind, Field(strict=False)]
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
    idea: Text | None = None
    about: Text | None = None
    title: Text | None = None
    author: Text | None = None
    created_at: Annotated[str, Field(max_length=100)] | None = None
    namespace: Name | None = None
    problem: Slug | None = None


MethodLine = ProposalLine | BaselineLine | ReferenceLine
Line = ProblemLine | MethodLine | RemarkLine

LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])
"""Checks one line that has been parsed already."""
