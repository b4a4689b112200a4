"""Writing targets: one that can be resolved is a new version, any other is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.problems import Target
from reviewer.workflow.targets import check_target, write_target
from tests.builders import build_session, build_store, record, table

TARGET = Target("gain over 1 point", "2027-03-31")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("  "), "needs a criterion"),
        (replace(TARGET, horizon="spring"), "'spring' is no date; write it as 2027-03-31"),
        (replace(TARGET, horizon="2027-02-30"), "is no date"),
        (replace(TARGET, months=0), "1 to 600 months"),
        (replace(TARGET, months=601), "not 601"),
    ],
)
def test_a_target_that_cannot_be_resolved_is_refused(target: Target, words: str) -> None:
    with pytest.raises(UserError, match=words):
        check_target(target)


def test_each_change_is_a_version_and_the_old_ones_stay(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    session = build_session(store)
    first = write_target(session, 1, TARGET)
    assert write_target(session, 1, TARGET).target_version == first.target_version
    second = write_target(session, 1, replace(TARGET, scale="all traffic"))
    assert second.target_version == first.target_version + 1
    assert second.problem.target == replace(TARGET, scale="all traffic")
    with pytest.raises(UserError):
        write_target(session, 1, Target(""))
    assert len(table(store, "SELECT * FROM targets")) == 2


def test_months_in_place_of_a_date_are_kept_with_the_target(tmp_path: Path) -> None:
    session = build_session(build_store(tmp_path, record()))
    target = Target("gain over 1 point", months=6)
    assert write_target(session, 1, target).problem.target == target
    assert write_target(session, 1, target).target_version == 1
    assert write_target(session, 1, replace(target, months=7)).target_version == 2
