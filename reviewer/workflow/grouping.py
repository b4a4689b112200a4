"""Finding which proposals say the same, to the letter or nearly: after an import, and in the open app, step by step.

Each step holds the write lock for a moment at most, and what a step has written stays, so that it can be left at any.
"""

from collections.abc import Callable, Generator, Sequence
from itertools import islice

from reviewer.domain.alike import NEAR
from reviewer.evidence import alike as wording
from reviewer.store import alike
from reviewer.store.connection import Store
from reviewer.store.imports import data_version
from reviewer.store.sketches import (
    Connection,
    Content,
    Sketch,
    contents_of,
    count_ungrouped,
    grouping_state,
    keep_sketches,
    set_grouping_state,
    texts_of,
    titles_of,
    waits_for_sketches,
)
from reviewer.workflow.sketch_columns import Sketches

SKETCHED_AT_ONCE = 200
"""Their sketches are made in some 20 ms, and written in less than one."""

HELD_AT_ONCE = 400
"""Pairs of which it is found out in one step how alike they are: some 20 ms, with the texts to be read."""

WRITTEN_AT_ONCE = 500

TEXTS_KEPT, TITLES_KEPT = 1_000, 20_000
"""The words of so many texts, and of so many titles, are kept at most."""

Steps = Generator[None, None, None]


class Grouping:
    """Finds it out for one store, by how alike is near. Used by one thread at a time."""

    def __init__(self, store: Store, near: float = NEAR) -> None:
        self._store = store
        self._near = near
        self.stamp = f"{wording.VERSION} {near:g}"
        """Under which what it finds is kept: another one wherever something else may be found."""
        self._steps: Steps | None = None
        self.found = False
        """Whether anything was found that was not known before."""

    def waiting(self) -> int:
        """Return how many methods wait to be held against others.

        Raises:
            StoreError: when the store cannot be read.
        """
        with self._store.read() as connection:
            state = grouping_state(connection)
            if state.stamp and state.stamp != self.stamp:
                return max(1, state.sketched_to)
            return count_ungrouped(connection)

    def step(self) -> bool:
        """Do a step of what waits; return whether there may be more.

        Raises:
            StoreError: when the store cannot be read or written; what was written before stays.
        """
        if self._steps is None:
            self._steps = self._all()
        try:
            next(self._steps)
        except StopIteration:
            self._steps = None
            return False
        except BaseException:
            self._steps = None
            raise
        return True

    def _all(self) -> Steps:
        self._begin()
        while self.waiting():
            while self._sketch_some():
                yield
            yield from self._match()

    def _begin(self) -> None:
        """Have everything sketched anew where that was done in another way."""
        with self._store.read() as connection:
            stamp = grouping_state(connection).stamp
        if stamp and stamp.split()[0] != str(wording.VERSION):
            with self._store.write(durable=False) as connection:
                set_grouping_state(connection, grouping_state(connection)._replace(sketched_to=0))

    def _sketch_some(self) -> int:
        with self._store.read() as connection:
            ids, to = waits_for_sketches(connection, SKETCHED_AT_ONCE)
            version = data_version(connection)
            made = [_sketch(content) for content in contents_of(connection, ids)]
        if not ids:
            return 0
        with self._store.write(durable=False) as connection:
            if data_version(connection) != version:
                # Somebody else may have written another text meanwhile.
                ids, to = waits_for_sketches(connection, SKETCHED_AT_ONCE)
                made = [_sketch(content) for content in contents_of(connection, ids)]
            keep_sketches(connection, ids, made, to)
        return len(ids)

    def _match(self) -> Steps:
        with self._store.write(durable=False) as connection:
            fresh = alike.begin_matching(connection, self.stamp)
        yield
        found = Sketches(fresh)
        while found.read_some(self._store):
            yield
        sets = found.same()
        while some := list(islice(sets, WRITTEN_AT_ONCE)):
            with self._store.write(durable=False) as connection:
                self.found |= bool(alike.write_sightings(connection, some))
            yield
        with self._store.write(durable=False) as connection:
            touched = alike.drop_pairs_of_sightings(connection)
            hidden = alike.all_sightings(connection)
        yield from self._find_pairs(found, hidden)
        yield from self._group(touched, fresh)
        with self._store.write(durable=False) as connection:
            alike.end_matching(connection, fresh.to)

    def _find_pairs(self, found: Sketches, hidden: Sequence[int]) -> Steps:
        titles, said = _Titles(), _Texts()
        pairs = found.perhaps_alike(hidden)
        while some := list(islice(pairs, HELD_AT_ONCE)):
            with self._store.read() as connection:
                # Texts are read of those few alone whose titles are alike.
                said.read(connection, titles.of_alike(connection, some))
            made = {}
            for one, other in some:
                if one in said.of and other in said.of:
                    how = wording.measure(said.of[one], said.of[other])
                    if how >= wording.LEAST:
                        made[min(one, other), max(one, other)] = round(how, 2)
            if made:
                with self._store.write(durable=False) as connection:
                    alike.keep_pairs(connection, made)
            yield

    def _group(self, touched: set[int], fresh: alike.Fresh) -> Steps:
        """Group those anew that were touched, and what is fresh and stands in a pair, or stood in a group."""
        with self._store.read() as connection:
            pairs = alike.all_pairs(connection)
            touched.update(i for pair in pairs for i in pair if i > fresh.beyond or i in fresh.changed)
            touched |= alike.fresh_in_groups(connection, fresh)
            touched |= alike.group_mates(connection, touched)
        near = {pair: how for pair, how in pairs.items() if how >= self._near}
        beside: dict[int, list[int]] = {}
        for one, other in near:
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
        yield
        whole = wording.connected(touched, beside)
        near = {pair: how for pair, how in near.items() if pair[0] in whole}
        in_pairs = {i for pair in near for i in pair}
        with self._store.read() as connection:
            keys = alike.fingerprints_of(connection, in_pairs)
        near = {pair: how for pair, how in near.items() if pair[0] in keys and pair[1] in keys}
        made = wording.groups(near, keys, self._near)
        with self._store.write(durable=False) as connection:
            self.found |= alike.write_groups(connection, whole, [(g.head, g.others) for g in made])
        yield


def group_all(store: Store, near: float = NEAR, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Hold all that waits against the others, step by step, until ``cancelled``.

    Raises:
        StoreError: when the store cannot be read or written; what was written before stays.
    """
    grouping = Grouping(store, near)
    while not cancelled() and grouping.step():
        pass


def _sketch(content: Content) -> Sketch:
    said = wording.said_by(content.title, content.hypothesis, content.body)
    digest = wording.fingerprint(content.title, content.hypothesis, content.body, content.claims, content.numbers)
    return Sketch(content.method_id, content.problem_id, digest, wording.bands_of(said))


class _Titles:
    """The words of the titles that were needed last."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[str, ...]] = {}

    def of_alike(self, connection: Connection, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of some pairs whose titles are alike."""
        wanted = {i for pair in pairs for i in pair}
        if len(self._of) > TITLES_KEPT:
            self._of = {i: words for i, words in self._of.items() if i in wanted}
        for method_id, title in titles_of(connection, sorted(wanted - self._of.keys())):
            self._of[method_id] = wording.title_words(title)
        return [
            (one, other)
            for one, other in pairs
            if one in self._of
            and other in self._of
            and wording.titles_alike(self._of[one], self._of[other]) >= wording.LEAST
        ]


class _Texts:
    """The words of proposals that were needed last."""

    def __init__(self) -> None:
        self.of: dict[int, wording.Said] = {}

    def read(self, connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
        """Have the words of all that stand in some pairs; one that is gone has none."""
        wanted = {i for pair in pairs for i in pair}
        if len(self.of) > TEXTS_KEPT:
            self.of = {i: said for i, said in self.of.items() if i in wanted}
        for method_id, title, hypothesis, body in texts_of(connection, sorted(wanted - self.of.keys())):
            self.of[method_id] = wording.said_by(title, hypothesis, body)
