"""The tool of the measured turns, and the script that calls it."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from benchmarks.payload import TURN_ANSWER, TURN_ARGUMENTS, TURN_FOUND, TURN_TOOL
from taskforce.core.missions.ports import ToolSource
from taskforce.core.missions.profile import Profile
from taskforce.core.tools import ModelledTool, Risk, Tool, ToolContext, ToolEffect, ToolResult

PROFILE = "bench"


class LookupArguments(BaseModel):
    """What is looked up."""

    model_config = ConfigDict(extra="forbid")

    key: str


class Lookup(ModelledTool[LookupArguments]):
    """Answers from memory."""

    name: ClassVar[str] = TURN_TOOL
    description: ClassVar[str] = "Look a number up."
    risk: ClassVar[Risk] = Risk.READ
    effect: ClassVar[ToolEffect] = ToolEffect.PURE
    parallel: ClassVar[bool] = True
    arguments: ClassVar[type[BaseModel]] = LookupArguments

    async def run(self, arguments: LookupArguments, context: ToolContext) -> ToolResult:
        return ToolResult(content=TURN_FOUND)


class LookupOnly(ToolSource):
    """The one tool."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool[Any]] = {TURN_TOOL: Lookup()}

    def tools(self) -> Mapping[str, Tool[Any]]:
        return self._tools

    def chosen(self, names: Collection[str]) -> Mapping[str, Tool[Any]]:
        return self._tools

    def not_held(self, profile: Profile) -> tuple[str, ...]:
        return ()

    def has_walls(self) -> bool:
        return False


def write_script(folder: Path, *, with_call: bool) -> str:
    """Write a script, and return the model that plays it. JSON is YAML."""
    call = {"calls": [{"tool": TURN_TOOL, "arguments": TURN_ARGUMENTS}]}
    turns = [*([call] if with_call else []), {"text": TURN_ANSWER}]
    file = folder / ("call.yaml" if with_call else "answer.yaml")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"turns": turns}))
    return f"script:{file}"


def write_profile(home: Path) -> None:
    """Write the profile that has the one tool."""
    folder = home / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{PROFILE}.yaml").write_text(
        f"extends: dev\ndescription: For benchmarks.\ntools: [{TURN_TOOL}]\n"
    )
