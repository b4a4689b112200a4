"""``reviewer import``: take files in."""

from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from reviewer.cli.import_options import ImportedPath, ImportNumber, baseline_rule, require_run, require_slug
from reviewer.cli.import_telling import tell_imports, tell_report
from reviewer.cli.main import GivenPath, Invocation
from reviewer.cli.progress_line import ProgressLine
from reviewer.cli.standard_input import DASH
from reviewer.domain.errors import UserError

if TYPE_CHECKING:
    from reviewer.sources.contract import Stated
    from reviewer.store.connection import Store
    from reviewer.workflow.places import Places
    from reviewer.workflow.reading import Reading
    from reviewer.workflow.setting_rule import SettingRule
    from reviewer.workflow.told_metrics import ToldMetrics


EVERY_SECONDS = 10.0
"""How often --watch looks, where nobody says it."""


@click.command("import")
@click.argument("paths", nargs=-1, metavar="PATH...", type=ImportedPath(path_type=Path))
@click.option(
    "--problem",
    metavar="SLUG",
    callback=require_slug,
    help="The problem of records that name none, and of the study server's files.",
)
@click.option(
    "--setting",
    "settings",
    metavar="SETTING",
    default="",
    help="Where it was measured: lab, held_out, pilot or production, for all or as chat=lab,math=held_out.",
)
@click.option(
    "--baseline",
    "baseline",
    metavar="FIELD=VALUE",
    multiple=True,
    callback=baseline_rule,
    help="What tells a baseline where no file says it, as model=gpt-4o; given more than once, all of it must hold.",
)
@click.option("--direction", "directions", multiple=True, metavar="METRIC=higher|lower",
              help="Which way a metric is better, for all that is read. May be given several times.")  # fmt: skip
@click.option("--primary-metric", metavar="METRIC", help="The metric that counts, of all problems that have it.")
@click.option("--format", "format_name", metavar="NAME", help="The format, where its content does not tell.")
@click.option("--namespace", metavar="NAME", callback=require_run,
              help="The run that records are of whose files name none, where ids of two runs are alike.")  # fmt: skip
@click.option("--newer", is_flag=True, help="What is read is a newer version of what other files said before.")
@click.option("--index-later", is_flag=True, help="Leave search index and checks for later: a fifth of the time.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and write nothing.")
@click.option("--explain", is_flag=True,
              help="Say how each file was recognised and what would become of it, and write nothing.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="With --explain: print JSON instead.")
@click.option("--watch", is_flag=True, help="Follow a folder or the study's server until Ctrl-C.")
@click.option("--every", metavar="SECONDS", type=click.FloatRange(min=0.1), show_default=f"{EVERY_SECONDS:g}",
              help="With --watch: how often to look.")  # fmt: skip
@click.option("--list", "listing", is_flag=True, help="List the imports of the store, newest first.")
@click.option(
    "--withdraw",
    metavar="ID",
    type=ImportNumber(),
    help="Take out what import ID brought and nobody has judged.",
)
@click.option("--stopped", is_flag=True, help="With --withdraw: the other machine where it began is gone.")
@click.option("--everyone", is_flag=True, help="With --withdraw: name what stays since somebody has judged it.")
@click.option("--as", "as_", type=click.Choice(["proposals", "judgements", "outcomes"]),
              help="What a table holds: proposals, or judgements or outcomes that were told elsewhere.")  # fmt: skip
@click.option("--map", "map_file", type=GivenPath(dir_okay=False, path_type=Path), metavar="FILE",
              help="What the columns of a table are, in TOML; with --as and without it, one is begun.")  # fmt: skip
@click.option("--missing", type=click.Choice(["make", "reject"]), default="reject", show_default=True,
              help="With --as judgements: what becomes of a row whose proposal is not in the store.")  # fmt: skip
@click.pass_obj
def command(
    invocation: Invocation,
    paths: tuple[Path | str, ...],
    problem: str | None,
    settings: str,
    baseline: tuple[tuple[str, str], ...],
    directions: tuple[str, ...],
    primary_metric: str | None,
    format_name: str | None,
    namespace: str,
    newer: bool,
    index_later: bool,
    dry_run: bool,
    explain: bool,
    as_json: bool,
    watch: bool,
    every: float | None,
    listing: bool,
    withdraw: int | None,
    stopped: bool,
    everyone: bool,
    as_: str | None,
    map_file: Path | None,
    missing: str,
) -> int:
    """Take proposals, baselines and their numbers into the store.

    Each PATH is a file or a folder, - for standard input, or the address of the study's server while it runs, as
    http://host:8000. The format is found by the content: 'reviewer sources' lists what is known, and --explain says of
    a file how it was recognised and what becomes of each field. The same import twice changes nothing. Records that
    cannot be taken are listed with their file, place and reason, and the exit status is then 2; so it is where
    --setting names a dataset, or --direction a metric, that nothing has, or nothing is what --baseline says, although
    the records are taken.

    Ids that are unique in one file alone (rows of a table, of a log) may be of two runs. Where a file says something
    else of half or more of the ids that another file brought, nothing of it is taken until --namespace names its run,
    or --newer says that it is a newer version of the same. Where a long file had brought something before that, the
    sentence names the import to withdraw before it is given a name.

    With --index-later the records are there at once, and search finds their text, and `reviewer checks` has its
    questions, once the open app, the next import without it, or `reviewer doctor --rebuild` has completed both.

    --watch follows a folder, or the study's server, and takes in what comes: of a folder the files that have not
    changed for two seconds, of a server what it did not tell before. It ends by Ctrl-C, with exit status 0.

    A record that is there already, and is met as it is in another file, is unchanged; that place is kept too, and told.

    --withdraw takes out what an import brought: what another import met as it is, be it in the same file or in another
    one, stays, as that one's. A method that somebody has judged, or judged beside, stays whole, and --everyone, for who
    organises the reviews, names it, also when asked once more. The settings that it stated or told stay, and so does
    what it said of a problem (title, metrics, datasets, target): what that is, is told. A problem that it made goes
    too, once nothing of others is in it.

    Any other table of proposals (CSV, TSV, JSON, JSON Lines, Parquet) is read by a map of its columns: --as proposals
    begins one, --map reads by it. A map that lies in the folder maps beside the config, saved by the import screen, is
    used for tables with the same columns, and named.

    With --as judgements each row of such a table is a review by somebody else, on scales of its own: the same
    review twice is one, one with other values is a further event of its reviewer. With --as outcomes each row says
    what became of a proposal, as for 'reviewer outcomes import', its columns called as [columns] of the map says. How
    much a file brought tells how much was judged elsewhere: it is for who organises the reviews.

    \b
    Examples:
      reviewer import experiments.db --setting lab
      reviewer import shared_findings/ --setting chat=lab,math=held_out,code=held_out
      reviewer import logs/ --baseline model=gpt-4o
      reviewer import results.jsonl --direction pgr=higher --primary-metric pgr
      reviewer import results.jsonl --explain
      reviewer import results.jsonl --dry-run
      ssh lab cat run7/results.tsv | reviewer import -
      reviewer import http://localhost:8000 --watch --setting lab
      reviewer import table.csv --as proposals > begun.toml
      reviewer import table.csv --map columns.toml --problem weak-to-strong
      reviewer import reviews.csv --as judgements > begun.toml
      reviewer import reviews.csv --as judgements --map map.toml --missing make
      reviewer import --list
    """
    from reviewer.workflow.places import find_places

    if as_ is not None and paths == (DASH,):
        raise click.UsageError("--as takes a file, not standard input; save what comes there to one")
    if every is not None and not watch:
        raise click.UsageError("--every goes with --watch")
    if missing != "reject" and as_ != "judgements":
        raise click.UsageError("--missing goes with --as judgements")
    told_of_methods = {
        "--setting": settings, "--baseline": baseline, "--direction": directions, "--primary-metric": primary_metric,
        "--format": format_name, "--index-later": index_later, "--explain": explain, "--json": as_json,
        "--watch": watch, "--list": listing, "--withdraw": withdraw is not None, "--stopped": stopped,
        "--everyone": everyone, "--namespace": namespace, "--newer": newer,
    }  # fmt: skip
    is_one_file = len(paths) == 1 and isinstance(paths[0], Path)
    unfit = next((option for option, given in told_of_methods.items() if given), "")
    if as_ == "proposals" and map_file is None:
        if not is_one_file or unfit or problem or dry_run:
            raise click.UsageError("--as proposals without --map begins a map: it takes one file and no more options")
        from reviewer.cli.import_said import print_table_map

        print_table_map(Path(paths[0]))
        return 0
    if as_ in ("judgements", "outcomes"):
        if not is_one_file:
            raise click.UsageError(f"--as {as_} takes one file")
        if unfit:
            raise click.UsageError(f"--as {as_} does not go with {unfit}, which is of proposals")
        file = Path(paths[0])
        if as_ == "outcomes":
            if problem or dry_run:
                raise click.UsageError("--as outcomes takes --map alone; the proposals name their problems")
            from reviewer.cli.outcomes import take_in_outcomes

            return take_in_outcomes(invocation, file, map_file=map_file)
        from reviewer.cli.import_said import import_judgements

        return import_judgements(
            invocation, file, map_file, problem=problem, make_missing=missing == "make", dry_run=dry_run
        )
    places = find_places(invocation.store, invocation.config)
    if stopped and withdraw is None:
        raise click.UsageError("--stopped goes with --withdraw")
    if everyone and withdraw is None:
        raise click.UsageError("--everyone goes with --withdraw")
    if listing or withdraw is not None:
        alone = "--list" if listing else "--withdraw"
        others = (
            listing and withdraw is not None, paths, problem, settings, baseline, directions, primary_metric,
            format_name, index_later, dry_run, explain, watch, map_file, namespace, newer,
        )  # fmt: skip
        if any(others):
            raise click.UsageError(f"{alone} stands alone: it imports nothing, and takes none of the other options")
        return _list_or_withdraw(places.store, withdraw, stopped=stopped, everyone=everyone)
    if not paths:
        raise click.UsageError("name a file or a folder to import")
    files = [path for path in paths if isinstance(path, Path)]
    addresses = [path for path in paths if isinstance(path, str)]
    for path in files:
        _require_utf8(path)
    if format_name is not None and addresses:
        raise click.UsageError("--format is for files: what a server answers is known by its address")
    if map_file is not None and addresses:
        raise click.UsageError("--map is for files: it says what the columns of a table are")
    if baseline and addresses:
        raise click.UsageError("--baseline is for files: the study's server says itself what is a baseline")
    from reviewer.workflow.table_maps import maps_folder

    maps = maps_folder(places.config)
    as_told = AsTold(settings, directions, primary_metric, baseline, map_file, namespace, newer)
    if explain:
        if index_later or watch or addresses:
            raise click.UsageError("--explain writes nothing, and is for files: no --index-later, --watch or address")
        from reviewer.cli.import_explained import explain_paths

        return explain_paths(
            places,
            tuple(files),
            as_told,
            problem=problem,
            format_name=format_name,
            maps=maps,
            as_json=as_json,
        )
    if as_json:
        raise click.UsageError("--json goes with --explain")
    places.require_place_for_store()
    if watch:
        from reviewer.cli.watching import Following, watch_and_tell

        if len(paths) != 1 or dry_run:
            raise click.UsageError("--watch takes one folder or address, and writes what comes")
        what = Following(paths[0], every or EVERY_SECONDS, as_told, problem=problem, format_name=format_name)
        return watch_and_tell(places, what, index_later=index_later)
    from reviewer.cli.fetching import fetched_by_address
    from reviewer.cli.standard_input import standard_input_aside
    from reviewer.workflow.reading import Reading, collect_rarely

    with ExitStack() as stack:
        plans = [
            stack.enter_context(fetched_by_address(places, address, problem, as_told.stated())) for address in addresses
        ]
        there, stands_for = stack.enter_context(standard_input_aside(tuple(files)))
        # Another process begins to read a large file now, while this one loads what writing takes.
        reading = Reading(
            there,
            problem=problem,
            format_name=format_name,
            stated=as_told.stated(),
            maps=maps,
            stands_for=stands_for,
            plans=plans,
        )
        stack.enter_context(closing(reading))
        collect_rarely()
        return _import(places, reading, as_told, index_later=index_later, dry_run=dry_run)


class AsTold(NamedTuple):
    """What the person tells once for all that is read, as it was typed."""

    settings: str
    directions: tuple[str, ...] = ()
    primary_metric: str | None = None
    baseline: tuple[tuple[str, str], ...] = ()
    map_file: Path | None = None
    namespace: str = ""
    newer: bool = False

    def stated(self) -> "Stated | None":
        """Return what readers have to know of it; None where that is nothing.

        Raises:
            UserError: when the map of a table is none.
        """
        from reviewer.sources.contract import Stated
        from reviewer.sources.table_map import read_table_map

        mapping = read_table_map(self.map_file) if self.map_file else None
        told = Stated(self.baseline, mapping, self.namespace)
        return None if told == Stated() else told

    def parsed(self) -> "tuple[SettingRule, ToldMetrics]":
        """Return what it says.

        Raises:
            UserError: when a part of it says nothing that can be understood.
        """
        from reviewer.workflow.setting_rule import parse_settings
        from reviewer.workflow.told_metrics import ToldMetrics, parse_directions

        directions = parse_directions(self.directions)
        return parse_settings(self.settings), ToldMetrics(directions, self.primary_metric)


def _import(places: "Places", reading: "Reading", as_told: AsTold, *, index_later: bool, dry_run: bool) -> int:
    """Take in what is read, and tell what it came to; return the exit status."""
    from reviewer.cli.reading import is_missing, open_to_look, store_aside
    from reviewer.store.migrations import load_what_making_takes, open_store
    from reviewer.workflow.config import read_config
    from reviewer.workflow.importing import take_in

    checks = read_config(places.config).checks
    rule, told = as_told.parsed()
    # A store is made once there is something to put into it, and never taken away: another process may use it by then.
    missing = is_missing(places.store)
    open_there = open_to_look if dry_run else open_store
    progress = ProgressLine()
    if missing:
        load_what_making_takes()
    aside = missing and (dry_run or not reading.holds_a_record())
    with store_aside() if aside else closing(open_there(places.store)) as store:
        begun = _begun(store)
        try:
            report = take_in(
                store,
                reading,
                settings=rule,
                told=told,
                newer=as_told.newer,
                dry_run=dry_run or aside,
                index_later=index_later,
                checks=checks,
                progress=progress.show_how_far,
            )
        except BaseException:
            progress.clear()
            _tell_cut_off(store, begun)
            raise
    progress.clear()
    return tell_report(report, dry_run=dry_run)


def _begun(store: "Store") -> int:
    from reviewer.store.imports import imports_begun

    with store.read() as connection:
        return imports_begun(connection)


def _require_utf8(path: Path) -> None:
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        raise UserError(f"{path}: the path is not UTF-8, as the store keeps it; rename it, then import it.") from None


def _tell_cut_off(store: "Store", begun: int) -> None:
    """Tell after an error or Ctrl-C how to go on, where something was taken in before."""
    from reviewer.domain.errors import ReviewerError

    # The error that ends the import is told; one more, while looking at what it left, would only hide it.
    with suppress(ReviewerError):
        if _begun(store) > begun:
            click.echo("The import was cut off; what was taken in stays, and it completes when run again.", err=True)


def _list_or_withdraw(path: Path, withdraw: int | None, *, stopped: bool, everyone: bool) -> int:
    if withdraw is None:
        tell_imports(path)
    else:
        from reviewer.cli.withdrawal import withdraw_and_tell

        withdraw_and_tell(path, withdraw, stopped=stopped, everyone=everyone)
    return 0
