"""The tools that the loop itself plays: they change the mission, not the world."""

from pydantic import Field

from taskforce.core.missions.model import Frozen
from taskforce.core.missions.plan import TodoItem
from taskforce.core.tools import Risk, ToolEffect, ToolSpec

PLANNER = "planner"
ASK_USER = "ask_user"
FETCH_RESULT = "fetch_result"


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


def _spec(name: str, description: str, arguments: type[Frozen]) -> ToolSpec:
    return ToolSpec(
        name=name,
        description=description,
        parameters=arguments.model_json_schema(),
        risk=Risk.READ,
        effect=ToolEffect.PURE,
        parallel=False,
    )


CONTROLS: dict[str, ToolSpec] = {
    PLANNER: _spec(PLANNER, "Make or revise the plan. Give the whole plan each time.", RevisePlan),
    ASK_USER: _spec(ASK_USER, "Ask the user and wait for the answer, as long as it takes.", AskUser),
    FETCH_RESULT: _spec(FETCH_RESULT, "Read on in a long result by its handle.", FetchResult),
}

ARGUMENTS: dict[str, type[Frozen]] = {PLANNER: RevisePlan, ASK_USER: AskUser, FETCH_RESULT: FetchResult}
