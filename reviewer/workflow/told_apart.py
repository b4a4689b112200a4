"""Noticing that two files of one import say different things of one id: neither takes the other's place."""

from collections.abc import Iterable, Iterator

from reviewer.domain.methods import Reject
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources.jsontext import EXCERPT
from reviewer.sources.texts_aside import TextsAside
from reviewer.store.prepared import PreparedMethod
from reviewer.workflow.other_runs import newer_in
from reviewer.workflow.sieve import Taken


class ToldApart:
    """The methods met so far in an import of several files, each with what it said and where.

    Which of two files is the newer one nobody can tell who reads both at once: the first that was read stands. What
    one file says twice its own reader sees to.
    """

    def __init__(self, stated_in: StatedIn) -> None:
        self._stated_in = stated_in
        self._met = TextsAside()

    def admit(self, batches: Iterable[list[Taken]]) -> Iterator[list[Taken]]:
        """Yield the batches with a reject in place of what another file says otherwise."""
        for batch in batches:
            yield [self._admitted(each) if isinstance(each, PreparedMethod) else each for each in batch]

    def _admitted(self, method: PreparedMethod) -> PreparedMethod | Reject:
        file, _, place = method.provenance
        key = (method.problem, method.namespace, method.external_id, method.part)
        says, there, first_file = self._met.setdefault(key, f"{method.content_hash}\0{place}\0{file}").split("\0", 2)
        if says == method.content_hash or first_file == file:
            return method
        at = f"{there} in {first_file}" if there else first_file
        return Reject(
            file,
            place,
            f"has the same id as {at}, {method.external_id!r}, but says something else, and one import reads both: the "
            "first one was taken. Where this file is the newer one, import it by itself, with "
            f"{newer_in(self._stated_in)}; where it is of another run, by itself with "
            f"{self._stated_in.saying(Statement.RUN, 'NAME')}",
            method.texts[4][:EXCERPT],
        )
