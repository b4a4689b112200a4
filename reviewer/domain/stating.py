"""What a person states of an import, and how a sentence names it where that is done: a field of the form, or an option.

Whoever writes a sentence on it asks the place, so that the command line and the app are told the same in their words.
"""

from enum import Enum


class Statement(Enum):
    """Something that is stated of all that is imported, with its option and with its field in the form."""

    FORMAT = "--format", "format"
    PROBLEM = "--problem", "problem"
    SETTING = "--setting", "setting"
    DIRECTION = "--direction", "better"
    BASELINE = "--baseline", "baseline"
    RUN = "--namespace", "run"
    MAP = "--map", "columns"

    def __init__(self, option: str, field: str) -> None:
        self.option = option
        self.field = field


class StatedIn(Enum):
    """Where it is stated."""

    COMMAND_LINE = "command line"
    FORM = "form"

    def names(self, statement: Statement) -> str:
        """Return what it is called within a sentence: ``--setting``, or ``the field setting``."""
        return statement.option if self is StatedIn.COMMAND_LINE else f"the field {statement.field}"

    def begins(self, statement: Statement) -> str:
        """Return the same as the beginning of a sentence."""
        return statement.option if self is StatedIn.COMMAND_LINE else f"The field {statement.field}"

    def saying(self, statement: Statement, *values: str) -> str:
        """Return how values are stated: ```--setting chat=lab```, or ```chat=lab` in the field setting``."""
        if self is StatedIn.COMMAND_LINE:
            return f"`{' '.join(f'{statement.option} {value}' for value in values)}`"
        return f"`{', '.join(values)}` in the field {statement.field}"
