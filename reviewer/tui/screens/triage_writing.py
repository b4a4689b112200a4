"""The writing part of the triage screen: the rationale, tags, what a verdict depends on, and the rubric."""

from collections.abc import Callable, Mapping, Sequence

from textual import on, work

from reviewer.domain.days_ahead import day_ahead
from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.judgements import Change, ConstraintRating, Context, Judgement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.drafts import Draft
from reviewer.tui.external_editor import edit_in_editor
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_judging import CONDITION, EXPERIMENT, RATIONALE, RESOLVES_ON, TAGS, JudgingPart
from reviewer.tui.telling import opens_dialog, telling
from reviewer.tui.widgets.field_editor import Field, FieldEditor
from reviewer.workflow import browsing, judging
from reviewer.workflow.judging_alike import Along
from reviewer.workflow.views import ProposalView, target_lines


class WritingPart(JudgingPart):
    """What has to do with what the reviewer writes of a proposal: in the fields above the bar, and in the rubric."""

    _written_of: tuple[ProposalView, Context]
    """The proposal that is being written about, and what was on the screen when that began."""
    _began_with: Judgement
    """What was held of it then."""
    _condition_of: int | None = None
    """The proposal of which a condition was asked last; with it goes whatever was judged along with it."""

    def _field(
        self,
        view: ProposalView,
        name: str,
        label: str,
        held: str,
        *,
        one_line: bool = False,
        placeholder: str = "",
        known: Sequence[str] | None = None,
        items: Sequence[str] = (),
        can_take: Callable[[str], bool] | None = None,
    ) -> Field:
        draft = self.reviewer_app.drafts.find(self.session.reviewer, view.proposal.uuid, name)
        return Field(
            name,
            label,
            held if draft is None else draft.text,
            one_line=one_line,
            placeholder=placeholder,
            known=known,
            items=tuple(items),
            draft=draft is not None,
            can_take=can_take,
        )

    def _open(self, view: ProposalView, heading: str, hints: Sequence[tuple[str, str]], *fields: Field) -> None:
        self.add_class("-writing")
        self._written_of = (view, self.context(view))
        self._began_with = self.views.get(view.proposal.id, view).judgement
        self.writing_hints = hints
        self.editor.open(view.proposal.uuid, view.proposal.id, heading, fields)

    def action_rationale(self) -> None:
        """Write why, here."""
        if (view := self.view_to_judge()) is not None:
            self.settle_digits()
            self._open(
                view,
                f"rationale on “{safe_line(view.proposal.title, 160)}”",
                (("esc", "saves and closes"), ("enter", "a new line"), ("ctrl+z", "undoes")),
                self._field(view, RATIONALE, "rationale", view.judgement.rationale),
            )

    def action_tags(self) -> None:
        """Add or take away tags."""
        if (view := self.view_to_judge()) is not None:
            self.settle_digits()
            field = self._field(view, TAGS, "tags", "", known=(), items=view.judgement.tags)
            hints = (("tab", "takes the one marked"), ("↑ ↓", "mark"), ("enter or esc", "saves"))
            self._open(view, f"tags of “{safe_line(view.proposal.title, 160)}”, with commas between", hints, field)
            self._offer_tags()

    @work(exclusive=True, group="tags")
    @telling
    async def _offer_tags(self) -> None:
        self.editor.offer(TAGS, await self.background.read(browsing.tags_used, self.session))

    def action_resolves_on(self) -> None:
        """Say by which day one expects to know what becomes of it."""
        if (view := self.view_to_judge()) is not None:
            self.settle_digits()
            held = view.judgement.resolves_on or ""
            field = self._field(
                view,
                RESOLVES_ON,
                "known by",
                held,
                one_line=True,
                placeholder="2027-03-31, or in 6 months; with nothing here the target says",
                can_take=lambda text: self._is_day(text.strip(), held),
            )
            hints = (("enter or esc", "saves"), ("nothing", "leaves it to the target"))
            self._open(view, f"by which day you will know: “{safe_line(view.proposal.title, 160)}”", hints, field)

    def _is_day(self, written: str, held: str) -> bool:
        """Return whether a day can be taken; else say why, and stay: digits typed next would be a forecast."""
        from reviewer.workflow.outcomes import today

        if written in ("", held):
            return True
        try:
            day_ahead(written, today(self.session.clock))
        except UserError as error:
            self.tell(str(error), about="day", warning=True)
            return False
        return True

    def _take_day(self, view: ProposalView, texts: Mapping[str, str], context: Context) -> None:
        """Save the day that was written; where it is none, say so, and leave what was written as a draft."""
        from reviewer.workflow.outcomes import today

        written = texts[RESOLVES_ON].strip()
        if written == (view.judgement.resolves_on or ""):
            # A day that one holds may pass, and is no mistake then.
            self.drop_drafts([Draft(view.proposal.uuid, RESOLVES_ON, texts[RESOLVES_ON])])
            return
        try:
            day = day_ahead(written, today(self.session.clock)) if written else None
        except UserError as error:
            keys = self.keymap[RESOLVES_ON]
            goes_on = f" {key_label(keys[0])} goes on with it." if keys else ""
            self.tell(f"{error}{goes_on}", about="day", warning=True)
            return
        words = f"known by {day}" if day else "day taken back"
        change = judging.set_resolves_on(day)
        self._save_text(view, Act.RESOLVES_ON, change, words, texts, context, self._began_with)

    def ask_for(self, names: Sequence[str]) -> None:
        """Say what the rubric also requires, and go where the first of it is written."""
        label = safe_line(self.session.rubric.label, 80)
        self.tell(f"The rubric {label} also asks for: {', '.join(names)}.", about="required", warning=True)
        if names[0] == "ratings":
            self.action_rubric()
        elif names[0] == "rationale":
            self.action_rationale()

    def ask_condition(self, view: ProposalView) -> None:
        """Ask what a conditional verdict depends on, and for the cheapest experiment that would settle it."""
        judgement = self.views.get(view.proposal.id, view).judgement
        self._condition_of = view.proposal.id
        self._open(
            view,
            f"conditional: “{safe_line(view.proposal.title, 160)}”",
            (("enter", "goes on"), ("esc", "saves"), ("both", "may stay empty")),
            self._field(view, CONDITION, "it survives if", judgement.condition, one_line=True),
            self._field(view, EXPERIMENT, "the cheapest next experiment", judgement.next_experiment, one_line=True),
        )

    @on(FieldEditor.Finished)
    def take_texts(self, message: FieldEditor.Finished) -> None:
        """Save what was written, and go on where a verdict was waiting for it."""
        self.remove_class("-writing")
        self.rest()
        then, context = self._written_of
        view = self.views.get(message.method_id, then)
        texts = message.texts
        if RATIONALE in texts:
            change = judging.set_rationale(texts[RATIONALE])
            self._save_text(view, Act.RATIONALE, change, RATIONALE, texts, context, self._began_with)
        if TAGS in texts:
            change = judging.set_tags(texts[TAGS].split(","))
            self._save_text(view, Act.TAGS, change, TAGS, texts, context, self._began_with)
        if CONDITION in texts:
            change = judging.set_condition(texts[CONDITION], texts[EXPERIMENT])
            with_verdict = self._condition_of == message.method_id
            along, part_of = (self.judged_along, self.judged_as) if with_verdict else ((), None)
            self._save_text(view, Act.CONDITION, change, CONDITION, texts, context, self._began_with, along, part_of)
        if RESOLVES_ON in texts:
            self._take_day(view, texts, context)
        self.show_bar()
        row = self.queue.row
        here = row is not None and row.method_id == message.method_id
        if here and CONDITION in texts:
            self.go_on(judging.VERDICT_WORDS[Verdict.CONDITIONAL])
        elif here and texts.get(RATIONALE, "").strip() and "rationale" in self.session.rubric.required:
            # One that stays empty is asked for again when one leaves, and not before: one may want to read on, or undo.
            self.must_stay()

    def _save_text(
        self,
        view: ProposalView,
        kind: Act,
        change: Change,
        words: str,
        texts: Mapping[str, str],
        context: Context | None,
        began_with: Judgement,
        along: Sequence[Along] = (),
        part_of: str | None = None,
    ) -> None:
        drafts = [Draft(view.proposal.uuid, name, text) for name, text in texts.items()]
        after = change(view.judgement)
        if after != view.judgement:
            self.save_act(view, kind, change, words, drafts, context, began_with, along, part_of)
            if view.judgement.shareable and after.rationale and not after.shareable:
                keys = self.keymap["share"]
                again = f" {key_label(keys[0])} lets them read this one." if keys else ""
                self.tell(f"Agents may no longer read the rationale, which is another one now.{again}", about="share")
        else:
            self.drop_drafts(drafts)

    def keep_draft(self, proposal: str, name: str, text: str) -> None:
        """Write down what is being written, before it is echoed."""
        self.attention.input()
        self.note_input()
        self.reviewer_app.drafts.keep(self.session.reviewer, Draft(proposal, name, text))

    def action_rationale_editor(self) -> None:
        """Write why, in one's own editor."""
        if (view := self.view_to_judge()) is None:
            return
        self.settle_digits()
        draft = self.reviewer_app.drafts.find(self.session.reviewer, view.proposal.uuid, RATIONALE)
        text = draft.text if draft else view.judgement.rationale
        try:
            written = edit_in_editor(self.app, text, self.reviewer_app.config.editor)
        except ReviewerError as error:
            self.tell_error(error)
            return
        self.keep_draft(view.proposal.uuid, RATIONALE, written)
        change = judging.set_rationale(written)
        self._save_text(view, Act.RATIONALE, change, RATIONALE, {RATIONALE: written}, None, view.judgement)
        self.show_bar()

    @opens_dialog
    async def action_rubric(self) -> None:
        """Rate the proposal against each constraint."""
        from reviewer.evidence.checks.constraints import questions_by_constraint
        from reviewer.tui.screens.rubric import RubricScreen

        if (view := self.view_to_judge()) is None:
            return
        self.settle_digits()
        proposal = view.proposal.uuid
        slugs = [c.slug for c in self.session.rubric.constraints]
        drafts = {
            slug: found.text
            for slug in slugs
            if (found := self.reviewer_app.drafts.find(self.session.reviewer, proposal, f"note:{slug}")) is not None
        }

        def keep(slug: str, text: str | None) -> None:
            # None says that the note was saved; its draft goes when that is on the disk.
            if text is not None:
                self.keep_draft(proposal, f"note:{slug}", text)

        await self.app.push_screen_wait(
            RubricScreen(
                self.session.rubric,
                view.judgement,
                view.proposal.title,
                target_lines(self.problem.target),
                self.keymap,
                self.marks,
                save=self._rating_saver(view),
                keep_draft=keep,
                drafts=drafts,
                questions=questions_by_constraint(view.questions),
            )
        )
        self.show_bar()
        if "ratings" in self.session.rubric.required:
            self.must_stay_after_rubric()

    def must_stay_after_rubric(self) -> None:
        """Ask for what the rubric requires beside its ratings, once the form is closed."""
        view = self.acting_view()
        if view is None or view.judgement.verdict is None:
            return
        missing = [name for name in view.judgement.missing(self.session.rubric) if name != "ratings"]
        if missing:
            self.ask_for(missing)

    def _rating_saver(self, view: ProposalView) -> Callable[[str, ConstraintRating], None]:
        context = self.context(view)
        shown = view.judgement

        def save(slug: str, rating: ConstraintRating) -> None:
            nonlocal shown
            self.attention.input()
            found = self.reviewer_app.drafts.find(self.session.reviewer, view.proposal.uuid, f"note:{slug}")
            drafts = [found] if found is not None and found.text.strip() == rating.note else []
            change = judging.rate(slug, rating, shown.rating_of(slug))
            self.save_act(view, Act.RATING, change, slug.replace("_", " "), drafts, context, began_with=shown)
            shown = shown.with_rating(slug, rating)

        return save
