"""A file that gets its name before it is on the disk is told, in whatever order it was made."""

from pathlib import Path

import pytest

from tests.faults.shims import lacks
from tests.faults.syncing import Order

pytestmark = pytest.mark.skipif(bool(lacks()), reason="without a C compiler no order is seen")

WRITTEN, SYNCED, NAMED = "write\t/out/.part", "sync\t/out/.part", "rename\t/out/.part\t/out/a.csv"
FOLDER = "sync\t/out"


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ((WRITTEN, SYNCED, NAMED, FOLDER), ()),
        ((WRITTEN, SYNCED, WRITTEN, SYNCED, NAMED, FOLDER), ()),
        ((WRITTEN, SYNCED, NAMED), ("the name of a.csv was never synced",)),
        ((WRITTEN, SYNCED, FOLDER, NAMED), ("the name of a.csv was never synced",)),
        ((WRITTEN, NAMED), ("a.csv got its name before what is in it was synced",)),
        ((WRITTEN, NAMED, SYNCED), ("a.csv got its name before what is in it was synced",)),
        ((WRITTEN, SYNCED, WRITTEN, NAMED), ("a.csv got its name before what is in it was synced",)),
        (("write\t/out/a.csv", "sync\t/out/a.csv"), ("a.csv was not put in place by a rename",)),
        ((), ("a.csv was not put in place by a rename",)),
    ],
)
def test_a_file_must_be_synced_before_it_gets_its_name_and_the_name_after(
    tmp_path: Path, done: tuple[str, ...], told: tuple[str, ...]
) -> None:
    record = tmp_path / "record"
    record.write_text("".join(f"{line}\n" for line in done))
    assert Order(Path("/out"), record).unsynced(Path("/out/a.csv")) == told
