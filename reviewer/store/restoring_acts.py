"""Putting back what people did, as ``acts`` yields it, into a store into which the same proposals were imported anew.

Nothing that is there is changed, and what is there already is not added again.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from reviewer.domain.counted import counted
from reviewer.domain.reviewer_names import is_name
from reviewer.store.acts import EVENT_COLUMNS, LOST, Record
from reviewer.store.annotations import refresh_judgements
from reviewer.store.claims import refresh_claims
from reviewer.store.event_order import EventOrder
from reviewer.store.exposures import note_exposure
from reviewer.store.file_reviewers import free_name, name_with_file, note_file
from reviewer.store.news import note_telling
from reviewer.store.outcomes import OUTCOME_COLUMNS, refresh_outcome
from reviewer.store.problems import problem_by_id
from reviewer.store.restored import Restored
from reviewer.store.restoring_critic import OF_CRITIC, can_stand, restore_critique
from reviewer.store.restoring_problems import restore_problem, restore_setting, restore_targets
from reviewer.store.restoring_said import (
    restore_adjudication,
    restore_protocol,
    restore_round,
    restore_scale,
    restore_score,
)
from reviewer.store.rows_here import RowsHere
from reviewer.store.sound_records import is_sound_adjudication, is_sound_event, is_sound_outcome
from reviewer.store.turns import note_from_elsewhere
from reviewer.store.undated import note_known_since


def restore_acts(
    connection: sqlite3.Connection, records: Iterable[Record], now: str, *, without_baselines: bool = False
) -> Restored:
    """Put back what people did, in the caller's transaction; ``records`` are in the order of ``acts``.

    An event never changes: one that is held against a baseline that is not there yet waits for its import, unless it
    is to come back ``without_baselines``.

    Raises:
        LookupError, TypeError, ValueError: when the records are not such as ``acts`` yields.
    """
    restoring = Restoring(connection, now, without_baselines=without_baselines)
    restoring.take_part(records)
    return restoring.done


class Restoring:
    """One restoring: which row of this store stands for which one of the records'.

    ``events`` is how many of them are to come where they come in several parts; ``from_store`` says that they are of
    another store, in which the same is to hold then.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        now: str,
        *,
        without_baselines: bool = False,
        events: int = 0,
        from_store: bool = False,
    ) -> None:
        self._connection = connection
        self._now = now
        self._without_baselines = without_baselines
        self._from_store = from_store
        self.done = Restored()
        self._here = RowsHere()
        self._names: dict[int, str] = {}
        self._scores: list[Record] = []
        self._assumed: set[int] = set()
        self._events: list[dict[str, Any]] = []
        self._targets: dict[int, list[Record]] = {}
        self._missing: dict[str, tuple[int, int]] = {}
        """Where it is told of a round of assignment that proposals of it are not in the store, and how many are not."""
        self._order = EventOrder(connection, events)
        self._changed: set[int] = set()
        """Problems of which the measurements or what counts has changed."""
        self._take = {
            "reviewer": self._reviewer,
            "rubric": self._rubric,
            "problem": self._problem,
            "target": self._target,
            "setting": self._setting,
            "method": self._method,
            "revision": self._revision,
            "exposure": self._exposure,
            "event": self._event,
            "outcome": self._outcome,
            "protocol": self._protocol,
            "round": self._round,
            "scale": self._scale,
            "score": self._scores.append,
            "adjudication": self._adjudication,
            "critique": self._critique,
        }

    def take_part(self, records: Iterable[Record]) -> None:
        """Put records back, in the caller's transaction; of what they are about another part need not know.

        Events wait until all of the part are known, since their order decides.

        Raises:
            LookupError, TypeError, ValueError: when the records are not such as ``acts`` yields.
        """
        try:
            for record in records:
                if (put_back := OF_CRITIC.get(record["type"])) is not None:
                    put_back(self._connection, record, self._here, self.done)
                else:
                    self._take[record["type"]](record)
            self._finish()
        except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError) as error:
            raise ValueError(str(error)) from error

    def _one(self, sql: str, *values: Any) -> Any:
        return self._connection.execute(sql, values).fetchone()

    def _reviewer(self, record: Record) -> None:
        if not is_name(record["name"]):
            return
        # Reviewers before schema 10 knew of nobody whose judgements were brought in.
        name, file = record["name"], record.get("imported_from")
        # Who judges here and who is in a file are two, though of one name; the one of the file is named with it then.
        names = [name] if file is None else [name, name_with_file(name, file)]
        found = self._one("SELECT id FROM reviewers WHERE uuid = ?", record["uuid"]) or next(
            filter(
                None,
                (
                    self._one(
                        "SELECT id FROM reviewers WHERE name = ? AND (imported_from IS NULL) = ?", each, file is None
                    )
                    for each in names
                ),
            ),
            None,
        )
        if found is None:
            if file is None:
                free_name(self._connection, name)
            elif self._one("SELECT 1 FROM reviewers WHERE name = ?", name):
                name = names[-1]
            found = self._one(
                "INSERT INTO reviewers (uuid, name, created_at, imported_from) VALUES (?, ?, ?, ?) RETURNING id",
                record["uuid"],
                name,
                record["created_at"],
                file,
            )
            self.done.reviewers += 1
        elif file is not None:
            note_file(self._connection, found[0], file)
        self._here.reviewers[record["id"]] = found[0]

    def _rubric(self, record: Record) -> None:
        label = f"{record['slug']}/{record['version']}"
        found = self._one(
            "SELECT content_hash FROM rubrics WHERE slug = ? AND version = ?", record["slug"], record["version"]
        )
        if found is not None:
            if found[0] != record["content_hash"]:
                self.done.differing.append(f"The rubric {label} has other constraints in the store, and keeps them.")
            return
        (rubric_id,) = self._one(
            "INSERT INTO rubrics (slug, version, required, content_hash, created_at) VALUES (?, ?, ?, ?, ?) "
            "RETURNING id",
            *(record[name] for name in ("slug", "version", "required", "content_hash", "created_at")),
        )
        self._connection.executemany(
            "INSERT INTO constraints (rubric_id, position, slug, title, question) VALUES (?, ?, ?, ?, ?)",
            [(rubric_id, position, *asked) for position, asked in enumerate(record["constraints"])],
        )
        self.done.rubrics += 1

    def _problem(self, record: Record) -> None:
        if restore_problem(self._connection, record, self._here, self.done, self._now):
            self._changed.add(self._here.problems[record["id"]])

    def _target(self, record: Record) -> None:
        problem_id = self._here.problems.get(record["problem"])
        if problem_id is None:
            self.done.differing.append(
                f"The target of {self._here.slugs[record['problem']]} was left out: that problem is not in the store."
            )
            return
        self._targets.setdefault(problem_id, []).append(record)

    def _take_targets(self) -> None:
        """Take in the targets of a part, of each problem all versions at once."""
        for problem_id, records in self._targets.items():
            restore_targets(self._connection, problem_id, records, self._here, self.done, from_store=self._from_store)
        self._targets.clear()

    def _setting(self, record: Record) -> None:
        if restore_setting(self._connection, record, self._here, self.done):
            self._changed.add(self._here.problems[record["problem"]])

    def _method(self, record: Record) -> None:
        problem_id = self._here.problems.get(record["problem_id"])
        found = self._one(
            "SELECT id FROM methods WHERE problem_id = ? AND namespace = ? AND external_id = ?",
            problem_id,
            record["namespace"],
            record["external_id"],
        ) or self._one("SELECT id FROM methods WHERE uuid = ?", record["uuid"])
        self._here.methods[record["id"]] = None if found is None else found[0]
        place = "/".join(filter(None, (self._here.slugs.get(record["problem_id"]), record["namespace"])))
        self._names[record["id"]] = f"{place}/{record['external_id']}"

    def _revision(self, record: Record) -> None:
        method_id = self._here.methods.get(record["method_id"])
        found = self._one(
            "SELECT id FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
            method_id,
            record["part"],
            record["content_hash"],
        )
        if found is None and record["content_hash"].startswith(LOST):
            texts = self._connection.execute("SELECT id FROM revisions WHERE method_id = ?", (method_id,)).fetchall()
            if len(texts) == 1:
                found = texts[0]
                self._assumed.add(found[0])
        self._here.revisions[record["id"]] = (None if found is None else found[0], record["method_id"])

    def _exposure(self, record: Record) -> None:
        method_id = self._here.methods.get(record["method_id"])
        if method_id is not None:
            note_exposure(self._connection, method_id, record["production_from"])

    def _outcome(self, record: Record) -> None:
        if self._one("SELECT 1 FROM outcomes WHERE uuid = ?", record["uuid"]):
            self.done.outcomes_there += 1
            return
        if record["reviewer_id"] not in self._here.reviewers or not is_sound_outcome(record):
            self.done.unsound.append(record["uuid"])
            return
        method_id = self._method_here(record)
        if method_id is None:
            return
        # Earlier reviewers did not write down with which probability it was chosen.
        written = {"chosen_with": None, **record}
        own = {name: written[name] for name in OUTCOME_COLUMNS[1:]}
        self._connection.execute(
            f"INSERT INTO outcomes ({', '.join(OUTCOME_COLUMNS[1:])}) "
            f"VALUES ({', '.join(f':{name}' for name in OUTCOME_COLUMNS[1:])})",
            own | {"method_id": method_id, "reviewer_id": self._here.reviewers[record["reviewer_id"]]},
        )
        refresh_outcome(self._connection, method_id)
        self.done.outcomes += 1

    def _protocol(self, record: Record) -> None:
        is_new = restore_protocol(self._connection, record, self._here)
        if is_new is None:
            slug = self._here.slugs[record["problem_id"]]
            self.done.differing.append(f"The protocol of {slug} was left out: that problem is not in the store.")
        self.done.protocols += bool(is_new)

    def _round(self, record: Record) -> None:
        is_new, missing = restore_round(self._connection, record, self._here)
        self.done.rounds += is_new
        if missing:
            place, before = self._missing.get(record["uuid"], (len(self.done.differing), 0))
            self._missing[record["uuid"]] = place, before + missing
            self.done.differing[place : place + 1] = [
                f"What was assigned on {record['made_at'][:10]} of {counted(before + missing, 'proposal')} that "
                f"{'is' if before + missing == 1 else 'are'} not in the store was left out."
            ]

    def _scale(self, record: Record) -> None:
        if restore_scale(self._connection, record, self._here):
            self.done.differing.append(
                f"The scale {record['name']} of {self._here.slugs[record['problem_id']]} is another one in the store, "
                "and stays so; what was scored on it was left out."
            )

    def _adjudication(self, record: Record) -> None:
        if self._one("SELECT 1 FROM adjudications WHERE uuid = ?", record["uuid"]):
            return
        if record["reviewer_id"] not in self._here.reviewers or not is_sound_adjudication(record):
            self.done.unsound.append(record["uuid"])
            return
        if (method_id := self._method_here(record)) is None:
            return
        revision_id = self._here.revisions.get(record["revision_id"], (None, 0))[0]
        if revision_id is None:
            _count(self.done.without_text, self._names[record["method_id"]])
            return
        self.done.adjudications += restore_adjudication(self._connection, record, self._here, method_id, revision_id)

    def _critique(self, record: Record) -> None:
        if record["reviewer_id"] not in self._here.reviewers or not can_stand(self._connection, record):
            self.done.unsound.append(record["uuid"])
            return
        if (method_id := self._method_here(record)) is None:
            return
        revision_id = self._here.revisions.get(record["revision_id"], (None, 0))[0]
        if revision_id is None:
            _count(self.done.without_text, self._names[record["method_id"]])
            return
        self.done.critiques += restore_critique(self._connection, record, self._here, method_id, revision_id)

    def _method_here(self, record: Record) -> int | None:
        """Return the row of the proposal that a record is of; one that is not there is counted."""
        found = self._here.methods.get(record["method_id"])
        if found is None:
            name = self._names.get(record["method_id"], "a proposal that the file does not name")
            _count(self.done.without_proposal, name)
        return found

    def _event(self, record: Record) -> None:
        if self._one("SELECT 1 FROM annotations WHERE uuid = ?", record["uuid"]):
            if is_sound_event(record):
                note_known_since(self._connection, record)
            self.done.events_there += 1
            return
        if record["reviewer_id"] not in self._here.reviewers or not is_sound_event(record):
            self.done.unsound.append(record["uuid"])
            return
        if self._method_here(record) is None:
            return
        name = self._names[record["method_id"]]
        seen = self._here.revisions.get(record["revision_id"], (None, 0))[0]
        judged = record["judged_revision_id"]
        judged_here = None if judged is None else self._here.revisions.get(judged, (None, 0))[0]
        if seen is None or (judged is not None and judged_here is None):
            _count(self.done.without_text, name)
            return
        baseline = record["baseline_id"]
        here = None if baseline is None else self._here.methods.get(baseline)
        if baseline is not None and here is None:
            if not self._without_baselines:
                _count(self.done.without_baseline, self._names.get(baseline, "a baseline that the file does not name"))
                return
            self.done.baseline_given_up += 1
        self.done.by_only_text += seen in self._assumed
        self._events.append(
            # Reviewers before schema 10 knew of no stages.
            {name: record[name] for name in EVENT_COLUMNS[:-1]}
            | {"stage": record.get("stage")}
            | {
                "reviewer_id": self._here.reviewers[record["reviewer_id"]],
                "method_id": self._here.methods[record["method_id"]],
                "revision_id": seen,
                "judged_revision_id": judged_here,
                "baseline_id": here,
            }
        )

    def _finish(self) -> None:
        """Add the events of a part, and bring in step with them what follows from them."""
        self._take_targets()
        note_from_elsewhere(self._connection, self._events)
        for event, row_id in zip(self._events, self._order.take_in(self._events), strict=True):
            self._connection.execute(
                f"INSERT INTO annotations ({', '.join(EVENT_COLUMNS)}) "
                f"VALUES ({', '.join(f':{name}' for name in EVENT_COLUMNS)})",
                event | {"id": row_id},
            )
        self.done.events += len(self._events)
        for score in self._scores:
            restore_score(self._connection, score, self._here)
        for problem_id in self._changed:
            refresh_claims(self._connection, problem_id, problem_by_id(self._connection, problem_id).problem)
            note_telling(self._connection, problem_id)
        refresh_judgements(self._connection, {(event["method_id"], event["reviewer_id"]) for event in self._events})
        for told in (self._events, self._scores, self._changed, self._assumed, self._names):
            told.clear()
        self._here.methods.clear()
        self._here.revisions.clear()


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
