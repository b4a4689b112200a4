import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import SourceError
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, RemarkKind, Role, Setting
from reviewer.sources import aar_database
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import

from .aar_server_fixture import FINDINGS, build_server_database, findings_as_json
from .reading import Records, read_all


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return build_server_database(tmp_path / "experiments.db")


@pytest.fixture
def records(database: Path) -> Records:
    return read_all(database)


def test_the_problem_comes_first_with_its_aliases_and_directions(database: Path, records: Records) -> None:
    assert records[0] is records.problems[0]
    problem = records.problems[0]
    assert (problem.slug, problem.authoritative) == ("weak-to-strong", False)
    assert (problem.primary_metric, problem.primary_dataset) == ("pgr", "chat")
    assert problem.metric("pgr").derived_from == ("accuracy",)
    assert problem.metric("accuracy").direction is Direction.HIGHER
    assert problem.dataset_names()["math-dapo-0116"] == "math"
    named = read_all(database, problem="w2s")
    assert {named.problems[0].slug} | {m.problem for m in named.methods} | {r.problem for r in named.remarks} == {"w2s"}


def test_an_agent_s_result_is_a_proposal(records: Records) -> None:
    em = records.method("p-em")
    assert (em.role, em.origin, em.namespace, em.agent, em.run) == (
        Role.PROPOSAL, Origin.AGENT, "run-a", "agent-1", "run-a",
    )  # fmt: skip
    assert (em.title, em.idea, em.family) == ("EM posterior", "u-posterior", "posterior")
    assert em.hypothesis.startswith("the weak teacher is a noisy channel")
    assert em.hypothesis.endswith("than the label itself.")
    assert em.claims == ("The agent says that it worked.",)
    assert em.created_at == "2026-01-02T09:05:00.250005"
    assert em.provenance.place == "findings #5"
    assert em.raw["config"] == {"lr": 1e-4, "direction": "posterior"}
    claimed, accuracy, recomputed = em.measurements
    assert (claimed.metric, claimed.value, claimed.standard_error, claimed.basis) == ("pgr", 0.52, 0.04, Basis.CLAIMED)
    assert (accuracy.metric, accuracy.value, accuracy.standard_error) == ("accuracy", 0.634, 0.008)
    assert recomputed.value == pytest.approx(0.52)
    assert (recomputed.metric, recomputed.standard_error, recomputed.basis) == ("pgr", 0.04, Basis.RECOMPUTED)
    assert recomputed.source.endswith("; the error is the one that it claims for its 0.5200")
    assert {(m.dataset, m.setting, m.n_seeds) for m in em.measurements} == {("chat", Setting.UNKNOWN, 5)}


def test_code_is_fenced_so_that_it_cannot_end_its_own_fence(records: Records) -> None:
    assert "````python\nq = prior * channel\n# ``` is a fence\nq /= q.sum()\n````" in records.method("p-em").body


def test_a_claim_that_its_own_accuracies_deny_is_kept_beside_the_recomputed_one(records: Records) -> None:
    claimed, _, recomputed = records.method("p-em2").measurements
    assert (claimed.value, claimed.basis) == (0.61, Basis.CLAIMED)
    assert recomputed.value == pytest.approx(0.5)
    assert recomputed.basis is Basis.RECOMPUTED
    assert "the finding itself claims 0.6100" in recomputed.source


def test_parents_are_found_by_commit(records: Records) -> None:
    assert records.method("p-em2").parent == "p-em"
    assert records.method("p-em").parent == ""
    assert records.method("p-sentinel").parent == ""


def test_an_untested_hypothesis_is_a_proposal_without_numbers(records: Records) -> None:
    hypothesis = records.method("p-hyp")
    assert (hypothesis.role, hypothesis.measurements) == (Role.PROPOSAL, ())
    assert hypothesis.hypothesis == "Short proofs first helps."


def test_a_sentinel_is_missing_with_the_reason_and_an_absent_dataset_is_unknown(records: Records) -> None:
    (row,) = records.method("p-sentinel").measurements
    assert (row.value, row.standard_error, row.dataset) == (None, None, "unknown")
    assert row.missing == "the file gives -999, which stands for no value"


def test_baselines_belong_to_the_study_under_their_one_name(records: Records) -> None:
    vanilla, ue = records.method("vanilla_w2s"), records.method("ue_zeroshot")
    for method in (vanilla, ue):
        assert (method.namespace, method.role, method.origin) == ("aar-study", Role.BASELINE, Origin.HUMAN)
        assert method.part == "finding:chat"
        assert method.claims == ()
    assert ue.title == "Zero-shot unsupervised elicitation"
    assert ue.measurements[0].n_seeds == 5
    assert "num_seeds says 5, the list of seeds has 4" in ue.measurements[0].source
    assert "4 seeds are listed, 1 of them distinct" in ue.measurements[0].source
    assert [(m.metric, m.dataset, m.basis) for m in vanilla.measurements] == [
        ("pgr", "chat", Basis.CLAIMED), ("accuracy", "chat", Basis.CLAIMED),
    ]  # fmt: skip


def test_floor_and_ceiling_are_references_with_their_accuracy_alone(records: Records) -> None:
    floor, ceiling = records.method("_weak_baseline"), records.method("_strong_ceiling")
    assert (floor.role, floor.bound, ceiling.bound) == (Role.REFERENCE, Bound.FLOOR, Bound.CEILING)
    assert [(m.metric, m.value) for m in floor.measurements] == [("accuracy", 0.53)]
    assert [(m.metric, m.value) for m in ceiling.measurements] == [("accuracy", 0.73)]


def test_who_posts_a_baseline_does_not_take_a_real_one_s_place(records: Records) -> None:
    poser = records.method("p-poser")
    assert (poser.role, poser.origin, poser.namespace) == (Role.BASELINE, Origin.UNKNOWN, "run-b")
    assert records.method("vanilla_w2s").measurements[0].value == 0.2


def test_everything_else_is_a_remark_on_its_idea(records: Records) -> None:
    insight, error = records.remark("p-insight"), records.remark("p-error")
    assert (insight.kind, insight.idea, insight.author) == (RemarkKind.INSIGHT, "u-posterior", "agent-1")
    assert (error.kind, error.idea, error.author) == (RemarkKind.ERROR, "u-mdl", "run-b")
    untyped = records.remark("p-untyped")
    assert untyped.kind is RemarkKind.OBSERVATION
    assert untyped.title == "Quick number (posted without a type)"


def test_comments_hang_on_the_finding_and_its_idea(records: Records) -> None:
    first, second, orphan = (records.remark(f"comment-{n}") for n in (1, 2, 3))
    assert (first.kind, first.about, first.idea, first.namespace) == (
        RemarkKind.COMMENT, "p-em", "u-posterior", "run-a",
    )  # fmt: skip
    assert (second.about, second.namespace, second.author) == ("vanilla_w2s", "aar-study", "agent-2")
    assert (orphan.about, orphan.namespace) == ("finding-99", "aar-server")


def test_an_idea_is_a_remark_unless_it_is_a_baseline(records: Records) -> None:
    idea = records.remark("idea-u-posterior")
    assert (idea.idea, idea.text) == ("u-posterior", "Model the teacher's noise.")
    assert not [r for r in records.remarks if r.external_id == "idea-vanilla_w2s"]


def test_an_experiment_counts_when_it_has_a_result_that_no_finding_tells(records: Records) -> None:
    distil = records.method("u-distil")
    assert (distil.role, distil.namespace, distil.title, distil.body) == (
        Role.PROPOSAL, "run-c", "Distil twice", "Two rounds.",
    )  # fmt: skip
    pgr, accuracy = distil.measurements
    assert (pgr.value, pgr.standard_error, pgr.n_seeds, pgr.basis) == (0.4, 0.05, 3, Basis.CLAIMED)
    assert accuracy.standard_error is None
    assert "transfer_acc_std is 0.02, a deviation or an error" in accuracy.source
    assert "the table's default" in pgr.source
    critic = records.method("critic")
    assert (critic.namespace, critic.role, critic.part) == ("aar-study", Role.BASELINE, "experiment:code")
    assert not [m for m in records.methods if m.external_id in ("u-posterior", "waiting")]


def test_nothing_is_rejected_and_twice_is_the_same(database: Path, records: Records) -> None:
    assert not records.rejects
    assert list(read_all(database)) == list(records)


def test_the_file_is_left_as_it_was(database: Path) -> None:
    before = database.read_bytes()
    read_all(database)
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


def test_a_wal_database_that_nobody_has_open_is_read_without_leaving_files(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert read_all(database).method("p-em")
    assert list(database.parent.iterdir()) == [database]


def test_what_a_running_server_has_in_its_wal_is_read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE findings SET title = 'Changed' WHERE post_id = 'p-em'")
        connection.commit()
        assert read_all(database).method("p-em").title == "Changed"


def test_a_server_can_write_while_it_is_read(database: Path) -> None:
    reading = aar_database.read(aar_database.plan(database))
    next(reading), next(reading)
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        connection.execute("DELETE FROM findings WHERE post_id = 'p-sentinel'")
        connection.commit()
    rest = Records(reading)
    assert [r.reason for r in rest.rejects] == ["was deleted while the file was read"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pgr": "high"}, "pgr: must be a number, not the text 'high'"),
        ({"num_seeds": -3}, "num_seeds: must lie between 0 and 2^53"),
        ({"num_seeds": 2.5}, "num_seeds: must be a whole number, not 2.5"),
        ({"worked": 7}, "worked: must be true or false, not 7"),
        ({"title": b"\x00\x01"}, "title: must be text, not binary data"),
        ({"content": "x" * 5_000_001}, "content: is longer than 5,000,000 characters"),
        ({"content": "x" * 40_000_000}, "a field is longer than 32 MiB"),
    ],
)
def test_a_bad_finding_is_told_and_the_others_are_taken(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    findings = [FINDINGS[4], {**FINDINGS[5], **change}, FINDINGS[6]]
    records = read_all(build_server_database(tmp_path / "x.db", findings))
    (reject,) = records.rejects
    assert (reject.place, reject.reason) == ("findings #2", reason)
    assert len(reject.raw) <= 2000
    assert {"p-em", "p-hyp"} <= {m.external_id for m in records.methods}


def test_two_values_for_one_baseline_on_one_dataset_are_a_doubt(tmp_path: Path) -> None:
    findings = [FINDINGS[2], {**FINDINGS[2], "post_id": "again", "dataset": "chat", "pgr": 0.3}]
    records = read_all(build_server_database(tmp_path / "x.db", findings))
    assert records.method("vanilla_w2s").measurements[0].value == 0.2
    (reject,) = records.rejects
    assert "has the same id as findings #1, 'vanilla_w2s' (finding:chat)" in reject.reason


def test_text_that_is_not_utf8_is_mended_and_said(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE findings SET title = CAST(x'4ff66f' AS TEXT) WHERE post_id = 'p-em'")
        connection.commit()
    method = read_all(database).method("p-em")
    assert method.title == "O\ufffdo"
    assert method.provenance.place == "findings #5 (invalid UTF-8 replaced by U+FFFD)"
    assert "replaced" not in read_all(database).method("p-em2").provenance.place


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_database_is_one_sentence(database: Path, kept: float) -> None:
    os.truncate(database, int(database.stat().st_size * kept))
    with pytest.raises(SourceError, match="is cut short: the database says") as caught:
        read_all(database)
    assert str(database) in str(caught.value)


def test_a_database_cut_within_its_header_is_one_sentence(database: Path) -> None:
    os.truncate(database, 60)
    with pytest.raises(SourceError, match="cannot be read as one"):
        read_all(database)
    with pytest.raises(SourceError, match="cut short within its first 100 bytes"):
        read_all(database, format_name="aar-db")


@pytest.mark.parametrize("page", range(1, 12))
def test_a_database_with_a_damaged_page_yields_one_sentence_or_rejects(database: Path, page: int) -> None:
    data = bytearray(database.read_bytes())
    data[page * 4096 : (page + 1) * 4096] = b"\xaa" * 4096
    database.write_bytes(data)
    try:
        records = read_all(database)
    except SourceError as error:
        told = str(error)
    else:
        told = "; ".join(r.reason for r in records.rejects)
        places = [m.provenance.place for m in records.methods] + [r.provenance.place for r in records.remarks]
        places += [r.place for r in records.rejects]
        assert len({p for p in places if p.startswith("findings #")}) == len(FINDINGS)
    assert "\n" not in told


def test_a_schema_of_which_sqlite_says_what_is_no_text_is_one_sentence(database: Path) -> None:
    schema = b"CREATE TABLE findings"
    data = database.read_bytes()
    assert data.count(schema) == 1
    database.write_bytes(data.replace(schema, b"CREATE T\xe1\xe1LE findings"))
    with pytest.raises(SourceError, match="malformed database schema") as caught:
        read_all(database, format_name="aar-db")
    assert "\n" not in str(caught.value)


def test_an_older_server_without_the_later_tables_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE findings (id INTEGER PRIMARY KEY, post_id, title, content, finding_type)")
        connection.execute("INSERT INTO findings VALUES (1, 'p1', 'T', 'Text', 'result')")
        connection.commit()
    records = read_all(path)
    assert records.method("p1").namespace == "aar-server"
    assert not records.rejects


def test_another_database_is_told_by_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id)")
        connection.commit()
    with pytest.raises(SourceError, match=r"is a SQLite database of no known format.*its tables are orders"):
        read_all(path)
    with pytest.raises(SourceError, match="not the study server's"):
        read_all(path, format_name="aar-db")


def test_a_store_of_our_own_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE annotations (id); CREATE TABLE current_judgements (id);")
    with pytest.raises(SourceError, match="is a store of reviewer itself"):
        read_all(path)


def test_progress_reaches_the_total(database: Path) -> None:
    plan = aar_database.plan(database)
    told: list[int] = []
    list(aar_database.read(plan, told.append))
    assert told[-1] == plan.total == database.stat().st_size


def test_fixture_and_json_tell_the_same_findings() -> None:
    assert len(findings_as_json()) == len(FINDINGS)


def test_the_file_is_read_whole_before_it_is_opened_as_a_database(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To close the file later would take away the locks of the connection, beside a server that is running."""
    opened: list[str] = []

    def noting(name: str) -> None:
        function = getattr(aar_database, name)

        def note(path: Path, **options: Any) -> Any:
            opened.append(name)
            return function(path, **options)

        monkeypatch.setattr(aar_database, name, note)

    noting("sha256_of")
    noting("connect")
    assert read_all(database).methods
    assert opened[-2:] == ["sha256_of", "connect"]


def test_a_field_of_any_kind_costs_its_own_row_alone(tmp_path: Path) -> None:
    path = build_server_database(tmp_path / "odd.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE findings SET dataset = x'ff' WHERE post_id = 'p-insight'")
        connection.execute("UPDATE findings SET post_id = x'ff' WHERE post_id = 'p-em'")
        connection.commit()
    read = read_all(path)
    assert read.remark("p-insight").text == "The label correlates with length."
    assert [(r.place, r.reason) for r in read.rejects] == [("findings #5", "post_id: must be text, not binary data")]
    assert read.method("p-em2").parent == ""


def test_json_in_a_column_has_the_limits_of_a_document(tmp_path: Path) -> None:
    path = build_server_database(tmp_path / "odd.db")
    with closing(sqlite3.connect(path)) as connection:
        surrogate = json.dumps({"direction": "\ud800x", "Description": "\ud800y"})
        connection.execute("UPDATE findings SET config = ? WHERE post_id = 'p-em'", (surrogate,))
        connection.execute("UPDATE findings SET config = ? WHERE post_id = 'p-em2'", ("[" * 500 + "]" * 500,))
        connection.execute("UPDATE ideas SET idea_json = ? WHERE uid = 'u-posterior'", (surrogate,))
        connection.commit()
    read = read_all(path)
    assert not read.rejects
    assert read.method("p-em").family == "\ufffdx"
    assert read.method("p-em2").raw["config"] == "[" * 500 + "]" * 500
    assert read.remark("idea-u-posterior").text == "\ufffdy"
    with closing(open_store(tmp_path / "store.db")) as store:
        assert run_import(store, [path]).rejected == 0


def test_an_experiment_that_names_no_idea_is_none(tmp_path: Path) -> None:
    path = build_server_database(tmp_path / "odd.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE experiments SET idea_name = '', idea_title = '' WHERE idea_uid = 'u-distil'")
        connection.execute("UPDATE experiments SET idea_name = ' ', idea_uid = NULL WHERE idea_name = 'critic'")
        connection.commit()
    read = read_all(path)
    assert read.method("u-distil").title == "u-distil"
    assert [r.reason for r in read.rejects] == ["idea_name: is missing, and so is idea_uid"]
