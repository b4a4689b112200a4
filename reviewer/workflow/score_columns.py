"""What was scored on the scales of a problem, in columns: of a review no more is kept than a few numbers."""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, groupby
from operator import itemgetter
from statistics import fmean

from reviewer.domain.columns import CodedColumn
from reviewer.judgement.clustered import Reviews
from reviewer.store.scale_scores import Scored

NO_SCORE = math.nan


class ScoreColumns:
    """Reviews in the order of their proposals, with what each scored and the groups that it is in."""

    def __init__(self, reviews: Iterable[Scored]) -> None:
        self._methods = array("q")
        self._reviewers = array("q")
        self._agents = CodedColumn("")
        self._values: dict[int, array[float]] = {}
        self._groups: dict[str, CodedColumn[str]] = {}
        for review in reviews:
            self._add(review)

    def _add(self, review: Scored) -> None:
        rows = len(self._methods)
        self._methods.append(review.method_id)
        self._reviewers.append(review.reviewer_id)
        self._agents.append(review.agent)
        for scale_id in review.scores.keys() - self._values.keys():
            self._values[scale_id] = array("d", [NO_SCORE]) * rows
        for scale_id, values in self._values.items():
            values.append(review.scores.get(scale_id, NO_SCORE))
        for name in review.groups.keys() - self._groups.keys():
            self._groups[name] = CodedColumn("", rows)
        for name, words in self._groups.items():
            words.append(review.groups.get(name, ""))

    def values(self, scale_id: int) -> "array[float]":
        """Return what reviews scored on a scale, those that scored nothing left out."""
        return array("d", (value for value in self._column(scale_id) if not math.isnan(value)))

    def by_proposal(self, scale_id: int) -> Iterator[list[float]]:
        """Yield of each proposal that was scored on a scale all its scores."""
        rows = zip(self._methods, self._column(scale_id), strict=True)
        for _, of_proposal in groupby(rows, key=itemgetter(0)):
            if scores := [value for _, value in of_proposal if not math.isnan(value)]:
                yield scores

    @property
    def group_names(self) -> list[str]:
        """Return by what reviews are grouped in the files that they came in."""
        return sorted(self._groups)

    def by_group(self, scale_id: int, name: str | None) -> Iterator[tuple[str, float]]:
        """Yield group and score of each review that scored on a scale and is in a group of that name.

        Without a name the groups are the proposals' agents.
        """
        return ((group, value) for _, group, value in self._grouped(scale_id, name))

    def means_by_group(self, scale_id: int, name: str | None) -> Iterator[tuple[str, float]]:
        """Yield the same of proposals: of each, for every group that reviews of it are in, the mean of these."""
        for _, of_proposal in groupby(self._grouped(scale_id, name), key=itemgetter(0)):
            scores: dict[str, list[float]] = {}
            for _, group, value in of_proposal:
                scores.setdefault(group, []).append(value)
            yield from ((group, fmean(values)) for group, values in scores.items())

    def reviews(self, scale_id: int) -> Reviews:
        """Return the reviews that scored on a scale."""
        return self._reviews(scale_id, (not math.isnan(value) for value in self._column(scale_id)))

    def reviews_by_group(self, scale_id: int, name: str | None) -> Mapping[str, Reviews]:
        """Return the same of each group of that name; without a name the groups are the proposals' agents."""
        words = self._words(name)
        groups = dict.fromkeys(group for group, _ in self.by_group(scale_id, name))
        return {
            group: self._reviews(
                scale_id,
                (
                    one == group and not math.isnan(value)
                    for one, value in zip(words, self._column(scale_id), strict=True)
                ),
            )
            for group in groups
        }

    def pairs(self, first: int, second: int) -> "tuple[array[float], array[float], Reviews]":
        """Return what each review scored that scored on both of two scales, and which these are."""
        columns = self._column(first), self._column(second)
        both = bytes(not (math.isnan(one) or math.isnan(other)) for one, other in zip(*columns, strict=True))
        xs, ys = (array("d", compress(column, both)) for column in columns)
        return xs, ys, self._reviews(first, map(bool, both))

    def _reviews(self, scale_id: int, which: Iterable[bool]) -> Reviews:
        chosen = bytes(which)
        return Reviews(
            array("d", compress(self._column(scale_id), chosen)),
            array("q", compress(self._methods, chosen)),
            array("q", compress(self._reviewers, chosen)),
        )

    def _words(self, name: str | None) -> CodedColumn[str]:
        return self._agents if name is None else self._groups[name]

    def _grouped(self, scale_id: int, name: str | None) -> Iterator[tuple[int, str, float]]:
        for method_id, group, value in zip(self._methods, self._words(name), self._column(scale_id), strict=True):
            if group and not math.isnan(value):
                yield method_id, group, value

    def _column(self, scale_id: int) -> "array[float]":
        return self._values.get(scale_id) or array("d", [NO_SCORE]) * len(self._methods)
