"""Activating skills: a recorded step each, so that a replay sees the same instructions."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from taskforce.application.missions.known_skills import KnownSkills
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions.allowed_tools import ALWAYS, allowed_by, refusal
from taskforce.core.missions.controls import ActivateSkill
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.missions.skills import activated, bound, folder_of
from taskforce.core.missions.task import MissionTask
from taskforce.core.skills import Skill, SkillChanged, SkillOrigin
from taskforce.core.tools import ToolFailed, ToolResult

_ASKS_FIRST = "asks_first"
_ALLOWED = "allowed_tools"


class Activation:
    """Loads skills for one play of a mission; what one says widens nothing that is allowed.

    One of the collection narrows it: until another one is activated, no tools are called but those it allows.
    """

    def __init__(
        self,
        *,
        ctx: JobContext,
        skills: KnownSkills,
        workspaces: WorkspaceSource,
        task: MissionTask,
        project: ProjectId,
    ) -> None:
        self._ctx = ctx
        self._skills = skills
        self._workspaces = workspaces
        self._task = task
        self._project = project
        self._active = ""
        self._allowed: frozenset[str] | None = None

    @property
    def allowed(self) -> frozenset[str] | None:
        """Return the tools that the active skill allows; None when it says nothing, or none is active."""
        return self._allowed

    def check(self, tool: str) -> None:
        """Return when the active skill allows a tool. Raises ToolFailed."""
        if self._allowed is not None and tool not in self._allowed | ALWAYS:
            raise ToolFailed(refusal(tool, skill=self._active, allowed=self._allowed))

    async def activate(
        self, key: str, wanted: ActivateSkill, tools: Sequence[str], *, ask: Callable[[str], Awaitable[str]]
    ) -> ToolResult:
        """Return a skill's instructions, with its files laid out in the workspace.

        One of an untrusted source is asked about first: `ask` is told where it comes from, and tells who
        allowed it. Raises ToolFailed, also as `ask` does.
        """
        known = [card.name for card in self._task.skills]
        if wanted.name not in known:
            raise ToolFailed(f"There is no skill {wanted.name!r}. Skills are: {', '.join(known) or 'none'}.")

        async def load() -> ToolResult:
            return await self._loaded(wanted, tools)

        loaded = await self._ctx.step(f"{key}/run", load, type=ToolResult)
        digest = loaded.details.get(_ASKS_FIRST)
        if isinstance(digest, str):
            by = await ask(loaded.content)

            async def load_allowed() -> ToolResult:
                return await self._loaded(wanted, tools, digest=digest, by=by)

            loaded = await self._ctx.step(f"{key}/allowed", load_allowed, type=ToolResult)
        self._narrow(wanted.name, loaded)
        return loaded

    async def _loaded(
        self, wanted: ActivateSkill, tools: Sequence[str], *, digest: str = "", by: str = ""
    ) -> ToolResult:
        """Return what came of it; of a skill that nobody allowed yet no more than where it comes from."""
        try:
            skill = await self._skills.get(wanted.name, project=self._project)
            if by and skill.digest != digest:
                raise SkillChanged(skill.name)
            if by:
                await self._skills.allow(skill, project=self._project, by=by)
            elif skill.asks_first:
                return ToolResult(content=skill.provenance, details={_ASKS_FIRST: skill.digest})
            return await self._laid_out(skill, wanted, tools)
        except (ToolFailed, Invalid) as refused:
            return ToolResult(content=str(refused), failed=True)

    async def _laid_out(self, skill: Skill, wanted: ActivateSkill, tools: Sequence[str]) -> ToolResult:
        files = await self._skills.files(skill, project=self._project)
        values = bound(skill, self._task.params, wanted.values)
        if files:
            await self._workspaces.lay_out(self._task.workspace, folder_of(skill), files)
        allowed = _allowed_by(skill)
        content = activated(
            skill, values, [name for name in tools if allowed is None or name in allowed | ALWAYS]
        )
        return ToolResult(content=content, details=_facts(skill, files, allowed))

    def _narrow(self, name: str, loaded: ToolResult) -> None:
        """Let the skill that is active now say which tools are called; none is active when it failed."""
        if loaded.failed:
            return
        said = loaded.details.get(_ALLOWED)
        self._active = name
        self._allowed = frozenset(map(str, said)) if isinstance(said, list) else None


def _allowed_by(skill: Skill) -> frozenset[str] | None:
    """Return the tools that a skill of strangers may have called; those that lie in folders are one's own."""
    if skill.origin is not SkillOrigin.COLLECTION:
        return None
    return allowed_by(skill.header.allowed_tools)


def _facts(skill: Skill, files: Mapping[str, bytes], allowed: frozenset[str] | None) -> JsonObject:
    digests: JsonObject = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    facts: JsonObject = {"skill": skill.name, "origin": skill.origin.value, "files": digests}
    if skill.digest:
        facts["digest"] = skill.digest
    return facts if allowed is None else {**facts, _ALLOWED: [*sorted(allowed)]}
