"""Where the key of the API comes from: the environment, or the system's keyring. It is never written down by us."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

VARIABLE = "ANTHROPIC_API_KEY"
SERVICE, ACCOUNT = "reviewer", "anthropic"
"""Under which the keyring has it: ``keyring set reviewer anthropic``."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it is from; what prints it shows no key."""

    secret: str = field(repr=False)
    found_in: str


def find_key(environ: Mapping[str, str] | None = None) -> Key | None:
    """Return the key: that of the environment, else that of the keyring where one is installed; None without either.

    A keyring may ask the person, or wait for a service: not to be called where a key waits.
    """
    given = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if given:
        return Key(given, VARIABLE)
    stored = _from_keyring()
    return Key(stored, "the keyring") if stored else None


def is_well_formed(secret: str) -> bool:
    """Return whether a header can carry it: anything else never reaches the API, and fails in the middle of a call."""
    return secret.isascii() and secret.isprintable() and " " not in secret


def _from_keyring() -> str:
    if find_spec("keyring") is None:
        return ""
    keyring = import_module("keyring")
    try:
        return (keyring.get_password(SERVICE, ACCOUNT) or "").strip()
    except keyring.errors.KeyringError:  # locked, or none is running: as good as none
        return ""
