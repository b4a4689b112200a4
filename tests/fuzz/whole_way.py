"""What must hold of a file, whatever is in it: it is read, stored, read again, shown and exported, or told why not."""

import csv
import io
import json
from collections.abc import Iterable
from itertools import dropwhile
from pathlib import Path

from reviewer.domain.errors import StoreError, UserError
from reviewer.domain.judgements import Judgement
from reviewer.domain.methods import Method, Reject, Remark
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.text import safe_line, safe_text
from reviewer.domain.vocabulary import Act, Role, Verdict
from reviewer.exports.columns import Shape
from reviewer.exports.formats import Format
from reviewer.sources.contract import Stated
from reviewer.store.annotations import append_event, standing
from reviewer.store.connection import Store
from reviewer.store.methods import methods_of_role, remarks_on, revisions_of
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.tui.document_lines import DocumentStyle
from reviewer.tui.documents import render_document
from reviewer.tui.evidence_lines import all_evidence
from reviewer.tui.evidence_table import evidence_cells
from reviewer.tui.marks import UNICODE
from reviewer.tui.method_document import method_document
from reviewer.tui.revision_diff import diff_revisions
from reviewer.tui.screens.raw import raw_lines
from reviewer.workflow import browsing
from reviewer.workflow.exporting import ExportOptions, export
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import
from reviewer.workflow.leaderboard import as_ground, grounds, read_leaderboard
from reviewer.workflow.leaderboard_rows import leaderboard_csv
from reviewer.workflow.session import Session
from reviewer.workflow.views import ProblemReader, appraised_rows, evidence_rows
from tests.builders import build_session, build_store, context
from tests.faults.left import wrong_with

WIDTH = 60
MOST_GROUNDS = 4
"""On so many grounds a leaderboard is made; with odd names of metrics there are as many grounds as records."""


def goes_the_whole_way(
    folder: Path, *paths: Path, format_name: str | None = None, stated: Stated | None = None
) -> None:
    """Import each of the files into one store, twice, and do with what came in all that the product does.

    Raises:
        Exception: what the product raises and does not say that it does, or an AssertionError by what does not hold.
    """
    store = build_store(folder)
    try:
        for path in paths:
            _is_taken_in_once(store, path, format_name, stated)
        session = build_session(store)
        problems = browsing.all_problems(session)
        for stored in problems:
            _is_shown(session, stored)
            _is_judged(session, stored)
        _is_exported(store, folder, problems)
    finally:
        store.close()
    assert wrong_with(store.path) == ()


def _is_taken_in_once(store: Store, path: Path, format_name: str | None, stated: Stated | None) -> None:
    before = _methods(store)
    first = _imported(store, path, format_name, stated)
    if first is None:
        assert _methods(store) == before, "what cannot be read at all left something"
        return
    again = _imported(store, path, format_name, stated)
    assert again is not None
    assert (again.new, again.changed) == (0, 0), f"imported again it is {again.new} new and {again.changed} changed"
    assert _told(again.rejects) == _told(first.rejects)
    assert again.unchanged == first.new + first.changed + first.unchanged


def _imported(store: Store, path: Path, format_name: str | None, stated: Stated | None) -> ImportReport | None:
    try:
        report = run_import(store, [path], format_name=format_name, stated=stated)
    except StoreError:
        raise
    except UserError as error:
        if not str(error).strip():
            raise AssertionError("it cannot be imported, and nobody says why") from error
        return None
    for reject in report.rejects:
        assert reject.file, reject
        assert reject.reason.strip(), reject
        _is_safe([safe_line(reject.reason), safe_line(reject.place), *safe_text(reject.raw).split("\n")])
    _is_safe(map(safe_line, report.sentences))
    return report


def _told(rejects: Iterable[Reject]) -> list[tuple[str, str, str]]:
    return [(reject.file, reject.place, reject.reason) for reject in rejects]


def _methods(store: Store) -> int:
    n: int = store.connection().execute("SELECT count(*) FROM methods").fetchone()[0]
    return n


def _is_safe(lines: Iterable[str]) -> None:
    for line in lines:
        assert line.isprintable(), f"a terminal would obey {line!r}"


def _is_shown(session: Session, stored: StoredProblem) -> None:
    reader = ProblemReader(session, stored.id)
    with session.store.read() as connection:
        methods = [m for role in Role for m in methods_of_role(connection, stored.id, role)]
        remarks = {m.id: remarks_on(connection, m) for m in methods}
        revisions = [revisions_of(connection, m.id) for m in methods]
        sightings = {number for (number,) in connection.execute("SELECT id FROM sightings")}
    for several in revisions:
        for one in several:
            _is_safe(line.text for line in raw_lines(one.raw))
            diff_revisions(several[0], one)
    proposals = 0
    for method in methods:
        assert safe_line(method.title), "a method without a title"
        assert method.external_id, "a method without an id"
        _is_document(method, remarks[method.id])
        if method.role is Role.PROPOSAL:
            # Those that say the same are one in the queue.
            proposals += method.id not in sightings
            view = reader.view(method.id)
            rows = appraised_rows(view, 0, shared_seeds=False)
            against = view.baselines[0].method.title if view.baselines else ""
            _is_safe(line.text for line in all_evidence(against, rows, view.questions, UNICODE))
            evidence_cells(evidence_rows(view, 0), UNICODE, rows)
    for ground in grounds(session.store, stored)[:MOST_GROUNDS]:
        board = read_leaderboard(session.store, stored, as_ground(ground))
        _rows_of("".join(leaderboard_csv(board, stored.problem.slug)))
    for sort in Sort:
        asked = browsing.Asked(stored.id, QueueFilter(), sort)
        page = browsing.first_page(session, asked, proposals + 1)
        assert len(page.rows) == proposals, f"{proposals} proposals, and {len(page.rows)} of them in the queue"
        if page.rows:
            after = browsing.page_beside(session, asked, proposals, page.rows[0].key, forward=True)
            # What is nearly alike stands together, and has the place of the first.
            rest = dropwhile(lambda row: row.under, page.rows[1:])
            assert [r.method_id for r in after.rows] == [r.method_id for r in rest], f"paged by {sort}"


def _is_document(method: Method, remarks: Iterable[Remark]) -> None:
    shown = render_document(method_document(method, tuple(remarks)), WIDTH, DocumentStyle())
    _is_safe(line.text for line in shown.lines)
    _is_safe(segment.text for line in shown.lines for segment in line.segments)


def _is_judged(session: Session, stored: StoredProblem) -> None:
    with session.store.read() as connection:
        methods = methods_of_role(connection, stored.id, Role.PROPOSAL)
    seen = [(m, context(session, m.id)) for m in methods]
    with session.store.write() as connection:
        for method, before in seen:
            append_event(
                connection,
                standing(connection, method.id, session.reviewer_id),
                kind=Act.VERDICT,
                act_id=f"act-{method.id}",
                judgement=Judgement(Verdict.FAILS, rationale=method.title, tags=(method.agent or "none",)),
                context=before,
                seconds=1.0,
                now=session.now(),
            )


def _is_exported(store: Store, folder: Path, problems: Iterable[StoredProblem]) -> None:
    with store.read() as connection:
        assert list_problems(connection) == tuple(problems)
    judged = store.connection().execute("SELECT count(*) FROM current_judgements").fetchone()[0]
    for shape in (Shape.JUDGEMENTS, Shape.HISTORY, Shape.WIDE):
        for form in Format:
            out = folder / f"out.{form}"
            summary = export(store, out, ExportOptions(shape, form))
            text = out.read_text(encoding="utf-8")
            if form is Format.CSV:
                rows = len(_rows_of(text)) - 1
            else:
                rows = len([json.loads(line) for line in text.split("\n") if line])
            assert rows == summary.rows == judged, f"{judged} judged, {rows} exported as {shape} to {form}"


def _rows_of(text: str) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows), "rows of a CSV that are not equally long"
    return rows
