"""What is a reviewer's name."""

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.reviewer_names import NAME_LIMIT, clean_name


@pytest.mark.parametrize("name", ["", "  ", "x" * (NAME_LIMIT + 1), "a\nb", "a\x1b[31m", "a\u202eb", "\udcff"])
def test_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        clean_name(name)


def test_name_loses_its_blanks_alone() -> None:
    assert clean_name("  Kim Ångström ") == "Kim Ångström"
    assert clean_name("x" * NAME_LIMIT) == "x" * NAME_LIMIT
