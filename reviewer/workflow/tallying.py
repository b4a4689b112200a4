"""What an import has come to so far: its counts, and what is to be told at its end."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reviewer.domain.counted import counted
from reviewer.domain.methods import Notice, Reject, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Role
from reviewer.sources.registry import Planned
from reviewer.sources.tables_met import need_of_a_map
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import PreparedMethod
from reviewer.store.recorded import Recorded
from reviewer.workflow.other_runs import newer_in
from reviewer.workflow.stated_baselines import StatedBaselines

NAMES_TOLD = 8
FILES_TOLD = 4
NOTICE_TOLD = 600
ODD = (
    "is no regular file (a pipe, a socket, a device, a link to a folder or to nothing)",
    "are no regular files (pipes, sockets, devices, links to folders or to nothing)",
)
"""What is said of one thing in a folder that is not opened, and of several."""
CLOSED = "cannot be looked into (no permission, or too long a path)"

DIRECTION_UNSAID = "Nobody has said whether more of"
"""How the sentence on metrics of unknown direction begins."""

REJECTS_TOLD = 1000
"""More rejects than this are in the store, but no longer in the report."""


def listed(names: Sequence[str], most: int = NAMES_TOLD) -> str:
    """Return the first few names, ``most`` of them, made safe, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(safe_line(name, 40) for name in names[:most]) + more


class Tally:
    """The counts of one import while it runs; ``known`` are the problems that the store had before it.

    ``stated_in`` is where the person states what no file says.
    """

    def __init__(self, known: Sequence[str] = (), stated_in: StatedIn = StatedIn.COMMAND_LINE) -> None:
        self._known = known
        self.stated_in = stated_in
        self.counts = {"new": 0, "changed": 0, "unchanged": 0}
        self.rejected = 0
        self.proposals = 0
        self.settings_told = 0
        self.metrics_told = 0
        self.rejects: list[Reject] = []
        self.sentences: list[str] = []
        self.unknown: set[str] = set()
        self.problems: set[str] = set()
        self.datasets: dict[str, None] = {}
        self.settings_used: set[str] = set()
        self.unused: list[str] = []
        self.unused_metrics: list[str] = []
        self.unknown_directions: dict[str, None] = {}
        self.settings_passed_over = 0
        self.elsewhere = 0
        self.baselines = StatedBaselines(stated_in)
        self.unmet_baseline = False
        self.named_run = ""
        """The run that the person named for what names none itself."""
        self.unmet_run = False
        self._met_run = False
        self.unindexed = 0
        self.nothing_to_judge = False
        self.path = ""
        """What is being read."""
        self._seen: set[tuple[str, str]] = set()
        self._made: dict[str, None] = {}
        self._filled_in: set[str] = set()
        self._metrics: dict[str, dict[str, None]] = {}
        """By problem, the metrics of which something was measured."""

    def describe(self, problem: Problem, known: Problem | None) -> None:
        """Note that a file describes a problem; its datasets may have other names from now on.

        It is told where the file turns a metric round that was known as going the other way.
        """
        self.problems.add(problem.slug)
        if not problem.authoritative:
            self._filled_in.add(problem.slug)
        self._seen.clear()
        if known is None or not problem.authoritative:
            return
        for said in problem.metrics:
            before = known.metric(said.name).direction
            if Direction.UNKNOWN not in (before, said.direction) and said.direction is not before:
                metric = safe_line(said.name, 40)
                self.sentences.append(
                    f"{before.title()} {metric} counted as better; a file says that {said.direction} is, which counts "
                    f"from now on; `reviewer set --problem {problem.slug} --direction {metric}={before}` "
                    "sets it back."
                )

    def new_problem(self, slug: str) -> None:
        """Note a problem that records name and that was not there before."""
        self._made[slug] = None

    def tell_new_problems(self, *, whole: bool, told: Iterable[str] = ()) -> None:
        """Tell of problems that records name and nobody has described; beside others they are slips, perhaps.

        ``whole`` says whether all was read; else what is to come may describe them. Of the metrics ``told`` the person
        says which way is better.
        """
        new = [slug for slug in self._made if slug not in self.problems]
        others = f"the store has {listed(self._known)}" if self._known else ""
        if self.problems and not others:
            others = f"what was read describes {listed(sorted(self.problems))}"
        nothing = "nothing" if whole else "nothing that was read"
        if len(new) > 1:
            beside = f"; {others}" if others else ""
            self.sentences.append(
                f"{len(new):,} problems are new, and {nothing} describes them: {listed(new)}{beside}. "
                "Where two are meant to be one, give their records one name: baselines are of one problem."
            )
            return
        unsaid = [metric for metric in self._metrics.get(new[0], ()) if metric not in {*told}] if new and whole else []
        by = f"{self._saying_direction(unsaid[0])} (or lower)" if unsaid else ""
        if new and others:
            otherwise = f" If not, {by} tells which way a metric is better." if by else ""
            self.sentences.append(
                f"The problem {safe_line(new[0], 100)} is new: {nothing} describes it, and {others}. "
                f"If it is one of these, give the records its name: baselines are of one problem.{otherwise}"
            )
        elif by:
            self.sentences.append(
                f"Nothing describes the problem {safe_line(new[0], 100)}: which way a metric is better is not known "
                f"until it is told, by {by} here, later by `reviewer set`, or by a record of the type problem "
                "(`reviewer schema` shows one)."
            )

    def _saying_direction(self, metric: str) -> str:
        return self.stated_in.saying(Statement.DIRECTION, f"{safe_line(metric, 40)}=higher")

    def measured(self) -> dict[str, tuple[str, ...]]:
        """Return by problem that was described or measured in, the metrics of which something was measured."""
        return {slug: tuple(self._metrics.get(slug, ())) for slug in sorted({*self.problems, *self._metrics})}

    def tell_unknown_directions(self, problem_of: Callable[[str], Problem | None]) -> None:
        """Tell of which metrics that were measured nobody has said which way is better; ``problem_of`` gives a problem.

        Of one none of whose metrics has a direction it is known that it is not described, unless all that is known of
        it was filled in by a reader.
        """
        for slug, names in self._metrics.items():
            problem = problem_of(slug)
            if problem is None:
                continue
            unknown = [name for name in names if problem.metric(name).direction is Direction.UNKNOWN]
            self.unknown_directions.update(dict.fromkeys(unknown))
            if slug not in self._filled_in and all(m.direction is Direction.UNKNOWN for m in problem.metrics):
                continue
            if unknown:
                does = self._saying_direction(unknown[0])
                if self.stated_in is StatedIn.COMMAND_LINE:
                    metric = safe_line(unknown[0], 40)
                    does = f"`reviewer set --problem {safe_line(slug, 100)} --direction {metric}=higher`"
                self.sentences.append(
                    f"{DIRECTION_UNSAID} {listed(unknown)} is better or worse, so that nothing is better "
                    f"there; {does} (or lower) does."
                )

    def tell_unused_settings(self, named: Iterable[str]) -> None:
        """Say which datasets were named with a setting although nothing was measured on them."""
        self.unused = unused = [name for name in named if name not in self.settings_used]
        if not unused:
            return
        those = "that dataset" if len(unused) == 1 else "those datasets"
        self.sentences.append(
            f"{self.stated_in.begins(Statement.SETTING)} names {listed(unused)}, but nothing that was read has "
            f"{those}; it has {listed(list(self.datasets)) or 'none'}."
        )

    def tell_unmet_run(self) -> None:
        """Say that a run was named, where all that was read names its run itself or has ids that nothing else has."""
        self.unmet_run = bool(self.named_run) and not self._met_run and any(self.counts.values())
        if self.unmet_run:
            self.sentences.append(
                f"{self.stated_in.saying(Statement.RUN, safe_line(self.named_run, 60))}: nothing that was read "
                "needs it, since its files name their runs, or their ids are unique; `reviewer sources NAME` tells."
            )

    def tell_nothing_newer(self) -> None:
        """Say that what was read was to be newer than what is known, where nothing of it is known."""
        if self.counts["new"] and not self.counts["changed"] and not self.counts["unchanged"]:
            self.sentences.append(
                f"{newer_in(self.stated_in)} replaces nothing: none of what was read is known. A log or a table that "
                "names no run is known by its first row; where that has changed, it is another one."
            )

    def tell_settings_passed_over(self) -> None:
        """Tell how many measurements keep another setting than the import was to tell."""
        if n := self.settings_passed_over:
            have, keep, them = ("has", "keeps", "it") if n == 1 else ("have", "keep", "them")
            self.sentences.append(
                f"{counted(n, 'measurement')} {have} another setting than {self.stated_in.names(Statement.SETTING)} "
                f"says, by the file or by what was told before, and {keep} it; `reviewer set --setting … --overwrite` "
                f"changes {them}."
            )

    def tell_passed_over(self, folder: Path, planned: Planned) -> None:
        """Tell which files of a folder were passed over, and why."""
        for thing, files, one, more in (
            ("file", planned.unknown, "is of no known format", "are of no known format"),
            ("file", planned.unreadable, "cannot be opened", "cannot be opened"),
            ("thing", planned.odd, *ODD),
            ("folder", planned.closed, CLOSED, CLOSED),
        ):
            if files:
                names = [str(file.relative_to(folder)) for file in files]
                why = f"{one} and was" if len(files) == 1 else f"{more} and were"
                need = need_of_a_map(files, self.stated_in) if files is planned.unknown else ""
                self.sentences.append(
                    f"{counted(len(files), thing)} in {safe_line(str(folder), 200)} {why} passed over: "
                    f"{listed(names, FILES_TOLD)}.{need and f' {need}'}"
                )

    def tell_troubles(self, planned: Planned) -> None:
        """Tell of formats of other packages that are left out or failed, and count what they could not plan."""
        self.sentences += [sentence for sentence in planned.troubles if sentence not in self.sentences]
        self.reject(planned.failed)

    def tell_notices(self, found: Iterable[Notice]) -> None:
        """Tell what a reader has to say of a file."""
        self.sentences += [safe_line(each.words, NOTICE_TOLD) for each in found]

    def tell_unknown_fields(self, found: Iterable[UnknownFields]) -> None:
        """Tell which fields of a file's records its format does not know, and what may have been meant."""
        for each in found:
            told = []
            for name, n in each.names[:NAMES_TOLD]:
                (meant, *_) = difflib.get_close_matches(name, each.known, 1) or ("",)
                told.append(f"{safe_line(name, 60)} ({n:,}{f', {meant}?' if meant else ''})")
            more = len(each.names) - len(told)
            rest = f" and {more:,} more" if more else ""
            if not each.known:
                self.sentences.append(
                    f"Columns of {safe_line(each.file, 200)} of which the map says nothing stay in the raw records "
                    f"alone: {', '.join(told)}{rest}."
                )
                continue
            self.sentences.append(
                f"Fields in {safe_line(each.file, 200)} that the format does not know stay in the raw records alone: "
                f"{', '.join(told)}{rest}. `reviewer schema` prints those that it knows."
            )

    def method(self, record: PreparedMethod, outcome: Recorded, known: KnownProblem, named: Iterable[str]) -> None:
        """Count a method, and note what it was measured on; ``named`` has the datasets that the person named."""
        self.counts[outcome.change] += 1
        self._met_run = self._met_run or record.namespace == self.named_run
        self.settings_told += outcome.settings_told
        self.settings_passed_over += outcome.settings_passed_over
        self.elsewhere += outcome.elsewhere
        self.unknown |= outcome.unknown
        if record.role == Role.PROPOSAL:
            self.proposals += 1
        self.baselines.meet(Role(record.role), outcome.turned_from)
        self._metrics.setdefault(record.problem, {}).update(dict.fromkeys([m.metric for m in record.measurements]))
        new = {(record.problem, known.dataset(m.dataset)) for m in record.measurements} - self._seen
        if new:
            self._seen |= new
            datasets = sorted(dataset for _, dataset in new)
            self.datasets.update(dict.fromkeys(datasets))
            self.settings_used.update(name for name in named if known.knows(name) in datasets)

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Count what could not be taken."""
        self.rejected += len(rejects)
        self.rejects += rejects[: max(0, REJECTS_TOLD - len(self.rejects))]
