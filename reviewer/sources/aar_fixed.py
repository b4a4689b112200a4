"""The fixed floor and ceiling that the study's seed files state, from which each one's PGR was computed.

They are the means over the seed files of the weak teacher and of the ceiling, written down once: where those files have
changed since, they are not that mean any more. So they are kept as what they are, further numbers for the floor and the
ceiling that the files claim, in a part of their own beside what is computed from the seed files.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from reviewer.domain.methods import Measurement, MethodRecord, Provenance
from reviewer.domain.vocabulary import Basis, Origin, Role
from reviewer.sources import aar_study
from reviewer.sources.aar_seed import FIXED, SeedFile


class FixedEnds:
    """The fixed floors and ceilings met so far, by dataset. One for each reading of a plan."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], dict[float, dict[str, list[str]]]] = defaultdict(dict)

    def note(self, dataset: str, method: str, seeds: Sequence[SeedFile]) -> None:
        """Note what a method's files take as floor and ceiling."""
        for end in FIXED:
            for seed in seeds:
                if (value := seed.fixed.get(end)) is not None:
                    self._told[dataset, end].setdefault(value, {}).setdefault(method, []).append(seed.name)

    def records(self, problem: str, file: str) -> Iterator[MethodRecord]:
        """Yield floor and ceiling of each dataset with every number that the files state for them."""
        for (dataset, end), values in self._told.items():
            field = FIXED[end]
            stated: list[tuple[float, str, str]] = [
                (value, method, name) for value, by in values.items() for method, names in by.items() for name in names
            ]
            yield MethodRecord(
                namespace=aar_study.NAMESPACE,
                external_id=end,
                role=Role.REFERENCE,
                title=aar_study.title(end) or end,
                problem=problem,
                provenance=Provenance(file, _digest(stated), f"{field} in {_files(len(stated))}"),
                part=f"fixed:{dataset}",
                origin=Origin.HUMAN,
                bound=aar_study.BOUNDS[end],
                idea=end,
                body=aar_study.description(end),
                measurements=tuple(
                    Measurement("accuracy", dataset, value, basis=Basis.CLAIMED, source=_source(field, by, len(values)))
                    for value, by in sorted(values.items())
                ),
                raw={field: [list(one) for one in stated]},
            )


def _source(field: str, by: dict[str, list[str]], values: int) -> str:
    """Return where a fixed value stands; whose files state it is told only where others state another.

    Where all agree the words are the same whichever of the folders are read, and so is the revision.
    """
    return f"{field} of {', '.join(sorted(by))}" if values > 1 else f"{field} of the seed files"


def _digest(stated: list[tuple[float, str, str]]) -> str:
    return hashlib.sha256(repr(stated).encode()).hexdigest()


def _files(n: int) -> str:
    return "one seed file" if n == 1 else f"{n} seed files"
