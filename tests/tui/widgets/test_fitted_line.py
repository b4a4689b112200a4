"""A line that is made for its width says the one for the width that it has, whenever that changes."""

from textual.content import Content

from reviewer.tui.widgets.fitted_line import FittedLine
from tests.tui.harness import HarnessApp


async def test_the_line_is_made_for_the_width_that_there_is() -> None:
    line = FittedLine("Reading…")
    line.styles.height = 1
    async with HarnessApp(line).run_test(size=(30, 4)) as pilot:
        assert "Reading…" in line.render_line(0).text
        line.show(lambda width: f"{width} cells")
        for width in (30, 20, 25):
            await pilot.resize_terminal(width, 4)
            await pilot.pause()
            assert line.render_line(0).text.rstrip() == f"{line.content_size.width} cells"
        line.show(lambda _width: Content("[b]as it is[/b]"))
        assert line.render_line(0).text.rstrip() == "[b]as it is[/b]"
