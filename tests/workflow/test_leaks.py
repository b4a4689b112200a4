"""Nothing leaks by the way: what a viewer may not see makes no difference to anything that they are shown.

Each way out is asked of two stores that differ in just that: in what others hold, or in where proposals come from, what
they claim, what they scored and how they ended, or in what of that their own texts tell.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from reviewer.domain.checks import CheckSettings
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Protocol, Role, Setting, Stage, Status, Verdict
from reviewer.evidence.checks.registry import BY_ID
from reviewer.exports.columns import Shape
from reviewer.store import queue
from reviewer.store.connection import Store
from reviewer.store.critic_settings import CriticOffer, set_critic_offer
from reviewer.store.critique_marks import set_mark
from reviewer.store.problems import counts, list_problems
from reviewer.store.protocols import stage_of
from reviewer.workflow import browsing, judging
from reviewer.workflow.browsing import Asked
from reviewer.workflow.check_listing import listed_rules, methods_asked
from reviewer.workflow.completing import check_all
from reviewer.workflow.exporting import ExportOptions, export
from reviewer.workflow.exporting_adjudications import export_adjudications
from reviewer.workflow.ledger import export_outcomes, ledger, measured_only, own_standing
from reviewer.workflow.ledger_board import read_rows
from reviewer.workflow.others import others_on
from reviewer.workflow.outcomes import outcome_state, today
from reviewer.workflow.queue_drawing import draw_queue
from reviewer.workflow.session import Session
from reviewer.workflow.statistics import statistics, statistics_as_data, viewer_of
from reviewer.workflow.views import ProblemReader
from reviewer.workflow.why_here import why_here
from tests.attempts import ask_ahead, look
from tests.builders import act, build_session, build_store, context, measured, record, table
from tests.workflow.judged_stores import end, give, in_production
from tests.workflow.sealed_stores import go_through, put_under, say

Way = Callable[[Session, Path], Any]
"""Something that the session's reviewer is shown."""

SAFE_SORTS = (Sort.IMPORTED, Sort.NEWEST, Sort.TITLE)
"""The orders that stand on nothing that may be hidden."""


def rows_of(session: Session, _folder: Path, *asked: QueueFilter) -> Any:
    c, me = session.store.connection(), session.reviewer_id
    pages = [queue.first_page(c, 1, me, each, sort, 100) for each in asked for sort in SAFE_SORTS]
    return pages, [queue.count_queue(c, 1, me, each) for each in asked]


def all_rows(session: Session, folder: Path) -> Any:
    own = [QueueFilter(status=s) for s in Status] + [QueueFilter(verdict=v) for v in Verdict]
    own += [QueueFilter(flagged=True), QueueFilter(changed=True), QueueFilter(tag="hers")]
    return rows_of(session, folder, QueueFilter(), *own)


def rows_by_origin(session: Session, folder: Path) -> Any:
    named = [QueueFilter(agent=agent) for agent in ("agent-1", "agent-2", "ghost")]
    named += [QueueFilter(family=family) for family in ("ue", "noise")]
    named += [QueueFilter(check=rule) for rule in BY_ID]
    return rows_of(session, folder, *named)


def rows_found(session: Session, folder: Path) -> Any:
    texts = ("agent", "agent-1", "agent-2", "ue", "run-9", "wins", "loses", "lee", "hers", "because")
    return rows_of(session, folder, *(QueueFilter(text=text) for text in texts))


def orders(session: Session, _folder: Path) -> Any:
    """Every order of the queue, the drawn one too, and why each row stands where it does."""
    draw = draw_queue(session, 1, seed=7)
    asked = [Asked(1, QueueFilter(), sort, draw=draw) for sort in Sort]
    pages = [browsing.first_page(session, each, 100) for each in asked]
    return pages, [why_here(session, each, method_id) for each in asked for method_id in (1, 2, 3, 4)]


def what_others_hold(session: Session, _folder: Path) -> Any:
    return [others_on(session.store, method_id, session.reviewer_id) for method_id in (1, 2, 3)]


def filter_choices(session: Session, _folder: Path) -> Any:
    return replace(browsing.filter_choices(session, 1), as_of=(0, 0)), browsing.proposals_asked(session, 1)


def tags(session: Session, _folder: Path) -> Any:
    return browsing.tags_used(session)


def header(session: Session, _folder: Path) -> Any:
    return counts(session.store.connection(), 1, session.reviewer_id), browsing.last_judged(session, 1)


def views(session: Session, _folder: Path) -> Any:
    reader = ProblemReader(session, 1)
    return [reader.view(method_id) for method_id in (1, 2, 3)]


def own_history(session: Session, _folder: Path) -> Any:
    return [browsing.own_history(session, method_id) for method_id in (1, 2, 3)]


def ledger_screen(session: Session, _folder: Path) -> Any:
    return read_rows(session.store, 1, session.reviewer_id)


def ledger_rows(session: Session, _folder: Path) -> Any:
    c, me = session.store.connection(), session.reviewer_id
    stored = list_problems(c)[0]
    standing = own_standing(c, stored, me, today(session.clock))
    return list(ledger(c, 1, me)), list(measured_only(c, 1, me)), standing


def outcomes_file(session: Session, folder: Path) -> Any:
    out = folder / "outcomes.csv"
    export_outcomes(session.store, list_problems(session.store.connection()), out, session.reviewer_id)
    return out.read_text()


def outcome_states(session: Session, _folder: Path) -> Any:
    states = [outcome_state(session.store, method_id, session.reviewer_id, session.clock) for method_id in (1, 2, 3)]
    return [(state.due, state.resolution) for state in states]


def stats(session: Session, _folder: Path) -> Any:
    viewer = viewer_of(session.store, session.reviewer)
    return statistics_as_data(statistics(session.store, list_problems(session.store.connection()), viewer), viewer)


def checks(session: Session, _folder: Path) -> Any:
    me = session.reviewer_id
    rules = listed_rules(session.store, CheckSettings(), viewer_id=me)
    return rules, [methods_asked(session.store, rule.id, viewer_id=me) for rule in rules]


def exports(session: Session, folder: Path) -> Any:
    found = []
    adjudicated = folder / "adjudicated.csv"
    export_adjudications(session.store, adjudicated, session.reviewer_id)
    found.append(adjudicated.read_text())
    for shape in (shape for shape in Shape if shape is not Shape.ADJUDICATIONS):
        for asked in (QueueFilter(), QueueFilter(agent="agent-1"), QueueFilter(family="ue"), QueueFilter(text="lee")):
            out = folder / "out.csv"
            export(session.store, out, ExportOptions(shape, viewer_id=session.reviewer_id, asked=asked))
            found.append(out.read_text())
    return found


def commands(session: Session, capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> tuple[int, str, str]:
    code = main([*words, "--store", str(session.store.path), "--reviewer", session.reviewer])
    out, err = (said.replace(session.store.path.name, "the.db") for said in capsys.readouterr())
    return code, out, err


def own_acts(session: Session, _folder: Path) -> Any:
    """What is said of one's own acts, and of those that are undone."""
    done = []
    for method_id in (1, 2, 3):
        seen = context(session, method_id, stage=stage_of(session.store.connection(), method_id, session.reviewer_id))
        done.append(judging.perform(session, method_id, Act.FLAG, judging.set_flag(True), seen, words="flag"))
    done += [judging.undo(session), judging.redo(session)]
    return [(each.words, each.title) for each in done if each is not None]


WAYS: tuple[Way, ...] = (
    all_rows, rows_by_origin, rows_found, filter_choices, tags, header, views, own_history, ledger_screen, ledger_rows,
    outcomes_file, outcome_states, stats, checks, exports, orders, what_others_hold,
)  # fmt: skip

COMMANDS = (
    ["stats"], ["stats", "--json"], ["outcomes"], ["outcomes", "--json"], ["outcomes", "export"], ["export"],
    ["export", "--history"], ["export", "--long"], ["export", "--wide"], ["export", "--mine"], ["problems"],
    ["export", "--adjudications"], ["report"], ["assign", "--list"], ["assign", "--list", "--json"],
    ["import", "--list"], ["protocol"],
)  # fmt: skip

OF_EVIDENCE = (
    ["leaderboard"], ["checks"], ["checks", "--json"], ["checks", "--rule", "few-seeds"], ["evidence", "{proposal}"],
    ["outcome", "{proposal}"], ["outcome", "{proposal}", "--json"], ["dossier", "{proposal}"],
    ["adjudicate", "{proposal}", "--show"], ["adjudicate", "{proposal}", "--show", "--json"],
)  # fmt: skip


def records() -> list[Any]:
    several: dict[str, Any] = {"standard_error": 0.02, "n_seeds": 3, "setting": Setting.LAB}
    made = [
        record(f"p{i}", agent=f"agent-{1 + i % 2}", run="run-9", family="ue", claims=("It wins.",),
               title=f"Idea {i}", body="It does so.", hypothesis="It is so.",
               measurements=(measured(0.5 + i / 10, **several),))
        for i in (1, 2, 3, 4)
    ]  # fmt: skip
    return [
        *made,
        record("b1", Role.BASELINE, title="Another", body="It does not.", measurements=(measured(0.3, **several),)),
    ]


def two(tmp_path: Path, prepare: Callable[[Store], None]) -> tuple[Store, Store]:
    """Two stores that are the same to the id."""
    one = build_store(tmp_path, *records(), name="one.db")
    prepare(one)
    check_all(one, CheckSettings())
    one.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    one.close()
    shutil.copy(one.path, tmp_path / "other.db")
    return Store(one.path), Store(tmp_path / "other.db")


def kept_of(folder: Path, one: Store, other: Store) -> Path:
    """Close two stores that were made once; return where they lie, for ``kim_in`` to copy."""
    for store in (one, other):
        store.close()
    assert {path.name for path in folder.iterdir()} == {"one.db", "other.db"}
    return folder


def kim_in(kept: Path, folder: Path) -> tuple[Session, Session]:
    """kim in copies of two stores."""
    one, other = (build_session(Store(Path(shutil.copy(kept / f"{name}.db", folder)))) for name in ("one", "other"))
    return one, other


def judge_otherwise(store: Store) -> None:
    """Let lee and noor hold something of proposals."""
    for name, forecast, verdict in (("lee", 0.9, Verdict.FAILS), ("noor", 0.1, Verdict.SURVIVES)):
        session = build_session(store, name)
        for method_id in (1, 2, 3):
            give(session, method_id, forecast, verdict)
            act(session, method_id, Act.TAGS, judging.set_tags(["hers"]))
            act(session, method_id, Act.FLAG, judging.set_flag(True))
            act(session, method_id, Act.RATIONALE, judging.set_rationale(f"because {name} says so"))


def nothing(_store: Store) -> None:
    """Nobody judged anything."""


def kim_at_idea(store: Store) -> None:
    put_under(store, Protocol.SEALED)
    kim = build_session(store)
    say(kim, 1, Stage.IDEA, 0.6, Verdict.SURVIVES)
    act(kim, 2, Act.TAGS, judging.set_tags(["mine"]))


def kim_at_evidence(store: Store) -> None:
    put_under(store, Protocol.SEALED)
    go_through(build_session(store), 1, (0.6, 0.4))


STATES = {"blind": nothing, "sealed, at the idea": kim_at_idea, "sealed, at the evidence": kim_at_evidence}


@pytest.fixture(scope="module", params=STATES)
def where_others_differ(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    one, other = two(folder, STATES[request.param])
    for store in (one, other):
        build_session(store)
    judge_otherwise(other)
    return kept_of(folder, one, other)


@pytest.fixture
def others_differ(where_others_differ: Path, tmp_path: Path) -> tuple[Session, Session]:
    """kim, who may not see what others hold, in two stores that differ in that."""
    return kim_in(where_others_differ, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_what_others_hold_makes_no_difference(others_differ: tuple[Session, Session], way: Way, tmp_path: Path) -> None:
    one, other = others_differ
    assert way(one, tmp_path) == way(other, tmp_path)


@pytest.mark.parametrize("words", [*COMMANDS, *OF_EVIDENCE], ids=" ".join)
def test_what_others_hold_changes_no_word_of_a_command(
    others_differ: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = others_differ
    uuid = table(one.store, "SELECT uuid FROM methods WHERE id = 2")[0][0]
    asked = [word.format(proposal=uuid) for word in words]
    assert commands(one, capsys, asked) == commands(other, capsys, asked)


def prove_it_otherwise(store: Store) -> None:
    """Let the proposals come from elsewhere, claim something else, have scored otherwise, and have ended."""
    with store.write() as connection:
        connection.execute(
            "UPDATE methods SET agent = 'agent-' || (3 - id % 2), run = 'run-5', family = 'noise', namespace = 'else', "
            "external_id = 'q' || id, origin = 'unknown', claim = 9 - id WHERE role = 'proposal'"
        )
        connection.execute("UPDATE measurements SET value = value / 3, n_seeds = 9 WHERE method_id < 5")
        connection.execute("DELETE FROM check_results WHERE method_id < 5")
        connection.execute("INSERT INTO check_results (method_id, rule, ordinal, level, question, numbers) "
                           "VALUES (2, 'test-set-error', 0, 'ask', 'Really?', '{}')")  # fmt: skip
    for method_id, survived in ((1, True), (2, False)):
        end(store, method_id, survived, **in_production(0.1))


@pytest.fixture(scope="module")
def where_evidence_differs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    one, other = two(folder, kim_at_idea)
    prove_it_otherwise(other)
    return kept_of(folder, one, other)


@pytest.fixture
def evidence_differs(where_evidence_differs: Path, tmp_path: Path) -> tuple[Session, Session]:
    """kim, who has seen the ideas alone, in two stores that differ in all else of the proposals."""
    return kim_in(where_evidence_differs, tmp_path)


# What becomes of a proposal is not asked while it is sealed: its dialog and its command stay shut.
@pytest.mark.parametrize("way", [way for way in WAYS if way is not outcome_states])
def test_what_is_sealed_makes_no_difference(
    evidence_differs: tuple[Session, Session], way: Way, tmp_path: Path
) -> None:
    one, other = evidence_differs
    assert way(one, tmp_path) == way(other, tmp_path)


@pytest.mark.parametrize("words", [*COMMANDS, *OF_EVIDENCE], ids=" ".join)
def test_what_is_sealed_changes_no_word_of_a_command(
    evidence_differs: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = evidence_differs
    uuid = table(one.store, "SELECT uuid FROM methods WHERE id = 2")[0][0]
    asked = [word.format(proposal=uuid) for word in words]
    assert commands(one, capsys, asked) == commands(other, capsys, asked)


HYPOTHESIS = "{who} finds that {score} of the gap is recovered with 4 layers (± {error})."
BODY = """# {who}: posterior labels

By {who}, in {run}: **{score}** where {other} has {low} to {score}.

1. Take the weak labels.
2. Fit p(y | x) by {who}'s prior.

| data | score | error |
|---|---|---|
| chat | {score} | ±{error} |

```python
best = {score}  # {other}
```
"""
FIRST = {"who": "agent-1", "other": "our baseline", "run": "run-9", "score": "0.372", "low": "0.117", "error": "0.02"}
SECOND = {"who": "Strix", "other": "Claude", "run": "run 1", "score": "ninety-one percent", "low": "35 %",
          "error": "1e-2"}  # fmt: skip


def tell_otherwise(store: Store, words: dict[str, str]) -> None:
    """Let titles and texts tell scores and origins in these words."""
    with store.write() as connection:
        (kept,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'revisions_keep_their_text'"
        ).fetchone()  # fmt: skip
        connection.execute("DROP TRIGGER revisions_keep_their_text")
        for (method_id,) in connection.execute("SELECT id FROM methods ORDER BY id").fetchall():
            title = f"Posterior labels by {words['who']} reach {words['score']}"
            texts = (title, HYPOTHESIS.format(**words), BODY.format(**words))
            connection.execute("UPDATE methods SET title = ?, agent = 'Strix' WHERE id = ?", (title, method_id))
            connection.execute("UPDATE revisions SET title = ?, hypothesis = ?, body = ? WHERE method_id = ?",
                               (*texts, method_id))  # fmt: skip
        connection.execute(kept)
        connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
        connection.execute("DELETE FROM unindexed")


@pytest.fixture(scope="module")
def where_texts_differ(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    one, other = two(folder, kim_at_idea)
    tell_otherwise(one, FIRST)
    tell_otherwise(other, SECOND)
    return kept_of(folder, one, other)


@pytest.fixture
def texts_differ(where_texts_differ: Path, tmp_path: Path) -> tuple[Session, Session]:
    """kim, who has seen the ideas alone, in two stores whose texts differ in numbers and words that tell an origin."""
    return kim_in(where_texts_differ, tmp_path)


def rows_searched(session: Session, folder: Path) -> Any:
    """What a search finds by what is covered, by what stands beside it, and by both."""
    texts = (
        "posterior",
        "poster",
        "0.372",
        "0.3",
        "372",
        "9",
        "agent",
        "agent-1",
        "Strix",
        "stri",
        "base",
        "our",
        "hum",
        "ninety",
        "percent",
        "one ",
        "posterior agent",
        "labels 0.372",
        "layers",
        "by",
        "e",
        "exp",
        "run",
    )
    return rows_of(session, folder, *(QueueFilter(text=text) for text in texts))


def files_searched(session: Session, folder: Path) -> Any:
    found = []
    for text in ("posterior", "0.372", "agent", "strix", "percent", "ninety ", "our"):
        out = folder / "out.csv"
        export(session.store, out, ExportOptions(viewer_id=session.reviewer_id, asked=QueueFilter(text=text)))
        found.append(out.read_text())
    return found


@pytest.mark.parametrize("way", [*WAYS, own_acts, rows_searched, files_searched])
def test_what_texts_tell_of_scores_and_origins_makes_no_difference(
    texts_differ: tuple[Session, Session], way: Way, tmp_path: Path
) -> None:
    one, other = texts_differ
    assert way(one, tmp_path) == way(other, tmp_path)


@pytest.mark.parametrize("words", [*COMMANDS, *OF_EVIDENCE], ids=" ".join)
def test_what_texts_tell_of_scores_and_origins_changes_no_word_of_a_command(
    texts_differ: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = texts_differ
    uuid = table(one.store, "SELECT uuid FROM methods WHERE id = 2")[0][0]
    asked = [word.format(proposal=uuid) for word in words]
    assert commands(one, capsys, asked) == commands(other, capsys, asked)


@pytest.mark.parametrize("way", [all_rows, views, rows_searched, exports, own_acts])
def test_once_the_evidence_is_open_a_text_is_shown_and_searched_as_it_was_written(
    texts_differ: tuple[Session, Session], way: Way, tmp_path: Path
) -> None:
    for session in texts_differ:
        for method_id in (1, 2, 3, 4):
            go_through(session, method_id, (0.6, 0.4, 0.3))
    one, other = texts_differ
    assert way(one, tmp_path) != way(other, tmp_path)
    assert ProblemReader(one, 1).view(1).proposal.body == BODY.format(**FIRST)


def test_what_stands_beside_a_cover_is_found_while_it_is_sealed(texts_differ: tuple[Session, Session]) -> None:
    for session in texts_differ:
        c, me = session.store.connection(), session.reviewer_id
        found = {
            text: len(queue.first_page(c, 1, me, QueueFilter(text=text), Sort.IMPORTED, 9).rows)
            for text in ("posterior", "layers", "0.372", "strix", "agent", "percent")
        }
        assert found == {"posterior": 4, "layers": 4, "0.372": 0, "strix": 0, "agent": 0, "percent": 0}


def test_no_question_of_open_evidence_names_what_is_sealed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    titles = ("Noisy channels of weak labels", "Noisy channels of weak labels", "Noisy channels of all weak labels")
    store = build_store(tmp_path, *(record(f"p{i}", title=title) for i, title in enumerate(titles, 1)))
    check_all(store, CheckSettings())
    put_under(store, Protocol.SEALED)
    kim = build_session(store)
    for method_id in (2, 3):
        go_through(kim, method_id, (0.6, 0.4))
    rules = {"same-title", "similar-title"}

    def asked() -> set[str]:
        reader = ProblemReader(kim, 1)
        said = {each.rule for method_id in (2, 3) for each in reader.view(method_id).questions} & rules
        listed = {rule for rule in rules if any(methods_asked(store, rule, viewer_id=kim.reviewer_id).values())}
        shown = []
        for method_id in (2, 3):
            uuid = table(store, "SELECT uuid FROM methods WHERE id = ?", (method_id,))[0][0]
            shown.append(commands(kim, capsys, ["evidence", uuid])[1])
        told = {rule for rule, words in (("same-title", "the same title"), ("similar-title", "is called")) if
                any(words in each for each in shown)}  # fmt: skip
        assert told == said
        assert said == listed
        return said

    assert "same-title" not in asked()
    go_through(kim, 1, (0.6, 0.4))
    assert asked() == rules


def test_what_is_sealed_is_no_baseline_of_what_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = build_store(tmp_path, *(record(f"p{i}", measurements=(measured(i / 10),)) for i in (1, 2)))
    put_under(store, Protocol.SEALED)
    kim = build_session(store)
    go_through(kim, 1, (0.6, 0.4))
    one, other = (uuid for (uuid,) in table(store, "SELECT uuid FROM methods ORDER BY id"))
    code, out, err = commands(kim, capsys, ["evidence", one, "--baseline", other])
    assert (code, out) == (2, "")
    assert "its evidence opens in the app" in err


@pytest.mark.parametrize("way", [all_rows, filter_choices, views, ledger_screen, stats, checks, exports])
def test_once_the_evidence_is_open_it_is_shown(
    evidence_differs: tuple[Session, Session], way: Way, tmp_path: Path
) -> None:
    """The ways out are no dead ends: what was hidden does come through them, where it may be seen."""
    for session in evidence_differs:
        for method_id in (1, 2, 3, 4):
            go_through(session, method_id, (0.6, 0.4, 0.3))
    one, other = evidence_differs
    assert way(one, tmp_path) != way(other, tmp_path)


def test_once_ones_own_judgement_is_in_others_are_shown(tmp_path: Path) -> None:
    one, other = two(tmp_path, nothing)
    judge_otherwise(other)
    for store in (one, other):
        give(build_session(store), 1, 0.5)
        end(store, 1, True)
    for way in (ledger_rows, stats, exports):
        assert way(build_session(one), tmp_path) != way(build_session(other), tmp_path), way


@pytest.mark.parametrize("words", [["stats", "--json"], ["export"], ["outcomes", "--json"]], ids=" ".join)
def test_who_organises_sees_all(
    others_differ: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = others_differ
    for session in others_differ:
        end(session.store, 1, True)
    asked = [*words, "--everyone"]
    assert commands(one, capsys, asked)[1] != commands(other, capsys, asked)[1]


def critique_ahead(store: Store) -> None:
    """Let lee ask Claude about every proposal, read it of three, say what was useful, and change what they hold."""
    lee = build_session(store, "lee")
    for method_id in (1, 2, 3, 4):
        # Nobody has read the fourth.
        attempt = look(lee, method_id) if method_id < 4 else ask_ahead(lee, method_id)
        with store.write() as connection:
            set_mark(connection, attempt, lee.reviewer_id, "scale/0", True, lee.now())
    for method_id in (1, 2, 3):
        give(lee, method_id, 0.05 * method_id, Verdict.FAILS)


def judged_by_others(state: Callable[[Store], None]) -> Callable[[Store], None]:
    """Prepare a state in which others hold something, an outcome is known and a share is judged without the offer."""

    def prepare(store: Store) -> None:
        state(store)
        judge_otherwise(store)
        end(store, 3, True)
        with store.write() as connection:
            set_critic_offer(connection, CriticOffer(True, 0.5, 3), set_by="lead", now="2020-01-01T00:00:00.000Z")

    return prepare


@pytest.fixture(scope="module", params=STATES)
def where_critiques_differ(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("critiques")
    one, other = two(folder, judged_by_others(STATES[request.param]))
    for store in (one, other):
        build_session(store)
    critique_ahead(other)
    return kept_of(folder, one, other)


@pytest.fixture
def critiques_differ(where_critiques_differ: Path, tmp_path: Path) -> tuple[Session, Session]:
    """kim, who may not see what others hold, in two stores of which in one others had Claude's critique of it."""
    return kim_in(where_critiques_differ, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_critiques_that_were_made_ahead_and_what_others_did_with_them_make_no_difference(
    critiques_differ: tuple[Session, Session], way: Way, tmp_path: Path
) -> None:
    one, other = critiques_differ
    assert way(one, tmp_path) == way(other, tmp_path)


@pytest.mark.parametrize("words", [*COMMANDS, *OF_EVIDENCE, ["stats", "--after-claude"]], ids=" ".join)
def test_critiques_that_were_made_ahead_change_no_word_of_a_command(
    critiques_differ: tuple[Session, Session], words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = critiques_differ
    uuid = table(one.store, "SELECT uuid FROM methods WHERE id = 2")[0][0]
    asked = [word.format(proposal=uuid) for word in words]
    assert commands(one, capsys, asked) == commands(other, capsys, asked)


def test_once_ones_own_judgement_is_in_what_others_did_with_critiques_is_told(tmp_path: Path) -> None:
    one, other = two(tmp_path, judged_by_others(nothing))
    critique_ahead(other)
    for store in (one, other):
        give(build_session(store), 1, 0.5)
    for way in (stats, exports):
        assert way(build_session(one), tmp_path) != way(build_session(other), tmp_path), way


def test_in_the_open_all_is_shown_to_everybody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = two(tmp_path, lambda store: put_under(store, Protocol.OPEN))
    judge_otherwise(other)
    for words in (["stats", "--json"], ["export"]):
        said = [main([*words, "--store", str(store.path)]) or capsys.readouterr().out for store in (one, other)]
        assert said[0] != said[1], words
