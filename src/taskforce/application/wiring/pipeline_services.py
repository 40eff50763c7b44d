"""The use cases of runs."""

from collections.abc import Iterable

from pydantic import SecretStr

from taskforce.application.injection import providers
from taskforce.application.wiring.access import AccessParts
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.mission_services import MissionServices
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.application.wiring.webhook_services import WebhookServices
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.pipelines.callbacks import Reports, StepService, TaskService
    from taskforce.application.pipelines.logs import StepLogs
    from taskforce.application.pipelines.receiving import GithubReceiver
    from taskforce.application.pipelines.service import RunService


def _all_told(secrets: Iterable[SecretStr]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


class PipelineServices(WebhookServices):
    """What the doors ask about runs."""

    step_logs = providers.ThreadSafeSingleton(
        StepLogs, jobs=KernelParts.store, artifacts=Ground.artifacts, links=PipelinePrograms.log_links
    )
    runs = providers.ThreadSafeSingleton(
        RunService,
        desk=KernelParts.desk,
        runs=PipelinePrograms.run_store,
        sources=PipelinePrograms.sources,
        logs=step_logs,
        once=KernelParts.once,
        request_paths=Ground.settings.provided.request_paths,
    )
    github = providers.ThreadSafeSingleton(
        GithubReceiver,
        runs=runs,
        secrets=providers.Callable(_all_told, Ground.settings.provided.github_webhook_secret),
        project=Ground.settings.provided.github_project,
        check_project=AccessParts.parts.provided.check,
        forks=Ground.settings.provided.github_forks,
    )
    reports = providers.Factory(
        Reports, desk=KernelParts.desk, runs=PipelinePrograms.run_store, clock=Ground.clock
    )
    steps = providers.ThreadSafeSingleton(
        StepService, runs=PipelinePrograms.run_store, reports=reports, logs=step_logs
    )
    tasks = providers.ThreadSafeSingleton(
        TaskService,
        runs=PipelinePrograms.run_store,
        reports=reports,
        logs=step_logs,
        clock=Ground.clock,
    )


PipelinePrograms.mission_intake.override(MissionServices.intake)
