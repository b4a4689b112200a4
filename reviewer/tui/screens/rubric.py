"""The rubric as a form: one key rates a constraint and goes on to the next."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from reviewer.domain.checks import Level
from reviewer.domain.counted import counted
from reviewer.domain.errors import ReviewerError
from reviewer.domain.judgements import ConstraintRating, Judgement
from reviewer.domain.rubrics import Constraint, Rubric
from reviewer.domain.text import safe_line, safe_text
from reviewer.domain.vocabulary import Rating, Status
from reviewer.tui.bound_keys import is_bound
from reviewer.tui.cells import cut
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.dialog import DialogScreen, Excerpt
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import KeepDraft, TextField

RATING_COLOURS: Mapping[Rating, str] = {
    Rating.PASS: "$survives",
    Rating.CONCERN: "$conditional",
    Rating.BLOCKER: "$fails",
    Rating.UNKNOWN: "$cannot-tell",
    Rating.NOT_APPLICABLE: "$quiet",
}

_LIMIT = 400
_TARGET_LIMIT = 1_000
_NUMBER_CELLS = 4
_RATING_CELLS = 18
_WIDEST_TITLE = 32
_NOTE_FROM = 16
"""With fewer cells than this left, a row shows no note."""
_ROWS_OF_THE_REST = 12
_ROWS_OF_A_FIELD = 3
_ROWS_OF_THE_TARGET = 2
_MOST_ROWS_OF_THE_TARGET = 8
"""In a high window, where every constraint is in sight and rows are left."""
_LEAST_QUESTION = 3
"""Lines of the questions that stay in sight over a note that is being written."""
_MOST_LINES = 1_000


class RubricScreen(DialogScreen[None]):
    """Rates one proposal against each constraint.

    ``save`` is called at every act; it returns once that is taken, or raises ReviewerError with the reason, which is
    then shown. ``keep_draft`` takes a note, by the constraint's slug, while it is being written, and None once it is
    saved; ``drafts`` holds those that were left. ``target_lines`` are the parts of the target with their labels, the
    criterion first. ``questions`` are what the checks ask that bears on a constraint, by its slug. The cursor begins at
    ``start``.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/rubric.tcss"]
    HELP_PLACES: ClassVar[Sequence[str]] = ("rubric",)

    def __init__(
        self,
        rubric: Rubric,
        judgement: Judgement,
        title: str,
        target_lines: Sequence[tuple[str, str]],
        keymap: Keymap,
        marks: Marks,
        *,
        save: Callable[[str, ConstraintRating], None],
        keep_draft: KeepDraft,
        drafts: Mapping[str, str] | None = None,
        questions: Mapping[str, Sequence[str]] | None = None,
        start: str | None = None,
    ) -> None:
        super().__init__("", title, keymap, marks, where="rubric")
        self.add_class("-page")
        self._rubric = rubric
        self._judgement = judgement
        self._target = target_lines
        self._save = save
        self._keep_draft = keep_draft
        self._drafts = {slug: text for slug, text in (drafts or {}).items() if text != self._held(slug).note}
        self._questions = questions or {}
        self._start = start
        self._writing: str | None = None
        self._rated_last: int | None = None
        self._back_to: int | None = None
        """Where the cursor goes when the note is done: where it was before the key for the one rated last."""
        self._said_what_serves = False
        self._shown: Constraint | None = None
        """The constraint whose questions are shown."""
        self._titles = [safe_line(c.title, _LIMIT) for c in rubric.constraints]
        self._rows = RowList(marks=marks, id="constraints")
        self._field = TextField(one_line=True, keep=self._keep, id="note-field")
        self._question = Excerpt(_MOST_LINES, marks, id="question")
        self._note = Excerpt(_MOST_LINES, marks, id="note")
        self._detail = VerticalScroll(self._question, self._note, self._field, id="detail", can_focus=False)
        self._survives = Excerpt(_ROWS_OF_THE_TARGET, marks, id="target")
        self._field.display = False

    @property
    def judgement(self) -> Judgement:
        """Return the judgement with all that was rated here."""
        return self._judgement

    def body(self) -> Sequence[Widget]:
        """Return the target, the constraints, and the one under the cursor in full."""
        problem = Static("", id="problem", markup=False)
        problem.display = False
        return (self._survives, self._rows, self._detail, problem)

    def hints(self) -> Sequence[Content]:
        """Return the keys of the ratings, and under them the others."""
        if self._writing is not None:
            return (hint(self.keymap, ("enter or esc", "saves the note"), ("ctrl+z", "undoes")), Content(""))
        last = [] if self._rated_last is None else [("rate_note_last", f"note on {self._rated_last + 1}")]
        more = [("rubric_page_down", "read on")] if self._detail.show_vertical_scrollbar else []
        rate = [(f"rate_{rating}", str(rating).replace("_", " ")) for rating in Rating]
        return (
            hint(self.keymap, *rate, ("rate_clear", "clear")),
            hint(
                self.keymap,
                *more,
                *last,
                ("rate_note", "note"),
                ("next_constraint", "next"),
                ("previous_constraint", "previous"),
                ("rubric_back", "back"),
                ("help", "keys"),
            ),
        )

    def on_mount(self) -> None:
        """Show the constraints, with the cursor where one begins."""
        slugs = [c.slug for c in self._rubric.constraints]
        self._survives.show(_target_words(self._target))
        self._rows.show(len(slugs), self._row, slugs.index(self._start) if self._start in slugs else 0)
        self._show()
        # Whether there is more than is in sight, and with that a use of the key for it, is known once it is laid out.
        self.watch(self._detail, "show_vertical_scrollbar", self.show_hints, init=False)

    def on_resize(self, _event: events.Resize) -> None:
        """Leave room for the question, whatever the height."""
        self._fit()

    def _fit(self) -> None:
        rest = _ROWS_OF_THE_REST + (_ROWS_OF_A_FIELD if self._writing is not None else 0)
        room = max(2, self.size.height - rest)
        self._rows.styles.max_height = room
        # Half of what is left: the note and the question may be long too.
        left = max(0, room - len(self._rubric.constraints)) // 2
        self._survives.most = min(_MOST_ROWS_OF_THE_TARGET, _ROWS_OF_THE_TARGET + left)
        # What is longer scrolls, but not away from the note that is being written.
        self._question.most = _MOST_LINES if self._writing is None else _LEAST_QUESTION + left

    @property
    def _constraint(self) -> Constraint | None:
        place = self._rows.cursor
        return None if place is None else self._rubric.constraints[place]

    def _held(self, slug: str) -> ConstraintRating:
        return self._judgement.rating_of(slug)

    def _take(self, slug: str, rating: ConstraintRating) -> bool:
        """Save a rating; return whether it was taken."""
        try:
            self._save(slug, rating)
        except ReviewerError as error:
            self._say(f"Not saved: {error}")
            return False
        self._judgement = self._judgement.with_rating(slug, rating)
        self._say("")
        return True

    def on_key(self, event: events.Key) -> None:
        """Say what serves here where a key is pressed that serves only on the screen before."""
        if self._writing is not None or not event.is_printable:
            return
        if any(is_bound(node, event.key) for node in (self, self.app)):
            if self._said_what_serves:
                self._say("")
            return
        first = {name: key_label(keys[0]) for name, keys in self.keymap.items() if keys}
        ratings = " ".join(first[name] for rating in Rating if (name := f"rate_{rating}") in first)
        parts = [f"{ratings} rate"] if ratings else []
        for name, words in (("rate_clear", "clears"), ("rate_note", "writes a note"), ("rubric_back", "goes back")):
            if name in first:
                parts.append(f"{first[name]} {words}")
        self._say(f"{key_label(event.key)} does nothing here: {', '.join(parts)}.")
        self._said_what_serves = True

    def action_rate(self, rating: str) -> None:
        """Rate the constraint under the cursor, and go on to the next."""
        if (constraint := self._constraint) is not None and self._writing is None:
            held = self._held(constraint.slug)
            if self._take(constraint.slug, ConstraintRating(Rating(rating), held.note)):
                self._rated_last = self._rows.cursor
                self._rows.move(1)
            self._show()

    def action_rate_clear(self) -> None:
        """Take the rating away; a note stays."""
        if (constraint := self._constraint) is not None and self._writing is None:
            self._take(constraint.slug, ConstraintRating(None, self._held(constraint.slug).note))
            self._show()

    def action_rate_note(self) -> None:
        """Write a note on the constraint under the cursor, or go on with the draft of one."""
        if (constraint := self._constraint) is None or self._writing is not None:
            return
        self._writing = constraint.slug
        self._field.load_text(self._drafts.get(constraint.slug, self._held(constraint.slug).note))
        self._field.display = True
        # At once, so that the letters that come next are the field's.
        self.set_focus(self._field)
        self._show()

    def action_rate_note_last(self) -> None:
        """Write a note on the constraint that was rated last; the cursor comes back when it is done."""
        if self._writing is not None:
            return
        if self._rated_last is None:
            self._say("Nothing has been rated here yet.")
            return
        here = self._rows.cursor
        self._rows.move_to(self._rated_last)
        self.action_rate_note()
        self._back_to = here

    def action_next_constraint(self) -> None:
        """Go to the next constraint."""
        self._rows.move(1)
        self._show()

    def action_previous_constraint(self) -> None:
        """Go to the constraint before."""
        self._rows.move(-1)
        self._show()

    def action_rubric_page_down(self) -> None:
        """Read on in the questions and the note, where they are longer than the room for them."""
        self._page(1)

    def action_rubric_page_up(self) -> None:
        """Go back in them."""
        self._page(-1)

    def _page(self, by: int) -> None:
        # A line of the page is seen again on the next.
        self._detail.scroll_relative(y=by * max(1, self._detail.size.height - 1), animate=False)

    def action_rubric_back(self) -> None:
        """Go back; all is saved already."""
        self.close()

    def close(self) -> None:
        """Go back; a note that is being written is saved first, and where that fails one stays with it."""
        if self._writing is None or self._finish_note():
            self.dismiss(None)

    @on(TextField.Advanced)
    @on(TextField.Closed)
    def _note_left(self) -> None:
        self._finish_note()

    @on(RowList.Picked)
    def _picked(self) -> None:
        self._back_to = None
        if self._writing is not None:
            self._finish_note()
        self._show()

    def _finish_note(self) -> bool:
        """Save the note and close its field; where that fails, it stays open with every word."""
        slug = self._writing
        if slug is None:
            return True
        note = self._field.text.strip()
        held = self._held(slug)
        if note != held.note and not self._take(slug, ConstraintRating(held.rating, note)):
            self._field.focus()
            return False
        self._drafts.pop(slug, None)
        self._keep_draft(slug, None)
        self._writing = None
        self._field.display = False
        self.set_focus(None)
        if self._back_to is not None:
            self._rows.move_to(self._back_to)
            self._back_to = None
        self._show()
        return True

    def _keep(self, text: str) -> None:
        if self._writing is not None:
            self._drafts[self._writing] = text
            self._keep_draft(self._writing, text)
            self._rows.refresh()

    def _show(self) -> None:
        """Draw anew what depends on the cursor and the ratings."""
        self._fit()
        self._rows.refresh()
        self.query_one("#heading", Static).update(self._title())
        self.show_hints()
        constraint = self._constraint
        if constraint is not self._shown:
            self._shown = constraint
            self._detail.scroll_home(animate=False)
        if constraint is None:
            self._question.show(Content("This rubric has no constraints."))
            return
        help_text = safe_line(constraint.help, _LIMIT)
        ask = self.marks.levels[Level.ASK]
        self._question.show(
            Content.assemble(
                (safe_line(constraint.question, _LIMIT), "bold"),
                *(f"\n{ask} {safe_line(asked, _LIMIT)}" for asked in self._questions.get(constraint.slug, ())),
                (f"\n{help_text}" if help_text else "", "$quiet"),
            )
        )
        draft, note = self._drafts.get(constraint.slug), self._held(constraint.slug).note
        words = Content.assemble(
            ("draft  " if draft is not None else "note  ", "$quiet"), safe_text(note if draft is None else draft)
        )
        self._note.show(words if draft or note else Content(""))
        self._note.display = self._writing is None

    def _title(self) -> Content:
        total = len(self._rubric.constraints)
        slugs = {c.slug for c in self._rubric.constraints}
        ratings = [r.rating for slug, r in self._judgement.ratings.items() if slug in slugs and r.rating is not None]
        blockers = ratings.count(Rating.BLOCKER)
        words = [f"rubric {len(ratings)}/{total}"]
        if blockers:
            words.append(counted(blockers, "blocker"))
        if self._is_required and len(ratings) < total:
            words.append(f"{total - len(ratings)} still required")
        return Content.assemble((" · ".join(words), "bold"), (f"   {self._of}", "$quiet"))

    @property
    def _is_required(self) -> bool:
        return "ratings" in self._rubric.required

    def _row(self, place: int, width: int) -> Content:
        slug = self._rubric.constraints[place].slug
        held = self._held(slug)
        marks = self.marks
        rest = width - _NUMBER_CELLS - _RATING_CELLS
        title_cells = min(max(map(cell_len, self._titles)) + 2, _WIDEST_TITLE, max(6, rest))
        note_cells = rest - title_cells
        if held.rating is not None:
            words = f"{marks.ratings[held.rating]} {held.rating.replace('_', ' ')}"
            colour = RATING_COLOURS[held.rating]
        elif self._is_required:
            words, colour = f"{marks.statuses[Status.TO_DO]} required", "bold"
        else:
            words, colour = marks.statuses[Status.TO_DO], "$quiet"
        if slug in self._drafts:
            note = f"draft: {safe_line(self._drafts[slug], _LIMIT)}"
        else:
            note = safe_line(held.note, _LIMIT)
        return Content.assemble(
            (f"{place + 1:>{_NUMBER_CELLS - 2}}  ", "$quiet"),
            cut(self._titles[place], title_cells - 1, marks.ellipsis) + " ",
            (cut(words, _RATING_CELLS, marks.ellipsis), colour),
            (cut(note, note_cells, marks.ellipsis) if note_cells >= _NOTE_FROM else "", "$quiet"),
        )

    def _say(self, sentence: str) -> None:
        self._said_what_serves = False
        problem = self.query_one("#problem", Static)
        problem.update(safe_line(sentence, _LIMIT))
        problem.display = bool(sentence)


def _target_words(target: Sequence[tuple[str, str]]) -> Content:
    """Return what "survives" means as one sentence, the date before the criterion, which may be long."""
    parts = {label: safe_line(text, _TARGET_LIMIT) for label, text in target}
    criterion = parts.get("survives if", "")
    if not criterion:
        return Content("What “survives” means for this problem is not written down yet.")
    # With a colon, since a criterion is written as a sentence of its own.
    by = f"(by {parts['by']})" if parts.get("by") else "if"
    return Content.assemble(f"survives {by}: ", criterion)
