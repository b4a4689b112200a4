"""The thirteenth schema: which proposals say the same, to the letter or nearly. It follows from the revisions."""

# What a trigger does where a row is there already says ON CONFLICT: an OR of its own would give way to whatever the
# statement says that fires it.
DUPLICATES_TRIGGERS = (
    # What anybody has said anything of is a proposal of its own, and never hidden behind another one.
    *(
        f"""
    CREATE TRIGGER sightings_told_of_in_{table}_come_out AFTER INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM sightings WHERE id = new.method_id) BEGIN
        DELETE FROM sightings WHERE id = new.method_id;
        INSERT INTO unmatched (id) VALUES (new.method_id) ON CONFLICT (id) DO UPDATE SET taken = 0;
    END
    """
        for table in ("annotations", "outcomes", "adjudications", "critiques", "assignments")
    ),
    # The same with other words or numbers is another proposal at once, and not only when it is looked at again.
    """
    CREATE TRIGGER methods_wait_to_be_sketched AFTER UPDATE OF revision_id, revisions, role ON methods BEGIN
        INSERT INTO unsketched (id) VALUES (new.id) ON CONFLICT (id) DO NOTHING;
        INSERT INTO unmatched (id) SELECT id FROM sightings WHERE first_id = new.id
            ON CONFLICT (id) DO UPDATE SET taken = 0;
        DELETE FROM sightings WHERE id = new.id OR first_id = new.id;
    END
    """,
    """
    CREATE TRIGGER measurements_wait_to_be_sketched AFTER UPDATE OF setting, dataset ON measurements BEGIN
        INSERT INTO unsketched (id) VALUES (new.method_id) ON CONFLICT (id) DO NOTHING;
        INSERT INTO unmatched (id) SELECT id FROM sightings WHERE first_id = new.method_id
            ON CONFLICT (id) DO UPDATE SET taken = 0;
        DELETE FROM sightings WHERE id = new.method_id OR first_id = new.method_id;
    END
    """,
    """
    CREATE TRIGGER sketches_wait_to_be_matched AFTER UPDATE OF fingerprint, bands, problem_id ON sketches
    WHEN new.fingerprint <> old.fingerprint OR new.bands <> old.bands OR new.problem_id <> old.problem_id BEGIN
        INSERT INTO unmatched (id) SELECT id FROM (
            SELECT new.id AS id UNION SELECT one_id FROM alike_pairs WHERE other_id = new.id
            UNION SELECT other_id FROM alike_pairs WHERE one_id = new.id
            UNION SELECT id FROM sightings WHERE first_id = new.id UNION SELECT id FROM alike WHERE head_id = new.id
        ) WHERE true ON CONFLICT (id) DO UPDATE SET taken = 0;
        DELETE FROM alike_pairs WHERE one_id = new.id OR other_id = new.id;
        DELETE FROM sightings WHERE id = new.id OR first_id = new.id;
        DELETE FROM alike WHERE id = new.id OR head_id = new.id;
    END
    """,
    """
    CREATE TRIGGER sketches_leave_what_is_alike AFTER DELETE ON sketches BEGIN
        INSERT INTO unmatched (id) SELECT id FROM (
            SELECT one_id AS id FROM alike_pairs WHERE other_id = old.id
            UNION SELECT other_id FROM alike_pairs WHERE one_id = old.id
            UNION SELECT id FROM sightings WHERE first_id = old.id
            UNION SELECT id FROM alike WHERE head_id = old.id AND id <> old.id
        ) WHERE true ON CONFLICT (id) DO UPDATE SET taken = 0;
        DELETE FROM alike_pairs WHERE one_id = old.id OR other_id = old.id;
        DELETE FROM sightings WHERE id = old.id OR first_id = old.id;
        DELETE FROM alike WHERE id = old.id OR head_id = old.id;
        DELETE FROM unmatched WHERE id = old.id;
    END
    """,
    """
    CREATE TRIGGER methods_leave_their_sketches AFTER DELETE ON methods BEGIN
        DELETE FROM sketches WHERE id = old.id;
        DELETE FROM unsketched WHERE id = old.id;
        DELETE FROM unmatched WHERE id = old.id;
    END
    """,
)

DUPLICATES = (
    """
    CREATE TABLE sketches (
        id INTEGER PRIMARY KEY REFERENCES methods (id),
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        fingerprint BLOB NOT NULL,
        bands BLOB NOT NULL
    ) STRICT
    """,
    "CREATE TABLE unsketched (id INTEGER PRIMARY KEY REFERENCES methods (id)) STRICT",
    """
    CREATE TABLE unmatched (
        id INTEGER PRIMARY KEY REFERENCES methods (id),
        taken INTEGER NOT NULL DEFAULT 0 CHECK (taken IN (0, 1))
    ) STRICT
    """,
    """
    CREATE TABLE sightings (
        id INTEGER PRIMARY KEY REFERENCES methods (id),
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        first_id INTEGER NOT NULL REFERENCES methods (id)
    ) STRICT
    """,
    "CREATE INDEX sightings_of_first ON sightings (first_id)",
    "CREATE INDEX sightings_of_problem ON sightings (problem_id)",
    """
    CREATE TABLE alike_pairs (
        id INTEGER PRIMARY KEY,
        one_id INTEGER NOT NULL REFERENCES methods (id),
        other_id INTEGER NOT NULL REFERENCES methods (id),
        measure REAL NOT NULL,
        UNIQUE (one_id, other_id)
    ) STRICT
    """,
    "CREATE INDEX alike_pairs_of_other ON alike_pairs (other_id)",
    """
    CREATE TABLE alike (
        id INTEGER PRIMARY KEY REFERENCES methods (id),
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        head_id INTEGER NOT NULL REFERENCES methods (id),
        measure REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX alike_of_head ON alike (head_id)",
    """
    CREATE TABLE grouping (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        stamp TEXT NOT NULL,
        sketched_to INTEGER NOT NULL,
        matched_to INTEGER NOT NULL
    ) STRICT
    """,
    *DUPLICATES_TRIGGERS,
)
"""The thirteenth schema. Rows are of proposals, by the row ids that these have in ``methods``. One of ``sketches`` is
what a proposal is known by: ``fingerprint`` is that of its whole content, ``bands`` are hashes of which texts that are
alike share some. Up to ``sketched_to`` there are sketches, up to ``matched_to`` these were held against one another,
under the ``stamp``; what changed since waits in ``unsketched`` and ``unmatched`` (``taken`` once somebody is at it). A
row of ``sightings`` says that one is the proposal ``first_id`` met again, to the letter: then it is a sighting of that,
and no proposal of its own. ``alike_pairs`` are those that are nearly the same; ``alike`` says at whose side
(``head_id``, whose own row names itself) each stands, and how alike it is to that one, 0 to 100."""
