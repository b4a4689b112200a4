"""A one-line field that takes in nothing which a terminal would obey or hide."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input


class SafeInput(Input):
    """An input of one line. Characters that cannot be printed are left out, typed, pasted or set."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+a", "home", show=False)]
