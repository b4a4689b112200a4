"""Fetching from the study's server for an import, with a line that says how much has been."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from reviewer.cli.progress_line import ProgressLine
from reviewer.cli.reading import is_missing, open_to_look
from reviewer.domain.text import safe_line
from reviewer.sources.contract import Plan, Stated
from reviewer.workflow.places import Places
from reviewer.workflow.study_server import fetched, known_comments


@contextmanager
def fetched_by_address(places: Places, address: str, problem: str | None, stated: Stated | None) -> Iterator[Plan]:
    """Give the plan for what a server answers, and show meanwhile how much has been fetched.

    Raises:
        UserError: when it is no address, nothing there answers as the study's server does, or the store cannot be read.
    """
    progress = ProgressLine()

    def tell(done: int, total: int | None) -> None:
        progress.show(f"fetching: {done:,} {f'of {total:,} ' if total else ''}findings")

    try:
        # A server that takes the question and says nothing may take a minute.
        progress.show(f"asking {safe_line(address, 200)}")
        with fetched(address, comments_known_in(places, problem), problem=problem, stated=stated, tell=tell) as plan:
            progress.clear()
            yield plan
    finally:
        progress.clear()


def comments_known_in(places: Places, problem: str | None) -> dict[str, int]:
    """Return how many comments on which finding the store has; none where there is no store yet."""
    if is_missing(places.store):
        return {}
    with closing(open_to_look(places.store)) as store:
        return known_comments(store, problem)
