"""The tools that come with Taskforce and act on the world."""

from collections.abc import Mapping
from typing import Any

from taskforce.core.missions.ports import ToolSource
from taskforce.core.tools import Tool
from taskforce.infrastructure.missions.commands import Python, Shell
from taskforce.infrastructure.missions.editing import FileEdit
from taskforce.infrastructure.missions.files import FileAppend, FileRead, FileWrite
from taskforce.infrastructure.missions.git import Git
from taskforce.infrastructure.missions.listing import FileListing
from taskforce.infrastructure.missions.process import LIMITS, ProcessLimits
from taskforce.infrastructure.missions.search import Grep


class BuiltinTools(ToolSource):
    """All of them; `limits` bind what shell, python and git start."""

    def __init__(self, limits: ProcessLimits = LIMITS) -> None:
        tools: tuple[Tool[Any], ...] = (
            *(FileRead(), FileWrite(), FileAppend(), FileEdit(), FileListing(), Grep()),
            *(Shell(limits), Python(limits), Git(limits)),
        )
        self._tools = {tool.name: tool for tool in tools}

    def tools(self) -> Mapping[str, Tool[Any]]:
        return self._tools
