"""Which proposal before another one has the same title, or one that says much the same."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from reviewer.domain.checks import CheckSettings
from reviewer.evidence.checks.case import Namesake
from reviewer.evidence.checks.plan import SIMILAR_TITLE
from reviewer.evidence.checks.registry import BY_ID, limits_of
from reviewer.evidence.similar_titles import SimilarTitle, TitlesBefore, in_common, title_words
from reviewer.store import titles

Connection = titles.Connection


class EarlierTitles:
    """The titles that were looked at last, kept from batch to batch. Used by one thread at a time."""

    def __init__(self, settings: CheckSettings) -> None:
        limits = limits_of(BY_ID[SIMILAR_TITLE], settings)
        self._share = 2.0 if SIMILAR_TITLE in settings.off else limits["words"]
        self._before = int(limits["before"])
        self._problem_id = 0
        self._titles = TitlesBefore(self._before)

    def forget(self) -> None:
        """Forget the titles that were looked at, since they may have changed."""
        self._problem_id = 0

    def of(self, connection: Connection, problem_id: int, method_ids: Sequence[int]) -> Mapping[int, Namesake]:
        """Return by their row ids those methods of a problem that have such a proposal before them, and which.

        The same title goes before a similar one. The row ids come as they rise.
        """
        proposals = titles.proposals_titled(connection, method_ids)
        same = titles.namesakes(connection, [m.id for m in proposals])
        similar = self._similar(connection, problem_id, proposals) if self._share <= 1 else {}
        found = {m.id: SimilarTitle(same[m.id], 0, 0) if m.id in same else similar.get(m.id) for m in proposals}
        named = titles.titled(connection, {s.method_id for s in found.values() if s})
        return {
            method_id: Namesake(
                s.method_id, named[s.method_id].name, named[s.method_id].title, method_id in same, s.common, s.either
            )
            for method_id, s in found.items()
            if s is not None
        }

    def _similar(
        self, connection: Connection, problem_id: int, proposals: Sequence[titles.TitledMethod]
    ) -> Mapping[int, SimilarTitle | None]:
        found = {}
        coming: _Coming | None = None
        for m in proposals:
            known = problem_id == self._problem_id and 0 < m.id - self._titles.last <= self._before
            if not known:
                self._titles, self._problem_id = TitlesBefore(self._before), problem_id
                first = titles.first_of(connection, problem_id, m.id, self._before)
                coming = _Coming(titles.titles_from(connection, problem_id, first))
            elif coming is None:
                coming = _Coming(titles.titles_from(connection, problem_id, self._titles.last + 1))
            for method_id, title in coming.before(m.id):
                self._titles.add(method_id, title_words(title))
            found[m.id] = self._titles.most_similar(title_words(m.title), self._share)
        return found

    def later(self, connection: Connection, problem_id: int, method_ids: Sequence[int]) -> Sequence[int]:
        """Return which methods may have to be asked anew since some of these, which are checked now, were renamed."""
        if self._share > 1:
            return ()
        found: set[int] = set()
        for method_id, method in titles.titled(connection, titles.renamed(connection, method_ids)).items():
            words = title_words(method.title)
            after = islice(titles.titles_from(connection, problem_id, method_id + 1), self._before)
            found.update(i for i, title in after if in_common(words, title_words(title)) >= self._share)
        return sorted(found)


class _Coming:
    """Titles as they come, of which those before a row id are taken."""

    def __init__(self, rows: Iterator[tuple[int, str]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def before(self, method_id: int) -> Iterator[tuple[int, str]]:
        while self._next is not None and self._next[0] < method_id:
            yield self._next
            self._next = next(self._rows, None)
