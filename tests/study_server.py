"""A study server of our own on loopback: the study's routes over a database in its schema, and trouble on demand."""

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_JSON = ("seeds", "config", "files_snapshot")

Trouble = Callable[["Handler"], bool]
"""Answers a request in place of the server where it returns True."""


@dataclass
class StudyServer:
    """The server's database, what was asked of it, and what is wrong with it now, by the beginning of a route."""

    database: Path
    asked: list[str] = field(default_factory=list)
    trouble: dict[str, Trouble] = field(default_factory=dict)
    port: int = 0
    shift: Callable[[], object] = lambda: None
    """Called after each page of findings."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, table: str, order: str = "id") -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY {order}")]

    def change(self, sql: str, *values: object) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql, values)

    def post(self, post_id: str, **fields: object) -> None:
        """Post a finding, as agents do."""
        number = len(self.rows("findings")) + 1
        row = {
            "id": number, "post_id": post_id, "title": f"Post {post_id}", "content": f"Text of {post_id}.",
            "finding_type": "result", "is_baseline": 0, "upvotes": 0, "downvotes": 0, "comment_count": 0,
            "created_at": f"2026-02-01 10:00:{number % 60:02d}.{number:06d}",
            "updated_at": "2026-02-01 10:00:00.000001", **fields,
        }  # fmt: skip
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.change(f"INSERT INTO findings ({names}) VALUES ({marks})", *row.values())

    def comment(self, finding_id: int, text: str) -> None:
        """Comment on a finding."""
        self.change(
            "INSERT INTO finding_comments (finding_id, content, author, created_at) "
            "VALUES (?, ?, 'human', '2026-02-02 10:00:00.000001')",
            finding_id, text,
        )  # fmt: skip

    def finding(self, row: dict[str, Any], *, comments: bool = False) -> dict[str, Any]:
        said = [c for c in self.rows("finding_comments") if c["finding_id"] == row["id"]]
        shown = {**row, **{name: json.loads(row[name]) if row[name] else None for name in _JSON}}
        shown |= {name: None if row[name] is None else bool(row[name]) for name in ("is_baseline", "worked")}
        shown |= {"score": row["upvotes"] - row["downvotes"], "comment_count": len(said)}
        shown |= {name: _iso(row[name]) + "Z" for name in ("created_at", "updated_at")}
        if comments:
            shown["comments"] = [{**c, "created_at": _iso(c["created_at"]) + "Z"} for c in said]
        return shown

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Return the status and the value of an answer, as the study's routes give them."""
        findings = self.rows("findings", "created_at DESC")
        if path == "/api/findings":
            limit = min(max(int(query.get("limit", ["50"])[0]), 1), 200)
            offset = max(int(query.get("offset", ["0"])[0]), 0)
            page = [self.finding(row) for row in findings[offset : offset + limit]]
            return 200, {"findings": page, "total": len(findings), "limit": limit, "offset": offset}
        if path == "/api/findings/stats":
            return 200, {
                "total_posts": len(findings), "total_comments": len(self.rows("finding_comments")),
                "total_upvotes": sum(row["upvotes"] for row in findings), "top_agents": [],
            }  # fmt: skip
        if path.startswith("/api/findings/"):
            found = [row for row in findings if row["post_id"] == path.removeprefix("/api/findings/")]
            return (200, {"post": self.finding(found[0], comments=True)}) if found else (404, {"error": "not found"})
        if path == "/api/ideas":
            ideas = [
                {**json.loads(row["idea_json"]), **({"uid": row["uid"]} if row["uid"] else {}),
                 "is_baseline": bool(row["is_baseline"]), "source": row["source"], "in_queue": False, "pgr": None}
                for row in self.rows("ideas")
            ]  # fmt: skip
            return 200, {"ideas": ideas, "total": len(ideas)}
        experiments = self.rows("experiments")
        if path == "/api/stats":
            return 200, {"completed": sum(e["status"] == "completed" and e["pgr"] is not None for e in experiments)}
        if path == "/api/queue":
            shown = [{k: v for k, v in e.items() if k != "idea_json"} for e in reversed(experiments)]
            return 200, {"experiments": shown, "total": len(shown)}
        return 404, {"error": "API route not found"}


class Handler(BaseHTTPRequestHandler):
    study: StudyServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.study.asked.append(self.path)
        for start, trouble in list(self.study.trouble.items()):
            if self.path.startswith(start) and trouble(self):
                return
        parts = urlsplit(self.path)
        status, value = self.study.answer(parts.path, parse_qs(parts.query))
        self.say(json.dumps(value, indent=2).encode(), status)
        if parts.path == "/api/findings":
            self.study.shift()

    def say(self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> bool:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)
        return True

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal of the tests."""


class _Serving(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """Let whoever hangs up hang up."""


@contextmanager
def serving(study: StudyServer) -> Iterator[StudyServer]:
    """Serve on loopback, at the port of before where there was one; what is open is closed at the end."""
    connections: list[socket.socket] = []

    class Here(Handler):
        def setup(self) -> None:
            super().setup()
            connections.append(self.request)

    Here.study = study
    with _Serving(("127.0.0.1", study.port), Here) as server:
        study.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield study
        finally:
            server.shutdown()
            thread.join()
            for connection in connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def says(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Trouble:
    """Return the trouble that is an answer of its own."""
    return lambda handler: handler.say(body, status, kind, **headers)


def drips(handler: Handler) -> bool:
    """Send an answer a byte at a time, until nobody takes it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True
    return True


def breaks_off(handler: Handler) -> bool:
    """Send half of what was announced, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"findings": [')
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


def _iso(written: str) -> str:
    return written.replace(" ", "T").removesuffix(".000000")
