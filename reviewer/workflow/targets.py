"""Writing what "survives in production" means for a problem."""

from reviewer.domain.errors import UserError
from reviewer.domain.outcomes import day_of
from reviewer.domain.problems import Target
from reviewer.store.problems import StoredProblem, problem_by_id, save_target, target_written
from reviewer.workflow.session import Session

MOST_MONTHS = 600


def check_target(target: Target) -> Target:
    """Return the target where it can be resolved.

    Raises:
        UserError: when it has no criterion, or its horizon is no date, or too many months.
    """
    if not target.criterion.strip():
        raise UserError("A target needs a criterion: what must hold in production for a proposal to have survived.")
    if target.horizon:
        try:
            day_of(target.horizon)
        except ValueError:
            raise UserError(f"The horizon {target.horizon!r} is no date; write it as 2027-03-31.") from None
    if target.months is not None and not 1 <= target.months <= MOST_MONTHS:
        raise UserError(
            f"A target is decided 1 to {MOST_MONTHS} months after a proposal was judged, not {target.months}."
        )
    return target


def write_target(session: Session, problem_id: int, target: Target) -> StoredProblem:
    """Save the target as a new version, unless it says what the current one says; return the problem as it is then.

    Raises:
        UserError: when the target cannot be resolved.
        StoreError: when the store cannot be written.
    """
    check_target(target)
    with session.store.write() as connection:
        save_target(connection, problem_id, target, written_by=session.reviewer, now=session.now())
        return problem_by_id(connection, problem_id)


def who_wrote(session: Session, problem_id: int) -> tuple[str, str]:
    """Return who wrote the target that holds now, and when; two empty texts where nobody did.

    Raises:
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        return target_written(connection, problem_id)
