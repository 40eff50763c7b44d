"""A person at a shell: types a page's commands, one after the other, and keeps the ids that they print."""

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from socket import create_server
from types import TracebackType
from typing import Self

from tests.integration.docs.pages import ROOT, Shown
from tests.integration.warm_start import WarmProcess

PORT = "8000"
"""The port that pages name; another one is taken in its place."""
PATIENCE = 180
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAMES = {
    "SESSION": re.compile(rf"\bsession(?:_id)?\"?[:\s]+\"?({UUID})"),
    "JOB": re.compile(rf"\bjob(?:_id)?\"?[:\s]+\"?({UUID})|^({UUID})$", re.MULTILINE),
    "RELEASE": re.compile(rf"/[0-9a-f]{{40}}\s+({UUID})"),
    "RUN": re.compile(rf"scenarios debrief ({UUID})"),
    "VIDEO": re.compile(rf"videos (?:download|resume|status) ({UUID})"),
    "BASELINE": re.compile(rf"--baseline ({UUID})"),
    "WAIT": re.compile(rf"respond {UUID} ({UUID})"),
    "WEBHOOK": re.compile(rf"^({UUID})\s+enabled\b", re.MULTILINE),
}
"""What pages write for an id, and how the newest one of its sort is known."""
QUOTED = re.compile(r"""'[^']*'|"[^"$`\\]*\"""")
FOR_A_SHELL = re.compile(r"""[|&;<>()$`*?\\~#{}\[\]\n'"]""")
"""What stands for something else in a command, unless it is quoted."""
VARYING = (
    (re.compile(UUID), "ID"),
    (re.compile(r"\b(?:SESSION|JOB|RELEASE|RUN|BASELINE|VIDEO|WAIT|WEBHOOK|ID…?)(?=\W|$)"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME"),
    (re.compile(r"\s+"), " "),
)


class Shell:
    """Runs commands in a folder of its own, with a home of its own."""

    def __init__(self, home: Path, *, environment: Mapping[str, str]) -> None:
        self._home = home
        self._folder = ROOT
        self._ids: dict[str, str] = {}
        self._servers: list[subprocess.Popen[bytes]] = []
        with create_server(("127.0.0.1", 0)) as free:
            self._port = str(free.getsockname()[1])
        commands = home / "bin"
        commands.mkdir()
        for name, words in {"taskforce": "-m taskforce ", "python": ""}.items():
            (commands / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words}"$@"\n')
            (commands / name).chmod(0o755)
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("TASKFORCE_", "XDG_"))
        }
        self._environment = {
            **kept,
            "HOME": str(home),
            "PATH": f"{commands}:{os.environ['PATH']}",
            "COLUMNS": "100",
            "TASKFORCE_MODEL_PROBE": "false",
            **environment,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.kill()
            server.wait()

    def follow(self, steps: tuple[Shown, ...]) -> None:
        """Do what a page shows: each command says what it shows, and ends with 0 or what `echo $?` shows."""
        code = 0
        for place, step in enumerate(steps):
            if step.kind == "file":
                (self._folder / step.name).parent.mkdir(parents=True, exist_ok=True)
                (self._folder / step.name).write_text(step.text, encoding="utf-8")
            elif step.text == "echo $?":
                assert step.output == (str(code),), f"the page says {step.output}, it was {code}"
            else:
                code, said = self._type(step.text)
                follows = steps[place + 1] if place + 1 < len(steps) else None
                assert code == 0 or (follows and follows.text == "echo $?"), f"$ {step.text}\n{said}"
                assert_says(said, step.output, command=step.text)

    def _type(self, text: str) -> tuple[int, str]:
        command = re.sub(
            r"\b(SESSION|JOB|RELEASE|RUN|BASELINE|VIDEO|WAIT|WEBHOOK)\b",
            lambda name: self._ids[name[1]],
            text,
        )
        command = command.replace(PORT, self._port)
        if command.startswith("cd "):
            self._folder = (self._folder / Path(command[3:].replace("~", str(self._home)))).resolve()
            return 0, ""
        if command.startswith("export "):
            name, _, value = command[7:].partition("=")
            self._environment[name] = value.replace("$PWD", str(self._folder))
            return 0, ""
        if command == "kill %1":
            return self._stop_server(), ""
        if command.endswith(" &"):
            self._serve(command[:-2])
            return 0, ""
        with WarmProcess(
            program(command),
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as started:
            try:
                said, _ = started.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                started.kill()
                raise
        for name, pattern in NAMES.items():
            for found in pattern.finditer(said):
                self._ids[name] = next(group for group in found.groups() if group)
        return started.returncode, said.replace(self._port, PORT)

    def _serve(self, command: str) -> None:
        self._servers.append(
            WarmProcess(program(command, before="exec "), cwd=self._folder, env=self._environment)
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health/ready") as answer:
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(f"{command} does not answer")

    def _stop_server(self) -> int:
        server = self._servers.pop()
        server.terminate()
        return server.wait(PATIENCE)


def program(command: str, *, before: str = "") -> list[str]:
    """Return what a shell would start for a command, without one where there is nothing for it to do."""
    if command.startswith("taskforce ") and not FOR_A_SHELL.search(QUOTED.sub("", command)):
        return [sys.executable, "-m", *shlex.split(command)]
    return ["/bin/sh", "-c", f"{before}{command}"]


def assert_says(said: str, wanted: tuple[str, ...], *, command: str) -> None:
    """Assert that the lines of a page come in this order; `…` stands for anything, also for several lines."""
    lines = iter([plain(line) for line in said.splitlines()])
    for line in wanted:
        if plain(line) in {"", "…"}:
            continue
        pattern = re.compile(".*".join(map(re.escape, re.split(r"\s*…\s*", plain(line)))))
        assert any(pattern.fullmatch(real) for real in lines), f"$ {command}\nlacks: {line}\nsaid:\n{said}"


def plain(line: str) -> str:
    """Return a line without what differs from run to run."""
    for pattern, word in VARYING:
        line = pattern.sub(word, line)
    return line.strip()
