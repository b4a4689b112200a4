"""Reading in tests: everything at a path, sorted by what it is."""

from pathlib import Path

from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.domain.problems import Problem
from reviewer.sources import registry
from reviewer.sources.contract import Read, Stated


class Records(list[Read]):
    """What a reading yielded, in its order."""

    @property
    def problems(self) -> list[Problem]:
        return [r for r in self if isinstance(r, Problem)]

    @property
    def methods(self) -> list[MethodRecord]:
        return [r for r in self if isinstance(r, MethodRecord)]

    @property
    def remarks(self) -> list[Remark]:
        return [r for r in self if isinstance(r, Remark)]

    @property
    def rejects(self) -> list[Reject]:
        return [r for r in self if isinstance(r, Reject)]

    def method(self, external_id: str) -> MethodRecord:
        (found,) = [m for m in self.methods if m.external_id == external_id]
        return found

    def remark(self, external_id: str) -> Remark:
        (found,) = [r for r in self.remarks if r.external_id == external_id]
        return found


def read_all(
    path: Path, *, problem: str | None = None, format_name: str | None = None, stated: Stated | None = None
) -> Records:
    """Return everything at ``path``, as an import would meet it."""
    plans = registry.planned(path, problem=problem, format_name=format_name, stated=stated).plans
    return Records(record for plan in plans for record in registry.read(plan))
