"""Which setting is told for which dataset."""

import re

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Setting
from reviewer.workflow.setting_rule import SettingRule, parse_settings


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "chat=lab,Chat=production",
            "--setting: two settings of 'Chat' are told, lab and production; leave one of them",
        ),
        ("lab,math=pilot,held_out", "--setting: two settings are told, lab and held_out; leave one of them out."),
    ],
)
def test_two_settings_of_one_dataset_are_refused(text: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        parse_settings(text)
    assert parse_settings("chat=lab,chat=lab,pilot,pilot") == SettingRule(Setting.PILOT, {"chat": Setting.LAB})
