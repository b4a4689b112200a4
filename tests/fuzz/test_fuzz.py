"""The quick part of the fuzz suite: some inputs of each. ``python -m tests.fuzz`` tries as many as one asks for."""

import random
from pathlib import Path

import pytest

from tests.fuzz.__main__ import FUZZES
from tests.fuzz.fuzzing import Fuzz

QUICK = [fuzz for fuzz in FUZZES if fuzz.quick]


@pytest.mark.parametrize("fuzz", QUICK, ids=[fuzz.name for fuzz in QUICK])
def test_whatever_comes_in(fuzz: Fuzz, tmp_path: Path) -> None:
    outcome = (fuzz.briefly or fuzz.once)(tmp_path, random.Random(fuzz.name))
    assert outcome.lost == ()
    assert outcome.checked
