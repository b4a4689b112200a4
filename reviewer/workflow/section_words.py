"""Sections of statistics as they are told: figures in cells, what is missing in one line, and no caution twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain.counted import counted
from reviewer.domain.numbers import MINUS, limit
from reviewer.domain.vocabulary import Protocol
from reviewer.judgement.enough import FROM, missing
from reviewer.judgement.estimates import Estimate
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

DASH = "—"


def heading_of(section: Section) -> str:
    """Return what a section is about, in a few words."""
    of = section.of
    named = {
        SectionKind.RECORD: "judged and resolved",
        SectionKind.PACE: "how far, and how fast",
        SectionKind.VERDICTS: f"verdicts by {of}",
        SectionKind.MINUTES: "minutes a proposal",
        SectionKind.FORECASTS: f"forecasts of {of or 'all'}",
        SectionKind.DIFFERENCES: "differences of two reviewers",
        SectionKind.AGGREGATION: f"aggregates by the {of}",
        SectionKind.AGREEMENT: f"agreement on {of}",
        SectionKind.SCALES: f"judged elsewhere: {of}",
        SectionKind.REVEALS: f"what seeing more changed for {of or 'all'}",
        SectionKind.CRITIQUES: f"what changed after Claude's questions for {of or 'all'}",
        SectionKind.SURVIVAL: f"survival by {of}",
    }
    return named.get(section.kind, f"{section.kind}{f': {of}' if of else ''}")


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section as it is told: the figures that have a value, one line of what is missing, the rest in sentences."""

    section: Section
    figures: tuple[Estimate, ...]
    missing: str
    sentences: tuple[str, ...]


def told_sections(sections: Iterable[Section]) -> Iterator[ToldSection]:
    """Yield sections as they are told one after the other: what one of them has said no later one says again."""
    said: set[str] = set()
    for section in sections:
        yield told_section(section, said)


def told_section(section: Section, said: set[str]) -> ToldSection:
    """Return a section as it is told where the sentences in ``said`` have been; its own are added to them."""
    figures = [one for one in section.figures if not _is_nothing_left_out(one)]
    valued = tuple(one for one in figures if one.value is not None)
    sentences: list[str] = []
    for told in (*(one.caution for one in valued), *section.sentences):
        # What a figure shares with one before it stands in front of what is its own.
        sentence = next((told.removeprefix(f"{before} ") for before in said if told.startswith(f"{before} ")), told)
        if sentence and sentence not in said:
            said.add(sentence)
            sentences.append(_without(sentences, sentence))
    missing = _missing(figures)
    if not (sentences or valued or missing):
        # It would be a heading alone.
        sentences = list(section.sentences)
    return ToldSection(section, valued, missing, tuple(sentences))


def _without(told: Sequence[str], sentence: str) -> str:
    """Return what a caution says beyond those that it repeats: that of a slope has that of the figures beside it."""
    for one in told:
        if sentence.endswith(f" {one}"):
            sentence = sentence.removesuffix(f" {one}")
    return sentence


def _is_nothing_left_out(figure: Estimate) -> bool:
    """Return whether a figure counts forecasts that are left out, or told apart, and finds none."""
    return figure.value == 0 and figure.name.startswith(("left out: ", "scored, "))


def _missing(figures: Sequence[Estimate]) -> str:
    """Return in one line which figures or intervals are not there, and why."""
    waiting: dict[int, list[str]] = defaultdict(list)
    reasons: dict[str, list[str]] = defaultdict(list)
    have = 0
    for figure in figures:
        if not figure.reason:
            continue
        name = figure.name if figure.value is None else f"the interval of {figure.name}"
        threshold = _threshold(figure)
        if threshold is None:
            reasons[figure.reason].append(name)
        else:
            have = figure.n
            waiting[threshold].append(name)
    parts = []
    if waiting:
        steps = "; ".join(f"from {n:,} outcomes on {_listed(waiting[n])}" for n in sorted(waiting))
        parts.append(f"{steps[0].upper()}{steps[1:]}: there {'is' if have == 1 else 'are'} {counted(have, 'outcome')}.")
    for reason, names in reasons.items():
        named = len(figures) > len(names) or any(one.value is not None for one in figures)
        parts.append(f"{_listed(names)}: {reason}" if named else reason)
    return " ".join(f"{part[0].upper()}{part[1:]}" for part in parts)


def _threshold(figure: Estimate) -> int | None:
    """Return from how many outcomes on a figure is there, where it waits for those alone."""
    return next(
        (least for each, least in FROM.items() if figure.reason.endswith(missing(each, figure.n) or "\n")), None
    )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def cells_of(figure: Estimate) -> tuple[str, str, str, str, str]:
    """Return a figure's name, value, interval, n and method; none of it is made safe."""
    low_high = figure.limits
    fine = (low_high[1] - low_high[0]) / 4 if low_high else None
    if isinstance(figure.value, int) and low_high is not None:
        low_high, fine = (int(low_high[0]), int(low_high[1])), None
    interval = "" if low_high is None else f"{number_words(low_high[0], fine)} to {number_words(low_high[1], fine)}"
    value = DASH if figure.value is None else number_words(figure.value, fine)
    if figure.value is not None and figure.name.startswith("p of ") and figure.value < _LEAST_P:
        value = f"below {_LEAST_P}"
    return figure.name, value, interval, counted(figure.n, figure.of), figure.method


_LEAST_P = 0.001


def number_words(value: float, fine: float | None = None) -> str:
    """Return a number as everywhere, with a true minus; a count as one, and no limit as 0 that is not."""
    text = f"{value:,}" if isinstance(value, int) else limit(value, fine).removeprefix("+")
    return text.replace("-", MINUS)


def scope_words(judged: int, viewer: Viewer, protocol: Protocol) -> str:
    """Return in a sentence whose judgements are counted, where the viewer sees others' of so many proposals."""
    if viewer.everyone:
        return "What all hold is counted, of every proposal: who has read this judges them blind no more."
    if protocol is Protocol.OPEN:
        return "This problem is judged open: what all hold is counted, of every proposal."
    if not viewer.name:
        return (
            "Nobody is named, so that no judgement is counted; --reviewer says who you are, --everyone counts what all "
            "hold."
        )
    sealed = protocol is Protocol.SEALED
    if not judged:
        done = "come to the last stage of no proposal here" if sealed else "given no verdict here"
        return f"{viewer.name} has {done} yet, so that nothing of others is counted."
    done = "come to the last stage of" if sealed else "given a verdict"
    return (
        f"As {viewer.name} may see it: of others what they hold of the {counted(judged, 'proposal')} that "
        f"{viewer.name} has {done}."
    )
