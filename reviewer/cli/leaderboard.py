"""``reviewer leaderboard``: the methods of a problem in order by a metric."""

from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation
from reviewer.domain.vocabulary import Bound, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow

TITLE_LIMIT = 60
NAME_LIMIT = 40
RESTATED = "#"


@click.command("leaderboard")
@click.argument("problem", required=False, metavar="[PROBLEM]")
@click.option("--problem", "by_option", metavar="SLUG", help="The same: which problem.")
@click.option("--metric", metavar="NAME", help="By this metric; else by the problem's primary one.")
@click.option("--dataset", metavar="NAME", help="On this dataset; else on the primary one.")
@click.option("--setting", type=click.Choice([str(s) for s in Setting]),
              help="Measured in this setting; else in the first of them that there is.")  # fmt: skip
@click.option("--split", metavar="NAME", help="On this split of the dataset; '' for the one without a name.")
@click.option("--everyone", is_flag=True, help="Though it is sealed for you: for who organises the reviews.")
@click.option("--csv", "as_csv", is_flag=True, help="Write a CSV, with the differences from the best baseline.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    problem: str | None,
    by_option: str | None,
    metric: str | None,
    dataset: str | None,
    setting: str | None,
    split: str | None,
    everyone: bool,
    as_csv: bool,
) -> int:
    """Put all methods of a problem in order by a metric, with their intervals and what of them may be luck.

    The p values are one-sided, for being better than the best baseline, and adjusted over all proposals of the problem
    (those of reviewer evidence are two-sided); the best 20 have their value after shrinkage beside the raw one. What
    rests on less than it should has a ? behind it, which a sentence below the table explains.

    \b
    Examples:
      reviewer leaderboard weak-to-strong
      reviewer leaderboard weak-to-strong --metric accuracy --dataset math
      reviewer leaderboard weak-to-strong --csv > leaderboard.csv
    """
    from contextlib import closing

    from reviewer.cli.one_problem import one_problem
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.terminal import width_of_terminal
    from reviewer.cli.viewer import viewer_id
    from reviewer.exports.output import to_stdout
    from reviewer.workflow.config import read_config
    from reviewer.workflow.leaderboard import choose_ground, grounds, read_leaderboard
    from reviewer.workflow.leaderboard_rows import leaderboard_csv
    from reviewer.workflow.places import find_places
    from reviewer.workflow.sealing import require_nothing_sealed
    from reviewer.workflow.views import named_problem

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    shared_seeds = config.shared_seeds
    with closing(open_to_look(places.store)) as store:
        stored = named_problem(store, one_problem(problem, by_option))
        require_nothing_sealed(store, stored.id, None if everyone else viewer_id(store, invocation, config))
        ground = choose_ground(
            stored.problem,
            grounds(store, stored),
            metric=metric,
            dataset=dataset,
            setting=Setting(setting) if setting else None,
            split=split,
        )
        board = read_leaderboard(store, stored, ground, shared_seeds=shared_seeds)
    if as_csv:
        with to_stdout() as write:
            for piece in leaderboard_csv(board, stored.problem.slug):
                write(piece)
        return 0
    for line in _lines(board, stored.problem.slug, width_of_terminal()):
        click.echo(line)
    return 0


def _lines(board: "Leaderboard", slug: str, width: int | None) -> "Iterator[str]":
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line
    from reviewer.evidence.baselines import metric_label
    from reviewer.evidence.figures import FOOTNOTE
    from reviewer.evidence.leaderboard_sentences import sentences

    def noted(value: float, illustrative: bool, fine: float | None = board.usual_error) -> str:
        return _number(value, fine) + (FOOTNOTE if illustrative else "")

    ground = board.ground
    better = {"higher": "higher is better", "lower": "lower is better", "unknown": "which way is better is unknown"}
    where = f"{ground.dataset} {ground.split or ''}".rstrip()
    setting = "setting unknown" if ground.setting is Setting.UNKNOWN else ground.setting.replace("_", "-")
    yield safe_line(
        f"{slug}: {metric_label(board.metric.title or board.metric.name)} ({better[board.metric.direction]}) on "
        f"{where}, {setting}; {counted(board.proposals, 'proposal')}"
    )
    marks = [
        f"{bound} {noted(x, bound in board.illustrative_bounds)}"
        for bound, x in ((Bound.FLOOR, board.floor), (Bound.CEILING, board.ceiling))
        if x is not None
    ]
    if (best := board.baseline) is not None:
        value = noted(best.value, best.illustrative, board.fineness(best))
        marks.insert(0, f"{board.baseline_words} {value}, {safe_line(best.title, TITLE_LIMIT)}")
    if marks:
        yield "; ".join(marks)
    if board.illustrative:
        yield f"A value with {FOOTNOTE} is illustrative."
    if any(row.stated is not None for row in board.rows):
        yield f"Of a value with {RESTATED} the source states another one."
    yield ""
    yield from _table(board, width)
    yield ""
    yield from sentences(board)


def _after_value(row: "LeaderboardRow") -> str:
    """Return the marks after a value: whether it is illustrative, and whether its source states another one."""
    from reviewer.evidence.figures import FOOTNOTE

    return (FOOTNOTE if row.illustrative else "") + ("" if row.stated is None else RESTATED)


_TO_THE_LEFT = ("id", "title")
_LEFT_OUT_FIRST = ("error", "n", "95 % interval", "shrunken", "id")
_LEAST_TITLE = 16


def _table(board: "Leaderboard", width: int | None) -> "Iterator[str]":
    """Yield the rows under their headings.

    Within a ``width`` columns are left out whole, in turn, before a title is cut to less than some words.
    """
    from rich.cells import cell_len

    columns = _columns(board)
    widths = {name: max(map(cell_len, (name, *cells))) for name, cells in columns.items()}
    kept = {name: n for name, n in widths.items() if name in ("rank", "value", "title") or any(columns[name])}

    def room() -> int:
        return (width or 0) - sum(n + len(_GAP) for name, n in kept.items() if name != "title")

    if width is not None:
        for name in _LEFT_OUT_FIRST:
            if room() < min(_LEAST_TITLE, widths["title"]):
                kept.pop(name, None)
        kept["title"] = min(widths["title"], max(room(), _LEAST_TITLE))
    for place in (None, *range(len(board.rows))):
        cells = ((name, name if place is None else columns[name][place]) for name in kept)
        yield _GAP.join(_cell(text, kept[name], left=name in _TO_THE_LEFT) for name, text in cells).rstrip()


def _cell(text: str, width: int, *, left: bool) -> str:
    """Return a text as wide as its column, whatever the width of its letters; one that is too long ends in dots."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) > width:
        return set_cell_size(text, width - 1).rstrip() + "…"
    blank = " " * (width - cell_len(text))
    return text + blank if left else blank + text


_GAP = "  "


def _columns(board: "Leaderboard") -> "dict[str, list[str]]":
    """Return the cells by the names of their columns; what has no mark has blanks where others have theirs."""
    from reviewer.domain.text import safe_line
    from reviewer.evidence.leaderboard_sentences import DOUBT, adjusted_words, error_mark

    rows = board.rows
    after = _aligned([_after_value(row) for row in rows])
    doubts = _aligned([DOUBT if row.doubtful else "" for row in rows])
    borrowed = _aligned([DOUBT if row.shrunken is not None and row.shrunken.borrowed else "" for row in rows])
    limits = [row.interval.limits for row in rows]
    fine = [board.fineness(row) for row in rows]
    return {
        "rank": ["" if row.rank is None else format(row.rank, ",") for row in rows],
        "value": [_number(row.value, f) + mark for row, mark, f in zip(rows, after, fine, strict=True)],
        "error": ["" if (error := board.error(row)) is None else _number(error, f) + mark
                  for row, f, mark in zip(rows, fine, _aligned([error_mark(board, row) for row in rows]), strict=True)],
        "n": ["" if row.arm.n is None else str(row.arm.n) for row in rows],
        "95 % interval": ["" if each is None else f"{_number(each[0], f)} to {_number(each[1], f)}"
                          for each, f in zip(limits, fine, strict=True)],
        "adj. p": [words and words + mark
                   for words, mark in zip((adjusted_words(board, row) for row in rows), doubts, strict=True)],
        "shrunken": ["" if row.shrunken is None else _number(row.shrunken.value, f) + mark
                     for row, mark, f in zip(rows, borrowed, fine, strict=True)],
        "id": [safe_line(f"{row.namespace}/{row.external_id}", NAME_LIMIT) for row in rows],
        "title": [_role(row) + safe_line(row.title, TITLE_LIMIT) for row in rows],
    }  # fmt: skip


def _aligned(marks: list[str]) -> list[str]:
    widest = max(map(len, marks), default=0)
    return [mark.ljust(widest) for mark in marks]


def _role(row: "LeaderboardRow") -> str:
    return f"{row.bound or row.role}: " if row.role != "proposal" else ""


def _number(value: float, fine: float | None) -> str:
    """Return a value as everywhere, as fine as it is known, with a true minus."""
    from reviewer.domain.numbers import number

    return number(value, fine).replace("-", "−")
