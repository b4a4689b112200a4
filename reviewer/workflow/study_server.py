"""Fetching what the study's server tells while it runs, into a file that a source reads.

The routes tell nothing of what has changed since: no time, no number and no ETag can be asked by. Findings come in
pages, the newest first: of one that is followed the pages are gone through until they are known, and the ones from
before are kept beside them. All are fetched again where comments have come (a finding's page is all that counts them),
where ideas or completed experiments have and no post with them, where the sum says that a post is missing, and where
one that is met again says something else. An older post that somebody edits shows in none of these. The comments of a
finding are fetched only where the server counts more than are known; the queue of experiments only where one is
completed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple
from urllib.parse import quote

from reviewer.domain.addresses import tidied
from reviewer.domain.errors import SourceError
from reviewer.sources import aar_server, aar_study
from reviewer.sources.contract import Plan, Stated
from reviewer.sources.jsontext import BadJsonError, parse
from reviewer.store.comment_counts import comment_counts
from reviewer.store.connection import Store
from reviewer.workflow.asking import Answer, Asking, NotThereError, UnreachableError

PAGE = 200
"""Findings on a page, which is the most that the server gives."""

MOST_BYTES = 4 * 2**30
"""Bytes that all answers together may have."""

Fetching = Callable[[int, int | None], object]
"""Is told how many findings of how many have been fetched."""


class Marks(NamedTuple):
    """What differs once anything was posted, commented or voted on, an idea came or an experiment was completed."""

    posts: object
    comments: object
    upvotes: object
    ideas: str
    completed: int

    def may_be_newer_posts_alone(self, before: "Marks") -> bool:
        """Say whether newer posts, and votes, account for what differs from before; they may come with an idea."""
        same = (self.ideas, self.completed) == (before.ideas, before.completed)
        return self.comments == before.comments and (same or self.posts != before.posts)


class StudyServer:
    """The study's server at an address. It is to be closed, as ``Asking`` is.

    ``comments`` has how many comments on a finding are known, by its post; more are noted as they are fetched.
    """

    def __init__(self, asking: Asking, comments: Mapping[str, int] | None = None, *, page: int = PAGE) -> None:
        self.address = asking.address
        self._asking = asking
        self._comments = dict(comments or {})
        self._page = page
        self._posts: dict[str, aar_server.Post] = {}
        """The posts of the last whole fetching and since, as they were met last."""

    def marks(self) -> Marks | None:
        """Return some numbers that differ once anything was posted, commented or voted on; None where it has none.

        Raises:
            SourceError: when the server does not answer as the study's does.
        """
        try:
            found = [self._parsed(self._asking.get(route)) for route in ("/api/findings/stats", "/api/ideas")]
        except NotThereError:
            return None
        posts = found[0] if isinstance(found[0], dict) else {}
        return Marks(
            posts.get("total_posts"),
            posts.get("total_comments"),
            posts.get("total_upvotes"),
            aar_server.ideas_told(found[1]),
            self._completed(),
        )

    def fetch(
        self, into: BinaryIO, tell: Fetching = lambda done, total: None, *, before: BinaryIO | None = None
    ) -> None:
        """Write all that is to be read into a file.

        ``before`` has what was fetched last: posts that it holds are not fetched again, unless it shows that one of
        them is gone or another one now. Comments, ideas and experiments are fetched in any case.

        Raises:
            SourceError: when the server does not answer as the study's does, or gives less than it says it has.
        """
        posts = None if before is None else self._newest(into, before)
        if posts is None:
            into.seek(0)
            into.truncate()
            posts = self._findings(into, tell)
        told: dict[str, int] = {}
        for post, (counted, _) in posts.items():
            if post and counted > self._comments.get(post, 0):
                # One that is deleted meanwhile is gone.
                if (answer := self._optional(f"/api/findings/{quote(post, safe='')}")) is not None:
                    self._write(into, aar_server.POST, answer)
                told[post] = counted
        if self._completed() and (answer := self._optional("/api/queue")) is not None:
            self._require(aar_server.QUEUE, answer)
            self._write(into, aar_server.QUEUE, answer)
        if (answer := self._optional("/api/ideas")) is not None:
            self._require(aar_server.IDEAS, answer)
            self._write(into, aar_server.IDEAS, answer)
        # Known is what came with all the rest: where that breaks off, nothing of it is taken in.
        self._comments |= told
        self._posts = posts

    def _newest(self, into: BinaryIO, before: BinaryIO) -> dict[str, aar_server.Post] | None:
        """Write the pages of what was posted since, and those from before; return all posts as ``_findings`` does.

        None where that cannot be all that there is: a post is gone, has no id, or says something else than before.
        """
        posts = dict(self._posts)
        fetched = 0
        while True:
            answer, page = self._page_from(fetched)
            new = [post for post, _ in page.posts if post not in posts]
            if "" in new or (not page.posts and posts) or any(self._is_edited(*post) for post in page.posts):
                return None
            if new:
                self._write(into, aar_server.FINDINGS, answer)
            is_known = len(new) < len(page.posts)
            posts.update((post, n) for post, n in page.posts if post in new)
            fetched += len(page.posts)
            if is_known or not page.posts:
                break
        if "" in posts or page.total != len(posts):
            return None
        for line in before:
            if aar_server.is_page(line):
                into.write(line)
        return posts

    def _is_edited(self, known: str, now: aar_server.Post) -> bool:
        return known in self._posts and self._posts[known].said != now.said

    def _page_from(self, offset: int) -> tuple[Answer, aar_server.Page]:
        answer = self._asking.get(f"/api/findings?sort=new&limit={self._page}&offset={offset}")
        try:
            return answer, aar_server.page(answer.body)
        except BadJsonError as error:
            raise SourceError(f"{answer.url}: {error}.") from error

    def _findings(self, into: BinaryIO, tell: Fetching) -> dict[str, aar_server.Post]:
        """Write all pages; return each post by its id."""
        posts: dict[str, aar_server.Post] = {}
        fetched, given = 0, 0
        fewest: int | None = None
        while True:
            answer, page = self._page_from(fetched)
            total = page.total
            if total is not None:
                fewest = total if fewest is None else min(fewest, total)
            new = [post for post in page.posts if not post[0] or post[0] not in posts]
            if page.posts and (new or not fetched):
                self._write(into, aar_server.FINDINGS, answer)
            posts.update(page.posts)
            fetched += len(page.posts)
            given += len(new)
            tell(given, total)
            if not new or (total is not None and fetched >= total):
                break
        if fewest is not None and given < fewest:
            raise UnreachableError(
                f"{self.address}: gave {given:,} of the {fewest:,} findings that it says it has; try again later."
            )
        return posts

    def _completed(self) -> int:
        answer = self._optional("/api/stats")
        stats = None if answer is None else self._parsed(answer)
        found = stats.get("completed") if isinstance(stats, dict) else None
        return found if isinstance(found, int) else 0

    def _optional(self, route: str) -> Answer | None:
        """Return the answer; None where the server, an older one perhaps, has no such route."""
        try:
            return self._asking.get(route)
        except NotThereError:
            return None

    def _parsed(self, answer: Answer) -> object:
        try:
            value, _ = parse(answer.body)
        except BadJsonError as error:
            raise SourceError(f"{answer.url}: {error}.") from error
        return value

    def _require(self, what: str, answer: Answer) -> None:
        try:
            aar_server.list_in(self._parsed(answer), what)
        except BadJsonError as error:
            raise SourceError(f"{answer.url}: {error}.") from error

    def _write(self, into: BinaryIO, what: str, answer: Answer) -> None:
        self._parsed(answer)
        into.write(aar_server.answer_line(what, answer.url, sha256(answer.body).hexdigest(), answer.body))
        if into.tell() > MOST_BYTES:
            raise SourceError(
                f"{self.address}: answers with more than {MOST_BYTES // 2**30} GiB in all; import its database file."
            )


def known_comments(store: Store, problem: str | None) -> dict[str, int]:
    """Return how many comments on which finding the store has.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return comment_counts(connection, problem or aar_study.SLUG)


@contextmanager
def fetched(
    address: str,
    comments: Mapping[str, int] | None = None,
    *,
    problem: str | None = None,
    stated: Stated | None = None,
    tell: Fetching = lambda done, total: None,
) -> Iterator[Plan]:
    """Give the plan for all that the study's server at ``address`` tells now, fetched into a file that goes with this.

    Raises:
        SourceError: when it is no address, or what is there does not answer as the study's server does.
    """
    with TemporaryDirectory(prefix="reviewer-") as folder, Asking(tidied(address)) as asking:
        yield fetched_plan(StudyServer(asking, comments), Path(folder), problem=problem, stated=stated, tell=tell)


def fetched_plan(
    server: StudyServer,
    folder: Path,
    *,
    problem: str | None = None,
    stated: Stated | None = None,
    tell: Fetching = lambda done, total: None,
    only_newer: bool = False,
) -> Plan:
    """Fetch all that a server tells now into a file in ``folder``; return the plan for it.

    With ``only_newer`` the posts that were fetched last, into the same folder, are kept as they were then.

    Raises:
        SourceError: when the server does not answer as the study's does.
    """
    path, coming = folder / "answers", folder / "coming"
    with ExitStack() as stack:
        file = stack.enter_context(coming.open("w+b"))
        before = stack.enter_context(path.open("rb")) if only_newer and path.exists() else None
        server.fetch(file, tell, before=before)
    coming.replace(path)
    plan = aar_server.plan(path, problem=problem)
    return replace(plan, stands_for=server.address, known_by=server.address, stated=stated or Stated())
