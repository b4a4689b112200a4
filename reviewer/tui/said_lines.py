"""What was ever said of a proposal by name, an outcome or an adjudication, as lines."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from reviewer.domain.adjudications import AdjudicationEvent
from reviewer.domain.outcomes import OutcomeEvent
from reviewer.domain.text import safe_line
from reviewer.tui.history_lines import local_time
from reviewer.tui.widgets.lines import TextLine

_MARK_CELLS = 12

Event = TypeVar("Event", OutcomeEvent, AdjudicationEvent)


def said_lines(
    events: Sequence[Event],
    current: Event | None,
    words: Callable[[Event], str | None],
    *,
    holds: str,
    of: Callable[[Event], str] = lambda _event: "",
) -> Iterator[TextLine]:
    """Yield a line for each event, newest first, with who said it; ``holds`` is the mark of the ``current`` one.

    ``words`` gives what an event says, None where it only takes back; ``of`` what it was said of, after who said it.
    """
    replaced = {event.supersedes for event in events}
    for event in reversed(events):
        said = words(event)
        is_current = event == current
        if is_current:
            mark = holds
        elif said is None:
            mark = "taken back"
        else:
            mark = "said before" if event.event_id in replaced else "beside it"
        what = safe_line(event.note, 200) if said is None else said
        who = f"{safe_line(event.said_by, 80)}, {local_time(event.recorded_at)}{of(event)}"
        yield TextLine(
            ((what, "strong" if is_current else ""), (f"{'  ' if what else ''}{who}", "dim")),
            (f"{mark:<{_MARK_CELLS}}", "strong" if is_current else "dim"),
        )
