import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError, UserError
from reviewer.sources import native, registry
from reviewer.sources.contract import Head, Stated
from reviewer.sources.files import readable_head

from .aar_cache_fixture import build_cache
from .aar_server_fixture import build_server_database, findings_as_json
from .reading import read_all
from .truncation import is_never_misread

LINE = json.dumps({"type": "proposal", "id": "a", "title": "A", "problem": "p"})


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder as a fleet of agents leaves it behind: everything in it, and much that is none of our business."""
    root = tmp_path / "release"
    build_cache(root / "cache_results")
    build_server_database(root / "experiments.db")
    for finding in findings_as_json():
        path = root / "shared_findings" / f"{finding['id']}_x.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(finding))
    (root / "notes.txt").write_text(LINE)
    (root / "README.md").write_text("# Release")
    (root / "picture.png").write_bytes(b"\x89PNG\r\n\x00\x00")
    (root / ".git").mkdir()
    (root / ".git" / "hidden.jsonl").write_text(LINE)
    (root / "cache_results" / "Idea.md").write_text("## Ideas")
    return root


def test_a_release_is_found_whole_and_each_thing_once(release: Path) -> None:
    found = {(f.source.name, f.path) for f in registry.recognise(release).found}
    assert found == {
        ("aar-db", release / "experiments.db"),
        ("native", release / "notes.txt"),
        ("aar-cache", release),
        ("aar-findings", release),
    }
    plans = {p.source: p for p in registry.planned(release).plans}
    assert len(plans["aar-cache"].files) == 41
    assert len(plans["aar-findings"].files) == len(findings_as_json())


def test_files_of_no_format_are_passed_over_but_not_what_a_source_has_beside_its_own(release: Path) -> None:
    for name in ("experiments.db-wal", "shared_findings/index.json", ".DS_Store"):
        (release / name).write_bytes(b"\xff\xfe")
    (release / "shared_findings" / "999_broken.json").write_bytes(b"")
    seeds = next(release.glob("cache_results/*/*/seed_*.json")).parent
    (seeds / "seed_99.json").write_bytes(b"")
    (seeds / "summary.json").write_bytes(b"")
    (release / "empty.jsonl").touch()
    names = ["README.md", "empty.jsonl", "picture.png", "cache_results/Idea.md"]
    assert registry.planned(release)[1:] == (tuple(release / name for name in names), (), (), (), (), ())
    assert registry.planned(release, format_name="aar-cache").unknown == ()


def test_each_file_of_a_folder_is_looked_at_once(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def noted(path: Path) -> Head | None:
        opened.append(path)
        return readable_head(path)

    monkeypatch.setattr("reviewer.sources.registry.readable_head", noted)
    planned = registry.planned(release)
    assert len(opened) == len(set(opened))
    assert set(planned.unknown) < set(opened)


def test_one_baseline_seen_three_times_is_one_method_in_parts(release: Path) -> None:
    records = read_all(release)
    assert not records.rejects
    seen = [m for m in records.methods if m.external_id == "ue_zeroshot"]
    assert {(m.namespace, m.title) for m in seen} == {("aar-study", "Zero-shot unsupervised elicitation")}
    assert sorted({m.part for m in seen}) == ["cache:chat", "finding:chat"]
    hashes = {(m.part, m.revision_hash()) for m in seen}
    assert len(hashes) == 2


def test_by_name_lists_what_there_is() -> None:
    assert registry.by_name("native").name == "native"
    every = ", ".join(source.name for source in registry.SOURCES)
    with pytest.raises(UserError, match=f"no format 'none-such'; the formats are {every}, and `reviewer sources` says"):
        registry.by_name("none-such")


@pytest.mark.parametrize("content", [b"# Some notes\n", b'{"a": 1}', b"\x7fELF\x02\x00\x00\x01"])
def test_a_file_of_no_format_is_told_with_all_the_formats_that_there_are(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        registry.recognise(path)
    for source in registry.SOURCES:
        assert source.name in str(caught.value)
    assert "`reviewer sources`" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"  \n\n", "holds nothing but blanks"),
        (b"\x7fELF\x02\x00\x00\x01", "is binary data of no known format"),
        (b"PK\x03\x04rest", "is a ZIP archive of no known format; unpack it"),
        ("{}".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (b"---\ntitle: a text whose fields have no end\n", "is text of no known format"),
        (b"caf\xe9\n", "is text that is not UTF-8: byte 4 is 0xe9; save it as UTF-8"),
        (b"---\n\n***\n", "is text of no known format"),
        (b'{"a": 1, "b": 2}', r"is JSON of no known format \(its first object has 'a', 'b'\)"),
        (b'{"a": 1}\n{"a": 2}\n', "is JSON of no known format"),
        (b'{"a": 1', "looks like JSON but is not JSON"),
        (b'{"a": "\xff"}', "looks like JSON but is not valid UTF-8: byte 8"),
        (b"[" * 100_000, "is JSON of no known format"),
        (b"[" * 60_000, "looks like JSON but is nested more than 100 levels deep"),
        (b"SQLite format 3\x00" + b"\xff" * 200, "begins like a SQLite database but cannot be read as one"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=sentence) as caught:
        registry.recognise(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.endswith(".")
    assert "\n" not in message


def test_a_missing_path_an_empty_folder_and_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file or folder"):
        registry.recognise(tmp_path / "none")
    with pytest.raises(SourceError, match="the folder holds no file; the formats are aar-db, native,"):
        registry.recognise(tmp_path)
    (tmp_path / "README.md").write_text("# Hello")
    (tmp_path / "notes.md").write_text("# Hello")
    with pytest.raises(SourceError, match="holds 2 files, none of which any format fits"):
        registry.recognise(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="is neither a file nor a folder"):
        registry.recognise(pipe)
    with pytest.raises(SourceError, match="2 files"):
        registry.recognise(tmp_path)


def test_a_path_with_a_nul_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="check the path"):
        registry.recognise(tmp_path / "a\x00b")


def test_a_link_back_up_makes_no_endless_walk(release: Path) -> None:
    (release / "loop").symlink_to(release, target_is_directory=True)
    assert len(registry.recognise(release).found) == 4


def test_pydantic_is_loaded_only_when_our_own_format_is_read(tmp_path: Path) -> None:
    path = build_server_database(tmp_path / "server.db")
    code = (
        "import sys; from pathlib import Path; from reviewer.sources import registry;"
        "list(map(list, map(registry.read, registry.planned(Path(sys.argv[1])).plans)));"
        "print('pydantic' in sys.modules or 'pydantic_core' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_baselines_are_told_only_by_fields_that_a_format_has(release: Path) -> None:
    with pytest.raises(UserError, match="the format native has no field 'model' to tell baselines by"):
        registry.planned(release / "notes.txt", stated=Stated(baseline=(("model", "gpt-4"),)))


def test_what_is_stated_reaches_the_plan_whatever_the_format(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowing = replace(native.SOURCE, baseline_fields=("agent",))
    monkeypatch.setattr(registry, "SOURCES", (knowing,))
    stated = Stated(baseline=(("agent", "human"),))
    assert [p.stated for p in registry.planned(release / "notes.txt", stated=stated).plans] == [stated]


def test_a_source_of_nearly_any_text_is_tried_on_named_files_alone(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_text = replace(native.SOURCE, name="any", recognise=lambda _: True, only_named=True)
    monkeypatch.setattr(registry, "SOURCES", (any_text, native.SOURCE))
    assert [f.source.name for f in registry.recognise(release / "README.md").found] == ["any"]
    assert [f.source.name for f in registry.recognise(release / "notes.txt").found] == ["native"]
    assert {f.source.name for f in registry.recognise(release).found} == {"native"}


def test_lines_of_our_own_format_are_never_misread(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(
        LINE + "\n" + json.dumps({"type": "remark", "id": "r", "kind": "insight", "text": "Ä", "problem": "p"})
    )
    assert is_never_misread(path) > 0
