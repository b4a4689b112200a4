"""Asks through Claude's pane and prints, as JSON, for how many seconds the screen stood still the longest meanwhile.

``own`` is for how long the loop itself was at work between two ticks of a clock in it, whatever else goes on on the
machine; ``late`` is by how much a tick came late, which hangs on that as well.

To be run as a program, with the store and the address of a fake of the API: in a process that has not loaded the SDK.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings
from tests.tui.triage_app import Triage, build_app, until

TICK_SECONDS = 0.02
SETTINGS = CriticSettings(prices=(Price("claude-opus-5-5", 5.0, 25.0, "2026-11-29"),))


class Ticker:
    """Comes every few milliseconds, and knows how long the loop was at work between two ticks, and how late one was."""

    def __init__(self) -> None:
        self._own = self._late = 0.0

    async def run(self) -> None:
        while True:
            own, late = time.thread_time(), time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self._own = max(self._own, time.thread_time() - own)
            self._late = max(self._late, time.perf_counter() - late - TICK_SECONDS)

    def take(self) -> dict[str, float]:
        longest = {"own": round(self._own, 4), "late": round(self._late, 4)}
        self._own = self._late = 0.0
        return longest


async def stalls(path: Path) -> dict[str, dict[str, float]]:
    """Return the longest stall while the pane opens, the SDK is loaded, the answer streams, and it is read."""
    app = build_app(path, critic=SETTINGS)
    found: dict[str, dict[str, float]] = {}
    async with app.run_test(size=(120, 36)) as pilot:
        shown = Triage(app, pilot)
        ticker = Ticker()
        ticking = asyncio.create_task(ticker.run())

        async def says(words: str) -> None:
            await until(pilot, lambda: words in " ".join(shown.screen.critic_pane.plain_text.split()), words)

        await until(pilot, lambda: bool(app.screen_stack[-1:]) and getattr(app.screen, "view", None) is not None)
        await asyncio.sleep(1)
        ticker.take()
        assert "anthropic" not in sys.modules
        await pilot.press("a")
        await says("sends it")
        found["opening"] = ticker.take()
        await until(pilot, lambda: "anthropic" in sys.modules and hasattr(sys.modules["anthropic"], "AsyncAnthropic"))
        await asyncio.sleep(0.3)
        found["loading"] = ticker.take()
        await pilot.press("enter")
        await says("So far")
        found["sending"] = ticker.take()
        await until(pilot, lambda: shown.screen.critic_pane.item is not None, "the answer")
        found["streaming"] = ticker.take()
        for key in ("j", "j", "k", "+", "space"):
            await pilot.press(key)
        await asyncio.sleep(0.2)
        found["reading"] = ticker.take()
        ticking.cancel()
    return found


if __name__ == "__main__":
    os.environ["ANTHROPIC_BASE_URL"] = sys.argv[2]
    os.environ["ANTHROPIC_API_KEY"] = "sk-ant-of-a-test"
    sys.stdout.write(json.dumps(asyncio.run(stalls(Path(sys.argv[1])))))
