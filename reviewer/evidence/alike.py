"""Proposals that say the same, to the letter or nearly: what each is known by, how alike two are, who stand together.

Alike is meant of words alone: an idea that is told in other words is another text here, and no meaning is guessed.
"""

import heapq
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bands = NDArray[np.uint32]
    """A row of ``BANDS`` hashes for each text."""

VERSION = 1
"""Another number wherever another sketch or another measure is had of the same text."""

LEAST = 70.0
"""Two that are less alike are not kept as a pair, whatever is asked for."""

BANDS, HASHES = 16, 3
"""So many hashes stand for a text, each made of so many of the smallest of its pairs of words. Two texts that have 54 %
of their pairs in common share one of them 93 times in 100, which is what a word in thirteen changed here and there
leaves; two that have 5 % in common do once in 500."""

_SHORT = 30
"""Of a text of fewer words the words themselves are taken, since a change of one takes two of its pairs with it."""

_ALL_PAIRED = 24
_PAIRED_WITH = 8
"""Where more share a hash, as what is made from one template does, each is held against so many of them alone."""

_AT_A_TIME = 10_000
"""The pairs of so many places are made in one go."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_HAS_DIGIT = re.compile(r"\d")
_SAYING_NOTHING = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or", "the", "to",
     "using", "via", "with")
)  # fmt: skip


class Said(NamedTuple):
    """The words of a proposal: those of its title that say something, by the alphabet, and those of its text."""

    title: tuple[str, ...]
    text: tuple[str, ...]


def said_by(title: str, hypothesis: str, body: str) -> Said:
    """Return the words of a proposal, in small letters and without marks; numbers are words."""
    return Said(title_words(title), (*_words(hypothesis), *_words(body)))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def title_words(title: str) -> tuple[str, ...]:
    """Return the words of a title that say something, by the alphabet."""
    return tuple(sorted(word for word in _words(title) if word not in _SAYING_NOTHING))


def share_of_words(words: Sequence[str], others: Sequence[str]) -> float:
    """Return how many of the words of both stand in both in the same order, as a share of 100."""
    from rapidfuzz.distance import Indel

    # Each word is one symbol.
    return float(100 * Indel.normalized_similarity(words, others))


def titles_alike(words: Sequence[str], others: Sequence[str]) -> float:
    """Return how alike two titles are by their words, 0 to 100; those with other numbers in them are not at all.

    A learning rate of 0.1 and one of 0.2 are two experiments, however much else is the same.
    """
    how = share_of_words(words, others)
    if how < LEAST or how == 100 or _numbers_in(words) == _numbers_in(others):
        return how
    return 0.0


def _numbers_in(words: Sequence[str]) -> list[str]:
    return [word for word in words if _HAS_DIGIT.search(word)]


def measure(one: Said, other: Said) -> float:
    """Return how alike two proposals are, 0 to 100: the lesser of what their titles and their texts have in common.

    That is the share of the words of both that stand in both in the same order (those of titles in whatever order), by
    the indel distance of RapidFuzz; what has no words is alike to nothing.
    """
    title = titles_alike(one.title, other.title)
    if title < LEAST or not (one.title or one.text) or not (other.title or other.text):
        return 0.0
    return min(title, share_of_words(one.text, other.text))


def plain(text: str) -> str:
    """Return a text as it is held against another to the letter: blanks and line ends count as one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fingerprint(title: str, hypothesis: str, body: str, claims: Collection[str], numbers: object) -> bytes:
    """Return 16 bytes that two proposals have in common where both say the same to the letter, with the same numbers.

    ``numbers`` is whatever is told in them, in an order of its own; its ``repr`` counts.
    """
    texts = (plain(title), plain(hypothesis), plain(body), tuple(map(plain, claims)))
    return blake2b(repr((texts, numbers)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def bands_of(said: Said) -> bytes:
    """Return the hashes by which texts that are alike are found: MinHash (Broder 1997) of pairs of words, in bands."""
    import numpy as np

    words = (*said.title, *said.text)
    many = len(words) >= _SHORT
    shingles = {f"{a} {b}" for a, b in pairwise(words)} if many else {*words}
    if not shingles:
        return b""
    hashes = np.fromiter((crc32(s.encode()) for s in shingles), np.uint64, len(shingles))
    factors, offsets, mixing = _drawn()
    least = ((hashes[:, None] * factors + offsets) >> np.uint64(32)).min(axis=0)
    mixed = (least.reshape(BANDS, HASHES) * mixing).sum(axis=1, dtype=np.uint64)
    return bytes((mixed >> np.uint64(32)).astype(np.uint32).tobytes())


_numbers: "tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]] | None" = None


def _drawn() -> "tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]":
    """Return the numbers of the hash functions, the same ones for ever: they follow from their places."""
    global _numbers
    if _numbers is None:
        import numpy as np

        def drawn(what: str, n: int) -> "NDArray[np.uint64]":
            digests = (blake2b(f"{what} {i}".encode(), digest_size=8).digest() for i in range(n))
            return np.array([int.from_bytes(d, "little") | 1 for d in digests], dtype=np.uint64)

        _numbers = drawn("factor", BANDS * HASHES), drawn("offset", BANDS * HASHES), drawn("mixing", HASHES)
    return _numbers


def perhaps_alike(bands: "Bands", ranks: "NDArray[np.uint64]", fresh: "NDArray[np.bool_]") -> Iterator[tuple[int, int]]:
    """Yield the pairs of places that may be alike, of which one at least is ``fresh``, each once, the lower one first.

    ``ranks`` follow from what each says: by them those are chosen with whom all of a crowd are held against. Pairs are
    not remembered, of which there may be a hundred for each text: that one was found before is told by its hashes.
    """
    import numpy as np

    n = len(bands)
    all_paired, chosen = np.zeros(n, np.uint32), np.zeros(n, np.uint32)
    """By a bit for each hash that was gone through: who were few with it, and who of a crowd the others meet."""
    for number, band in enumerate(bands.T):
        runs = _runs_of(band, ranks)
        bit = np.uint32(1 << number)
        all_paired[runs.order[runs.small]] |= bit
        chosen[runs.order[~runs.small & (np.arange(n) - runs.begin < _PAIRED_WITH)]] |= bit
        places = np.arange(number, dtype=np.uint32)
        for ones, others in _pairs_in(runs):
            told = (all_paired[ones] | chosen[ones] | chosen[others])[:, None] >> places & 1
            before = (bands[ones, :number] == bands[others, :number]) & told.astype(bool)
            wanted = (fresh[ones] | fresh[others]) & ~before.any(axis=1)
            lower, higher = np.minimum(ones, others)[wanted], np.maximum(ones, others)[wanted]
            yield from zip(lower.tolist(), higher.tolist(), strict=True)


class _Runs(NamedTuple):
    """Places in the order of one hash: of each in that order where its run begins, and whether that is a small one."""

    order: "NDArray[np.int32]"
    begin: "NDArray[np.int32]"
    small: "NDArray[np.bool_]"


def _runs_of(band: "NDArray[np.uint32]", ranks: "NDArray[np.uint64]") -> _Runs:
    import numpy as np

    order = np.lexsort((ranks, band)).astype(np.int32)
    ordered = band[order]
    begins = np.flatnonzero(np.r_[len(band) > 0, ordered[1:] != ordered[:-1]]).astype(np.int32)
    sizes = np.diff(np.r_[begins, np.int32(len(band))])
    return _Runs(order, np.repeat(begins, sizes), np.repeat(sizes <= _ALL_PAIRED, sizes))


def _pairs_in(runs: _Runs) -> "Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]":
    """Yield pairs of those in one run: of a small run all, of a crowd each with its first ones."""
    import numpy as np

    order, begin, small = runs
    for at in range(0, len(order), _AT_A_TIME):
        here = np.arange(at, min(at + _AT_A_TIME, len(order)), dtype=np.int32)
        few, crowd = here[small[here]], here[~small[here]]
        for apart in range(1, _ALL_PAIRED):
            few = few[few + apart < len(order)]
            few = few[begin[few] == begin[few + apart]]
            if not len(few):
                break
            yield order[few], order[few + apart]
        for place in range(_PAIRED_WITH):
            first = begin[crowd] + place
            after = crowd[first < crowd]
            yield order[begin[after] + place], order[after]


@dataclass(frozen=True, slots=True)
class Group:
    """Proposals that are alike: the ``head``, and with each other one how alike it is to the head."""

    head: int
    others: Mapping[int, float]


MOST_TOGETHER = 200
"""Others that stand with one: more nobody looks through, and to judge them at once would hold up whoever waits."""


def groups(pairs: Mapping[tuple[int, int], float], keys: Mapping[int, bytes], near: float) -> list[Group]:
    """Return the groups of those that are alike by ``near`` or more, whatever the order in which the pairs come.

    The one that most are alike to takes these, then the next one of those left: so that each stands by one that it is
    alike to itself. Had whoever is alike to any of a group been taken into it, strangers would meet over a chain.
    ``keys`` follow from what each says; the least one goes first where as many are alike to several. Of more than
    ``MOST_TOGETHER`` the most alike are taken; the others stand with the next ones.
    """
    beside: dict[int, dict[int, float]] = {}
    for (one, other), how in pairs.items():
        if how >= near:
            beside.setdefault(one, {})[other] = how
            beside.setdefault(other, {})[one] = how
    waiting = [(-len(others), keys[one], one) for one, others in beside.items()]
    heapq.heapify(waiting)
    made: list[Group] = []
    while waiting:
        n, key, head = heapq.heappop(waiting)
        left = beside.get(head)
        if not left:
            continue
        if len(left) != -n:
            heapq.heappush(waiting, (-len(left), key, head))
            continue
        nearest = heapq.nsmallest(MOST_TOGETHER, left.items(), key=lambda pair: (-pair[1], keys[pair[0]]))
        made.append(Group(head, dict(sorted(nearest))))
        for gone in (head, *(other for other, _ in nearest)):
            for other in beside.pop(gone):
                if other in beside:
                    beside[other].pop(gone, None)
    return made


def connected(ids: Collection[int], neighbours: Mapping[int, Collection[int]]) -> set[int]:
    """Return all to which a chain of pairs leads from some."""
    found, left = set(ids), list(ids)
    while left:
        for other in neighbours.get(left.pop(), ()):
            if other not in found:
                found.add(other)
                left.append(other)
    return found
