"""What Claude has cost today, and saying go on where spending was stopped; what asking needs is not loaded for it."""

from reviewer.store.spending import spent_so_far, stop_spending, stopped_for
from reviewer.workflow.session import Session


def spent_today(session: Session) -> int:
    """Return what Claude has cost in this store since the day began where the person is, in millionths of a dollar.

    Raises:
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        if not spent_so_far(connection, "").whole:
            return 0
        from reviewer.workflow.critiquing import day_began

        return spent_so_far(connection, day_began(session.clock())).day


def go_on_spending(session: Session) -> str:
    """Say that calls may be sent again, and return what had stopped them; empty where nothing had.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        reason = stopped_for(connection)
        if reason:
            stop_spending(connection, "", said_by=session.reviewer, now=session.now())
    return reason
