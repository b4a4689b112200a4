"""Probabilities as people write them: ``40 %``, ``40`` or ``0.4``."""

import math

from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line


def probability_of(text: str) -> float:
    """Return the probability that is written: per cent with its sign or above 1, else from 0 to 1.

    A bare 1 may be meant either way, and is asked about.

    Raises:
        UserError: when it is no probability.
    """
    bare = text.strip().removesuffix("%").rstrip()
    is_percent = bare != text.strip()
    shown = safe_line(text, 40)
    try:
        if "_" in bare:  # Which Python takes for nothing.
            raise ValueError(bare)
        value = float(bare)
    except ValueError:
        value = math.nan
    if not is_percent and value == 1:
        raise UserError(f"“{shown}” may be 1 % or 100 %; write which, with its sign.")
    share = value / 100 if is_percent or value > 1 else value
    if not 0 <= share <= 1:
        raise UserError(f"“{shown}” is no probability; write it as 40 % or 0.4.")
    return share
