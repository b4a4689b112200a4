"""Writing a long text in one's own editor."""

import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from reviewer.domain.errors import UserError


def edit_in_editor(app: App[object], text: str, configured: str | None) -> str:
    """Open ``text`` in the person's editor, the app standing aside meanwhile, and return what was saved there.

    The editor is the config's, else that of ``VISUAL`` or ``EDITOR``, else ``vi``.

    Raises:
        UserError: when there is no such editor, it fails, or what it left is not UTF-8. The file then stays where it
            is and the sentence names it, so that nothing that was written is lost.
    """
    command = configured or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    handle, name = tempfile.mkstemp(prefix="rationale-", suffix=".md")
    path = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        status = _edit(app, command, path)
        written = path.read_text(encoding="utf-8")
    except SuspendNotSupported as error:
        path.unlink(missing_ok=True)
        raise UserError("This terminal cannot be handed to an editor; `e` writes here.") from error
    except (OSError, ValueError) as error:
        raise UserError(
            f"The editor {command!r} could not be used ({error}); set `editor` in the config, or EDITOR. "
            f"What was there is in {path}."
        ) from error
    if status != 0:
        raise UserError(f"The editor ended with status {status}, so nothing was taken; the text is in {path}.")
    path.unlink(missing_ok=True)
    return written.rstrip("\n")


def _edit(app: App[object], command: str, path: Path) -> int:
    """Run the editor on a file while the app stands aside, and return the status with which it ended."""
    arguments = [*shlex.split(command), str(path)]
    refused: OSError | None = None
    status = 0
    with app.suspend():
        # Textual takes the terminal back at the end of this block alone, and not where something is raised in it.
        try:
            status = subprocess.run(arguments, check=False).returncode
        except OSError as error:
            refused = error
        except KeyboardInterrupt:  # Ctrl-C in an editor that leaves it to us.
            status = 128 + signal.SIGINT
    if refused is not None:
        raise refused
    return status
