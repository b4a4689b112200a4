"""What changed between two revisions of one method: its text line by line and word by word, its numbers one by one.

Pure, and bounded: whatever the texts are, the comparing ends soon. What is too much to compare line by line is shown
as one block taken out and one put in.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from reviewer.domain.methods import Measurement, Revision
from reviewer.domain.vocabulary import Setting

CONTEXT = 2
"""How many unchanged lines are shown around a change."""

MOST_WORK = 30_000_000
"""What comparing two revisions may cost at worst: pairs of equal lines (or words), times their number."""

MOST_LINES = 4_000
MOST_WORDS = 1_500
LONG_LINE = 1_500
"""Of a longer line only the changed part is shown, with so many characters around it in all."""

_AROUND = 60
_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_WORD = re.compile(r"\w+")
_MOST_PAIRED = 200
"""In a larger block that changed no line is held against its like."""

_WORDS_IN_COMMON = 0.4
"""Two lines that have less in common are not compared word by word: the pieces would say nothing."""

Sign = Literal[" ", "-", "+", "…"]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line that is in both revisions (a blank), in the old one alone (``-``) or in the new one alone (``+``).

    Of its ``parts`` those that are True are what changed. ``…`` stands for ``skipped`` lines that are in both.
    """

    sign: Sign
    parts: tuple[tuple[str, bool], ...] = ()
    skipped: int = 0

    @property
    def text(self) -> str:
        """Return the line as one text."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field of the text that changed."""

    name: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class NumberDiff:
    """A measurement that changed; None where one of the revisions has no such measurement."""

    old: Measurement | None
    new: Measurement | None

    @property
    def either(self) -> Measurement:
        """Return the new measurement, or the old one where it is gone: for what both have in common."""
        found = self.new or self.old
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class RevisionDiff:
    """All that changed between two revisions."""

    fields: tuple[FieldDiff, ...]
    numbers: tuple[NumberDiff, ...]

    @property
    def empty(self) -> bool:
        """Say whether neither text nor numbers changed."""
        return not self.fields and not self.numbers


def diff_revisions(old: Revision, new: Revision) -> RevisionDiff:
    """Return what changed from ``old`` to ``new``."""
    budget = Budget()
    texts = (
        ("title", old.title, new.title),
        ("hypothesis", old.hypothesis, new.hypothesis),
        ("claims", "\n".join(map(_one_line, old.claims)), "\n".join(map(_one_line, new.claims))),
        ("method", old.body, new.body),
    )
    fields = tuple(
        FieldDiff(name, tuple(with_context(list(diff_text(before, after, budget)))))
        for name, before, after in texts
        if before != after
    )
    return RevisionDiff(fields, tuple(diff_numbers(old.measurements, new.measurements)))


def size_of(revision: Revision) -> int:
    """Return how many characters of text there are to compare."""
    return len(revision.title) + len(revision.hypothesis) + len(revision.body) + sum(map(len, revision.claims))


class Budget:
    """What may still be spent on comparing, so that no text, however made, keeps anybody waiting."""

    def __init__(self, work: int = MOST_WORK) -> None:
        self._left = work

    def allows(self, before: Sequence[str], after: Sequence[str], most: int, *, skips_popular: bool) -> bool:
        """Say whether two sequences of at most ``most`` are compared item by item; where they are, it is spent."""
        if max(len(before), len(after)) > most:
            return False
        popular = len(after) // 100 + 1 if skips_popular and len(after) >= 200 else len(after)
        one, other = Counter(before), Counter(after)
        pairs = sum(count * other[item] for item, count in one.items() if other[item] <= popular)
        work = pairs * min(len(before), len(after))
        if work > self._left:
            return False
        self._left -= work
        return True


def diff_text(old: str, new: str, budget: Budget | None = None) -> Iterator[DiffLine]:
    """Yield every line of both texts, in order."""
    budget = Budget() if budget is None else budget
    before, after = _split(old), _split(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    yield from map(_same, before[:start])
    yield from _diff_lines(before[start : len(before) - end], after[start : len(after) - end], budget)
    yield from map(_same, before[len(before) - end :])


def with_context(lines: Sequence[DiffLine], context: int = CONTEXT) -> Iterator[DiffLine]:
    """Yield the changed lines and ``context`` lines around each; one line stands for those left out between."""
    near = [False] * len(lines)
    for number, line in enumerate(lines):
        if line.sign != " ":
            for place in range(max(0, number - context), min(len(lines), number + context + 1)):
                near[place] = True
    left_out = 0
    for number, line in enumerate(lines):
        alone = 0 < number < len(lines) - 1 and near[number - 1] and near[number + 1]
        if near[number] or alone:
            if left_out:
                yield DiffLine("…", skipped=left_out)
                left_out = 0
            yield _shortened(line) if line.sign == " " else line
        else:
            left_out += 1
    if left_out:
        yield DiffLine("…", skipped=left_out)


def diff_numbers(old: Sequence[Measurement], new: Sequence[Measurement]) -> Iterator[NumberDiff]:
    """Yield the measurements that changed, those of the new revision first and in its order.

    Two are of the same thing when metric, dataset, setting, split and subset are the same. The setting is left out
    of what can change: the person who imports says it, not the file.
    """
    before: dict[Hashable, list[Measurement]] = defaultdict(list)
    for measurement in old:
        before[_thing(measurement)].append(measurement)
    matched = [before[key].pop(_best(each, before[key])) if before[key := _thing(each)] else None for each in new]
    for was, now in zip(matched, new, strict=True):
        if was is None or was._replace(setting=Setting.UNKNOWN) != now._replace(setting=Setting.UNKNOWN):
            yield NumberDiff(was, now)
    for rest in before.values():
        for gone in rest:
            yield NumberDiff(gone, None)


def _thing(each: Measurement) -> Hashable:
    return each.metric, each.dataset, each.setting, each.split, each.subset


def _best(wanted: Measurement, candidates: Sequence[Measurement]) -> int:
    """Return the place of the measurement that is the same, or has the same basis and source, or is the first."""
    same = (
        lambda each: each == wanted,
        lambda each: (each.basis, each.source) == (wanted.basis, wanted.source),
        lambda each: each.basis == wanted.basis,
    )
    return next((i for fits in same for i, each in enumerate(candidates) if fits(each)), 0)


def _diff_lines(before: list[str], after: list[str], budget: Budget) -> Iterator[DiffLine]:
    if not budget.allows(before, after, MOST_LINES, skips_popular=True):
        yield from _replaced(before, after)
        return
    for tag, a, a_end, b, b_end in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            yield from map(_same, before[a:a_end])
        else:
            yield from _diff_block(before[a:a_end], after[b:b_end], budget)


def _diff_block(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[DiffLine]:
    """Yield a block that changed; a line that has most of its words in common with a new one stands beside it."""
    at = passed = 0
    if max(len(before), len(after)) <= _MOST_PAIRED:
        words = [set(_WORD.findall(line)) for line in after]
        for number, line in enumerate(before):
            mine = set(_WORD.findall(line))
            found = next((i for i in range(at, len(after)) if mine and _alike(mine, words[i])), None)
            if found is not None:
                yield from _replaced(before[passed:number], after[at:found])
                yield from _diff_words(line, after[found], budget)
                at, passed = found + 1, number + 1
    yield from _replaced(before[passed:], after[at:])


def _alike(one: set[str], other: set[str]) -> bool:
    return 2 * len(one & other) >= max(len(one), len(other))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    yield from (_shortened(DiffLine("-", ((line, True),))) for line in before)
    yield from (_shortened(DiffLine("+", ((line, True),))) for line in after)


def _diff_words(before: str, after: str, budget: Budget) -> Iterator[DiffLine]:
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    # Back to where a word begins or ends, so that a change shows the word and not a letter of it.
    while start and _within_word(before, start):
        start -= 1
    while end and _within_word(before, len(before) - end):
        end -= 1
    head, tail = before[:start], before[len(before) - end :]
    one, other = _WORDS.findall(before[start : len(before) - end]), _WORDS.findall(after[start : len(after) - end])
    old_parts: list[tuple[str, bool]] = [(head, False)]
    new_parts: list[tuple[str, bool]] = [(head, False)]
    if not budget.allows(one, other, MOST_WORDS, skips_popular=False):
        old_parts.append(("".join(one), True))
        new_parts.append(("".join(other), True))
    else:
        for tag, a, a_end, b, b_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
            old_parts.append(("".join(one[a:a_end]), tag != "equal"))
            new_parts.append(("".join(other[b:b_end]), tag != "equal"))
    old_parts.append((tail, False))
    new_parts.append((tail, False))
    kept = sum(len(text.strip()) for text, changed in old_parts if not changed)
    if kept < _WORDS_IN_COMMON * min(len(before.strip()), len(after.strip())):
        old_parts, new_parts = [(before, True)], [(after, True)]
    yield _shortened(DiffLine("-", _merged(old_parts)))
    yield _shortened(DiffLine("+", _merged(new_parts)))


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _merged(parts: Sequence[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    merged: list[tuple[str, bool]] = []
    for text, changed in parts:
        if text and merged and merged[-1][1] == changed:
            merged[-1] = (merged[-1][0] + text, changed)
        elif text:
            merged.append((text, changed))
    return tuple(merged)


def _shortened(line: DiffLine) -> DiffLine:
    """Return a long line with what is the same cut out, and what changed cut down."""
    if len(line.text) <= LONG_LINE:
        return line
    parts = []
    room = LONG_LINE
    for number, (text, changed) in enumerate(line.parts):
        around = _AROUND if len(line.parts) > 1 else LONG_LINE // 2
        kept = text
        if changed and len(text) > room:
            kept = f"{text[:room]}… ({len(text):,} characters)"
        elif not changed and len(text) > 2 * around:
            head = text[:around] if number else ""
            tail = text[-around:] if number < len(line.parts) - 1 else ""
            kept = f"{head} … {tail}" if head or tail else text[:LONG_LINE] + " …"
        room = max(0, room - len(kept))
        parts.append((kept, changed))
        if not room and number < len(line.parts) - 1:
            parts.append((" …", False))
            break
    return replace(line, parts=tuple(parts))


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )


def _same(line: str) -> DiffLine:
    return DiffLine(" ", ((line, False),) if line else ())


def _split(text: str) -> list[str]:
    return text.split("\n") if text else []


def _one_line(text: str) -> str:
    return " ".join(text.split())
