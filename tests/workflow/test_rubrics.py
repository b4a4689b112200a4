"""The rubric that one judges by: read, told with its line where it is none, and changed."""

from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.rubrics import Constraint
from reviewer.workflow.config import read_config
from reviewer.workflow.rubrics import built_in_text, load_rubric, use_rubric
from tests.builders import TickingClock, build_store, table

CONSTRAINT = '[[constraints]]\nslug = "size"\ntitle = "Size"\nquestion = "How large?"\n'
TOP = 'slug = "mine"\nversion = 3\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def test_the_built_in_rubric_has_twelve_constraints_with_help_and_sources_and_requires_nothing() -> None:
    rubric = load_rubric(None)
    assert (len(rubric.constraints), rubric.required, rubric.label) == (12, (), "production/1")
    assert all(c.title and c.question.endswith("?") and c.help and c.sources for c in rubric.constraints)


def test_a_rubric_of_ones_own(path: Path) -> None:
    path.write_text(f'\ufeff{TOP}required = ["forecast"]\n{CONSTRAINT.replace("size", "größe")}', encoding="utf-8")
    rubric = load_rubric(path)
    assert (rubric.label, rubric.required) == ("mine/3", ("forecast",))
    assert rubric.constraints == (Constraint("größe", "Size", "How large?"),)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("slug = ", "not TOML: invalid value (at line 1, column 8)"),
        ("# to be written\n", ": nothing is in it; it needs a slug at the top"),
        (CONSTRAINT, ': it needs a slug at the top, such as slug = "ours"; `reviewer rubric --toml` prints a whole'),
        ('slug = "x"\n', ": it needs a version at the top, such as version = 1; `reviewer rubric --toml` prints"),
        (TOP, ": it needs one [[constraints]] or more, each with slug, title and question; `reviewer rubric --toml`"),
        (f'{TOP}required = ["tags"]\n{CONSTRAINT}', ", line 3: required: 'tags' is no field"),
        (f"{TOP}{CONSTRAINT}\n{CONSTRAINT.replace('How', ' ').replace(' large?', '')}", ", line 11: question must be"),
        (f'{TOP}{CONSTRAINT}\n[[constraints]]\nslug = "b"\n', ", line 8: title must be text"),
        (f'{TOP}{CONSTRAINT}\n[[constraint]]\nslug = "b"\n', ", line 8: 'constraint' is no key here"),
        (f"{TOP}{CONSTRAINT}\n{CONSTRAINT}", ", line 9: the constraint 'size' is listed twice"),
    ],
)
def test_what_is_no_rubric_is_told_with_its_line(path: Path, text: str, place: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as told:
        load_rubric(path)
    assert str(told.value).startswith(str(path))
    assert place in str(told.value)


def test_a_file_that_cannot_be_read_is_told_with_the_way_out(tmp_path: Path, path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    for wrong in (tmp_path / "none.toml", tmp_path, path):
        with pytest.raises(UserError, match=r"cannot be read .*`reviewer rubric use default`"):
            load_rubric(wrong)


def test_another_rubric_is_remembered_and_its_version_entered_in_the_store(tmp_path: Path, path: Path) -> None:
    path.write_text(TOP + CONSTRAINT, encoding="utf-8")
    config = tmp_path / "config.toml"
    store = build_store(tmp_path)
    use_rubric(path, config, store.path, TickingClock())
    assert read_config(config).rubric == path
    assert table(store, "SELECT version FROM rubrics WHERE slug = ?", ("mine",)) == [(3,)]
    use_rubric(None, config, store.path, TickingClock())
    assert read_config(config).rubric is None


def test_a_version_with_other_constraints_is_refused_and_nothing_is_changed(tmp_path: Path, path: Path) -> None:
    path.write_text(TOP + CONSTRAINT, encoding="utf-8")
    config = tmp_path / "config.toml"
    store = build_store(tmp_path)
    use_rubric(path, config, store.path, TickingClock())
    use_rubric(None, config, store.path, TickingClock())
    path.write_text((TOP + CONSTRAINT).replace("How large?", "How small?"), encoding="utf-8")
    with pytest.raises(UserError, match="give the changed rubric a higher version"):
        use_rubric(path, config, store.path, TickingClock())
    assert read_config(config).rubric is None


def test_the_built_in_version_is_refused_to_other_constraints_with_and_without_a_store(
    tmp_path: Path, path: Path
) -> None:
    config = tmp_path / "config.toml"
    path.write_text(f'slug = "production"\nversion = 1\n{CONSTRAINT}', encoding="utf-8")
    for store in (tmp_path / "none.db", build_store(tmp_path).path):
        with pytest.raises(UserError, match=r"production/1 is built in with other constraints.*or a higher version"):
            use_rubric(path, config, store, TickingClock())
    with pytest.raises(UserError, match="is built in"):
        load_rubric(path)
    assert not config.exists()


def test_a_copy_of_the_built_in_rubric_may_have_help_of_its_own(path: Path) -> None:
    path.write_text(built_in_text().replace("help = ", 'help = "Ours." # ').replace("required = []", ""))
    assert load_rubric(path).label == "production/1"
    assert load_rubric(path).constraints[0].help == "Ours."


def test_without_a_store_none_is_made(tmp_path: Path, path: Path) -> None:
    path.write_text(TOP + CONSTRAINT, encoding="utf-8")
    use_rubric(path, tmp_path / "config.toml", tmp_path / "none.db", TickingClock())
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"x = {'[' * 5000}{']' * 5000}", "it is nested too deeply"),
        (f"version = {'9' * 5000}", "it holds a number that is too long"),
        (f'slug = "ours"\nversion = {2**63}\n', "line 2: version must be a whole number from 1 to 1,000,000"),
    ],
)
def test_a_file_that_is_too_much_to_read_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=f"{path.name}.*{sentence}"):
        load_rubric(path)
