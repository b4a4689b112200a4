"""What has to be known of a leaderboard's figures before they are believed, in whole sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Role
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.checks.wording import figure, figures
from reviewer.evidence.difference import Procedure
from reviewer.evidence.leaderboard import TOP, Leaderboard, LeaderboardRow
from reviewer.evidence.many import FALSE_DISCOVERY_RATE, WHERE_SHRINKAGE_FAILS
from reviewer.evidence.odd_values import LeftOut
from reviewer.evidence.recovered import NOT_RESOLVED

NOTHING_IS_BEST = "Whether more or less of this metric is better is unknown: the rows stand by name, and none is best."

DOUBT = "?"
"""Stands after a p or a shrunken value that rests on less than it should."""


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return what has to be known of the table's figures, the gravest first."""
    said = [
        *_of_gap(board),
        *_of_odd_values(board),
        *_of_baseline(board),
        *_of_other_shares(board),
        *_of_shrinkage(board),
        *_of_tests(board),
    ]
    if board.bounds_setting is not None:
        words = board.bounds_setting.replace("_", "-")
        said.append(f"Floor and ceiling were measured under {words}; this setting does not have both.")
    if board.unmeasured:
        said.append(f"{counted(board.unmeasured, 'method')} of the problem {_have(board.unmeasured)} no value here.")
    return tuple(said)


def _of_gap(board: Leaderboard) -> Iterator[str]:
    left = [row for row in board.rows if row.left_out is LeftOut.UNRESOLVED]
    if not left:
        return
    reason = next((row.recovered.reason for row in left if row.recovered is not None), NOT_RESOLVED)
    why = "it cannot be told from 0" if reason == NOT_RESOLVED else reason[:1].lower() + reason[1:].partition(";")[0]
    beneath = f"; the metric beneath, {_base(board)}, says how they differ" if board.known_beneath else ""
    yield (
        f"The gap between floor and ceiling is not resolved ({why.rstrip('.')}): there is no interval, no test and no "
        f"shrinkage for any share of it, and no rank{beneath}."
    )


def _of_odd_values(board: Leaderboard) -> Iterator[str]:
    for why in LeftOut:
        if why is LeftOut.UNRESOLVED:
            continue
        odd = [row for row in board.rows if row.left_out is why]
        if odd:
            like = "it is" if len(odd) == 1 else "such as"
            yield (
                f"{counted(len(odd), 'value')} ({like} {_looks(odd[0])}) {'is' if len(odd) == 1 else 'are'} neither "
                f"ranked nor tested nor shrunken: {why}."
            )


def _of_baseline(board: Leaderboard) -> Iterator[str]:
    if board.baseline is not None and (better := board.outdone_by) is not None:
        own, its = figures(board.baseline.value, better.value)
        yield (
            f"Everything is held against the best baseline of a human, {own}. Another one is better, {its}: "
            f"{safe_line(better.title, _TITLE_LIMIT)}."
        )


def _of_other_shares(board: Leaderboard) -> Iterator[str]:
    if n := board.not_recomputed:
        stands = "stands as its source states it" if n == 1 else "stand as their sources state them"
        yield f"{counted(n, 'share')} {stands}, not as computed: {board.why_not_recomputed}."
    if n := sum(row.stated is not None and row.own is None for row in board.rows):
        what = (
            "is the mean of its listed seeds; its source states another"
            if n == 1
            else "are the means of their listed seeds; their sources state others"
        )
        yield f"{counted(n, 'value')} {what}."
    if n := sum(row.stated is not None and row.own is not None for row in board.rows):
        one = n == 1
        yield (
            f"{counted(n, 'value')} {'is' if one else 'are'} what floor, ceiling and {_base(board)} come to; "
            f"{'its source states' if one else 'their sources state'} another share."
        )


def _looks(row: LeaderboardRow) -> str:
    error = row.arm.standard_error
    return figure(row.value) + ("" if error is None or error <= 1 else f" ±{figure(error)}")


def _of_tests(board: Leaderboard) -> Iterator[str]:
    proposals = [row for row in board.rows if row.role is Role.PROPOSAL]
    if board.metric.direction is Direction.UNKNOWN:
        if board.rows:
            yield NOTHING_IS_BEST
    elif not proposals:
        yield "No proposal has a value here."
    elif board.baseline is None:
        left = [row.left_out for row in board.rows if row.role is Role.BASELINE]
        if not left:
            yield "No baseline has a value here, so that nothing is tested."
        elif LeftOut.UNRESOLVED not in left:
            yield "No baseline has a value that others could be held against, so that nothing is tested."
    elif not board.tested:
        reason = next((board.untested(row) for row in proposals if row.left_out is None), "")
        if reason:
            yield f"Nothing is tested against {safe_line(board.baseline.title, _TITLE_LIMIT)}. {reason}"
    else:
        yield from _of_tested(board, proposals)


def _of_tested(board: Leaderboard, proposals: Sequence[LeaderboardRow]) -> Iterator[str]:
    many = "the one" if board.tested == 1 else f"all {board.tested:,}"
    yield (
        f"Adjusted p is one-sided, for better than the {board.baseline_words}, that of the evidence two-sided; "
        f"Benjamini–Hochberg over {many} tested. Of those up to {FALSE_DISCOVERY_RATE:.2f} at most one "
        f"in {1 / FALSE_DISCOVERY_RATE:.0f} is luck, in expectation."
    )
    procedures = {row.procedure for row in proposals}
    if doubts := [words for procedure, words in _DOUBTS.items() if procedure in procedures]:
        yield f"p with {DOUBT} stands on less than it should: {'; or '.join(doubts)}."
    yield from _of_untested(Counter(row.why_untested for row in proposals if row.p is None and row.left_out is None))
    if any(map(board.tested_on, proposals)):
        yield (
            f"Tested on {_base(board)} where it is known: floor and ceiling are the same for all, and the gap is but a "
            "scale."
        )


def _of_untested(reasons: Counter[str]) -> Iterator[str]:
    """Yield how many proposals could not be tested for each reason, the most frequent first; of rare ones the sum."""
    for reason, n in reasons.most_common(_REASONS_TOLD):
        why = reason.removeprefix("No interval: ") or "nothing is held against them."
        yield f"{counted(n, 'proposal')} could not be tested: {why}"
    if rest := reasons.total() - sum(n for _, n in reasons.most_common(_REASONS_TOLD)):
        yield f"{counted(rest, 'proposal')} could not be tested for other reasons; the CSV has them."


_REASONS_TOLD = 3
_TITLE_LIMIT = 200

_DOUBTS = {
    Procedure.CRAWFORD_HOWELL: "on one run, taken to vary as the other side's seeds do",
    Procedure.NORMAL: "on an error over an unknown number of runs, for which it is too small if they are few",
}


def _of_shrinkage(board: Leaderboard) -> Iterator[str]:
    if board.shrinkage is None or (board.shrinkage.reason and board.metric.direction is Direction.UNKNOWN):
        return
    if not board.shrinkage.reason:
        yield WHERE_SHRINKAGE_FAILS
        if any(row.shrunken is not None and row.shrunken.borrowed for row in board.rows):
            yield (
                f"A shrunken value with {DOUBT} tells no noise of its own: it is shrunken by that between the seeds of "
                "the other proposals."
            )
        top = [row for row in board.rows if row.role is Role.PROPOSAL and row.left_out is None][:TOP]
        if left := sum(row.shrunken is None for row in top):
            yield (
                f"{left:,} of the top {len(top)} {'is' if left == 1 else 'are'} not shrunken: it is not "
                "said over how many runs, or the error cannot be used."
            )
    elif any(row.role is Role.PROPOSAL and row.left_out is None for row in board.rows):
        yield board.shrinkage.reason


def _base(board: Leaderboard) -> str:
    return metric_label(safe_line(board.base, 40))


def _have(n: int) -> str:
    return "has" if n == 1 else "have"
