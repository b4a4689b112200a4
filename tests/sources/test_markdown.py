from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, UnknownFields
from reviewer.domain.vocabulary import Basis, Bound, Origin, Role, Setting
from reviewer.sources import markdown, registry
from reviewer.sources.files import head_of
from reviewer.store.prepared import prepare

from .reading import Records, read_all
from .truncation import CUT_OFF, is_never_misread

YAML = """---
title: EM posterior
role: proposal
agent: agent-4
parent: vanilla
problem: weak-to-strong
hypothesis: Weak labels are a noisy channel.
claims: [it scales, it is cheap]
created: 2026-03-01 12:00
measurements:
  - {metric: pgr, dataset: chat, setting: lab, value: 0.78, standard_error: 0.02, n_seeds: 5}
  - metric: accuracy
    dataset: chat
    seeds:
      - {seed: 42, value: 0.9}
      - {seed: 43, value: 0.8}
---

# The channel

The posterior is *soft*.
"""
TOML = """+++
title = "EM posterior"
type = "proposal"
agent = "agent-4"
parent = "vanilla"
problem = "weak-to-strong"
hypothesis = "Weak labels are a noisy channel."
claims = ["it scales", "it is cheap"]
created_at = "2026-03-01 12:00"

[[measurements]]
metric = "pgr"
dataset = "chat"
setting = "lab"
value = 0.78
standard_error = 0.02
n_seeds = 5

[[measurements]]
metric = "accuracy"
dataset = "chat"
seeds = [{seed = 42, value = 0.9}, {seed = 43, value = 0.8}]
+++

# The channel

The posterior is *soft*.
"""


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read_text(tmp_path: Path, text: str | bytes) -> Records:
    return read_all(written(tmp_path / "file.md", text), format_name="markdown")


def read_fields(tmp_path: Path, fields: str, text: str = "Words.\n") -> MethodRecord:
    found = read_text(tmp_path, f"---\n{fields}\n---\n\n{text}")
    assert not found.rejects
    (method,) = found.methods
    return method


def reason_of(tmp_path: Path, fields: str) -> str:
    found = read_text(tmp_path, f"---\n{fields}\n---\n")
    assert not found.methods
    (reject,) = found.rejects
    assert reject.raw
    return reject.reason


def test_the_fields_are_those_of_our_own_format(tmp_path: Path) -> None:
    (method,) = read_text(tmp_path, YAML).methods
    assert method._replace(provenance=method.provenance._replace(file="", sha256=""), measurements=(), raw=None) == (
        MethodRecord(
            namespace="local",
            external_id="em-posterior-agent-4",
            role=Role.PROPOSAL,
            title="EM posterior",
            problem="weak-to-strong",
            provenance=method.provenance._replace(file="", sha256=""),
            origin=Origin.AGENT,
            agent="agent-4",
            parent="vanilla",
            hypothesis="Weak labels are a noisy channel.",
            body="# The channel\n\nThe posterior is *soft*.",
            claims=("it scales", "it is cheap"),
            created_at="2026-03-01 12:00",
        )
    )
    pgr, accuracy = method.measurements
    assert (pgr.value, pgr.standard_error, pgr.n_seeds, pgr.setting) == (0.78, 0.02, 5, Setting.LAB)
    assert [(s.seed, s.value) for s in accuracy.seeds] == [(42, 0.9), (43, 0.8)]
    assert accuracy.setting is Setting.UNKNOWN
    assert method.raw["text"].startswith("# The channel")
    assert method.raw["front_matter"]["created"] == "2026-03-01 12:00"


def test_toml_says_the_same_as_yaml(tmp_path: Path) -> None:
    (yaml,), (toml,) = read_text(tmp_path, YAML).methods, read_text(tmp_path, TOML).methods
    assert yaml.revision_hash() == toml.revision_hash()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bom_and_other_line_ends_change_nothing(tmp_path: Path, mark: bytes) -> None:
    expected = read_text(tmp_path, YAML).methods[0].revision_hash()
    other = written(tmp_path / "other.md", mark + YAML.replace("\n", "\r\n").encode())
    assert markdown.recognise(head_of(other))
    assert read_all(other).methods[0].revision_hash() == expected


@pytest.mark.parametrize(
    ("fields", "attribute", "value"),
    [
        ("title: A\nid: 007", "external_id", "007"),
        ("title: A\nid: 1e10", "external_id", "1e10"),
        ("title: A\nagent: no", "agent", "no"),
        ("title: A\ndate: 2026-03-01", "created_at", "2026-03-01"),
        ("title: A\nparent: null", "parent", ""),
        ("title: A\nagent: ~", "agent", ""),
        ("Title: A\nCreated-At: 2026", "created_at", "2026"),
        ("title: A\nrole: Baseline", "role", Role.BASELINE),
        ("title: A\nrole: Baseline", "origin", Origin.HUMAN),
        ("title: A\ntype: reference\nbound: floor", "bound", Bound.FLOOR),
        ("title: A\nrun: run-7", "namespace", "run-7"),
        ("title: A\nclaims: one", "claims", ("one",)),
        ("title: A\ntags: [x, y z]", "body", "Words.\n\nTags: x, y z"),
        ("agent: x", "title", "x"),
        ("title: Überblick, (α) 2", "external_id", "überblick-α-2"),
    ],
)
def test_what_a_field_becomes(tmp_path: Path, fields: str, attribute: str, value: object) -> None:
    if attribute == "title":
        assert read_fields(tmp_path, fields, "```\n# code\n```\nA heading\n---\n# Another\n").title == "A heading"
    else:
        assert getattr(read_fields(tmp_path, fields), attribute) == value


def test_a_title_without_letters_and_a_long_one_make_an_id_too(tmp_path: Path) -> None:
    ids = [read_fields(tmp_path, f"title: '{title}'").external_id for title in ("???", "!!!", "a " * 90, "a " * 91)]
    assert len(set(ids)) == 4
    assert all(len(id_) < 100 for id_ in ids)


def test_metrics_are_measurements_on_the_dataset_beside_them(tmp_path: Path) -> None:
    fields = "title: A\ndataset: chat\nmetrics:\n  pgr: 0.7\n  loss: {value: 2.5, n_seeds: 3}\n  bad: .nan"
    pgr, loss, bad = read_fields(tmp_path, fields).measurements
    assert (pgr.metric, pgr.dataset, pgr.value, pgr.basis) == ("pgr", "chat", 0.7, Basis.CLAIMED)
    assert (loss.value, loss.n_seeds) == (2.5, 3)
    assert (bad.value, bad.missing) == (None, "NaN in the file")
    assert read_fields(tmp_path, "title: A\nmetrics: {pgr: -1e-3}").measurements[0][:3] == ("pgr", "unknown", -0.001)


def test_a_problem_in_words_becomes_a_name_and_keeps_the_words(tmp_path: Path) -> None:
    found = read_text(tmp_path, "---\ntitle: A\nproblem: Weak to strong, again\n---\n")
    assert [(p.slug, p.title, p.authoritative) for p in found.problems] == [
        ("weak-to-strong-again", "Weak to strong, again", False)
    ]
    assert found.methods[0].problem == "weak-to-strong-again"
    assert not read_text(tmp_path, YAML).problems


def test_a_file_that_names_no_problem_is_of_the_one_that_the_person_gave(tmp_path: Path) -> None:
    path = written(tmp_path / "file.md", "---\ntitle: A\n---\n")
    assert read_all(path, problem="p").methods[0].problem == "p"
    assert read_all(path).methods[0].problem == "markdown"
    assert read_all(written(path, YAML), problem="p").methods[0].problem == "weak-to-strong"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("title: a\ntitle: b", "the front matter is no YAML that can be read: 'title' stands twice (line 2)"),
        ("title: [a", "the front matter is no YAML that can be read: "),
        ("title: *a", "an alias (*) is not read; write it out"),
        ("title: &a x\nid: *a", "an alias (*) is not read; write it out"),
        ("title: !!python/object:os.system x", "the tag tag:yaml.org,2002:python/object:os.system is not read"),
        ("title: !!int '3'", "the tag tag:yaml.org,2002:int is not read"),
        ("? [a, b]\n: c", "a name has to be text"),
        ("title: " + "[" * 30 + "]" * 30, "it is nested more than 30 levels deep (line 1)"),
        ("title: " + "[" * 9000 + "]" * 9000, "it is nested more than 30 levels deep (line 1)"),
        ("title: a\ntags: [[b]]", "tags: must be words, not a list"),
        ("title: a\x07", "it holds characters that YAML does not allow"),
        ("just words", "the front matter has no fields; a field is a line such as title: …"),
        ("", "the front matter has no fields; a field is a line such as title: …"),
        ("type: post\ntitle: a", "type: 'post' is none of proposal, baseline, reference"),
        ("role: proposal\ntype: baseline\ntitle: a", "type: says the same as role; leave one out"),
        ("agent: a", "title: is missing, and so is a heading to take one from"),
        ("title: [a]", "title: must be text, not a list"),
        ("title: a\nmethod: {b: c}", "method: must be text, not an object"),
        ("title: a\nproblem: [b]", "problem: must be text, not a list"),
        ("title: a\ndataset: [b]\nmetrics: {m: 1}", "measurements[0].dataset: must be text, not a list"),
        ("title: a\nagent: [b]", "agent: must be text, not a list"),
        ("title: a\nmetrics: 3", "metrics: must name each metric with its value, not the text '3'"),
        ("title: a\nmetrics: {pgr: high}", "metrics.pgr: must be a number, not the text 'high'"),
        ("title: a\nmeasurements: none", "measurements: must be a list, not the text 'none'"),
        ("title: a\nmeasurements: [{metric: m, value: high}]", "measurements[0].value: must be a number, not the text"),
        ("title: a\nmeasurements: [{value: 1}]", "measurements[0].metric: is missing"),
        ("title: a\nmeasurements: [3]", "measurements[0]: must be an object in braces"),
        ("title: a\norigin: martian", "origin: must be 'agent', 'human' or 'unknown'"),
        ("title: " + "a" * 1001, "title: is longer than 1,000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, fields: str, reason: str) -> None:
    assert reason in reason_of(tmp_path, fields)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"---\ntitle: a\n", "has no front matter, or that has no end"),
        (b"# Hello\n", "has no front matter"),
        (b"---\ntitle: caf\xe9\n---\n", "is not valid UTF-8: byte 15 is 0xe9"),
        (b"+++\ntitle = " + b"[" * 9000 + b"]" * 9000 + b"\n+++\n", "the front matter "),
        (b"+++\ntitle = a\n+++\n", "the front matter is no TOML that can be read: "),
        (b"+++\nx = " + b"9" * 5000 + b"\n+++\n", "the front matter is no TOML that can be read: "),
        (b"+++\ntitle = 'a'\nx = 0x" + b"f" * 5000 + b"\n+++\n", "the front matter "),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(tmp_path: Path, text: bytes, reason: str) -> None:
    (reject,) = read_text(tmp_path, text).rejects
    assert reject.reason.startswith(reason)


def test_a_lone_surrogate_is_replaced_and_told(tmp_path: Path) -> None:
    method = read_fields(tmp_path, 'title: "a\\ud800b"')
    assert method.title == "a\ufffdb"
    assert "surrogates" in method.provenance.place
    prepare(method)


def test_fields_that_the_format_does_not_know_are_kept_and_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, "---\ntitle: A\nmood: good\nhypotesis: x\n---\n")
    assert found.methods[0].raw["front_matter"]["mood"] == "good"
    (told,) = [r for r in found if isinstance(r, UnknownFields)]
    assert told.names == (("hypotesis", 1), ("mood", 1))
    assert "hypothesis" in told.known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "ideas"
    written(root / "README.md", "# What this is\n")
    written(root / "post.md", "---\nlayout: page\n---\n# Hello\n")
    written(root / "settings.yaml", "---\ntitle: settings\nrun: fast\n")
    written(root / "notes.txt", "nothing")
    written(root / "vanilla.md", "---\ntitle: Vanilla weak-to-strong\nrole: baseline\n---\nText.\n")
    written(root / "a" / "proposal.md", "---\ntitle: First\nparent: vanilla\n---\nText.\n")
    written(root / "b" / "proposal.md", "---\ntitle: Second\nparent: First\n---\nText.\n")
    written(root / "c" / "proposal.md", "---\ntitle: Third\nid: exp3\nparent: proposal\n---\nText.\n")
    written(root / "d" / "proposal.md", "---\ntitle: Fourth\nparent: Third\n---\nText.\n")
    return root


def test_a_folder_is_read_whole_and_what_is_no_such_file_passed_over(folder: Path) -> None:
    planned = registry.planned(folder)
    assert [p.source for p in planned.plans] == ["markdown"]
    assert [f.name for f in planned.unknown] == ["README.md", "notes.txt", "post.md", "settings.yaml"]
    assert [f.relative_to(folder).as_posix() for f in planned.plans[0].files] == [
        "vanilla.md", "a/proposal.md", "b/proposal.md", "c/proposal.md", "d/proposal.md",
    ]  # fmt: skip


def test_a_parent_goes_by_its_id_its_title_or_its_files_name(folder: Path) -> None:
    assert {m.external_id: m.parent for m in read_all(folder).methods} == {
        "vanilla-weak-to-strong": "",
        "first": "vanilla-weak-to-strong",
        "second": "first",
        "exp3": "proposal",  # four files have that name
        "fourth": "exp3",
    }


def test_two_files_that_say_other_things_under_one_title_are_not_made_one(folder: Path) -> None:
    written(folder / "e.md", "---\ntitle: First\n---\nSomething else.\n")
    written(folder / "f.md", "---\ntitle: Vanilla weak-to-strong\nrole: baseline\n---\nText.\n")
    found = read_all(folder)
    (reject,) = found.rejects
    assert reject.file.endswith("proposal.md")
    assert "has the same id as" in reject.reason
    assert {m.external_id for m in found.methods} >= {"first", "vanilla-weak-to-strong"}


def test_the_same_files_in_another_folder_are_the_same(folder: Path, tmp_path: Path) -> None:
    def said(root: Path) -> list[tuple[str, str, str]]:
        return [(m.namespace, m.external_id, m.revision_hash()) for m in read_all(root).methods]

    before = said(folder)
    assert before == said(folder.rename(tmp_path / "elsewhere"))


def test_a_folder_without_any_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file in it begins with front matter"):
        read_all(tmp_path, format_name="markdown")


@pytest.mark.parametrize("text", [YAML, TOML])
def test_a_file_cut_off_anywhere_is_never_misread(tmp_path: Path, text: str) -> None:
    """Nobody can tell where a text was to end; of everything else all is there, or nothing is read."""
    path = written(tmp_path / "file.md", text)
    assert is_never_misread(path, format_name="markdown", same=lambda m: m._replace(body="", raw=None)[:5]) > 0
    path.write_text(text.rstrip("\n"))
    assert CUT_OFF in read_all(path).methods[0].provenance.place


def test_the_example_is_such_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "x.md", markdown.SOURCE.example)
    assert [f.source.name for f in registry.recognise(path).found] == ["markdown"]
    assert len(read_all(path).methods) == 1


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["id", "type", "agent", "parent", "problem", "claims", "measurements", "metrics", "dataset", "tags", "created",
     "self_scores", "reviews", "bound", "other"]
)  # fmt: skip


@given(fields=st.dictionaries(names, values, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_fields_hold_the_file_is_a_record_or_a_reject(tmp_path: Path, fields: dict[str, Any]) -> None:
    import json

    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in fields.items())
    found = read_text(tmp_path, f"---\ntitle: A\n{lines}---\nText.\n")
    assert len(found.methods) + len(found.rejects) == 1
    for method in found.methods:
        prepare(method)


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_are_the_file_is_a_record_or_a_reject(tmp_path: Path, data: bytes) -> None:
    for start in (b"---\ntitle: A\n", b"+++\ntitle = 'A'\n"):
        found = read_text(tmp_path, start + data + b"\n" + start[:4] + b"Text.\n")
        assert len(found.methods) + len(found.rejects) == 1
        for method in found.methods:
            prepare(method)


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ("agent: Bot 7", "same-bot-7"),
        ("run: r1", "same-r1"),
        ("agent: a\nrun: r1", "same-a"),
        ("", "same"),
    ],
)
def test_an_id_made_of_a_title_has_its_agent_or_run_behind_it(fields: str, id_: str, tmp_path: Path) -> None:
    assert read_fields(tmp_path, f"title: Same\n{fields}").external_id == id_
