"""My history on one proposal as text: what was done, when, and what was held after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from reviewer.domain.judgements import Event, Judgement
from reviewer.domain.text import safe_line, safe_text
from reviewer.domain.vocabulary import Act
from reviewer.tui.marks import Marks
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.judging import VERDICT_WORDS, describe_act

WORDS_LIMIT = 60


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One event of the history: ``words`` say what was done, ``undone`` whether it has been taken back since."""

    event: Event
    words: str
    undone: bool
    before: Judgement


def history_rows(events: Sequence[Event]) -> tuple[HistoryRow, ...]:
    """Return one row an event, newest first. The events are one reviewer's on one proposal, in any order."""
    in_order = sorted(events, key=lambda each: each.id)
    words: dict[str, str] = {}
    reversed_by: dict[str, str] = {}
    undone: set[str] = set()
    rows = []
    before = Judgement()
    for event in in_order:
        if event.kind is Act.UNDO and event.reverses is not None:
            undone.add(event.reverses)
            reversed_by[event.act_id] = event.reverses
            said = f"undid {words.get(event.reverses, 'an act')}"
        elif event.kind is Act.REDO and event.reverses is not None:
            act = reversed_by.get(event.reverses, event.reverses)
            undone.discard(act)
            said = f"redid {words.get(act, 'an act')}"
        else:
            said = describe_act([event], before)
            words.setdefault(event.act_id, said)
        rows.append((event, safe_line(said, WORDS_LIMIT), before))
        before = event.snapshot
    return tuple(
        HistoryRow(event, said, event.act_id in undone, held) for event, said, held in reversed(rows)
    )  # fmt: skip


def local_time(stamp: str, zone: tzinfo | None = None) -> str:
    """Return a stored time as ``2026-11-23 10:01`` in ``zone``, the machine's own where none is given."""
    moment = _moment(stamp)
    return safe_line(stamp, 20) if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def utc_time(stamp: str) -> str:
    """Return a stored time as ``2026-11-23 10:01:43 UTC``."""
    moment = _moment(stamp)
    return safe_line(stamp, 40) if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def spent(seconds: float) -> str:
    """Return time spent in two units at most: ``12 s``, ``3 min 05 s``, ``1 h 02 min``; empty for none."""
    whole = round(seconds)
    if whole <= 0:
        return ""
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def held(judgement: Judgement, marks: Marks) -> str:
    """Return verdict and forecast in a few words: ``✓ survives  35 %``."""
    parts = []
    if judgement.verdict is not None:
        parts.append(f"{marks.verdicts[judgement.verdict]} {VERDICT_WORDS[judgement.verdict]}")
    if judgement.forecast is not None:
        parts.append(percent(judgement.forecast))
    return "  ".join(parts)


def percent(forecast: float) -> str:
    """Return a probability in whole per cent."""
    return f"{forecast * 100:.0f} %"


def revision_label(revision_id: int, numbers: Mapping[int, int]) -> str:
    """Return ``rev 2`` where it is known which one it is, else its id."""
    return f"rev {numbers[revision_id]}" if revision_id in numbers else f"rev #{revision_id}"


def snapshot_lines(row: HistoryRow, marks: Marks, numbers: Mapping[int, int]) -> list[TextLine]:
    """Return all that was held after an event, and when it was."""
    event, judgement = row.event, row.event.snapshot
    when = f"{utc_time(event.at)}, {revision_label(event.revision_id, numbers)}"
    if time := spent(event.seconds):
        when += f", {time} spent"
    since = ", undone since" if row.undone else ""
    lines = [TextLine(((row.words, "strong"), (since, "notice"))), plain(when, "dim"), TextLine()]
    lines.append(plain("Held after it:", "dim"))
    if judgement == Judgement():
        return [*lines, plain("nothing", mark="  ")]
    lines.extend(labelled("verdict", VERDICT_WORDS[judgement.verdict] if judgement.verdict else ""))
    lines.extend(labelled("condition", judgement.condition))
    lines.extend(labelled("next experiment", judgement.next_experiment))
    lines.extend(labelled("forecast", percent(judgement.forecast) if judgement.forecast is not None else ""))
    lines.extend(labelled("known by", judgement.resolves_on or ""))
    lines.extend(labelled("tags", ", ".join(safe_line(tag) for tag in judgement.tags)))
    lines.extend(labelled("flag", f"{marks.flag} flagged" if judgement.flagged else ""))
    lines.extend(labelled("skipped", "for now" if judgement.skipped and judgement.verdict is None else ""))
    lines.extend(labelled("rationale", judgement.rationale))
    lines.extend(labelled("shared", "agents may read the rationale" if judgement.shareable else ""))
    for slug, rating in judgement.ratings.items():
        said = f"{marks.ratings[rating.rating]} {rating.rating.replace('_', ' ')}" if rating.rating else "not rated"
        lines.extend(labelled(safe_line(slug, 40).replace("_", " "), f"{said}\n{rating.note}".rstrip()))
    return lines


def labelled(label: str, text: str) -> list[TextLine]:
    """Return a text, made safe, with its label before its first line; nothing for an empty one."""
    if not text:
        return []
    lead = f"  {label:<17} "
    if len(lead) > 20:
        return [plain(lead.rstrip(), "dim"), *(plain(line, mark=" " * 20) for line in safe_text(text).split("\n"))]
    first, *rest = safe_text(text).split("\n")
    return [plain(first, mark=lead), *(plain(line, mark=" " * len(lead)) for line in rest)]


def _moment(stamp: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
