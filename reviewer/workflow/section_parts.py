"""Sections of statistics as parts of a page, as the insights screen and the report show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from reviewer.judgement.agreement import FOR_ALPHA
from reviewer.judgement.corp import BAND
from reviewer.judgement.estimates import Estimate
from reviewer.workflow.section_words import DASH, ToldSection, cells_of, heading_of, number_words, told_section
from reviewer.workflow.statistic_sections import Section, SectionKind

VERDICTS = (Verdict.SURVIVES, Verdict.CONDITIONAL, Verdict.FAILS, Verdict.CANNOT_TELL)
"""In the order in which they are told."""

VERDICT_WORDS = tuple(verdict.replace("_", " ") for verdict in VERDICTS)

MOST_POINTS = 1_000
"""Of more pairs evenly many are drawn: more points would cover one another, and take minutes to draw."""

_THINNED = "{:,} of {:,} proposals are drawn."

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
    tables, missing = tuple(_tables(told)), _missing(told)
    if section.kind is SectionKind.PACE:
        return Part(_heading(section), plot, caption, tables, (*told.sentences, *missing))
    return Part(_heading(section), plot, caption, tables, missing, told.sentences)


def _heading(section: Section) -> str:
    heading = heading_of(section)
    return f"{heading[0].upper()}{heading[1:]}"


def _missing(told: ToldSection) -> tuple[str, ...]:
    return (told.missing,) if told.missing else ()


def _tables(told: ToldSection) -> Iterator[Table]:
    section = told.section
    if section.kind is SectionKind.SURVIVAL:
        yield from _survival_table(told)
    elif told.figures and not (section.verdicts or section.spreads):
        yield _figure_table(told.figures)
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


def _figure_table(figures: Sequence[Estimate], name: str = "figure") -> Table:
    """Return figures as a table; where they are all of the same, the column of n says of what.

    Where none of them has an interval there is no column for it.
    """
    rows = [cells_of(figure) for figure in figures]
    _, value, interval, n, method = _FIGURES
    if len({figure.of for figure in figures}) == 1:
        n = Column(f"{figures[0].of}s", True)
        rows = [(*row[:3], f"{figure.n:,}", row[4]) for row, figure in zip(rows, figures, strict=True)]
    if not any(row[2] for row in rows):
        return Table((Column(name), value, n, method), tuple((*row[:2], *row[3:]) for row in rows))
    return Table((Column(name), value, interval, n, method), tuple(rows))


_AS_COUNTED = ", as counted"


def _survival_table(told: ToldSection) -> Iterator[Table]:
    """Yield the rates of groups, each beside the share as counted."""
    counted = {one.name.removesuffix(_AS_COUNTED): one for one in told.figures if one.name.endswith(_AS_COUNTED)}
    estimated = [one for one in told.figures if not one.name.endswith(_AS_COUNTED)]
    if not counted:
        if estimated:
            yield _figure_table(estimated, told.section.of)
        return
    rows = [("all", "", "", cells_of(counted["all"])[1], f"{counted['all'].n:,}")]
    for one in estimated:
        name, value, interval, *_ = cells_of(one)
        share = cells_of(counted[one.name])[1] if one.name in counted else ""
        rows.append((name, value, interval, share, f"{one.n:,}"))
    columns = (Column(told.section.of), Column("estimated", True), Column("95 % interval", True),
               Column("as counted", True), Column("outcomes", True))  # fmt: skip
    yield Table(columns, tuple(rows))


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
        every = -(-len(section.pairs) // MOST_POINTS)
        pairs = tuple(PairPoint(p.lab.value, p.production.value, p.lab.limits, p.production.limits)
                      for p in section.pairs[::every])  # fmt: skip
        told = (
            "Gain in the lab against gain in production: on the dotted line nothing was lost. Lines are 95 % intervals."
        )
        return Scatter(pairs), f"{told} {_THINNED.format(len(pairs), len(section.pairs))}" if every > 1 else told
    return None, ""


_ALPHA, _PERCENT = "α", "percent agreement"
_OF_AGREEMENT = (Column("on"), Column("agree", True), Column("95 % interval", True), Column(_ALPHA, True),
                 Column("95 % interval", True), Column("AC1", True), Column("n", True))  # fmt: skip


def _agreement_part(sections: Sequence[Section], said: set[str]) -> Part:
    """Return what is told of agreement, on all that is rated: a table of first judgements and one of current ones."""
    by_held: dict[str, dict[str, Section]] = {}
    for section in sections:
        thing, _, held = section.of.rpartition(", ")
        by_held.setdefault(held, {})[thing.removeprefix("constraint ").replace("_", " ")] = section
    tables = [(held, table) for held, several in by_held.items() if (table := _agreement_table(several)).rows]
    if len(tables) == 2 and tables[0][1] == tables[1][1]:
        tables = [("first judgements, which are the current ones", tables[0][1])]
    notes = [sentence for section in sections for sentence in section.sentences if sentence not in said]
    said.update(notes)
    missing = list(_unsaid(by_held))
    notes += _cautions(sections, said)
    shown = tuple(replace(table, caption=held) for held, table in tables)
    return Part("Agreement", tables=shown, sentences=tuple(missing), notes=tuple(notes))


def _agreement_table(several: Mapping[str, Section]) -> Table:
    rows = []
    for thing, section in several.items():
        figures = {figure.name: figure for figure in section.figures if figure.value is not None}
        if not figures:
            continue
        cells = {name: cells_of(figure) for name, figure in figures.items()}
        empty = ("", DASH, "", "", "")
        agree, alpha, ac1 = (cells.get(name, empty) for name in (_PERCENT, _ALPHA, "AC1"))
        n = f"{max(figure.n for figure in figures.values()):,}"
        rows.append((thing, agree[1], agree[2], alpha[1], alpha[2], ac1[1], n))
    if all(row[5] == DASH for row in rows):
        columns = (*_OF_AGREEMENT[:5], *_OF_AGREEMENT[6:])
        return Table(columns, tuple((*row[:5], *row[6:]) for row in rows))
    return Table(_OF_AGREEMENT, tuple(rows))


def _unsaid(by_held: Mapping[str, Mapping[str, Section]]) -> Iterator[str]:
    """Yield why something has no figure: one sentence for all that have none for the same reason."""
    reasons: dict[str, dict[str, None]] = {}
    for several in by_held.values():
        for thing, section in several.items():
            percent, alpha, *_ = section.figures
            if percent.value is None:
                reasons.setdefault(percent.reason, {})[thing] = None
            elif alpha.value is None and alpha.n < FOR_ALPHA:
                reasons.setdefault(_TOO_FEW, {})[thing] = None
            elif alpha.value is None:
                reasons.setdefault(alpha.reason, {})[thing] = None
    for reason, things in reasons.items():
        yield f"{', '.join(things)}: {reason}"


_TOO_FEW = f"{_ALPHA} needs {FOR_ALPHA} proposals with two reviews or more."


def _cautions(sections: Sequence[Section], said: set[str]) -> Iterator[str]:
    """Yield the cautions, of each kind the first: the numbers of the others stand in the table."""
    kinds: set[str] = set()
    for section in sections:
        for figure in section.figures:
            kind = figure.caution.split(":")[0]
            if figure.value is not None and kind and kind not in kinds and figure.caution not in said:
                kinds.add(kind)
                said.add(figure.caution)
                yield figure.caution
