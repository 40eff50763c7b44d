"""A mission's log as a person reads it afterwards."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.transcript import transcript

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
NUMBERS = count(1)


def event(event_type: str, message: str = "", **details: Any) -> EventView:  # noqa: ANN401 - any JSON
    number = next(NUMBERS)
    at = BEGIN + timedelta(seconds=number)
    return EventView(number=number, timestamp=at, event_type=event_type, message=message, details=details)


def called(number: int, tool: str, **arguments: Any) -> EventView:  # noqa: ANN401 - any JSON
    return event("tool_call", tool, call_id=f"c{number}", tool=tool, arguments=arguments)


def heard(number: int, tool: str, text: str, *, failed: bool = False) -> EventView:
    return event("tool_result", text, call_id=f"c{number}", tool=tool, failed=failed)


def plan(*statuses: str) -> EventView:
    items = [
        {"position": place, "description": f"thing {place}", "status": status}
        for place, status in enumerate(statuses, start=1)
    ]
    return event("plan_updated", items=items)


def read(*log: EventView) -> list[str]:
    return [line.strip() for line in transcript(log)]


def test_a_mission_is_told_from_what_was_asked_to_what_it_took() -> None:
    told = transcript(
        [
            event("started", "Look\naround"),
            event("token_usage", input_tokens=1000, output_tokens=20, cost=0.01),
            event("thought", "I look."),
            called(1, "grep", pattern="x"),
            heard(1, "grep", "1\n2\n3\n4\n5"),
            event("artifact", "default/j/turn/1/call/1/files/a.md", id="A"),
            event("final_answer", "Two\nlines."),
            event("complete", status="completed"),
        ]
    )
    assert told[0].endswith("  Look around")
    assert told[1:-1] == [
        "  I look.",
        "  ✓ grep x",
        "    1",
        "    2",
        "    3",
        "    … 2 more lines",
        "  artifact a.md A",
        "  Two\n  lines.",
    ]
    assert told[-1].endswith("(1 model call, 1,000 tokens in, 20 out, $0.0100)")


def test_calls_that_ran_side_by_side_stand_before_their_own_results() -> None:
    told = read(
        called(1, "file_read", path="a"),
        called(2, "file_read", path="b"),
        heard(1, "file_read", "A"),
        heard(2, "file_read", "There is no b.", failed=True),
    )
    assert told == ["✓ file_read a", "A", "✗ file_read b", "There is no b."]


def test_a_plan_has_ticks_and_only_what_changed_is_told_again() -> None:
    told = read(
        called(1, "planner", items=[]),
        plan("in_progress", "pending"),
        heard(1, "planner", "Noted"),
        plan("completed", "pending"),
    )
    assert told == ["▸ 1. thing 1", "· 2. thing 2", "✓ 1. thing 1"]


def test_who_decided_what_and_when_is_told_with_other_arguments() -> None:
    about = {"call_id": "c1", "tool": "shell", "arguments": {"command": "rm a"}}
    asked = event("approval_required", "May shell be called?", wait_id="w", **about)
    word: dict[str, Any] = {
        "decision": "approve",
        "arguments": {"command": "ls"},
        "at": "2026-01-01T12:00:09.250000Z",
    }
    told = read(called(1, "shell", command="rm a"), asked, event("answered", wait_id="w", by="ann", **word))
    assert told == [
        "? May shell be called? shell rm a",
        "ann, 2026-01-01 12:00:09: approve",
        "with other arguments: ls",
        "… shell ls",
    ]


def test_a_question_that_is_open_is_told_as_such() -> None:
    told = read(called(1, "ask_user", question="Red?"), event("ask_user", "Red?", wait_id="w"))
    assert told == ["? Red? (waits for an answer)"]


def test_what_went_wrong_is_told_by_its_code_and_escapes_stay_out() -> None:
    told = read(
        event("error", "It \x1b[31mbroke.", code="max_steps_reached"), event("other", "not for people")
    )
    assert told == ["✗ max_steps_reached: It broke."]
