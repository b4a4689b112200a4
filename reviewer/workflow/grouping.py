"""Finding which proposals say the same, to the letter or nearly: after an import, and in the open app, step by step.

Each step holds the write lock for a moment at most, and what a step has written stays, so that it can be left at any.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import TYPE_CHECKING

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
    sketches_beyond,
    sketches_of,
    texts_of,
    titles_of,
    waits_for_sketches,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SKETCHED_AT_ONCE = 200
"""Their sketches are made in some 20 ms, and written in less than one."""

READ_AT_ONCE = 5_000
"""Sketches that are read in one step."""

HELD_AT_ONCE = 400
"""Pairs of which it is found out in one step how alike they are: some 20 ms, with the texts to be read."""

WRITTEN_AT_ONCE = 500

TEXTS_KEPT, TITLES_KEPT = 1_000, 50_000
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
        found = _Sketches(fresh)
        while found.read_some(self._store):
            yield
        touched = set(found.fresh_ids())
        sets = found.same()
        while some := list(islice(sets, WRITTEN_AT_ONCE)):
            with self._store.write(durable=False) as connection:
                self.found |= bool(alike.write_sightings(connection, some))
            yield
        with self._store.write(durable=False) as connection:
            touched |= alike.drop_pairs_of_sightings(connection)
            hidden = alike.all_sightings(connection)
        yield from self._find_pairs(found, hidden)
        yield from self._group(touched, everything=not fresh.beyond)
        with self._store.write(durable=False) as connection:
            alike.end_matching(connection, fresh.to)

    def _find_pairs(self, found: "_Sketches", hidden: Collection[int]) -> Steps:
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

    def _group(self, touched: set[int], *, everything: bool) -> Steps:
        with self._store.read() as connection:
            pairs = alike.all_pairs(connection)
            if everything:
                touched.update(i for pair in pairs for i in pair)
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


class _Sketches:
    """The sketches of what is fresh, and of what has anything in common with it, as arrays: a row for each."""

    def __init__(self, fresh: alike.Fresh) -> None:
        self._fresh = fresh
        self._last = 0
        self._kept: list[_Rows] = []
        self._wanted: _Wanted | None = None

    def read_some(self, store: Store) -> bool:
        """Read some more; return whether there are more."""
        with store.read() as connection:
            if self._wanted is None and self._fresh.beyond:
                self._wanted = _Wanted(_rows(self._fresh_rows(connection)))
                return True
            found = sketches_beyond(connection, self._last, READ_AT_ONCE)
        if not found:
            return False
        self._last = found[-1][0]
        rows = _rows(found)
        self._kept.append(rows if self._wanted is None else rows.where(self._wanted.has_in_common(rows)))
        return True

    def _fresh_rows(self, connection: Connection) -> Sequence[Sketch]:
        return [
            *sketches_of(connection, self._fresh.changed),
            *sketches_beyond(connection, self._fresh.beyond, -1),
        ]

    def _all(self) -> "_Rows":
        if len(self._kept) != 1:
            self._kept = [_joined(self._kept)]
        return self._kept[0]

    def fresh_ids(self) -> list[int]:
        """Return the row ids of what is fresh."""
        rows = self._all()
        found: list[int] = rows.ids[self._is_fresh(rows)].tolist()
        return found

    def _is_fresh(self, rows: "_Rows") -> "NDArray[np.bool_]":
        import numpy as np

        changed = np.fromiter(self._fresh.changed, np.int64, len(self._fresh.changed))
        return (rows.ids > self._fresh.beyond) | np.isin(rows.ids, changed)

    def same(self) -> Iterator[list[int]]:
        """Yield the sets of those that say the same to the letter, of which one at least is fresh, in one problem."""
        import numpy as np

        rows = self._all()
        fresh = self._is_fresh(rows)
        order = np.lexsort((rows.ids, rows.prints[:, 1], rows.prints[:, 0], rows.problems))
        key = np.column_stack((rows.problems.astype(np.uint64), rows.prints))[order]
        begins = np.flatnonzero(np.r_[len(key) > 0, (key[1:] != key[:-1]).any(axis=1)])
        ends = np.r_[begins[1:], len(key)] if len(key) else begins
        counted = np.r_[0, np.cumsum(fresh[order])]
        several = (ends - begins > 1) & (counted[ends] > counted[begins])
        for begin, end in zip(begins[several], ends[several], strict=True):
            yield rows.ids[order[begin:end]].tolist()

    def perhaps_alike(self, sightings: Collection[int]) -> Iterator[tuple[int, int]]:
        """Yield the row ids of pairs that may be alike, none of them a ``sighting``, one of them fresh."""
        import numpy as np

        rows = self._all()
        hidden = np.fromiter(sightings, np.int64, len(sightings))
        rows = rows.where(rows.has_words & ~np.isin(rows.ids, hidden))
        for problem_id in np.unique(rows.problems):
            own = rows.where(rows.problems == problem_id)
            ids = own.ids.tolist()
            for one, other in wording.perhaps_alike(own.bands, own.prints[:, 0], self._is_fresh(own)):
                yield ids[one], ids[other]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Sketches as arrays: row ids, problems, fingerprints in two halves, hashes, and whether there are any words."""

    ids: "NDArray[np.int64]"
    problems: "NDArray[np.int64]"
    prints: "NDArray[np.uint64]"
    bands: "NDArray[np.uint32]"
    has_words: "NDArray[np.bool_]"

    def where(self, which: "NDArray[np.bool_]") -> "_Rows":
        return _Rows(*(getattr(self, f.name)[which] for f in fields(self)))


def _rows(found: Sequence[Sketch]) -> _Rows:
    import numpy as np

    n, none = len(found), bytes(4 * wording.BANDS)
    return _Rows(
        np.fromiter((s.method_id for s in found), np.int64, n),
        np.fromiter((s.problem_id for s in found), np.int64, n),
        # The first letters count most, whatever the machine: whom a crowd is held against follows from it.
        np.frombuffer(b"".join(s.fingerprint for s in found), ">u8").astype(np.uint64).reshape(n, 2),
        np.frombuffer(b"".join(s.bands or none for s in found), "<u4").astype(np.uint32).reshape(n, wording.BANDS),
        np.fromiter((bool(s.bands) for s in found), np.bool_, n),
    )


def _joined(parts: Sequence[_Rows]) -> _Rows:
    import numpy as np

    if not parts:
        return _rows(())
    return _Rows(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_Rows)))


class _Wanted:
    """What is fresh, by which other sketches are asked whether they have anything in common with any of it."""

    def __init__(self, fresh: _Rows) -> None:
        import numpy as np

        self._ids = fresh.ids
        self._prints = np.unique(fresh.prints[:, 0])
        self._bands = [np.unique(band) for band in fresh.bands[fresh.has_words].T]

    def has_in_common(self, rows: _Rows) -> "NDArray[np.bool_]":
        import numpy as np

        found = np.isin(rows.ids, self._ids) | np.isin(rows.prints[:, 0], self._prints)
        for band, wanted in zip(rows.bands.T, self._bands, strict=True):
            found |= np.isin(band, wanted) & rows.has_words
        return found
