"""A query that nobody waits for any more ends at once, and the next one runs as before."""

import time
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreError
from reviewer.store.stopping import while_wanted
from tests.builders import build_store

_LONG = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000000) SELECT count(*) FROM n"


def test_a_query_ends_when_it_is_not_wanted(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    until = time.monotonic() + 0.05
    with (
        pytest.raises(Exception, match="interrupt") as told,
        store.read() as connection,
        while_wanted(connection, lambda: time.monotonic() < until),
    ):
        connection.execute(_LONG).fetchone()
    assert not isinstance(told.value, StoreError) or "damaged" not in str(told.value)
    assert store.damage is None
    with store.read() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
