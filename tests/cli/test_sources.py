"""``reviewer sources``: every format with what becomes of it, in the list and whole."""

import json

import pytest

from reviewer.cli.main import main
from reviewer.sources import registry
from reviewer.sources.contract import Source


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_the_list_has_every_format_with_its_parts_in_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    entries = captured.out.split("\n\n")
    for source in registry.SOURCES:
        (entry,) = [each for each in entries if each.startswith(f"{source.name}: ")]
        labels = [line[2:13].strip() for line in entry.splitlines() if line[2:3].strip()]
        assert [label for label in labels if label in ("a file", "becomes", "example", "can't know")] == [
            "a file", "becomes", "example", "can't know"
        ]  # fmt: skip
        assert source.fields[0].field in entry
    assert max(map(len, captured.out.splitlines()[:-1])) <= 80
    assert "`reviewer import --explain FILE`" in entries[-1]


@pytest.mark.parametrize("source", registry.SOURCES, ids=lambda source: source.name)
def test_one_format_is_told_whole(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", source.name]) == 0
    out = capsys.readouterr().out
    flowing = " ".join(out.split())
    assert " ".join(source.sign.split()) in flowing
    for field, becomes in source.fields:
        assert f"{field} → {becomes}" in flowing
    for unknown in source.cannot_know:
        assert unknown in flowing
    for line in source.example.splitlines():
        assert f"  {line}".rstrip() in out.splitlines()


def test_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "--json"]) == 0
    formats = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in formats} >= {source.name for source in registry.SOURCES}
    (native,) = [each for each in formats if each["name"] == "native"]
    assert native["package"] is None
    assert {"field": "parent, rerun_of", "becomes": "the method that it comes from, or of which it is another run"} in (
        native["fields"]
    )
    assert main(["sources", "native", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [native]


def test_a_format_that_there_is_not_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "natif"]) == 2
    assert "There is no format 'natif'; the formats are aar-db, native" in capsys.readouterr().err
