"""Who looks, for the commands that leave out what a viewer may not see yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation
from reviewer.domain.errors import UserError

if TYPE_CHECKING:
    from reviewer.store.connection import Store
    from reviewer.workflow.config import Config


def viewer_id(store: "Store", invocation: Invocation, config: "Config") -> int:
    """Return the row id of who looks, as the call, the environment or the config names them; 0 of nobody.

    Raises:
        UserError: when the name cannot be one.
        StoreError: when the store cannot be read.
    """
    from reviewer.store.annotations import own_reviewer_id
    from reviewer.workflow.config import reviewer_name

    name = reviewer_name(invocation.reviewer, config)
    if name is None:
        return 0
    with store.read() as connection:
        return own_reviewer_id(connection, name) or 0


def id_of_named_viewer(store: "Store", invocation: Invocation) -> int:
    """Return the row id of who looks at what is written out; nobody need be named where all is seen by everybody.

    Raises:
        UserError: when nobody is named and not everybody sees all, or the name cannot be one.
        StoreError: when the store cannot be read.
    """
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.protocols import held_protocols

    config = read_config(find_places(invocation.store, invocation.config).config)
    named = reviewer_name(invocation.reviewer, config) is not None
    if not named and any(held.protocol != "open" for held in held_protocols(store)):
        raise UserError(
            "Say who you are by --reviewer NAME, so that nothing is written that you may not see yet; --everyone "
            "writes all judgements, for who organises the reviews."
        )
    return viewer_id(store, invocation, config)


def tell_of_sealed(problems: Sequence[str]) -> None:
    """Say on standard error in which problems something is left out, since it is sealed."""
    from reviewer.domain.text import safe_line

    for slug in problems:
        click.echo(
            f"{safe_line(slug, 80)} is judged sealed: what you have seen the idea of alone is left out; --everyone "
            "shows all, for who organises the reviews.",
            err=True,
        )
