"""The events of a mission: what its log tells, in the order it happened."""

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import WaitId
from taskforce.core.jobs.events import APPROVAL_REQUIRED, OPENING, Event
from taskforce.core.missions.controls import AskUser
from taskforce.core.missions.model import ModelReply, ToolCall
from taskforce.core.missions.plan import TodoList
from taskforce.core.tools import Risk, ToolResult

STARTED = OPENING
THOUGHT = "thought"
TOKEN = "token"  # noqa: S105 - a piece of a model's text
TOOL_CALL = "tool_call"
TOOL_RESULT = "tool_result"
PLAN_UPDATED = "plan_updated"
ASK_USER = "ask_user"
TOKEN_USAGE = "token_usage"  # noqa: S105 - an amount
ARTIFACT = "artifact"
FINAL_ANSWER = "final_answer"


def started(mission: str, **facts: str) -> Event:
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
        "facts": result.details,
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


def token_usage(turn: int, reply: ModelReply) -> Event:
    """Return what a model call took."""
    details: JsonObject = {"turn": turn, **reply.usage.model_dump()}
    return Event(type=TOKEN_USAGE, message=f"{reply.usage.tokens} tokens", details=details)


def artifact(ref: ArtifactRef) -> Event:
    """Return that something was kept."""
    return Event(type=ARTIFACT, message=ref.key, details=ref.model_dump(mode="json"))


def final_answer(text: str) -> Event:
    """Return the answer."""
    return Event(type=FINAL_ANSWER, message=text)
