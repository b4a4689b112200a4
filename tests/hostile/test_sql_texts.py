"""Every SQL statement of ours is a text that stands in the program; what comes from outside is a parameter of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import reviewer
from tests.hostile.sql_texts import Foreign, Program

_QUEUE = "reviewer/store/queue.py"
_ROWS = "reviewer/store/queue_rows.py"
_RECOVERING = "reviewer/store/recovering.py"
_SALVAGE = "reviewer/store/salvage.py"
_SALVAGED = "reviewer/store/salvaged_rows.py"
_STANDING_IN = "reviewer/store/standing_in.py"
_EXPORT = "reviewer/store/export_rows.py"
_MIGRATIONS = "reviewer/store/migrations.py"
_RATINGS = "reviewer/store/rating_counts.py"

_SPARING = "reviewer/store/sparing.py"
_BROKEN_DRAFTS = "reviewer/store/broken_drafts.py"

_ACTS = "reviewer/store/acts.py"
_QUOTED = "quoted as SQL quotes names"
_OF_OUR_SCHEMA = "a name out of a store that was made a moment before, by our own schema"
_CONDITIONS = "conditions that stand in the module; what they ask for travels beside them, by name"
_ORDER = "a column of one of the orders that stand in the module"

REVIEWED: Mapping[Foreign, str] = {
    Foreign("reviewer/sources/aar_database.py", "table"): "one of four names that stand in the module",
    Foreign(_EXPORT, "where"): _CONDITIONS,
    Foreign(_EXPORT, "' AND '.join(where) or '1'"): _CONDITIONS,
    Foreign(_QUEUE, "query.conditions(part)"): _CONDITIONS,
    Foreign(_QUEUE, "query.tables(part)"): _CONDITIONS,
    Foreign(_ROWS, "query.conditions(part)"): _CONDITIONS,
    Foreign(_ROWS, "query.tables(part)"): _CONDITIONS,
    Foreign(_ROWS, "beyond"): _CONDITIONS,
    Foreign("reviewer/sources/shinka.py", "name.replace('\"', '\"\"')"): _QUOTED,
    Foreign("reviewer/store/alike.py", "table"): "one of the names that stand in the module",
    Foreign("reviewer/store/schema_thirteen.py", "table"): "one of the names that stand there",
    Foreign(_ACTS, "last"): "a number that SQLite gave",
    Foreign(_ACTS, "int(made['id'])"): "a number",
    **{
        Foreign(_ACTS, f"_pieces(connection, {of})"): "conditions with numbers that SQLite gave"
        for of in (
            "'annotations', 'true'",
            "'outcomes', 'true'",
            "'adjudications', 'true'",
            "'critiques', 'true', ANSWERS",
            "'assignments', of_round",
        )
    },
    Foreign(_ROWS, "query.row"): "columns that stand in the module",
    Foreign(_ROWS, "column"): _ORDER,
    Foreign(_ROWS, "column.removesuffix(' COLLATE NOCASE')"): _ORDER,
    Foreign("reviewer/store/health.py", "quoted(name)"): _QUOTED,
    Foreign(_SPARING, "quoted(name)"): _QUOTED,
    Foreign(_SPARING, "quoted(row[1])"): _QUOTED,
    Foreign(_SPARING, "quoted(row[2])"): _QUOTED,
    Foreign(_SPARING, "n"): "a number that we count ourselves",
    Foreign("reviewer/store/backup.py", "name"): "names that stand in the module",
    Foreign("reviewer/store/other_methods.py", "columns"): "names that stand in the module",
    **{
        Foreign(f"reviewer/store/schema_{version}.py", f"only_added('{table}', '{what}')"): "names that stand there"
        for version, table, what in (
            ("ten", "protocols", "protocols"),
            ("ten", "adjudications", "adjudications"),
            ("ten", "assignment_rounds", "rounds of assignment"),
            ("eleven", "critic_settings", "settings of the critic"),
            ("eleven", "spending_stops", "stops of spending"),
            ("eleven", "critique_readings", "readings of critiques"),
            ("eleven", "critique_marks", "marks on critiques"),
        )
    },
    Foreign("reviewer/store/drafts.py", "table"): "names that stand in the module",
    Foreign("reviewer/store/drafts.py", "columns"): "names that stand in the module",
    Foreign(_BROKEN_DRAFTS, "name"): _OF_OUR_SCHEMA,
    Foreign(_BROKEN_DRAFTS, "shape.columns"): _OF_OUR_SCHEMA,
    Foreign(_MIGRATIONS, "version"): "a number that SQLite gave",
    Foreign(_MIGRATIONS, "sql"): "what our own schema made in memory",
    Foreign(_MIGRATIONS, "missing.values()"): "what our own schema made in memory",
    Foreign("reviewer/store/schema_changes.py", "sql"): "one of the statements of the schema",
    Foreign(_RATINGS, "n"): "a number that counts parameters",
    Foreign(_RATINGS, "range(len(slugs))"): "numbers that count parameters",
    Foreign(_RECOVERING, "pages.version"): "a number that was read out of four bytes",
    Foreign(_RECOVERING, "salvage.shapes"): _OF_OUR_SCHEMA,
    Foreign(_RECOVERING, "connection.execute(f'PRAGMA foreign_key_list ({child})').fetchall()"): _OF_OUR_SCHEMA,
    Foreign(_RECOVERING, "parent"): _OF_OUR_SCHEMA,
    **{
        Foreign(_SALVAGED, each): _OF_OUR_SCHEMA
        for each in ("columns", "drop_triggers(connection)", "insertion(shape, row)", "name", "shape.columns")
    },
    **{Foreign(_STANDING_IN, each): _OF_OUR_SCHEMA for each in ("child", "column", "name")},
    Foreign(_SALVAGE, "name"): _OF_OUR_SCHEMA,
    Foreign(_SALVAGE, "connection.execute(f'PRAGMA table_info ({name})').fetchall()"): _OF_OUR_SCHEMA,
    Foreign(_SALVAGE, "connection.execute(f'PRAGMA index_list ({name})').fetchall()"): _OF_OUR_SCHEMA,
    Foreign(_SALVAGE, "insertion(shape, row, 'ABORT')"): _OF_OUR_SCHEMA,
}
"""What else goes into statements, each with the reason why nobody outside has a say in it."""


def test_no_statement_holds_what_comes_from_outside() -> None:
    statements = list(Program(Path(reviewer.__file__).parent).statements())
    assert len(statements) > 300
    found = {foreign: f"{module}:{line}" for module, line, several in statements for foreign in several}
    new = [f"{found[foreign]}: {foreign.expression}" for foreign in sorted(found) if foreign not in REVIEWED]
    assert new == [], "make them parameters; or say in REVIEWED why nobody outside has a say in them"
    assert [each for each in REVIEWED if each not in found] == [], "these are gone, and need no reason any more"


OF_A_CLASS = """
class C:
    def __init__(self, into):
        self._into = into
    def f(self, c):
        c.execute(self._into)
"""

HARMLESS = [
    "def f(c, x):\n    c.execute('SELECT ?', (x,))",
    "A = 'a'\nB = f'SELECT {A}'\ndef f(c):\n    c.execute(B + ' LIMIT 1')",
    "A = ('a', 'b')\ndef f(c, xs):\n    c.execute(f\"SELECT {', '.join(A)} IN ({', '.join('?' * len(xs))})\", xs)",
    "def f(c):\n    for t in ('a', 'b'):\n        c.execute(f'SELECT * FROM {t}')",
    "def f(c, t):\n    c.execute(f'SELECT * FROM {t}')\ndef g(c):\n    f(c, 'a')\n    f(c, t='b')",
    f"{OF_A_CLASS}def g():\n    return C('INSERT INTO a VALUES (?)')",
    "def f(c, whole):\n    how = 'a' if whole else 'b'\n    c.execute('SELECT {x}'.format(x=how))",
]

HARMFUL = {
    "def f(c, x):\n    c.execute('SELECT ' + x)": "x",
    "def f(c, x):\n    c.execute('SELECT %s' % x)": "'SELECT %s' % x",
    "def f(c, x):\n    c.execute(f'SELECT {x.name}')\ndef g(c):\n    f(c, 'a')": "x.name",
    "def f(c, x):\n    c.execute('SELECT {}'.format(x()))\ndef g(c):\n    f(c, 'a')": "x()",
    "def f(c, x):\n    c.execute(f'SELECT {x}')\ndef g(c, y):\n    f(c, y.z)": "y.z",
    "def f(c):\n    for (n,) in c.execute('SELECT name FROM t'):\n        c.execute(f'SELECT * FROM {n}')": "n",
    "def f(c, xs):\n    c.executemany(', '.join(str(x) for x in xs), xs)": "str(x)",
    "def f(c):\n    t = input()\n    c.executescript(f'DROP TABLE {t}')": "input()",
    f"{OF_A_CLASS}def g(x):\n    return C(x())": "x()",
}


def program(tmp_path: Path, text: str) -> Program:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "module.py").write_text(text)
    return Program(tmp_path / "package")


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_that_stands_in_the_program_is_fixed_however_it_is_put_together(tmp_path: Path, text: str) -> None:
    assert [foreign for *_, foreign in program(tmp_path, text).statements()] == [frozenset()]


@pytest.mark.parametrize(("text", "expression"), HARMFUL.items())
def test_what_comes_from_elsewhere_is_named(tmp_path: Path, text: str, expression: str) -> None:
    found = [each.expression for *_, foreign in program(tmp_path, text).statements() for each in foreign]
    assert found == [expression]
