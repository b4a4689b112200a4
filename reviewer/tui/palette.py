"""What the command palette offers: every action that can act on the screen at hand."""

from collections.abc import Callable, Iterator, Sequence

from textual.command import DiscoveryHit, Hit, Hits, Provider

from reviewer.tui.actions import Action, Where, actions_at

_NOT_OFFERED = ("forecast_digit", "palette")
_LEAVING = (
    "back_or_quit", "quit", "rubric_back", "view_back", "text_close", "dialog_close", "dialog_accept", "critic_close",
    "map_back",
)  # fmt: skip


class ActionProvider(Provider):
    """Offers actions by their titles. Enter takes the first one before anything is typed, so that one only shows keys;
    what leaves the screen or the app comes last.
    """

    async def discover(self) -> Hits:
        """Yield every action, in the order in which they are offered."""
        for action in self.actions():
            yield DiscoveryHit(action.title, self._runner(action), help=action.description)

    async def search(self, query: str) -> Hits:
        """Yield the actions whose titles match."""
        matcher = self.matcher(query)
        for action in self.actions():
            if (score := matcher.match(action.title)) > 0:
                yield Hit(score, matcher.highlight(action.title), self._runner(action), help=action.description)

    def actions(self) -> Sequence[Action]:
        """Return the actions that can act on the screen at hand, each once."""
        return sorted(set(self._all()), key=lambda action: (_rank(action), action.title, action.id))

    def _all(self) -> Iterator[Action]:
        places: Sequence[Where] = getattr(self.screen, "HELP_PLACES", ("app",))
        return (each for place in places for each in actions_at(place) if each.id not in _NOT_OFFERED)

    def _runner(self, action: Action) -> Callable[[], None]:
        screen, call = self.screen, action.call or action.id
        call = f"app.{call}" if action.where == "app" else call

        def run() -> None:
            self.app.call_later(screen.run_action, call)

        return run


def _rank(action: Action) -> int:
    return 0 if action.id == "help" else 2 if action.id in _LEAVING else 1
