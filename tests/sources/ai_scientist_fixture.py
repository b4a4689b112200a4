"""A folder in which an idea was tried, and a run that searched for a program: small files in the known layouts."""

import json
from pathlib import Path
from typing import Any

RUN = "20240801_120000_adaptive_lr"


def write(path: Path, content: Any) -> Path:
    """Write text as it is, anything else as JSON, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def idea(name: str, **changes: Any) -> dict[str, Any]:
    """Return an idea of the first version's lists; a change to None takes a field out."""
    whole = {
        "Name": name, "Title": f"On {name.replace('_', ' ')}", "Experiment": f"Try {name} at three sizes.",
        "Interestingness": 8, "Feasibility": 9, "Novelty": 4, "novel": True, **changes,
    }  # fmt: skip
    return {field: value for field, value in whole.items() if value is not None}


LISTED = (idea("batch_size"), idea("adaptive_lr"), idea("scaled_adaptive_lr", novel=False))
"""The first of them is the template's seed."""


def block(*values: float, stated: float | None = None) -> dict[str, Any]:
    """Return what a run measured of ``loss`` on one dataset, with its values and an error that is stated."""
    errors = {} if stated is None else {"stderrs": {"loss_stderr": stated}}
    return {
        "means": {"loss_mean": sum(values) / len(values)}, **errors, "final_info_dict": {"loss": list(values)},
    }  # fmt: skip


NOTES = """# Title: On adaptive lr
# Experiment description: Try adaptive_lr at three sizes.
## Run 0: Baseline
Results: {'text8': {'loss_mean': 1.5}}
Description: Baseline results.

## Run 1: A rate for each layer
Results: {'text8': {'loss_mean': 1.3}}
Description: It helps.

## Run 2: The same, slower
Description: It helps less.

## Plot Descriptions
One line a run.
"""

REVIEW = {"Summary": "A rate for each layer.", "Weaknesses": ["Small."], "Overall": 4, "Confidence": 3,
          "Decision": "Reject"}  # fmt: skip


def build_idea_folder(root: Path, name: str = RUN) -> Path:
    """Write a folder with lists, a baseline, two runs, notes and a review, and return it."""
    folder = root / name
    write(folder / "seed_ideas.json", [idea("batch_size", novel=None)])
    write(folder / "ideas.json", list(LISTED))
    write(folder / "run_0" / "final_info.json", {"text8": block(1.4, 1.5, 1.6, stated=0.0272165527)})
    write(folder / "run_1" / "final_info.json", {"text8": block(1.2, 1.3, 1.4)})
    write(folder / "run_2" / "final_info.json", {"text8": block(1.35)})
    write(folder / "notes.txt", NOTES)
    write(folder / "review.txt", REVIEW)
    return folder


def node(number: int, **changes: Any) -> dict[str, Any]:
    """Return a node of AIDE's; its id is as unique as theirs."""
    return {
        "code": "print(1)", "plan": f"Plan {number} is short. It goes on.", "step": number, "id": node_id(number),
        "ctime": 1760353116.5 + number, "parent": None, "children": [], "_term_out": ["1\n"], "exec_time": 2.5,
        "exc_type": None, "exc_info": None, "exc_stack": None, "analysis": "It ran.", "is_buggy": False,
        "metric": {"value": 0.1 + number / 100, "maximize": False}, **changes,
    }  # fmt: skip


def node_id(number: int) -> str:
    """Return the id of the node of that number."""
    return f"{number:032x}"


def failed(number: int, **changes: Any) -> dict[str, Any]:
    """Return a node whose run ended with a TypeError."""
    return node(
        number, is_buggy=True, exc_type="TypeError", exc_info={"args": ["no such argument"]},
        metric={"value": None, "maximize": None}, **changes,
    )  # fmt: skip


def journal(nodes: list[dict[str, Any]], parents: dict[int, int]) -> dict[str, Any]:
    """Return a journal in which each number has its parent's."""
    above = {node_id(child): node_id(parent) for child, parent in parents.items()}
    return {"nodes": nodes, "node2parent": above, "__version": "2"}


def named(name: str, final: Any, dataset: str = "xor", *, lower: Any = True, best: Any = None) -> dict[str, Any]:
    """Return one named metric of the second version with one dataset."""
    data = {"dataset_name": dataset, "final_value": final, "best_value": final if best is None else best}
    return {"metric_name": name, "lower_is_better": lower, "description": f"{name} at the end", "data": [data]}


def attempt(number: int, *metrics: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a node of the second version, with named metrics."""
    value = {"metric_names": list(metrics)} if metrics else None
    metric = {"value": value, "maximize": None, "name": None, "description": None}
    own = {"is_seed_node": False, "is_seed_agg_node": False, "ablation_name": None, "hyperparam_name": None}
    # As there, before what may be long.
    first = {"code": "", "plan": "", "overall_plan": "", "plot_code": None}
    return first | node(number) | own | {"metric": metric} | changes


SECOND_IDEA = {
    "Name": "ask_first", "Title": "Ask before retrieving", "Short Hypothesis": "Asking back avoids wrong answers.",
    "Related Work": "Others ask later.", "Abstract": "We ask first.",
    "Experiments": ["Ask.", {"Data": "Ambiguous words"}], "Risk Factors and Limitations": "People may tire.",
}  # fmt: skip


def build_search_folder(root: Path) -> Path:
    """Write a run of the second version: an idea, two stages with repeats and a failure, and what was found."""
    folder = root / "2025-05-29_00-03-32_ask_first_attempt_0"
    logs = folder / "logs" / "0-run"
    winner = attempt(2, named("loss", 0.5, best=0.4))
    repeats = [attempt(n, named("loss", v), is_seed_node=True, plan="Seed node") for n, v in ((3, 0.6), (4, 0.7))]
    sums = attempt(5, is_seed_node=True, is_seed_agg_node=True, plan="Aggregate results from multiple seeds")
    broken = attempt(1, is_buggy=True, exc_type="KeyError", exc_info={"args": ["'sense'"]})
    write(folder / "idea.json", SECOND_IDEA)
    write(logs / "stage_1_first" / "journal.json", journal([broken, winner, *repeats, sums], {3: 2, 4: 2, 5: 2}))
    write(
        logs / "stage_1_first" / "notes" / "stage_progress.json",
        {"stage": "1_first", "total_nodes": 5, "buggy_nodes": 1, "good_nodes": 3, "best_metric": "loss 0.5",
         "current_findings": "Asking helps."},
    )  # fmt: skip
    tuned = attempt(6, named("loss", 0.45), hyperparam_name="dropout_rate")
    seen_again = {**winner, "vlm_feedback_summary": "The curve falls."}
    write(logs / "stage_2_tuning" / "journal.json", journal([seen_again, tuned], {6: 2}))
    return folder
