"""From an id that somebody copied to the proposal that it names."""

from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Protocol, Role
from reviewer.store.alike import proposal_of_sighting
from reviewer.store.connection import Store
from reviewer.store.methods import find_methods, method_by_id, proposal_by_uuid
from reviewer.store.protocols import protocol_of

SHORT_ID = 12
"""Characters of the end of an id that name a proposal when it is passed on: random ones, and enough for a store."""


def find_proposal_at(store: Store, name: str) -> tuple[int, int]:
    """Return the row ids of the problem and of the proposal that ``name`` names.

    It is an id as it was copied, its last 8 or more characters, ``namespace/external id`` or the external id alone.

    Raises:
        UserError: when there is none of that name, or more than one, with their full names unless it is judged sealed.
        StoreError: when the store cannot be read.
    """
    asked = name.strip()
    with store.read() as connection:
        known = proposal_by_uuid(connection, asked)
        if known is not None:
            return known[1], known[0]
        # What was met several times is one proposal, under whichever name it is asked for.
        named = (proposal_of_sighting(connection, method_id) for method_id, _ in find_methods(connection, asked))
        found = [method_by_id(connection, method_id) for method_id in dict.fromkeys(named)]
        is_sealed = any(protocol_of(connection, each.problem_id) is Protocol.SEALED for each in found)
    proposals = [method for method in found if method.role is Role.PROPOSAL]
    shown = safe_line(asked, 80)
    if not proposals and found:
        raise UserError(f"“{shown}” is a {found[0].role}, not a proposal; b goes through the baselines in the app.")
    if not proposals:
        raise UserError(
            f"There is no proposal “{shown}” in {store.path}. "
            "Y in the app copies an id; its last 8 characters, or namespace/id as the source has them, will do."
        )
    in_full = [method for method in proposals if f"{method.namespace}/{method.external_id}" == asked]
    if len(in_full) == 1:
        # Another one's external id alone may read just so.
        proposals = in_full
    if len(proposals) > 1 and is_sealed:
        # Names of the source beside ids as the app copies them would tell where each comes from.
        raise UserError(
            f"“{shown}” names {len(proposals)} proposals. Give one of them in full: as Y in the app copies its id, or "
            "as namespace/id."
        )
    if len(proposals) > 1:
        names = ", ".join(f"{safe_line(f'{m.namespace}/{m.external_id}', 60)} ({m.uuid[-8:]})" for m in proposals[:5])
        more = "" if len(proposals) <= 5 else f" and {len(proposals) - 5} more"
        raise UserError(f"“{shown}” names {len(proposals)} proposals: {names}{more}. Give one of them in full.")
    return proposals[0].problem_id, proposals[0].id
