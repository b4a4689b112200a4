"""What every reader does with what is no file of its kind: it refuses it in a sentence, and runs nothing of it."""

import gzip
import json
import os
import pickle
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reviewer
from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Reject
from reviewer.sources import aar_database, aar_findings, ai_scientist_v2, registry, report_text, shinka, table
from reviewer.sources.contract import Source, Stated
from reviewer.sources.native_lines import line_reader
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap

from .aar_cache_fixture import student
from .ai_scientist_fixture import SECOND_IDEA, attempt, build_idea_folder, idea, journal, named, write
from .example_files import write_example
from .reading import Records, read_all
from .truncation import is_never_misread

MAP = TableMap(id=("method",), measurements=(MeasuredColumn(Said("accuracy"), "acc"),))
DEEP = "[" * 100_000 + "]" * 100_000

_every_reader = pytest.mark.parametrize("source", registry.SOURCES, ids=[source.name for source in registry.SOURCES])


def read_as(source: Source, path: Path) -> Records:
    """Return what a reader makes of a file; none of it where it refuses the file, which it says in a sentence."""
    stated = Stated(table_map=MAP) if source is table.SOURCE else None
    try:
        found = read_all(path, problem="p", format_name=source.name, stated=stated)
    except SourceError as error:
        found = Records([Reject(str(path), "", str(error))])
    assert all(reject.reason.strip() and reject.file for reject in found.rejects)
    return found


class Harm:
    """What a pickle does to whoever loads it."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._trace),)


@_every_reader
def test_a_pickle_is_never_loaded_whatever_it_is_called_and_wherever_it_lies(source: Source, tmp_path: Path) -> None:
    trace = tmp_path / "loaded"
    harm = pickle.dumps(Harm(trace))
    path = write_example(source, tmp_path / "in")
    for name in ("state.pkl", "results.pickle", "final_results.joblib", "weights.pt"):
        (path.parent / name).write_bytes(harm)
    assert read_as(source, path).methods
    path.write_bytes(harm)
    assert not read_as(source, path).methods
    path.write_bytes(pickle.dumps(Harm(trace), protocol=0))
    assert not read_as(source, path).methods or source is report_text.SOURCE, "of letters alone, it is a text"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", harm)
        archive.writestr("data.pkl", harm)
    assert not read_as(source, path).methods
    assert not trace.exists()


@_every_reader
@settings(max_examples=25)
@given(data=st.data())
def test_arbitrary_bytes_within_a_file_are_read_or_refused_in_a_sentence(
    source: Source, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any bytes put anywhere into a file of its kind, in place of some that stood there."""
    path = write_example(source, tmp_path_factory.mktemp("in"))
    target = (
        path if path.is_file() else max((f for f in path.rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
    )
    raw = target.read_bytes()
    at, gone = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 40))
    target.write_bytes(raw[:at] + data.draw(st.binary(max_size=60)) + raw[at + gone :])
    read_as(source, path)


def test_nothing_that_reads_files_of_others_can_load_a_pickle() -> None:
    loads = re.compile(r"^\s*(?:import|from) (?:pickle|marshal|shelve|joblib|torch|dill|cloudpickle)\b", re.MULTILINE)
    sources = sorted((Path(reviewer.__file__).parent / "sources").glob("*.py"))
    assert len(sources) > len(registry.SOURCES)
    for file in sources:
        text = file.read_text(encoding="utf-8")
        assert not loads.search(text), file.name
        assert "allow_pickle" not in text, file.name


@_every_reader
def test_what_is_nested_beyond_reason_is_refused(source: Source, tmp_path: Path) -> None:
    path = write_example(source, tmp_path)
    if path.suffix in (".db", ".sqlite"):
        with closing(sqlite3.connect(path)) as connection:
            if source is shinka.SOURCE:
                connection.execute("UPDATE programs SET public_metrics = ?", (DEEP,))
            else:
                connection.execute("ALTER TABLE findings ADD config TEXT")
                connection.execute("UPDATE findings SET config = ?", (DEEP,))
            connection.commit()
        for method in read_as(source, path).methods:
            assert DEEP in json.dumps(method.raw), "what is no JSON that can be read stays the text that it is"
        return
    for text in (
        DEEP,
        f'{{"type": {DEEP}}}',
        f'{{"nodes": {DEEP}, "node2parent": {{}}}}',
        f"---\ntitle: {DEEP}\n---\n",
    ):
        path.write_text(text)
        for method in read_as(source, path).methods:
            assert source is report_text.SOURCE, "any text is one for it"
            assert method.body


@_every_reader
def test_what_is_packed_is_not_unpacked(source: Source, tmp_path: Path) -> None:
    """10 MB of zeros in some kilobytes, by every packer: only the reader of archives looks in, and no further."""
    path = write_example(source, tmp_path)
    zeros = bytes(10_000_000)
    for packed in (gzip.compress(zeros), gzip.compress(path.read_bytes())):
        path.write_bytes(packed)
        assert not read_as(source, path).methods
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", zeros)
        archive.writestr("example.json", source.example)
    assert not read_as(source, path).methods


LONG = TableMap(
    id=("name",), problem=Said("p"), namespace=Said("n"), seed="seed",
    measurements=(MeasuredColumn(Said("", "metric"), "value", dataset=Said("", "data")),),
)  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_with_a_row_for_each_number_is_never_misread(end: str, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = ("name,metric,data,seed,value", 'a,acc,"ch\nat",11,0.52', "a,acc,math,12,0.57", "bc,acc,math,1,-1.25e3", "")
    path.write_text(end.join(rows), newline="")
    # What was cut off behind a row that is whole leaves the method with fewer numbers: each of them is that of the row.
    whole = {str(m) for method in read_all(path, stated=Stated(table_map=LONG)).methods for m in method.measurements}

    def numbers(method: object) -> bool:
        return {str(m) for m in method.measurements} <= whole  # type: ignore[attr-defined]

    assert is_never_misread(path, stated=Stated(table_map=LONG), same=numbers) > 0


@pytest.mark.parametrize(
    ("source", "sql"),
    [
        (aar_database.SOURCE, "CREATE TABLE findings (id, post_id, title, content, finding_type, pgr);"
         "INSERT INTO findings VALUES (1, 'p', 'T', 'It helps.', 'result', 0.5)"),
        (shinka.SOURCE, "CREATE TABLE programs (id, parent_id, generation, combined_score, correct, public_metrics, "
         "private_metrics); INSERT INTO programs VALUES ('6f1c', NULL, 0, 0.31, 1, '{}', '{}')"),
    ],
)  # fmt: skip
def test_a_database_that_is_cut_off_is_never_misread(source: Source, sql: str, tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA page_size = 512; {sql}")
    assert path.stat().st_size == 1024
    assert read_all(path).methods
    assert is_never_misread(path, format_name=source.name) == 0


def test_a_finding_and_a_seed_that_are_cut_off_are_never_misread(tmp_path: Path) -> None:
    finding = {"post_id": "p", "content": "It hélps.", "finding_type": "result", "pgr": 0.25, "dataset": "chat"}
    path = write(tmp_path / "shared_findings" / "1_idea.json", finding)
    assert is_never_misread(path, format_name=aar_findings.NAME) == 0
    cache = tmp_path / "cache"
    write(cache / "chat_vanilla_w2s" / "c" / "seed_42.json", student(771, 42))
    other = write(cache / "chat_vanilla_w2s" / "c" / "seed_43.json", student(720, 43))
    whole = {seed for m in read_all(cache).methods for each in m.measurements for seed in each.seeds}
    assert is_never_misread(
        other,
        root=cache,
        format_name="aar-cache",
        same=lambda m: {seed for each in m.measurements for seed in each.seeds} <= whole,
    )


@pytest.mark.parametrize("name", ["notes.txt", "review.txt", "seed_ideas.json", "ideas.json"])
def test_a_file_of_an_ideas_folder_that_is_cut_off_is_never_misread(name: str, tmp_path: Path) -> None:
    folder = build_idea_folder(tmp_path, "tried")
    # Half of the title of the idea that was tried is that of another one.
    write(
        folder / "ideas.json", [idea("lr", Title="On adaptive"), idea("adaptive_lr"), idea("b", Title="On adaptive l")]
    )
    write(folder / "seed_ideas.json", [idea("lr", Title="On adaptive", novel=None)])

    def said(method: object) -> object:
        measured = [(m.metric, m.value, m.n_seeds) for m in method.measurements]  # type: ignore[attr-defined]
        return method.title, measured  # type: ignore[attr-defined]

    assert is_never_misread(folder / name, root=folder, format_name="ai-scientist", same=said) > 0


def test_the_idea_of_a_search_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    path = write(folder / "idea.json", SECOND_IDEA)
    write(folder / "stage_1" / "journal.json", journal([attempt(0, named("loss", 0.5))], {}))
    assert is_never_misread(
        path, root=folder, format_name=ai_scientist_v2.NAME, same=lambda m: (m.title, m.measurements)
    )


BLANKS = st.sampled_from(["", " ", "\t", "\r", "  "])
NAMES = st.sampled_from(["id", "title", "body", "x: y", 'x":y'])
TEXTS = st.sampled_from(["a", "a: b", 'a":b', 'a" :b', 'a\\"'])


@settings(max_examples=300)
@given(keys=st.lists(st.tuples(NAMES, BLANKS, BLANKS, TEXTS), min_size=1, max_size=6), data=st.data())
def test_a_line_is_refused_exactly_where_a_key_stands_twice_whatever_its_blanks(
    keys: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    keys += [(name, "", "", "t") for name in ("id", "title") if all(key[0] != name for key in keys)]
    keys += [(name, data.draw(BLANKS), "", "p") for name in ("type", "problem")]
    said = [
        f"{json.dumps(name)}{before}:{after}{json.dumps('proposal' if name == 'type' else text)}"
        for name, before, after, text in keys
    ]
    line = ("{" + ",".join(said) + "}").encode()
    read = line_reader(file="f", sha256="0" * 64, problem=None, namespace="n")(line, 1)
    names = [name for name, *_ in keys]
    assert isinstance(read, Reject) == (len(set(names)) < len(names)), line


def test_what_a_file_says_twice_of_one_thing_is_refused(tmp_path: Path) -> None:
    """Python's reader takes the last; which of the two is meant nobody knows."""
    line = '{"type": "proposal", "id": "a", "title": "A", "problem": "p", "measurements": [%s]}\n'
    path = tmp_path / "lines.jsonl"
    number = '{"metric": "acc", "dataset": "d", "value": 0.1%s}'
    path.write_text(line % (number % ', "value": 0.9') + (line % (number % "")).replace('"a"', '"b"'))
    found = read_all(path)
    assert [m.external_id for m in found.methods] == ["b"]
    assert [(r.place, r.reason) for r in found.rejects] == [
        ("line 1", "has 'value' twice in one object: nobody knows which of the two is meant")
    ]
    blank = number.replace('"metric":', '"metric" :')
    path.write_text((line % (blank % ', "value": 0.9')) + (line % (blank % "")).replace('"a"', '"b"'))
    assert [m.external_id for m in read_all(path).methods] == ["b"], "whatever blank stands before another colon"
    path = write(tmp_path / "ideas.json", '[{"Name": "n", "Title": "t", "Experiment": "e", "Title": "u"}]')
    (reject,) = read_all(path, format_name="ai-scientist")
    assert isinstance(reject, Reject)
    assert "has 'Title' twice" in reject.reason
