"""What a dry run keeps of each record that it has held against the store."""

import tracemalloc
from contextlib import closing
from pathlib import Path

from reviewer.domain.methods import Provenance
from reviewer.domain.vocabulary import Setting
from reviewer.store.prepared import prepare
from reviewer.store.settings import SettingFor
from reviewer.workflow.foreseeing import Foresight
from tests.builders import build_store, record

FEW, MANY = 200, 4000
MOST_BYTES_EACH = 400


def unknown_settings() -> SettingFor:
    return lambda dataset: Setting.UNKNOWN


def test_a_dry_run_knows_of_each_content_in_which_files_it_was_read(tmp_path: Path) -> None:
    foresight = Foresight(lambda problem: unknown_settings())
    one = record("p9")
    with closing(build_store(tmp_path)) as store, store.read() as connection:
        told = [
            foresight.method(connection, prepare(one._replace(provenance=Provenance(path, "x", "line 1"))), path)
            for path in ("/w/a", "/w/b", "/w/a", "/w/b", "/w/c")
        ]
    assert [each.elsewhere for each in told] == [False, True, False, False, True]


def test_a_dry_run_keeps_little_of_each_record(tmp_path: Path) -> None:
    foresight = Foresight(lambda problem: unknown_settings())
    with closing(build_store(tmp_path)) as store, store.read() as connection:

        def hold(numbers: range) -> None:
            for n in numbers:
                foresight.method(connection, prepare(record(f"p{n}")), "/w/a.jsonl")

        hold(range(FEW))
        tracemalloc.start()
        try:
            hold(range(FEW, MANY))
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert kept / (MANY - FEW) < MOST_BYTES_EACH, kept / (MANY - FEW)
