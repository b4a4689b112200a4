"""In which order a command has written, synced and renamed files: what a loss of power would have left of them."""

from collections.abc import Mapping
from pathlib import Path

from tests.faults.shims import lacks, shim


class Order:
    """What a command does to the files of a folder, in its order; nothing where there is no shim to see it."""

    def __init__(self, folder: Path, record: Path) -> None:
        """Have it written down in ``record``, which lies outside the folder."""
        self._folder, self._record = folder, record

    @property
    def env(self) -> Mapping[str, str]:
        """Return the environment in which it is written down."""
        if lacks():
            return {}
        return {
            "LD_PRELOAD": str(shim("syncs")),
            "FAULTS_ROOT": str(self._folder),
            "FAULTS_RECORD": str(self._record),
        }

    def unsynced(self, file: Path) -> tuple[str, ...]:
        """Return what a loss of power after the command's end could have taken of a file that it put in place."""
        if lacks():
            return ()
        lines = self._record.read_text().splitlines() if self._record.exists() else []
        done = [tuple(line.split("\t")) for line in lines]
        named = [place for place, each in enumerate(done) if each[0] == "rename" and each[2] == str(file)]
        if not named:
            return (f"{file.name} was not put in place by a rename",)
        before, prepared, after = done[: named[-1]], done[named[-1]][1], done[named[-1] :]
        if ("sync", prepared) not in before or _last(before, "write", prepared) > _last(before, "sync", prepared):
            return (f"{file.name} got its name before what is in it was synced",)
        return () if ("sync", str(file.parent)) in after else (f"the name of {file.name} was never synced",)


def _last(done: list[tuple[str, ...]], what: str, path: str) -> int:
    """Return the place at which that was done last to a file, -1 for never."""
    return max((place for place, each in enumerate(done) if each == (what, path)), default=-1)
