"""The evidence in full, as lines: every figure with how it was had, and the seeds as dots on one scale."""

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.numbers import fine_of_scale, finer, number
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis
from reviewer.evidence.appraisal import Appraised, Side
from reviewer.evidence.arms import arm_of
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.figures import FOOTNOTE, fineness_of, sections
from reviewer.tui.evidence_table import SETTING_WORDS
from reviewer.tui.marks import Marks
from reviewer.tui.widgets.lines import TextLine, plain

LABEL_CELLS = 12
DOTS_CELLS = 41


def all_evidence(
    against: str, rows: Sequence[Appraised], questions: Sequence[CheckResult], marks: Marks
) -> Sequence[TextLine]:
    """Return what is known of each row, and what the checks ask; ``against`` names the baseline, empty for none."""
    asked = list(question_lines(questions, marks))
    if not rows:
        none = plain("Nothing was measured: neither the proposal nor a baseline has a number.", "dim")
        return [none, TextLine(), *asked]
    named = safe_line(against, 200)
    head = plain(f"against {named}" if named else "There is no baseline in this problem.", "dim")
    said = [*evidence_lines(rows, marks), *_legend(rows, marks)]
    return [head, TextLine(), *asked, *([TextLine()] if asked else []), *said]


def _legend(rows: Sequence[Appraised], marks: Marks) -> Iterator[TextLine]:
    """Yield what the marks in the pane under the proposal say, of those that stand there."""
    span, sides = marks.span, [side for row in rows for side in (row.proposal, row.baseline) if side is not None]
    said = [
        (FOOTNOTE, "the value is illustrative", any(s.measurement.basis is Basis.ILLUSTRATIVE for s in sides)),
        (marks.restated, "the source states another value", any(s.stated_otherwise is not None for s in sides)),
        (marks.outdone, "another baseline has a better value there", any(row.stronger is not None for row in rows)),
        (
            "?",
            "the interval stands on less than it should: on one run, on two or three against many, or on n unknown",
            any(row.limited for row in rows),
        ),
        (
            f"{span.low}{span.line}{span.value}{span.line}{span.high}",
            f"the difference in its 95 % interval; {span.zero} is 0, {span.found} what runs like these could tell",
            any(row.told is not None for row in rows),
        ),
    ]
    if not any(there for _, _, there in said):
        return
    yield plain("Marks in the pane", "strong")
    for mark, words, there in said:
        if there:
            yield plain(words, mark=f"{mark:<{_MARK_CELLS}}", mark_role="strong")


_MARK_CELLS = 7


def evidence_lines(rows: Sequence[Appraised], marks: Marks) -> Iterator[TextLine]:
    """Yield every row's heading, its figures, and its seeds where some are listed."""
    for section in sections(rows):
        metric = section.metric
        settings = ", ".join(SETTING_WORDS[setting] for setting in section.settings)
        where = " · ".join(filter(None, (safe_line(section.where, 60), settings)))
        direction = marks.directions[metric.direction].strip() or "(direction unknown)"
        name = safe_line(metric.title or metric_label(metric.name), 60)
        yield TextLine(((f"{name} {direction}", "strong"), (f"  {where}", "")))
        for figure in section.figures:
            how = safe_line(figure.how, 1000)
            text = figure.text.replace("-", marks.minus).replace("±", marks.plus_minus)
            yield TextLine(
                ((text, "strong" if figure.label == "difference" else ""), (f"   {how}" if how else "", "dim")),
                (f"{figure.label:<{LABEL_CELLS}}", "dim"),
            )
        if section.appraised is not None:
            yield from _seeds(section.appraised, marks)
        yield TextLine()


def question_lines(questions: Sequence[CheckResult], marks: Marks) -> Iterator[TextLine]:
    """Yield what the checks ask, under a heading for each level; nothing where they ask nothing."""
    level = None
    for result in questions:
        if result.level is not level:
            level = result.level
            yield plain(_LEVELS[level], "strong")
        yield TextLine(
            ((safe_line(result.question, 1000), ""), (f"   {result.rule}", "dim")), (f"{marks.levels[level]} ", "dim")
        )


_LEVELS = {
    Level.ASK: "What the data itself asks",
    Level.WORTH_A_LOOK: "Worth a look",
    Level.NOTE: "Notes",
}


def _seeds(appraised: Appraised, marks: Marks) -> Iterator[TextLine]:
    """Yield the runs of both sides on one scale, with floor and ceiling, and the values under them."""
    sides = [
        (label, side)
        for label, side in (("proposal", appraised.proposal), ("baseline", appraised.baseline))
        if side is not None and side.arm.seeds
    ]
    values = [value for _, side in sides for _, value in side.arm.seeds]
    if not values:
        return
    bounds = _bounds(appraised)
    left, right = min(values + [value for _, value in bounds]), max(values + [value for _, value in bounds])
    fine = fineness_of(appraised)
    low, high = (number(end, fine_of_scale(left, right)) for end in (left, right))
    ends = f"{low}{high:>{DOTS_CELLS - len(low)}}".replace("-", marks.minus)
    yield plain(ends, "dim", mark=f"{'seeds':<{LABEL_CELLS}}")
    if bounds:
        drawn = [" "] * DOTS_CELLS
        for name, value in bounds:
            drawn[_cell(value, left, right)] = name[0]
        words = " and ".join(f"{name[0]} is the {name}" for name, _ in bounds)
        yield plain(f"{''.join(drawn)}   {words}", "dim", mark=" " * LABEL_CELLS)
    for label, side in sides:
        dots = _dots([value for _, value in side.arm.seeds], left, right, marks)
        yield plain(dots, mark=f"{label:<{LABEL_CELLS}}")
        fine_side = fine.ours if side is appraised.proposal else fine.theirs
        yield plain(_listed(side, marks, fine_side), "dim", mark=" " * LABEL_CELLS)


def _dots(values: Sequence[float], left: float, right: float, marks: Marks) -> str:
    """Return one cell for each place on the scale: a dot for one run, a digit for several, ``+`` for ten or more."""
    places = Counter(_cell(value, left, right) for value in values)
    drawn = [marks.span.line] * DOTS_CELLS
    for place, n in places.items():
        drawn[place] = marks.span.value if n == 1 else str(n) if n < 10 else "+"
    return "".join(drawn)


def _cell(value: float, left: float, right: float) -> int:
    return round((value - left) / (right - left) * (DOTS_CELLS - 1)) if right > left else 0


def _bounds(appraised: Appraised) -> Sequence[tuple[str, float]]:
    """Return the floor and the ceiling that were measured where the seeds were, with their values."""
    row = appraised.row
    measured = (("floor", row.floor), ("ceiling", row.ceiling))
    arms = [(name, arm_of(sighting.measurement)) for name, sighting in measured if sighting is not None]
    return [(name, arm.mean) for name, arm in arms if arm is not None]


MOST_LISTED = 40


def _listed(side: Side, marks: Marks, fine: float | None) -> str:
    seeds = side.arm.seeds
    said = ", ".join(
        (f"{seed}: " if seed is not None else "")
        + number(value, None if fine is None else finer(value, fine)).replace("-", marks.minus)
        for seed, value in seeds[:MOST_LISTED]
    )
    return said + (f" and {len(seeds) - MOST_LISTED:,} more" if len(seeds) > MOST_LISTED else "")
