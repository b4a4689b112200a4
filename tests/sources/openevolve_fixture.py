"""A small OpenEvolve run of our own: three programs in two checkpoints, and the best one besides."""

import json
from pathlib import Path
from typing import Any


def program(known_as: str, generation: int, parent: str | None, score: float, **more: Any) -> dict[str, Any]:
    """Return a program as a checkpoint holds it."""
    return {
        "id": known_as,
        "code": f"def pack(n):\n    return {generation}\n",
        "changes_description": "empty",
        "language": "python",
        "parent_id": parent,
        "generation": generation,
        "timestamp": 1767790721.5 + generation,
        "iteration_found": generation * 2,
        "metrics": {"combined_score": score, "eval_time": 0.61, "valid": True},
        "complexity": 20.0,
        "diversity": 0.5,
        "metadata": {"island": 1},
        "prompts": None,
        "artifacts_json": None,
        "embedding": None,
        **more,
    }


PROGRAMS = (
    program("aaaa-0", 0, None, 0.25),
    program("bbbb-1", 1, "aaaa-0", 0.5, metadata={"island": 1, "changes": "Replace 3 lines with 9\nand more"}),
    program("cccc-2", 2, "bbbb-1", 0.75, changes_description="Hexagonal grid"),
)


def best_info(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what is written of the best program beside its code."""
    kept = {name: of[name] for name in ("id", "generation", "timestamp", "metrics", "language")}
    return {**kept, "iteration": of["iteration_found"], "saved_at": 1767799999.0, **more}


def write(path: Path, value: Any) -> Path:
    """Write a program where it lies in a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def build_run(root: Path) -> Path:
    """Write the run: seven files of programs, and what lies beside them."""
    out = root / "openevolve_output"
    for number, there in ((10, PROGRAMS[:2]), (20, PROGRAMS[1:])):
        folder = out / "checkpoints" / f"checkpoint_{number}"
        for each in there:
            moved = {**each, "diversity": number / 100, "metadata": {**each["metadata"], "seen": number}}
            write(folder / "programs" / f"{each['id']}.json", moved)
        best = there[-1]
        write(folder / "best_program_info.json", best_info(best, current_iteration=number))
        (folder / "best_program.py").write_text(best["code"])
        write(folder / "metadata.json", {"islands": [["aaaa-0"]], "last_iteration": number})
    write(out / "best" / "best_program_info.json", best_info(PROGRAMS[2], parent_id="bbbb-1"))
    (out / "best" / "best_program.py").write_text(PROGRAMS[2]["code"])
    return root
