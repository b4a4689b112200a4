"""What a query shows, and what a search finds, of the title and text of a proposal whose idea alone may be seen.

The functions of :mod:`reviewer.store.covering_functions` do it within SQLite, so that a page of a queue is one query.
"""

import json
import sqlite3

from reviewer.store.sparing import spared

_NAMES = "json_array(m.agent, m.run, m.namespace, m.external_id, m.parent, m.idea, m.family)"
"""What the method ``m`` is called, and where it comes from."""

COVERED_TITLE = "covered_title({title}, " + _NAMES + ", {baselines})"
"""The title ``{title}`` of the proposal ``m`` as it is shown while it is sealed; ``{baselines}`` is what
:func:`baseline_names` returns."""

_ASKS_FOR_NAME = f"asks_for_name(:text_asked, {_NAMES}, {{baselines}})"
_FOUND_COVERED = (
    "(SELECT is_found_covered(:text_asked, t.title, t.hypothesis, t.body, "
    + _NAMES
    + ", {baselines}) FROM revisions t WHERE t.id = m.revision_id)"
)


def found_while_sealed(sees: str, text: str, baselines: str) -> str:
    """Return the condition that a search that finds the proposal ``m`` may say so, by ``sees``, that its evidence is
    seen; the parameter ``text_asked`` is the searched ``text``.

    What is covered in all texts is searched for in those that are seen alone. Of what is covered in some, each that is
    found is looked at: it is searched as it is shown.
    """
    from reviewer.domain.covered_words import Searched

    searched = Searched(text)
    if searched.always_covered:
        return sees
    found = _FOUND_COVERED.format(baselines=baselines)
    if not searched.sometimes_covered:
        found = f"CASE WHEN {_ASKS_FOR_NAME.format(baselines=baselines)} THEN {found} ELSE 1 END"
    return f"({sees} OR {found})"


def baseline_names(connection: sqlite3.Connection, problem_id: int) -> str:
    """Return what is covered of the names of a problem's baselines in every text of it, as JSON."""
    from reviewer.domain.covering import names_to_hide

    sql = (
        "SELECT agent, run, namespace, external_id, parent, idea, family FROM methods "
        "WHERE problem_id = ? AND role = 'baseline' ORDER BY id"
    )
    rows = spared(connection, "baselines", lambda: connection.execute(sql, (problem_id,)).fetchall()) or ()
    return json.dumps(list(dict.fromkeys(name for row in rows for name in names_to_hide(*row))))


def title_while_sealed(connection: sqlite3.Connection, method_id: int) -> str:
    """Return the title of a proposal as it is shown while its idea alone may be seen; empty where it is gone."""
    row = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    if row is None:
        return ""
    title: str = connection.execute(
        f"SELECT {COVERED_TITLE.format(title='m.title', baselines=':baselines')} FROM methods m WHERE m.id = :method",
        {"method": method_id, "baselines": baseline_names(connection, row[0])},
    ).fetchone()[0]
    return title
