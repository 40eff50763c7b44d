"""How a job is shown while it runs: lines for a pipe, a picture for a terminal, JSON for a program."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.calls import head_of
from taskforce.cli.facts import Usage
from taskforce.cli.flags import Color
from taskforce.cli.lines import Lines
from taskforce.cli.live import Live
from taskforce.cli.showing import lines_view, view_of
from taskforce.cli.terminal import Screen
from taskforce.cli.views import JsonLines, View, as_line
from taskforce.core.documents import JsonObject

PLAIN = Screen(is_live=False, has_color=False, is_terminal=False)
COLORED = Screen(is_live=True, has_color=True, is_terminal=True)
COLORLESS = Screen(is_live=True, has_color=False, is_terminal=True)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def event(event_type: str, message: str = "", *, number: int | None = 1, **details: object) -> EventView:
    told: JsonObject = json.loads(json.dumps(details))
    return EventView(
        number=number,
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        event_type=event_type,
        message=message,
        details=told,
    )


def plan(*statuses: str) -> EventView:
    items = [
        {"position": place, "description": f"thing {place}", "status": status}
        for place, status in enumerate(statuses, start=1)
    ]
    return event("plan_updated", "the plan", items=items)


def story() -> list[EventView]:
    return [
        event("started", "look", model="script:x", profile="dev", workspace="/w", session_id="s", job_id="j"),
        event("token_usage", input_tokens=1000, output_tokens=20, cost=0.01),
        event("thought", "I will look."),
        event("tool_call", "planner", call_id="c0", tool="planner", arguments={"items": []}),
        plan("in_progress", "pending"),
        event("tool_result", "Noted", call_id="c0", tool="planner", failed=False),
        event("tool_call", "shell", call_id="c1", tool="shell", arguments={"command": "echo \x1b[31m"}),
        event("tool_output", "1", number=None),
        event("tool_result", "\x1b[31m1\n2\n\n3\n4\n5", call_id="c1", tool="shell", failed=False),
        event("tool_call", "file_read", call_id="c2", tool="file_read", arguments={"path": "no"}),
        event("tool_result", "There is no 'no'.", call_id="c2", tool="file_read", failed=True),
        plan("completed", "failed"),
        event("artifact", "files/report.md", id="a-1"),
        event("something_new", "of a later version"),
        event("token", "The answ", number=None),
        event("final_answer", "The answer."),
        event("complete", status="completed"),
    ]


def played(view: View) -> None:
    for each in story():
        view.show(each)
    view.note("a word")
    view.close()


def test_lines_tell_what_happens_without_escapes() -> None:
    stream = io.StringIO()
    view = Lines(PLAIN, stream, whole=False)
    for each in story():
        view.show(each)
    assert stream.getvalue().splitlines() == [
        "model     script:x",
        "profile   dev",
        "workspace /w",
        "session   s",
        "job       j",
        "I will look.",
        "plan",
        "  1. [in_progress] thing 1",
        "  2. [pending] thing 2",
        "call shell echo",
        "  1",
        "  2",
        "  3",
        "  … 2 more lines",
        "call file_read no",
        "  failed:",
        "  There is no 'no'.",
        "plan updated",
        "  1. [completed] thing 1",
        "  2. [failed] thing 2",
        "artifact files/report.md a-1",
        "something_new of a later version",
        "completed (1 model call, 1,000 tokens in, 20 out, $0.0100)",
    ]


def test_verbose_lines_tell_calls_and_results_in_full() -> None:
    stream = io.StringIO()
    view = Lines(PLAIN, stream, whole=False, verbose=True)
    arguments = {"code": "# Sum it\nimport csv\nprint(1)", "timeout": 60}
    view.show(event("tool_call", "python", call_id="c1", tool="python", arguments=arguments))
    view.show(event("tool_result", "1\n2\n\n3\n4", call_id="c1", tool="python", failed=False))
    assert stream.getvalue().splitlines() == [
        *(
            "call python Sum it timeout=60",
            "    code:",
            "      # Sum it",
            "      import csv",
            "      print(1)",
        ),
        *("    timeout: 60", "  1", "  2", "", "  3", "  4"),
    ]


def test_whole_lines_tell_the_question_and_the_answer_too() -> None:
    stream = io.StringIO()
    view = lines_view(PLAIN, stream, whole=True)
    view.show(event("ask_user", "Which?"))
    view.show(event("final_answer", "This.\nThat."))
    view.show(event("error", "It broke.", code="broken"))
    assert stream.getvalue() == "asks: Which?\nThis.\nThat.\nbroken: It broke.\n"


def test_lines_have_colours_when_they_are_wanted() -> None:
    stream = io.StringIO()
    view = Lines(COLORED, stream, whole=False)
    view.show(event("complete", status="failed"))
    assert stream.getvalue() == "\x1b[1mfailed\x1b[0m\n"


@pytest.mark.parametrize(("shown", "has_color"), [(COLORED, True), (COLORLESS, False)])
def test_the_picture_shows_the_same_and_leaves_the_cursor(shown: Screen, has_color: bool) -> None:
    with redirect_stderr(Tty()) as stream:
        played(Live(shown, whole=False))
    text = stream.getvalue()
    for told in ("script:x", "I will look.", "✓ ", "✗ ", "2 more lines", "files/report.md", "a word"):
        assert told in text
    assert "The answer." not in text
    assert "planner" not in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert ("\x1b[32m" in text) is has_color
    assert ("\x1b[1m" in text) is has_color


def test_a_whole_picture_tells_the_answer_and_the_question() -> None:
    with redirect_stderr(Tty()) as stream:
        view = Live(COLORLESS, whole=True)
        view.show(event("approval_required", "May shell be called?", arguments={"command": "ls"}))
        view.show(event("final_answer", "The answer."))
        view.close()
    assert "May shell be called?" in stream.getvalue()
    assert "    ls" in stream.getvalue()
    assert "The answer." in stream.getvalue()


def test_a_long_plan_is_shown_around_what_is_under_way() -> None:
    with redirect_stderr(Tty()) as stream:
        view = Live(COLORLESS, whole=False)
        view.show(plan(*["completed"] * 30, "in_progress", *["pending"] * 9))
        shown = [str(line) for line in view._plan_lines()]  # noqa: SLF001 - what the next picture will show
        view.close()
    assert len(shown) == 12
    assert "▸ 31. thing 31" in shown
    assert "40. thing 40" in stream.getvalue()


def test_limits_that_nothing_holds_are_told_at_the_beginning() -> None:
    started = event("started", "look", not_held=["no network", "read only outside"])
    lines = io.StringIO()
    Lines(PLAIN, lines, whole=True).show(started)
    with redirect_stderr(Tty()) as stream:
        view = Live(COLORLESS, whole=False)
        view.show(started)
        view.close()
    assert "not held  no network; read only outside" in lines.getvalue()
    assert "not held  no network; read only outside" in stream.getvalue()


def test_a_terminal_gets_the_picture_and_a_pipe_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(Tty()):
        picture = view_of(color=Color.AUTO)
        picture.close()
    with redirect_stderr(io.StringIO()):
        assert isinstance(view_of(color=Color.AUTO), Lines)
    assert isinstance(picture, Live)


def test_a_line_of_json_is_the_streams_data_with_the_number_as_id() -> None:
    numbered = event("thought", "é\u2028", number=7)
    assert json.loads(as_line(numbered)) == {"id": 7, **json.loads(numbered.to_json())}
    assert as_line(event("token", "x", number=None)) == event("token", "x", number=None).to_json()
    assert "\n" not in as_line(event("thought", "a\nb"))


class Left(io.StringIO):
    def flush(self) -> None:
        raise BrokenPipeError

    def fileno(self) -> int:
        raise OSError("no file")


def test_a_reader_that_left_stops_who_watches_and_not_who_plays() -> None:
    with redirect_stdout(Left()):
        JsonLines(goes_on=True).show(event("thought", "x"))
        with pytest.raises(BrokenPipeError):
            JsonLines().show(event("thought", "x"))


def test_a_result_is_told_by_its_head() -> None:
    assert head_of("a\n\n b\t\nc\nd", most=80) == ["a", " b", "c", "… 1 more line"]
    assert head_of("x" * 100, most=10) == ["x" * 9 + "…"]
    assert head_of("", most=10) == []


def test_usage_is_added_up_and_told_when_there_is_some() -> None:
    usage = Usage()
    assert str(usage) == ""
    for _ in range(2):
        usage.take({"input_tokens": 600, "output_tokens": 5, "cost": 0.0})
    assert str(usage) == "2 model calls, 1,200 tokens in, 10 out"
