"""What a query shows, and what a search finds, of the title and text of a proposal whose idea alone may be seen.

The functions of :mod:`reviewer.store.covering_functions` do it within SQLite, so that a page of a queue is one query.
"""

import json
import sqlite3

from reviewer.store.sparing import spared

_NAMES = "json_array(m.agent, m.run, m.namespace, m.external_id, m.parent, m.idea, m.family)"
"""What the method ``m`` is called, and where it comes from."""

COVERED_TITLE = "covered_title({title}, " + _NAMES + ", {known})"
"""The title ``{title}`` of the proposal ``m`` as it is shown while it is sealed; ``{known}`` is what
:func:`names_known` returns, as JSON."""

_ASKS_FOR_NAME = f"asks_for_name(:text_asked, {_NAMES}, {{known}})"
_FOUND_COVERED = (
    "(SELECT is_found_covered(:text_asked, t.title, t.hypothesis, t.body, "
    + _NAMES
    + ", {known}) FROM revisions t WHERE t.id = m.revision_id)"
)


def found_while_sealed(sees: str, text: str, known: str) -> str:
    """Return the condition that a search that finds the proposal ``m`` may say so, by ``sees``, that its evidence is
    seen; the parameter ``text_asked`` is the searched ``text``.

    What is covered in all texts is searched for in those that are seen alone. Of what is covered in some, each that is
    found is looked at: it is searched as it is shown.
    """
    from reviewer.domain.covered_words import Searched

    searched = Searched(text)
    if searched.always_covered:
        return sees
    found = _FOUND_COVERED.format(known=known)
    if not searched.sometimes_covered:
        found = f"CASE WHEN {_ASKS_FOR_NAME.format(known=known)} THEN {found} ELSE 1 END"
    return f"({sees} OR {found})"


_NEXT_AGENT = (
    "SELECT m.agent FROM methods m WHERE m.problem_id = :problem AND m.role = 'proposal' "
    "AND m.agent COLLATE NOCASE > {after} ORDER BY m.agent COLLATE NOCASE LIMIT 1"
)
_AGENTS = (
    f"WITH RECURSIVE named (agent) AS (SELECT ({_NEXT_AGENT.format(after=':before')}) UNION ALL "
    f"SELECT ({_NEXT_AGENT.format(after='named.agent')}) FROM named WHERE named.agent IS NOT NULL LIMIT :most) "
    "SELECT agent FROM named WHERE agent IS NOT NULL"
)
"""The agents of a problem's proposals, each by one look into the index."""
_OF_BASELINES = (
    "SELECT agent, run, namespace, external_id, parent, idea, family FROM methods "
    "WHERE problem_id = ? AND role = 'baseline' ORDER BY id"
)
MOST_AGENTS = 500


def names_known(connection: sqlite3.Connection, problem_id: int) -> tuple[str, ...]:
    """Return the names that are covered in every text of a problem: its agents', and those of its baselines."""
    from reviewer.domain.covering import names_to_hide

    def of_agents() -> list[tuple[str]]:
        return connection.execute(_AGENTS, {"problem": problem_id, "before": "", "most": MOST_AGENTS}).fetchall()

    def of_baselines() -> list[tuple[str, ...]]:
        return connection.execute(_OF_BASELINES, (problem_id,)).fetchall()

    names: dict[str, None] = {}
    for row in spared(connection, "baselines", of_baselines) or ():
        names |= dict.fromkeys(names_to_hide(*row))
    for (agent,) in spared(connection, "names", of_agents) or ():
        names |= dict.fromkeys(names_to_hide(agent, ""))
    return tuple(names)


def title_while_sealed(connection: sqlite3.Connection, method_id: int) -> str:
    """Return the title of a proposal as it is shown while its idea alone may be seen; empty where it is gone."""
    row = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    if row is None:
        return ""
    title: str = connection.execute(
        f"SELECT {COVERED_TITLE.format(title='m.title', known=':known')} FROM methods m WHERE m.id = :method",
        {"method": method_id, "known": json.dumps(names_known(connection, row[0]))},
    ).fetchone()[0]
    return title
