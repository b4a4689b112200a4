"""Names of tables, columns and indexes as SQL has them: somebody may have put some of their own into a store."""


def quoted(name: str) -> str:
    """Return a name in quotes, in which it is nothing but a name."""
    return '"' + name.replace('"', '""') + '"'
