"""The ninth schema: what people say became of proposals, as events, and what holds of that now."""

OUTCOME_TRIGGERS = (
    """
    CREATE TRIGGER outcomes_never_change BEFORE UPDATE ON outcomes
    BEGIN SELECT RAISE(ABORT, 'outcomes are never updated'); END
    """,
    """
    CREATE TRIGGER outcomes_never_go BEFORE DELETE ON outcomes
    BEGIN SELECT RAISE(ABORT, 'outcomes are never deleted'); END
    """,
    """
    CREATE TRIGGER outcomes_are_never_replaced BEFORE INSERT ON outcomes
    WHEN EXISTS (SELECT 1 FROM outcomes WHERE id = new.id OR uuid = new.uuid)
    BEGIN SELECT RAISE(ABORT, 'outcomes are never replaced'); END
    """,
    # Of new measurements `exposures` is told by what writes them: a trigger would triple what each of them costs.
    """
    CREATE TRIGGER production_could_be_seen AFTER UPDATE OF setting ON measurements
    WHEN new.setting = 'production' AND old.setting <> 'production' BEGIN
        INSERT INTO exposures (method_id, production_from)
        SELECT new.method_id, recorded_at FROM revisions WHERE id = new.revision_id
        ON CONFLICT (method_id) DO UPDATE SET production_from = min(production_from, excluded.production_from);
    END
    """,
    """
    CREATE TRIGGER methods_leave_exposures AFTER DELETE ON methods BEGIN
        DELETE FROM exposures WHERE method_id = old.id;
    END
    """,
)

OUTCOMES = (
    "ALTER TABLE targets ADD COLUMN months INTEGER CHECK (months > 0)",
    """
    CREATE TABLE outcomes (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        kind TEXT NOT NULL CHECK (kind = 'outcome' OR kind = 'retraction'),
        supersedes TEXT,
        target_version INTEGER,
        result TEXT CHECK (result = 'survived' OR result = 'failed' OR result = 'partly' OR result = 'withdrawn'),
        happened_on TEXT,
        metric TEXT NOT NULL,
        effect REAL,
        standard_error REAL CHECK (standard_error >= 0),
        setting TEXT CHECK (setting = 'lab' OR setting = 'held_out' OR setting = 'pilot' OR setting = 'production'
            OR setting = 'unknown'),
        constraint_slug TEXT NOT NULL,
        evidence TEXT NOT NULL,
        note TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        CHECK ((kind = 'outcome') = (result IS NOT NULL)),
        CHECK ((result IS NULL) = (happened_on IS NULL))
    ) STRICT
    """,
    "CREATE INDEX outcomes_of_method ON outcomes (method_id, recorded_at)",
    "CREATE INDEX outcomes_superseded ON outcomes (supersedes) WHERE supersedes IS NOT NULL",
    """
    CREATE TABLE current_outcomes (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL UNIQUE REFERENCES methods (id),
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        outcome_id INTEGER NOT NULL REFERENCES outcomes (id),
        result TEXT NOT NULL,
        happened_on TEXT NOT NULL,
        first_at TEXT NOT NULL,
        standing INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX current_outcomes_in_order ON current_outcomes (problem_id, happened_on, method_id)",
    """
    CREATE TABLE exposures (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL UNIQUE REFERENCES methods (id),
        production_from TEXT NOT NULL
    ) STRICT
    """,
    """
    INSERT INTO exposures (method_id, production_from)
    SELECT x.method_id, min(r.recorded_at) FROM measurements x JOIN revisions r ON r.id = x.revision_id
    WHERE x.setting = 'production' GROUP BY x.method_id
    """,
    *OUTCOME_TRIGGERS,
)
"""The ninth schema: what people say became of proposals, as events that are only ever added, and beside them what
holds now (``standing`` counts what was said independently of one another, of which the last counts; ``first_at`` is
when the first of all was recorded, be it taken back or not: what one has seen one has seen). A row of ``exposures``
says since when a measurement of the method in production could be seen: since its revision came, even where only later
somebody told that its setting is production, since the number stood there all the time. It stays when the measurement
goes. A target may be decided so many months after a proposal was first judged."""
