"""``reviewer checks``: the rules with their counts, what one of them asks, and that what waits is checked first."""

import json
import os
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks.registry import BY_ID
from tests.builders import build_store, measured, record


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    store = build_store(
        tmp_path,
        record("b1", Role.BASELINE, measurements=(measured(0.2, n_seeds=4, standard_error=0.05),)),
        record("p1", measurements=(measured(0.3, n_seeds=3, standard_error=0.1),), title="An \x1b[31midea"),
        record("p2", measurements=(measured(0.3, n_seeds=8, standard_error=0.1),)),
    )
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    return store.path


def checks(capsys: pytest.CaptureFixture[str], *options: str, status: int = 0) -> tuple[str, str]:
    found = main(["checks", *options])
    out, err = capsys.readouterr()
    assert found == status, out + err
    return out, err


@pytest.mark.usefixtures("path")
def test_every_rule_is_listed_with_its_level_count_and_thresholds(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = checks(capsys)
    lines = out.splitlines()
    assert lines.pop(0).split() == ["rule", "level", "proposals", "baselines", "asks", "about"]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(BY_ID)
    (few,) = [line for line in lines if line.startswith("few-seeds ")]
    assert few.split() == ["few-seeds", "ask", "1", "1", "few", "seeds"]
    assert "seeds = 5  (the rule of the study's own tool; Henderson et al. 2018 find 5 unsafe already)" in out


def test_thresholds_and_rules_that_are_off_follow_the_config(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.with_name("config.toml").write_text("[checks]\nfew-seeds.seeds = 9\nno-baseline = false\n")
    listed = {r["id"]: r for r in json.loads(checks(capsys, "--json")[0])}
    assert (listed["few-seeds"]["proposals"], listed["few-seeds"]["baselines"]) == (2, 1)
    assert listed["few-seeds"]["thresholds"] == [{"name": "seeds", "value": 9, "source": "the config"}]
    assert listed["few-seeds"]["level"] == "ask"
    assert (listed["no-baseline"]["on"], listed["no-baseline"]["proposals"]) == (False, 0)
    out, _ = checks(capsys)
    assert "seeds = 9  (the config)" in out
    assert next(line for line in out.splitlines() if line.startswith("no-baseline")).split()[4] == "off"
    path.with_name("config.toml").unlink()
    listed = {r["id"]: r for r in json.loads(checks(capsys, "--json")[0])}
    assert listed["few-seeds"]["proposals"] == 1


@pytest.mark.usefixtures("path")
def test_what_one_rule_asks_is_listed_by_method(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = checks(capsys, "--rule", "few-seeds")
    lines = out.splitlines()
    assert lines[:3] == [
        "few-seeds (ask): few seeds",
        "  seeds = 5  (the rule of the study's own tool; Henderson et al. 2018 find 5 unsafe already)",
        "  In the config, under [checks]: few-seeds.seeds = 5, few-seeds = false",
    ]
    assert len(lines) == 7
    assert lines[3] == "baseline: run-1/b1  Title of b1"
    assert lines[5] == "run-1/p1  An ␛[31midea"
    assert lines[6] == "    PGR on chat: 3 seeds, and fewer than 5 are unsafe; would it hold with more?"
    found = json.loads(checks(capsys, "--rule", "few-seeds", "--json")[0])
    assert [(m["external_id"], m["role"], m["numbers"]["seeds"]) for m in found] == [
        ("b1", "baseline", 4), ("p1", "proposal", 3)]  # fmt: skip
    assert found[0]["problem"] == "weak_to_strong"
    assert checks(capsys, "--rule", "synthetic")[0].endswith(
        "\nsynthetic has no question about anything in the store.\n"
    )


@pytest.mark.usefixtures("path")
def test_a_problem_or_rule_that_there_is_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no problem 'w2s'; the store has weak_to_strong." in checks(capsys, "--problem", "w2s", status=2)[1]
    assert "no rule 'few-seed'. Did you mean 'few-seeds'?" in checks(capsys, "--rule", "few-seed", status=2)[1]
    assert checks(capsys, "--problem", "weak_to_strong") == checks(capsys)


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = checks(capsys, "--store", str(tmp_path / "none.db"), status=2)
    assert "There is no store at" in err
    assert not (tmp_path / "none.db").exists()


def test_a_store_that_may_only_be_read_is_told_to_wait(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    out, err = checks(capsys)
    assert "3 methods wait to be checked, in a store that may only be read." in err
    assert next(line for line in out.splitlines() if line.startswith("few-seeds")).split()[2] == "0"
    monkeypatch.setattr("reviewer.workflow.checking.Checking.waiting", lambda _: 1)
    assert "1 method waits to be checked" in checks(capsys)[1]
