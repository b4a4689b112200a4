"""Work that nothing waits for."""

import asyncio
import threading

import pytest

from reviewer.tui.background import Background


@pytest.fixture
def background() -> Background:
    return Background(lambda _hindrance: None)


async def test_what_is_done_aside_is_answered_and_its_errors_are_raised(background: Background) -> None:
    assert await background.aside(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await background.aside(divmod, 7, 0)
    background.finish()


def test_what_is_done_aside_for_ever_keeps_nobody_from_leaving(background: Background) -> None:
    never = threading.Event()

    async def leave() -> None:
        waiting = asyncio.create_task(background.aside(never.wait))
        await asyncio.sleep(0.01)
        waiting.cancel()
        background.finish()

    asyncio.run(asyncio.wait_for(leave(), 5))
    assert any(thread.name == "aside" and thread.daemon for thread in threading.enumerate())
    never.set()
