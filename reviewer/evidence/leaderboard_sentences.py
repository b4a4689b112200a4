"""What has to be known of a leaderboard's figures before they are believed, in whole sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import OF_USERS, Direction, Role
from reviewer.evidence import mean_interval, recovered
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.checks.wording import figure, figures
from reviewer.evidence.difference import Procedure
from reviewer.evidence.leaderboard import TOP, Leaderboard, LeaderboardRow
from reviewer.evidence.many import FALSE_DISCOVERY_RATE, HOW_OFTEN_IT_HOLDS, WHERE_SHRINKAGE_FAILS
from reviewer.evidence.odd_values import LeftOut
from reviewer.evidence.recovered import NOT_RESOLVED

NOTHING_IS_BEST = "Whether more or less of this metric is better is unknown: the rows stand by name, and none is best."

DOUBT = "?"
"""Stands after a p or a shrunken value that rests on less than it should."""


BY_TEST_SET = "t"
"""Stands after an error that is by the test set alone."""


def error_mark(board: Leaderboard, row: LeaderboardRow) -> str:
    """Return the mark after the error of a row; empty where it is one between runs, or where there is none."""
    return "" if board.examples_error(row) is None else BY_TEST_SET


def adjusted_words(board: Leaderboard, row: LeaderboardRow) -> str:
    """Return the adjusted p of a row as a table has it, to three decimals.

    ``none`` stands for that of a proposal that could not be tested where others could; it is empty for any other row.
    """
    if row.adjusted is None:
        return "none" if row.untested and board.tested else ""
    return f"{row.adjusted:.3f}" if row.adjusted >= 0.0005 else "<.001"


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return what has to be known of the table's figures, the gravest first."""
    said = [
        *_of_gap(board),
        *_of_odd_values(board),
        *_of_baseline(board),
        *_of_other_shares(board),
        *_of_intervals(board),
        *_of_test_sets(board),
        *_of_few_runs(board),
        *_of_shrinkage(board),
        *_of_tests(board),
        *_of_known_ends(board),
        *_of_skewed_seeds(board),
    ]
    if board.bounds_setting is not None:
        words = board.bounds_setting.replace("_", "-")
        said.append(f"Floor and ceiling were measured under {words}; this setting does not have both.")
    if board.unmeasured:
        said.append(f"{counted(board.unmeasured, 'method')} of the problem {_have(board.unmeasured)} no value here.")
    return tuple(said)


def _of_known_ends(board: Leaderboard) -> Iterator[str]:
    if any(
        share.limits is not None and share.shared_seeds is None and row.arm.standard_error is not None
        for row in board.rows
        if (share := row.recovered) is not None and row.own is not None
    ):
        yield "The error beside a share takes floor and ceiling as known; its interval does not."


def _of_skewed_seeds(board: Leaderboard) -> Iterator[str]:
    if any(row.interval.limits is not None for row in board.rows):
        yield f"In simulations intervals held the truth {intervals_hold(board)} of the time where seeds are skewed."


def intervals_hold(board: Leaderboard) -> str:
    """Return how often the intervals of values hold the truth of skewed seeds: Fieller's, those of t, or both."""
    given = [row for row in board.rows if row.interval.limits is not None]
    of_shares = sum(row.recovered is not None and row.recovered.limits is not None for row in given)
    if not of_shares:
        return mean_interval.HOLDS_WHERE_SKEWED
    if of_shares == len(given):
        return recovered.HOLDS_WHERE_SKEWED
    return f"{mean_interval.HOLDS_WHERE_SKEWED}, those of shares from their parts {recovered.HOLDS_WHERE_SKEWED},"


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
        own, its = figures(board.baseline.value, better.value, fine=board.usual_error)
        yield (
            f"Everything is held against the best baseline of a human, {own}. Another one has a better value, {its}: "
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


def _of_intervals(board: Leaderboard) -> Iterator[str]:
    """Yield why the interval of a share does not go with the error beside it, or is not there at all."""
    computed = [row.recovered for row in board.rows if row.recovered is not None and row.own is not None]
    if n := sum(share.limits is not None and share.shared_seeds is not None for share in computed):
        are, them = ("is", "it") if n == 1 else ("are", "them")
        yield (
            f"{counted(n, 'interval')} {are} by the seeds that the method shares with floor and ceiling, what these "
            f"have in common left out; the error beside {them} is that of {_base(board)} alone, in shares of the gap."
        )
    without = Counter(
        row.recovered.reason
        for row in board.rows
        if row.recovered is not None
        and row.recovered.limits is None
        and row.own is not None
        and row.left_out is None
        and row.arm.standard_error is not None
    )
    for reason, n in without.most_common():
        yield f"{counted(n, 'value')} with an error {_have(n)} no interval: {reason.removeprefix('No interval: ')}"


def _of_test_sets(board: Leaderboard) -> Iterator[str]:
    if any(error_mark(board, row) for row in board.rows):
        of = "cases" if board.ground.setting in OF_USERS else "examples"
        yield (
            f"An error with {BY_TEST_SET} is that of the number of {of} alone: how far another run would "
            "be off is not known, and nothing is tested by it."
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
        yield from _of_nothing_tested(board.baseline, _why_untested(proposals))
    else:
        yield from _of_tested(board, proposals)


def _of_tested(board: Leaderboard, proposals: Sequence[LeaderboardRow]) -> Iterator[str]:
    tested = [row for row in proposals if row.p is not None]
    yield (
        f"Adjusted p is one-sided, for better than the {board.baseline_words}, that of the evidence two-sided; "
        f"Benjamini–Hochberg over {_families(tested)}.{_promise(board, tested)}"
    )
    procedures = {row.procedure for row in tested if not row.lopsided}
    if doubts := [words for procedure, words in _DOUBTS.items() if procedure in procedures]:
        of_it = "Another p" if _is_lopsided(board) else "p"
        yield f"{of_it} with {DOUBT} stands on less than it should: {'; or '.join(doubts)}."
    yield from _of_untested(_why_untested(proposals))
    if any(map(board.tested_on, proposals)):
        yield (
            f"Tested on {_base(board)} where it is known: floor and ceiling are the same for all, and the gap is but a "
            "scale."
        )


def _families(tested: Sequence[LeaderboardRow]) -> str:
    """Return over which tests together p values are adjusted."""
    doubtful = sum(row.doubtful for row in tested)
    sound = len(tested) - doubtful
    if sound and doubtful:
        them = "that alone" if sound == 1 else "those alone"
        return f"all {len(tested):,} tested, for the {sound:,} without {DOUBT} over {them}"
    return "the one tested" if len(tested) == 1 else f"all {len(tested):,} tested"


def _promise(board: Leaderboard, tested: Sequence[LeaderboardRow]) -> str:
    """Return how much of what is found is luck, as a sentence after a space; empty where nobody can say."""
    if all(row.doubtful for row in tested):
        return ""
    those = f"those without {DOUBT}" if any(row.doubtful for row in tested) else "those"
    return (
        f" Of {those} up to {FALSE_DISCOVERY_RATE:.2f} at most one in {1 / FALSE_DISCOVERY_RATE:.0f} is luck, in "
        f"expectation{_and_more(board, tested)}."
    )


def _and_more(board: Leaderboard, proposals: Sequence[LeaderboardRow]) -> str:
    """Return where more of the findings are luck, as the end of a sentence; empty where no test is of that kind."""
    theirs = board.baseline.arm.n if board.baseline is not None else None
    tested = {row.arm.n for row in proposals if row.procedure is Procedure.WELCH and not row.lopsided}
    if theirs is None or not any(n is not None and _is_uneven(n, theirs) for n in tested):
        return ""
    return " (more where few runs are held against many: up to one in 5 in simulations of five against sixteen)"


def _is_uneven(ours: int, theirs: int) -> bool:
    return min(ours, theirs) < _ENOUGH_RUNS and max(ours, theirs) > 2 * min(ours, theirs)


_ENOUGH_RUNS = 10


def _of_nothing_tested(baseline: LeaderboardRow, reasons: Counter[str]) -> Iterator[str]:
    """Yield why nothing is tested: one reason of all of them, or each with how many proposals it is of."""
    if not reasons:
        return
    nothing = f"Nothing is tested against {safe_line(baseline.title, _TITLE_LIMIT)}."
    if len(reasons) == 1:
        yield f"{nothing} {next(iter(reasons))}".rstrip()
        return
    yield nothing
    yield from _of_untested(reasons)


def _why_untested(proposals: Sequence[LeaderboardRow]) -> Counter[str]:
    """Return for each reason how many proposals have no test that could have had one."""
    return Counter(row.why_untested for row in proposals if row.p is None and row.left_out is None)


def _of_untested(reasons: Counter[str]) -> Iterator[str]:
    """Yield how many proposals could not be tested for each reason, the most frequent first; of rare ones the sum."""
    # A last one that is left is as short as that there is another.
    told = reasons.most_common(len(reasons) if len(reasons) == _REASONS_TOLD + 1 else _REASONS_TOLD)
    for reason, n in told:
        why = reason.removeprefix("No interval: ") or "nothing is held against them."
        yield f"{counted(n, 'proposal')} could not be tested: {why}"
    if rest := reasons.total() - sum(n for _, n in told):
        yield f"{counted(rest, 'proposal')} could not be tested for other reasons; the CSV has them."


_REASONS_TOLD = 3
_TITLE_LIMIT = 200


def _is_lopsided(board: Leaderboard) -> bool:
    return any(row.lopsided for row in board.rows)


def _of_few_runs(board: Leaderboard) -> Iterator[str]:
    if _is_lopsided(board):
        others = any(row.doubtful and not row.lopsided for row in board.rows)
        yield f"{'One kind of p' if others else 'p'} with {DOUBT} stands {_lopsided(board)}."


def _lopsided(board: Leaderboard) -> str:
    theirs = board.baseline.arm.n if board.baseline is not None else None
    if theirs is not None and theirs <= _FEW_RUNS:
        return "on the two or three runs of the baseline, whose luck is in each of them: none of these is green"
    return (
        "on two or three runs against many, where luck alone makes some p very small (in simulations in which nothing "
        "was real, for 58 % of tables with 40 proposals of two runs against 16, for 30 % with three): none of these is "
        "green"
    )


_FEW_RUNS = 3

_DOUBTS = {
    Procedure.CRAWFORD_HOWELL: "on one run, taken to vary as the other side's seeds do",
    Procedure.NORMAL: "on an error over an unknown number of runs, for which it is too small if they are few",
}


def _of_shrinkage(board: Leaderboard) -> Iterator[str]:
    if board.shrinkage is None or (board.shrinkage.reason and board.metric.direction is Direction.UNKNOWN):
        return
    if not board.shrinkage.reason:
        yield WHERE_SHRINKAGE_FAILS
        yield HOW_OFTEN_IT_HOLDS
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
