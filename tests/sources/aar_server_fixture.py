"""A database in the schema of the study's server, with baselines and with what a few agents posted. All texts are ours.

``build_server_database`` writes it; ``findings_as_json`` gives the same findings as the server's JSON shows them.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE ideas (
  id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL, uid VARCHAR(100), idea_json TEXT, description TEXT,
  source VARCHAR(50), created_at DATETIME NOT NULL, is_baseline BOOLEAN NOT NULL);
CREATE UNIQUE INDEX ix_ideas_name ON ideas (name);
CREATE TABLE experiments (
  id INTEGER NOT NULL PRIMARY KEY, idea_name VARCHAR(200) NOT NULL, idea_title VARCHAR(500), idea_description TEXT,
  dataset VARCHAR(200) NOT NULL, weak_model VARCHAR(200) NOT NULL, strong_model VARCHAR(200) NOT NULL,
  status VARCHAR(20) NOT NULL, pgr FLOAT, pgr_se FLOAT, weak_acc FLOAT, strong_acc FLOAT, transfer_acc FLOAT,
  transfer_acc_std FLOAT, num_seeds INTEGER, seeds TEXT, queue_time DATETIME NOT NULL, start_time DATETIME,
  end_time DATETIME, logs TEXT, error_msg TEXT, pod_id VARCHAR(100), idea_uid VARCHAR(100), run_id VARCHAR(50),
  results_uploaded_to_s3 BOOLEAN NOT NULL, deploy_retry_count INTEGER NOT NULL, last_deploy_attempt DATETIME,
  execution_mode VARCHAR(20), gpu_ids VARCHAR(100), idea_json TEXT, idea_created_at DATETIME);
CREATE TABLE findings (
  id INTEGER NOT NULL PRIMARY KEY, post_id VARCHAR(100) NOT NULL, title VARCHAR(500) NOT NULL, content TEXT NOT NULL,
  finding_type VARCHAR(50), idea_uid VARCHAR(100), idea_name VARCHAR(200), run_id VARCHAR(100),
  session_id VARCHAR(100), dataset VARCHAR(200), weak_model VARCHAR(200), strong_model VARCHAR(200),
  idea_title VARCHAR(500), is_baseline BOOLEAN NOT NULL, seeds TEXT, pgr FLOAT, pgr_delta FLOAT, pgr_se FLOAT,
  transfer_acc FLOAT, transfer_acc_se FLOAT, weak_acc FLOAT, strong_acc FLOAT, num_seeds INTEGER, iteration INTEGER,
  config TEXT, worked BOOLEAN, commit_id VARCHAR(100), s3_path VARCHAR(500), s3_key VARCHAR(500),
  parent_commit_id VARCHAR(100), sequence_number INTEGER, files_snapshot TEXT, code_snippet TEXT,
  upvotes INTEGER NOT NULL, downvotes INTEGER NOT NULL, comment_count INTEGER NOT NULL,
  created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL);
CREATE UNIQUE INDEX ix_findings_post_id ON findings (post_id);
CREATE UNIQUE INDEX ix_findings_commit_id ON findings (commit_id);
CREATE TABLE finding_comments (
  id INTEGER NOT NULL PRIMARY KEY, finding_id INTEGER NOT NULL, content TEXT NOT NULL, author VARCHAR(100),
  created_at DATETIME NOT NULL, FOREIGN KEY(finding_id) REFERENCES findings (id));
"""

EM_POSTERIOR = """## Posterior over weak labels

Hypothesis: the weak teacher is a noisy channel whose error rate depends on the length of the answer, so a posterior
that knows the channel is a better target than the label itself.

| dataset | PGR |
|---|---|
| chat | 0.52 |
"""

FINDINGS: tuple[dict[str, Any], ...] = (
    {"post_id": "p-ceiling", "title": "Trained on the truth", "content": "Upper bound", "finding_type": "baseline",
     "idea_name": "_strong_ceiling", "dataset": "chat", "is_baseline": True, "pgr": 1.0, "transfer_acc": 0.73,
     "transfer_acc_se": 0.002, "num_seeds": 4, "seeds": [42, 43, 44, 45]},
    {"post_id": "p-floor", "title": "The weak model", "content": "Lower bound", "finding_type": "baseline",
     "idea_name": "_weak_baseline", "dataset": "chat", "is_baseline": True, "pgr": 0.0, "transfer_acc": 0.53,
     "transfer_acc_se": 0.003, "num_seeds": 4, "seeds": [42, 43, 44, 45]},
    {"post_id": "p-vanilla", "title": "Vanilla W2S", "content": "Fine-tune on the weak labels.",
     "finding_type": "result", "idea_name": "vanilla_w2s", "dataset": "chat-0115", "is_baseline": True, "pgr": 0.2,
     "pgr_se": 0.045, "transfer_acc": 0.57, "transfer_acc_se": 0.009, "num_seeds": 5, "seeds": [42, 43, 44, 45, 46]},
    {"post_id": "p-ue", "title": "UE", "content": "Elicit without labels.", "finding_type": "result",
     "idea_name": "unsupervised_elicitation", "dataset": "chat", "is_baseline": True, "pgr": 0.027, "pgr_se": 0.023,
     "transfer_acc": 0.533, "num_seeds": 5, "seeds": [42, 42, 42, 42]},
    {"post_id": "p-em", "title": "EM posterior", "content": EM_POSTERIOR, "finding_type": "result",
     "idea_uid": "u-posterior", "idea_name": "em_posterior", "run_id": "run-a", "session_id": "agent-1",
     "dataset": "chat", "pgr": 0.52, "pgr_se": 0.04, "transfer_acc": 0.634, "transfer_acc_se": 0.008,
     "weak_acc": 0.53, "strong_acc": 0.73, "num_seeds": 5, "config": {"lr": 1e-4, "direction": "posterior"},
     "worked": True, "commit_id": "c1", "sequence_number": 0, "files_snapshot": ["run.py"],
     "code_snippet": "q = prior * channel\n# ``` is a fence\nq /= q.sum()"},
    {"post_id": "p-em2", "title": "EM posterior, tempered", "content": "Same, with a temperature.",
     "finding_type": "result", "idea_uid": "u-posterior", "idea_name": "em_posterior_tempered", "run_id": "run-a",
     "session_id": "agent-1", "dataset": "chat", "pgr": 0.61, "transfer_acc": 0.63, "weak_acc": 0.53,
     "strong_acc": 0.73, "num_seeds": 5, "worked": False, "commit_id": "c2", "parent_commit_id": "c1"},
    {"post_id": "p-hyp", "title": "Curriculum by description length",
     "content": "### Hypothesis\n\nShort proofs first helps.\n\nUntested.", "finding_type": "hypothesis",
     "idea_uid": "u-mdl", "idea_name": "mdl", "run_id": "run-b", "session_id": "agent-2"},
    {"post_id": "p-insight", "title": "Length leaks", "content": "The label correlates with length.",
     "finding_type": "insight", "idea_uid": "u-posterior", "run_id": "run-a", "session_id": "agent-1"},
    {"post_id": "p-error", "title": "Tokenizer bug", "content": "Padding on the wrong side.", "finding_type": "error",
     "idea_name": "mdl", "run_id": "run-b"},
    {"post_id": "p-untyped", "title": "Quick number", "content": "Got something.", "run_id": "run-b", "pgr": 0.3,
     "dataset": "chat", "idea_name": "mdl"},
    {"post_id": "p-observation", "title": "Seeds vary", "content": "By 0.1.", "finding_type": "observation"},
    {"post_id": "p-poser", "title": "My baseline", "content": "Surely the best.", "finding_type": "baseline",
     "idea_name": "vanilla_w2s", "run_id": "run-b", "dataset": "chat", "pgr": 0.01},
    {"post_id": "p-sentinel", "title": "Crashed", "content": "No value came out.", "finding_type": "result",
     "idea_name": "crash", "run_id": "run-b", "pgr": -999.0, "pgr_se": 0.1, "num_seeds": 5,
     "parent_commit_id": "nobody-knows"},
)  # fmt: skip

COMMENTS = (
    {"finding_id": 5, "content": "Did you tune the floor too?", "author": "human"},
    {"finding_id": 3, "content": "Matches ours.", "author": "agent-2"},
    {"finding_id": 99, "content": "To a post that is gone.", "author": "agent-2"},
)

IDEAS: tuple[dict[str, Any], ...] = (
    {"name": "vanilla_w2s", "description": "Vanilla", "source": "manual", "is_baseline": 1,
     "idea_json": json.dumps({"Name": "vanilla_w2s", "Description": "Vanilla"})},
    {"name": "posterior", "uid": "u-posterior", "description": "Model the noise.", "source": "manual",
     "is_baseline": 0, "idea_json": json.dumps({"Name": "posterior", "Description": "Model the teacher's noise."})},
)  # fmt: skip

EXPERIMENTS: tuple[dict[str, Any], ...] = (
    {"idea_name": "posterior", "idea_uid": "u-posterior", "dataset": "chat", "status": "completed", "pgr": 0.5},
    {"idea_name": "distil", "idea_uid": "u-distil", "idea_title": "Distil twice", "idea_description": "Two rounds.",
     "dataset": "math-claudefilter-imbalance", "status": "completed", "pgr": 0.4, "pgr_se": 0.05,
     "transfer_acc": 0.6, "transfer_acc_std": 0.02, "num_seeds": 3, "run_id": "run-c"},
    {"idea_name": "waiting", "dataset": "chat", "status": "queued"},
    {"idea_name": "critic", "dataset": "code0115", "status": "completed", "transfer_acc": 0.566, "num_seeds": 5},
)  # fmt: skip

_FINDING = {"finding_type": None, "is_baseline": False, "upvotes": 0, "downvotes": 0, "comment_count": 0}
_EXPERIMENT = {
    "weak_model": "weak", "strong_model": "strong", "queue_time": "2026-01-02 08:00:00.000000",
    "results_uploaded_to_s3": 0, "deploy_retry_count": 0,
}  # fmt: skip


def build_server_database(path: Path, findings: Iterable[Mapping[str, Any]] = FINDINGS) -> Path:
    """Write the database to ``path``, with these findings, numbered from 1, and return the path."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        for number, finding in enumerate(findings, 1):
            row = {**_FINDING, "created_at": _time(number), "updated_at": _time(number), **finding, "id": number}
            _insert(connection, "findings", {k: _cell(v) for k, v in row.items()})
        for number, comment in enumerate(COMMENTS, 1):
            _insert(connection, "finding_comments", {"id": number, **comment, "created_at": _time(30 + number)})
        for number, idea in enumerate(IDEAS, 1):
            _insert(connection, "ideas", {"id": number, "created_at": _time(number), **idea})
        for number, experiment in enumerate(EXPERIMENTS, 1):
            _insert(connection, "experiments", {"id": number, **_EXPERIMENT, **experiment})
        connection.commit()
    return path


def findings_as_json() -> list[dict[str, Any]]:
    """Return the findings as the server's JSON shows them: JSON parsed, and a false ``Z`` after the local time."""
    shown = []
    for number, finding in enumerate(FINDINGS, 1):
        written = _time(number).replace(" ", "T").removesuffix(".000000") + "Z"
        empty = dict.fromkeys(("idea_uid", "idea_name", "run_id", "session_id", "dataset", "pgr", "seeds", "config"))
        shown.append(
            {"id": number, **_FINDING, **empty, **finding, "created_at": written, "updated_at": written, "score": 0}
        )
    return shown


def _time(number: int) -> str:
    # The second one falls on a whole second, which JSON writes without decimals.
    return f"2026-01-02 09:{number:02d}:00.{0 if number == 2 else 250_000 + number:06d}"


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
