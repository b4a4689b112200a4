"""The Textual app: what goes for every screen; everything else belongs to the screens."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import ClassVar

from textual import events, work
from textual.driver import Driver
from textual.filter import LineFilter

from reviewer.domain.errors import DamagedStoreError, ReviewerError
from reviewer.domain.queue import Sort
from reviewer.store.drafts import shorten_log
from reviewer.tui.actions import ACTIONS
from reviewer.tui.ascii_filter import AsciiFilter
from reviewer.tui.beginning_app import BeginningApp
from reviewer.tui.bound_keys import bind_only
from reviewer.tui.collecting import SETTLED_SECONDS, let_collector_in
from reviewer.tui.critic_calls import CriticCalls, EndedCall
from reviewer.tui.keys import bindings
from reviewer.tui.keys_in_turn import TOLD_SECONDS, KeepsKeysWaiting
from reviewer.tui.marks import ASCII
from reviewer.tui.opening import Opening
from reviewer.tui.palette import ActionProvider
from reviewer.tui.pane_sizes import PaneSizes
from reviewer.tui.saving_app import LEAVING_SECONDS
from reviewer.tui.screens.triage import TriageScreen
from reviewer.tui.suspending import stand_aside, what_hinders
from reviewer.tui.telling import opens_dialog
from reviewer.tui.theme import THEME_TITLES, THEMES, VARIABLE_DEFAULTS
from reviewer.tui.whole_pastes import keep_pastes_whole
from reviewer.tui.widgets.text_field import types

KEEPING_WAITS_SECONDS = 10.0
"""So long after the app has begun what people did is kept, where that is due; from then on that is asked hourly."""

HOUR_SECONDS = 3600.0

TRANSACTION_SECONDS = 0.05
"""What is written beside the keys holds the lock of the store for no longer."""

DRAFTS_SECONDS = 20.0
"""So often it is looked whether the log of the drafts has become long."""


class ReviewerApp(BeginningApp):
    """The app. Its screens ask it for the threads, the drafts and the config."""

    TITLE = "reviewer"
    # The triage screen's rules too: read when it is pushed, they would have every rule parsed twice before it is seen.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["styles/app.tcss", "styles/triage.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (120, "-broad")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS = {ActionProvider}  # noqa: RUF012
    BINDINGS: ClassVar = []

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        self._ascii = [AsciiFilter()] if opening.marks is ASCII else []
        self.pane_sizes = PaneSizes()
        self.critic_calls = CriticCalls(self.background, opening.log, self._show_call, opening.offline_critic)
        self.critiques_shown: dict[int, str] = {}
        """The call whose critique of a proposal was read last in this sitting, by the proposal's row id."""
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = opening.config.theme if opening.config.theme in THEMES else "dark"
        bind_only(self, bindings("app", opening.keymap))

    @property
    def failure(self) -> Exception | None:
        """Return what went wrong on our side where that ended the app; whoever ran it tells of it."""
        return self._exception

    def _fatal_error(self) -> None:
        """Close, where something went wrong on our side.

        Textual would print the traceback on the terminal, with the values of all variables: proposals among them.
        """
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """Close, where the error that ends the app could draw itself."""
        self._close_messages_no_wait()

    def get_driver_class(self) -> type[Driver]:
        """Return what reads the terminal; no part of what is pasted is a key."""
        driver = super().get_driver_class()
        keep_pastes_whole()
        return driver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our own colours, which a theme may set otherwise."""
        return dict(VARIABLE_DEFAULTS)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of what is drawn: where the marks are ASCII, so is everything else."""
        return [*super().get_line_filters(), *self._ascii]

    def keys_wait(self) -> bool:
        """Return whether what the next key is meant for, a field or a dialog, is still being opened."""
        return isinstance(self.shown, KeepsKeysWaiting) and self.shown.is_opening

    def give_up_opening(self) -> None:
        """Let go of the dialog that is being opened, or of what is being read for it."""
        if isinstance(self.shown, KeepsKeysWaiting):
            self.shown.give_up_opening()

    def always_acts(self, key: str) -> bool:
        """Return whether a key leaves the app at once."""
        return key in self.keymap["quit"]

    def key_acts(self, key: str) -> None:
        """Take away the sentences that only inform; who goes on working no longer waits to leave."""
        self.toasts.key_acts()
        if isinstance(self.shown, TriageScreen):
            self.shown.note_key(key)
        if key not in (*self.keymap["quit"], *self.keymap["back_or_quit"]):
            self.goes_on()

    def is_beginning(self) -> bool:
        """Return whether there is no screen yet, or one on which the first proposal is still missing."""
        screen = self.shown
        return screen.is_beginning if isinstance(screen, TriageScreen) else len(self.screen_stack) < 2

    def is_out_of_sight(self, key: events.Key) -> bool:
        """Return whether the window is too small to show what a key does: then one types on, or leaves, and no more."""
        screen = self.shown
        if not isinstance(screen, TriageScreen) or not screen.is_too_small:
            return False
        if screen.focused_text():
            return not types(screen.focused, key)
        return key.key not in self.keymap["back_or_quit"]

    def waits_for_sight(self, key: str, *, again: bool) -> bool:
        """Return whether a key says something of a proposal that is still being read."""
        screen = self.shown
        if not isinstance(screen, TriageScreen) or self.is_writing or not screen.is_on_its_way:
            return False
        # What is held down is known by the time at which it comes: later it would judge.
        return any(key in self.keymap[a.id] and not (again and a.once) for a in ACTIONS if a.of_proposal)

    def on_mount(self) -> None:
        """Ask who is there where nobody has said, then open the store's first problem."""
        self.begin()
        self.set_timer(SETTLED_SECONDS, let_collector_in)
        self.set_timer(KEEPING_WAITS_SECONDS, self.keep_acts)
        self.set_interval(DRAFTS_SECONDS, self._shorten_drafts)
        if not self.is_headless:
            self.outlast_the_terminal()

    @work(group="keeping")
    async def keep_acts(self) -> None:
        """Keep what people did, hour by hour as long as the app is open; what hinders it is in the log."""
        while True:
            if self.session is not None:
                try:
                    await self.background.keep(self.opening.keep_acts, self.session.store)
                except DamagedStoreError as error:
                    self.session.store.note_damage(error)
                    self.tell_error(error)
                except Exception as error:
                    self.opening.log(error)
            await asyncio.sleep(HOUR_SECONDS)

    @work(group="drafts")
    async def _shorten_drafts(self) -> None:
        if self.session is not None:
            # Whatever hinders it is told where a draft is written, or passes.
            with suppress(ReviewerError, OSError):
                await self.background.long(shorten_log, self.session.store.path)

    def tell_error(self, error: Exception) -> None:
        """Show what went wrong and what to do; where it is that the store is damaged, that stays in sight."""
        super().tell_error(error)
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.show_damage()

    def show_waiting(self) -> None:
        """Show in the queue and in the header which acts wait for the store, or that none does any more."""
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.show_waiting()

    def show_held_anew(self, method_id: int) -> None:
        """Show what the store has of a proposal in place of an act that was refused."""
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.show_held_anew(method_id)

    def _show_call(self, method_id: int, ended: EndedCall | None) -> None:
        """Show that a call to Claude began, or what came of it."""
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.show_call(method_id, ended)

    def toggle_move_on(self) -> bool:
        """Turn moving on after a verdict on or off, remember it, and return which it is."""
        self.move_on = not self.move_on
        self._remember(move_on=self.move_on)
        return self.move_on

    def keep_order(self, order: Sort) -> None:
        """Begin with this order of the queue from now on, in other problems and the next time too."""
        self.order = order
        self._remember(order=order.value)

    def action_help(self) -> None:
        """Show every key of the screen at hand."""
        from reviewer.tui.screens.help import HelpScreen

        places = getattr(self.screen, "HELP_PLACES", ())
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        elif places:
            self.push_screen(
                HelpScreen(places, self.keymap, self.screen.HELP_TITLE if isinstance(self.screen, TriageScreen) else "")
            )

    def action_palette(self) -> None:
        """Open the command palette."""
        self.action_command_palette()

    @opens_dialog
    async def action_theme(self) -> None:
        """Choose how it looks, and remember it."""
        from reviewer.tui.screens.choice import ChoiceScreen, Option

        options = [Option(name, THEME_TITLES[name]) for name in THEMES]
        chosen = await self.push_screen_wait(ChoiceScreen("Theme", options, self.theme, self.keymap))
        if chosen is not None and chosen != self.theme:
            self.theme = chosen
            self._remember(theme=chosen)

    async def action_suspend(self) -> None:
        """Stand aside for the shell; what is typed and not saved stays as it is, as do the screen and its cursor."""
        why = "Letters go into this field; leave it first to suspend." if self.is_writing else self._why_not_suspended()
        if why:
            self.toasts.show(why, about="suspending", seconds=TOLD_SECONDS)
            return
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.settle_digits()
                screen.keep_place()
        if self.saving:
            await asyncio.wait(self.saving, timeout=LEAVING_SECONDS)
        # What is indexed and checked beside the keys begins no transaction so soon after one, and here ends the one it
        # is in: a lock that is held by a program that stands still locks everybody else out.
        await asyncio.sleep(TRANSACTION_SECONDS)
        self.drop_keys()
        stand_aside(self)

    def _why_not_suspended(self) -> str:
        from reviewer.tui.screens.import_files import ImportScreen

        if any(isinstance(screen, ImportScreen) and screen.is_importing for screen in self.screen_stack):
            return "An import is going on, and would stand still too; suspend when it has ended."
        return what_hinders(self)

    async def action_back_or_quit(self) -> None:
        """Go back from a screen that is open over another; from the triage screen, leave."""
        if isinstance(self.screen, TriageScreen) or len(self.screen_stack) <= 2:
            await self.action_quit()
        else:
            self.screen.dismiss(None)

    async def action_quit(self) -> None:
        """Leave; what is typed and not saved stays as a draft."""
        for screen in self.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.settle_digits()
                screen.keep_place()
                screen.end_reading()
        if isinstance(self.screen, TriageScreen) and not self._warned_of_missing and self.screen.must_stay():
            self._warned_of_missing = True
            self.drop_keys()
            return
        self._stop_import()
        await self.leave()

    _warned_of_missing = False

    async def on_unmount(self) -> None:
        """Let go of what is asked, wait for what is being written, then close the files."""
        await self.critic_calls.end()
        self.background.finish()
        self.drafts.close()
        if self.session is not None:
            self.session.store.close()
