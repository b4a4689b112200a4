"""Opening the app: everything that can be refused is refused before the screen is taken over."""

import gc
from collections.abc import Callable

import click

from reviewer.cli.main import Invocation
from reviewer.store.connection import Store


def open_app(ctx: click.Context) -> int:
    """Open the app on the store that the options name, which is made where there is none."""
    from reviewer.store.migrations import open_store
    from reviewer.workflow.places import find_places

    invocation = ctx.ensure_object(Invocation)
    places = find_places(invocation.store, invocation.config)

    def open_it() -> Store:
        # Where one proposal is asked for by its id there is nothing to make.
        create = invocation.at is None
        if create:
            places.require_place_for_store()
        return open_store(places.store, create=create)

    return run_app(invocation, open_it)


def run_app(
    invocation: Invocation,
    open_it: Callable[[], Store],
    *,
    notice: str = "",
    before: str = "",
    offline_critic: bool = False,
) -> int:
    """Run the app on the store that ``open_it`` gives, and return the exit status.

    ``notice`` is shown when the app opens, ``before`` printed once it has closed; ``offline_critic``: recorded answers
    are played in place of Claude's.

    Raises:
        UserError: when there is no terminal, the config is wrong, the proposal to open at is not there, or the store
            cannot be used.
    """
    # What is loaded to begin with stays; the app lets the collector in once that is on the screen.
    gc.disable()

    from reviewer.cli.terminal import marks_at_hand, require_terminal
    from reviewer.domain.text import safe_line
    from reviewer.store.refusals import require_writable
    from reviewer.tui.keys import effective_keymap
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.logs import record_failure
    from reviewer.workflow.places import find_places

    require_terminal()
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    keymap = effective_keymap(config.keys, config.key_places)
    name = reviewer_name(invocation.reviewer, config)
    store = open_it()
    require_writable(store.path)

    from reviewer.tui.app import ReviewerApp
    from reviewer.tui.opening import Opening
    from reviewer.tui.theme import require_theme
    from reviewer.workflow.rubrics import load_rubric

    require_theme(config.theme, places.config)
    load_rubric(config.rubric)
    at = None
    if invocation.at is not None:
        from reviewer.workflow.permalinks import find_proposal_at

        at = find_proposal_at(store, invocation.at)

    def open_the_demo() -> Store:
        from reviewer.workflow.demo import demo_path, open_demo

        return open_demo(demo_path(places.store))

    def keep_acts(store: Store) -> None:
        from reviewer.workflow.demo import DEMO_NAME
        from reviewer.workflow.kept_acts import keep_daily

        if store.path.name != DEMO_NAME:
            keep_daily(store)

    app = ReviewerApp(
        Opening(
            store=store,
            config=config,
            config_path=places.config,
            keymap=keymap,
            marks=marks_at_hand(config.marks),
            reviewer=name,
            log=lambda error: record_failure(places.log, error),
            open_demo=open_the_demo,
            keep_acts=keep_acts,
            notice=notice,
            offline_critic=offline_critic,
            at=at,
        )
    )
    app.run(mouse=config.mouse)
    if app.failure is not None:
        raise app.failure
    if before:
        click.echo(safe_line(before))
    return app.return_code or 0
