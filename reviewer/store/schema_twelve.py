"""The twelfth schema: which rationales their authors let agents read."""

SHAREABLE = (
    "ALTER TABLE current_judgements ADD COLUMN shareable INTEGER NOT NULL DEFAULT 0 CHECK (shareable IN (0, 1))",
)
"""Whether agents may read the rationale that is held: the event's snapshot says so, and the table repeats it."""
