"""A run as plain lines on stderr: for pipes, logs and terminals that cannot draw again."""

from typing import TextIO

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.run_tree import MARKS, RunTree, duration
from taskforce.cli.terminal import Screen, clean
from taskforce.cli.views import View

STYLES = {"success": "\x1b[32m", "failed": "\x1b[31m", "skipped": "\x1b[2m", "running": ""}
PLAIN = "\x1b[0m"
TOLD_WHY = frozenset({"step.completed", "release.completed"})
"""Whose failure is told with its reason; a task's and a phase's is that of a step."""


class RunLines(View):
    """Writes a line when something ends, and what a failed step printed last; verbose: all of it."""

    def __init__(self, shown: Screen, stream: TextIO, *, verbose: bool) -> None:
        self._has_color = shown.has_color
        self._stream = stream
        self._verbose = verbose
        self._tree = RunTree()

    def show(self, event: EventView) -> None:
        """Write what happened."""
        if event.event_type == "release.skipped":
            self._write(f"{MARKS['skipped']} {clean(event.message)}\n", STYLES["skipped"])
            return
        part = self._tree.take(event)
        if part is None:
            return
        if event.event_type == "step.output":
            if self._verbose:
                self._write("".join(f"    {line}\n" for line in clean(event.message).splitlines()))
        elif event.event_type.endswith(".completed"):
            took = duration(part.took(event.timestamp))
            line = f"{MARKS.get(part.status, '·')} {event.message} {part.status} {took}".rstrip()
            self._write(f"{line}\n", STYLES.get(part.status, ""))
            if part.status == "failed" and event.event_type in TOLD_WHY:
                tail = () if self._verbose else part.tail
                self._write("".join(f"    {line}\n" for line in (*tail, part.error) if line))
        elif event.event_type == "step.started":
            self._write(f"{MARKS['running']} {event.message}\n")

    def _write(self, text: str, style: str = "") -> None:
        self._stream.write(f"{style}{text}{PLAIN}" if self._has_color and style else text)
        self._stream.flush()
