"""``reviewer rubric``: which constraints one judges by, and changing to others."""

from pathlib import Path

import click

from reviewer.cli.main import Invocation
from reviewer.cli.output import echo_exactly


@click.group("rubric", invoke_without_command=True)
@click.option("--toml", "as_toml", is_flag=True, help="Print the built-in rubric's file, to be changed.")
@click.pass_context
def command(ctx: click.Context, as_toml: bool) -> None:
    """Show the rubric in use: the constraints that each proposal is rated by.

    \b
    Examples:
      reviewer rubric
      reviewer rubric --toml
      reviewer rubric use default
    """
    from reviewer.domain.text import safe_line
    from reviewer.workflow.config import read_config
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import built_in_text, load_rubric

    if ctx.invoked_subcommand is not None:
        return
    if as_toml:
        echo_exactly(built_in_text().rstrip("\n"))
        return
    invocation = ctx.ensure_object(Invocation)
    path = read_config(find_places(invocation.store, invocation.config).config).rubric
    rubric = load_rubric(path)
    click.echo(f"{rubric.label}, {'built in' if path is None else safe_line(str(path))}")
    if rubric.required:
        click.echo(f"a verdict needs: {', '.join(rubric.required)}")
    for constraint in rubric.constraints:
        click.echo(f"\n{safe_line(constraint.title, 200)} ({safe_line(constraint.slug, 80)})")
        for line in (constraint.question, constraint.help, "; ".join(constraint.sources)):
            if line:
                click.echo(f"  {safe_line(line, 1000)}")


@command.command("use")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_obj
def use(invocation: Invocation, file: Path) -> None:
    """Judge by the rubric of FILE from now on; "default" is the built-in one. Its path goes into the config.

    Judgements keep the rubric and the version that they were made under; a file that changes takes a higher version.

    \b
    Examples:
      reviewer rubric use ours.toml
      reviewer rubric use default
    """
    from reviewer.domain.counted import counted
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import DEFAULT, use_rubric

    places = find_places(invocation.store, invocation.config)
    rubric = use_rubric(None if str(file) == DEFAULT else file, places.config, places.store)
    click.echo(f"Judgements are made by {rubric.label} from now on ({counted(len(rubric.constraints), 'constraint')}).")
