"""A field of one line that Tab completes as a shell does."""

from collections.abc import Callable, Iterable

from textual import events, work
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult
from textual.worker import Worker, WorkerState

from reviewer.tui.path_completion import Completion, complete_path
from reviewer.tui.widgets.text_field import TextField

Complete = Callable[[str], Completion]
"""Completes what is typed."""


class CompletingField(TextField):
    """A line, such as a path. Tab completes it; where there is nothing to complete it goes on to the next field.

    A folder that stands in it from the beginning gives way to a whole path, one that begins with / or ~, which is typed
    or pasted right behind it before anything else.
    ``complete`` is called in a worker's thread.
    """

    class Offered(Message):
        """Names among which one must choose, to be shown beside the field; none, when they are out of date."""

        def __init__(self, field: "CompletingField", names: tuple[str, ...]) -> None:
            super().__init__()
            self.field = field
            self.names = names

        @property
        def control(self) -> "CompletingField":
            """Return the field."""
            return self.field

    def __init__(
        self,
        text: str = "",
        *,
        complete: Complete = complete_path,
        keep: Callable[[str], None] | None = None,
        leave: Iterable[str] = (),
        placeholder: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(text, one_line=True, keep=keep, leave=leave, placeholder=placeholder, id=id)
        self._completion = complete
        self._asked = ""
        self._offered_folder = self.text if self.text.endswith("/") else ""

    def on_key(self, event: events.Key) -> None:
        """Complete on Tab."""
        if event.key == "tab" and self.text.strip():
            event.stop()
            event.prevent_default()
            self._asked = self.text
            self._complete(self.text)
            return
        super().on_key(event)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit; a whole path takes the place of the folder that stood there first."""
        folder, self._offered_folder = self._offered_folder, ""
        whole = edit.text.startswith(("/", "~"))
        if folder and self.text == folder and whole and edit.from_location == edit.to_location == self.document.end:
            edit.from_location = (0, 0)
        return super().edit(edit)

    @work(thread=True, exclusive=True, group="complete")
    def _complete(self, typed: str) -> Completion:
        return self._completion(typed)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take the completion, unless something was typed meanwhile."""
        if event.worker.group != "complete" or event.state is not WorkerState.SUCCESS or event.worker.result is None:
            return
        event.stop()
        completion: Completion = event.worker.result
        if self.text != self._asked:
            return
        if completion.path != self.text:
            self.replace(completion.path, (0, 0), self.document.end, maintain_selection_offset=False)
            self.move_cursor(self.document.end)
        elif len(completion.names) <= 1:
            self.screen.focus_next()
            return
        if len(completion.names) > 1:
            # After the change of the text, which takes back what was offered before.
            self.call_later(self.post_message, self.Offered(self, completion.names))

    def on_text_area_changed(self, _event: TextArea.Changed) -> None:
        """Take back what was offered for another path."""
        self.post_message(self.Offered(self, ()))
