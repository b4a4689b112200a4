"""``reviewer import --as judgements``: several hundred reviews from elsewhere come to what the usual libraries say."""

import csv
import json
import math
import random
import tomllib
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import krippendorff
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from reviewer.workflow.judging import undo
from tests.attempts import look
from tests.builders import build_session, build_store, judge, record, table
from tests.workflow.judged_stores import give

PEOPLE = tuple(f"person {i}" for i in range(19))
CONDITIONS = ("AI", "AI reranked", "human")
WORDS = ("reject", "revise", "accept")
COLUMNS = ("paper", "title", "condition", "person", "novelty", "overall", "decision", "said")

MAP = """
missing = ["NA"]
[proposal]
id = "paper"
title = "title"
[reviewer]
name = "person"
[scales.novelty]
column = "novelty"
lowest = 1
highest = 5
kind = "ordinal"
[scales.overall]
column = "overall"
lowest = 1
highest = 10
[scales.decision]
column = "decision"
words = ["reject", "revise", "accept"]
kind = "nominal"
[[text]]
column = "said"
heading = "Summary"
[group]
columns = ["condition"]
"""
KINDS: dict[str, Literal["ordinal", "interval", "nominal"]] = {
    "novelty": "ordinal",
    "overall": "interval",
    "decision": "nominal",
}


def reviews() -> list[dict[str, Any]]:
    """Several hundred reviews by many people, some of a proposal twice, some rows twice, with empty cells."""
    rng = random.Random(20261129)
    strictness = {person: rng.gauss(0, 0.8) for person in PEOPLE}
    rows = []
    for paper in range(150):
        condition = rng.choice(CONDITIONS)
        merit = rng.gauss(0.5 * CONDITIONS.index(condition), 1)
        for person in rng.sample(PEOPLE, rng.choice((1, 2, 3, 3, 4, 5))):
            for version in range(2 if rng.random() < 0.08 else 1):
                seen = merit - strictness[person] + rng.gauss(0, 0.8)
                cells = {
                    "novelty": min(5, max(1, round(3 + seen))),
                    "overall": min(10, max(1, round(2 * (5.5 + 1.7 * seen)) / 2)),
                    "decision": WORDS[(seen > -0.4) + (seen > 0.7)],
                }
                kept = {name: "NA" if rng.random() < 0.08 else cell for name, cell in cells.items()}
                rows.append(
                    {"paper": f"paper {paper}", "title": f"Title {paper}", "condition": condition, "person": person,
                     **kept, "said": f"Seen {version}, by {person}."}
                )  # fmt: skip
    rng.shuffle(rows)
    return [*rows, *rng.sample(rows, 30)]


ROWS = reviews()
TABLE = (
    pd.DataFrame(ROWS)
    .drop_duplicates()
    .drop_duplicates(["paper", "person"], keep="last")
    .replace("NA", np.nan)
    .infer_objects()
)
CODED = TABLE.assign(
    decision=TABLE["decision"].map({word: place for place, word in enumerate(WORDS)}),
    **{name: TABLE[name].astype(float) for name in ("novelty", "overall")},
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    """What stats says of the file, by section and name."""
    folder = tmp_path_factory.mktemp("reviews")
    written = write(folder, ROWS)
    store = folder / "reviews.db"
    words = ["import", str(written), "--as", "judgements", "--map", str(folder / "map.toml"), "--store", str(store)]
    assert main([*words, "--problem", "papers", "--missing", "make"]) == 0
    return told(store)


def write(folder: Path, rows: list[dict[str, Any]], text: str = MAP) -> Path:
    (folder / "map.toml").write_text(text)
    path = folder / "reviews.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def told(store: Path, *words: str) -> dict[tuple[str, str], dict[str, Any]]:

    with redirect_stdout(StringIO()) as out:
        assert main(["stats", "--json", "--store", str(store), *(words or ("--everyone",))]) == 0
    found = json.loads(out.getvalue())["figures"]
    return {(one["of"], one["name"]): one for one in found if one["section"] == "scales"}


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def test_the_file_is_what_it_is_said_to_be() -> None:
    assert len(ROWS) > 450
    assert 400 < len(TABLE) < len(ROWS) - 30
    assert all(CODED[name].isna().sum() > 20 for name in KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_alpha_is_that_of_the_krippendorff_package(name: str, figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    cells = CODED.pivot(index="person", columns="paper", values=name).to_numpy()
    domain = sorted(CODED[name].dropna().unique())
    theirs = krippendorff.alpha(cells, value_domain=domain, level_of_measurement=KINDS[name])
    found = figures[name, "α"]
    assert found["value"] == close(theirs)
    assert found["low"] < theirs < found["high"]
    assert found["n"] == (CODED.dropna(subset=name).groupby("paper").size() > 1).sum()


@pytest.mark.parametrize("name", KINDS)
def test_percent_agreement_is_that_of_pandas(name: str, figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    said = CODED.dropna(subset=name).groupby("paper")[name]
    shares = said.apply(lambda codes: np.mean([a == b for a, b in combinations(codes, 2)]) if len(codes) > 1 else None)
    found, n = figures[name, "percent agreement"], int(shares.notna().sum())
    assert (found["value"], found["n"]) == (close(shares.mean()), n)
    low, high = proportion_confint(shares.mean() * n, n, method="wilson")
    assert (found["low"], found["high"]) == (close(low), close(high))


@pytest.mark.parametrize("name", ["novelty", "overall"])
def test_means_and_standard_errors_are_those_of_statsmodels(
    name: str, figures: dict[tuple[str, str], dict[str, Any]]
) -> None:
    of_papers = CODED.groupby("paper")[name].mean().dropna()
    for what, values in (("mean", CODED[name].dropna()), ("mean of proposals", of_papers)):
        theirs = DescrStatsW(values)
        low, high = theirs.tconfint_mean()
        found, error = figures[name, what], figures[name, f"standard error of the {what}"]
        assert (found["value"], found["n"]) == (close(theirs.mean), len(values))
        # These allow for what the reviews of one proposal, and those by one reviewer, have in common.
        assert found["low"] < low < high < found["high"]
        assert error["value"] == close(stats.sem(values))


@pytest.mark.parametrize("name", ["novelty", "overall"])
@pytest.mark.parametrize("of_proposals", [False, True])
def test_statistics_by_group_are_those_of_scipy_and_statsmodels(
    name: str, of_proposals: bool, figures: dict[tuple[str, str], dict[str, Any]]
) -> None:
    scored = CODED.dropna(subset=name)
    if of_proposals:
        scored = scored.groupby(["condition", "paper"], as_index=False)[name].mean()
    groups = {condition: scored.loc[scored["condition"] == condition, name] for condition in CONDITIONS}
    section = f"{name} by condition{', of proposals' if of_proposals else ''}"
    for condition, values in groups.items():
        assert figures[section, f"mean of {condition}"]["value"] == close(values.mean())
        assert figures[section, f"standard error of the mean of {condition}"]["value"] == close(stats.sem(values))
    for first, second in combinations(CONDITIONS, 2):
        ours, theirs, pair = groups[first], groups[second], f"{first} − {second}"
        welch = stats.ttest_ind(ours, theirs, equal_var=False)
        found = figures[section, f"difference: {pair}"]
        assert found["value"] == close(ours.mean() - theirs.mean())
        assert found["low"] < found["value"] < found["high"]
        assert figures[section, f"t: {pair}"]["value"] == close(welch.statistic)
        assert figures[section, f"degrees of freedom: {pair}"]["value"] == close(welch.df)
        assert figures[section, f"p of t: {pair}"]["value"] == pytest.approx(welch.pvalue, rel=1e-7)
        ranks = stats.mannwhitneyu(ours, theirs, method="asymptotic")
        assert figures[section, f"U: {pair}"]["value"] == close(ranks.statistic)
        assert figures[section, f"p of U: {pair}"]["value"] == pytest.approx(ranks.pvalue, rel=1e-7)


def test_correlations_are_those_of_scipy(figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    both = CODED.dropna(subset=["novelty", "overall"])
    for name, theirs in (
        ("Pearson r", stats.pearsonr(both["novelty"], both["overall"])),
        ("Spearman ρ", stats.spearmanr(both["novelty"], both["overall"])),
    ):
        found = figures["scales with one another", f"{name}: novelty with overall"]
        assert (found["value"], found["n"]) == (close(theirs.statistic), len(both))
        p = figures["scales with one another", f"p of {name}: novelty with overall"]
        assert math.isclose(p["value"], theirs.pvalue, rel_tol=1e-6)


A_FEW = [
    {"paper": "p1", "title": "", "condition": "AI", "person": "Ann", "novelty": 4, "overall": 7, "decision": "accept",
     "said": "Good."},
    {"paper": "p1", "title": "", "condition": "AI", "person": "Bo", "novelty": "NA", "overall": 3, "decision": "reject",
     "said": ""},
]  # fmt: skip


@pytest.fixture
def few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A store with the proposal that two reviews are of."""
    built = build_store(tmp_path, record("p1"), record("p2"))
    built.close()
    return built.path


def take(store: Path, path: Path, *words: str) -> int:
    named = ["--map", str(path.with_name("map.toml")), "--store", str(store)]
    return main(["import", str(path), "--as", "judgements", *named, *words])


def test_run_again_it_changes_nothing_and_another_value_is_one_more_event(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, A_FEW)
    assert take(few, path) == 0
    assert capsys.readouterr().out == "2 new, 0 unchanged, 0 rejected   (2 reviewers)\n"
    assert take(few, path) == 0
    assert capsys.readouterr().out == "0 new, 2 unchanged, 0 rejected   (2 reviewers)\n"
    write(tmp_path, [A_FEW[0] | {"overall": 2}, A_FEW[1]])
    assert take(few, path) == 0
    assert capsys.readouterr().out == "1 new, 1 unchanged, 0 rejected   (2 reviewers)\n"
    opened = Store(few)
    assert table(opened, "SELECT count(*) FROM annotations WHERE kind = 'imported'") == [(3,)]
    assert table(opened, "SELECT name, imported_from FROM reviewers ORDER BY 1") == [
        ("Ann", "reviews.csv"), ("Bo", "reviews.csv"),
    ]  # fmt: skip
    ((visible,),) = table(opened, "SELECT visible FROM annotations WHERE reviewer_id = 1 ORDER BY id LIMIT 1")
    kept = json.loads(visible)
    assert (kept["imported"], kept["file"], kept["place"], kept["raw"]["said"]) == (
        True, "reviews.csv", "line 2", "Good.",
    )  # fmt: skip
    assert told(few)["overall", "mean"]["value"] == 2.5
    assert main(["doctor", "--store", str(few)]) == 0


def test_the_same_file_in_two_stores_is_the_same_events_once_they_are_merged(few: Path, tmp_path: Path) -> None:
    path = write(tmp_path, A_FEW)
    other = build_store(tmp_path, record("p1"), name="other.db")
    other.close()
    for store in (few, other.path):
        assert take(store, path) == 0
    assert main(["merge", str(other.path), "--store", str(few)]) == 0
    assert table(Store(few), "SELECT count(*) FROM annotations") == [(2,)]
    assert table(Store(few), "SELECT count(*) FROM scores") == [(5,)]


def test_what_cannot_be_taken_is_told_by_its_line_and_reason(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad: list[dict[str, Any]] = [
        A_FEW[0] | {"overall": 11}, A_FEW[0] | {"overall": "much"}, A_FEW[0] | {"decision": "maybe"},
        A_FEW[0] | {"paper": "p9"}, A_FEW[0] | {"person": ""}, A_FEW[0] | {"paper": ""},
        {"paper": "p1", "person": "Ann", "title": "", "condition": "", "novelty": "", "overall": "", "decision": "",
         "said": ""}, A_FEW[1],
    ]  # fmt: skip
    assert take(few, write(tmp_path, bad)) == 2
    told_of = capsys.readouterr()
    assert told_of.out == "1 new, 0 unchanged, 7 rejected   (1 reviewer)\n"
    reasons = sorted(line.split(", ", 1)[1] for line in told_of.err.splitlines())
    assert reasons == [
        "line 2: overall is 11, outside 1 to 10.",
        "line 3: overall is 'much', which is no number.",
        "line 4: decision is 'maybe', which is none of reject, revise, accept.",
        "line 5: There is no proposal 'p9' in weak_to_strong; --missing make makes one of its id and title.",
        "line 6: It does not say who reviewed.",
        "line 7: It names no proposal.",
        "line 8: It says nothing: every cell of a judgement is empty.",
    ]
    assert table(Store(few), "SELECT count(*) FROM rejects") == [(7,)]


def test_a_proposal_that_is_missing_is_made_of_its_id_and_title(few: Path, tmp_path: Path) -> None:
    path = write(tmp_path, [A_FEW[0] | {"paper": "p9", "title": "The ninth"}])
    assert take(few, path, "--missing", "make") == 0
    made = "SELECT namespace, title, role, origin FROM methods WHERE external_id = 'p9'"
    assert table(Store(few), made) == [("reviews", "The ninth", "proposal", "unknown")]
    assert take(few, path, "--missing", "make") == 0
    assert table(Store(few), "SELECT count(*) FROM methods") == [(3,)]


def test_a_proposal_may_be_named_as_everywhere_by_namespace_and_id(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", namespace="run-01"), record("p1", namespace="run-02"))
    path = write(tmp_path, [A_FEW[0] | {"paper": "run-02/p1"}])
    assert take(store.path, path, "--missing", "make") == 0
    judged = "SELECT m.namespace FROM annotations a JOIN methods m ON m.id = a.method_id"
    assert table(store, judged) == [("run-02",)]
    assert table(store, "SELECT count(*) FROM methods") == [(2,)]


def test_a_dry_run_writes_nothing(few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(few, write(tmp_path, A_FEW), "--dry-run") == 0
    assert capsys.readouterr().out == "would be 2 new, 0 unchanged, 0 rejected   (2 reviewers)\n"
    assert table(Store(few), "SELECT (SELECT count(*) FROM annotations), (SELECT count(*) FROM scales)") == [(0, 0)]


def test_who_judges_here_keeps_their_name_and_sees_nothing_before_their_own_verdict(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = build_session(Store(few), "Ann")
    assert take(few, write(tmp_path, A_FEW)) == 0
    assert "Ann judges here, so that Ann of the file is entered as Ann (reviews.csv)." in capsys.readouterr().out
    assert table(ann.store, "SELECT count(*) FROM current_judgements WHERE reviewer_id = ?", (ann.reviewer_id,)) == [
        (0,)
    ]
    assert told(few, "--reviewer", "Ann")["overall", "percent agreement"]["n"] == 0
    judge(ann, 1)
    assert told(few, "--reviewer", "Ann")["overall", "percent agreement"]["n"] == 1


def test_who_comes_to_judge_here_later_is_not_the_one_of_that_name_in_a_file(few: Path, tmp_path: Path) -> None:
    path = write(tmp_path, A_FEW)
    assert take(few, path) == 0
    ann = build_session(Store(few), "Ann")
    assert table(ann.store, "SELECT name, imported_from IS NULL FROM reviewers ORDER BY 1") == [
        ("Ann", 1), ("Ann (reviews.csv)", 0), ("Bo", 0),
    ]  # fmt: skip
    own = "SELECT count(*) FROM annotations WHERE reviewer_id = ?"
    assert table(ann.store, own, (ann.reviewer_id,)) == [(0,)]
    assert undo(ann) is None
    assert take(few, path) == 0
    assert table(ann.store, "SELECT count(*) FROM annotations") == [(2,)]


def test_those_of_one_name_who_judge_and_who_are_in_a_file_stay_two_when_stores_are_merged(
    few: Path, tmp_path: Path
) -> None:
    assert take(few, write(tmp_path, A_FEW)) == 0
    other = build_store(tmp_path, record("p1"), name="other.db")
    judge(build_session(other, "Ann"), 1)
    other.close()
    held = "SELECT w.name, w.imported_from IS NULL, a.kind FROM annotations a JOIN reviewers w ON w.id = a.reviewer_id"
    for _ in range(2):
        for one, another in ((few, other.path), (other.path, few)):
            assert main(["merge", str(another), "--store", str(one)]) == 0
    for store in (few, other.path):
        assert sorted(table(Store(store), held)) == [
            ("Ann", 1, "verdict"), ("Ann (reviews.csv)", 0, "imported"), ("Bo", 0, "imported"),
        ]  # fmt: skip
        assert main(["doctor", "--store", str(store)]) == 0


TIMED = (
    MAP
    + """
[time]
column = "at"
"""
)


def write_timed(folder: Path, *rows: tuple[int, str]) -> Path:
    path = folder / "timed.csv"
    (folder / "map.toml").write_text(TIMED)
    cells = [f'p1,One,AI,Ann,3,{overall},accept,"It is\nso.",{at}' for overall, at in rows]
    path.write_text("\n".join((",".join((*COLUMNS, "at")), *cells)))
    return path


def test_of_files_in_any_order_the_latest_review_is_the_one_that_is_held(few: Path, tmp_path: Path) -> None:
    for overall, at in ((8, "2026-02-01T00:00:00Z"), (2, "2026-01-01T00:00:00Z"), (5, "2026-01-15T00:00:00Z")):
        assert take(few, write_timed(tmp_path, (overall, at))) == 0
    held = (
        "SELECT j.updated_at, j.first_at, s.value FROM current_judgements j "
        "JOIN scores s ON s.annotation_id = j.annotation_id JOIN scales c ON c.id = s.scale_id AND c.name = 'overall'"
    )
    assert table(Store(few), held) == [("2026-02-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", 8.0)]
    assert main(["doctor", "--store", str(few)]) == 0


def test_a_time_without_a_zone_is_kept_as_it_stands_and_marked(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S")
    path = write_timed(tmp_path, (3, "2026-01-01T10:00:00"), (4, "2026-01-02T10:00:00Z"), (5, soon), (6, soon + "Z"))
    assert take(few, path) == 2
    told_of = capsys.readouterr()
    assert "2 reviews of a time without a zone: it is kept as it stands, and marked.\n" in told_of.out
    assert "is in the future" in told_of.err
    marked = "SELECT created_at, json_extract(visible, '$.zone') FROM annotations ORDER BY 1"
    assert table(Store(few), marked) == [
        ("2026-01-01T10:00:00.000Z", "unknown"), ("2026-01-02T10:00:00.000Z", None), (f"{soon}.000Z", "unknown"),
    ]  # fmt: skip


def test_the_line_ends_of_another_system_make_no_other_review(few: Path, tmp_path: Path) -> None:
    path = write_timed(tmp_path, (3, "2026-01-01T10:00:00Z"))
    assert take(few, path) == 0
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert take(few, path) == 0
    assert table(Store(few), "SELECT count(*) FROM annotations") == [(1,)]


def test_anonymous_reviewers_get_names_that_stay(few: Path, tmp_path: Path) -> None:
    text = MAP.replace('name = "person"', "anonymous = true")
    path = write(tmp_path, A_FEW, text)
    assert take(few, path) == take(few, path) == 0
    names = table(Store(few), "SELECT name FROM reviewers ORDER BY 1")
    assert names == [("reviews.csv #2",), ("reviews.csv #3",)]
    assert table(Store(few), "SELECT count(*) FROM annotations") == [(2,)]


def test_json_lines_are_read_with_what_lies_within(few: Path, tmp_path: Path) -> None:
    text = """
[proposal]
id = "paper"
[reviewer]
name = "by.name"
[time]
column = "at"
[scales.overall]
column = "scores.overall"
lowest = 1
highest = 10
[verdict]
column = "decision"
[verdict.words]
accept = "survives"
"not sure" = ""
[forecast]
column = "p"
unit = "percent"
[tags]
column = "tags"
"""
    (tmp_path / "map.toml").write_text(text)
    path = tmp_path / "reviews.jsonl"
    said = {"paper": "p1", "by": {"name": "Ann"}, "at": "2026-01-05", "scores": {"overall": 7.5}, "decision": "Accept",
            "p": 60, "tags": ["new", "odd"]}  # fmt: skip
    path.write_text(json.dumps(said) + "\n{\n")
    assert take(few, path) == 2
    held = "SELECT verdict, forecast, tags, updated_at FROM current_judgements"
    assert table(Store(few), held) == [("survives", 0.6, '["new", "odd"]', "2026-01-05T00:00:00.000Z")]
    assert table(Store(few), "SELECT value FROM scores") == [(7.5,)]


def test_another_scale_of_the_same_name_is_refused(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(few, write(tmp_path, A_FEW)) == 0
    assert take(few, write(tmp_path, A_FEW, MAP.replace("highest = 10", "highest = 100"))) == 2
    assert "The scale overall of weak_to_strong is interval, 1 to 10 in the store" in capsys.readouterr().err


def test_without_a_map_one_to_begin_with_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ROWS)
    capsys.readouterr()
    assert main(["import", str(path), "--as", "judgements"]) == 0
    drafted = capsys.readouterr().out
    assert tomllib.loads(drafted) == {"proposal": {"id": ""}, "reviewer": {"name": ""}}
    loose = "\n".join(line.removeprefix("# ") for line in drafted.splitlines() if line.startswith("# ["))
    assert '[scales."overall"]' in loose


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('id = "paper"', 'id = "papre"'), "has no column 'papre', which [proposal] id names"),
        (('kind = "ordinal"', 'kind = "cardinal"'), "[scales.novelty] kind has to be nominal, ordinal or interval"),
        (("lowest = 1\nhighest = 5", "lowest = 5\nhighest = 1"), "[scales.novelty] lowest has to be below highest"),
        (("lowest = 1\nhighest = 5", 'lowest = "one"'), "[scales.novelty] lowest has to be a number, and is 'one'"),
        (('title = "title"', 'titel = "title"'), "[proposal] titel means nothing here"),
        (('name = "person"', ""), "[reviewer] has to say name = a column, or anonymous = true"),
        (("[[text]]", "[[text"), "not TOML"),
        (('words = ["reject", "revise", "accept"]', 'words = ["reject"]'), "[scales.decision] words have to be two"),
        (("[group]", '[forecast]\ncolumn = "novelty"\n[group]'), "[forecast] unit has to be percent or probability"),
    ],
)
def test_what_is_wrong_with_a_map_is_told_in_a_sentence(
    change: tuple[str, str], why: str, few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert change[0] in MAP
    assert take(few, write(tmp_path, A_FEW, MAP.replace(*change))) == 2
    told_of = capsys.readouterr()
    assert why in told_of.err
    assert told_of.err.count("\n") == 1


def test_our_own_export_is_read_whatever_it_says_of_critiques(few: Path, tmp_path: Path) -> None:
    store = Store(few)
    kim = build_session(store)
    give(kim, 1, 0.3, Verdict.FAILS)
    look(kim, 1)
    store.close()
    path = tmp_path / "ours.csv"
    assert main(["export", "-o", str(path), "--everyone", "--store", str(few)]) == 0
    header = path.read_text().splitlines()[0]
    assert header.count("critique_") == 5
    (tmp_path / "map.toml").write_text(
        '[proposal]\nid = "external_id"\n[reviewer]\nname = "reviewer"\n[time]\ncolumn = "updated_at"\n'
        '[verdict]\ncolumn = "verdict"\n[verdict.words]\nfails = "fails"\n'
        '[forecast]\ncolumn = "forecast"\nunit = "probability"\n'
        '[[text]]\ncolumn = "critique_model"\nheading = "After a critique by"\n'
    )
    other = build_store(tmp_path, record("p1"), name="other.db")
    other.close()
    assert take(other.path, path) == 0
    held = table(Store(other.path), "SELECT verdict, forecast, rationale FROM current_judgements")
    assert held == [("fails", 0.3, "claude-test-20260101")]
