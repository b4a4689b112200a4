"""The quick part of the fault suite: a few rounds of each. ``python -m tests.faults`` runs as many as one asks for."""

import random
from pathlib import Path

import pytest

from tests.faults.__main__ import FAULTS
from tests.faults.trying import Fault

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="tried on Linux alone")

QUICK = [(fault, number) for fault in FAULTS for number in range(fault.quick)]


@pytest.mark.parametrize(("fault", "number"), QUICK, ids=[f"{fault.name}-{number}" for fault, number in QUICK])
def test_nothing_is_lost(fault: Fault, number: int, tmp_path: Path) -> None:
    if missing := fault.lacks():
        pytest.skip(missing)
    outcome = (fault.briefly or fault.once)(tmp_path, random.Random(number))
    assert outcome.lost == ()
