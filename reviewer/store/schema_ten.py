"""The tenth schema: protocols and their stages, adjudications, assignments, drawn queues, judgements from elsewhere.

What is said is kept as events that are only ever added; the two tables of sums follow from the annotation events, and
are written in the transaction of each.
"""


def only_added(table: str, what: str) -> tuple[str, ...]:
    """Return the triggers of a table whose rows are only ever added; ``what`` they are stands in the refusal."""
    return (
        f"""
    CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{what} are never updated'); END
    """,
        f"""
    CREATE TRIGGER {table}_never_go BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{what} are never deleted'); END
    """,
        f"""
    CREATE TRIGGER {table}_are_never_replaced BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE id = new.id OR uuid = new.uuid)
    BEGIN SELECT RAISE(ABORT, '{what} are never replaced'); END
    """,
    )


LEARNING_TRIGGERS = (
    *only_added("protocols", "protocols"),
    *only_added("adjudications", "adjudications"),
    *only_added("assignment_rounds", "rounds of assignment"),
    """
    CREATE TRIGGER methods_leave_what_is_drawn AFTER DELETE ON methods BEGIN
        DELETE FROM assignments WHERE method_id = old.id;
        DELETE FROM queue_places WHERE method_id = old.id;
        DELETE FROM judgement_sums WHERE method_id = old.id;
    END
    """,
)

LEARNING = (
    # The stage of the sealed protocol that a reviewer had come to with an event; null in the others.
    "ALTER TABLE annotations ADD COLUMN stage TEXT CHECK (stage = 'idea' OR stage = 'evidence' OR stage = 'others')",
    "ALTER TABLE current_judgements ADD COLUMN stage TEXT "
    "CHECK (stage = 'idea' OR stage = 'evidence' OR stage = 'others')",
    "ALTER TABLE current_judgements ADD COLUMN resolves_on TEXT",
    # Whose judgements came in a file; null of those who judge here.
    "ALTER TABLE reviewers ADD COLUMN imported_from TEXT",
    # With which probability it was chosen to be tried, where that was written down.
    "ALTER TABLE outcomes ADD COLUMN chosen_with REAL CHECK (chosen_with > 0 AND chosen_with <= 1)",
    # At which probability of surviving people would decide the other way.
    "ALTER TABLE problems ADD COLUMN decision REAL CHECK (decision > 0 AND decision < 1)",
    # Who says in the end whether the target is met.
    "ALTER TABLE targets ADD COLUMN decider TEXT NOT NULL DEFAULT ''",
    """
    CREATE TABLE protocols (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        problem_id INTEGER REFERENCES problems (id),
        protocol TEXT CHECK (protocol = 'open' OR protocol = 'blind' OR protocol = 'sealed'),
        set_by TEXT NOT NULL,
        set_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE adjudications (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        kind TEXT NOT NULL CHECK (kind = 'adjudication' OR kind = 'retraction'),
        supersedes TEXT,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        target_version INTEGER,
        verdict TEXT CHECK (verdict = 'survives' OR verdict = 'conditional' OR verdict = 'fails'
            OR verdict = 'cannot_tell'),
        forecast REAL CHECK (forecast BETWEEN 0 AND 1),
        condition TEXT NOT NULL,
        rationale TEXT NOT NULL,
        judgements TEXT NOT NULL CHECK (json_valid(judgements)),
        recorded_at TEXT NOT NULL,
        CHECK ((kind = 'adjudication') = (verdict IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX adjudications_of_method ON adjudications (method_id, recorded_at)",
    """
    CREATE TABLE assignment_rounds (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        seed INTEGER NOT NULL,
        overlap INTEGER NOT NULL,
        chosen TEXT NOT NULL,
        reviewers TEXT NOT NULL CHECK (json_valid(reviewers)),
        made_by TEXT NOT NULL,
        made_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE assignments (
        id INTEGER PRIMARY KEY,
        round_id INTEGER NOT NULL REFERENCES assignment_rounds (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        place INTEGER NOT NULL,
        UNIQUE (reviewer_id, method_id, round_id)
    ) STRICT
    """,
    "CREATE INDEX assignments_of_method ON assignments (method_id)",
    """
    CREATE TABLE queue_draws (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        seed INTEGER NOT NULL,
        ranked_by TEXT NOT NULL,
        share REAL NOT NULL,
        of INTEGER NOT NULL,
        last_method INTEGER NOT NULL,
        made_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX queue_draws_of_reviewer ON queue_draws (problem_id, reviewer_id, id)",
    """
    CREATE TABLE queue_places (
        id INTEGER PRIMARY KEY,
        draw_id INTEGER NOT NULL REFERENCES queue_draws (id),
        place INTEGER NOT NULL,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        by_chance INTEGER NOT NULL CHECK (by_chance = 0 OR by_chance = 1),
        probability REAL NOT NULL,
        UNIQUE (draw_id, place),
        UNIQUE (draw_id, method_id)
    ) STRICT
    """,
    "CREATE INDEX queue_places_of_method ON queue_places (method_id)",
    """
    CREATE TABLE judgement_sums (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL UNIQUE REFERENCES methods (id),
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        verdicts INTEGER NOT NULL,
        forecasts INTEGER NOT NULL,
        total REAL NOT NULL,
        squares REAL NOT NULL,
        lowest REAL,
        highest REAL,
        width REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX judgement_sums_by_width ON judgement_sums (problem_id, width DESC, method_id)",
    """
    CREATE TABLE first_judgements (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        verdict TEXT,
        forecast REAL,
        ratings TEXT NOT NULL CHECK (json_valid(ratings)),
        UNIQUE (method_id, reviewer_id)
    ) STRICT
    """,
    """
    CREATE TABLE scales (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind = 'nominal' OR kind = 'ordinal' OR kind = 'interval'),
        lowest REAL,
        highest REAL,
        words TEXT NOT NULL CHECK (json_valid(words)),
        UNIQUE (problem_id, name)
    ) STRICT
    """,
    """
    CREATE TABLE scores (
        id INTEGER PRIMARY KEY,
        annotation_id INTEGER NOT NULL REFERENCES annotations (id),
        scale_id INTEGER NOT NULL REFERENCES scales (id),
        value REAL NOT NULL,
        UNIQUE (annotation_id, scale_id)
    ) STRICT
    """,
    "CREATE INDEX scores_on_scale ON scores (scale_id)",
    *LEARNING_TRIGGERS,
)
"""The tenth schema. A protocol that is null gives up one that was set for the problem: the store's own holds again;
``problem_id`` is null of the store's own, and of all the last row counts. ``adjudications`` are said beside the
judgements, which stay as they are: ``judgements`` names the events that were before whoever adjudicated. Each row of
``assignment_rounds`` can be made again from its seed; ``chosen`` says how its proposals were. A row of ``queue_draws``
is one drawing of a queue for one reviewer: of how many proposals, the last of them then, and ``ranked_by`` what; its
places have the probability with which each came next. ``judgement_sums`` has what the current judgements of a proposal
come to: of the log odds of its forecasts the sum and that of the squares, and how far apart its judgements stand
(``width``, from 0 to 1); ``first_judgements`` what each reviewer said first. A score is one value on a scale of a
judgement that was made elsewhere; of a nominal or ordinal scale it is the place of one of its ``words``, where it has
any."""
