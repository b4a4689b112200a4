"""Packages that bring formats, laid into a folder as an installer does."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reviewer.sources.installed import installed_sources


def lay_package(folder: Path, name: str, code: str, formats: Mapping[str, str], version: str = "1.2") -> None:
    """Lay a package of one module into a folder; ``formats`` gives by its entry point what stands for the format."""
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    entries = "\n".join(f"{entry} = {module}:{attribute}" for entry, attribute in formats.items())
    (info / "entry_points.txt").write_text(f"[reviewer.sources]\n{entries}\n")


@contextmanager
def on_the_path(folder: Path) -> Iterator[None]:
    """Let this process find what lies in a folder, as if it were installed; afterwards it is gone again."""
    modules = set(sys.modules)
    sys.path.insert(0, str(folder))
    installed_sources.cache_clear()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        installed_sources.cache_clear()
        for name in set(sys.modules) - modules:
            if (file := getattr(sys.modules[name], "__file__", None)) and Path(file).is_relative_to(folder):
                del sys.modules[name]
