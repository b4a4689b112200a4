"""Keeping a copy of the store: where it goes, and what may give way to it."""

from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import StoreError, UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.identity import Clock, utc_now
from reviewer.store.backup import Copied, copy_store, lacks_nothing_of
from reviewer.store.drafts import files_of


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A copy that was made of a store, and where it lies."""

    path: Path
    copy: Copied
    replaced: bool
    """Whether an earlier file gave way to it."""


def backups_folder(store: Path) -> Path:
    """Return the folder beside a store in which its copies lie."""
    return store.with_name(f"{store.name}-backups")


def make_folder(folder: Path) -> None:
    """Make the folder of copies, for its owner alone, where there is none.

    Raises:
        StoreError: when it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be made ({error.strerror}); name another place.") from error


def back_up(store: Path, out: Path | None = None, *, force: bool = False, clock: Clock = utc_now) -> BackedUp:
    """Copy the store, which may be in use, to ``out``; without one, beside it under the time. The copy is looked over.

    Where ``out`` is a folder, the copy lies in it. An earlier copy of the same store gives way, and nothing else does
    unless ``force``.

    Raises:
        UserError: when ``out`` is taken by something else, or belongs to the store itself.
        StoreError: when there is no store, it is damaged, or the copy cannot be written.
    """
    name = f"{store.stem}-{clock():%Y%m%dT%H%M%SZ}.db"
    if out is None:
        if store.is_file():
            make_folder(backups_folder(store))
        path = backups_folder(store) / name
    else:
        path = place_for(out, name)
        refuse_own_files(path, store)
    replaced = path.exists()
    if replaced and not force and not lacks_nothing_of(path, store):
        raise UserError(
            f"{path} is there already and is no earlier copy of {store}, so that something would be lost with it; "
            "name another file, or replace it by --force."
        )
    return BackedUp(path, copy_store(store, path), replaced)


def place_for(out: Path, name: str) -> Path:
    """Return the file that ``out`` stands for: ``name`` in it where it is a folder.

    Raises:
        UserError: when it is no path, or a pipe or a device.
    """
    try:
        path = expanded(out).resolve()
        path = path / name if path.is_dir() else path
        taken = path.exists() and not path.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"{str(out)!r} cannot be used as a path ({error}); name another one.") from error
    if taken:
        raise UserError(f"{path} is no plain file; name another one.")
    return path


def refuse_own_files(path: Path, store: Path) -> None:
    """Refuse to write over one of the files of a store.

    Raises:
        UserError: when ``path`` is one of them.
    """
    for own in files_of(store):
        if path == own or (path.exists() and own.exists() and path.samefile(own)):
            raise UserError(f"{path} belongs to the store itself; name another file.")
