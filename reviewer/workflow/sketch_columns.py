"""Sketches in columns, as proposals are held against one another: which say the same, and which perhaps nearly so.

Of a million the columns take a hundred megabytes, and nothing else grows with them: pairs are handed on as they are
found, and what has nothing in common with what is fresh is not kept.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.evidence import alike as wording
from reviewer.store.alike import Fresh
from reviewer.store.connection import Store
from reviewer.store.sketches import Sketch, sketches_beyond, sketches_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ_AT_ONCE = 5_000
"""Sketches that are read in one step."""


class Sketches:
    """The sketches of what is fresh, and of what has anything in common with it, as arrays: a row for each."""

    def __init__(self, fresh: Fresh) -> None:
        self._fresh = fresh
        self._last = 0
        self._kept = _Kept()
        self._rows: Rows | None = None
        fresh_at_most = fresh.to - fresh.beyond + len(fresh.changed)
        self._wanted = _Wanted() if fresh_at_most < fresh.beyond // 2 else None
        """None where what is fresh is so much that all are read."""
        self._asks = self._wanted is not None

    def read_some(self, store: Store) -> bool:
        """Read some more; return whether there are more."""
        if self._asks and self._wanted is not None:
            self._asks = self._ask_some(store, self._wanted)
            return True
        with store.read() as connection:
            found = sketches_beyond(connection, self._last, READ_AT_ONCE)
        if not found:
            self._rows = self._kept.rows()
            return False
        self._last = found[-1][0]
        rows = _rows(found)
        self._kept.add(rows if self._wanted is None else rows.where(self._wanted.has_in_common(rows)))
        return True

    def _ask_some(self, store: Store, wanted: "_Wanted") -> bool:
        with store.read() as connection:
            if not wanted.last:
                wanted.add(_rows(sketches_of(connection, self._fresh.changed)))
            found = sketches_beyond(connection, max(wanted.last, self._fresh.beyond), READ_AT_ONCE)
        if not found:
            wanted.close()
            return False
        wanted.add(_rows(found))
        wanted.last = found[-1][0]
        return True

    def _all(self) -> "Rows":
        if self._rows is None:
            raise RuntimeError("sketches are asked for before they are read")
        return self._rows

    def _is_fresh(self, rows: "Rows") -> "NDArray[np.bool_]":
        import numpy as np

        changed = np.fromiter(self._fresh.changed, np.int64, len(self._fresh.changed))
        return (rows.ids > self._fresh.beyond) | np.isin(rows.ids, changed)

    def same(self) -> Iterator[list[int]]:
        """Yield the sets of those that say the same to the letter, of which one at least is fresh, in one problem."""
        import numpy as np

        rows = self._all()
        # By half of the fingerprint first, which hardly two have in common that have not the whole.
        order = np.argsort(rows.prints[:, 0], kind="stable")
        half = rows.prints[order, 0]
        as_before = np.r_[np.zeros(min(1, len(half)), bool), half[1:] == half[:-1]]
        own = rows.where(order[as_before | np.r_[as_before[1:], np.zeros(min(1, len(half)), bool)]])
        fresh = self._is_fresh(own)
        order = np.lexsort((own.ids, own.prints[:, 1], own.prints[:, 0], own.problems))
        key = np.column_stack((own.problems.astype(np.uint64), own.prints))[order]
        begins = np.flatnonzero(np.r_[len(key) > 0, (key[1:] != key[:-1]).any(axis=1)])
        ends = np.r_[begins[1:], len(key)] if len(key) else begins
        counted = np.r_[0, np.cumsum(fresh[order])]
        several = (ends - begins > 1) & (counted[ends] > counted[begins])
        for begin, end in zip(begins[several], ends[several], strict=True):
            yield own.ids[order[begin:end]].tolist()

    def perhaps_alike(self, sightings: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the row ids of pairs that may be alike, none of them a ``sighting``, one of them fresh."""
        import numpy as np

        rows = self._all()
        shown = rows.has_words & ~np.isin(rows.ids, np.asarray(sightings, np.int64))
        for problem_id in np.unique(rows.problems[shown]):
            asked = shown & (rows.problems == problem_id)
            # Of one problem alone, as most stores are, nothing is copied.
            own = rows if asked.all() else rows.where(asked)
            for one, other in wording.perhaps_alike(own.bands, own.prints[:, 0], self._is_fresh(own)):
                yield int(own.ids[one]), int(own.ids[other])


class Rows(NamedTuple):
    """Sketches as arrays: row ids, problems, fingerprints in two halves, hashes, and whether there are any words."""

    ids: "NDArray[np.int64]"
    problems: "NDArray[np.int32]"
    prints: "NDArray[np.uint64]"
    bands: "NDArray[np.uint32]"
    has_words: "NDArray[np.bool_]"

    def where(self, which: "NDArray[np.bool_] | NDArray[np.int64]") -> "Rows":
        """Return those of a mask, or at places."""
        return Rows(*(getattr(self, name)[which] for name in self._fields))


class _Kept:
    """Sketches that are read piece by piece, in buffers that grow where they are: a second time there is no room."""

    def __init__(self) -> None:
        self._buffers = tuple(bytearray() for _ in Rows._fields)

    def add(self, rows: Rows) -> None:
        """Add some."""
        for buffer, name in zip(self._buffers, Rows._fields, strict=True):
            buffer += getattr(rows, name).tobytes()

    def rows(self) -> Rows:
        """Return all; none can be added any more."""
        import numpy as np

        def column(name: str, buffer: bytearray) -> Any:
            like = getattr(none, name)
            return np.frombuffer(buffer, like.dtype).reshape(-1, *like.shape[1:])

        none = _rows(())
        return Rows(*map(column, Rows._fields, self._buffers))


def _rows(found: Sequence[Sketch]) -> Rows:
    import numpy as np

    n, none = len(found), bytes(4 * wording.BANDS)
    return Rows(
        np.fromiter((s.method_id for s in found), np.int64, n),
        np.fromiter((s.problem_id for s in found), np.int32, n),
        # The first letters count most, whatever the machine: whom a crowd is held against follows from it.
        np.frombuffer(b"".join(s.fingerprint for s in found), ">u8").astype(np.uint64).reshape(n, 2),
        np.frombuffer(b"".join(s.bands or none for s in found), "<u4").astype(np.uint32).reshape(n, wording.BANDS),
        np.fromiter((bool(s.bands) for s in found), np.bool_, n),
    )


class _Wanted:
    """What is fresh, by which other sketches are asked whether they have anything in common with any of it."""

    def __init__(self) -> None:
        self.last = 0
        """Up to which row id it is known."""
        self._fresh = _Kept()
        self._ids: NDArray[np.int64]
        self._prints: NDArray[np.uint64]
        self._bands: list[NDArray[np.uint32]]

    def add(self, fresh: Rows) -> None:
        """Add some of what is fresh."""
        self._fresh.add(fresh)

    def close(self) -> None:
        """Have others asked from now on: all that is fresh was added."""
        import numpy as np

        rows = self._fresh.rows()
        self._ids = rows.ids
        self._prints = np.unique(rows.prints[:, 0])
        self._bands = [np.unique(band) for band in rows.bands[rows.has_words].T]

    def has_in_common(self, rows: Rows) -> "NDArray[np.bool_]":
        """Return which of some have."""
        import numpy as np

        found = np.isin(rows.ids, self._ids) | np.isin(rows.prints[:, 0], self._prints)
        for band, wanted in zip(rows.bands.T, self._bands, strict=True):
            found |= np.isin(band, wanted) & rows.has_words
        return found
