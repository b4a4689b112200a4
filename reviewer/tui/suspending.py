"""Standing aside for the shell, as other programs do by Ctrl-Z, until ``fg`` brings the app back."""

import os
import signal

from textual.app import App

NO_SHELL = "There is no shell here to go to, and none that would bring this back."
NOT_HERE = "This terminal cannot be handed to a shell."


def what_hinders(app: App[None]) -> str:
    """Return in a sentence why the app cannot stand aside; empty where it can."""
    if app._driver is None or not app._driver.can_suspend or not hasattr(signal, "SIGSTOP"):
        return NOT_HERE
    return "" if _is_job() else NO_SHELL


def stand_aside(app: App[None]) -> None:
    """Stop until the shell continues the app; the terminal is given back before, and taken and drawn anew after.

    As with a key of the terminal the whole job stops: whoever started the app and waits for it, as ``uv run`` does,
    would else go on holding the terminal. Not by Textual's own action, which stops this process alone, nor by a signal
    that each hears in its own time: once one of a job has stopped, the terminal is the shell's.
    """
    with app.suspend():
        os.killpg(os.getpgrp(), signal.SIGSTOP)


def _is_job() -> bool:
    """Return whether a shell runs the app as a job, which has a process group of its own.

    What a terminal runs in place of a shell leads the session, and nobody would continue it.
    """
    return os.getpgrp() != os.getsid(0)
