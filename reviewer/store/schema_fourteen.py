"""The fourteenth schema: where else the content of a revision was met than where it was read first."""

MET_ELSEWHERE = (
    """
    CREATE TABLE met_elsewhere (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        path TEXT NOT NULL,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        place TEXT NOT NULL,
        same_raw INTEGER NOT NULL CHECK (same_raw IN (0, 1)),
        is_named INTEGER NOT NULL CHECK (is_named IN (0, 1)),
        import_id INTEGER NOT NULL REFERENCES imports (id),
        last_import_id INTEGER NOT NULL REFERENCES imports (id),
        first_met TEXT NOT NULL,
        last_met TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX met_elsewhere_by_revision ON met_elsewhere (revision_id)",
)
"""The fourteenth schema. A row says that a record of the same namespace and id with the content of a revision was met
by another import than the one that brought it: ``file``, ``sha256`` and ``place`` as a revision has them, and when
first and last (UTC). It was met so by every import from ``import_id`` to ``last_import_id`` that has the path of these
two and is not withdrawn: an import of the same path is added to the row of the one before it where it read the same, so
that what is imported again and again takes no more rows, and has a row of its own otherwise. ``path`` is where the file
lies, links followed, by which it is known again. ``same_raw`` says whether the raw record is the same there to the
letter; ``is_named`` whether it is the file that the revision names: then it is no other place, and tells only which
imports met it there. The rows are of a revision: once the content is another one, they tell of the earlier one. There
is no index by imports, which every import would have to keep: withdrawing reads all rows."""
