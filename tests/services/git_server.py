"""A git server over smart HTTP, with a password or open: `git http-backend` behind a small CGI server."""

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import quote, urlsplit

USER, PASSWORD = "deployer", "p@ss/word"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitServer:
    """A server of the bare repositories in a folder."""

    folder: Path
    port: int

    def open_url(self, name: str) -> str:
        """Where a repository is, without user and password."""
        return f"http://127.0.0.1:{self.port}/{name}"

    def url(self, name: str, *, password: str = PASSWORD) -> str:
        return f"http://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{name}"

    def repository(self, name: str, *, hook: str = "") -> Path:
        """Make a bare repository; a hook is a script that may refuse what is pushed."""
        place = self.folder / name
        subprocess.run(["git", "init", "-q", "-b", "main", "--bare", str(place)], check=True)
        subprocess.run(["git", "-C", str(place), "config", "http.receivepack", "true"], check=True)
        if hook:
            script = place / "hooks" / "pre-receive"
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"#!/bin/sh\n{hook}\n")
            script.chmod(0o755)
        return place


@contextmanager
def git_server(folder: Path, *, is_open: bool = False) -> Iterator[GitServer]:
    """A server on a free loopback port; an open one asks nobody who they are."""

    class Served(_Backend):
        root = folder
        asks = not is_open

    served = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    thread = Thread(target=served.serve_forever, daemon=True)
    thread.start()
    try:
        yield GitServer(folder=folder, port=served.server_address[1])
    finally:
        served.shutdown()
        thread.join()
        served.server_close()


class _Backend(BaseHTTPRequestHandler):
    root: ClassVar[Path]
    asks: ClassVar[bool]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.asks and self.headers.get("Authorization") != f"Basic {wanted}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": USER,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        ran = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
        )
        head, _, content = ran.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(lines.pop("Status", "200 OK").split()[0]))
        for name, value in lines.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
