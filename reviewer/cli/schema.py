"""``reviewer schema``: the native format, as its JSON Schema or as a small file to begin with."""

import json

import click

from reviewer.cli.output import echo_exactly

_EXAMPLE = (
    {"type": "problem", "id": "weak-to-strong", "title": "Weak-to-strong supervision", "primary_metric": "pgr",
     "primary_dataset": "chat", "metrics": [{"name": "pgr", "direction": "higher"}], "datasets": [{"name": "chat"}]},
    {"type": "baseline", "id": "confident-labels", "problem": "weak-to-strong", "title": "Train on confident labels",
     "origin": "human", "method": "Keep the half of the weak labels that the weak model is surest of.",
     "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.23, "standard_error": 0.05, "n_seeds": 5,
                       "setting": "lab", "basis": "illustrative"}]},
    {"type": "proposal", "id": "exp12", "run": "run-3", "problem": "weak-to-strong", "title": "Noisy-channel EM",
     "agent": "agent-4", "hypothesis": "Modelling the weak labeller's errors recovers more of the gap.",
     "method": "# Method\n\nFit a noise model and the strong model in turn.", "claims": ["recovers 0.78 of the gap"],
     "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.78, "n_seeds": 5, "setting": "lab",
                       "basis": "illustrative"}]},
    {"type": "remark", "id": "f7", "namespace": "run-3", "problem": "weak-to-strong", "kind": "error",
     "about": "exp12", "text": "Two of the five seeds share their test split."},
)  # fmt: skip


@click.command("schema")
@click.option("--example", is_flag=True, help="Print a file of four lines in the format instead.")
def command(example: bool) -> None:
    """Print the JSON Schema of the native format: JSON Lines, one object a line.

    \b
    Examples:
      reviewer schema > reviewer.schema.json
      reviewer schema --example > proposals.jsonl && reviewer import proposals.jsonl
    """
    if example:
        for line in _EXAMPLE:
            echo_exactly(json.dumps(line, ensure_ascii=False))
        return
    from reviewer.sources.native import json_schema

    echo_exactly(json.dumps(json_schema(), indent=2, ensure_ascii=False))
