"""The corpus of missions under tests/missions, played by local:planner with the real tools."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from taskforce.core.missions.controls import ARGUMENTS, ASK_USER, CONTROLS
from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelRequest,
    StopReason,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.skills import told_of
from taskforce.core.tools import Tool, ToolContext, ToolFailed
from taskforce.infrastructure.missions.planner import LocalPlanner
from taskforce.infrastructure.missions.skill_folders import SkillFolders
from taskforce.infrastructure.missions.toolbox import BuiltinTools

SYSTEM = told_of("", SkillFolders([]).cards())
CORPUS = Path(__file__).parents[2] / "missions"
_MOST_TURNS = 40


@dataclass(frozen=True)
class Played:
    status: str
    answer: str
    turns: int


async def play(mission: str, workspace: Path, *, answers: tuple[str, ...] = ()) -> Played:
    """Play a mission in a small loop of its own; the mission program can take its place."""
    tools = BuiltinTools().tools()
    specs = tuple(tool.spec for tool in tools.values()) + tuple(CONTROLS.values())
    messages: list[Message] = [UserMessage(text=mission)]
    left = list(answers)
    model = LocalPlanner()
    for turn in range(1, _MOST_TURNS):
        request = ModelRequest(system=SYSTEM, messages=tuple(messages), tools=specs)
        reply = await model.reply(request, on_text=_ignore)
        assert reply == await model.reply(request, on_text=_ignore)
        if reply.stop is not StopReason.TOOL_CALLS:
            status = "completed" if reply.stop is StopReason.ANSWER else "needs_model"
            return Played(status, reply.text, turn)
        messages.append(AssistantMessage(text=reply.text, calls=reply.calls))
        for call in reply.calls:  # one after the other
            answer = await _called(call, tools, workspace, left)
            messages.append(answer)
    raise AssertionError("the mission does not end")


async def _ignore(_: str) -> None:
    return


async def _called(
    call: ToolCall, tools: Mapping[str, Tool[Any]], workspace: Path, answers: list[str]
) -> ToolMessage:
    if call.tool in ARGUMENTS:
        ARGUMENTS[call.tool].model_validate(call.arguments)
        content = answers.pop(0) if call.tool == ASK_USER else "The plan is kept."
        return ToolMessage(call_id=call.id, tool=call.tool, content=content)
    tool = tools[call.tool]
    context = ToolContext(workspace=workspace, idempotency_key=f"{workspace}/{call.id}")
    try:
        result = await tool.run(tool.check(call.arguments), context)
    except (ToolFailed, ValidationError) as problem:
        return ToolMessage(call_id=call.id, tool=call.tool, content=str(problem), failed=True)
    return ToolMessage(call_id=call.id, tool=call.tool, content=result.content, failed=result.failed)


def laid_out(files: Mapping[str, str | list[str]], workspace: Path) -> None:
    """Write the files of a mission; a list is the SQL that makes a database."""
    for name, content in files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
            continue
        base = sqlite3.connect(path)
        for statement in content:
            base.execute(statement)
        base.commit()
        base.close()


def _cases() -> list[Any]:
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CORPUS.glob("*.yaml"))]
    return [pytest.param(case, id=case["name"]) for document in documents for case in document]


@pytest.mark.parametrize("case", _cases())
async def test_a_mission_of_the_corpus_ends_as_expected(case: dict[str, Any], tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    laid_out(case.get("files", {}), workspace)
    expected = case["expect"]

    played = await play(case["mission"], workspace, answers=tuple(case.get("answers", ())))

    assert played.status == expected["status"], played.answer
    for piece in expected.get("answer_contains", ()):
        assert str(piece) in played.answer
    for piece in expected.get("answer_lacks", ()):
        assert str(piece) not in played.answer
    for name, content in expected.get("files", {}).items():
        path = workspace / name
        if content is None:
            assert not path.exists(), name
        elif isinstance(content, str):
            assert path.read_text(encoding="utf-8") == content
        else:
            for piece in content["contains"]:
                assert str(piece) in path.read_text(encoding="utf-8")


def test_a_third_of_the_corpus_is_out_of_scope() -> None:
    statuses = [case.values[0]["expect"]["status"] for case in _cases()]

    assert len(statuses) >= 50
    assert statuses.count("needs_model") * 3 >= len(statuses)
