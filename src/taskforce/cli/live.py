"""A job as a live picture on a terminal: what is done scrolls away above, what is under way stands below."""

from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.live import Live as Picture
from rich.spinner import Spinner
from rich.text import Text

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.calls import call_in_full, call_of, result_in_full, result_of
from taskforce.cli.drawing import Drawing
from taskforce.cli.facts import MARKS, PLANNER, Usage, fact_of, items_of, limits_not_held, name_of
from taskforce.cli.terminal import Screen, clean, one_line
from taskforce.core.documents import JsonObject

STYLES = {"completed": "green", "failed": "red", "in_progress": "bold", "skipped": "dim", "pending": "dim"}
TEXT_LINES = 6
"""How many lines of text that is being written are shown."""
PLAN_LINES = 12
NARROWEST = 20


class Live(Drawing):
    """Draws the plan, the calls under way, the text that is being written, and what was used."""

    def __init__(self, shown: Screen, *, whole: bool, verbose: bool = False) -> None:
        super().__init__(shown)
        self._verbose = verbose
        self._whole = whole
        self._plan: list[JsonObject] = []
        self._calls: dict[str, str] = {}
        self._text = ""
        self._usage = Usage()
        self._spinner = Spinner("dots", style="cyan" if shown.has_color else "")
        self._is_over = False
        self._picture = Picture(
            get_renderable=self._drawn,
            console=self._console,
            refresh_per_second=10,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._showing: dict[str, Callable[[EventView], None]] = {
            "started": self._started,
            "thought": self._thought,
            "token": self._wrote,
            "tool_output": self._wrote,
            "plan_updated": self._planned,
            "tool_call": self._called,
            "tool_result": self._answered,
            "token_usage": self._counted,
            "artifact": self._kept,
            "ask_user": self._asked,
            "approval_required": self._asked,
            "complete": self._completed,
            "final_answer": self._ended,
            "error": self._ended,
        }
        self._picture.start()

    def show(self, event: EventView) -> None:
        """Take in what happened; the picture draws itself."""
        self._showing.get(event.event_type, self._other)(event)

    def close(self) -> None:
        """Leave the plan and the usage as they are at the end."""
        self._is_over = True
        self._picture.stop()
        self._console.print()

    # ------------------------------------------------------------ what happened

    def _started(self, event: EventView) -> None:
        for name in ("model", "profile", "workspace", "session_id"):
            value = fact_of(event, name)
            if value is not None:
                line = Text.assemble((f"{name.removesuffix('_id'):<10}", "dim"), clean(str(value)))
                self._console.print(line, soft_wrap=True)
        if not_held := limits_not_held(event):
            self._console.print(Text(f"not held  {clean(not_held)}", style="yellow"), soft_wrap=True)
        self._console.print()

    def _thought(self, event: EventView) -> None:
        self._text = ""
        self._console.print(Text(clean(event.message).strip(), style="dim italic"))

    def _wrote(self, event: EventView) -> None:
        self._text += event.message

    def _planned(self, event: EventView) -> None:
        self._plan = items_of(event.details)

    def _called(self, event: EventView) -> None:
        self._text = ""
        told = call_of(event.details, most=max(self._width - len(event.message) - 6, NARROWEST))
        self._calls[str(event.details.get("call_id"))] = f"{event.message} {told}".rstrip()
        if self._verbose and event.message != PLANNER:
            self._console.print(Text("\n".join(call_in_full(event.details)), style="dim"), soft_wrap=True)

    def _answered(self, event: EventView) -> None:
        self._text = ""
        call = self._calls.pop(str(event.details.get("call_id")), event.message)
        failed = event.details.get("failed") is True
        if event.details.get("tool") == PLANNER and not failed:
            return
        mark = ("✗ ", "red") if failed else ("✓ ", "green")
        name, _, told = one_line(call).partition(" ")
        self._console.print(
            Text.assemble(mark, (name, "bold"), f" {told}"), no_wrap=True, overflow="ellipsis"
        )
        self._tell(event.message, style="red" if failed else "dim")

    def _tell(self, result: str, *, style: str) -> None:
        if self._verbose:
            lines = "\n".join(f"    {line}" for line in result_in_full(result))
            self._console.print(Text(lines, style=style), soft_wrap=True)
            return
        lines = "\n".join(f"    {line}" for line in result_of(result, most=self._width - 4))
        if lines:
            self._console.print(Text(lines, style=style), no_wrap=True, crop=True)

    def _counted(self, event: EventView) -> None:
        self._usage.take(event.details)

    def _kept(self, event: EventView) -> None:
        line = Text.assemble(
            ("+ ", "green"), clean(name_of(event.message)), (f"  {event.details.get('id', '')}", "dim")
        )
        self._console.print(line, soft_wrap=True)

    def _asked(self, event: EventView) -> None:
        self._text = ""
        if not self._whole:  # the command asks by itself
            return
        self._console.print(Text.assemble(("? ", "yellow"), (clean(event.message).strip(), "bold")))
        told = call_of(event.details, most=self._width * 4)
        if told:
            self._console.print(Text(f"    {told}", style="dim"))

    def _ended(self, event: EventView) -> None:
        self._text = ""
        if self._whole:
            self._console.print(
                Text(clean(event.message), style="red" if event.event_type == "error" else "")
            )

    def _completed(self, _: EventView) -> None:
        for call in self._calls.values():
            self._console.print(Text(f"- {call}", style="dim"), no_wrap=True, overflow="ellipsis")
        self._calls.clear()
        self._text = ""

    def _other(self, event: EventView) -> None:
        self._console.print(
            Text(f"{event.event_type} {one_line(event.message, most=self._width)}", style="dim")
        )

    # ------------------------------------------------------------ the picture

    @property
    def _width(self) -> int:
        return max(self._console.width, NARROWEST)

    def _drawn(self) -> RenderableType:
        parts: list[RenderableType] = [*self._plan_lines()]
        parts += [self._line(f"  {call}") for call in self._calls.values()]
        parts += [self._line(f"  {line}", "italic") for line in self._written()]
        if not self._is_over:
            self._spinner.update(text=self._line(str(self._usage) or "working", "dim"))
            parts.append(self._spinner)
        elif str(self._usage):
            parts.append(self._line(str(self._usage), "dim"))
        return Group(*parts)

    def _plan_lines(self) -> list[Text]:
        return [self._plan_line(item) for item in self._plan_window()]

    def _plan_line(self, item: JsonObject) -> Text:
        status = str(item.get("status"))
        told = f"{MARKS.get(status, '·')} {item.get('position')}. {item.get('description')}"
        return self._line(told, STYLES.get(status, ""))

    def _plan_window(self) -> list[JsonObject]:
        """Return the plan, or at its length the part around what is under way."""
        if len(self._plan) <= PLAN_LINES or self._is_over:
            return self._plan
        undone = [place for place, item in enumerate(self._plan) if item.get("status") != "completed"]
        first = max(0, min((undone or [0])[0] - 2, len(self._plan) - PLAN_LINES))
        return self._plan[first : first + PLAN_LINES]

    def _written(self) -> list[str]:
        return clean(self._text).splitlines()[-TEXT_LINES:]

    def _line(self, text: str, style: str = "") -> Text:
        line = _one_line_kept(text, most=self._width - 1)
        return Text(line, style=style, no_wrap=True, overflow="ellipsis")


def _one_line_kept(text: str, *, most: int) -> str:
    """Return text as one line with its indent."""
    indent = len(text) - len(text.lstrip())
    return " " * indent + one_line(text, most=most - indent)
