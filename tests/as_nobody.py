"""Doing something as somebody whom the modes of files stop."""

import os
from collections.abc import Callable


def as_nobody(act: Callable[[], None]) -> str:
    """Run ``act`` as somebody who is not the superuser, whom no mode stops; return what it raised."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        os.setresgid(65534, 65534, group)
        os.setresuid(65534, 65534, user)
    try:
        act()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        if user == 0:
            os.setresuid(user, user, user)
            os.setresgid(group, group, group)
    return "nothing"
