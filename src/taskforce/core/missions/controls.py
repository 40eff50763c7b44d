"""The tools that the loop itself plays: they change the mission, not the world."""

from typing import Annotated

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.missions.plan import TodoItem
from taskforce.core.tools import Risk, ToolEffect, ToolSpec

PLANNER = "planner"
ASK_USER = "ask_user"
FETCH_RESULT = "fetch_result"
ACTIVATE_SKILL = "activate_skill"
CALL_AGENT = "call_agent"


class RevisePlan(Frozen):
    """Arguments of `planner`: the whole plan, as it shall be from now on."""

    items: tuple[TodoItem, ...] = Field(min_length=1, max_length=200, description="The whole plan.")


class AskUser(Frozen):
    """Arguments of `ask_user`."""

    question: str = Field(min_length=1, max_length=10_000, description="What you need to know.")
    choices: tuple[str, ...] = Field(default=(), max_length=20, description="Answers to choose from, if any.")


class FetchResult(Frozen):
    """Arguments of `fetch_result`."""

    handle: str = Field(description="The handle that a long result named.")
    offset: int = Field(default=0, ge=0, strict=True, description="The character to begin at.")
    limit: int = Field(default=8_000, ge=1, le=8_000, strict=True, description="How many characters.")


class ActivateSkill(Frozen):
    """Arguments of `activate_skill`."""

    name: str = Field(min_length=1, max_length=64, description="The skill's name.")
    values: tuple[Annotated[str, Field(min_length=1, max_length=10_000)], ...] = Field(
        default=(),
        max_length=20,
        description="What its {{places}} stand for, in order; leave it out when you do not know them.",
    )


class CallAgent(Frozen):
    """Arguments of `call_agent`."""

    mission: str = Field(
        min_length=1,
        max_length=100_000,
        description="What it is to do, and all that it must know: it sees nothing of this conversation.",
    )
    profile: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Its profile; yours if left out. It may never do more than you may.",
    )


def _spec(name: str, description: str, arguments: type[Frozen], *, parallel: bool = False) -> ToolSpec:
    return ToolSpec(
        name=name,
        description=description,
        parameters=arguments.model_json_schema(),
        risk=Risk.READ,
        effect=ToolEffect.PURE,
        parallel=parallel,
    )


CONTROLS: dict[str, ToolSpec] = {
    PLANNER: _spec(PLANNER, "Make or revise the plan. Give the whole plan each time.", RevisePlan),
    ASK_USER: _spec(ASK_USER, "Ask the user and wait for the answer, as long as it takes.", AskUser),
    FETCH_RESULT: _spec(FETCH_RESULT, "Read on in a long result by its handle.", FetchResult),
    ACTIVATE_SKILL: _spec(ACTIVATE_SKILL, "Load the instructions of a skill, and its files.", ActivateSkill),
    CALL_AGENT: _spec(
        CALL_AGENT,
        "Have another agent do a part of the work in the same workspace, and get its answer.",
        CallAgent,
        parallel=True,
    ),
}

ARGUMENTS: dict[str, type[Frozen]] = {
    PLANNER: RevisePlan,
    ASK_USER: AskUser,
    FETCH_RESULT: FetchResult,
    ACTIVATE_SKILL: ActivateSkill,
    CALL_AGENT: CallAgent,
}
