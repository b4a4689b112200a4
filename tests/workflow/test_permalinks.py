"""An id that was passed on leads to its proposal, or a sentence says why not."""

from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Protocol, Role
from reviewer.store.connection import Store
from reviewer.store.methods import find_methods, method_by_id
from reviewer.workflow.permalinks import SHORT_ID, find_proposal_at
from tests.builders import build_store, record
from tests.workflow.sealed_stores import put_under


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(
        tmp_path,
        record("exp1", namespace="run-07"),
        record("exp1", namespace="run-08"),
        record("exp2", namespace="run-07"),
        record("vanilla", Role.BASELINE),
    )


def ids(store: Store, name: str) -> tuple[str, tuple[int, int]]:
    with store.read() as connection:
        method = method_by_id(connection, find_methods(connection, name)[0][0])
        return method.uuid, (method.problem_id, method.id)


def test_every_way_to_name_a_proposal_leads_to_it(store: Store) -> None:
    uuid, place = ids(store, "run-07/exp2")
    for name in (uuid, uuid[-8:], uuid[-SHORT_ID:], "run-07/exp2", "exp2", f" {uuid}\n"):
        assert find_proposal_at(store, name) == place, name


def test_what_is_not_there_is_told_with_the_way_to_name_one(store: Store) -> None:
    for name in ("exp9", "", "00000000", "%"):
        with pytest.raises(UserError, match="There is no proposal") as told:
            find_proposal_at(store, name)
        assert told.value.exit_status == 2


def test_several_of_one_name_are_told_apart(store: Store) -> None:
    with pytest.raises(UserError, match="names 2 proposals") as told:
        find_proposal_at(store, "exp1")
    assert all(words in str(told.value) for words in ("run-07/exp1", "run-08/exp1", ids(store, "run-07/exp1")[0][-8:]))


def test_what_is_given_in_full_is_meant_though_another_ones_own_id_reads_so(tmp_path: Path) -> None:
    store = build_store(
        tmp_path, record("exp1", namespace="run-07"), record("run-07/exp1", namespace="reviews"), record("exp2")
    )
    _, method_id = find_proposal_at(store, "run-07/exp1")
    with store.read() as connection:
        named = method_by_id(connection, method_id)
    assert (named.namespace, named.external_id) == ("run-07", "exp1")


def test_a_baseline_is_no_proposal(store: Store) -> None:
    with pytest.raises(UserError, match="is a baseline, not a proposal"):
        find_proposal_at(store, "vanilla")
    with pytest.raises(UserError, match="is a baseline, not a proposal"):
        find_proposal_at(store, ids(store, "vanilla")[0])


def test_where_it_is_judged_sealed_no_name_of_a_source_stands_beside_an_id(store: Store) -> None:
    put_under(store, Protocol.SEALED)
    with pytest.raises(UserError, match="names 2 proposals") as told:
        find_proposal_at(store, "exp1")
    for place in ("run-07/exp1", "run-08/exp1"):
        uuid, found = ids(store, place)
        assert place not in str(told.value)
        assert uuid[-8:] not in str(told.value)
        assert find_proposal_at(store, place) == found
