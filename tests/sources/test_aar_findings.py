import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance
from reviewer.domain.vocabulary import Basis, RemarkKind, Role
from reviewer.sources import registry
from reviewer.sources.aar_experiment import experiment_record
from reviewer.sources.aar_finding import IdeaNames, finding_record, measurements
from reviewer.sources.fields import BadFieldError
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import

from .aar_server_fixture import build_server_database, findings_as_json
from .reading import read_all

FINDING: dict[str, Any] = {
    "id": 7, "post_id": "p7", "title": "A result", "content": "Text", "finding_type": "result", "dataset": "chat",
    "pgr": 0.4,
}  # fmt: skip


def save(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def as_folder(folder: Path) -> Path:
    for finding in findings_as_json():
        save(folder / f"{finding['id']}_{finding['idea_name'] or 'unknown'}.json", finding)
    return folder


def test_database_and_json_give_the_same_records(tmp_path: Path) -> None:
    database = read_all(build_server_database(tmp_path / "server.db"))
    folder = read_all(as_folder(tmp_path / "shared_findings"))
    assert not folder.rejects
    ours = {(m.namespace, m.external_id, m.part): m.revision_hash() for m in database.methods}
    theirs = {(m.namespace, m.external_id, m.part): m.revision_hash() for m in folder.methods}
    assert len(theirs) > 5
    assert theirs.items() <= ours.items()
    assert {(r.external_id, r.text, r.idea, r.title, r.created_at) for r in folder.remarks} <= {
        (r.external_id, r.text, r.idea, r.title, r.created_at) for r in database.remarks
    }


def test_a_list_an_envelope_and_a_folder_are_the_same(tmp_path: Path) -> None:
    findings = findings_as_json()
    paths = [
        save(tmp_path / "list.json", findings),
        save(tmp_path / "envelope.json", {"findings": findings}),
        as_folder(tmp_path / "folder"),
    ]
    hashes = [[m.revision_hash() for m in read_all(path).methods] for path in paths]
    assert hashes[0] == hashes[1] == hashes[2]


def test_a_parent_is_found_in_whatever_order_the_files_come(tmp_path: Path) -> None:
    save(tmp_path / "1_child.json", {**FINDING, "post_id": "child", "id": 1, "parent_commit_id": "c"})
    save(tmp_path / "2_parent.json", {**FINDING, "post_id": "parent", "id": 2, "commit_id": "c"})
    assert read_all(tmp_path).method("child").parent == "parent"


def test_a_posted_payload_says_summary(tmp_path: Path) -> None:
    payload = {"summary": "# Found it\n\nText", "finding_type": "result", "idea_name": None, "run_id": "r", "pgr": 0.2}
    method = read_all(save(tmp_path / "post.json", payload)).methods[0]
    assert (method.body, method.title, method.namespace) == ("# Found it\n\nText", "Found it", "r")
    again = read_all(save(tmp_path / "renamed.json", payload)).methods[0]
    assert method.external_id == again.external_id


@pytest.mark.parametrize(
    ("without", "known_as"), [((), "p7"), (("post_id",), "c7"), (("post_id", "commit_id"), "finding-7")]
)
def test_a_finding_is_known_by_post_then_commit_then_number(
    tmp_path: Path, without: tuple[str, ...], known_as: str
) -> None:
    finding = {k: v for k, v in {**FINDING, "commit_id": "c7"}.items() if k not in without}
    assert read_all(save(tmp_path / "x.json", finding)).methods[0].external_id == known_as


def test_comments_inside_a_finding_are_read(tmp_path: Path) -> None:
    comments = [{"id": 1, "content": "Why?", "author": "human", "created_at": "2026-01-02T10:00:00Z"}, 5, {"id": 2}]
    records = read_all(save(tmp_path / "x.json", {**FINDING, "comments": comments}))
    comment = records.remark("comment-1")
    assert (comment.kind, comment.about, comment.created_at) == (RemarkKind.COMMENT, "p7", "2026-01-02T10:00:00")
    assert [r.reason for r in records.rejects] == ["is no comment: it must be an object", "content: is missing"]


def test_only_the_false_z_is_taken_off(tmp_path: Path) -> None:
    times = ("2026-01-02T10:00:00.5Z", "2026-01-02 10:00:00", "2026-01-02T10:00:00+02:00", "yesterday")
    findings = [{**FINDING, "post_id": t, "created_at": t} for t in times]
    records = read_all(save(tmp_path / "x.json", findings))
    assert [m.created_at for m in records.methods] == [
        "2026-01-02T10:00:00.5", "2026-01-02T10:00:00", "2026-01-02T10:00:00+02:00", "yesterday",
    ]  # fmt: skip


def test_bad_files_of_a_folder_are_told_and_other_json_is_left_alone(tmp_path: Path) -> None:
    as_folder(tmp_path)
    (tmp_path / "90_cut.json").write_text('{"id": 90, "title": "x", "content"')
    (tmp_path / "91_empty.json").touch()
    (tmp_path / "92_latin.json").write_bytes(b'{"title": "\xe4"}')
    save(tmp_path / "93_list.json", [{**FINDING, "post_id": "p93"}, "no finding"])
    save(tmp_path / "package.json", {"name": "x", "version": "1"})
    (tmp_path / "README.md").write_text("# Findings")
    records = read_all(tmp_path)
    told = {(Path(r.file).name, r.place): r.reason for r in records.rejects}
    assert set(told) == {
        ("90_cut.json", ""), ("91_empty.json", ""), ("92_latin.json", ""), ("93_list.json", "item 2"),
    }  # fmt: skip
    assert told["91_empty.json", ""] == "is empty"
    assert "byte 12 is 0xe4" in told["92_latin.json", ""]
    assert records.method("p93")


def test_a_single_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text('{"findings": [{"post_id": "a", "content": "b", ')
    with pytest.raises(SourceError, match=r"findings\.json: is not JSON"):
        read_all(path)


def test_an_id_that_says_two_things_is_taken_once(tmp_path: Path) -> None:
    save(tmp_path / "1_a.json", FINDING)
    save(tmp_path / "2_a.json", FINDING)
    save(tmp_path / "3_a.json", {**FINDING, "pgr": 0.9})
    records = read_all(tmp_path)
    assert {m.measurements[0].value for m in records.methods} == {0.4}
    (reject,) = records.rejects
    assert reject.file.endswith("3_a.json")
    assert "1_a.json" in reject.reason


def test_a_remark_of_two_times_is_taken_once_and_stays_as_it_is_when_imported_again(tmp_path: Path) -> None:
    remark = FINDING | {"finding_type": None, "pgr": None, "created_at": "2026-01-02T09:10:00"}
    path = save(tmp_path / "findings.json", [remark, remark | {"created_at": "2026-01-02T09:11:00"}])
    found = read_all(path)
    assert [r.created_at for r in found.remarks] == ["2026-01-02T09:10:00"]
    assert "has the same id as" in found.rejects[0].reason
    store = open_store(tmp_path / "store.db")
    assert [run_import(store, [path]).changed for _ in range(3)] == [0, 0, 0]


def test_nan_and_surrogates(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"post_id": "p", "title": "x\\ud800", "content": "c", "finding_type": "result", "pgr": NaN}')
    (method,) = read_all(path).methods
    assert method.title == "x\ufffd"
    assert method.measurements[0].missing == "NaN in the file"
    assert "lone surrogates" in method.provenance.place
    json.dumps(method.raw, allow_nan=False, ensure_ascii=False).encode()


def test_a_file_too_large_to_hold_is_told_without_being_held(tmp_path: Path) -> None:
    save(tmp_path / "1_small.json", FINDING)
    path = save(tmp_path / "2_big.json", {**FINDING, "post_id": "big"})
    with path.open("r+b") as file:
        file.truncate(100_000_000)
    records = read_all(tmp_path)
    assert [(r.file, r.reason) for r in records.rejects] == [(str(path), "is larger than 64 MiB")]
    assert records.method("p7")


def test_deep_nesting_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"post_id": "p", "content": "c", "config": ' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(SourceError, match="nested more than 100 levels deep"):
        read_all(path)


@pytest.mark.parametrize(
    ("body", "hypothesis"),
    [
        ("Hypothesis: it helps.", "it helps."),
        ("**Hypothesis:** it helps.\n\nMore.", "it helps."),
        ("**Hypothesis**: it\nhelps.\n# Method", "it\nhelps."),
        ("Intro\n\n## Hypothesis\n\nIt helps.\n\n## Method\n\nDo.", "It helps."),
        ("My hypothesis is that it helps.", ""),
        ("## Hypothesis\n\n## Method", ""),
        ("Hypothesis testing: a primer", ""),
        ("", ""),
    ],
)
def test_a_hypothesis_is_taken_where_it_is_marked_and_never_guessed(tmp_path: Path, body: str, hypothesis: str) -> None:
    (method,) = read_all(save(tmp_path / "x.json", {**FINDING, "content": body})).methods
    assert method.hypothesis == hypothesis


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
findings = st.dictionaries(
    st.sampled_from(
        [
            *findings_as_json()[0],
            "summary",
            "pgr_se",
            "transfer_acc",
            "weak_acc",
            "strong_acc",
            "worked",
            "commit_id",
            "parent_commit_id",
            "code_snippet",
        ],
    ),
    values | st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=2),
)


@given(findings)
def test_any_finding_is_a_record_or_a_reason(finding: dict[str, Any]) -> None:
    try:
        record = finding_record(finding, Provenance("f", "0"), problem="p", parents={}, ideas=IdeaNames())
    except BadFieldError:
        return
    json.dumps(record.raw, allow_nan=False, ensure_ascii=False).encode()
    assert record.external_id
    if isinstance(record, MethodRecord):
        assert record.title.strip()
        assert record.revision_hash()
        for row in record.measurements:
            assert (row.value is None) == bool(row.missing)
            assert row.dataset


def test_recognised_by_content(tmp_path: Path) -> None:
    path = save(tmp_path / "anything.dat", FINDING)
    assert [f.source.name for f in registry.recognise(path).found] == ["aar-findings"]
    big = save(tmp_path / "big.json", [{**FINDING, "content": "x" * 100_000}])
    assert read_all(big).method("p7").role is Role.PROPOSAL


def test_a_finding_that_names_its_idea_alone_hangs_on_the_one_that_goes_by_that_name(tmp_path: Path) -> None:
    def finding(number: int, kind: str, name: str, uid: str | None, run: str | None) -> dict[str, Any]:
        told = {"id": number, "post_id": f"p{number}", "finding_type": kind, "idea_name": name, "idea_uid": uid}
        return FINDING | told | {"run_id": run}

    records = read_all(
        save(
            tmp_path / "f.json",
            [
                finding(1, "error", "em", None, "run-a"),
                finding(2, "result", "em", "u1", "run-a"),
                finding(3, "result", "em", "u2", "run-b"),
                finding(4, "insight", "em", None, "run-b"),
                finding(5, "insight", "em", None, "run-c"),
                finding(6, "result", "mdl", "u3", None),
                finding(7, "insight", "mdl", None, "run-c"),
                finding(8, "insight", "nobody's", None, "run-c"),
            ],
        )
    )
    assert [r.idea for r in records.remarks] == ["u1", "u2", "em", "u3", "nobody's"], "two go by em for run-c"


def test_where_no_finding_is_good_nothing_is_said_of_the_problem_either(tmp_path: Path) -> None:
    bad = {"findings": [{"id": 1}, 5, {"post_id": "p", "title": "T", "finding_type": "result", "idea_name": "n"}]}
    records = read_all(save(tmp_path / "bad.json", bad), format_name="aar-findings")
    assert len(records.rejects) == 3
    assert not records.problems
    assert read_all(save(tmp_path / "good.json", {"findings": [5, FINDING]})).problems
    store = tmp_path / "new.db"
    assert run_import(open_store(store), [tmp_path / "bad.json"]).taken == 0
    assert sqlite3.connect(store).execute("SELECT count(*) FROM problems").fetchone() == (0,)


@pytest.mark.parametrize(("error", "said"), [(-0.02, "-0.02"), (float("nan"), "NaN"), (-999, "-999")])
def test_an_error_that_none_can_be_is_left_out_and_told(error: float, said: str) -> None:
    (row,) = measurements(FINDING | {"pgr": 0.5, "pgr_se": error, "transfer_acc": None})
    assert row.standard_error is None
    assert f"the stated standard error, {said}, is left out" in row.source
    told = {"idea_name": "x", "status": "completed", "pgr": 0.4, "pgr_se": error}
    (row,) = experiment_record(told, Provenance("a.db", "0", "experiments #1"), "w2s").measurements
    assert row.standard_error is None
    assert row.source.endswith(f"; the stated standard error, {said}, is left out")


def test_the_error_of_a_claim_that_is_computed_anew_stays_with_the_number() -> None:
    told = {"num_seeds": 5, "weak_acc": 0.528, "strong_acc": 0.733, "transfer_acc": 0.6879, "pgr_se": 0.02}
    for claimed, error in ((0.78, 0.02), (0.97, None)):
        finding = FINDING | told | {"pgr": claimed}
        rows = {m.basis: m for m in measurements(finding) if m.metric == "pgr"}
        assert rows[Basis.CLAIMED].standard_error == 0.02
        assert rows[Basis.RECOMPUTED].standard_error == error


def test_a_finding_that_cannot_be_known_is_a_reject_and_nobody_s_parent(tmp_path: Path) -> None:
    save(tmp_path / "1_a.json", {**FINDING, "post_id": [1], "commit_id": "c"})
    save(tmp_path / "2_b.json", {**FINDING, "parent_commit_id": "c"})
    read = read_all(tmp_path)
    assert [r.reason for r in read.rejects] == ["post_id: must be text, not a list"]
    assert read.method("p7").parent == ""


def test_json_within_a_text_has_no_half_characters(tmp_path: Path) -> None:
    path = save(tmp_path / "1_a.json", {**FINDING, "config": '{"direction": "\\ud800x"}'})
    assert read_all(path).method("p7").family == "\ufffdx"
