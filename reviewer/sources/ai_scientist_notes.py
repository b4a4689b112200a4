"""The ``notes.txt`` of an idea's folder: which idea the runs are of, and what each of them was.

It begins with ``# Title: …`` and ``# Experiment description: …``, both to the letter those of the idea, and has a
heading ``## Run 3: …`` for each run. A title or a name that no line end follows may be cut off, as may an experiment
that no heading follows. Such a one is none: half a title may be another idea's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# What stands before the end of a line is never given back: where none ends it, each way to part it would be tried.
_TITLE = re.compile(r"\A\s*#\s*Title:[ \t]*+(?P<title>[^\n]*+)\n")
_EXPERIMENT = re.compile(r"^#\s*Experiment description:", re.MULTILINE)
_HEADING = "\n##"
_RUN = re.compile(
    r"^#{2,4}[ \t]*+Run[ \t]++(?P<number>[0-9]{1,4})\b[ \t]*+[:.\-–]?+[ \t]*+(?P<name>[^\n]*+)\n", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Notes:
    """What the notes say; ``runs`` has the names of the runs by their numbers, ``text`` all that stands there."""

    title: str = ""
    experiment: str = ""
    runs: Mapping[int, str] = field(default_factory=dict)
    text: str = ""

    @property
    def of_runs(self) -> str:
        """Return the notes from the first run on."""
        found = _RUN.search(self.text)
        return self.text[found.start() :].strip() if found else ""


def read_notes(text: str) -> Notes:
    """Return what notes say; what they do not say in the known way stays empty."""
    title = _TITLE.search(text)
    runs: dict[int, str] = {}
    for found in _RUN.finditer(text):
        runs.setdefault(int(found["number"]), " ".join(found["name"].split()))
    return Notes(title["title"].strip() if title else "", _experiment(text), runs, text)


def _experiment(text: str) -> str:
    """Return what stands between its heading and the next one; empty where no heading ends it."""
    begins = _EXPERIMENT.search(text)
    ends = text.find(_HEADING, begins.end()) if begins else -1
    return text[begins.end() : ends].strip() if begins and ends >= 0 else ""
