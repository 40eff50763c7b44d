"""The events of a mission: what its log tells, in the order it happened."""

from pydantic import JsonValue

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ArtifactId, WaitId
from taskforce.core.jobs.events import APPROVAL_REQUIRED, OPENING, Event
from taskforce.core.jobs.steps import Ruling, Subject
from taskforce.core.missions.controls import AskUser
from taskforce.core.missions.model import ModelReply, ToolCall, Usage
from taskforce.core.missions.plan import TodoList
from taskforce.core.tools import Risk, ToolResult

STARTED = OPENING
THOUGHT = "thought"
TOKEN = "token"  # noqa: S105 - a piece of a model's text
TOOL_CALL = "tool_call"
TOOL_OUTPUT = "tool_output"
TOOL_RESULT = "tool_result"
PLAN_UPDATED = "plan_updated"
ASK_USER = "ask_user"
MODEL_CHANGED = "model_changed"
TOKEN_USAGE = "token_usage"  # noqa: S105 - an amount
ARTIFACT = "artifact"
FILES_LEFT_OUT = "files_left_out"
FINAL_ANSWER = "final_answer"

MOST_NAMED = 5
MOST_LISTED = 1_000


def started(mission: str, **facts: JsonValue) -> Event:
    """Return the first event: the mission and what it runs with."""
    return Event(type=STARTED, message=mission, details=dict(facts))


def thought(turn: int, text: str) -> Event:
    """Return what the model said beside its calls."""
    return Event(type=THOUGHT, message=text, details={"turn": turn})


def tool_call(turn: int, call: ToolCall) -> Event:
    """Return that a tool is being called."""
    details: JsonObject = {"turn": turn, "call_id": call.id, "tool": call.tool, "arguments": call.arguments}
    return Event(type=TOOL_CALL, message=call.tool, details=details)


def tool_result(turn: int, call: ToolCall, result: ToolResult) -> Event:
    """Return what a tool answered, as the model sees it."""
    details: JsonObject = {
        "turn": turn,
        "call_id": call.id,
        "tool": call.tool,
        "failed": result.failed,
        "facts": {name: value for name, value in result.details.items() if name != "kept"},
    }
    return Event(type=TOOL_RESULT, message=result.content, details=details)


def plan_updated(plan: TodoList) -> Event:
    """Return the plan as it is from now on."""
    return Event(type=PLAN_UPDATED, message=plan.as_text(), details=plan.model_dump(mode="json"))


def ask_user(wait: WaitId, question: AskUser) -> Event:
    """Return that the mission waits for an answer."""
    details: JsonObject = {"wait_id": wait, "choices": list(question.choices)}
    return Event(type=ASK_USER, message=question.question, details=details)


def approval_required(wait: WaitId, call: ToolCall, risk: Risk) -> Event:
    """Return that a call waits for somebody's decision."""
    details: JsonObject = {
        "wait_id": wait,
        "call_id": call.id,
        "tool": call.tool,
        "arguments": call.arguments,
        "risk": risk.value,
        "choices": ["approve", "deny"],
    }
    return Event(type=APPROVAL_REQUIRED, message=f"May {call.tool} be called?", details=details)


def first_use_of(wait: WaitId, call: ToolCall, risk: Risk, *, skill: str, provenance: str) -> Event:
    """Return that the first use of a skill from an untrusted source waits for somebody's decision.

    Its reason tells it from an approval that the profile wants.
    """
    asked = approval_required(wait, call, risk)
    message = (
        f"May the skill {skill} be used? It comes from {provenance}, which is untrusted, and nobody has "
        "allowed it yet."
    )
    return Event(type=asked.type, message=message, details={**asked.details, "reason": "untrusted_skill"})


def subject_of(call: ToolCall, *, ruling: Ruling | None = None) -> Subject:
    """Return what a person is told of a call when nobody knows what became of it, or what is ruled then."""
    details: JsonObject = {"call_id": call.id, "tool": call.tool, "arguments": call.arguments}
    return Subject(name=f"The call of {call.tool}", details=details, ruling=ruling)


def model_changed(before: str, after: str) -> Event:
    """Return that another model stands in from now on."""
    details: JsonObject = {"before": before, "model": after}
    return Event(type=MODEL_CHANGED, message=f"{before} did not answer; {after} stands in.", details=details)


def agents_usage(turn: int, usage: Usage) -> Event:
    """Return what an agent took that was called in a turn."""
    details: JsonObject = {"turn": turn, **usage.model_dump(), "agent": True}
    return Event(type=TOKEN_USAGE, message=f"{usage.tokens} tokens", details=details)


def summary_usage(turn: int, usage: Usage) -> Event:
    """Return what a summary of older turns took."""
    details: JsonObject = {"turn": turn, **usage.model_dump(), "summary": True}
    return Event(type=TOKEN_USAGE, message=f"{usage.tokens} tokens", details=details)


def token_usage(turn: int, reply: ModelReply) -> Event:
    """Return what a model call took, and who answered by its provider's word."""
    answered: JsonObject = {"answered_by": reply.model} if reply.model else {}
    details: JsonObject = {"turn": turn, **reply.usage.model_dump(), **answered}
    return Event(type=TOKEN_USAGE, message=f"{reply.usage.tokens} tokens", details=details)


def artifact(ref: ArtifactRef, *, replaces: ArtifactId | None = None) -> Event:
    """Return that something was kept, in place of an older one if that was the same file."""
    older: JsonObject = {} if replaces is None else {"replaces": replaces}
    return Event(type=ARTIFACT, message=ref.key, details={**ref.model_dump(mode="json"), **older})


def files_left_out(paths: list[str]) -> Event:
    """Return that files were written and are not kept: they are in the workspace alone."""
    named = ", ".join(paths[:MOST_NAMED]) + (" …" if len(paths) > MOST_NAMED else "")
    message = f"{len(paths)} written, not kept as artifacts (gone, over 10 MB, or too many): {named}"
    return Event(type=FILES_LEFT_OUT, message=message, details={"paths": [*paths[:MOST_LISTED]]})


def files_unseen() -> Event:
    """Return that nobody looked which files a program wrote."""
    message = "The workspace holds too many files to see which were written; none is kept as an artifact."
    return Event(type=FILES_LEFT_OUT, message=message, details={"paths": []})


def final_answer(text: str) -> Event:
    """Return the answer."""
    return Event(type=FINAL_ANSWER, message=text)
