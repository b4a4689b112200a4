"""The error that comes from the test set: another draw of its examples would have given another value."""

import math


def examples_error(share_correct: float, n_test: int) -> float | None:
    """Return √(p(1−p)/n), the standard error of a share of ``n_test`` examples; None where it is no share of any."""
    if n_test < 1 or not 0 <= share_correct <= 1:
        return None
    return math.sqrt(share_correct * (1 - share_correct) / n_test)
