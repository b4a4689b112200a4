"""What the formats say of themselves, held against what they do."""

from pathlib import Path

import pytest

from reviewer.domain.methods import MethodRecord
from reviewer.domain.text import safe_text
from reviewer.sources import native_lines, registry, table
from reviewer.sources.contract import Plan, Source, Stated
from reviewer.sources.table_map import Said, TableMap

from .example_files import write_example
from .reading import read_all


def stated_for(source: Source) -> Stated | None:
    """Return what has to be said of an example for it to be read: what the columns of a table are."""
    return Stated(table_map=TableMap(id=("method",), problem=Said("p"))) if source is table.SOURCE else None


every_source = pytest.mark.parametrize("source", registry.SOURCES, ids=lambda source: source.name)


@every_source
def test_every_format_says_what_it_is_known_by_what_becomes_of_it_and_what_it_cannot_know(source: Source) -> None:
    assert source.title
    assert source.sign
    assert not source.sign.endswith(".")
    assert source.fields
    assert all(field.strip() and becomes.strip() for field, becomes in source.fields)
    assert source.cannot_know
    assert source.example.strip()
    for text in (source.title, source.sign, source.example, *source.cannot_know, *sum(source.fields, ())):
        assert "\t".join(map(safe_text, text.split("\t"))) == text


@every_source
def test_the_example_of_a_format_is_known_as_its_own_and_read_without_a_reject(source: Source, tmp_path: Path) -> None:
    path = write_example(source, tmp_path)
    (found,) = registry.recognise(path).found
    assert found.source.name == source.name
    records = read_all(path, stated=stated_for(source))
    assert [record for record in records if isinstance(record, MethodRecord)]
    assert not records.rejects
    if not source.only_named:
        assert [each.source.name for each in registry.recognise(tmp_path).found] == [source.name]


@every_source
def test_the_same_file_in_another_folder_is_the_same_records(source: Source, tmp_path: Path) -> None:
    here, there = (tmp_path / name for name in ("here", "there"))
    hashes = []
    for folder in (here, there):
        folder.mkdir()
        found = read_all(write_example(source, folder), stated=stated_for(source))
        hashes.append({(m.namespace, m.external_id, m.part): m.revision_hash() for m in found.methods})
    assert hashes[0] == hashes[1]


def test_the_fields_of_our_own_format_are_all_those_that_its_lines_may_have() -> None:
    told = {name for field, _ in registry.by_name("native").fields for name in field.split(", ")}
    assert told == {name for name in native_lines.KNOWN_FIELDS if "." not in name}


UUID = "5b0f0c9e-1a2b-4c3d-8e4f-0123456789ab"


@pytest.mark.parametrize(
    ("source", "namespace", "known_as", "is_shared"),
    [
        ("native", "local", "exp12", True),
        ("native", "run-7", "exp12", False),
        ("markdown", "local", "an-idea", True),
        ("report", "local", "an-idea", True),
        ("table", "table-0123456789ab", "3", True),
        ("table", "sweep-3", "3", False),
        ("autoresearch", "autoresearch-0123456789ab", "0a1b2c3", True),
        ("aide", "aide", UUID.replace("-", ""), False),
        ("aide", "aide-0123456789ab", "1", True),
        ("ai-scientist-v2", "ai-scientist-v2", "idea-01234567", True),
        ("openevolve", "openevolve", UUID, False),
        ("openevolve", "openevolve", "program-1", True),
        ("shinka", "shinka", UUID, False),
        ("inspect", "inspect", "anything", False),
        ("aar-db", "aar-server", "finding-6", True),
        ("aar-db", "aar-server", UUID, False),
        ("aar-findings", "run-7", "finding-6", False),
        ("aar-cache", "aar-study", "vanilla_w2s", True),
    ],
)
def test_ids_that_no_file_says_the_run_of_may_be_of_two_runs(
    source: str, namespace: str, known_as: str, is_shared: bool
) -> None:
    plan = Plan(source, Path("x"), (), namespace)
    assert registry.shares_ids(plan)(namespace, known_as) is is_shared


@every_source
def test_each_source_says_how_unique_its_ids_are(source: Source) -> None:
    assert source.ids.strip()
    assert not source.ids.endswith(".")
    assert source.shares_ids is not None
