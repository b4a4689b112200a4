"""The queue's list: a window of rows that grows where the cursor goes."""

from reviewer.domain.judgements import Judgement
from reviewer.domain.queue import QueuePage, QueueRow
from reviewer.domain.vocabulary import Status, Verdict
from reviewer.tui.widgets.queue import MARGIN, WINDOW, QueueList
from tests.tui.harness import HarnessApp


def row(i: int, title: str = "") -> QueueRow:
    return QueueRow(i, title or f"Title {i}", "", "", None, Status.TO_DO, None, None, False, False, (i,))


def page(start: int, stop: int, *, before: bool = False, after: bool = False) -> QueuePage:
    return QueuePage(tuple(row(i) for i in range(start, stop)), before, after)


def texts(queue: QueueList) -> list[str]:
    return ["".join(s.text for s in queue.render_line(y)) for y in range(queue.size.height)]


async def test_the_cursor_and_the_rows_around_it_are_in_sight() -> None:
    queue = QueueList()
    async with HarnessApp(queue).run_test(size=(30, 10)) as pilot:
        queue.show_page(page(0, 50), 20)
        await pilot.pause()
        shown = texts(queue)
        place = next(i for i, line in enumerate(shown) if line.startswith("▌"))
        assert "Title 20" in shown[place]
        assert 3 <= place <= 6
        await pilot.resize_terminal(30, 5)
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert any(line.startswith("▌Title 20") for line in texts(queue))
        assert not queue.move_to(99)
        queue.move(1000)
        assert queue.row == row(49)
        assert not queue.move(1)


async def test_all_lines_are_drawn_anew_where_the_height_changes() -> None:
    def painted() -> list[str]:
        return ["".join(s.text for s in strip).rstrip() for strip in app.screen._compositor.render_strips()]

    queue = QueueList()
    app = HarnessApp(queue)
    async with app.run_test(size=(30, 12)) as pilot:
        queue.show_last_page(page(0, 40))
        await pilot.pause()
        for height in (5, 12, 30, 8):
            await pilot.resize_terminal(30, height)
            await pilot.pause()
            assert painted() == [line.rstrip() for line in texts(queue)]
            assert sum(line.startswith("▌") for line in painted()) == 1
            queue.move(-1)
            await pilot.pause()
            assert painted() == [line.rstrip() for line in texts(queue)]


async def test_the_window_never_grows_without_bound_and_keeps_the_cursor() -> None:
    queue = QueueList()
    async with HarnessApp(queue).run_test(size=(30, 10)) as pilot:
        queue.show_page(page(0, 200, after=True))
        for start in range(200, 4000, 200):
            queue.move_to(start - 1)
            queue.extend(page(start, start + 200, after=True), forward=True)
            assert queue.row == row(start - 1)
        assert len(queue.rows) <= WINDOW + 2 * MARGIN
        first = queue.rows[0].method_id
        queue.move(-len(queue.rows))
        queue.extend(page(first - 200, first, before=True), forward=False)
        assert queue.row == row(first)
        ids = [r.method_id for r in queue.rows]
        assert ids == list(range(ids[0], ids[-1] + 1))
        await pilot.pause()


async def test_a_row_shows_its_mark_and_outside_text_is_safe_and_fits() -> None:
    queue = QueueList()
    async with HarnessApp(queue).run_test(size=(30, 6)) as pilot:
        hostile = "\x1b[31m[/] \u202e漢字漢字漢字漢字漢字漢字漢字"
        queue.show_page(QueuePage((row(1), row(2, hostile)), False, False))
        queue.mark(1, Judgement(Verdict.FAILS, forecast=0.35, flagged=True), changed=True)
        await pilot.pause()
        first, second = texts(queue)[:2]
        assert all(part in first for part in ("✗", "35%", "⚑", "Δ"))
        assert not set(second) & {"\x1b", "\u202e"}
        assert all(queue.render_line(y).cell_length == 30 for y in range(6))


async def test_what_waits_for_the_disk_is_in_brackets_and_what_is_saved_is_not() -> None:
    queue = QueueList()
    async with HarnessApp(queue).run_test(size=(30, 10)) as pilot:
        queue.show_page(page(0, 3))
        judged = Judgement(verdict=Verdict.FAILS, forecast=0.35)
        queue.show_waiting({0: judged})
        await pilot.pause()
        assert [text.rstrip()[-8:] for text in texts(queue)[:2]] == [" 35% (✗)", "       ·"]
        assert texts(queue)[0].index("✗") == texts(queue)[1].index("·"), "the mark stays in its column"
        assert queue.mark_of(row(0)) == "(✗)"
        queue.mark(0, judged)
        queue.show_waiting({})
        assert texts(queue)[0].rstrip().endswith(" 35% ✗")
        assert queue.rows[0].verdict is Verdict.FAILS
