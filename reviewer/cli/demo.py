"""``reviewer demo``: look around in the sample study."""

import click

from reviewer.cli.main import Invocation, at_option
from reviewer.store.connection import Store

_CRITIC = {
    True: "Claude's answers are recorded ones here: judge a proposal, then ask.",
    False: "`reviewer demo --offline-critic` shows Claude's part without a key.",
}


@click.command("demo", params=[at_option()])
@click.option(
    "--fresh",
    is_flag=True,
    help="Start over with a new copy; the old one is kept beside it as demo.db.previous (.2, .3, …).",
)
@click.option(
    "--offline-critic",
    is_flag=True,
    help="Play recorded answers in place of Claude's: no key, nothing sent, nothing paid.",
)
@click.pass_obj
def command(invocation: Invocation, fresh: bool, offline_critic: bool) -> int:
    """Open a copy of the sample study: forty proposals of agents beside four human baselines.

    The copy lies beside your store and keeps what you judge in it. Nothing of it reaches your own store.

    With --offline-critic one sees without a key how Claude's questions come after one's own verdict: answers
    on eight of the forty proposals, among them those that one meets first, are played from a file. They were written
    for the sample study in the form of Claude's, and are marked as recorded on the screen and in the copy.

    \b
    Examples:
      reviewer demo
      reviewer demo --fresh
      reviewer demo --offline-critic
      reviewer demo --at 4f1c2a9b
    """
    from reviewer.cli.app_command import run_app
    from reviewer.workflow.demo import demo_path, open_demo
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    # A store that was named is where the copy goes, unless it is one's own; else it lies beside the default one.
    path = places.store if invocation.store is not None else demo_path(places.store)

    def open_it() -> Store:
        places.require_place_for_store()
        return open_demo(path, fresh=fresh)

    return run_app(
        invocation,
        open_it,
        notice=f"This is a copy of the sample study, at {path}. ? shows the keys. {_CRITIC[offline_critic]}",
        before=f"The demo is a copy of the sample study: {path}",
        offline_critic=offline_critic,
    )
