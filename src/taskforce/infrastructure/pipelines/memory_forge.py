"""A forge in memory: it keeps what it was told, by the rules of GitHub."""

from taskforce.core.pipelines.forge import CommitStatus, DeployStatus, ForgeDeployment, ReleaseTag
from taskforce.core.pipelines.forge_errors import TagTaken
from taskforce.core.pipelines.ports import Forge


class MemoryForge(Forge):
    """Statuses in the order they came; of each task one deployment; tags that do not move."""

    def __init__(self) -> None:
        self.statuses: list[CommitStatus] = []
        self.deployments: list[ForgeDeployment] = []
        self.deploy_statuses: list[tuple[str, DeployStatus]] = []
        self.tags: dict[tuple[str, str], str] = {}

    async def set_commit_status(self, status: CommitStatus) -> None:
        self.statuses.append(status)

    async def create_deployment(self, deployment: ForgeDeployment) -> str:
        tasks = [(one.repository, one.task) for one in self.deployments]
        named = (deployment.repository, deployment.task)
        if named not in tasks:
            self.deployments.append(deployment)
            return str(len(tasks))
        return str(tasks.index(named))

    async def set_deployment_status(self, repository: str, deployment: str, status: DeployStatus) -> None:
        self.deploy_statuses.append((deployment, status))

    async def create_tag(self, tag: ReleaseTag) -> None:
        names = self.tags.setdefault((tag.repository, tag.name), tag.commit_sha)
        if names != tag.commit_sha:
            raise TagTaken(tag.name, names=names)
