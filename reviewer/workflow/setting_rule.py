"""Which setting a person told for which dataset, as ``--setting`` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reviewer.domain.errors import UserError
from reviewer.domain.problems import Problem
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.vocabulary import Setting


@dataclass(frozen=True, slots=True)
class SettingRule:
    """Which setting the person told for which dataset; ``default`` serves those that are not named."""

    default: Setting = Setting.UNKNOWN
    by_dataset: Mapping[str, Setting] = field(default_factory=dict)

    def of(self, dataset: str) -> Setting:
        """Return the setting told for a dataset, whatever the case of its letters."""
        return self.by_dataset.get(dataset.casefold(), self.default)

    def under(self, problem: Problem) -> "SettingRule":
        """Return the rule with the datasets' other names brought to the one that the problem uses."""
        names = problem.dataset_names()
        return replace(
            self, by_dataset={names.get(name, name).casefold(): setting for name, setting in self.by_dataset.items()}
        )


def parse_settings(text: str, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> SettingRule:
    """Return what ``lab`` or ``chat=lab,math=held_out`` says; the empty text says nothing.

    ``stated_in`` is where it says it, which an error names.

    Raises:
        UserError: when a setting is none that there is, or no dataset is named before the sign.
    """
    default: Setting | None = None
    named: dict[str, Setting] = {}
    here = stated_in.begins(Statement.SETTING)
    for part in filter(None, (p.strip() for p in text.split(","))):
        dataset, equals, word = part.partition("=")
        word = (word if equals else dataset).strip().lower().replace("-", "_")
        try:
            setting = Setting(word)
        except ValueError:
            raise UserError(
                f"{here}: {word!r} is no setting; it is one of {', '.join(Setting)}, "
                "alone or as in chat=lab,math=held_out."
            ) from None
        if equals and not dataset.strip():
            raise UserError(f"{here}: {part!r} names no dataset; write it as in chat=lab, or the setting alone.")
        name = dataset.strip().casefold()
        before = named.setdefault(name, setting) if equals else default or setting
        if before != setting:
            of_what = f"of {dataset.strip()!r} " if equals else ""
            raise UserError(f"{here}: two settings {of_what}are told, {before} and {setting}; leave one of them out.")
        if not equals:
            default = setting
    return SettingRule(default or Setting.UNKNOWN, named)
