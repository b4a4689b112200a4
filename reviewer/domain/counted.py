"""Numbers of things in words."""


def counted(n: int, thing: str) -> str:
    """Return ``n`` with the noun in the number that it asks for: ``1 row``, ``2,000 rows``."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"
