"""Libraries that are loaded into the app before the C library, and do to it what a disk or a clock may do."""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def lacks() -> str:
    """Return what a shim takes and is not there."""
    return "" if shutil.which("cc") else "not tried: there is no C compiler"


@cache
def shim(name: str) -> Path:
    """Return the shim of that name, compiled."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source, library = Path(__file__).with_name(f"{name}.c"), folder / f"{name}.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


class Switches:
    """What goes wrong for the app whose files lie in a folder, switched on and off while it runs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / "switches"
        self._folder.mkdir()

    @property
    def env(self) -> Mapping[str, str]:
        """Return the environment in which an app obeys the switches."""
        return {
            "LD_PRELOAD": str(shim("trouble")),
            "FAULTS_ROOT": str(self._root),
            "FAULTS_SWITCHES": str(self._folder),
        }

    def on(self, name: str, degree: int | str = 0) -> None:
        """Let something go wrong, by its name in the shim's source, to the degree that it says there."""
        prepared = self._folder / f".{name}"
        prepared.write_text(str(degree))
        prepared.rename(self._folder / name)

    def off(self, name: str) -> None:
        """Let it be well again."""
        (self._folder / name).unlink(missing_ok=True)

    @property
    def is_held(self) -> bool:
        """Return whether something waits at a switch that holds it."""
        return (self._folder / "held").exists()

    def hold(self, name: str, file: Path) -> None:
        """Have whatever is done to a file wait there, by the name of the switch, until that is off."""
        (self._folder / "held").unlink(missing_ok=True)
        self.on(name, file.name)
