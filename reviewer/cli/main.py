"""The ``reviewer`` command: subcommands that load when they are called, and one sentence for whatever goes wrong."""

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from reviewer.cli.output import Letters, readable_output
from reviewer.domain.errors import ReviewerError, UserError

PROGRAM = "reviewer"
COMPLETE_VARIABLE = "_REVIEWER_COMPLETE"
INTERRUPTED = 130
CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the options that every command shares said; ``ctx.obj`` of each command. None where one was not given."""

    store: Path | None = None
    reviewer: str | None = None
    config: Path | None = None
    at: str | None = None
    letters: Letters = field(default_factory=Letters, compare=False, repr=False)
    """Which letters the call prints in; one for all that the call is about."""


class Listed(NamedTuple):
    """A subcommand that is not loaded yet: where it stands, and its line in ``reviewer --help``."""

    module: str
    attribute: str
    summary: str
    works: bool = True
    """Whether it works with a store and a config: those may be named behind it as well, and what it logs is kept."""


COMMANDS: Mapping[str, Listed] = {
    "import": Listed(
        "reviewer.cli.import_", "command", "Take proposals and baselines with their numbers into the store."
    ),
    "sources": Listed(
        "reviewer.cli.sources", "command", "List the formats that can be read, and what becomes of each."
    ),
    "export": Listed("reviewer.cli.export", "command", "Write the judgements as CSV or JSON Lines."),
    "feedback": Listed("reviewer.cli.feedback", "command", "Write what reviewers said, for agents to read."),
    "demo": Listed("reviewer.cli.demo", "command", "Open a copy of the sample study."),
    "target": Listed("reviewer.cli.target", "command", "Show or set what 'survives in production' means."),
    "assign": Listed("reviewer.cli.assign", "command", "Say who reviews which proposals, evenly and by chance."),
    "outcome": Listed("reviewer.cli.outcome", "command", "Say what became of a proposal, or show what was said."),
    "outcomes": Listed("reviewer.cli.outcomes", "command", "List, export or take in what became of proposals."),
    "adjudicate": Listed("reviewer.cli.adjudicate", "command", "Say what a proposal comes to where judgements differ."),
    "critic": Listed("reviewer.cli.critic", "command", "Ask Claude what would break a proposal, after judging it."),
    "protocol": Listed("reviewer.cli.protocol", "command", "Show or set what is seen before one's own judgement."),
    "stats": Listed("reviewer.cli.stats", "command", "Print what judgements and outcomes come to, as figures."),
    "report": Listed("reviewer.cli.report", "command", "Write the same as a page with plots, HTML or Markdown."),
    "dossier": Listed("reviewer.cli.dossier", "command", "Write all that is known of one proposal as a page."),
    "evidence": Listed("reviewer.cli.evidence", "command", "Show a proposal's numbers beside its baseline's."),
    "rubric": Listed("reviewer.cli.rubric", "command", "Show the constraints to judge by, or change to others."),
    "problems": Listed("reviewer.cli.problems", "command", "List the problems in the store."),
    "leaderboard": Listed("reviewer.cli.leaderboard", "command", "Put the methods of a problem in order by a metric."),
    "checks": Listed("reviewer.cli.checks", "command", "List what the checks ask of the evidence."),
    "duplicates": Listed("reviewer.cli.duplicates", "command", "List proposals that say the same, or nearly."),
    "set": Listed("reviewer.cli.set_", "command", "Say afterwards what a file left unsaid of its numbers."),
    "schema": Listed("reviewer.cli.schema", "command", "Print the JSON Schema of the native format.", False),
    "config": Listed("reviewer.cli.config", "command", "Show the config and every key."),
    "doctor": Listed("reviewer.cli.doctor", "command", "Check the store and config and terminal."),
    "backup": Listed("reviewer.cli.backup", "command", "Copy the store while it is in use, and check the copy."),
    "restore": Listed("reviewer.cli.restore", "command", "Put what people did back onto a store imported anew."),
    "merge": Listed("reviewer.cli.merge", "command", "Take in what other stores have, judgements too."),
    "recover": Listed("reviewer.cli.recover", "command", "Save what can be read of a damaged store."),
    "completion": Listed("reviewer.cli.completion", "command", "Print the completion script of a shell.", False),
}
"""Every subcommand, in the order of ``reviewer --help``, which reads this table and loads none of them."""


class GivenPath(click.Path):
    """A path that is not empty: an unset variable in a script would else mean the folder at hand."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if not os.fspath(value):
            self.fail("the path is empty.", param, ctx)
        return super().convert(value, param, ctx)


class GivenSource(GivenPath):
    """A path, or the address of a server, which is given as text."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path or the address."""
        from reviewer.domain.addresses import is_address, is_foreign_address

        text = os.fspath(value)
        if isinstance(text, str) and is_address(text):
            return text
        if isinstance(text, str) and is_foreign_address(text) and not os.path.lexists(text):
            self.fail(f"{text}: an address begins with http:// or https://; save what is there, and name the file.")
        return super().convert(value, param, ctx)


def _share(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note an option that every command shares in ``ctx.obj``; the one nearest to the command counts."""
    held = ctx.obj if isinstance(ctx.obj, Invocation) else Invocation()
    ctx.obj = held if value is None or param.name is None else replace(held, **{param.name: value})
    if param.name == "config" and value is not None:
        held.letters.config = value


def _shared_options() -> list[click.Option]:
    def option(name: str, metavar: str, kind: click.ParamType[Any], text: str) -> click.Option:
        return click.Option([name], type=kind, metavar=metavar, help=text, expose_value=False, callback=_share)

    file = GivenPath(dir_okay=False, path_type=Path)
    return [
        option("--store", "PATH", file, "The store to use, in place of REVIEWER_STORE or the default one."),
        option("--reviewer", "NAME", click.STRING, "Who judges, in place of REVIEWER_NAME or the config's."),
        option("--config", "PATH", file, "The config file, in place of REVIEWER_CONFIG or the default one."),
    ]


def at_option() -> click.Option:
    """Return the option that names the proposal to open the app at, for the commands that open it."""
    return click.Option(
        ["--at"],
        metavar="ID",
        help="Open the app at this proposal: an id that Y copied, its last 8 or more characters, or NAMESPACE/ID.",
        expose_value=False,
        callback=_share,
    )


def _accept_shared_options(command: click.Command) -> None:
    """Let the shared options stand behind ``command`` too, save those whose names it uses for something else."""
    taken = {opt for param in command.params for opt in param.opts} | {param.name for param in command.params}
    command.params.extend(o for o in _shared_options() if o.name not in taken and not taken & set(o.opts))
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _accept_shared_options(each)


class LazyGroup(click.Group):
    """A group whose subcommands stand in ``COMMANDS`` and are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one subcommand."""
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        command = getattr(import_module(listed.module), listed.attribute)
        assert isinstance(command, click.Command)
        if listed.works:
            _accept_shared_options(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.summary) for name, listed in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete the name of a subcommand without loading any."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=listed.summary)
            for name, listed in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; one that is not there is told with the nearest name."""
        name = args[0]
        if name not in COMMANDS and not ctx.resilient_parsing:
            raise click.UsageError(_no_such_command(name), ctx)
        return super().resolve_command(ctx, args)


def _no_such_command(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    if near:
        return f"there is no command {name!r}; did you mean '{PROGRAM} {near[0]}'?"
    if _is_there(name):
        return f"there is no command {name!r}; to take that in, use '{PROGRAM} import {name}'."
    return f"there is no command {name!r}."


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # As of a name that is longer than any file's.
        return False


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"{PROGRAM} {version(PROGRAM)}")
        ctx.exit()


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings=CONTEXT_SETTINGS,
             params=[*_shared_options(), at_option()])  # fmt: skip
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
              help="Print the version and leave.")  # fmt: skip
@click.pass_context
def cli(ctx: click.Context) -> Any:
    """Judge agents' research proposals beside human baselines, by keyboard, in a terminal.

    Without a command it opens the app on the store. Options before a command may also stand behind it.

    \b
    Examples:
      reviewer demo                      look around in a sample study
      reviewer import results/           take in what the agents left behind
      reviewer                           judge, by keyboard
      reviewer --at 4f1c2a9b             open at the proposal whose id ends so
      reviewer export -o judgements.csv  hand the judgements on
    """
    if ctx.invoked_subcommand not in (None, "demo") and ctx.ensure_object(Invocation).at is not None:
        raise click.UsageError(f"--at opens the app, and '{ctx.invoked_subcommand}' does not.", ctx)
    if ctx.invoked_subcommand is None or COMMANDS[ctx.invoked_subcommand].works:
        _start_logging()
    if ctx.invoked_subcommand is None:
        return import_module("reviewer.cli.app_command").open_app(ctx)
    return None


def _start_logging() -> None:
    """Send what is logged, and what libraries warn of, to the log file: nothing of it is for the terminal."""
    from reviewer.workflow.logs import start_logging
    from reviewer.workflow.places import find_places

    start_logging(find_places(environ={}).log)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; a command may return its own.

    0: done. 1: the store is damaged, or something is wrong on our side. 2: something that the person can put right.
    130: interrupted, and 143 by SIGTERM. Whatever goes wrong is one sentence on stderr; tracebacks go to the log file
    alone.
    """
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    invocation = Invocation()
    with readable_output(invocation.letters):
        return _run(args, invocation)


def _run(args: Sequence[str] | None, invocation: Invocation) -> int:
    try:
        status = cli.main(
            args, prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, standalone_mode=False, obj=invocation
        )
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    except click.ClickException as error:
        return _refuse(error)
    except ReviewerError as error:
        _say(str(error))
        return error.exit_status
    except Exception as error:
        if (refusal := _as_refusal(error)) is not None:
            _say(refusal)
            return 2
        _apologise(error)
        return 1
    finally:
        _settle_output()
    return status if isinstance(status, int) else 0


def _refuse(error: click.ClickException) -> int:
    """Tell a wrong option or argument in one sentence, and where the right ones are listed."""
    message = error.format_message()
    for kind, in_words in _KINDS_OF_NUMBERS.items():
        if message.endswith(told := f" is not a valid {kind}."):
            message = f"{message.removesuffix(told)} is no {in_words}."
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if isinstance(ctx, click.Context) else PROGRAM
    stop = "" if message.endswith((".", "?")) else "."
    _say(f"{message[:1].lower()}{message[1:]}{stop} See '{path} --help'.")
    return 2


_KINDS_OF_NUMBERS = {
    "float": "number", "float range": "number", "integer": "whole number", "integer range": "whole number",
}  # fmt: skip
"""What the types of options are called by the library that reads them, in words for people."""


def _as_refusal(error: Exception) -> str | None:
    """Return the sentence for what the person can put right although no command looks for it, or None."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f"{error.filename}" if error.filename else "What there was to write"
        return f"{where} could not be written ({error.strerror}); make room, or have it written elsewhere."
    if isinstance(error, UnicodeEncodeError) and _SURROGATES.search(error.object):
        return f"{error.object!r} is not UTF-8; write it, or the name of the file, in UTF-8."
    return None


_SURROGATES = re.compile("[\udc80-\udcff]")
"""What Python makes of the bytes of an argument or a file's name that are no UTF-8."""


def _apologise(error: Exception) -> None:
    """Say in one sentence that we failed, and keep the traceback in the log."""
    from reviewer.domain.text import safe_line
    from reviewer.workflow.logs import record_failure
    from reviewer.workflow.places import find_places

    log = find_places(config=None, environ={}).log
    kept = record_failure(log, error)
    reason = safe_line(f"{type(error).__name__}: {error}", limit=200)
    where = f"the details are in {log}" if kept else f"the details could not be written to {log}"
    _say(f"something went wrong on our side ({reason}); {where}.")


def _say(sentence: str) -> None:
    """Write one safe line to stderr; while a shell asks for completions, nothing may stand between its words."""
    from reviewer.domain.text import safe_line

    if COMPLETE_VARIABLE not in os.environ:
        click.echo(f"{PROGRAM}: {safe_line(sentence)}", err=True)


class _ClosedOutput(io.TextIOBase):
    """Stands where Python puts None, into which a command would write, and end well, with nobody to read it."""

    def write(self, text: str) -> int:
        raise UserError(
            "Standard output is closed, so that nothing can be written to it; open it, or send it to a file."
        )


def _settle_output() -> None:
    """Write out what is still buffered for stdout; where nobody takes it, see that leaving does not try again."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
