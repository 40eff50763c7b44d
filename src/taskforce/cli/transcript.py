"""A mission's log as a transcript to read: what was asked, done, decided and answered, and what it took."""

from collections.abc import Callable, Iterable
from textwrap import indent

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.calls import call_of, result_of
from taskforce.cli.facts import MARKS, PLANNER, WIDTH, Usage, items_of, name_of
from taskforce.cli.terminal import clean, one_line
from taskforce.core.documents import JsonObject

ASK_USER = "ask_user"
INDENT = "  "
TIME = "%Y-%m-%d %H:%M:%S"
SHOWN_BY_OTHERS = frozenset({PLANNER, ASK_USER})
"""Tools whose calls are told by the plan they make, or the question they ask."""


def transcript(log: Iterable[EventView]) -> list[str]:
    """Return the lines of one mission's transcript."""
    reader = _Reader()
    for event in log:
        reader.take(event)
    return reader.end()


class _Reader:
    """Takes in events, one after the other; a call stands before its result, however many ran beside it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._calls: dict[str, str] = {}
        self._questions: dict[str, str] = {}
        self._asked_about: dict[str, tuple[str, str]] = {}
        """By a wait's id: the id of the call that it decides about, and its tool."""
        self._plan: dict[int, str] = {}
        self._usage = Usage()
        self._taking: dict[str, Callable[[EventView], None]] = {
            "started": self._started,
            "thought": self._said,
            "final_answer": self._said,
            "plan_updated": self._planned,
            "tool_call": self._called,
            "tool_result": self._heard,
            "ask_user": self._asked,
            "approval_required": self._asked,
            "answered": self._answered,
            "model_changed": self._noted,
            "files_left_out": self._noted,
            "artifact": self._kept,
            "token_usage": lambda event: self._usage.take(event.details),
            "error": self._failed,
            "complete": self._completed,
        }

    def take(self, event: EventView) -> None:
        """Take in the next event."""
        taken = self._taking.get(event.event_type)
        if taken is not None:
            taken(event)

    def end(self) -> list[str]:
        """Return the lines, with what is still under way."""
        for call in self._calls.values():
            self._write(f"… {call}")
        for question in self._questions.values():
            self._write(f"? {question} (waits for an answer)")
        return self._lines

    def _started(self, event: EventView) -> None:
        self._lines.append(f"{event.timestamp.strftime(TIME)}  {one_line(event.message)}")

    def _said(self, event: EventView) -> None:
        self._lines.append(indent(clean(event.message).strip(), INDENT))

    def _planned(self, event: EventView) -> None:
        now = {
            place: f"{MARKS.get(str(item.get('status')), '·')} {item.get('position')}. {_of(item)}"
            for place, item in enumerate(items_of(event.details), start=1)
        }
        for place, line in now.items():
            if self._plan.get(place) != line:
                self._write(line)
        self._plan = now

    def _called(self, event: EventView) -> None:
        tool = str(event.details.get("tool"))
        if tool not in SHOWN_BY_OTHERS:
            call = f"{tool} {call_of(event.details, most=WIDTH)}".rstrip()
            self._calls[str(event.details.get("call_id"))] = call

    def _heard(self, event: EventView) -> None:
        failed = event.details.get("failed") is True
        tool = str(event.details.get("tool"))
        call = self._calls.pop(str(event.details.get("call_id")), tool)
        if tool in SHOWN_BY_OTHERS and not failed:
            return
        self._write(f"{'✗' if failed else '✓'} {call}")
        for line in result_of(event.message, most=WIDTH):
            self._write(f"{INDENT}{line}")

    def _asked(self, event: EventView) -> None:
        about = call_of(event.details, most=WIDTH)
        tool = event.details.get("tool")
        question = one_line(event.message) + (f" {tool} {about}" if tool else "")
        wait = str(event.details.get("wait_id"))
        self._questions[wait] = question.rstrip()
        self._asked_about[wait] = (str(event.details.get("call_id")), str(tool))

    def _answered(self, event: EventView) -> None:
        told = event.details
        self._write(f"? {self._questions.pop(str(told.get('wait_id')), 'asked')}")
        word = one_line(str(told.get("decision") or told.get("answer") or ""), most=WIDTH)
        when = event.timestamp.strftime(TIME) if "at" not in told else _moment(str(told["at"]))
        self._write(f"{INDENT}{told.get('by')}, {when}: {word}")
        if "arguments" in told:
            self._changed(str(told.get("wait_id")), call_of(told, most=WIDTH))

    def _changed(self, wait: str, arguments: str) -> None:
        """Tell the arguments that somebody gave a call: they are what is run."""
        self._write(f"{INDENT}with other arguments: {arguments}")
        call_id, tool = self._asked_about.get(wait, ("", ""))
        if call_id in self._calls:
            self._calls[call_id] = f"{tool} {arguments}".rstrip()

    def _noted(self, event: EventView) -> None:
        self._write(one_line(event.message, most=WIDTH))

    def _kept(self, event: EventView) -> None:
        self._write(f"artifact {name_of(event.message)} {event.details.get('id', '')}")

    def _failed(self, event: EventView) -> None:
        self._write(f"✗ {event.details.get('code')}: {one_line(event.message)}")

    def _completed(self, event: EventView) -> None:
        took = f" ({self._usage})" if str(self._usage) else ""
        self._write(f"{event.details.get('status')} {event.timestamp.strftime(TIME)}{took}")

    def _write(self, line: str) -> None:
        self._lines.append(f"{INDENT}{clean(line)}".rstrip())


def _of(item: JsonObject) -> str:
    return one_line(str(item.get("description")), most=WIDTH)


def _moment(text: str) -> str:
    """Return a moment of the log as the others are written."""
    return text.partition(".")[0].replace("T", " ")
