"""The errors that a person is told about, each one clear sentence: what, where, what to do."""


class ReviewerError(Exception):
    """Something went wrong on our side. The command line exits with status 1."""

    exit_status = 1


class UserError(ReviewerError):
    """Something that the person can put right: a path, a word, a file. Exit status 2."""

    exit_status = 2


class StoreError(UserError):
    """The store cannot be opened or used as it is: the path is wrong, it is locked, read-only, newer, or full."""


class TakenOutError(StoreError):
    """What was before the reviewer, the text or the baseline beside it, was taken out of the store meanwhile."""


class NoStoreError(StoreError):
    """There is no store at the path."""


class DamagedStoreError(StoreError):
    """The store itself is damaged, which nobody who names it can help. Exit status 1."""

    exit_status = 1


class DamagedDraftsError(StoreError):
    """The file of the drafts is damaged, or none of ours: it is set aside, and another one begun."""


class HinderedError(StoreError):
    """The store cannot be written as things are, and may be later: a full disk, a lock, a file that was moved away.

    What was to be written is as good as before.
    """


class StoreBusyError(HinderedError):
    """Another process held the write lock for longer than the busy timeout."""


class StoreGoneError(HinderedError):
    """The file that is open as the store no longer lies at its path: what is written into it nobody would find."""


class SourceError(UserError):
    """A file or folder cannot be read as any known format."""


class CutShortError(ReviewerError):
    """Somebody ended the command before its time, by Ctrl-C or a signal. Exit status 128 and its number."""

    def __init__(self, sentence: str, number: int) -> None:
        super().__init__(sentence)
        self.exit_status = 128 + number
