"""Which event lies on which pages is known: what those pages lack is gone, and what others lack is not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Act
from reviewer.workflow import judging
from tests.builders import act, build_session, build_store, method_ids, record, table
from tests.faults.damaging import lacks_dbstat, pages_of_events

pytestmark = pytest.mark.skipif(bool(lacks_dbstat()), reason="SQLite does not say what lies on which page")


def test_an_event_lies_where_its_words_are(tmp_path: Path) -> None:
    with closing(build_store(tmp_path, record("p1"))) as store:
        session, (proposal,) = build_session(store), method_ids(store)
        for number in range(60):
            # Some are longer than a page, and go on on others.
            text = f"<{number}>" + "so " * 400 * (1 + 40 * (number % 7 == 0)) + f"</{number}>"
            act(session, proposal, Act.RATIONALE, judging.set_rationale(text))
        uuids = [uuid for (uuid,) in table(store, "SELECT uuid FROM annotations ORDER BY id")]
        with closing(sqlite3.connect(store.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = connection.execute("PRAGMA page_size").fetchone()[0]
        pages = pages_of_events(store.path)
        data = store.path.read_bytes()
    assert list(pages) == uuids
    assert {len(own) > 1 for own in pages.values()} == {True, False}
    for number, uuid in enumerate(uuids):
        own = b"".join(data[(page - 1) * size : page * size] for page in pages[uuid])
        assert f"<{number}>".encode() in own
        assert f"</{number}>".encode() in own
