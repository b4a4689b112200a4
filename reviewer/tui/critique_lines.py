"""What Claude's pane says, as lines: each state of asking in a sentence and what to do, and an answer item by item.

What Claude wrote is text from outside: plain, without markup, and made safe.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reviewer.critic.failures import BREAKING, Failed, Failure
from reviewer.critic.injections import Suspicion
from reviewer.critic.prices import in_dollars
from reviewer.critic.settings import micro
from reviewer.domain.counted import counted
from reviewer.domain.critiques import Critique, Detectability, FailureMode, Severity, Stance, TriggerScale
from reviewer.domain.text import safe_line
from reviewer.store.critique_marks import item_named
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.widgets.critique_pane import GUTTER, Item, Page
from reviewer.tui.widgets.lines import LineRole, Piece, TextLine
from reviewer.workflow.critique_reading import ReadableCritique
from reviewer.workflow.critiquing import Asking

DOUBTS = "These are doubts, not a judgement."
SAYS = "Constraint by constraint it says what could break this in production, and which check would settle it."
LONGEST = 2_000
"""Characters of one text of Claude's that are shown."""

STANCES: Mapping[Stance, str] = {
    Stance.SURVIVES: "survives",
    Stance.SURVIVES_IF: "survives if",
    Stance.FAILS: "fails",
    Stance.CANNOT_TELL: "cannot tell",
}
_SCALES: Mapping[TriggerScale, str] = {
    TriggerScale.PROTOTYPE: "at the prototype's scale",
    TriggerScale.TENFOLD: "at ten times the scale",
    TriggerScale.PRODUCTION: "at production scale",
    TriggerScale.UNKNOWN: "",
}
_NOTICED: Mapping[Detectability, str] = {
    Detectability.BEFORE_LAUNCH: "noticed before launch",
    Detectability.IN_CANARY: "noticed in a canary",
    Detectability.SILENT: "nobody would notice",
}

SUSPICIONS, NO_DOUBTS, OUT_OF_SCOPE = "suspicions", "no doubts", "out of scope"
"""The names of items that are no doubt."""

FREE = "nothing is sent, nothing is paid"
PLAYED = "Recorded answer, played for the demo: nothing was sent, nothing was paid."
PLAYING = f"A recorded answer is played for the demo: {FREE}."

UNFINDABLE = "not found in the text beside this; it stands in what was sent"

_WHAT_TO_DO: Mapping[Failure, str] = {
    Failure.OVER_CAP: "Raise the cap under [critic] in the config; that of a day begins anew at midnight.",
    Failure.CUT_OFF: "{send} asks again.",
    Failure.TOO_LONG: "Then {send} asks again.",
    Failure.REFUSED: "{send} asks again; or go on without.",
    Failure.OVERLOADED: "{send} asks again.",
    Failure.RATE_LIMIT: "{send} asks again.",
    Failure.SERVER: "{send} asks again.",
    Failure.NO_NETWORK: "{send} asks again.",
    Failure.NOT_SENT: "{send} asks again.",
    Failure.TIMED_OUT: "{send} asks again.",
    Failure.UNREADABLE: "{send} asks again.",
    Failure.CANCELLED: "{send} asks anew.",
    Failure.NO_KEY: "{send} looks again; `reviewer demo --offline-critic` shows without a key how it works.",
    Failure.NOT_RECORDED: "Go to one of those; here {send} looks again.",
    Failure.NO_PRICE: "Then {send} looks again.",
    **dict.fromkeys(
        (Failure.STOPPED, *sorted(BREAKING)), "Once that is put right, {send} says go on; nothing is sent by that yet."
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """With what the lines are worded: the keys as they are set, and the titles of constraints by their slugs."""

    keymap: Keymap
    titles: Mapping[str, str]
    offline: bool = False
    """Whether recorded answers are played in place of Claude's."""

    def key(self, action: str) -> str:
        """Return the first key of an action as people know it; its place in the palette where it has none."""
        keys = self.keymap[action]
        return key_label(keys[0]) if keys else "the palette"

    def title(self, slug: str) -> str:
        """Return the title of a constraint, safe to show."""
        return safe_line(self.titles.get(slug, slug), 80)


def _line(*pieces: Piece, indent: str = "") -> TextLine:
    return TextLine(pieces, (GUTTER + indent, ""))


def _said(text: str, role: LineRole = "", indent: str = "") -> TextLine:
    return _line((text, role), indent=indent)


def withheld_page(sentence: str, wording: Wording) -> Page:
    """Return why nothing may be read yet."""
    return Page((_said(sentence), _line(), _said(f"{wording.key('critic_close')} closes this.", "dim")))


def error_page(sentence: str, wording: Wording) -> Page:
    """Return what went wrong on our side, or in the store."""
    send, close = wording.key("critic_send"), wording.key("critic_close")
    return Page(
        (_said(safe_line(sentence, 400), "notice"), _line(), _said(f"{send} looks again, {close} closes.", "dim"))
    )


def ready_page(asking: Asking, suspicious: Sequence[Suspicion], unfolded: bool, wording: Wording) -> Page:
    """Return what would be sent and what it can cost, before anything is."""
    if wording.offline:
        return _ready_to_play(suspicious, unfolded, wording)
    settings = asking.settings
    today = f"today {in_dollars(asking.spent.day)} of {in_dollars(micro(settings.day_usd))}"
    cost = f"up to {in_dollars(asking.worst)}; {today}"
    model = f"{safe_line(settings.model, 60)}, effort {settings.effort}, price of {safe_line(asking.price.dated, 20)}"
    lines = [
        _said("Nobody has asked about this text yet.", "strong"),
        _line((wording.key("critic_send"), "accent"), (" sends it: ", ""), (cost, "strong"), (".", "")),
        _said(model, "dim"),
        _line(),
        _said(f"{SAYS} {DOUBTS}"),
        _said("Sent are title, hypothesis, text, claims and numbers; not who put it forward, nor what anybody holds of "
              "it.", "dim"),
    ]  # fmt: skip
    lines += [_line(), *_suspicion_lines(suspicious, unfolded, wording)] if suspicious else []
    return Page(tuple(lines))


def _ready_to_play(suspicious: Sequence[Suspicion], unfolded: bool, wording: Wording) -> Page:
    lines = [
        _said("Nobody has asked about this text yet.", "strong"),
        _line((wording.key("critic_send"), "accent"), (" plays a recorded answer, for the demo: ", ""),
              (FREE, "strong"), (".", "")),
        _line(),
        _said(f"{SAYS} {DOUBTS}"),
        _said("It was written for the sample study in the form of Claude's answers, and takes their way through this "
              "program. With a key of yours Claude reads any proposal; what that can cost stands here before.", "dim"),
    ]  # fmt: skip
    lines += [_line(), *_suspicion_lines(suspicious, unfolded, wording)] if suspicious else []
    return Page(tuple(lines))


def running_page(
    phase: str, claims: Sequence[tuple[str, str]], failed: Failed | None, left: float, now: datetime, wording: Wording
) -> Page:
    """Return how far a call is: ``phase``, the first claims, and after a failure when it is tried again."""
    stops = f"{wording.key('critic_close')} stops it; you may go on meanwhile."
    if failed is not None:
        seconds = max(1, round(left))
        again = now.timestamp() + left
        at = datetime.fromtimestamp(again, now.tzinfo).strftime("%H:%M")
        sentence = failed.sentence(now) if failed.wait is None else _without_time(failed, now)
        return Page((
            _said(sentence, "notice"),
            _said(f"Tries again in {counted(seconds, 'second')}, at {at}.", "strong"),
            _line(),
            _said(stops, "dim"),
        ))  # fmt: skip
    lines = [_said(phase, "strong"), *([_said(PLAYING, "dim")] if wording.offline else []), _said(stops, "dim")]
    if claims:
        lines += [_line(), _said("So far, and not checked yet:", "dim")]
        for slug, claim in claims:
            lines.append(_line((f"{wording.title(slug)}: ", "dim"), (safe_line(claim, LONGEST), "")))
    return Page(tuple(lines))


def _without_time(failed: Failed, now: datetime) -> str:
    """Return the sentence of a failure without the time of the next attempt, which is told by itself."""
    return Failed(failed.failure, failed.detail, None, failed.status).sentence(now)


def failed_page(failed: Failed, now: datetime, spent: int | None, known: bool, wording: Wording) -> Page:
    """Return why there is no answer, what it cost and what to do; ``spent`` is None where nothing was sent."""
    sentence = "Stopped." if wording.offline and failed.failure is Failure.CANCELLED else failed.sentence(now)
    lines = [_said(safe_line(sentence, 800), "notice")]
    if spent is not None:
        lines.append(_said(_cost(spent, known), "dim"))
    todo = _WHAT_TO_DO.get(failed.failure, "{send} looks again.").format(send=wording.key("critic_send"))
    lines += [_line(), _said(f"{todo} {wording.key('critic_close')} closes this.")]
    return Page(tuple(lines))


def _cost(spent: int, known: bool) -> str:
    if not spent:
        return "It cost nothing."
    return f"It cost {in_dollars(spent)}." if known else f"Counted as spent, since nobody knows: {in_dollars(spent)}."


def answer_page(
    found: ReadableCritique,
    marks: Mapping[str, bool],
    suspicious: Sequence[Suspicion],
    unfolded: frozenset[str],
    unfindable: frozenset[str],
    wording: Wording,
) -> Page:
    """Return an answer, constraint by constraint; what raises no doubt, or does not apply, is one line to unfold."""
    lines: list[TextLine] = [
        _said(f"{safe_line(found.model, 60)}, {safe_line(found.asked_at[:10], 10)}, call {safe_line(found.call[-8:])}, "
              f"asked by {safe_line(found.asked_by, 24)}. "
              f"{'' if found.is_recorded else _cost(found.spent, found.known)}", "dim"),
    ]  # fmt: skip
    if found.is_recorded:
        lines.insert(0, _said(PLAYED, "notice"))
    items: list[Item] = []

    def add(name: str, block: Sequence[TextLine], heading: int | None = None) -> None:
        first = len(lines)
        items.append(Item(name, first, first + len(block) - 1, first if heading is None else heading))
        lines.extend(block)

    if suspicious:
        add(SUSPICIONS, _suspicion_lines(suspicious, SUSPICIONS in unfolded, wording))
    for critique in found.critiques:
        if critique.out_of_scope or not critique.failure_modes:
            continue
        lines += [_line(), _heading(critique, wording)]
        heading: int | None = len(lines) - 1
        for number, mode in _shown(critique):
            name = item_named(critique.constraint, number)
            add(name, _mode_lines(mode, marks.get(name), name in unfindable), heading)
            heading = None
        lines += _rest(critique)
    for name, words, those in (
        (NO_DOUBTS, "No doubt about", [c for c in found.critiques if not c.out_of_scope and not c.failure_modes]),
        (OUT_OF_SCOPE, "Out of scope here", [c for c in found.critiques if c.out_of_scope]),
    ):
        if those:
            lines.append(_line())
            add(name, _group(name, words, those, name in unfolded, wording))
    return Page(tuple(lines), tuple(items))


def modes_by_item(found: ReadableCritique) -> Mapping[str, FailureMode]:
    """Return the failure modes that are shown, by the names of their items."""
    return {
        item_named(critique.constraint, number): mode
        for critique in found.critiques
        if not critique.out_of_scope
        for number, mode in _shown(critique)
    }


def _shown(critique: Critique) -> Iterator[tuple[int, FailureMode]]:
    """Yield the failure modes that may be shown, the worst first, each with its place in the answer."""
    places = {id(mode): number for number, mode in enumerate(critique.failure_modes)}
    return ((places[id(mode)], mode) for mode in critique.shown)


def _heading(critique: Critique, wording: Wording) -> TextLine:
    stance = f"  {STANCES[critique.stance]}, {critique.confidence} confidence"
    return _line((wording.title(critique.constraint), "strong"), (stance, "dim"))


def _mode_lines(mode: FailureMode, useful: bool | None, unfindable: bool) -> list[TextLine]:
    when = ", ".join(filter(None, (_SCALES[mode.trigger_scale], _NOTICED[mode.detectability])))
    marked: tuple[Piece, ...] = ()
    if useful is not None:
        marked = (("useful to you: " if useful else "not useful to you: ", "added" if useful else "dim"),)
    severity: LineRole = "accent" if mode.severity is Severity.BLOCKER else ""
    lines = [
        _said(_safe(mode.claim), "strong"),
        _line(*marked, (str(mode.severity), severity), (f", {when}", "dim")),
    ]
    if mode.mechanism:
        lines.append(_said(_safe(mode.mechanism)))
    if mode.quote:
        where = f" ({safe_line(mode.section, 60)})" if mode.section else ""
        lines.append(_line((f"“{_safe(mode.quote)}”", "accent"), (where, "dim"), indent="  "))
        if unfindable:
            lines.append(_said(UNFINDABLE, "dim", "  "))
    if mode.cheapest_check:
        lines.append(_line(("check  ", "dim"), (_safe(mode.cheapest_check), "")))
    return lines


def _rest(critique: Critique) -> Iterator[TextLine]:
    if critique.hidden:
        n = critique.hidden
        words = "quotes what the proposal does not say" if n == 1 else "quote what the proposal does not say"
        yield _said(f"{n} more {'is' if n == 1 else 'are'} not shown: {'it' if n == 1 else 'they'} {words}.", "dim")
    for label, texts in (
        ("survives if  ", critique.conditions),
        ("missing  ", critique.missing_evidence),
        ("against that  ", (critique.strongest_counterargument,)),
        ("to ask  ", (critique.question_for_author,)),
    ):
        for text in filter(None, texts):
            yield _line((label, "dim"), (_safe(text), ""))


def _group(name: str, words: str, those: Sequence[Critique], unfolded: bool, wording: Wording) -> list[TextLine]:
    named = "; ".join(
        wording.title(c.constraint) + ("" if c.out_of_scope else f" ({STANCES[c.stance]})") for c in those
    )
    key = wording.key("critic_send")
    if not unfolded:
        return [_line((f"{words}: ", "dim"), (named, ""), (f"  {key} unfolds", "dim"))]
    lines = [_line((f"{words}  ", "dim"), (f"{key} folds", "dim"))]
    for critique in those:
        lines.append(_heading(critique, wording))
        lines += _rest(critique)
    return lines


def _suspicion_lines(suspicious: Sequence[Suspicion], unfolded: bool, wording: Wording) -> list[TextLine]:
    n = len(suspicious)
    looks = "looks as if it were" if n == 1 else "look as if they were"
    words = f"{counted(n, 'passage')} of this text {looks} written for a model"
    key = wording.key("critic_suspicions")
    lines = [_line((words, "notice"), (f"; {key} {'folds' if unfolded else 'shows'} them", "dim"))]
    if unfolded:
        for each in suspicious:
            lines.append(_said(safe_line(each.what, 200), "", "  "))
            if each.passage:
                lines.append(_said(f"“{safe_line(each.passage, 300)}”", "dim", "    "))
    return lines


def _safe(text: str) -> str:
    return safe_line(text, LONGEST)


def quoted_check(mode: FailureMode, found: ReadableCritique) -> str:
    """Return the cheapest check as it goes into a rationale: a quotation that says whose it is."""
    source = f"Claude, {safe_line(found.model, 60)}, {safe_line(found.asked_at[:10], 10)}, call {found.call[-8:]}"
    return f"> {_safe(mode.cheapest_check)} ({source})"


def appended(text: str, quotation: str) -> str:
    """Return a rationale with a quotation behind what stands there, and room to write on."""
    before = text.rstrip()
    return f"{before}\n\n{quotation}\n" if before else f"{quotation}\n"
