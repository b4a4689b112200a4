"""``reviewer stats``: the figures of several hundred reviews as the usual libraries have them, and what is said of few.

What it is held against is computed from the CSV exports alone.
"""

import json
import math
import random
import shutil
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from model_diagnostics.scoring import SquaredError, decompose
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.proportion import proportion_confint

from reviewer.cli.main import main
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Rating, Result, Role, Setting, Verdict
from reviewer.exports.columns import pandas_options
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.logs import stop_logging
from reviewer.workflow.session import Session
from tests.attempts import look
from tests.builders import act, build_session, build_store, import_records, judge, measured, record
from tests.workflow.judged_stores import end, give, give_all, in_production

PEOPLE = tuple(f"person {i:02}" for i in range(12))
SLUGS = ("scale", "cost", "signals")
BASELINE = 0.2
ORDER = {"verdict": ("fails", "conditional", "survives"), **dict.fromkeys(SLUGS, ("pass", "concern", "blocker"))}


def at(session: Session, day: int) -> Session:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day)
    return replace(session, clock=lambda: moment)


def review(session: Session, method_id: int, seen: float, rng: random.Random) -> None:
    """Review a proposal as somebody does who sees this merit in it; some cells stay empty, and some are changed."""
    if rng.random() < 0.9:
        forecast = round(1 / (1 + math.exp(0.4 - seen)), 2)
        act(session, method_id, Act.FORECAST, judging.set_forecast(forecast))
    for slug in SLUGS:
        if rng.random() < 0.7:
            word = rng.choice([Rating.UNKNOWN, Rating.PASS, Rating.CONCERN if seen < 0.5 else Rating.PASS,
                               Rating.BLOCKER if seen < -0.2 else Rating.PASS])  # fmt: skip
            act(session, method_id, Act.RATING, judging.rate(slug, ConstraintRating(word)))
    if rng.random() < 0.08:
        judge(session, method_id, Verdict.CANNOT_TELL)
        return
    verdict = Verdict.FAILS if seen < -0.3 else Verdict.CONDITIONAL if seen < 0.5 else Verdict.SURVIVES
    judge(session, method_id, verdict)
    if rng.random() < 0.15:
        judge(session, method_id, Verdict.CONDITIONAL)
        act(session, method_id, Act.FORECAST, judging.set_forecast(round(rng.random(), 2)))


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 140 proposals that 12 people reviewed several hundred times, most of them with an outcome."""
    rng = random.Random(20261129)
    made = [
        record(f"p{i}", agent=f"agent-{i % 5}", measurements=(measured(round(rng.gauss(0.6, 0.1), 3),
                                                                       setting=Setting.LAB),))
        for i in range(1, 141)
    ]  # fmt: skip
    store = build_store(
        tmp_path_factory.mktemp("reviewed"), *made,
        record("b1", Role.BASELINE, measurements=(measured(BASELINE, setting=Setting.LAB),)),
    )  # fmt: skip
    sessions = [at(build_session(store, name), 1) for name in PEOPLE]
    for method_id in range(1, 141):
        merit = rng.gauss(0, 1)
        # The first two review a good half of all, so that there is something to tell them apart by.
        often = [session for session in sessions[:2] if rng.random() < 0.6]
        for session in (*often, *rng.sample(sessions[2:], rng.choice((1, 1, 2, 3, 4)))):
            review(session, method_id, merit + rng.gauss(0, 0.8), rng)
        drawn = rng.random()
        if drawn < 0.05:
            end(store, method_id, Result.PARTLY)
        elif drawn < 0.9:
            survived = rng.random() < 1 / (1 + math.exp(0.4 - merit))
            end(store, method_id, survived, **in_production(round(0.2 + 0.1 * merit + rng.gauss(0, 0.1), 4)),
                constraint="" if survived else rng.choice(SLUGS))  # fmt: skip
    store.close()
    return store.path


def run(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    capsys.readouterr()
    assert main(list(command)) == 0
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def frames(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """What the exports say, and the figures: ``current``, ``history``, ``outcomes`` and ``figures``."""
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        for name in ("DATA", "CONFIG", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder))
        patch.setenv("REVIEWER_STORE", str(reviewed))
        for name, words in (("current", ["export", "--everyone"]), ("history", ["export", "--everyone", "--history"]),
                            ("outcomes", ["outcomes", "export", "--everyone"])):  # fmt: skip
            assert main([*words, "-o", str(folder / f"{name}.csv")]) == 0
        assert main(["stats", "--everyone", "--json"]) == 0
    stop_logging()
    found = {
        name: pd.read_csv(path := folder / f"{name}.csv", **pandas_options(path)) for name in ("current", "history")
    }
    found["outcomes"] = pd.read_csv(folder / "outcomes.csv")
    found["figures"] = pd.DataFrame(json.loads(printed.getvalue())["figures"])
    return found


def figure(frames: dict[str, pd.DataFrame], section: str, of: str, name: str) -> Any:
    """The one figure of these names."""
    rows = frames["figures"]
    (row,) = rows[(rows["section"] == section) & (rows["of"] == of) & (rows["name"] == name)].itertuples()
    return row


def held(frames: dict[str, pd.DataFrame], which: str, name: str) -> "pd.DataFrame":
    """One column by reviewer and proposal: as it is now, or as it was first given at all."""
    if which == "current":
        return frames["current"].dropna(subset=name)
    return frames["history"].dropna(subset=name).groupby(["reviewer", "proposal_id"], as_index=False).first()


@pytest.mark.parametrize("which", ["first", "current"])
@pytest.mark.parametrize("name", ["verdict", "forecast", *SLUGS])
def test_alpha_is_that_of_the_krippendorff_package(frames: dict[str, pd.DataFrame], which: str, name: str) -> None:
    given = held(frames, which, name)
    if name == "forecast":
        codes = (100 * given["forecast"]).round()
    else:
        codes = given[name].map({word: float(place) for place, word in enumerate(ORDER[name])})
    cells = given.assign(code=codes).pivot(index="reviewer", columns="proposal_id", values="code")
    alpha = krippendorff.alpha(cells.to_numpy(float), level_of_measurement="ordinal")
    thing = f"constraint {name}" if name in SLUGS else name
    found = figure(frames, "agreement", f"{thing}, {which} judgements", "α")
    assert found.value == pytest.approx(alpha, abs=1e-9)
    assert found.low < alpha < found.high
    assert found.n == (cells.notna().sum() > 1).sum()


def scored(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Each forecast of a proposal that survived or failed; all of them were given before it ended."""
    ended = frames["outcomes"][["proposal_id", "result", "constraint"]]
    both = frames["current"].dropna(subset="forecast").merge(ended, on="proposal_id")
    both = both[both["result"].isin(["survived", "failed"])]
    return both.assign(y=(both["result"] == "survived").astype(float))


def test_scores_of_each_reviewer_are_those_of_scikit_learn(frames: dict[str, pd.DataFrame]) -> None:
    rows = scored(frames)
    assert len(rows) > 250
    shown = 0
    for name, own in rows.groupby("reviewer"):
        found = figure(frames, "forecasts", str(name), "Brier score")
        assert found.value == pytest.approx(brier_score_loss(own["y"], own["forecast"]))
        assert found.n == len(own)
        if len(own) >= 20:
            shown += 1
            losses = (own["forecast"] - own["y"]) ** 2
            t = stats.ttest_1samp(losses, 0).confidence_interval()
            assert (found.low, found.high) == pytest.approx((t.low, t.high))
            log = figure(frames, "forecasts", str(name), "log score")
            assert log.value == pytest.approx(log_loss(own["y"], own["forecast"].clip(0.01, 0.99)))
            rate = figure(frames, "forecasts", str(name), "base rate")
            limits = proportion_confint(own["y"].sum(), len(own), method="wilson")
            assert (rate.value, rate.low, rate.high) == pytest.approx((own["y"].mean(), *limits))
            mean = figure(frames, "forecasts", str(name), "mean forecast")
            assert mean.value == pytest.approx(own["forecast"].mean())
            n, share = len(own), own["y"].mean()
            reference = (n / (n - 1)) ** 2 * share * (1 - share)
            assert figure(frames, "forecasts", str(name), "skill").value == pytest.approx(1 - losses.mean() / reference)
    assert shown >= 5


def test_an_outcome_counts_once_in_the_scores_of_all(frames: dict[str, pd.DataFrame]) -> None:
    rows = scored(frames).assign(loss=lambda each: (each["forecast"] - each["y"]) ** 2)
    losses = rows.groupby("proposal_id")["loss"].mean()
    t = stats.ttest_1samp(losses, 0).confidence_interval()
    found = figure(frames, "forecasts", "", "Brier score")
    assert (found.value, found.low, found.high) == pytest.approx((losses.mean(), t.low, t.high))
    assert found.n == len(losses)
    counted = (1 / rows.groupby("proposal_id")["loss"].transform("size")).to_numpy()
    observed, forecast = rows["y"].to_numpy(), rows["forecast"].to_numpy()
    theirs = decompose(observed, forecast, weights=counted, scoring_function=SquaredError()).row(0, named=True)
    for name in ("miscalibration", "discrimination", "uncertainty"):
        ours = figure(frames, "forecasts", "", f"{name} ({_SHORT[name]})")
        assert ours.value == pytest.approx(theirs[name], abs=1e-9)
    assert figure(frames, "forecasts", "", "scored").value == len(rows)


_SHORT = {"miscalibration": "MCB", "discrimination": "DSC", "uncertainty": "UNC"}


def test_paired_differences_are_those_of_scipy(frames: dict[str, pd.DataFrame]) -> None:
    rows = scored(frames).assign(loss=lambda each: (each["forecast"] - each["y"]) ** 2)
    losses = rows.pivot(index="proposal_id", columns="reviewer", values="loss")
    figures = frames["figures"]
    shown = figures[figures["section"] == "differences"]
    assert len(shown)
    for found in shown.itertuples():
        first, second = found.name.removeprefix("Brier score of ").split(" minus that of ")
        both = losses[[first, second]].dropna()
        t = stats.ttest_rel(both[first], both[second])
        limits = t.confidence_interval()
        assert len(both) == found.n >= 20
        assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


def test_right_for_the_right_reason_is_counted_from_the_rows(frames: dict[str, pd.DataFrame]) -> None:
    rows = scored(frames)
    failed = rows[(rows["y"] == 0) & rows["constraint"].notna()]
    named = failed.apply(lambda row: row["constraint"] in str(row["blockers"]).split(";"), axis=1)
    shares = named.groupby(failed["proposal_id"]).mean()
    found = figure(frames, "forecasts", "", "right blocker named")
    assert (found.value, found.n) == (pytest.approx(shares.mean()), len(shares))


def test_lab_against_production_is_that_of_scipy(frames: dict[str, pd.DataFrame]) -> None:
    lab = frames["current"].drop_duplicates("proposal_id").set_index("proposal_id")["proposal_value"] - BASELINE
    pairs = frames["outcomes"].assign(lab=frames["outcomes"]["proposal_id"].map(lab)).dropna(subset=["lab", "effect"])
    found = figure(frames, "lab against production", "pgr", "Spearman ρ of lab and production")
    assert found.n == len(pairs) > 100
    assert found.value == pytest.approx(stats.spearmanr(pairs["lab"], pairs["effect"]).statistic)
    change = figure(frames, "lab against production", "pgr", "mean change, production minus lab")
    t = stats.ttest_rel(pairs["effect"], pairs["lab"])
    limits = t.confidence_interval()
    assert (change.low, change.high) == pytest.approx((limits.low, limits.high))
    by_agent = frames["outcomes"][frames["outcomes"]["result"].isin(["survived", "failed"])]
    for agent, own in by_agent.groupby("agent"):
        counted = figure(frames, "survival", "agent", f"{agent}, as counted")
        assert (counted.value, counted.n) == (pytest.approx((own["result"] == "survived").mean()), len(own))


def test_the_aggregate_is_the_geometric_mean_of_odds(frames: dict[str, pd.DataFrame]) -> None:
    rows = scored(frames)
    clipped = rows["forecast"].clip(0.01, 0.99)
    odds = np.log(clipped / (1 - clipped)).groupby(rows["proposal_id"]).mean()
    y = rows.groupby("proposal_id")["y"].first()
    found = figure(frames, "aggregation", "geometric mean of odds", "Brier score")
    assert found.value == pytest.approx(brier_score_loss(y, 1 / (1 + np.exp(-odds))))
    assert figure(frames, "aggregation", "geometric mean of odds", "factor from the base rate").n == len(y)


def test_what_is_printed_has_every_figure_and_is_ascii_where_the_terminal_is(
    reviewed: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVIEWER_STORE", str(reviewed))
    assert main(["stats", "--everyone", "--json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert main(["stats", "--everyone"]) == 0
    printed = capfd.readouterr().out
    lines = printed.splitlines()
    for row in data["figures"]:
        assert any(line.startswith(f"  {row['name']} ") for line in lines) or row["reason"] in printed, row
    assert all(sentence["text"] in printed for sentence in data["sentences"])
    assert "Spearman ρ" in printed
    monkeypatch.setenv("LC_ALL", "C")
    assert main(["stats", "--everyone"]) == 0
    plain = capfd.readouterr().out
    assert plain.isascii()
    assert "\\" not in plain
    assert "Spearman rho" in plain


def test_a_viewer_is_told_nothing_of_others_on_what_they_have_not_judged(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reviewer.db"
    shutil.copy(reviewed, path)
    monkeypatch.setenv("REVIEWER_STORE", str(path))
    command = ("stats", "--reviewer", PEOPLE[3])
    before = run(capsys, *command), run(capsys, *command, "--json")
    store = Store(path)
    judged = {method_id for (method_id,) in store.connection().execute(
        "SELECT method_id FROM current_judgements j JOIN reviewers w ON w.id = j.reviewer_id "
        "WHERE w.name = ? AND verdict IS NOT NULL", (PEOPLE[3],))}  # fmt: skip
    other = at(build_session(store, PEOPLE[4]), 2)
    for method_id in set(range(1, 141)) - judged:
        give(other, method_id, 0.5, Verdict.FAILS)
    store.close()
    assert (run(capsys, *command), run(capsys, *command, "--json")) == before
    assert run(capsys, "stats", "--everyone") != before[0]


def of_outcomes(tmp_path: Path, n: int, monkeypatch: pytest.MonkeyPatch, *, alike: bool = False) -> Store:
    """A store in which kim forecast ``n`` proposals that ended, every third of which survived."""
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(1, n + 1)), name=f"of-{n}.db")
    give_all(build_session(store), [0.1 + 0.8 * ((i * 7) % 11) / 10 for i in range(n)])
    for method_id in range(1, n + 1):
        end(store, method_id, not alike and method_id % 3 == 0)
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    return store


@pytest.mark.parametrize(
    ("least", "name"),
    [(20, "log score"), (20, "skill"), (20, "base rate"), (50, "miscalibration (MCB)"), (100, "Cox slope")],
)
def test_a_figure_is_shown_from_its_threshold_on(
    tmp_path: Path, least: int, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for n, shown in ((least - 1, False), (least, True)):
        of_outcomes(tmp_path, n, monkeypatch).close()
        figures = json.loads(run(capsys, "stats", "--reviewer", "kim", "--json"))["figures"]
        (found,) = (one for one in figures if (one["section"], one["of"], one["name"]) == ("forecasts", "kim", name))
        assert (found["value"] is not None) is shown
        assert found["n"] == n
        of_kim = run(capsys, "stats", "--reviewer", "kim").split("forecasts of kim")[1].split("\n\n")[0].splitlines()
        assert any(line.startswith(f"  {name} ") for line in of_kim) is shown
        assert all(name not in line for line in of_kim if line.startswith("  —")) is shown
        assert sum(line.startswith("  —") for line in of_kim) <= 1
        if not shown:
            assert found["reason"].endswith(f"is shown from {least} outcomes on: 1 outcome is missing.")


def test_few_forecasts_are_listed_each_with_its_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of_outcomes(tmp_path, 3, monkeypatch).close()
    lines = run(capsys, "stats", "--reviewer", "kim").splitlines()
    assert [line for line in lines if "run-1/" in line] == [
        "   10 %  failed    run-1/p1", "   66 %  failed    run-1/p2", "   34 %  survived  run-1/p3",
    ]  # fmt: skip


def test_where_all_outcomes_are_alike_it_says_what_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of_outcomes(tmp_path, 20, monkeypatch, alike=True).close()
    out = run(capsys, "stats", "--reviewer", "kim")
    assert "Undefined: all outcomes agree, so that who knew nothing would have been right each time." in out
    assert "Nothing is shrunken: only one group has outcomes." in out
    assert "of no failed proposal it is said by which constraint" in out


def test_an_empty_store_one_reviewer_and_one_proposal_are_a_sentence_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = build_store(tmp_path)
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    assert run(capsys, "stats", "--everyone") == (
        "There is no problem in the store, so that nothing can be counted; `reviewer import PATH` brings one.\n"
    )
    assert json.loads(run(capsys, "stats", "--json"))["figures"] == []
    import_records(store, record("p1"))
    out = run(capsys, "stats", "--everyone")
    # The first says besides what agreement does not tell.
    assert out.count("No agreement: no reviews yet") == 2
    assert "agreement on verdict, current judgements; forecast, first judgements" in out
    assert "No score: there is no outcome to score." in out
    assert "No base rate: no proposal has an outcome that is survived or failed." in out
    assert "No figures: 0 proposals have both a lab value and a production effect" in out
    give(build_session(store), 1, 0.3)
    assert "No agreement: one reviewer alone has judged" in run(capsys, "stats", "--reviewer", "kim")
    give(build_session(store, "noor"), 1, 0.4)
    out = run(capsys, "stats", "--reviewer", "kim")
    assert "No α: 1 proposal has two reviews or more, and it needs 10; 9 are missing." in out
    assert "Nobody is named" in run(capsys, "stats")
    assert "lee has given no verdict here yet" in run(capsys, "stats", "--reviewer", "lee")


def test_on_a_narrow_terminal_the_method_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of_outcomes(tmp_path, 20, monkeypatch).close()
    monkeypatch.setattr("reviewer.cli.terminal.width_of_terminal", lambda: 80)
    lines = run(capsys, "stats", "--reviewer", "kim").splitlines()
    assert max(map(len, lines)) <= 80
    place = next(i for i, line in enumerate(lines) if line.startswith("  Brier score "))
    assert lines[place + 1].startswith("      mean over outcomes of")


def test_what_was_held_in_the_end_is_scored_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = of_outcomes(tmp_path, 20, monkeypatch)
    kim = build_session(store)
    with store.write() as connection:
        connection.execute("UPDATE current_outcomes SET first_at = '2027-01-01T00:00:00.000Z'")
    look(at(kim, 1), 1)
    act(at(kim, 2), 1, Act.FORECAST, judging.set_forecast(0.99))
    store.close()
    by_default = run(capsys, "stats", "--reviewer", "kim")
    in_the_end = run(capsys, "stats", "--reviewer", "kim", "--after-claude")
    assert "1 forecast given after Claude's questions is not scored; `reviewer stats --after-claude` scores it." in (
        by_default.replace("\n    ", " ")
    )
    assert "1 forecast given after Claude's questions is scored, as --after-claude asks." in in_the_end
    pages = [run(capsys, "report", "--reviewer", "kim", *more) for more in ((), ("--after-claude",))]
    sentence = "1 forecast given after Claude's questions is"
    assert [f"{sentence} not scored" in page for page in pages] == [True, False]
    assert [f"{sentence} scored, as --after-claude asks" in page for page in pages] == [False, True]
    data = [
        json.loads(run(capsys, "stats", "--reviewer", "kim", "--json", *more)) for more in ((), ("--after-claude",))
    ]
    assert [each["after_claude"] for each in data] == [False, True]
    scores = [
        next(f["value"] for f in each["figures"] if (f["of"], f["name"]) == ("kim", "Brier score")) for each in data
    ]
    assert scores[0] != scores[1]
    assert {f["section"] for f in data[0]["figures"]} >= {"critiques"}


def test_a_problem_that_is_not_there_is_refused(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--problem", "none"]) == 2
    assert "There is no problem 'none'" in capsys.readouterr().err
