"""The targets that were saved since the app began: whoever read their problem just before holds an older one."""

from reviewer.store.problems import StoredProblem


class SavedTargets:
    """The problems whose targets were saved, as they were then."""

    def __init__(self) -> None:
        self._saved: dict[int, StoredProblem] = {}

    def add(self, stored: StoredProblem) -> None:
        """Note a problem whose target is on the disk."""
        self._saved[stored.id] = self.newest(stored)

    def newest(self, read: StoredProblem) -> StoredProblem:
        """Return a problem as it was read, or as it is since a target was saved that the reading has missed."""
        saved = self._saved.get(read.id, read)
        return saved if saved.target_version > read.target_version else read
