"""Addresses of servers, where a person may name one in place of a path."""

from urllib.parse import urlsplit

from reviewer.domain.errors import SourceError
from reviewer.domain.text import safe_line

_SCHEMES = ("http://", "https://")


def is_address(text: str) -> bool:
    """Tell whether somebody who was asked for a path gave the address of a server."""
    return text.lower().startswith(_SCHEMES)


def is_foreign_address(text: str) -> bool:
    """Tell whether it looks like an address that is none of a server here, as ``ftp://host/path``."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme.isascii() and scheme.isalnum() and not is_address(text)


def tidied(address: str) -> str:
    """Return an address as an import keeps it: in lower case where that is all the same, without ``/`` at its end.

    Raises:
        SourceError: when it is no address of a server, or holds what must not be kept with an import.
    """
    shown = safe_line(address, 200)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise SourceError(f"{shown}: is no address ({error}); write it as http://host:8000.") from error
    if parts.username is not None or parts.password is not None:
        raise SourceError("The address holds a name or a password, which would be kept with the import; leave it out.")
    plain = address.isascii() and address.isprintable() and " " not in address
    if not parts.hostname or port == 0 or parts.query or parts.fragment or not plain:
        raise SourceError(f"{shown}: is no address of a server alone; write it as http://host:8000.")
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
