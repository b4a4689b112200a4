"""Numbers of things, and sizes, in words."""


def counted(n: int, thing: str) -> str:
    """Return ``n`` with the noun in the number that it asks for: ``1 row``, ``2,000 rows``."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def sized(n: int) -> str:
    """Return a size in bytes as people read it: ``12.3 MB``, ``1 byte``."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return counted(n, "byte")
