"""How a line of what a table's columns are is drawn, and which keys serve on it."""

from rich.cells import cell_len
from textual.content import Content

from reviewer.domain.text import safe_line
from reviewer.tui import table_map_choices as choosing
from reviewer.tui.cells import cut
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import hint
from reviewer.tui.table_map_lines import MORE, MapLine

KEEP = "keep"
"""The key of the line that names the map under which it is kept."""

NOT_KEPT = "not kept"
ONLY_TYPED = (KEEP, "missing")
"""Keys of lines that say no column, and nothing of a list."""

_LABEL_CELLS = 14
_LIMIT = 200


def drawn_line(line: MapLine, width: int, marks: Marks, *, here: bool, likely: bool) -> Content:
    """Draw a line within so many cells; ``here`` where ← and → change it, ``likely`` where nobody has chosen it yet."""
    value = safe_line(line.value, _LIMIT)
    is_nothing = value in (choosing.NOTHING.words, NOT_KEPT)
    if here:
        value = f"‹ {value} ›"
    note = "needed" if line.is_needed else "proposed" if likely else ""
    room = width - _LABEL_CELLS - (cell_len(note) + 2 if note else 0)
    label = f"{'  ' * line.is_part}{safe_line(line.label, _LIMIT)}"
    style = "$conditional" if line.is_needed else "$quiet" if is_nothing else ""
    return Content.assemble(
        (cut(label, _LABEL_CELLS - 1, marks.ellipsis) + " ", "$quiet"),
        (cut(value, max(0, room), marks.ellipsis), style),
        (f"  {note}" if note else "", "$conditional" if line.is_needed else "$quiet"),
    )


def line_hints(keymap: Keymap, line: MapLine, *, typing: bool) -> tuple[Content, Content]:
    """Return the two lines at the foot: the keys that serve on a line, and those that lead on."""
    if typing:
        return hint(keymap, ("enter", "takes it"), ("esc", "leaves the line as it was")), Content("")
    of_line: list[tuple[str, str]] = []
    if line.key not in ONLY_TYPED:
        other = "another column" if line.column and not line.is_part else "change"
        of_line = [("← →", other), ("map_choose", "list"), ("map_clear", "none")]
    if choosing.can_be_typed(line.key) or line.key == KEEP:
        of_line.append(("map_type" if of_line else "map_choose", "type it"))
    if measured_place(line) is not None:
        of_line += [
            ("map_direction", "better"),
            ("map_error", "error"),
            ("map_type", "name"),
            ("map_percent", "per cent"),
            ("map_primary", "first"),
        ]
    on = hint(
        keymap,
        ("map_go_on", "look what would come"),
        ("map_next", "next"),
        ("map_measure", "measured"),
        ("map_keep", "keep"),
        ("map_back", "back"),
        ("help", "keys"),
    )
    return hint(keymap, *of_line), on


def measured_place(line: MapLine) -> int | None:
    """Return of which measurement a line is, from 0; None where it is of none."""
    kind, _, of = line.key.partition(":")
    return int(of) if kind == "measured" and of != MORE else None
