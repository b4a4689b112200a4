"""Which setting is told for which dataset."""

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Setting
from reviewer.workflow.setting_rule import parse_settings


@pytest.mark.parametrize(
    ("text", "dataset", "setting"),
    [
        ("", "chat", Setting.UNKNOWN),
        ("lab", "chat", Setting.LAB),
        ("Held-Out", "chat", Setting.HELD_OUT),
        ("chat=lab, math=held_out", "CHAT", Setting.LAB),
        ("chat=lab,math=held_out", "code", Setting.UNKNOWN),
        ("pilot,chat=lab", "code", Setting.PILOT),
    ],
)
def test_settings_are_told_for_all_or_for_each_dataset(text: str, dataset: str, setting: Setting) -> None:
    assert parse_settings(text).of(dataset) is setting


def test_a_setting_that_there_is_not_is_told() -> None:
    with pytest.raises(UserError, match="'laboratory' is no setting; it is one of lab"):
        parse_settings("chat=laboratory")
    with pytest.raises(UserError, match="'=lab' names no dataset"):
        parse_settings("=lab")
