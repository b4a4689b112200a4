from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import registry, report_text
from reviewer.sources.files import head_of

from .reading import read_all
from .truncation import CUT_OFF, is_never_misread

REPORT = "A preface.\n\n# EM posterior over weak labels\n\nThe teacher is a noisy channel; accuracy 0.93.\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "report.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_text_that_the_person_names_is_one_proposal(tmp_path: Path) -> None:
    (method,) = read_all(written(tmp_path, REPORT)).methods
    assert method.external_id == "em-posterior-over-weak-labels"
    assert (method.title, method.body) == ("EM posterior over weak labels", REPORT.strip())
    assert (method.role, method.origin, method.agent) == (Role.PROPOSAL, Origin.UNKNOWN, "")
    assert method.measurements == ()
    assert (method.namespace, method.problem, method.raw) == ("local", "report", REPORT)
    assert read_all(tmp_path / "report.md", problem="p").methods[0].problem == "p"


def test_no_text_is_taken_from_a_folder(tmp_path: Path) -> None:
    written(tmp_path, REPORT)
    with pytest.raises(SourceError, match="one file, which no format fits"):
        registry.recognise(tmp_path)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A first line.\nA second.\n", "A first line."),
        ("\n\n  \n**A bold line**\n", "A bold line"),
        ("A title\n=======\n\nText.\n", "A title"),
        ("---\n\nAfter a rule.\n\n---\n", "After a rule."),
        ("```\n# no heading\n```\n\n## A heading ##\n", "A heading"),
        ("# A heading#\n", "A heading#"),
        ("#   A # heading  #  \n", "A # heading"),
        ("x" * 300, "x" * 199 + "…"),
        ("One, two, three.\nFour and five.\n", "One, two, three."),
        ("Dear all,\nthis is it.\n", "Dear all,"),
        ("Well, yes.\nOr, no.\nAnd so on, and on, as I said.\nSo, there.\n", "Well, yes."),
    ],
)
def test_the_title_is_the_first_heading_or_the_first_line(tmp_path: Path, text: str, title: str) -> None:
    path = written(tmp_path, text)
    assert [f.source.name for f in registry.recognise(path).found] == ["report"]
    assert read_all(path).methods[0].title == title


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n",
        'name,said\nkim,"well, yes"\nmax,no\n',
        'id,title,text\n1,a,"one,\n\ntwo"\n2,b,x\n3,c\n4,d,y\n5,e,z\n',
        "id,title,text\n" + '1,a,"words, and more"\n' * 2000,
        "a;b;c\n1;2;3\n",
        "method|kind|idea|acc\na|baseline|x|0.5\nb|proposal|y|0.6\n",
        "name\tvalue\na\t1\n",
        "---\ntitle: a text whose fields have no end\n",
        "***\n\n---\n",
        '["a"]',
        "",
    ],
)
def test_what_looks_like_something_else_is_none(tmp_path: Path, text: str) -> None:
    assert not report_text.recognise(head_of(written(tmp_path, text)))


def test_line_ends_and_a_mark_change_nothing(tmp_path: Path) -> None:
    expected = read_all(written(tmp_path, REPORT)).methods[0].revision_hash()
    other = b"\xef\xbb\xbf" + REPORT.replace("\n", "\r\n").encode()
    assert read_all(written(tmp_path, other)).methods[0].revision_hash() == expected


def test_a_letter_across_the_end_of_the_head_is_no_fault(tmp_path: Path) -> None:
    for shift in range(3):
        path = written(tmp_path, "# A\n" + "x" * shift + "€" * 30_000)
        assert report_text.recognise(head_of(path))
        assert len(read_all(path).methods) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"x" * 70_000 + b"\xff\n", "is not valid UTF-8: byte 70001 is 0xff; save it as UTF-8"),
        (b"x\n" * 2_500_001, r"is longer than 5,000,000 characters; cut it"),
    ],
    ids=["no UTF-8", "long"],  # pytest would name them by what they hold
)
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path, text: bytes, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_all(written(tmp_path, text))
    with pytest.raises(SourceError, match="has no line with a letter"):
        read_all(written(tmp_path, "***\n"), format_name="report")


def test_a_text_cut_off_anywhere_says_so_or_is_shorter(tmp_path: Path) -> None:
    path = written(tmp_path, "# A title\n\nWords,\nand more.\n")
    assert is_never_misread(path, same=lambda m: m.title) > 0
    path.write_text("# A title\n\nWor")
    assert CUT_OFF in read_all(path).methods[0].provenance.place


def test_the_example_is_such_a_text(tmp_path: Path) -> None:
    assert report_text.recognise(head_of(written(tmp_path, report_text.SOURCE.example)))


@pytest.mark.parametrize("name", ["train.py", "config.toml", "run.log", "page.html"])
def test_what_is_not_named_like_a_text_is_read_as_one_only_where_that_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("# A title\n\nWords.\n")
    with pytest.raises(SourceError, match="is text of no known format"):
        read_all(path)
    assert read_all(path, format_name="report").methods[0].title == "A title"
