"""Sections of statistics as parts of a page, as the insights screen and the report show them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reviewer.domain.vocabulary import Verdict
from reviewer.exports.pages import (
    Bar,
    Bars,
    Box,
    Boxes,
    Column,
    CurvePoint,
    PairPoint,
    Part,
    Plot,
    Reliability,
    Scatter,
    Table,
)
from reviewer.judgement.corp import BAND
from reviewer.judgement.estimates import Estimate
from reviewer.workflow.section_words import ToldSection, cells_of, heading_of, number_words, told_section
from reviewer.workflow.statistic_sections import Section, SectionKind

VERDICTS = (Verdict.SURVIVES, Verdict.CONDITIONAL, Verdict.FAILS, Verdict.CANNOT_TELL)
"""In the order in which they are told."""

VERDICT_WORDS = tuple(verdict.replace("_", " ") for verdict in VERDICTS)

_FIGURES = (Column("figure"), Column("value", True), Column("95 % interval", True), Column("n", True), Column("method"))


def parts_of(sections: Iterable[Section], said: set[str] | None = None) -> Iterator[Part]:
    """Yield the parts in the order of the sections; those of agreement are one.

    No sentence is said twice: ``said`` has what was told before, and what is told is added to it.
    """
    said = set() if said is None else said
    agreement: list[Section] = []
    for section in sections:
        if section.kind is SectionKind.AGREEMENT:
            agreement.append(section)
            continue
        if agreement:
            yield _agreement_part(agreement, said)
            agreement = []
        yield part_of(section, said)
    if agreement:
        yield _agreement_part(agreement, said)


def part_of(section: Section, said: set[str]) -> Part:
    """Return a section as a part; ``said`` has the sentences that were told before."""
    told = told_section(section, said)
    plot, caption = _plot(section)
    return Part(_heading(section), plot, caption, tuple(_tables(told)), _missing(told), told.sentences)


def _heading(section: Section) -> str:
    heading = heading_of(section)
    return f"{heading[0].upper()}{heading[1:]}"


def _missing(told: ToldSection) -> tuple[str, ...]:
    return (told.missing,) if told.missing else ()


def _tables(told: ToldSection) -> Iterator[Table]:
    section = told.section
    if told.figures:
        yield Table(_FIGURES, tuple(cells_of(figure) for figure in told.figures))
    if section.verdicts:
        rows = [(each.group, *(f"{each.counts.get(v, 0):,}" for v in VERDICTS), f"{sum(each.counts.values()):,}")
                for each in section.verdicts]  # fmt: skip
        columns = (Column(section.of), *(Column(word, True) for word in (*VERDICT_WORDS, "all")))
        yield Table(columns, tuple(rows))
    if section.spreads:
        names = ("lower quartile", "median", "upper quartile", "n")
        rows = [(each.name, *(number_words(round(x, 1), 0.5) for x in (each.lower, each.median, each.upper)),
                 f"{each.n:,}") for each in section.spreads]  # fmt: skip
        yield Table((Column("verdict"), *(Column(name, True) for name in names)), tuple(rows))
    if section.listed:
        rows = [(f"{100 * one.forecast:.0f} %", "survived" if one.survived else "failed",
                 f"{one.namespace}/{one.external_id}") for one in section.listed]  # fmt: skip
        yield Table((Column("forecast", True), Column("ended"), Column("proposal")), tuple(rows))


def _plot(section: Section) -> tuple[Plot | None, str]:
    """Return the plot of a section with what it shows; None where it has none."""
    if section.verdicts:
        bars = tuple(Bar(g.group, tuple(g.counts.get(v, 0) for v in VERDICTS)) for g in section.verdicts)
        return Bars(VERDICT_WORDS, bars), "Judgements of each verdict."
    if section.spreads:
        boxes = tuple(Box(s.name, s.lower, s.median, s.upper) for s in section.spreads)
        return Boxes("min", boxes), "Minutes a proposal: the median, and the middle half around it."
    if section.curve is not None:
        points = tuple(CurvePoint(p.forecast, p.recalibrated, p.low, p.high) for p in section.curve.points)
        return Reliability(points), (
            "What share survived of what was forecast how (CORP). Of calibrated forecasters "
            f"{100 * BAND:.0f} % are within the band at any one forecast."
        )
    if section.pairs:
        pairs = tuple(PairPoint(p.lab.value, p.production.value, p.lab.limits, p.production.limits)
                      for p in section.pairs)  # fmt: skip
        return Scatter(pairs), (
            "Gain in the lab against gain in production, with 95 % intervals: on the dotted line nothing was lost."
        )
    return None, ""


def _agreement_part(sections: Sequence[Section], said: set[str]) -> Part:
    """Return what is told of agreement, on all that is rated, in one table."""
    rows: list[tuple[str, ...]] = []
    silent: list[str] = []
    notes: list[str] = []
    for section in sections:
        told = told_section(replace(section, figures=tuple(map(_without_caution, section.figures))), said)
        rows += [(section.of, *cells_of(figure)) for figure in told.figures]
        notes += told.sentences
        if not told.figures:
            silent.append(section.of)
    notes += _once(
        {one.caution.split(": ")[0]: one.caution for s in sections for one in s.figures if one.caution}, said
    )
    things = ", ".join(dict.fromkeys(of.rpartition(", ")[0] for of in silent))
    missing = (f"Nothing can be told yet of {things}: too few proposals have two reviews of that.",) if silent else ()
    tables = (Table((Column("of"), *_FIGURES), tuple(rows)),) if rows else ()
    return Part("Agreement", tables=tables, sentences=missing, notes=tuple(notes))


def _without_caution(figure: Estimate) -> Estimate:
    return replace(figure, caution="")


def _once(cautions: dict[str, str], said: set[str]) -> list[str]:
    found = [each for each in cautions.values() if each not in said]
    said.update(found)
    return found
