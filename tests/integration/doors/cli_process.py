"""The command line as a process: what a test starts, and what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.integration.warm_start import WarmProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return what it printed, as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the problem that it told, as JSON."""
        return json.loads(self.err)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cli:
    """The command line in a folder of its own."""

    folder: Path

    def __call__(self, *words: str, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end."""
        with self.start(*words, stdin=subprocess.PIPE, **environment) as started:
            try:
                out, err = started.communicate(stdin, timeout=60)
            except subprocess.TimeoutExpired:
                started.kill()
                raise
        return Done(code=started.returncode, out=out, err=err)

    def start(
        self, *words: str, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command."""
        return WarmProcess(
            [sys.executable, "-m", "taskforce", *words],
            cwd=self.folder,
            env=self.environment(environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def script(self, *turns: dict[str, Any], name: str = "script") -> str:
        """Write a script and return the model that plays it."""
        file = self.folder.parent / f"{name}.yaml"
        file.write_text(yaml.safe_dump({"turns": list(turns)}), encoding="utf-8")
        return f"script:{file}"

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """Return an environment without settings of whoever runs the tests."""
        dropped = ("TASKFORCE_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "XDG_CONFIG")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
        return {**kept, "HOME": str(self.folder.parent), "TERM": "xterm", **more}


def call(tool: str, **arguments: object) -> dict[str, Any]:
    """Return a turn that calls a tool."""
    return {"calls": [{"tool": tool, "arguments": arguments}]}


def say(text: str) -> dict[str, Any]:
    """Return a turn that answers."""
    return {"text": text}


def lines(text: str) -> Sequence[dict[str, Any]]:
    """Return lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]
