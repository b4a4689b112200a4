"""Where things lie on this machine: the store, the drafts beside it, the config file and the log."""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded

STORE_VARIABLE = "REVIEWER_STORE"
CONFIG_VARIABLE = "REVIEWER_CONFIG"
STORE_OPTION = "--store"
BY_DEFAULT = "the default place"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute paths; none of them needs to be there yet."""

    store: Path
    config: Path
    log: Path
    store_from: str = BY_DEFAULT
    """What named the store: ``--store``, ``REVIEWER_STORE`` or the default place."""
    config_from: str = BY_DEFAULT
    store_slip: str = ""
    """A sentence on why nobody can mean that place for a store to be made; empty where there is one, or one may be."""

    def require_place_for_store(self) -> None:
        """Check that a store may be made where ``--store`` says, unless one is there.

        Raises:
            UserError: when its folder is not there, or it is a link to nothing.
        """
        if self.store_slip:
            raise UserError(self.store_slip)

    @property
    def drafts(self) -> Path:
        """Return the file of unfinished work, which belongs to one store and lies beside it."""
        return self.store.with_name(f"{self.store.name}-drafts")


def find_places(
    store: Path | None = None, config: Path | None = None, environ: Mapping[str, str] | None = None
) -> Places:
    """Return where things lie: an option outweighs the environment, and that the platform's own directories.

    ``store`` and ``config`` are what ``--store`` and ``--config`` said. Nothing is created.

    Raises:
        UserError: when a path is no path at all, or ``--config`` names a file that is not there.
    """
    import platformdirs  # some 15 ms, which `reviewer --help` need not pay

    given = os.environ if environ is None else environ
    store_from, store_path = _first((STORE_OPTION, store), (STORE_VARIABLE, given.get(STORE_VARIABLE)))
    config_from, config_path = _first(("--config", config), (CONFIG_VARIABLE, given.get(CONFIG_VARIABLE)))
    if store_path is None:
        store_path = platformdirs.user_data_path("reviewer", appauthor=False) / "reviewer.db"
    if config_path is None:
        config_path = platformdirs.user_config_path("reviewer", appauthor=False) / "config.toml"
    where = _absolute(store_path, store_from)
    places = Places(
        store=where,
        config=_absolute(config_path, config_from),
        log=platformdirs.user_log_path("reviewer", appauthor=False) / "reviewer.log",
        store_from=store_from,
        config_from=config_from,
        # As with the config: by hand it is a slip.
        store_slip=_slip(store, where) if store_from == STORE_OPTION and store is not None else "",
    )
    # A name typed by hand for one call is a slip when nothing is there; a variable may well name a file to come.
    if config is not None and not places.config.exists():
        raise UserError(f"--config: there is no file {places.config}; create it, or leave the option out.")
    return places


def _slip(given: Path, where: Path) -> str:
    if os.path.lexists(expanded(given)) and not where.exists():
        return f"--store: {given} is a link to {where}, where nothing is; put that right, or name another file."
    if not where.parent.is_dir():
        return f"--store: there is no folder {where.parent}; make it, or name another place."
    return ""


def _first(*offers: tuple[str, Path | str | None]) -> tuple[str, Path | None]:
    """Return the first offer that says something, with who made it."""
    for who, path in offers:
        if path is not None and str(path):
            return who, Path(path)
    return BY_DEFAULT, None


def _absolute(path: Path, said_by: str) -> Path:
    """Return ``path`` with ``~`` and links resolved, so that one file has one name, and one file of drafts."""
    try:
        resolved = expanded(path).resolve()
        if resolved.is_symlink():  # in a circle, which Python 3.13 leaves as it stands
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return resolved
    except UserError as error:
        raise UserError(f"{said_by}: {error}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"{said_by}: {str(path)!r} cannot be used as a path ({error}); name another one.") from error
