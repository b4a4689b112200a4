"""A screen is read as a person reads it: what is told of an act is no field that is open."""

import pytest

from tests.faults.window import is_open, written_about

TOLD = "│ Undid: rationale on “P0000004 weak labels, method 4” │"


@pytest.mark.parametrize(
    ("screen", "about"),
    [
        ("╭ rationale on “P0000005 weak labels” ╮", "P0000005"),
        (f"╭ rationale on “P0000005 weak labels” ╮\n{TOLD}", "P0000005"),
        (f"{TOLD}\n╭ rationale on “P0000005 weak labels” ╮", "P0000005"),
        (TOLD, ""),
        (TOLD.replace("Undid", "Did again"), ""),
    ],
)
def test_what_is_told_of_undoing_is_no_field(screen: str, about: str) -> None:
    assert written_about(screen) == about
    assert is_open("rationale on “", screen) is bool(about)
