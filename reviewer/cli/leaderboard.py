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
@click.option("--metric", metavar="NAME", help="By this metric; else by the problem's primary one.")
@click.option("--dataset", metavar="NAME", help="On this dataset; else on the primary one.")
@click.option("--setting", type=click.Choice([str(s) for s in Setting]),
              help="Measured in this setting; else in the first of them that there is.")  # fmt: skip
@click.option("--split", metavar="NAME", help="On this split of the dataset; '' for the one without a name.")
@click.option("--csv", "as_csv", is_flag=True, help="Write a CSV, with the differences from the best baseline.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    problem: str | None,
    metric: str | None,
    dataset: str | None,
    setting: str | None,
    split: str | None,
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

    from reviewer.cli.reading import open_to_look
    from reviewer.exports.output import to_stdout
    from reviewer.workflow.config import read_config
    from reviewer.workflow.leaderboard import choose_ground, grounds, read_leaderboard
    from reviewer.workflow.leaderboard_rows import leaderboard_csv
    from reviewer.workflow.places import find_places
    from reviewer.workflow.views import named_problem

    places = find_places(invocation.store, invocation.config)
    shared_seeds = read_config(places.config).shared_seeds
    with closing(open_to_look(places.store)) as store:
        stored = named_problem(store, problem)
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
    for line in _lines(board, stored.problem.slug):
        click.echo(line)
    return 0


def _lines(board: "Leaderboard", slug: str) -> "Iterator[str]":
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line
    from reviewer.evidence.baselines import metric_label
    from reviewer.evidence.figures import FOOTNOTE
    from reviewer.evidence.leaderboard_sentences import DOUBT, sentences

    def noted(value: float, illustrative: bool) -> str:
        return _number(value) + (FOOTNOTE if illustrative else "")

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
    if board.baseline is not None:
        title = safe_line(board.baseline.title, TITLE_LIMIT)
        marks.insert(0, f"best baseline {noted(board.baseline.value, board.baseline.illustrative)}, {title}")
    if marks:
        yield "; ".join(marks)
    if board.illustrative:
        yield f"A value with {FOOTNOTE} is illustrative."
    if any(row.stated is not None for row in board.rows):
        yield f"Of a value with {RESTATED} the source states another one."
    marked = [_after_value(row) for row in board.rows]
    unmarked = " " * max(map(len, marked), default=0)
    doubtless = " " * len(DOUBT) if any(row.doubtful for row in board.rows) else ""
    owned = " " * len(DOUBT) if any(row.shrunken and row.shrunken.borrowed for row in board.rows) else ""
    yield ""
    names = [safe_line(f"{row.namespace}/{row.external_id}", NAME_LIMIT) for row in board.rows]
    widest = max(map(len, names), default=2)
    value, p, shrunken = f"{'value':>9}{unmarked}", f"{'adj. p':>7}{doubtless}", f"{'shrunken':>9}{owned}"
    yield f"{'rank':>7} {value} {'error':>9} {'n':>4} {'95 % interval':>19} {p} {shrunken}  {'id':<{widest}}  title"
    for row, mark, name in zip(board.rows, marked, names, strict=True):
        after = (
            mark.ljust(len(unmarked)),
            DOUBT if row.doubtful else doubtless,
            DOUBT if row.shrunken is not None and row.shrunken.borrowed else owned,
        )
        yield _line(row, f"{name:<{widest}}", safe_line(row.title, TITLE_LIMIT), after)
    yield ""
    yield from sentences(board)


def _after_value(row: "LeaderboardRow") -> str:
    """Return the marks after a value: whether it is illustrative, and whether its source states another one."""
    from reviewer.evidence.figures import FOOTNOTE

    return (FOOTNOTE if row.illustrative else "") + ("" if row.stated is None else RESTATED)


def _line(row: "LeaderboardRow", name: str, title: str, after: tuple[str, str, str]) -> str:
    """Return a row; ``after`` stands after its value, its p, and its value after shrinkage."""
    limits = row.interval.limits
    cells = (
        f"{'' if row.rank is None else format(row.rank, ','):>7}",
        f"{_number(row.value):>9}{after[0]}",
        f"{'' if row.arm.standard_error is None else _number(row.arm.standard_error):>9}",
        f"{'' if row.arm.n is None else row.arm.n:>4}",
        f"{'' if limits is None else f'{_number(limits[0])} to {_number(limits[1])}':>19}",
        f"{'' if row.adjusted is None else f'{row.adjusted:.3f}' if row.adjusted >= 0.0005 else '<.001':>7}{after[1]}",
        f"{'' if row.shrunken is None else _number(row.shrunken.value):>9}{after[2]}",
    )
    role = f"{row.bound or row.role}: " if row.role != "proposal" else ""
    return f"{' '.join(cells)}  {name}  {role}{title}"


def _number(value: float) -> str:
    """Return a value as everywhere, with a true minus."""
    from reviewer.domain.numbers import number

    return number(value).replace("-", "−")
