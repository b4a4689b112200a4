"""The rubric form: every act is saved at once, and no word of a note is lost."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from reviewer.domain.errors import StoreError
from reviewer.domain.judgements import ConstraintRating, Judgement
from reviewer.domain.rubrics import Constraint, Rubric
from reviewer.domain.vocabulary import Rating
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.screens.dialog import Excerpt
from reviewer.tui.screens.rubric import RubricScreen
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.rubrics import load_rubric
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})
TARGET = (("survives if", "win rate rises by half a point"), ("by", "2027-03-31"), ("system", "the large one"))


class Form:
    """A rubric screen with what it saved and kept."""

    def __init__(
        self,
        *,
        rubric: Rubric | None = None,
        judgement: Judgement | None = None,
        drafts: dict[str, str] | None = None,
        keys: dict[str, str] | None = None,
        start: str | None = None,
        marks: Marks = UNICODE,
        target: tuple[tuple[str, str], ...] = TARGET,
        title: str = "Noisy-channel EM",
        questions: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.saved: list[tuple[str, ConstraintRating]] = []
        self.kept: list[tuple[str, str | None]] = []
        self.error: Exception | None = None
        self.screen = RubricScreen(
            rubric or load_rubric(None),
            judgement or Judgement(),
            title,
            target,
            effective_keymap(keys) if keys else KEYMAP,
            marks,
            save=self.save,
            keep_draft=lambda slug, text: self.kept.append((slug, text)),
            drafts=drafts,
            questions=questions,
            start=start,
        )
        self.app = HarnessApp(self.screen)

    def save(self, slug: str, rating: ConstraintRating) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append((slug, rating))

    @property
    def heading(self) -> str:
        return str(self.screen.query_one("#heading", Static).content)

    @property
    def rows(self) -> list[str]:
        rows = self.screen.query_one(RowList)
        return [rows._draw(place, rows.size.width - 2).plain for place in range(rows.count)]

    @property
    def cursor(self) -> int | None:
        return self.screen.query_one(RowList).cursor

    @property
    def field(self) -> TextField:
        return self.screen.query_one(TextField)


def shown(pilot: Pilot[None]) -> str:
    """Return what the terminal shows."""
    width = pilot.app.size.width
    return "\n".join(
        "".join(segment.text for segment in strip)[:width]
        for strip in pilot.app.screen._compositor.render_strips(pilot.app.size)
    )


@pytest.mark.parametrize(("key", "rating"), zip("12345", Rating, strict=True))
async def test_a_digit_rates_saves_and_goes_on(key: str, rating: Rating) -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press(key)
        assert form.saved == [("scale", ConstraintRating(rating))]
        assert form.cursor == 1
        assert rating.value.replace("_", " ") in form.rows[0]
        assert UNICODE.ratings[rating] in form.rows[0]


async def test_zero_clears_the_rating_and_leaves_the_note() -> None:
    form = Form(judgement=Judgement(ratings={"scale": ConstraintRating(Rating.PASS, "to 8B")}))
    async with form.app.run_test() as pilot:
        await pilot.press("0")
        assert form.saved == [("scale", ConstraintRating(None, "to 8B"))]
        assert form.cursor == 0
        assert "pass" not in form.rows[0]


async def test_rating_again_keeps_the_note() -> None:
    form = Form(judgement=Judgement(ratings={"scale": ConstraintRating(Rating.PASS, "to 8B")}))
    async with form.app.run_test() as pilot:
        await pilot.press("3")
        assert form.saved == [("scale", ConstraintRating(Rating.BLOCKER, "to 8B"))]


async def test_the_heading_counts_in_words() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        assert form.heading.startswith("rubric 0/12 ")
        await pilot.press("1", "3")
        assert form.heading.startswith("rubric 2/12 · 1 blocker ")
        await pilot.press("3")
        assert form.heading.startswith("rubric 3/12 · 2 blockers ")


async def test_required_ratings_are_marked_and_counted() -> None:
    form = Form(rubric=replace(load_rubric(None), required=("ratings",)))
    async with form.app.run_test() as pilot:
        assert all("required" in row for row in form.rows)
        await pilot.press("1", "4")
        assert "10 still required" in form.heading
        assert [i for i, row in enumerate(form.rows) if "required" in row] == list(range(2, 12))


async def test_ratings_of_another_rubric_are_not_counted() -> None:
    form = Form(judgement=Judgement(ratings={"gone": ConstraintRating(Rating.BLOCKER)}))
    async with form.app.run_test():
        assert form.heading.startswith("rubric 0/12 ")


async def test_moving_stops_at_the_ends() -> None:
    form = Form(start="integration_debt")
    async with form.app.run_test() as pilot:
        assert form.cursor == 11
        await pilot.press("1")
        assert form.cursor == 11
        await pilot.press("j", "k", "up")
        assert form.cursor == 9
        await pilot.press(*["k"] * 20)
        assert form.cursor == 0


async def test_a_note_is_kept_as_it_is_written_and_saved_when_left() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("2", "k", "e", "3", "space", "j")
        assert form.app.focused is form.field
        assert form.kept == [("scale", "3"), ("scale", "3 "), ("scale", "3 j")]
        assert len(form.saved) == 1
        await pilot.press("enter")
        assert form.saved[-1] == ("scale", ConstraintRating(Rating.CONCERN, "3 j"))
        assert form.kept[-1] == ("scale", None)
        assert not form.field.display
        await pilot.press("j")
        assert form.cursor == 1


@pytest.mark.parametrize("key", ["escape", "alt+1"])
async def test_escape_saves_the_note_and_a_second_one_leaves(key: str) -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("e", *"why", key)
        assert form.saved == [("scale", ConstraintRating(None, "why"))]
        assert not form.app.results
        await pilot.press(key)
        assert form.app.results == [None]
        assert len(form.saved) == 1


async def test_a_note_left_as_it_was_saves_nothing() -> None:
    form = Form(judgement=Judgement(ratings={"scale": ConstraintRating(None, "as it was")}))
    async with form.app.run_test() as pilot:
        await pilot.press("e", "escape")
        assert form.saved == []


async def test_a_draft_is_shown_and_gone_on_with() -> None:
    form = Form(
        judgement=Judgement(ratings={"noise": ConstraintRating(None, "old"), "cost": ConstraintRating(None, "same")}),
        drafts={"noise": "five seeds bu", "cost": "same"},
        start="noise",
    )
    async with form.app.run_test() as pilot:
        assert "draft: five" in form.rows[3]
        assert "draft" not in form.rows[9]
        await pilot.press("e", "t", "enter")
        assert form.saved == [("noise", ConstraintRating(None, "five seeds but"))]
        assert "draft" not in form.rows[3]


async def test_what_could_not_be_saved_is_said_and_not_shown_as_saved() -> None:
    form = Form()
    form.error = StoreError("The store is locked.")
    async with form.app.run_test() as pilot:
        await pilot.press("1")
        assert "pass" not in form.rows[0]
        assert form.cursor == 0
        assert "The store is locked." in shown(pilot)
        await pilot.press("e", *"why", "escape")
        assert form.field.display
        assert form.field.text == "why"
        assert not form.app.results
        form.error = None
        await pilot.press("enter")
        assert form.saved == [("scale", ConstraintRating(None, "why"))]
        assert "locked" not in shown(pilot)


async def test_the_keys_follow_the_keymap() -> None:
    form = Form(keys={"rate_pass": "p", "rate_note": "", "rate_note_last": ""})
    async with form.app.run_test() as pilot:
        await pilot.press("1")
        assert form.saved == []
        await pilot.press("p", "e")
        assert form.saved == [("scale", ConstraintRating(Rating.PASS))]
        assert not form.field.display
        foot = shown(pilot)
        assert "p pass" in foot
        assert "note" not in foot.splitlines()[-1]


async def test_help_and_back_reach_the_app() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("question_mark")
        assert form.app.actions == ["help"]
        await pilot.press("q")
        assert form.app.results == [None]


async def test_all_of_it_fits_at_80_by_24() -> None:
    long = (("survives if", "the method gains half a point of win rate over the supervised baseline " * 4), TARGET[1])
    form = Form(target=long, rubric=replace(load_rubric(None), required=("ratings",)))
    async with form.app.run_test(size=(80, 24)) as pilot:
        text = shown(pilot)
        for constraint in load_rubric(None).constraints:
            assert constraint.title in text
        assert "Was it tested at two model sizes or more" in text
        assert "survives (by 2027-03-31): the method" in text
        assert "5 not applicable" in text
        assert "esc back" in text


async def test_the_cursor_stays_in_sight_while_a_note_is_written() -> None:
    form = Form(start="integration_debt")
    async with form.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e", *"late")
        await pilot.pause()
        assert "Integration debt" in shown(pilot)
        assert "late" in shown(pilot)


@pytest.mark.parametrize("size", [(200, 60), (40, 10), (10, 3), (1, 1)])
@pytest.mark.parametrize("marks", [UNICODE, ASCII])
async def test_every_size_is_drawn(size: tuple[int, int], marks: Marks) -> None:
    form = Form(marks=marks)
    async with form.app.run_test(size=size) as pilot:
        await pilot.press("1", "e", "x", "escape", "j")
        await pilot.pause()
        assert form.saved[0] == ("scale", ConstraintRating(Rating.PASS))


async def test_no_target_is_said() -> None:
    form = Form(target=())
    async with form.app.run_test() as pilot:
        assert "not written down yet" in shown(pilot)


async def test_outside_text_is_shown_and_not_obeyed() -> None:
    bad = "x\x1b]52;c;aGk=\x07 [/] [bold]y"
    form = Form(
        rubric=Rubric("r", 1, (Constraint("a", bad, bad),)),
        title=bad,
        target=(("survives if", bad),),
        judgement=Judgement(ratings={"a": ConstraintRating(None, bad)}),
        drafts={"a": bad + "!"},
    )
    async with form.app.run_test(size=(120, 36)) as pilot:
        await pilot.press("e")
        text = shown(pilot)
        assert "\x1b" not in text
        assert "[/] [bold]y" in text


async def test_a_click_moves_the_cursor_and_saves_the_note_that_is_open() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("e", *"why")
        await pilot.click(RowList, offset=(10, 4))
        assert form.saved == [("scale", ConstraintRating(None, "why"))]
        assert form.cursor == 4


async def test_a_rubric_without_constraints_can_be_left() -> None:
    form = Form(rubric=Rubric("empty", 1, ()))
    async with form.app.run_test() as pilot:
        await pilot.press("1", "0", "e", "j", "escape")
        assert form.app.results == [None]
        assert form.saved == []


async def test_a_note_on_the_one_just_rated_is_one_key_and_one_goes_on_where_one_was() -> None:
    form = Form()
    first, second, third = (c.slug for c in load_rubric(None).constraints[:3])
    async with form.app.run_test(size=(80, 24)) as pilot:
        assert "E note" not in shown(pilot)
        await pilot.press("E")
        assert "Nothing has been rated here yet." in shown(pilot)
        await pilot.press("1", "3")
        assert "E note on 2" in shown(pilot)
        await pilot.press("E", *"too slow", "enter")
        assert form.saved[-1] == (second, ConstraintRating(Rating.BLOCKER, "too slow"))
        assert form.cursor == 2
        await pilot.press("e", *"not said", "escape")
        assert form.saved[-1] == (third, ConstraintRating(None, "not said"))
        assert form.cursor == 2, "e is about the one under the cursor, and stays there"
        await pilot.press("2", "E", *"close", "escape", "1")
        assert form.saved[-2:] == [
            (third, ConstraintRating(Rating.CONCERN, "not saidclose")),
            (load_rubric(None).constraints[3].slug, ConstraintRating(Rating.PASS)),
        ]
        assert first not in [slug for slug, _ in form.saved[1:]]


async def test_a_note_that_is_refused_stays_on_the_one_just_rated() -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press("3", "E", *"why")
        form.error = StoreError("The store is read-only.")
        await pilot.press("enter")
        assert form.cursor == 0
        assert form.field.text == "why"
        form.error = None
        await pilot.press("enter")
        assert form.saved[-1][1] == ConstraintRating(Rating.BLOCKER, "why")
        assert form.cursor == 1


@pytest.mark.parametrize("key", ["6", "9", "s", "f", "x"])
async def test_a_key_that_does_nothing_here_says_what_does(key: str) -> None:
    form = Form()
    async with form.app.run_test() as pilot:
        await pilot.press(key)
        said = form.screen.query_one("#problem", Static)
        words = f"{key} does nothing here: 1 2 3 4 5 rate, 0 clears, e writes a note, esc goes back."
        assert str(said.content) == words
        await pilot.press("j")
        assert str(said.content) == ""
        await pilot.press("e", key)
        assert str(said.content) == ""
    assert form.saved == []


async def test_what_went_wrong_stays_whatever_key_is_pressed_next() -> None:
    form = Form()
    form.error = StoreError("the disk is full.")
    async with form.app.run_test() as pilot:
        await pilot.press("1", "j")
        assert "the disk is full" in str(form.screen.query_one("#problem", Static).content)


async def test_a_criterion_reads_as_the_sentence_that_it_is() -> None:
    for target, words in (
        ((("survives if", "In one production run it wins"), ("by", "2027-03-31")), "survives (by 2027-03-31): In one"),
        ((("survives if", "In one production run it wins"),), "survives if: In one"),
    ):
        form = Form(target=target)
        async with form.app.run_test():
            assert words in str(form.screen.query_one("#target", Excerpt).render())


ASKED = {
    "noise": tuple(
        f"PGR on dataset {i}, held-out: the gain is within the noise between seeds; more{i}?" for i in range(5)
    )
}


def detail(pilot: Pilot[None]) -> list[str]:
    """Return the lines between the last two rules."""
    lines = [line.strip(" ▁▂▃▄▅▆▇█") for line in shown(pilot).splitlines()]
    first, last = [place for place, line in enumerate(lines) if line.startswith("───")][-2:]
    return lines[first + 1 : last]


async def test_where_there_is_room_every_question_and_the_help_are_in_sight() -> None:
    form = Form(start="noise", questions=ASKED)
    async with form.app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        text = shown(pilot)
        assert all(f"dataset {i}, held-out" in text and f"more{i}?" in text for i in range(5))
        constraint = next(c for c in load_rubric(None).constraints if c.slug == "noise")
        assert constraint.help.split()[-1] in text
        assert "read on" not in text


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_does_not_fit_is_reached_by_the_key_that_the_form_names(size: tuple[int, int]) -> None:
    form = Form(start="noise", questions=ASKED, keys={"rubric_page_down": "w"})
    async with form.app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "w read on" in shown(pilot)
        assert "more4?" not in shown(pilot)
        seen = dict.fromkeys(detail(pilot))
        for _ in range(12):
            await pilot.press("w")
            await pilot.pause()
            seen |= dict.fromkeys(detail(pilot))
        assert [question for question in ASKED["noise"] if question not in " ".join(seen)] == []
        await pilot.press("pageup", *["ctrl+b"] * 12)
        await pilot.pause()
        assert "dataset 0" in shown(pilot)
        await pilot.press("w", "j", "k")
        await pilot.pause()
        assert "dataset 0" in shown(pilot)


async def test_a_note_is_in_sight_while_it_is_written_whatever_is_asked() -> None:
    form = Form(start="noise", questions=ASKED)
    async with form.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("w", "e", *"late")
        await pilot.pause()
        assert "late" in shown(pilot)
