"""Activating skills: a recorded step each, so that a replay sees the same instructions."""

import hashlib
from collections.abc import Mapping, Sequence

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions.controls import ActivateSkill
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.missions.skills import activated, bound, folder_of
from taskforce.core.missions.task import MissionTask
from taskforce.core.skills import Skill, SkillSource
from taskforce.core.tools import ToolFailed, ToolResult


class Activation:
    """Loads skills for one play of a mission; what one says widens nothing that is allowed."""

    def __init__(
        self, *, ctx: JobContext, skills: SkillSource, workspaces: WorkspaceSource, task: MissionTask
    ) -> None:
        self._ctx = ctx
        self._skills = skills
        self._workspaces = workspaces
        self._task = task

    async def activate(self, key: str, wanted: ActivateSkill, tools: Sequence[str]) -> ToolResult:
        """Return a skill's instructions, with its files laid out in the workspace. Raises ToolFailed."""
        known = [card.name for card in self._task.skills]
        if wanted.name not in known:
            raise ToolFailed(f"There is no skill {wanted.name!r}. Skills are: {', '.join(known) or 'none'}.")

        async def load() -> ToolResult:
            try:
                return await self._loaded(wanted, tools)
            except (ToolFailed, Invalid) as refused:
                return ToolResult(content=str(refused), failed=True)

        return await self._ctx.step(f"{key}/run", load, type=ToolResult)

    async def _loaded(self, wanted: ActivateSkill, tools: Sequence[str]) -> ToolResult:
        skill = self._skills.get(wanted.name)
        files = await self._skills.files(wanted.name)
        values = bound(skill, self._task.params, wanted.values)
        if files:
            await self._workspaces.lay_out(self._task.workspace, folder_of(skill), files)
        return ToolResult(content=activated(skill, values, tools), details=_facts(skill, files))


def _facts(skill: Skill, files: Mapping[str, bytes]) -> JsonObject:
    digests: JsonObject = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    return {"skill": skill.name, "origin": skill.origin.value, "files": digests}
