"""The use case of GitHub's webhooks: pushes and pull requests become runs."""

from collections.abc import Awaitable, Callable, Sequence

from pydantic import ValidationError

from taskforce.application.jobs.refusals import checked, refused
from taskforce.application.pipelines.receiving_schemas import GithubHook, ReceivedView
from taskforce.application.pipelines.schemas import CreateRun
from taskforce.application.pipelines.service import RunService
from taskforce.application.pipelines.telling import NAME
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.requests import KeyReused
from taskforce.core.pipelines.errors import RunUnderWay
from taskforce.core.pipelines.forge_errors import DeliveryReused, HookClosed, SignatureMissing, SignatureWrong
from taskforce.core.pipelines.github_hook import HookRun, Ignored, asked_by, is_signed
from taskforce.core.principals import Credential, Principal


class GithubReceiver:
    """Takes what GitHub sends. The signature says who asks, and all that it may is to start runs."""

    def __init__(
        self,
        *,
        runs: RunService,
        secrets: Sequence[str],
        project: ProjectId,
        check_project: Callable[[ProjectId], Awaitable[None]],
        forks: bool,
    ) -> None:
        self._runs = runs
        self._secrets = tuple(secrets)
        self._project = project
        self._check_project = check_project
        self._forks = forks

    def check_open(self) -> None:
        """Return when webhooks are taken here. Raises HookClosed."""
        if not self._secrets:
            raise HookClosed

    async def admit(self, body: bytes, signature: str | None) -> Principal:
        """Return who signed the body: any of the secrets does, so that they can be changed one by one.

        Raises HookClosed, SignatureMissing, SignatureWrong, ProjectNotFound.
        """
        self.check_open()
        if signature is None:
            raise SignatureMissing
        if not is_signed(body, signature, self._secrets):
            raise SignatureWrong
        await self._check_project(self._project)
        return Principal(name=NAME, project=self._project, credential=Credential.SIGNATURE)

    async def receive(self, principal: Principal, hook: GithubHook) -> ReceivedView:
        """Start the run that a webhook of GitHub asks for."""
        try:
            asked = asked_by(hook.event, hook.payload.root, forks=self._forks)
        except ValidationError as wrong:
            raise refused(wrong) from wrong
        if isinstance(asked, Ignored):
            return ReceivedView(outcome="ignored", run_id=None, reason=asked.reason)
        return await self._started(principal, asked, hook.delivery)

    async def _started(self, principal: Principal, asked: HookRun, delivery: str) -> ReceivedView:
        """Start a run, once for each delivery; one of the commit that goes on is no error."""
        request = checked(
            CreateRun,
            repository=asked.repository,
            branch=asked.branch,
            commit_sha=asked.commit_sha,
            triggered_by=asked.triggered_by,
            trigger_type=asked.trigger_type,
        )
        try:
            made = await self._runs.create(principal, request, key=delivery)
        except RunUnderWay as going:
            return ReceivedView(outcome="under_way", run_id=going.run_id, reason=going.message)
        except KeyReused as reused:
            raise DeliveryReused from reused
        if made.is_replayed:
            return ReceivedView(
                outcome="known", run_id=made.id, reason="This delivery has started a run before."
            )
        return ReceivedView(outcome="started", run_id=made.id, reason="")
