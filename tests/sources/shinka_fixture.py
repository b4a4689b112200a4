"""A small database of a ShinkaEvolve run of our own."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

COLUMNS = (
    "id TEXT PRIMARY KEY, code TEXT NOT NULL, language TEXT NOT NULL, parent_id TEXT, archive_inspiration_ids TEXT, "
    "generation INTEGER NOT NULL, timestamp REAL NOT NULL, code_diff TEXT, combined_score REAL, public_metrics TEXT, "
    "private_metrics TEXT, text_feedback TEXT, complexity REAL, embedding TEXT, correct BOOLEAN DEFAULT 0, "
    "metadata TEXT, island_idx INTEGER"
)


def program(known_as: str, generation: int, parent: str | None, score: float | None, **more: Any) -> dict[str, Any]:
    """Return a row; what is no text and no number is written as JSON."""
    return {
        "id": known_as,
        "code": "def f(x):\n    return x\n",
        "language": "python",
        "parent_id": parent,
        "generation": generation,
        "timestamp": 1767790721.25 + generation,
        "combined_score": score,
        "public_metrics": {"radius": 0.3},
        "private_metrics": {"holdout": 0.2},
        "text_feedback": "",
        "embedding": [0.5] * 50,
        "correct": 1,
        "metadata": {"patch_name": "none", "compute_time": 3.5},
        "island_idx": 0,
        **more,
    }


PROGRAMS = (
    program("aaaa-0", 0, None, 0.31),
    program(
        "bbbb-1", 1, "aaaa-0", 0.62,
        public_metrics={"radius": 0.6, "kind": "hex", "ok": True, "gap": float("nan")},
        private_metrics={"holdout": 4e263, "radius": 0.55},
        text_feedback="Circles 3 and 4 **touch**.",
        metadata={"patch_name": "hexagonal_grid", "patch_description": "Start from a hexagonal grid.",
                  "patch_type": "diff", "model_name": "acme/coder"},
    ),
    program("cccc-2", 2, "bbbb-1", 0.0, correct=0, public_metrics={}, private_metrics={}),
)  # fmt: skip


def build_database(path: Path, programs: Iterable[Mapping[str, Any]] = PROGRAMS, columns: str = COLUMNS) -> Path:
    """Write the database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE programs ({columns})")
        connection.execute("CREATE TABLE archive (program_id TEXT PRIMARY KEY)")
        for row in programs:
            cells = {name: json.dumps(v) if isinstance(v, dict | list) else v for name, v in row.items()}
            names, marks = ", ".join(cells), ", ".join("?" * len(cells))
            connection.execute(f"INSERT INTO programs ({names}) VALUES ({marks})", list(cells.values()))
        connection.commit()
    return path
