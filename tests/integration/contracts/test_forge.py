"""What a forge promises, over the peer that stands for GitHub and in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from taskforce.core.pipelines.forge import (
    CommitState,
    CommitStatus,
    DeployState,
    DeployStatus,
    ForgeDeployment,
    ReleaseTag,
)
from taskforce.core.pipelines.forge_errors import TagTaken
from taskforce.core.pipelines.ports import Forge
from taskforce.infrastructure.pipelines.forges import forge_at
from taskforce.infrastructure.pipelines.memory_forge import MemoryForge
from taskforce.infrastructure.system.clock import SetClock
from tests.services.github_peer import TOKEN, GithubPeer, github_peer

SHA = "a" * 40
STATUS = CommitStatus(
    repository="acme/shop",
    commit_sha=SHA,
    state=CommitState.PENDING,
    context="taskforce/push",
    description="Run runs",
    target_url="https://ci.example/v1/runs/1",
)
DEPLOYMENT = ForgeDeployment(
    repository="acme/shop",
    commit_sha=SHA,
    task="deploy:1",
    environment="dev/app",
    is_production=False,
    description="Release 1 of app",
)
ACTIVE = DeployStatus(state=DeployState.SUCCESS, environment="dev/app", description="Release 1 is active")
TAG = ReleaseTag(repository="acme/shop", name="releases/app/1", commit_sha=SHA)


@dataclass(frozen=True)
class Told:
    """A forge, and where it can be seen what it was told."""

    forge: Forge
    seen: MemoryForge | GithubPeer

    @property
    def states(self) -> Sequence[str]:
        if isinstance(self.seen, MemoryForge):
            return [status.state.value for status in self.seen.statuses]
        return [status["state"] for status in self.seen.statuses]

    @property
    def deployments(self) -> int:
        return len(self.seen.deployments)

    @property
    def deploy_states(self) -> Sequence[str]:
        if isinstance(self.seen, MemoryForge):
            return [status.state.value for _, status in self.seen.deploy_statuses]
        return [status["state"] for status in self.seen.deployment_statuses]


@pytest.fixture(params=["memory", "github"])
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    if request.param == "memory":
        forge = MemoryForge()
        yield Told(forge, forge)
        return
    with github_peer() as peer:
        yield Told(forge_at(peer.url, token=TOKEN, clock=SetClock()), peer)


async def test_statuses_come_in_the_order_in_which_they_are_told(told: Told) -> None:
    await told.forge.set_commit_status(STATUS)
    await told.forge.set_commit_status(replace(STATUS, state=CommitState.SUCCESS, target_url=None))
    assert told.states == ["pending", "success"]


async def test_a_deployment_of_a_task_is_made_once(told: Told) -> None:
    first = await told.forge.create_deployment(DEPLOYMENT)
    other = await told.forge.create_deployment(replace(DEPLOYMENT, task="deploy:2"))
    assert await told.forge.create_deployment(DEPLOYMENT) == first != other
    assert told.deployments == 2
    await told.forge.set_deployment_status("acme/shop", first, ACTIVE)
    assert told.deploy_states == ["success"]


async def test_a_tag_that_names_the_commit_already_is_well(told: Told) -> None:
    await told.forge.create_tag(TAG)
    await told.forge.create_tag(TAG)


async def test_a_tag_is_not_moved(told: Told) -> None:
    await told.forge.create_tag(TAG)
    with pytest.raises(TagTaken, match=f"releases/app/1: it names {SHA} already"):
        await told.forge.create_tag(replace(TAG, commit_sha="b" * 40))
