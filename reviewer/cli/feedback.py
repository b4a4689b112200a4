"""``reviewer feedback``: what reviewers said, for the agents that make the next proposals."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from reviewer.cli.main import GivenPath, Invocation
from reviewer.cli.output import echo_exactly
from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line

STDOUT = Path("-")


class Moment(click.ParamType[datetime]):
    """A day or a time as ISO 8601 writes it; one without a zone is in UTC."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time; write 2026-03-31, or 2026-03-31T09:30:00Z.", param, ctx)


@click.command("feedback")
@click.option("-o", "--output", type=GivenPath(path_type=Path), metavar="FILE",
              help="The file to write, replaced when all is written; '-', or nothing, is standard output.")  # fmt: skip
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--since", type=Moment(), metavar="WHEN",
              help="Only proposals of which something was said since: 2026-03-31, or with a time, in UTC.")  # fmt: skip
@click.option("--everyone", is_flag=True,
              help="Count all judgements, for who organises the reviews: reading them ends blindness.")  # fmt: skip
@click.option("--force", is_flag=True, help="Let FILE be replaced even where it is there and no export.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line, and leave.")
@click.pass_obj
def command(
    invocation: Invocation,
    output: Path | None,
    problem: str | None,
    since: datetime | None,
    everyone: bool,
    force: bool,
    schema: bool,
) -> None:
    """Write what reviewers said of each judged proposal, as JSON Lines, so that the next agents can read it.

    A line has how many reviewers gave which verdict, how many rated which constraint a blocker, and those rationales
    that their authors let agents read, word for word: L does that in the app, for one rationale as it stands. Once it
    is changed it goes out no longer; before its author's verdict it does not go out, and is counted as waiting. No
    other text goes out, and no reviewer is named; who runs this shares the counts.

    Of others what you may see by now is counted, as in 'reviewer export'. With --since a line has all that is held of a
    proposal of which something was said since then; where all was taken back, only a file without --since shows it.

    \b
    Examples:
      reviewer feedback -o feedback.jsonl --reviewer kim
      reviewer feedback --everyone --problem weak-to-strong --since 2026-03-31 | head
      reviewer feedback --schema > feedback.schema.json
    """
    from reviewer.exports.feedback import feedback_schema

    if schema:
        echo_exactly(json.dumps(feedback_schema(), indent=2, ensure_ascii=False))
        return
    from reviewer.cli.cutting_short import NOTHING_WRITTEN, PART_WRITTEN, told_when_cut_short
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import id_of_named_viewer
    from reviewer.exports.output import refuse_to_replace
    from reviewer.workflow.feedback import give_feedback
    from reviewer.workflow.places import find_places

    if output == STDOUT:
        output = None
    if output is not None and not force:
        refuse_to_replace(output)
    streamed = output is None or (output.exists() and not output.is_file())
    with closing(open_to_look(find_places(invocation.store, invocation.config).store)) as store:
        viewer = None if everyone else id_of_named_viewer(store, invocation)
        with told_when_cut_short(PART_WRITTEN if streamed else NOTHING_WRITTEN):
            given = give_feedback(store, output, viewer_id=viewer, problem=problem, since=since)
    to = f" written to {output}" if output else ""
    said = f"{counted(given.verdicts, 'verdict')}, {counted(given.rationales, 'rationale')} that agents may read"
    why = "" if given.proposals or everyone else ": none that you may count"
    waits = ""
    if given.waiting:
        wait = "waits" if given.waiting == 1 else "wait"
        whose = "its author's verdict" if everyone else "your verdict"
        waits = f" {counted(given.waiting, 'more rationale')} that agents may read {wait} for {whose}."
    click.echo(safe_line(f"{counted(given.proposals, 'proposal')}{to}{why or f' ({said})'}.{waits}"), err=True)
