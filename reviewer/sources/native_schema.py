"""The lines of our own format, version 1: pydantic checks what comes in by them, and gives the JSON Schema.

They are typed dictionaries rather than models, which take four times as long to check, and a line is looked at once. A
field that the line leaves out is left out of the dictionary too.

This module is imported only when a file is read or the schema is printed, since pydantic costs 46 ms to load.
"""

from typing import Annotated, Any, Literal, Required

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict  # Python 3.11's own does not tell pydantic enough.

from reviewer.domain.problems import SLUG_FORM
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Setting
from reviewer.sources.jsontext import MAX_TEXT

MAX_COUNT = 2**53


def _whole(value: Any) -> Any:
    """Let 5.0 pass for 5: JSON has one kind of number, and its Schema calls both an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Text = Annotated[str, Field(max_length=MAX_TEXT)]
Name = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
Slug = Annotated[str, Field(pattern=SLUG_FORM)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT), BeforeValidator(_whole)]
SeedNumber = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), BeforeValidator(_whole)]


_line = with_config(ConfigDict(strict=True, extra="ignore"))


@_line
class MetricLine(TypedDict, total=False):
    """A metric of a problem."""

    name: Required[Name]
    direction: Annotated[Direction, Field(strict=False, json_schema_extra={"default": Direction.UNKNOWN})]
    unit: Text | None
    derived_from: list[Name]
    title: Text | None


@_line
class DatasetLine(TypedDict, total=False):
    """A dataset of a problem, and the other names that files use for it."""

    name: Required[Name]
    aliases: list[Name]


@_line
class TargetLine(TypedDict, total=False):
    """What must hold in production, and by when."""

    criterion: Required[Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]]
    system: Text | None
    scale: Text | None
    budget: Text | None
    latency: Text | None
    signals: Text | None
    horizon: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None
    months: Annotated[int, Field(ge=1, le=600)] | None
    decider: Text | None


@_line
class ProblemLine(TypedDict, total=False):
    """What is being worked on."""

    type: Required[Literal["problem"]]
    id: Required[Slug]
    title: Required[Text]
    description: Text | None
    primary_metric: Name | None
    primary_dataset: Name | None
    metrics: list[MetricLine]
    datasets: list[DatasetLine]
    target: TargetLine | None


@_line
class SeedLine(TypedDict, total=False):
    """The value of one run with one seed, how long it took, and how its answers fell.

    ``predicted_share`` and ``label_share`` are of one answer, as predicted and as it should be; ``says`` is what the
    run's own record says of its seed or method where that is something else. ``completed`` is whether that record says
    that it succeeded, ``exit_status`` how its process ended.
    """

    seed: SeedNumber | None
    value: Required[float]
    n_correct: Count | None
    n_test: Count | None
    basis: Annotated[Basis, Field(strict=False, json_schema_extra={"default": Basis.CLAIMED})]
    seconds: float | None
    predicted_share: float | None
    label_share: float | None
    says: Text | None
    completed: bool | None
    exit_status: SeedNumber | None


@_line
class MeasurementLine(TypedDict, total=False):
    """One metric on one dataset. A NaN or an infinity is no value: it is kept as null, with the reason.

    Where ``seeds`` are listed ``value`` may be left out or null: it is then their mean, unless ``missing`` says why
    there is none.

    ``n_evaluations`` is how often the test set had been asked by the time when this value was chosen.
    """

    metric: Required[Name]
    dataset: Required[Name]
    value: float | None
    standard_error: float | None
    n_seeds: Count | None
    n_test: Count | None
    n_correct: Count | None
    setting: Annotated[Setting, Field(strict=False, json_schema_extra={"default": Setting.UNKNOWN})]
    split: Text | None
    subset: Text | None
    basis: Annotated[Basis, Field(strict=False, json_schema_extra={"default": Basis.CLAIMED})]
    source: Text | None
    missing: Text | None
    seeds: list[SeedLine]
    n_evaluations: Count | None


@_line
class SelfScoreLine(TypedDict, total=False):
    """What an agent gave its own idea: ``value`` of ``most``."""

    name: Required[Name]
    value: Required[Annotated[float, Field(allow_inf_nan=False)]]
    most: Annotated[float, Field(gt=0, allow_inf_nan=False, json_schema_extra={"default": 10})]


@_line
class ReviewLine(TypedDict, total=False):
    """A review by somebody outside, ``score`` of ``most``; ``confidence`` is from 1 to 5."""

    score: Annotated[float, Field(allow_inf_nan=False)] | None
    most: Annotated[float, Field(gt=0, allow_inf_nan=False, json_schema_extra={"default": 10})]
    confidence: Annotated[float, Field(ge=0, le=5)] | None
    used_ai: bool | None
    consent: bool | None


@_line
class _MethodLine(TypedDict, total=False):
    id: Required[Name]
    title: Required[Name]
    namespace: Name | None
    problem: Slug | None
    origin: Annotated[Origin, Field(strict=False)] | None
    agent: Text | None
    run: Text | None
    parent: Text | None
    idea: Text | None
    family: Text | None
    hypothesis: Text | None
    method: Text | None
    claims: list[Text]
    created_at: Annotated[str, Field(max_length=100)] | None
    part: Annotated[str, Field(max_length=1000)] | None
    measurements: list[MeasurementLine]
    rerun_of: Name | None
    self_scores: list[SelfScoreLine]
    reviews: list[ReviewLine]


@_line
class ProposalLine(_MethodLine, total=False):
    """A method put forward by an agent; ``method`` is its text, in Markdown.

    ``rerun_of`` is the id of another method of the same namespace of which this is a run with another seed.
    """

    type: Required[Literal["proposal"]]


@_line
class BaselineLine(_MethodLine, total=False):
    """A method that proposals are held against, as a rule a human's."""

    type: Required[Literal["baseline"]]


@_line
class ReferenceLine(_MethodLine, total=False):
    """A floor or a ceiling."""

    type: Required[Literal["reference"]]
    bound: Required[Annotated[Bound, Field(strict=False)]]


@_line
class RemarkLine(TypedDict, total=False):
    """An insight, an error, an observation or a comment that hangs on an idea."""

    type: Required[Literal["remark"]]
    id: Required[Name]
    kind: Required[Annotated[RemarkKind, Field(strict=False)]]
    text: Required[Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]]
    idea: Text | None
    about: Text | None
    title: Text | None
    author: Text | None
    created_at: Annotated[str, Field(max_length=100)] | None
    namespace: Name | None
    problem: Slug | None


MethodLine = ProposalLine | BaselineLine | ReferenceLine
Line = ProblemLine | MethodLine | RemarkLine

LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])
"""Checks one line that has been parsed already."""
