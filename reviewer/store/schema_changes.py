"""What later versions changed of the first schema, and the triggers that a store has since."""

from reviewer.store.schema import BASELINES_VIEW, JUDGEMENTS_VIEW, NEVER_CHANGED
from reviewer.store.schema_eleven import CRITIC_TRIGGERS
from reviewer.store.schema_nine import OUTCOME_TRIGGERS
from reviewer.store.schema_ten import LEARNING_TRIGGERS
from reviewer.store.schema_thirteen import DUPLICATES_TRIGGERS

_WAITING_BY_TRIGGER = """
    CREATE TRIGGER methods_wait_for_the_index AFTER INSERT ON methods WHEN new.revision_id IS NOT NULL BEGIN
        INSERT INTO unindexed (id) VALUES (new.id);
    END
"""

_SEARCH_TRIGGERS = (
    # Taking out of the index what was never in it would damage it.
    """
    CREATE TRIGGER methods_change_in_the_index AFTER UPDATE OF revision_id ON methods
    WHEN new.revision_id IS NOT old.revision_id BEGIN
        INSERT INTO search_index (search_index, rowid, title, hypothesis, body)
        SELECT 'delete', old.id, title, hypothesis, body FROM revisions WHERE id = old.revision_id
        AND EXISTS (SELECT 1 FROM search_index_docsize WHERE id = old.id);
        DELETE FROM unindexed WHERE id = old.id;
        INSERT INTO unindexed (id) SELECT new.id WHERE new.revision_id IS NOT NULL;
    END
    """,
    # While its text is still there.
    """
    CREATE TRIGGER revisions_leave_the_index BEFORE DELETE ON revisions BEGIN
        UPDATE methods SET revision_id = NULL WHERE id = old.method_id AND revision_id = old.id;
    END
    """,
    """
    CREATE TRIGGER methods_leave_the_index AFTER DELETE ON methods BEGIN
        DELETE FROM unindexed WHERE id = old.id;
    END
    """,
)

_CHECK_TRIGGERS = (
    # Whatever is said of a known method sets one of these, be it to what it was.
    """
    CREATE TRIGGER methods_wait_to_be_checked AFTER UPDATE OF revision_id, revisions, role ON methods
    WHEN new.revision_id IS NOT NULL BEGIN
        INSERT OR IGNORE INTO unchecked (id) VALUES (new.id);
    END
    """,
    """
    CREATE TRIGGER measurements_wait_to_be_checked AFTER UPDATE OF setting, dataset ON measurements BEGIN
        INSERT OR IGNORE INTO unchecked (id) VALUES (new.method_id);
    END
    """,
    # Of methods of one title each is asked about the one before it.
    """
    CREATE TRIGGER namesakes_wait_to_be_checked AFTER UPDATE OF title, role ON methods
    WHEN new.title <> old.title OR new.role <> old.role BEGIN
        INSERT OR IGNORE INTO unchecked (id)
        SELECT id FROM (
            SELECT min(id) AS id FROM methods WHERE problem_id = old.problem_id AND role = old.role
                AND title = old.title COLLATE NOCASE AND id > new.id
            UNION
            SELECT min(id) FROM methods WHERE problem_id = new.problem_id AND role = new.role
                AND title = new.title COLLATE NOCASE AND id > new.id
        ) WHERE id IS NOT NULL;
    END
    """,
    """
    CREATE TRIGGER methods_leave_their_checks AFTER DELETE ON methods BEGIN
        DELETE FROM check_results WHERE method_id = old.id;
        DELETE FROM unchecked WHERE id = old.id;
        INSERT OR IGNORE INTO unchecked (id)
        SELECT id FROM (
            SELECT min(id) AS id FROM methods WHERE problem_id = old.problem_id AND role = old.role
                AND title = old.title COLLATE NOCASE AND id > old.id
        ) WHERE id IS NOT NULL;
    END
    """,
)

_TITLE_TRIGGERS = (
    """
    CREATE TRIGGER renamed_methods_wait_to_be_checked AFTER UPDATE OF title, role ON methods
    WHEN new.title <> old.title OR new.role <> old.role BEGIN
        INSERT OR IGNORE INTO unchecked (id) SELECT method_id FROM similar_titles WHERE earlier_id = new.id;
        INSERT OR IGNORE INTO unchecked (id) VALUES (new.id);
        UPDATE unchecked SET renamed = 1 WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER methods_leave_similar_titles AFTER DELETE ON methods BEGIN
        DELETE FROM similar_titles WHERE method_id = old.id;
        INSERT OR IGNORE INTO unchecked (id) SELECT method_id FROM similar_titles WHERE earlier_id = old.id;
        DELETE FROM similar_titles WHERE earlier_id = old.id;
    END
    """,
)

_NEVER_REPLACED = """
    CREATE TRIGGER annotations_are_never_replaced BEFORE INSERT ON annotations
    WHEN EXISTS (SELECT 1 FROM annotations WHERE id = new.id OR uuid = new.uuid)
    BEGIN SELECT RAISE(ABORT, 'annotation events are never replaced'); END
"""
"""``REPLACE`` fires the triggers of a deletion on our connections alone, and others may write to the file, too."""

TRIGGERS = (
    *NEVER_CHANGED, _NEVER_REPLACED, *_SEARCH_TRIGGERS, *_CHECK_TRIGGERS, *_TITLE_TRIGGERS, *OUTCOME_TRIGGERS,
    *LEARNING_TRIGGERS, *CRITIC_TRIGGERS, *DUPLICATES_TRIGGERS,
)  # fmt: skip
"""The triggers that a store has now."""

SEARCH_INDEX = (
    "DROP TRIGGER IF EXISTS revisions_are_indexed",
    "DROP TRIGGER IF EXISTS revisions_are_unindexed",
    "DROP TABLE revisions_fts",
    """
    CREATE VIEW searchable AS
    SELECT m.id, r.title, r.hypothesis, r.body FROM methods m JOIN revisions r ON r.id = m.revision_id
    """,
    # Of one letter or two a million texts have more words than can be gone through while somebody types.
    """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        title, hypothesis, body,
        content = 'searchable', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2",
        prefix = '1 2'
    )
    """,
    "CREATE TABLE unindexed (id INTEGER PRIMARY KEY REFERENCES methods (id)) STRICT",
    _WAITING_BY_TRIGGER,
    *_SEARCH_TRIGGERS,
    # Twice as many pieces may lie side by side before they are merged: a fifth less work, and searches as quick.
    "INSERT INTO search_index (search_index, rank) VALUES ('automerge', 8)",
    "INSERT INTO search_index (search_index) VALUES ('rebuild')",
)
"""The second schema: the search index holds the text that a method shows, under the method's own id, so that what is
found comes in the order of import; a method waits in ``unindexed`` until its text is put in."""

JUDGED_REVISIONS = (
    "ALTER TABLE annotations ADD COLUMN judged_revision_id INTEGER REFERENCES revisions (id)",
    "DROP INDEX annotations_of_act",
    "DROP INDEX annotations_of_reviewer",
    "CREATE INDEX annotations_of_reviewer ON annotations (reviewer_id, id, act)",
    # Without it, since SQLite refuses to rename a table while a view names a table that is not there.
    "DROP VIEW judgements",
    """
    CREATE TABLE leaner_judgements (
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
        UNIQUE (method_id, reviewer_id)
    ) STRICT
    """,
    "INSERT INTO leaner_judgements SELECT * FROM current_judgements",
    "DROP TABLE current_judgements",
    "ALTER TABLE leaner_judgements RENAME TO current_judgements",
    "CREATE INDEX judgements_by_status ON current_judgements (reviewer_id, status, method_id)",
    JUDGEMENTS_VIEW,
)
"""The second schema too: an event names the revision that the judgement is of after it (null in older events, where
that is the revision that was seen), and saving a verdict touches two indexes fewer, each a page on its way to the
disk."""

WITHDRAWALS = (
    "CREATE TABLE used_ids (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL) STRICT",
    """
    CREATE TABLE method_history (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        import_id INTEGER NOT NULL REFERENCES imports (id),
        role TEXT NOT NULL,
        origin TEXT NOT NULL,
        bound TEXT,
        title TEXT NOT NULL,
        agent TEXT NOT NULL,
        run TEXT NOT NULL,
        parent TEXT NOT NULL,
        idea TEXT NOT NULL,
        family TEXT NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX history_of_method ON method_history (method_id)",
    """
    CREATE TABLE returns (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        import_id INTEGER NOT NULL REFERENCES imports (id)
    ) STRICT
    """,
    "CREATE INDEX returns_of_revision ON returns (revision_id)",
    "CREATE INDEX returns_by_import ON returns (import_id)",
    """
    CREATE TABLE remark_history (
        id INTEGER PRIMARY KEY,
        remark_id INTEGER NOT NULL REFERENCES remarks (id),
        import_id INTEGER NOT NULL REFERENCES imports (id),
        said TEXT NOT NULL CHECK (json_valid(said))
    ) STRICT
    """,
    "CREATE INDEX history_of_remark ON remark_history (remark_id)",
    # Raw records that were kept before a text could stand in another column are whole, whatever they look like.
    "DROP TRIGGER revisions_keep_their_text",
    """UPDATE revisions SET raw = ' ' || raw WHERE instr(raw, '{"column":"body"}') > 0""",
    next(sql for sql in NEVER_CHANGED if "revisions_keep_their_text" in sql),
)
"""The third schema: a row id that was taken out is never given to another, and what an import changed of a method's own
columns can be set back (``method_history`` says of its rows what they are). A row of ``returns`` says that an import
brought the content of an earlier revision again, which counts from then on (``RETURNS_FROM`` says how its id tells
when); one of ``remark_history`` has what a remark said before an import changed it."""

LIGHTER_IMPORTS = (
    # A list in a check is set up anew by each statement, and looked up for each row.
    "DROP VIEW baselines",
    """
    CREATE TABLE lighter_measurements (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        metric TEXT NOT NULL,
        dataset TEXT NOT NULL,
        split TEXT NOT NULL,
        subset TEXT NOT NULL,
        setting TEXT NOT NULL CHECK (setting = 'lab' OR setting = 'held_out' OR setting = 'pilot'
            OR setting = 'production' OR setting = 'unknown'),
        setting_from TEXT NOT NULL CHECK (setting_from = 'file' OR setting_from = 'person'),
        value REAL,
        standard_error REAL,
        n_seeds INTEGER,
        n_test INTEGER,
        n_correct INTEGER,
        basis TEXT NOT NULL CHECK (basis = 'claimed' OR basis = 'recomputed' OR basis = 'published'
            OR basis = 'illustrative'),
        source TEXT NOT NULL,
        missing TEXT NOT NULL
    ) STRICT
    """,
    "INSERT INTO lighter_measurements SELECT * FROM measurements",
    "DROP TABLE measurements",
    "ALTER TABLE lighter_measurements RENAME TO measurements",
    "CREATE INDEX measurements_of_revision ON measurements (revision_id)",
    BASELINES_VIEW,
    # One for all methods of a batch takes a tenth of the time: `new_methods` writes it.
    "DROP TRIGGER methods_wait_for_the_index",
    # The unique one of method, part and hash begins with the method too.
    "DROP INDEX revisions_of_method",
)
"""The third schema too: what a new method cost beside its own rows."""

CHECKS = (
    """
    CREATE TABLE check_results (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        rule TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        level TEXT NOT NULL CHECK (level = 'ask' OR level = 'worth_a_look' OR level = 'note'),
        question TEXT NOT NULL,
        numbers TEXT NOT NULL CHECK (json_valid(numbers)),
        UNIQUE (method_id, rule, ordinal)
    ) STRICT
    """,
    "CREATE INDEX results_of_rule ON check_results (rule, method_id)",
    """
    CREATE TABLE checked_problems (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL UNIQUE REFERENCES problems (id),
        stamp TEXT NOT NULL,
        checked_to INTEGER NOT NULL
    ) STRICT
    """,
    "ALTER TABLE seed_values ADD COLUMN seconds REAL",
    "ALTER TABLE seed_values ADD COLUMN predicted_share REAL",
    "ALTER TABLE seed_values ADD COLUMN label_share REAL",
    "ALTER TABLE seed_values ADD COLUMN says TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE unchecked (id INTEGER PRIMARY KEY REFERENCES methods (id)) STRICT",
    *_CHECK_TRIGGERS,
)
"""The fourth schema: what the checks ask of each method. Up to the row id ``checked_to`` every method of a problem has
been checked under the stamp, which stands for rules, thresholds, baselines and references; of those before it the ones
in ``unchecked`` have changed since, and wait to be checked again. A new import thus writes nothing for it.
A seed's value has besides what the checks ask about single runs."""

LIGHTER_METHODS = (
    "PRAGMA writable_schema = ON",
    """
    UPDATE sqlite_schema SET sql = replace(replace(sql,
        'role IN (''proposal'', ''baseline'', ''reference'')',
        'role = ''proposal'' OR role = ''baseline'' OR role = ''reference'''),
        'origin IN (''agent'', ''human'', ''unknown'')',
        'origin = ''agent'' OR origin = ''human'' OR origin = ''unknown''')
    WHERE type = 'table' AND name = 'methods'
    """,
    "PRAGMA writable_schema = RESET",
)
"""The fifth schema: checks that say the same without a list, which took a tenth of writing a new method. Only the words
of a check differ, so that SQLite's own way for that needs no copy of the table (lang_altertable.html, section 7); the
version of the schema, by which other connections see that it changed, is counted up by ``migrations``."""

CORRECTED_SETTINGS = ("ALTER TABLE measurements ADD COLUMN setting_in_file TEXT",)
"""The sixth schema: what the file says of a setting in whose place a person put another one; null everywhere else.
While the file goes on to say that, the person's word holds for the next revisions too."""

OPINIONS_AND_RUNS = (
    "ALTER TABLE seed_values ADD COLUMN completed INTEGER CHECK (completed IN (0, 1))",
    "ALTER TABLE seed_values ADD COLUMN exit_status INTEGER",
    "ALTER TABLE measurements ADD COLUMN n_evaluations INTEGER",
    "ALTER TABLE revisions ADD COLUMN rerun_of TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX reruns ON revisions (method_id) WHERE rerun_of <> ''",
    """
    CREATE TABLE self_scores (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        name TEXT NOT NULL,
        value REAL NOT NULL,
        most REAL NOT NULL
    ) STRICT
    """,
    "CREATE INDEX self_scores_of_revision ON self_scores (revision_id)",
    """
    CREATE TABLE outside_reviews (
        id INTEGER PRIMARY KEY,
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        method_id INTEGER NOT NULL REFERENCES methods (id),
        score REAL,
        most REAL NOT NULL,
        confidence REAL,
        used_ai INTEGER CHECK (used_ai IN (0, 1)),
        consent INTEGER CHECK (consent IN (0, 1))
    ) STRICT
    """,
    "CREATE INDEX outside_reviews_of_revision ON outside_reviews (revision_id)",
    _NEVER_REPLACED,
)
"""The seventh schema: what some sources say besides texts and values, and the checks ask about: how a run ended, how
often the test set was asked, which method is another run of another one, what an agent gave its own idea, and reviews
by others. The reviews are none of our judgements."""

DIRECTIONS_AND_TITLES = (
    """
    CREATE TABLE stated_directions (
        id INTEGER PRIMARY KEY,
        problem_id INTEGER NOT NULL REFERENCES problems (id),
        metric TEXT NOT NULL,
        source TEXT NOT NULL,
        import_id INTEGER REFERENCES imports (id),
        direction TEXT NOT NULL CHECK (direction = 'higher' OR direction = 'lower'),
        settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
        UNIQUE (problem_id, metric, source, direction)
    ) STRICT
    """,
    """
    CREATE TABLE similar_titles (
        id INTEGER PRIMARY KEY,
        method_id INTEGER NOT NULL UNIQUE REFERENCES methods (id),
        earlier_id INTEGER NOT NULL REFERENCES methods (id)
    ) STRICT
    """,
    "CREATE INDEX similar_titles_of_earlier ON similar_titles (earlier_id)",
    "ALTER TABLE unchecked ADD COLUMN renamed INTEGER NOT NULL DEFAULT 0",
    *_TITLE_TRIGGERS,
)
"""The eighth schema: which way each source said last that a metric goes, by the path of its import (the source of what
a person told is empty; what others had said by then is settled); and which earlier proposal of the same or a
similar title a proposal is asked about. Those after a method that was renamed are to be held against its new title."""

TRIGGER_NAMES = frozenset(sql.split()[2] for sql in TRIGGERS)
"""The triggers that a whole store has. ``transform`` of sqlite-utils drops them all, so they are looked for."""
