"""The eleventh schema: what was asked of Claude, what came back, what it cost, and who saw it when."""

from reviewer.store.schema_ten import only_added

CRITIC_TRIGGERS = (
    *only_added("critic_settings", "settings of the critic"),
    *only_added("spending_stops", "stops of spending"),
    *only_added("critique_readings", "readings of critiques"),
    *only_added("critique_marks", "marks on critiques"),
    """
    CREATE TRIGGER critic_batches_keep_what_they_are BEFORE UPDATE ON critic_batches
    WHEN old.id <> new.id OR old.uuid <> new.uuid OR old.asked <> new.asked OR old.max_usd <> new.max_usd
        OR old.requested_by <> new.requested_by OR old.made_at <> new.made_at
        OR (old.api_id IS NOT NULL AND old.api_id IS NOT new.api_id)
        OR (old.requests <> new.requests AND old.status <> 'preparing')
    BEGIN SELECT RAISE(ABORT, 'a batch stays what it was made as'); END
    """,
    """
    CREATE TRIGGER critic_batches_never_go BEFORE DELETE ON critic_batches
    BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END
    """,
    """
    CREATE TRIGGER critic_batches_are_never_replaced BEFORE INSERT ON critic_batches
    WHEN EXISTS (SELECT 1 FROM critic_batches WHERE id = new.id OR uuid = new.uuid OR api_id = new.api_id)
    BEGIN SELECT RAISE(ABORT, 'batches are never replaced'); END
    """,
    """
    CREATE TRIGGER critiques_end_once BEFORE UPDATE ON critiques
    WHEN old.state <> 'sent' OR new.state = 'sent'
        OR (old.id, old.uuid, old.call, old.attempt, old.batch, old.method_id, old.revision_id, old.reviewer_id,
            old.rubric, old.constraints, old.template, old.template_hash, old.schema_hash, old.request_hash,
            old.proposal_hash, old.sent, old.removed, old.sdk, old.model_asked, old.effort, old.price, old.reserved,
            old.sent_at)
        IS NOT (new.id, new.uuid, new.call, new.attempt, new.batch, new.method_id, new.revision_id, new.reviewer_id,
            new.rubric, new.constraints, new.template, new.template_hash, new.schema_hash, new.request_hash,
            new.proposal_hash, new.sent, new.removed, new.sdk, new.model_asked, new.effort, new.price, new.reserved,
            new.sent_at)
    BEGIN SELECT RAISE(ABORT, 'an attempt ends once, and what was sent stays as it is'); END
    """,
    """
    CREATE TRIGGER critiques_never_go BEFORE DELETE ON critiques
    BEGIN SELECT RAISE(ABORT, 'critiques are never deleted'); END
    """,
    """
    CREATE TRIGGER critiques_are_never_replaced BEFORE INSERT ON critiques
    WHEN EXISTS (SELECT 1 FROM critiques WHERE id = new.id OR uuid = new.uuid
        OR (call = new.call AND attempt = new.attempt))
    BEGIN SELECT RAISE(ABORT, 'critiques are never replaced'); END
    """,
)

CRITIC = (
    """
    CREATE TABLE critiques (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        call TEXT NOT NULL,
        attempt INTEGER NOT NULL CHECK (attempt >= 1),
        batch TEXT,
        method_id INTEGER NOT NULL REFERENCES methods (id),
        revision_id INTEGER NOT NULL REFERENCES revisions (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        rubric TEXT NOT NULL,
        constraints TEXT NOT NULL CHECK (json_valid(constraints)),
        template TEXT NOT NULL,
        template_hash TEXT NOT NULL,
        schema_hash TEXT NOT NULL,
        request_hash TEXT NOT NULL,
        proposal_hash TEXT NOT NULL,
        sent TEXT NOT NULL,
        removed INTEGER NOT NULL,
        sdk TEXT NOT NULL,
        model_asked TEXT NOT NULL,
        effort TEXT NOT NULL,
        price TEXT NOT NULL,
        reserved INTEGER NOT NULL CHECK (reserved >= 0),
        sent_at TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state = 'sent' OR state = 'answered' OR state = 'failed'),
        failure TEXT NOT NULL,
        detail TEXT NOT NULL,
        status INTEGER,
        message_id TEXT NOT NULL,
        request_id TEXT NOT NULL,
        model TEXT NOT NULL,
        stop_reason TEXT NOT NULL,
        category TEXT NOT NULL,
        raw TEXT NOT NULL,
        usage TEXT CHECK (usage IS NULL OR json_valid(usage)),
        spent INTEGER CHECK (spent >= 0),
        seconds REAL,
        ended_at TEXT,
        UNIQUE (call, attempt),
        CHECK ((state = 'sent') = (ended_at IS NULL)),
        CHECK ((state = 'failed') = (failure <> ''))
    ) STRICT
    """,
    "CREATE INDEX critiques_of_method ON critiques (method_id, sent_at)",
    "CREATE INDEX critiques_by_time ON critiques (sent_at, spent, reserved)",
    "CREATE INDEX critiques_of_batch ON critiques (batch, state) WHERE batch IS NOT NULL",
    "CREATE INDEX critiques_unended ON critiques (sent_at) WHERE state = 'sent'",
    """
    CREATE TABLE critic_batches (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        api_id TEXT UNIQUE,
        requested_by TEXT NOT NULL,
        asked TEXT NOT NULL,
        max_usd INTEGER NOT NULL CHECK (max_usd >= 0),
        requests INTEGER NOT NULL CHECK (requests >= 0),
        made_at TEXT NOT NULL,
        status TEXT NOT NULL CHECK (
            status IN ('preparing', 'sending', 'in_progress', 'canceling', 'ended', 'collected', 'unsent', 'given_up')
        ),
        status_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE critic_settings (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        locked INTEGER NOT NULL CHECK (locked = 0 OR locked = 1),
        without_share REAL NOT NULL CHECK (without_share >= 0 AND without_share < 1),
        seed INTEGER NOT NULL,
        set_by TEXT NOT NULL,
        set_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE spending_stops (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        reason TEXT NOT NULL,
        said_by TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE critique_readings (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        critique_id INTEGER NOT NULL REFERENCES critiques (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        judgement TEXT,
        shown_at TEXT NOT NULL,
        seconds REAL NOT NULL CHECK (seconds >= 0)
    ) STRICT
    """,
    "CREATE INDEX critique_readings_of ON critique_readings (critique_id, reviewer_id, shown_at)",
    """
    CREATE TABLE critique_marks (
        id INTEGER PRIMARY KEY,
        uuid TEXT NOT NULL UNIQUE,
        critique_id INTEGER NOT NULL REFERENCES critiques (id),
        reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
        item TEXT NOT NULL,
        useful INTEGER CHECK (useful = 0 OR useful = 1),
        at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX critique_marks_of ON critique_marks (critique_id, reviewer_id, item, at)",
    *CRITIC_TRIGGERS,
)
"""The eleventh schema. A row of ``critiques`` is one attempt at a call: it is written before anything is sent, with the
most that it can cost (``reserved``, in millionths of a dollar), and ended once, with what came back and what that cost
(``spent``; null where that is not known, and what was set aside counts). ``constraints`` names what was asked about,
``sent`` is the proposal as it was sent, in which quotes are looked for; ``batch`` is the UUID of the row of
``critic_batches`` that it was sent with, where it was. Such a batch has no ``api_id`` until the API gave it one; its
``status`` is as it was seen last, at ``status_at``: being prepared, being sent (where that was cut off, nobody knows
whether it arrived), what the API says of it, collected to the end, known not to have been sent, or given up.
``max_usd``, in millionths, is what whoever asked allowed for it. Of ``critic_settings`` the last row counts:
whether a critique waits for one's own judgement, and the share of proposals for which none is offered, drawn by
``seed``. Of ``spending_stops`` too: with an empty ``reason`` somebody said go on. A row of ``critique_readings`` says
that a reviewer had a critique before them, for how long, and which event their judgement stood at before; one of
``critique_marks`` that an item was ``useful``, was not, or neither any more."""
