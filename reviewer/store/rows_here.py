"""Which rows of a store stand for the rows of what is put back into it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class RowsHere:
    """Which row of this store stands for which one of the records', by the records' row ids; None where none does."""

    reviewers: dict[int, int] = field(default_factory=dict)
    problems: dict[int, int] = field(default_factory=dict)
    slugs: dict[int, str] = field(default_factory=dict)
    """The slug of every problem of the records, whether it is in the store or not."""
    methods: dict[int, int | None] = field(default_factory=dict)
    revisions: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    """For each revision its row here, and the record's row of its method."""
    scales: dict[int, int] = field(default_factory=dict)
