"""Pastes as they are meant: one paste each, whole and in order, with nothing in it that is a key.

Textual's parser looks for escape sequences within a bracketed paste too. One that it does not know it gives out as
keys, ahead of the paste that it stands in: text that somebody copied would judge. Here it sees no escape character
between the mark that begins a paste and the one that ends it.
"""

import sys
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

from reviewer.domain.text import safe_text

BEGIN = "\x1b[200~"
END = "\x1b[201~"
_SURELY_BEGUN = 3
"""So many characters of ``BEGIN`` are not typed in one breath; one is Esc, and two are alt and a bracket."""

_LEFT_TO_FIELDS = "\t\n\r\0\u200d"
"""What fields know what to do with: tabs, line ends and what joins emoji. NUL the parser leaves out, since some
terminals strew it into pastes."""


class WholePasteParser(XTermParser):
    """Reads what the terminal sends; what cannot be seen within a paste is replaced by what can."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._begun = ""
        """What may be the beginning of a mark. The end of a paste is held back until it is whole."""

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what is in ``data``, the characters that came next; empty data are the end of all."""
        seen = self._admitted(data)
        return () if data and not seen else super().feed(seen)

    def tick(self) -> Iterable[Message]:
        """Yield what is told by nothing more having come: Esc was Esc, unless a paste has surely begun."""
        if self._pasting or len(self._begun) >= _SURELY_BEGUN:
            return
        for message in super().tick():
            self._begun = ""
            yield message

    def _admitted(self, data: str) -> str:
        """Return what the parser may see of ``data`` now."""
        seen = []
        while data:
            text, passed = self._begun + data, len(self._begun)
            here, mark, data = text.partition(END if self._pasting else BEGIN)
            self._begun = "" if mark else _beginning_at_end(here, END if self._pasting else BEGIN)
            if self._pasting:
                seen.append(_shown(here.removesuffix(self._begun)) + mark)
            else:
                seen.append((here + mark)[passed:])
            self._pasting ^= bool(mark)
        return "".join(seen)


def _shown(pasted: str) -> str:
    for character in set(pasted):
        if not character.isprintable() and character not in _LEFT_TO_FIELDS:
            pasted = pasted.replace(character, safe_text(character))
    return pasted


def _beginning_at_end(text: str, mark: str) -> str:
    """Return the part at the end of ``text`` with which ``mark`` may begin; "" where there is none."""
    last = text.rfind(mark[0])
    return text[last:] if last >= 0 and mark.startswith(text[last:]) else ""


def keep_pastes_whole() -> None:
    """See that the drivers that are loaded make a parser that keeps pastes whole.

    Textual has no place where one hands it a parser: each driver makes its own, by the name that it imported.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("textual.drivers.") and getattr(module, "XTermParser", None) is XTermParser:
            module.XTermParser = WholePasteParser  # type: ignore[attr-defined]
