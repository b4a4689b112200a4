"""The sentences that are shown for a moment: one about each kind of thing, the ordinary ones until the next key.

Textual's ``notify`` piles one upon the other until each has had its time, and takes none back. It keeps them in
``App._notifications``, which is changed here and nowhere else.
"""

from textual.app import App
from textual.notifications import Notification, SeverityLevel

from reviewer.domain.text import safe_line

ORDINARY_SECONDS = 3.0
ERROR_SECONDS = 8.0

_LIMIT = 400


class Toasts:
    """Shows sentences in a corner of the app. They may hold outside text, and are never read as markup."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._shown: dict[str, Notification] = {}

    def show(
        self,
        sentence: str,
        *,
        about: str,
        severity: SeverityLevel = "information",
        seconds: float = ORDINARY_SECONDS,
    ) -> None:
        """Show a sentence in place of the one ``about`` the same kind of thing.

        What only informs goes when the next key acts; warnings and errors have their time. A warning that is still
        there is not shown anew: keys in a burst would each make it flicker.
        """
        if severity == "warning" and self.is_shown(about) and self._shown[about].message == safe_line(sentence, _LIMIT):
            return
        self._forget(about)
        toast = Notification(safe_line(sentence, _LIMIT), severity=severity, timeout=seconds)
        self._shown[about] = toast
        self._app._notifications.add(toast)
        self._app._refresh_notifications()

    def key_acts(self) -> None:
        """Take away what only informs: who goes on has read it."""
        for about in [about for about, toast in self._shown.items() if toast.severity == "information"]:
            self._forget(about)

    def is_shown(self, about: str) -> bool:
        """Return whether a sentence about this can still be read."""
        toast = self._shown.get(about)
        return toast is not None and toast in self._app._notifications and not toast.has_expired

    def _forget(self, about: str) -> None:
        toast = self._shown.pop(about, None)
        if toast is not None:
            self._app._unnotify(toast)
