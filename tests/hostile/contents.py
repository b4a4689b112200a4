"""A store that is full of the corpus: each text stands in every field that a source, a person or a file's name has."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviewer.domain.judgements import ConstraintRating, Judgement
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import Session, begin_session
from tests.builders import act
from tests.hostile.corpus import DENSE, DENSE_PAGE, HUGE, LONGEST_NAME, TEXTS, as_name

PROBLEM = "hostile"
FIRST = "DENSE"
"""What the title of the first proposal in the queue begins with."""
REVIEWER = "kim"
FILE_NAME_BYTES = 220
IN_A_FILE = 10
IN_A_LIST = 150
"""So many characters the names of the problem's metrics and datasets have: all are read with each proposal."""
BESIDE = 5
"""A baseline and a reference are made of each so-manieth text: every proposal is held against all of them."""
FIELD = 1500
"""So many characters of a text go into the fields that are no document."""

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the store lies, and the folder of files that were imported into it."""

    store: Path
    files: Path


def contents_in(folder: Path) -> Contents:
    """Return the contents that were made in a folder."""
    return Contents(folder / "store.db", folder / "files")


def mark(number: int) -> str:
    """Return what the texts of a number begin with, wherever they stand."""
    return f"M{number:03d}M"


def make_contents(folder: Path) -> None:
    """Write the files into a folder, and take them into a store as a person does; then judge."""
    files = folder / "files"
    files.mkdir()
    for name, texts in _names_of_files().items():
        (files / name).write_bytes(
            b"\n".join(_written(line) for n, text in texts for line in _of_a_text(n, text))
            + b"\n"
            + b"".join(_rejected(n, text) for n, text in texts)
        )
    # The same ids, taken in before, so that the others are revisions.
    earlier = (_method(n, "proposal", f"{mark(n)}{text} earlier") for n, text in enumerate(TEXTS.values()))
    first = ({**line, "method": f"{line['method']} earlier"} for line in _dense())
    (folder / "earlier.jsonl").write_bytes(b"\n".join(map(_written, [*first, *earlier])))
    (files / "1 dense.jsonl").write_bytes(b"\n".join(map(_written, _dense())))
    (files / "huge.jsonl").write_bytes(b"\n".join(map(_written, _of_huge_texts())))
    (files / "problem.jsonl").write_bytes(_written(_problem()))
    store = open_store(folder / "store.db")
    run_import(store, [folder / "earlier.jsonl"])
    run_import(store, [files])
    _judge(store)
    store.close()


def _written(line: Line) -> bytes:
    """Return a line of JSON; halves of characters can be written as escapes alone."""
    return json.dumps(line).encode()


def _names_of_files() -> Mapping[str, Sequence[tuple[int, str]]]:
    """Return the texts by the names of the files that they are in: each name holds of all of them what a name can."""
    every = list(enumerate(TEXTS.values()))
    groups = [every[start : start + IN_A_FILE] for start in range(0, len(every), IN_A_FILE)]
    return {_file_name(group): group for group in groups}


def _file_name(texts: Sequence[tuple[int, str]]) -> str:
    room = FILE_NAME_BYTES // len(texts)
    parts = (text.encode(errors="replace").translate(None, b"/\0")[:room].decode(errors="ignore") for _, text in texts)
    return f"{mark(texts[0][0])}{''.join(parts)}.jsonl"


def _problem() -> Line:
    every = [as_name(text)[:IN_A_LIST] for text in TEXTS.values()]
    page = "\n\n".join(text[:FIELD] for text in TEXTS.values())
    return {
        "type": "problem",
        "id": PROBLEM,
        "title": page,
        "description": page,
        "primary_metric": "pgr",
        "primary_dataset": "chat",
        "metrics": [
            {"name": "pgr", "direction": "higher"},
            *(
                {"name": f"{mark(n)}{text}"[:LONGEST_NAME], "title": text, "unit": text, "direction": "higher"}
                for n, text in enumerate(every)
            ),
        ],
        "datasets": [
            {"name": "chat"},
            *({"name": f"{mark(n)}{text}"[:LONGEST_NAME], "aliases": [f"{text}alias{n}"[-LONGEST_NAME:]]}
              for n, text in enumerate(every)),
        ],
        "target": dict.fromkeys(("criterion", "system", "scale", "budget", "latency", "signals"), page),
    }  # fmt: skip


def _of_a_text(number: int, text: str) -> Iterator[Line]:
    name = _name(number, text)
    page = f"{mark(number)}{text}"
    for kind in ("proposal", *(("baseline", "reference") if number % BESIDE == 0 else ())):
        yield _method(number, kind, page)
    page = page[:FIELD]
    yield {
        "type": "remark",
        "problem": PROBLEM,
        "kind": ("insight", "error", "observation", "comment")[number % 4],
        "id": name,
        **dict.fromkeys(("text", "idea", "title", "author"), page),
        "about": name,
        "namespace": name,
    }


def _dense() -> Iterator[Line]:
    """Yield what holds all texts at once, for the places that can be looked through to their end."""
    for kind in ("proposal", "baseline"):
        line = _method(0, kind, DENSE_PAGE)
        name = f"{FIRST}{DENSE}"[:LONGEST_NAME]
        yield {**line, "id": f"{name[:980]} {kind}", "namespace": name, "title": name}


def _name(number: int, text: str) -> str:
    return f"{mark(number)}{as_name(text)}"[:LONGEST_NAME]


def _method(number: int, kind: str, page: str) -> Line:
    name = _name(number, [*TEXTS.values()][number])
    field = page[:FIELD]
    own = {
        "metric": name[: IN_A_LIST + 5],
        "dataset": name[: IN_A_LIST + 5],
        "split": field,
        "source": field,
        "setting": "lab",
    }
    own_value = 0.4 + number / 1000 + (0.1 if kind == "proposal" else 0)
    seeds = [{"seed": seed, "value": own_value + seed / 100, "says": field} for seed in range(3)]
    line: dict[str, Any] = {
        "type": kind,
        "problem": PROBLEM,
        "id": f"{name[:980]} {kind}",
        "namespace": name,
        "title": name,
        **dict.fromkeys(("agent", "run", "parent", "idea", "family"), field),
        **dict.fromkeys(("hypothesis", "method"), page),
        "claims": [field, field],
        "created_at": page[:100],
        "part": name,
        "measurements": [
            {**own, "seeds": seeds},
            {**own, "subset": field, "value": 0.5, "standard_error": 0.1, "n_seeds": 3},
            {**own, "setting": "held_out", "value": None, "missing": field},
            {"metric": "pgr", "dataset": "chat", "setting": "lab", "source": field,
             "seeds": [{"seed": seed, "value": own_value + seed / 50} for seed in range(4)]},
        ],
        "self_scores": [{"name": name, "value": 9.5}],
    }  # fmt: skip
    if kind == "proposal":
        # Nothing but its own measurement tells which baseline stands beside it: the one of the same text.
        line["measurements"] = line["measurements"][:3]
    return {**line, "bound": "floor"} if kind == "reference" else line


def _of_huge_texts() -> Iterator[Line]:
    for number, text in enumerate(HUGE.values(), len(TEXTS)):
        page = f"{mark(number)}{text}"
        for kind in ("proposal", "baseline"):
            yield {
                "type": kind,
                "problem": PROBLEM,
                "id": f"{mark(number)}{kind}",
                "title": f"{mark(number)} huge",
                **dict.fromkeys(("agent", "family", "hypothesis") if number == len(TEXTS) else (), page),
                "method": page,
            }


def _rejected(number: int, text: str) -> bytes:
    """Return lines that are refused, each in words that name what is wrong with it."""
    name = f"{mark(number)}{as_name(text)}"
    lines: Sequence[Line] = (
        {"type": name},
        {"type": "proposal", "id": name, "title": name, "problem": name},
        {"type": "proposal", "id": f"{name[:980]} proposal", "title": "x", "problem": PROBLEM, "namespace": name},
        {"type": "remark", "id": name, "kind": name, "text": "x", "problem": PROBLEM},
        {"type": "baseline", "id": f"{name}more", "title": "b", "problem": PROBLEM, "measurements": name, name: 1},
    )
    return b"\n".join(map(_written, lines)) + b"\n{" + text.encode(errors="replace").replace(b"\n", b" ") + b"\n"


def _judge(store: Store) -> None:
    """Have everybody say everything of the first proposals, as another program may have written it."""
    rubric = load_rubric(None)
    mine = begin_session(store, REVIEWER, rubric)
    rows = store.connection().execute("SELECT id, title FROM methods WHERE role = 'proposal' ORDER BY id").fetchall()
    for (method_id, _), text in zip(rows, (DENSE_PAGE, *TEXTS.values()), strict=False):
        _say(mine, method_id, text)
    for number, text in enumerate(TEXTS.values()):
        other = begin_session(store, f"other {number}", rubric)
        with store.write() as connection:
            name = f"{mark(number)}{text}"[:LONGEST_NAME].encode(errors="replace").decode()
            connection.execute("UPDATE reviewers SET name = ? WHERE id = ?", (name, other.reviewer_id))
        if number % 8 == 0:
            _say(replace(other, reviewer=name), rows[0][0], text)


def _say(session: Session, method_id: int, text: str) -> None:
    said = text.encode(errors="replace").decode()
    ratings = {c.slug: ConstraintRating(Rating.BLOCKER, said) for c in session.rubric.constraints[:2]}

    def change(_before: Judgement) -> Judgement:
        return Judgement(
            Verdict.CONDITIONAL, said, said, 0.35, ratings=ratings, rationale=said, tags=(said[:200], "plain")
        )

    act(session, method_id, Act.VERDICT, change, words=said)
