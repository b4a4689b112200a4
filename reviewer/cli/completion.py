"""``reviewer completion``: the script that teaches a shell to complete our commands, options and paths."""

import click
from click.shell_completion import get_completion_class

from reviewer.cli.main import COMPLETE_VARIABLE, PROGRAM, cli

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script for SHELL: bash, zsh or fish.

    Put it where the shell looks for it, once, and open a new shell.

    \b
    Examples:
      bash  reviewer completion bash > ~/.local/share/bash-completion/completions/reviewer
            (make the folder first; it needs the package bash-completion. Without that, put
            this line into ~/.bashrc:  eval "$(reviewer completion bash)")
      zsh   put this line into ~/.zshrc, below compinit:  eval "$(reviewer completion zsh)"
      fish  reviewer completion fish > ~/.config/fish/completions/reviewer.fish
    """
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(cli, {}, PROGRAM, COMPLETE_VARIABLE).source())
