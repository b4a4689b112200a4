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
        import_id INTEGER NOT NULL REFERENCES imports (id),
        last_import_id INTEGER NOT NULL REFERENCES imports (id),
        first_met TEXT NOT NULL,
        last_met TEXT NOT NULL,
        UNIQUE (revision_id, path)
    ) STRICT
    """,
    "CREATE INDEX met_elsewhere_by_import ON met_elsewhere (import_id)",
    "CREATE INDEX met_elsewhere_by_last_import ON met_elsewhere (last_import_id)",
)
"""The fourteenth schema. A row says that a record of the same namespace and id with the content of a revision was met
in another file than the one that the revision names: ``file``, ``sha256`` and ``place`` as a revision has them, by
which import first and by which last, and when (UTC). ``path`` is where the file lies, by which it is known again:
of one revision there is one row a file. ``same_raw`` says whether the raw record is the same there to the letter. What
is met in the file that the revision names has no row. The rows are of a revision: once the content is another one, they
tell of the earlier one."""
