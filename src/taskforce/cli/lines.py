"""A job as plain lines on stderr: for pipes, logs and terminals that cannot draw again."""

from collections.abc import Callable
from typing import TextIO

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.calls import call_in_full, call_of, result_in_full, result_of
from taskforce.cli.facts import PLANNER, WIDTH, Usage, fact_of, limits_not_held, name_of, plan_of
from taskforce.cli.terminal import Screen, clean, one_line
from taskforce.cli.views import View

BOLD, DIM, RED, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"


class Lines(View):
    """Writes a line or a few for each thing that happens."""

    def __init__(self, shown: Screen, stream: TextIO, *, whole: bool, verbose: bool = False) -> None:
        self._verbose = verbose
        self._stream = stream
        self._has_color = shown.has_color
        self._usage = Usage()
        self._plan: dict[int, str] = {}
        self._showing: dict[str, Callable[[EventView], None]] = {
            "started": self._started,
            "thought": self._thought,
            "plan_updated": self._planned,
            "tool_call": self._called,
            "tool_result": self._answered,
            "token_usage": self._counted,
            "artifact": self._kept,
            "ask_user": self._asked if whole else _leave_out,
            "approval_required": self._asked if whole else _leave_out,
            "complete": self._completed,
            "token": _leave_out,
            "tool_output": _leave_out,
            "final_answer": self._ended if whole else _leave_out,
            "error": self._ended if whole else _leave_out,
        }

    def show(self, event: EventView) -> None:
        """Write what happened; live text is left out, and unless it is `whole` the answer too."""
        self._showing.get(event.event_type, self._other)(event)
        self._stream.flush()

    def _started(self, event: EventView) -> None:
        for name in ("model", "profile", "workspace", "session_id", "job_id"):
            value = fact_of(event, name)
            if value is not None:
                self._write(f"{name.removesuffix('_id'):<9} {value}", DIM)
        if not_held := limits_not_held(event):
            self._write(f"not held  {not_held}", DIM)

    def _thought(self, event: EventView) -> None:
        self._write(one_line(event.message, most=WIDTH), DIM)

    def _planned(self, event: EventView) -> None:
        now = plan_of(event.details)
        self._write("plan updated" if self._plan else "plan", BOLD)
        for position, line in now.items():
            if self._plan.get(position) != line:
                self._write(f"  {line}")
        self._plan = now

    def _called(self, event: EventView) -> None:
        if event.message == PLANNER:
            return
        self._write(f"call {event.message} {call_of(event.details, most=WIDTH)}", BOLD)
        for line in call_in_full(event.details) if self._verbose else ():
            self._write(f"    {line}", DIM)

    def _answered(self, event: EventView) -> None:
        failed = event.details.get("failed") is True
        if event.details.get("tool") == PLANNER and not failed:
            return
        told = result_in_full(event.message) if self._verbose else result_of(event.message, most=WIDTH)
        for line in [*(["failed:"] if failed else []), *told]:
            self._write(f"  {line}", RED if failed else "")

    def _counted(self, event: EventView) -> None:
        self._usage.take(event.details)

    def _kept(self, event: EventView) -> None:
        self._write(f"artifact {name_of(event.message)} {event.details.get('id', '')}")

    def _asked(self, event: EventView) -> None:
        self._write(f"asks: {one_line(event.message)} {call_of(event.details, most=WIDTH)}", BOLD)

    def _completed(self, event: EventView) -> None:
        usage = f" ({self._usage})" if str(self._usage) else ""
        self._write(f"{event.details.get('status', 'over')}{usage}", BOLD)

    def _ended(self, event: EventView) -> None:
        code = event.details.get("code")
        self._write(f"{code}: {event.message}" if code else event.message)

    def _other(self, event: EventView) -> None:
        self._write(f"{event.event_type} {one_line(event.message, most=WIDTH)}")

    def _write(self, text: str, style: str = "") -> None:
        line = clean(text).rstrip()
        self._stream.write(f"{style}{line}{PLAIN}\n" if self._has_color and style else f"{line}\n")


def _leave_out(_: EventView) -> None:
    return
