"""Asking Inspect itself for a log that cannot be read here: the extra ``inspect`` brings it along."""

import json
from pathlib import Path
from typing import Any

from reviewer.sources.jsontext import MAX_FILE_BYTES, parse

EXTRA = "reviewer[inspect]"


def read_with_inspect_ai(path: Path) -> dict[str, Any] | None:
    """Return the header of a log as Inspect reads it; None where Inspect is not installed.

    Raises:
        ValueError: when Inspect cannot read it either; the message is its reason.
    """
    try:
        from inspect_ai.log import read_eval_log  # some 3 s
    except ImportError:
        return None
    try:
        log = read_eval_log(str(path.absolute()), header_only=True)
        written = json.dumps(log.model_dump(mode="json", exclude_none=True)).encode()
    # What another's reader raises of a file that is damaged is not known.
    except Exception as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error
    if len(written) > MAX_FILE_BYTES:
        raise ValueError(f"its header is larger than {MAX_FILE_BYTES // 2**20} MiB")
    value, _ = parse(written)
    return value if isinstance(value, dict) else {}
