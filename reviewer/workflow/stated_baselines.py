"""Whether what the person said tells any baseline, and that something has to be said where no file says it."""

from collections.abc import Iterable

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Role
from reviewer.sources.contract import Plan
from reviewer.sources.registry import by_name


def parse_baseline(said: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the fields with their values of which each is said as ``model=gpt-4o``.

    Raises:
        UserError: when one is no field with its value.
    """
    rule = []
    for each in said:
        field, equals, wanted = (part.strip() for part in each.partition("="))
        if not (field and equals and wanted):
            raise UserError(f"{each.strip()!r} is no field with its value; write it as in model=gpt-4o.")
        rule.append((field, wanted))
    return tuple(rule)


class StatedBaselines:
    """The proposals and baselines met in one import, of formats whose files do not say which of them are baselines."""

    def __init__(self, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> None:
        """Begin with none; ``stated_in`` is where the person says by what a baseline is told."""
        self._stated_in = stated_in
        self._plan: Plan | None = None
        self._proposals: dict[str, int] = {}
        self._met = False
        self._silent_maps = 0
        self._turned = 0
        self._rule: tuple[tuple[str, str], ...] = ()

    def begin(self, plan: Plan) -> None:
        """Note that what comes next is of that plan."""
        self._plan = plan if by_name(plan.source).baseline_fields else None
        self._rule = self._rule or plan.stated.baseline

    def meet(self, role: Role, turned_from: Role | None) -> None:
        """Note a method of the plan that was begun last, and which other role it had until now."""
        if self._plan is None:
            return
        if role is Role.BASELINE:
            self._met = True
        elif role is Role.PROPOSAL:
            self._turned += turned_from is Role.BASELINE
            mapping = self._plan.stated.table_map
            if mapping is not None:
                self._silent_maps += not mapping.tells_roles
                return
            self._proposals[self._plan.source] = self._proposals.get(self._plan.source, 0) + 1

    def tell(self, sentences: list[str]) -> bool:
        """Add what has to be said; return whether a rule was given that nothing meets."""
        if self._turned:
            are = "1 baseline is a proposal" if self._turned == 1 else f"{self._turned:,} baselines are proposals"
            here = self._stated_in.names(Statement.BASELINE)
            sentences.append(
                f"{are} from now on: nothing in {here} of this import tells otherwise; to import again with what was "
                "said there before turns it back."
            )
        if self._rule and not self._met:
            rule = (f"{safe_line(field, 60)}={safe_line(value, 60)}" for field, value in self._rule)
            said = self._stated_in.saying(Statement.BASELINE, *rule)
            sentences.append(f"{said}: nothing that was read is so; all of it was taken as proposals.")
            return True
        if not self._rule:
            if n := self._silent_maps:
                it = "it" if n == 1 else "one of them"
                sentences.append(
                    f"The map says of no row that it is a baseline, so that {counted(n, 'proposal')} came of it; where "
                    f"{it} is one, [role] of the map tells it by a column, or "
                    f"{self._stated_in.saying(Statement.BASELINE, 'COLUMN=VALUE')} does."
                )
            for source, n in self._proposals.items():
                known = by_name(source).baseline_fields
                it = "it" if n == 1 else "one of them"
                sentences.append(
                    f"No file of the format {source} says what is a baseline, so that {counted(n, 'proposal')} came of "
                    f"it; where {it} is one, {self._stated_in.saying(Statement.BASELINE, f'{known[0]}=…')} tells "
                    f"it, by {', '.join(known)}."
                )
        return False
