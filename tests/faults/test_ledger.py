"""A run that is stopped goes on where it was, and what was lost is told."""

import random
from pathlib import Path

from tests.faults.ledger import Ledger, Round
from tests.faults.report import markdown
from tests.faults.trying import Bar, Fault, Outcome


def seen_in(folder: Path, chance: random.Random) -> Outcome:
    (folder / "store").touch()
    number = chance.randrange(1000)
    return Outcome(("a verdict",) if number % 2 else (), 2, {"wait": float(number)})


FAULT = Fault("odd", "odd numbers", "acts", seen_in, {"wait": Bar(0.5, "s")})


def test_rounds_that_were_run_are_not_run_again(tmp_path: Path) -> None:
    first = [*Ledger(tmp_path, "code").complete(FAULT, 3)]
    assert [r.number for r in first] == [0, 1, 2]
    with (tmp_path / "code.jsonl").open("a") as file:
        file.write('{"fault": "odd", "numb')
    ledger = Ledger(tmp_path, "code")
    assert ledger.rounds("odd") == tuple(first)
    assert [r.number for r in ledger.complete(FAULT, 5)] == [3, 4]
    assert [r.number for r in ledger.complete(FAULT, 5)] == []
    assert Ledger(tmp_path, "other code").rounds("odd") == ()
    assert Ledger(tmp_path, "code", fresh=True).rounds("odd") == ()


def test_the_same_round_is_left_to_the_same_chance(tmp_path: Path) -> None:
    first, second = (Ledger(tmp_path / name, "code").run(FAULT, 7) for name in "ab")
    assert first.measured == second.measured


def test_what_was_left_of_a_round_that_lost_something_is_kept(tmp_path: Path) -> None:
    done = [*Ledger(tmp_path, "code").complete(FAULT, 12)]
    kept = {path.parent.name for path in tmp_path.glob("rounds/*/store")}
    assert kept == {f"odd-{r.number}" for r in done if r.lost}
    assert 0 < len(kept) < 12


def test_of_long_rounds_fewer_are_run() -> None:
    long = Fault("long", "", "", seen_in, every=20)
    assert [long.rounds(asked) for asked in (1, 19, 20, 100)] == [1, 1, 1, 5]


def test_the_table_adds_up_rounds_and_says_what_falls_short() -> None:
    rounds = [Round("odd", 0, 1.4, 1_200, (), {"wait": 0.2}), Round("odd", 1, 2.0, 3, ("a", "b"), {"wait": 0.6})]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown([(FAULT, rounds)]).splitlines()]
    assert rows[2] == ["odd numbers", "2", "1,203 acts", "**2**", "wait 0.60 s (≤ 0.5: falls short)", "3"]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown([(FAULT, ())]).splitlines()]
    assert rows[2] == ["odd numbers", "0", "0 acts", "0", "wait: not measured", "0"]
