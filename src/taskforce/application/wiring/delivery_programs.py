"""How releases are made and deployments carried out: stores, the registry, the GitOps repository."""

from pydantic import SecretStr

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.application.wiring.retention import RetentionParts
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.pipelines.deployment_program import DeploymentProgram
    from taskforce.application.pipelines.release_program import ReleaseProgram
    from taskforce.application.pipelines.telling_program import TellingProgram
    from taskforce.infrastructure.pipelines.forges import forge_at
    from taskforce.infrastructure.pipelines.gitops import gitops_at
    from taskforce.infrastructure.pipelines.registries import registry_at
    from taskforce.infrastructure.pipelines.sql_approvals import SqlApprovalStore
    from taskforce.infrastructure.pipelines.sql_deployments import SqlDeploymentStore
    from taskforce.infrastructure.system.home import below


def _told(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


class DeliveryPrograms(PipelinePrograms):
    """What plays releases and deployments."""

    deployment_store = providers.ThreadSafeSingleton(SqlDeploymentStore, Ground.database)
    approval_store = providers.ThreadSafeSingleton(SqlApprovalStore, Ground.database)
    registry = providers.ThreadSafeSingleton(
        registry_at,
        providers.Callable(_told, Ground.settings.provided.registry_url),
        folder=providers.Callable(below, Ground.home, "releases"),
    )
    gitops = providers.ThreadSafeSingleton(
        gitops_at,
        providers.Callable(_told, Ground.settings.provided.gitops_url),
        branch=Ground.settings.provided.gitops_branch,
        folder=providers.Callable(below, Ground.home, "gitops"),
        allow_local=Ground.settings.provided.git_allow_local,
    )
    release_program = providers.ThreadSafeSingleton(
        ReleaseProgram, releases=PipelinePrograms.release_store, registry=registry
    )
    deployment_program = providers.ThreadSafeSingleton(
        DeploymentProgram,
        deployments=deployment_store,
        gitops=gitops,
        keeping=RetentionParts.log_keeping,
    )
    forge = providers.ThreadSafeSingleton(
        forge_at,
        Ground.settings.provided.github_url,
        token=providers.Callable(_told, Ground.settings.provided.github_token),
        clock=Ground.clock,
    )
    telling_program = providers.ThreadSafeSingleton(
        TellingProgram,
        forge=forge,
        runs=PipelinePrograms.run_store,
        releases=PipelinePrograms.release_store,
        deployments=deployment_store,
        public_url=Ground.settings.provided.public_url,
        tags=Ground.settings.provided.github_tags,
    )
