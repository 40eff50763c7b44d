"""The use cases of releases, deployments and approvals."""

from taskforce.application.injection import providers
from taskforce.application.wiring.delivery_programs import DeliveryPrograms
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.application.wiring.pipeline_services import PipelineServices
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.pipelines.approvals import ApprovalService
    from taskforce.application.pipelines.deployments import DeploymentService
    from taskforce.application.pipelines.outcomes import DeliveryOutcomes
    from taskforce.application.pipelines.releases import ReleaseService


class DeliveryServices(PipelineServices):
    """What the doors ask about releases, deployments and approvals."""

    releases = providers.ThreadSafeSingleton(
        ReleaseService,
        desk=KernelParts.desk,
        releases=PipelinePrograms.release_store,
        runs=PipelinePrograms.run_store,
        once=KernelParts.once,
    )
    deployments = providers.ThreadSafeSingleton(
        DeploymentService,
        desk=KernelParts.desk,
        releases=PipelinePrograms.release_store,
        deployments=DeliveryPrograms.deployment_store,
        approvals=DeliveryPrograms.approval_store,
        once=KernelParts.once,
        clock=Ground.store_clock,
        own_counts=Ground.settings.provided.own_approvals,
    )
    approvals = providers.ThreadSafeSingleton(
        ApprovalService,
        approvals=DeliveryPrograms.approval_store,
        releases=PipelinePrograms.release_store,
        once=KernelParts.once,
        clock=Ground.store_clock,
        ids=Ground.ids,
    )
    delivery_outcomes = providers.ThreadSafeSingleton(
        DeliveryOutcomes,
        settling=KernelParts.settling,
        feed=Ground.feed,
        releases=PipelinePrograms.release_store,
        deployments=DeliveryPrograms.deployment_store,
    )
