"""A leaderboard as the rows of a CSV: one a method, with all that the table knows of it."""

from collections.abc import Iterator

from reviewer.domain.vocabulary import Role
from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow
from reviewer.exports.columns import Column, Kind
from reviewer.exports.formats import CsvText, Row

COLUMNS = (
    Column("rank", Kind.INTEGER, "place among proposals and baselines; empty for references and where nothing is best"),
    Column("method_id", Kind.WORD, "our id of the method, as proposal_id of an export"),
    Column("title", Kind.TEXT, "title of the method"),
    Column("role", Kind.WORD, "proposal, baseline or reference"),
    Column("bound", Kind.WORD, "of a reference: floor or ceiling"),
    Column("problem", Kind.TEXT, "slug of the problem"),
    Column("metric", Kind.TEXT, "what the rows are in order by"),
    Column("metric_direction", Kind.WORD, "higher or lower is better; unknown where nobody said"),
    Column("dataset", Kind.TEXT, "where it was measured"),
    Column("split", Kind.TEXT, "the split of it; empty where the source names none"),
    Column("setting", Kind.WORD, "lab, held_out, pilot, production or unknown"),
    Column("value", Kind.NUMBER, "the value, in the unit of the metric"),
    Column("standard_error", Kind.NUMBER, "standard error of its mean over seeds"),
    Column("n_seeds", Kind.INTEGER, "number of seeds"),
    Column("low", Kind.NUMBER, "lower limit of the value's 95 % interval"),
    Column("high", Kind.NUMBER, "upper limit of it"),
    Column("interval_note", Kind.TEXT, "why there is no interval, or what it takes for granted"),
    Column("basis", Kind.WORD, "what the value rests on: claimed, recomputed, published or illustrative"),
    Column("best_baseline_id", Kind.WORD, "our id of the best baseline, which proposals are held against"),
    Column("difference", Kind.NUMBER, "proposal minus best baseline"),
    Column("difference_low", Kind.NUMBER, "lower limit of the difference's 95 % interval"),
    Column("difference_high", Kind.NUMBER, "upper limit of it"),
    Column("difference_note", Kind.TEXT, "why that has no interval or is not there, or what it takes for granted"),
    Column(
        "p", Kind.NUMBER, "of being better than the best baseline, one-sided; that of reviewer evidence is two-sided"
    ),
    Column(
        "adjusted_p",
        Kind.NUMBER,
        "the one-sided p after Benjamini and Hochberg over all proposals of the problem that were tested; "
        "of a test that stands on enough, over those tests alone",
    ),
    Column("shrunken", Kind.NUMBER, "of the top 20: the value after empirical Bayes shrinkage"),
    Column("shrunken_low", Kind.NUMBER, "lower limit of the 95 % interval around that"),
    Column("shrunken_high", Kind.NUMBER, "upper limit of it"),
    Column("seeds", Kind.LIST, "the values by seed, where they are listed"),
    Column("tested_on", Kind.TEXT, "the metric beneath, where the difference and p are of it, in shares of the gap"),
    Column(
        "procedure",
        Kind.TEXT,
        "the test that p is of; 'normal, n unknown' and Crawford–Howell's of one run rest on less than they should",
    ),
    Column("shrunken_note", Kind.TEXT, "whose noise the value is shrunken by, where it tells none of its own"),
    Column("stated_value", Kind.NUMBER, "what the source states, where the value is computed and another one"),
    Column("namespace", Kind.TEXT, "the method's namespace in its source"),
    Column("external_id", Kind.TEXT, "the method's id in its source"),
    Column("test_set_error", Kind.NUMBER, "standard error by the number of test examples, where no other is known"),
)
"""The columns of the CSV, in order."""

_PIECE = 500


def leaderboard_csv(board: Leaderboard, slug: str) -> Iterator[str]:
    """Yield the CSV of a leaderboard in pieces, its head first."""
    text = CsvText(COLUMNS, (), (), (), guard=True, mark=False)
    yield text.head()
    for start in range(0, len(board.rows), _PIECE):
        yield text.rows(Row(_values(board, slug, row)) for row in board.rows[start : start + _PIECE])


def _values(board: Leaderboard, slug: str, row: LeaderboardRow) -> tuple[object, ...]:
    ground, interval, shrunken = board.ground, row.interval, row.shrunken
    difference = board.difference(row)
    apart = None if difference is None else difference.interval
    low, high = interval.limits or (None, None)
    return (
        row.rank,
        row.uuid,
        row.title,
        str(row.role),
        None if row.bound is None else str(row.bound),
        slug,
        ground.metric,
        str(board.metric.direction),
        ground.dataset,
        ground.split,
        str(ground.setting),
        row.value,
        row.arm.standard_error,
        row.arm.n,
        low,
        high,
        interval.reason or interval.caution,
        str(row.basis),
        board.baseline.uuid if board.baseline is not None and row.role is Role.PROPOSAL else None,
        None if difference is None else difference.value,
        None if apart is None else apart.low,
        None if apart is None else apart.high,
        board.untested(row) or None,
        row.p,
        row.adjusted,
        None if shrunken is None else shrunken.value,
        None if shrunken is None else shrunken.low,
        None if shrunken is None else shrunken.high,
        tuple(map(repr, row.seeds)),
        board.tested_on(row) or None,
        None if row.procedure is None else str(row.procedure),
        "that between the seeds of the other proposals" if shrunken is not None and shrunken.borrowed else None,
        row.stated,
        row.namespace,
        row.external_id,
        board.examples_error(row),
    )
