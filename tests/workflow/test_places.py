"""Where the store, the drafts, the config and the log lie."""

from pathlib import Path

import platformdirs
import pytest

from reviewer.domain.errors import UserError
from reviewer.workflow.places import BY_DEFAULT, find_places


def test_default_places_are_the_platforms_own() -> None:
    places = find_places(environ={})
    assert places.store == Path(platformdirs.user_data_dir("reviewer", appauthor=False)).resolve() / "reviewer.db"
    assert places.config == Path(platformdirs.user_config_dir("reviewer", appauthor=False)).resolve() / "config.toml"
    assert places.log.parent == Path(platformdirs.user_log_dir("reviewer", appauthor=False))
    assert (places.store_from, places.config_from) == (BY_DEFAULT, BY_DEFAULT)


def test_a_variable_outweighs_the_default_and_an_option_the_variable(tmp_path: Path) -> None:
    environ = {"REVIEWER_STORE": str(tmp_path / "a.db"), "REVIEWER_CONFIG": str(tmp_path / "a.toml")}
    by_variable = find_places(environ=environ)
    assert by_variable.store == tmp_path / "a.db"
    assert by_variable.config == tmp_path / "a.toml"
    assert by_variable.store_from == "REVIEWER_STORE"
    (tmp_path / "b.toml").touch()
    by_option = find_places(tmp_path / "b.db", tmp_path / "b.toml", environ)
    assert (by_option.store, by_option.store_from) == (tmp_path / "b.db", "--store")
    assert (by_option.config, by_option.config_from) == (tmp_path / "b.toml", "--config")


def test_an_empty_variable_says_nothing() -> None:
    assert find_places(environ={"REVIEWER_STORE": "", "REVIEWER_CONFIG": ""}) == find_places(environ={})


def test_each_store_has_drafts_of_its_own_beside_it(tmp_path: Path) -> None:
    names = [find_places(tmp_path / name, environ={}).drafts for name in ("a.db", "a", "a.sqlite")]
    assert len(set(names)) == 3
    assert {drafts.parent for drafts in names} == {tmp_path}


def test_a_link_to_a_store_shares_the_drafts_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    assert find_places(tmp_path / "link.db", environ={}).drafts == find_places(tmp_path / "real.db", environ={}).drafts


def test_an_option_that_names_no_place_for_a_store_is_a_slip(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "none.db")
    (tmp_path / "there.db").touch()
    (tmp_path / "good.db").symlink_to(tmp_path / "there.db")
    for name in ("new.db", "there.db", "good.db"):
        find_places(tmp_path / name, environ={}).require_place_for_store()
    with pytest.raises(UserError, match=rf"^--store: there is no folder {tmp_path}/no/x; make it, or name another"):
        find_places(tmp_path / "no" / "x" / "n.db", environ={}).require_place_for_store()
    with pytest.raises(UserError, match=rf"link\.db is a link to {tmp_path}/none\.db, where nothing is"):
        find_places(tmp_path / "link.db", environ={}).require_place_for_store()
    find_places(environ={"REVIEWER_STORE": str(tmp_path / "no" / "n.db")}).require_place_for_store()
    find_places(environ={}).require_place_for_store()


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_places(Path("x.db"), environ={}).store == tmp_path / "x.db"


def test_the_home_directory_is_filled_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_places(environ={"REVIEWER_STORE": "~/x.db"}).store == tmp_path / "x.db"


@pytest.mark.parametrize("path", ["a\0b", "~no-such-account/x.db"])
def test_what_is_no_path_is_told_with_who_said_it(path: str) -> None:
    with pytest.raises(UserError, match=r"^REVIEWER_STORE: "):
        find_places(environ={"REVIEWER_STORE": path})


def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(UserError, match=r"^--store: "):
        find_places(tmp_path / "a", environ={})


def test_a_config_named_for_one_call_must_be_there_and_one_named_by_variable_need_not(tmp_path: Path) -> None:
    missing = tmp_path / "config.toml"
    assert find_places(environ={"REVIEWER_CONFIG": str(missing)}).config == missing
    with pytest.raises(UserError, match="--config: there is no file"):
        find_places(config=missing, environ={})
