"""Answers as the API would give them, for tests."""

from typing import Any


def failure_mode(**said: Any) -> dict[str, Any]:
    """Return a failure mode that quotes nothing, with what is said otherwise."""
    return {
        "claim": "the gain is of one dataset",
        "quote": "",
        "section": "Method",
        "mechanism": "it was chosen by the dataset that it is measured on",
        "trigger_scale": "production",
        "severity": "major",
        "detectability": "in_canary",
        "cheapest_check": "measure it once on math",
        **said,
    }


def critique(constraint: str, **said: Any) -> dict[str, Any]:
    """Return a critique of a constraint without failure modes, with what is said otherwise."""
    return {
        "constraint_id": constraint,
        "stance": "cannot_tell",
        "conditions": [],
        "failure_modes": [],
        "missing_evidence": ["a second dataset"],
        "strongest_counterargument": "the datasets are alike",
        "question_for_author": "which runs were left out?",
        "confidence": "low",
        "out_of_scope": False,
        **said,
    }


def answer(*critiques: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of these critiques."""
    return {"critiques": list(critiques)}
