"""The error that comes from the test set: another draw of its examples would have given another value."""

import math

from reviewer.domain.problems import Metric
from reviewer.evidence.metrics import all_examples


def error_by_examples(metric: Metric, value: float, n_test: int | None, n_correct: int | None = None) -> float | None:
    """Return the error of a value by its test set, in the unit of the metric; None where it is no share of examples."""
    all_of_it = None if n_test is None else all_examples(metric, value, n_correct, n_test)
    if n_test is None or all_of_it is None:
        return None
    error = examples_error(value / all_of_it, n_test)
    return None if error is None else all_of_it * error


def examples_error(share_correct: float, n_test: int) -> float | None:
    """Return √(p(1−p)/n), the standard error of a share of ``n_test`` examples; None where it is no share of any.

    Where all of them are right, or none, that would be no error at all: p and n are then those with two examples more
    of either kind (Agresti and Coull 1998).
    """
    if n_test < 1 or not 0 <= share_correct <= 1:
        return None
    if share_correct in (0.0, 1.0):
        share_correct, n_test = (share_correct * n_test + 2) / (n_test + 4), n_test + 4
    return math.sqrt(share_correct * (1 - share_correct) / n_test)
