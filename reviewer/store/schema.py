"""The first schema of a store: plain names, STRICT tables, and the triggers that keep events and revisions as they are.

It is what version 1 made, and never changes; ``schema_changes`` has what came later.
"""

TABLES = (
    """
    CREATE TABLE problems (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        slug TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        primary_metric TEXT,
        primary_dataset TEXT,
        created_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE targets (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        version INTEGER NOT NULL,
        criterion TEXT NOT NULL,
        system TEXT NOT NULL,
        scale TEXT NOT NULL,
        budget TEXT NOT NULL,
        latency TEXT NOT NULL,
        signals TEXT NOT NULL,
        horizon TEXT NOT NULL,
        written_by TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (problem_id, version)
    ) STRICT
    """,
    """
    CREATE TABLE datasets (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        name TEXT NOT NULL,
        UNIQUE (problem_id, name)
    ) STRICT
    """,
    """
    CREATE TABLE dataset_aliases (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        alias TEXT NOT NULL,
        dataset TEXT NOT NULL,
        UNIQUE (problem_id, alias)
    ) STRICT
    """,
    """
    CREATE TABLE metrics (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        name TEXT NOT NULL,
        title TEXT,
        direction TEXT NOT NULL CHECK (direction IN ('higher', 'lower', 'unknown')),
        unit TEXT,
        derived_from TEXT NOT NULL CHECK (json_valid(derived_from)),
        UNIQUE (problem_id, name)
    ) STRICT
    """,
    """
    CREATE TABLE imports (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'interrupted', 'withdrawn')),
        source TEXT NOT NULL,
        path TEXT NOT NULL,
        options TEXT NOT NULL CHECK (json_valid(options)),
        new INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        rejected INTEGER NOT NULL DEFAULT 0,
        host TEXT NOT NULL,
        process INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT
    ) STRICT
    """,
    """
    CREATE TABLE rejects (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES imports (id),
        file TEXT NOT NULL,
        place TEXT NOT NULL,
        reason TEXT NOT NULL,
        raw TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE methods (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        namespace TEXT NOT NULL,
        external_id TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('proposal', 'baseline', 'reference')),
        origin TEXT NOT NULL CHECK (origin IN ('agent', 'human', 'unknown')),
        bound TEXT CHECK (bound IN ('floor', 'ceiling')),
        title TEXT NOT NULL,
        agent TEXT NOT NULL,
        run TEXT NOT NULL,
        parent TEXT NOT NULL,
        idea TEXT NOT NULL,
        family TEXT NOT NULL,
        created_at TEXT NOT NULL,
        imported_at TEXT NOT NULL,
        revision_id INTEGER,
        revisions INTEGER NOT NULL DEFAULT 0,
        claim REAL,
        claim_order REAL NOT NULL DEFAULT 1e308,
        UNIQUE (problem_id, namespace, external_id)
    ) STRICT
    """,
    """
    CREATE TABLE revisions (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        part TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        current INTEGER NOT NULL CHECK (current IN (0, 1)),
        title TEXT NOT NULL,
        hypothesis TEXT NOT NULL,
        body TEXT NOT NULL,
        claims TEXT NOT NULL CHECK (json_valid(claims)),
        raw TEXT NOT NULL,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        place TEXT NOT NULL,
        import_id INTEGER NOT NULL REFERENCES imports (id),
        recorded_at TEXT NOT NULL,
        UNIQUE (method_id, part, content_hash)
    ) STRICT
    """,
    """
    CREATE TABLE measurements (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        metric TEXT NOT NULL,
        dataset TEXT NOT NULL,
        split TEXT NOT NULL,
        subset TEXT NOT NULL,
        setting TEXT NOT NULL CHECK (setting IN ('lab', 'held_out', 'pilot', 'production', 'unknown')),
        setting_from TEXT NOT NULL CHECK (setting_from IN ('file', 'person')),
        value REAL,
        standard_error REAL,
        n_seeds INTEGER,
        n_test INTEGER,
        n_correct INTEGER,
        basis TEXT NOT NULL CHECK (basis IN ('claimed', 'recomputed', 'published', 'illustrative')),
        source TEXT NOT NULL,
        missing TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE seed_values (
        id INTEGER PRIMARY KEY,
        measurement_id INTEGER NOT NULL REFERENCES measurements (id),
        seed INTEGER,
        value REAL NOT NULL,
        n_correct INTEGER,
        n_test INTEGER,
        basis TEXT NOT NULL CHECK (basis IN ('claimed', 'recomputed', 'published', 'illustrative'))
    ) STRICT
    """,
    """
    CREATE TABLE remarks (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        namespace TEXT NOT NULL,
        external_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('insight', 'error', 'observation', 'comment')),
        idea TEXT NOT NULL,
        about TEXT NOT NULL,
        title TEXT NOT NULL,
        author TEXT NOT NULL,
        text TEXT NOT NULL,
        created_at TEXT NOT NULL,
        raw TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        place TEXT NOT NULL,
        import_id INTEGER NOT NULL REFERENCES imports (id),
        UNIQUE (problem_id, namespace, external_id)
    ) STRICT
    """,
    """
    CREATE TABLE reviewers (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE rubrics (
        id INTEGER PRIMARY KEY,
        slug TEXT NOT NULL,
        version INTEGER NOT NULL,
        required TEXT NOT NULL CHECK (json_valid(required)),
        content_hash TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (slug, version)
    ) STRICT
    """,
    """
    CREATE TABLE constraints (
        id INTEGER PRIMARY KEY,
        rubric_id INTEGER NOT NULL REFERENCES rubrics (id),
        position INTEGER NOT NULL,
        slug TEXT NOT NULL,
        title TEXT NOT NULL,
        question TEXT NOT NULL,
        UNIQUE (rubric_id, slug)
    ) STRICT
    """,
    """
    CREATE TABLE annotations (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        act TEXT NOT NULL,
        kind TEXT NOT NULL,
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        rubric TEXT NOT NULL,
        target_version INTEGER,
        baseline_id INTEGER REFERENCES methods (id),
        reverses TEXT,
        supersedes TEXT,
        snapshot TEXT NOT NULL CHECK (json_valid(snapshot)),
        visible TEXT NOT NULL CHECK (json_valid(visible)),
        seconds REAL NOT NULL CHECK (seconds >= 0),
        created_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE current_judgements (
        id INTEGER PRIMARY KEY,
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        annotation_id INTEGER NOT NULL REFERENCES annotations (id),
        status TEXT NOT NULL CHECK (status IN ('to_do', 'started', 'judged', 'skipped')),
        verdict TEXT CHECK (verdict IN ('survives', 'conditional', 'fails', 'cannot_tell')),
        condition TEXT NOT NULL,
        next_experiment TEXT NOT NULL,
        forecast REAL CHECK (forecast BETWEEN 0 AND 1),
        ratings TEXT NOT NULL CHECK (json_valid(ratings)),
        rationale TEXT NOT NULL,
        tags TEXT NOT NULL CHECK (json_valid(tags)),
        flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
        skipped INTEGER NOT NULL CHECK (skipped IN (0, 1)),
        seconds REAL NOT NULL,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        rubric TEXT NOT NULL,
        target_version INTEGER,
        baseline_id INTEGER REFERENCES methods (id),
        visible TEXT NOT NULL CHECK (json_valid(visible)),
        first_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        UNIQUE (reviewer_id, method_id)
    ) STRICT
    """,
    """
    CREATE TABLE counts (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        reviewer_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        n INTEGER NOT NULL,
        UNIQUE (problem_id, reviewer_id, name)
    ) STRICT
    """,
    """
    CREATE VIRTUAL TABLE revisions_fts USING fts5 (
        title, hypothesis, body,
        content = 'revisions', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
    )
    """,
)

INDEXES = (
    "CREATE INDEX methods_by_id ON methods (problem_id, role, id)",
    "CREATE INDEX methods_by_claim ON methods (problem_id, role, claim_order, id)",
    "CREATE INDEX methods_by_title ON methods (problem_id, role, title COLLATE NOCASE, id)",
    "CREATE INDEX methods_by_agent ON methods (problem_id, role, agent COLLATE NOCASE, id)",
    "CREATE INDEX revisions_of_method ON revisions (method_id, current)",
    "CREATE INDEX revisions_by_import ON revisions (import_id)",
    "CREATE INDEX measurements_of_revision ON measurements (revision_id)",
    "CREATE INDEX seed_values_of_measurement ON seed_values (measurement_id)",
    "CREATE INDEX remarks_of_idea ON remarks (problem_id, idea)",
    "CREATE INDEX rejects_of_import ON rejects (import_id)",
    "CREATE INDEX annotations_of_reviewer ON annotations (reviewer_id, id)",
    "CREATE INDEX annotations_of_method ON annotations (method_id, reviewer_id, id)",
    "CREATE INDEX annotations_of_act ON annotations (act)",
    "CREATE INDEX judgements_by_method ON current_judgements (method_id)",
    "CREATE INDEX judgements_by_status ON current_judgements (reviewer_id, status, method_id)",
)

NEVER_CHANGED = (
    """
    CREATE TRIGGER annotations_never_change BEFORE UPDATE ON annotations
    BEGIN SELECT RAISE(ABORT, 'annotation events are never updated'); END
    """,
    """
    CREATE TRIGGER annotations_never_go BEFORE DELETE ON annotations
    BEGIN SELECT RAISE(ABORT, 'annotation events are never deleted'); END
    """,
    """
    CREATE TRIGGER revisions_keep_their_text BEFORE UPDATE OF title, hypothesis, body, claims, raw, content_hash
    ON revisions BEGIN SELECT RAISE(ABORT, 'a revision is never rewritten; a change is a new revision'); END
    """,
)

FIRST_TRIGGERS = (
    *NEVER_CHANGED,
    """
    CREATE TRIGGER revisions_are_indexed AFTER INSERT ON revisions BEGIN
        INSERT INTO revisions_fts (rowid, title, hypothesis, body)
        VALUES (new.id, new.title, new.hypothesis, new.body);
    END
    """,
    """
    CREATE TRIGGER revisions_are_unindexed AFTER DELETE ON revisions BEGIN
        INSERT INTO revisions_fts (revisions_fts, rowid, title, hypothesis, body)
        VALUES ('delete', old.id, old.title, old.hypothesis, old.body);
    END
    """,
)
"""The triggers of version 1, which indexed every revision at once."""

JUDGEMENTS_VIEW = """
    CREATE VIEW judgements AS
    SELECT m.uuid AS proposal, p.slug AS problem, m.title, w.name AS reviewer, j.status, j.verdict, j.condition,
           j.next_experiment, j.forecast, j.ratings, j.rationale, j.tags, j.flagged, j.seconds, j.rubric,
           j.first_at, j.updated_at
    FROM current_judgements j JOIN methods m ON m.id = j.method_id JOIN problems p ON p.id = m.problem_id
    JOIN reviewers w ON w.id = j.reviewer_id
"""

BASELINES_VIEW = """
    CREATE VIEW baselines AS
    SELECT m.uuid AS baseline, p.slug AS problem, m.namespace, m.external_id, m.title, m.origin,
           x.metric, x.dataset, x.setting, x.value, x.standard_error, x.n_seeds, x.n_test, x.basis, x.source
    FROM methods m JOIN problems p ON p.id = m.problem_id
    JOIN revisions r ON r.method_id = m.id AND r.current = 1
    JOIN measurements x ON x.revision_id = r.id AND x.subset = ''
    WHERE m.role = 'baseline'
    """

VIEWS = (
    """
    CREATE VIEW proposals AS
    SELECT m.uuid AS proposal, p.slug AS problem, m.namespace, m.external_id, m.title, m.agent, m.run, m.family,
           m.claim, r.hypothesis, r.body, r.claims, m.created_at, m.imported_at, m.revisions, r.content_hash AS revision
    FROM methods m JOIN problems p ON p.id = m.problem_id JOIN revisions r ON r.id = m.revision_id
    WHERE m.role = 'proposal'
    """,
    BASELINES_VIEW,
    JUDGEMENTS_VIEW,
)
