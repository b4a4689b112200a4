import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Notice, Reject
from reviewer.domain.vocabulary import Origin, Role, Setting
from reviewer.sources import autoresearch, registry
from reviewer.sources.files import head_of
from reviewer.store.prepared import prepare

from .reading import Records, read_all
from .truncation import CUT_OFF, is_never_misread

HEADER = "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n"
LOG = (
    HEADER
    + "0a1b2c3\t0.9979\t44.0\tkeep\tbaseline\n"
    + "1b2c3d4\t0.9860\t43.9\tkeep\thalf the batch, twice the steps\n"
    + '2c3d4e5\t0.9871\t43.9\tdiscard\tthe "wide" head, as in "fig. 2\n'
    + "3d4e5f6\t0.0000\t0.0\tcrash\tdouble width (out of memory)\n"
    + "4e5f607\t0.9805\t60.2\tkeep\twarmdown 0.5 to 0.7\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "results.tsv"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read_log(path: Path, text: str | bytes) -> Records:
    return read_all(written(path, text))


def stated(known_as: str) -> str:
    """Return what stands for a commit in the id of a row that has none."""
    return re.sub(r" \([0-9a-f]{8}\)$", "", known_as)


def row(found: Records, commit: str) -> MethodRecord:
    """Return the row in which that stands for a commit."""
    (method,) = [m for m in found.methods if stated(m.external_id) == commit]
    return method


def values(method: MethodRecord) -> dict[str, float | None]:
    return {m.metric: m.value for m in method.measurements}


def test_each_row_is_a_proposal_and_the_first_one_kept_the_baseline(log: Path) -> None:
    found = read_log(log, LOG)
    assert [(m.external_id, m.role, m.origin, m.parent) for m in found.methods] == [
        ("0a1b2c3", Role.BASELINE, Origin.HUMAN, ""),
        ("1b2c3d4", Role.PROPOSAL, Origin.AGENT, "0a1b2c3"),
        ("2c3d4e5", Role.PROPOSAL, Origin.AGENT, "1b2c3d4"),
        ("3d4e5f6", Role.PROPOSAL, Origin.AGENT, "1b2c3d4"),
        ("4e5f607", Role.PROPOSAL, Origin.AGENT, "1b2c3d4"),
    ]
    second = found.method("1b2c3d4")
    assert second.title == "half the batch, twice the steps"
    assert values(second) == {"val_bpb": 0.986, "memory_gb": 43.9}
    assert {(m.n_seeds, m.setting, m.dataset) for m in second.measurements} == {(1, Setting.UNKNOWN, "unknown")}
    assert second.body == "## The agent's own verdict\n\nkeep"
    assert second.run == "runs"
    assert second.problem == "autoresearch"
    assert second.provenance.place == "line 3"
    assert second.raw == {
        "commit": "1b2c3d4", "val_bpb": "0.9860", "memory_gb": "43.9", "status": "keep",
        "description": "half the batch, twice the steps",
    }  # fmt: skip


def test_a_long_description_is_cut_for_the_title_and_stands_whole_in_the_text(log: Path) -> None:
    described = "wider, since " + "the loss falls " * 20
    row = read_log(log, f"{LOG}5f60718\t0.97\t1.0\tdiscard\t{described}\n").method("5f60718")
    assert len(row.title) == 200
    assert row.title.endswith("…")
    assert row.body == f"{described.strip()}\n\n## The agent's own verdict\n\ndiscard"


def test_quotes_are_letters(log: Path) -> None:
    assert read_log(log, LOG).method("2c3d4e5").title == 'the "wide" head, as in "fig. 2'


def test_what_a_crash_left_is_no_value_but_a_zero_of_a_row_that_ran_is(log: Path) -> None:
    found = read_log(log, LOG + "5f60718\t0.97\t0.0\tdiscard\ton the processor\n6071829\t0\t12.5\tkeep\tperfect\n")
    crashed = found.method("3d4e5f6")
    assert values(crashed) == {"val_bpb": None, "memory_gb": None}
    assert {m.missing for m in crashed.measurements} == {
        "0.0000 in a row whose verdict is crash: it gave no result",
        "0.0 in a row whose verdict is crash: it gave no result",
    }
    assert values(found.method("5f60718")) == {"val_bpb": 0.97, "memory_gb": 0.0}
    assert values(found.method("6071829")) == {"val_bpb": 0.0, "memory_gb": 12.5}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-999", "stands for no value"),
        ("-999.000", "stands for no value"),
        ("nan", "NaN in the file"),
        ("-inf", "-Infinity in the file"),
        ("4e+263", "can be no measurement"),
        ("1e999", "Infinity in the file"),
    ],
)
def test_what_stands_for_no_value_is_missing_with_its_reason(log: Path, cell: str, reason: str) -> None:
    (value, memory) = row(read_log(log, f"{HEADER}a\t{cell}\t1.5\tkeep\tx\n"), "a").measurements
    assert value.value is None
    assert reason in value.missing
    assert memory.value == 1.5


def test_zeros_throughout_a_row_that_was_not_kept_are_no_values(log: Path) -> None:
    row = read_log(log, f"{LOG}5f60718\t0.000000\t0.0\tdiscard\taborted before validation\n").method("5f60718")
    assert values(row) == {"val_bpb": None, "memory_gb": None}
    assert all("was not kept" in m.missing for m in row.measurements)


def test_what_is_no_commit_gets_a_hash_of_its_row_and_keeps_it_while_the_file_grows(log: Path) -> None:
    rows = [
        "HEAD\t1\t2\tkeep\ta",
        "n/a\t1\t2\tkeep\tb",
        "abc\t1\t2\tdiscard\tc",
        "abc\t3\t2\tkeep\td",
        "\t1\t2\tkeep\te",
    ]
    text = HEADER
    known: list[tuple[str, str]] = []
    for row in rows:
        text += row + "\n"
        found = [(m.namespace, m.external_id) for m in read_log(log, text).methods]
        assert found[: len(known)] == known
        known = found
    assert [stated(i) for _, i in known] == ["HEAD", "n/a", "abc", "abc", "row"]
    assert len(set(known)) == len(rows)


def test_the_run_is_the_same_in_another_folder_and_after_it_has_grown(log: Path, tmp_path: Path) -> None:
    def namespaces(path: Path, text: str) -> set[str]:
        return {m.namespace for m in read_log(path, text).methods}

    first = namespaces(log, LOG)
    assert first == namespaces(tmp_path / "elsewhere" / "log.txt", LOG)
    assert first == namespaces(log, LOG[: LOG.index("\n", 60) + 1]) == namespaces(log, LOG + LOG.splitlines()[3])
    assert first != namespaces(log, LOG.replace("0.9979", "0.9978"))
    assert len(first) == 1


def test_a_file_with_a_name_of_its_own_gives_the_run_that_name(tmp_path: Path) -> None:
    assert {m.run for m in read_log(tmp_path / "H100_mar8.tsv", LOG).methods} == {"H100_mar8"}


def test_wide_logs_have_a_measurement_a_number_and_the_rest_as_text(log: Path) -> None:
    text = (
        "timestamp\tcommit\tkind\tscore\tsharpe\tmax_dd\tseed\thypothesis\tinterpretation\tstatus\tnote\tagent\n"
        "2026-05-04T10:00:00\texp0\tsetup\t-999\t0.0\t0.0\t1\t\t\tBASELINE\tno trades\tagent-3\n"
        "2026-05-04T10:05:00\texp1\tlr\t1.079\t1.079\t8.74\t2\tlower is calmer\tit was\tKEEP (first)\tlr 0.1\tagent-3\n"
        "2026-05-04T10:09:00\texp2\tlr\t-\t0.7\t4.1\t2\tlower still\tno\tREVERT\tlr 0.01\tagent-3\n"
    )
    found = read_log(log, text)
    assert [(m.role, m.origin, stated(m.parent)) for m in found.methods] == [
        (Role.BASELINE, Origin.HUMAN, ""),
        (Role.PROPOSAL, Origin.AGENT, "exp0"),
        (Role.PROPOSAL, Origin.AGENT, "exp1"),
    ]
    kept = row(found, "exp1")
    assert values(kept) == {"score": 1.079, "sharpe": 1.079, "max_dd": 8.74}
    assert (kept.hypothesis, kept.agent, kept.created_at) == ("lower is calmer", "agent-3", "2026-05-04T10:05:00")
    assert kept.body == (
        "## The agent's own verdict\n\nKEEP (first)\n\n## kind\n\nlr\n\n## seed\n\n2\n\n## interpretation\n\nit was"
    )
    assert values(row(found, "exp2")) == {"sharpe": 0.7, "max_dd": 4.1}


def test_without_a_header_the_columns_are_known_by_what_stands_in_them(log: Path) -> None:
    text = (
        "HEAD\tmodel-4bit\t397.0\t3.30\t5.5\tkeep\tattention on the processor: no change of output\n"
        "HEAD\tmodel-4bit\t397.0\t0.56\t5.5\tdiscard\tfiles mapped into memory\n"
        "HEAD\tmodel-2bit\t397.0\t5.55\t5.5\tkeep\ttwo bits\n"
    )
    found = read_log(log, text)
    assert [stated(m.external_id) for m in found.methods] == ["HEAD"] * 3
    last = found.methods[-1]
    assert (last.title, last.parent) == ("two bits", found.methods[0].external_id)
    assert values(last) == {"column 3": 397.0, "column 4": 5.55, "column 5": 5.5}
    assert "## column 2\n\nmodel-2bit" in last.body
    assert found.methods[0].role is Role.BASELINE
    assert found.methods[0].origin is Origin.UNKNOWN


def test_what_is_no_row_is_refused_with_its_line_and_the_rows_around_it_are_taken(log: Path) -> None:
    text = LOG + (
        "\n"
        "## Phase 2: what was learnt\n"
        "Wider is not better, and deeper is slower.\n"
        "5f60718,0.9790,60.2,keep,rope base 10K, then 200K\n"
        "6071829\t0.9788\n"
        "7182930\t0.9788\t60.2\t3\tkeep\tone cell too many\n"
        "---\tphase 3\t-\tdone\t-\n"
        "8293041\t0.9788\t60.2\tdiscard\twith\ttabs\tin it\n"
        "9304152\t0.9799\t60.2\tdiscard\n"
    )
    found = read_log(log, text)
    assert [(r.place, r.reason) for r in found.rejects] == [
        ("line 8", "is no row: it has no tabs, where a row has 5 cells"),
        ("line 9", "is no row: it has no tabs, where a row has 5 cells"),
        ("line 11", "is no row: it has 2 cells, where a row has 5"),
        ("line 12", "has 3 where the verdict stands (status): its cells are out of place"),
        ("line 13", "is no row: it has neither a number nor a verdict"),
    ]
    by_commas = found.method("5f60718")
    assert by_commas.title == "rope base 10K, then 200K"
    assert by_commas.provenance.place == "line 10 (commas between its cells)"
    assert values(by_commas) == {"val_bpb": 0.979, "memory_gb": 60.2}
    assert found.method("8293041").title == "with tabs in it"
    assert found.method("8293041").parent == "5f60718"
    assert found.method("9304152").title == "9304152"
    assert len(found) == text.count("\n") - 2  # the header and a blank line


def test_a_later_header_counts_from_its_line_on(log: Path) -> None:
    text = LOG + HEADER + "commit\tval_fid\tstatus\tdescription\n5f60718\t316.9\tkeep\tpictures now\n"
    found = read_log(log, text)
    assert not found.rejects
    assert values(found.method("5f60718")) == {"val_fid": 316.9}
    assert found.method("5f60718").parent == "4e5f607"


def test_a_column_for_the_parent_says_it(log: Path) -> None:
    text = (
        "candidate_id\tparent_id\tscore\tstatus\tnote\n"
        "0001\troot\t0.4\tkeep\tbaseline\n"
        "0002\t0001\t0.3\tkeep\twider\n"
        "0003\t0001\t0.2\tdiscard\tnarrower\n"
    )
    assert [stated(m.parent) for m in read_log(log, text).methods] == ["", "0001", "0001"]


@pytest.mark.parametrize(
    ("named", "parent"),
    [
        ("abc1234", "abc1234"),
        ("ABC1", "abc1234"),
        ("abc12345def", "abc1234"),
        ("abd", ""),
        ("abd1", ""),
        ("abd1234", "abd1234"),
        ("1000", ""),
        ("fffffff", ""),
        ("root", ""),
    ],
)
def test_a_parent_may_be_shortened_and_one_that_is_unknown_is_told(log: Path, named: str, parent: str) -> None:
    rows = ["abc1234\t", "abd1234\t", "abd1999\t", "1000001\t", f"e0e0e0e\t{named}"]
    text = "commit\tparent\tscore\tstatus\tdescription\n" + "".join(f"{row}\t0.4\tkeep\tx\n" for row in rows)
    found = read_log(log, text)
    last = found.method("e0e0e0e")
    assert last.parent == parent
    notices = [each.words for each in found if isinstance(each, Notice)]
    if parent:
        assert (notices, last.body) == ([], "## The agent's own verdict\n\nkeep")
    else:
        assert notices == [
            f"In {log} 1 row names a parent that is no row before, or may be several, so that it has none; the text "
            f"tells what it was called: line 6 ({named})."
        ]
        assert f"## parent\n\n{named} (no row before this one)" in last.body


def test_many_unknown_parents_are_counted(log: Path) -> None:
    text = "commit\tparent\tscore\tstatus\tdescription\n" + "".join(
        f"abc{n}234\tfff{n}fff\t0.4\tkeep\tx\n" for n in range(7)
    )
    (notice,) = [each.words for each in read_log(log, text) if isinstance(each, Notice)]
    assert "7 rows name" in notice
    assert notice.endswith("line 6 (fff4fff) and 2 more.")


def test_nothing_kept_means_no_baseline_and_no_parent(log: Path) -> None:
    found = read_log(log, HEADER + "a\t1\t2\tdiscard\tx\nb\t1\t2\tcrash\ty\n")
    assert [(m.role, m.parent) for m in found.methods] == [(Role.PROPOSAL, "")] * 2


def test_columns_with_one_name_or_none_are_told_apart(log: Path) -> None:
    found = read_log(log, "commit\tscore\tscore\t\tstatus\tdescription\na\t1\t2\t3\tkeep\tx\n")
    assert values(row(found, "a")) == {"score": 1, "score (column 3)": 2, "column 4": 3}


def test_a_header_alone_says_so(log: Path) -> None:
    found = read_log(log, HEADER)
    assert [(type(r), r.reason) for r in found.rejects] == [(Reject, "has the header of a log, and no row yet")]
    assert len(found) == 1


def test_a_last_line_without_an_end_is_taken_and_says_so(log: Path) -> None:
    found = read_log(log, LOG.rstrip("\n"))
    assert found.methods[-1].provenance.place == "line 6 (the line has no end; it may be cut off)"
    assert all(CUT_OFF not in m.provenance.place for m in found.methods[:-1])


def test_bom_and_other_line_ends_change_nothing(log: Path) -> None:
    def said(text: bytes) -> list[tuple[str, str, str]]:
        return [(m.namespace, m.external_id, m.revision_hash()) for m in read_log(log, text).methods]

    assert said(b"\xef\xbb\xbf" + LOG.replace("\n", "\r\n").encode()) == said(LOG.encode())


def test_a_line_that_is_not_utf8_is_refused(log: Path) -> None:
    found = read_log(log, LOG.encode() + b"5f60718\t0.97\t1\tkeep\tcaf\xe9\n" + b"6071829\t0.96\t1\tkeep\tlast\n")
    assert [(r.place, r.reason) for r in found.rejects] == [
        ("line 7", "is not valid UTF-8: byte 24 is 0xe9; save it as UTF-8")
    ]
    assert found.methods[-1].external_id == "6071829"


@pytest.mark.parametrize(
    "text",
    [
        "id\tname\tvalue\n1\tx\t2.5\n",
        "id\tstatus\tdescription\n1\topen\tcrash on start\n2\tclosed\tslow\n",
        "commit\tseconds\tstatus\tdescription\nabc\t12.5\tsuccess\tbuild\n",
        "gene\tcount\tbaseline\tnote\nA\t1\t2\tx\n",
        "word\tcount\nkeep\t12\ndiscard\t3\n",
        "commit,val_bpb,memory_gb,status,description\nabc,0.9,44,keep,baseline\n",
        "Log every experiment to results.tsv:\n\ncommit val_bpb memory_gb status description\n",
        "1\t2\t3\t4\n5\t6\t7\t8\n",
        "",
    ],
)
def test_other_tables_are_not_taken(log: Path, text: str) -> None:
    assert not autoresearch.recognise(head_of(written(log, text)))


def test_a_document_that_shows_such_a_log_is_none(log: Path) -> None:
    prose = "".join(f"Step {i}: run the experiment, then write down what came of it.\n" for i in range(20))
    row = "0a1b2c3\t0.9979\t44.0\tkeep\tbaseline\n"
    assert not autoresearch.recognise(head_of(written(log, prose + row)))


def test_what_is_named_as_such_a_log_and_is_none_is_refused_in_a_sentence(log: Path) -> None:
    with pytest.raises(SourceError, match="is no log of experiments; a header with commit"):
        read_all(written(log, "# Some notes\n"), format_name="autoresearch")
    with pytest.raises(SourceError, match="is a folder"):
        read_all(log.parent, format_name="autoresearch")


def test_the_example_is_such_a_log(log: Path) -> None:
    found = registry.recognise(written(log, autoresearch.SOURCE.example)).found
    assert [f.source.name for f in found] == ["autoresearch"]
    assert len(read_all(log).methods) == 3


@pytest.mark.parametrize("text", [LOG, LOG.replace(HEADER, "")])
def test_a_log_cut_off_anywhere_is_never_misread(log: Path, text: str) -> None:
    assert is_never_misread(written(log, text), format_name="autoresearch") > 0


cells = st.text(st.characters(exclude_characters="\n\t", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["keep", "discard", "crash", "0.0", "-999", "nan", "1e400", "HEAD", "n/a", "abc", "baseline", "status", "commit"]
)


@given(rows=st.lists(st.lists(cells, min_size=1, max_size=7), max_size=12), named=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_cells_are_each_line_is_a_record_or_a_reject(
    tmp_path: Path, rows: list[list[str]], named: bool
) -> None:
    text = HEADER * named + LOG.split("\n", 1)[1] + "".join("\t".join(row) + "\n" for row in rows)
    path = written(tmp_path / "log.tsv", text)
    try:
        found = list(registry.read(autoresearch.plan(path)))
    except SourceError:
        assert not named
        return
    lines = [line for line in text.split("\n") if line.encode().strip()]
    headers = sum("status" in line and "commit" in line for line in lines)
    assert len(lines) - headers <= len(found) <= len(lines)
    methods = [r for r in found if isinstance(r, MethodRecord)]
    assert len({m.external_id for m in methods}) == len(methods) >= 5
    for method in methods:
        prepare(method)
        assert method.title.strip()
        assert all((m.value is None) == bool(m.missing) for m in method.measurements)
        assert not method.parent or method.parent in {m.external_id for m in methods}


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_are_they_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path / "log.tsv", LOG.encode() + data)
    for record in registry.read(autoresearch.plan(path)):
        if isinstance(record, MethodRecord):
            prepare(record)


def test_lines_that_end_in_carriage_returns_alone_are_refused_and_not_read_as_one_row(tmp_path: Path) -> None:
    path = tmp_path / "results.tsv"
    path.write_bytes(b"commit\tval_bpb\tstatus\tdescription\ra1\t0.9\tkeep\tbaseline\rb2\t0.8\tkeep\tbetter\r")
    found = read_all(path, format_name="autoresearch")
    assert not found.methods
    assert [(reject.place.partition(" (")[0], "carriage returns" in reject.reason) for reject in found.rejects] == [
        ("line 1", True)
    ]
    path.write_bytes(b"commit\tval_bpb\tstatus\tdescription\r\na1\t0.9\tkeep\tbase\rline\r\nb2\t0.8\tkeep\tbetter\r\n")
    found = read_all(path)
    assert [stated(method.external_id) for method in found.methods] == ["b2"]
    assert [reject.place for reject in found.rejects] == ["line 2"]


def test_runs_that_begin_with_the_same_row_are_told_apart_by_what_their_rows_say(tmp_path: Path) -> None:
    begins = "iteration\tval_bpb\tmemory_gb\tstatus\tdescription\n0\t0.9979\t44.0\tkeep\tbaseline\n"
    runs = [
        read_log(
            tmp_path / name / "results.tsv", f"{begins}1\t{value}\t44.0\tkeep\t{name}\nHEAD\t0.9\t44\tkeep\t{name}\n"
        )
        for name, value in (("a", 0.98), ("b", 0.97))
    ]
    ids = [{(m.namespace, m.external_id): m.revision_hash() for m in run.methods} for run in runs]
    assert len(ids[0].keys() | ids[1].keys()) == 5, "the row that both begin with is one"
    assert all(ids[1][known_as] == digest for known_as, digest in ids[0].items() if known_as in ids[1])


def test_a_verdict_that_changes_is_a_revision_of_the_same_row(log: Path) -> None:
    before, after = (
        row(read_log(log, f"{HEADER}exp7\t0.97\t44.0\t{verdict}\tx\n"), "exp7") for verdict in ("tentative", "keep")
    )
    assert before.external_id == after.external_id
    assert before.revision_hash() != after.revision_hash()


@pytest.mark.parametrize("cells", ["0.000000\t44.0\tdiscard", "0.0\t12\tkilled", "-999\t0\trevert"])
def test_a_metric_of_zero_in_a_row_that_was_not_kept_is_no_value(log: Path, cells: str) -> None:
    found = row(read_log(log, f"{LOG}5f60718\t{cells}\tx\n"), "5f60718").measurements[0]
    assert found.value is None
    assert found.missing
