"""Who is told how runs stand: GitHub, by a token, or nobody."""

from taskforce.core.clock import Clock
from taskforce.core.pipelines.forge import CommitStatus, DeployStatus, ForgeDeployment, ReleaseTag
from taskforce.core.pipelines.forge_errors import NoForgeSet
from taskforce.core.pipelines.ports import Forge


class NoForge(Forge):
    """Without a token nobody is told; what was to be told while there was one fails, and says why."""

    async def set_commit_status(self, status: CommitStatus) -> None:
        raise NoForgeSet

    async def create_deployment(self, deployment: ForgeDeployment) -> str:
        raise NoForgeSet

    async def set_deployment_status(self, repository: str, deployment: str, status: DeployStatus) -> None:
        raise NoForgeSet

    async def create_tag(self, tag: ReleaseTag) -> None:
        raise NoForgeSet


def forge_at(url: str, *, token: str | None, clock: Clock) -> Forge:
    """Return the forge; httpx is loaded when somebody is to be told something."""
    if token is None:
        return NoForge()
    from taskforce.infrastructure.pipelines.github import GithubForge  # noqa: PLC0415 - it takes a while

    return GithubForge(url, token=token, clock=clock)
