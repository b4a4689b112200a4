"""The notes of a leaderboard: all that has no room around the table, whole."""

import pytest

from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Contender
from reviewer.evidence.leaderboard_sentences import sentences
from reviewer.evidence.ranking import build_leaderboard
from reviewer.tui.leaderboard_notes import notes
from reviewer.tui.leaderboard_table import row_words
from reviewer.tui.marks import ASCII, UNICODE, Marks
from tests.builders import measured

LONG = "A baseline of a very long name " * 9 + "\x1b[31m"


def contender(number: int, title: str, value: float, role: Role = Role.PROPOSAL, bound: Bound | None = None,
              basis: Basis = Basis.CLAIMED) -> Contender:  # fmt: skip
    told = measured(value, setting=Setting.LAB, standard_error=0.02, n_seeds=5, basis=basis)
    return Contender(number, f"u{number}", title, role, bound, (told,))


BOARD = build_leaderboard(
    [
        *(contender(i, f"Proposal {i}", 0.5 + i / 20) for i in range(5)),
        contender(8, LONG, 0.35, Role.BASELINE, basis=Basis.ILLUSTRATIVE),
        contender(9, "Weak teacher", 0.0, Role.REFERENCE, Bound.FLOOR),
    ],
    Ground("pgr", "chat", Setting.LAB, ""),
    Metric("pgr", Direction.HIGHER, title="PGR"),
)


@pytest.mark.parametrize("marks", [UNICODE, ASCII])
def test_all_that_is_said_is_there_whole(marks: Marks) -> None:
    lines = list(notes(BOARD, BOARD.rows[0], marks))
    texts = [line.text for line in lines]
    assert texts[:2] == ["Proposal 4", row_words(BOARD, BOARD.rows[0], marks, seeds=True)]
    assert set(sentences(BOARD)) <= set(texts)
    assert "\x1b" not in "".join(texts)
    held = {line.mark[0].strip(): line.text for line in lines if line.mark[0].strip() in ("b", "f", "c")}
    assert held == {"b": f"best baseline 0.350*, {LONG[:-5]}␛[31m", "f": "floor 0.000"}
    legend = {line.mark[0].strip(): line.text for line in lines}
    assert legend["2 to 9"] == "so many seeds on one spot, 9 for nine or more"
    assert legend["*"] == "the value is illustrative"


def test_without_a_row_the_rest_is_said() -> None:
    assert next(line.text for line in notes(BOARD, None, UNICODE)) == "Held against"
