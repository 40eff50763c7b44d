"""The kernel: the store of jobs, the worker, and the desk where jobs are handed in."""

from taskforce.application.injection import providers
from taskforce.application.jobs.attendance import Attendance
from taskforce.application.jobs.checkpoints import Kernel
from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.forgetting import Forgetting
from taskforce.application.jobs.loop import LoopThread
from taskforce.application.jobs.measuring import JobGauges, JobStopwatch
from taskforce.application.jobs.once import Once
from taskforce.application.jobs.player import Player
from taskforce.application.jobs.poller import LogPoller
from taskforce.application.jobs.readiness import Readiness
from taskforce.application.jobs.recovery import Recovery
from taskforce.application.jobs.repertoire import Repertoire
from taskforce.application.jobs.service import JobService
from taskforce.application.jobs.settling import Settling
from taskforce.application.jobs.throttles import Throttles
from taskforce.application.jobs.worker import Worker
from taskforce.application.marketplace.program import ScanProgram
from taskforce.application.missions.program import MissionProgram
from taskforce.application.pipelines.deployment_program import DeploymentProgram
from taskforce.application.pipelines.program import PipelineProgram
from taskforce.application.pipelines.release_program import ReleaseProgram
from taskforce.application.pipelines.telling_program import TellingProgram
from taskforce.application.scenarios.debrief_program import DebriefProgram
from taskforce.application.scenarios.experiment_program import ExperimentProgram
from taskforce.application.scenarios.program import ScenarioProgram
from taskforce.application.videos.program import VideoProgram
from taskforce.application.wiring.delivery_programs import DeliveryPrograms
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.marketplace_programs import MarketplacePrograms
from taskforce.application.wiring.mission_programs import MissionPrograms
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.application.wiring.retention import RetentionParts
from taskforce.application.wiring.scenario_programs import ScenarioPrograms
from taskforce.application.wiring.video_programs import VideoPrograms
from taskforce.application.wiring.webhook_delivery import WebhookDelivery
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.marketplace.ending import ending
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.missions.task import SHARED
from taskforce.core.pipelines.closing import closing
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.jobs.stores import job_store_at
from taskforce.infrastructure.marketplace.sql import APPLIERS as MARKETPLACE_APPLIERS
from taskforce.infrastructure.missions.sql import create_session, join_session
from taskforce.infrastructure.pipelines.sql_changes import APPLIERS
from taskforce.infrastructure.pipelines.sql_delivery_changes import APPLIERS as DELIVERY_APPLIERS
from taskforce.infrastructure.system.roster import worker_name
from taskforce.infrastructure.videos.sql_changes import APPLIERS as VIDEO_APPLIERS
from taskforce.plugins import program_plugins


class KernelParts(VideoPrograms):
    """What makes programs durable."""

    programs = providers.ThreadSafeSingleton(
        Repertoire,
        providers.Dict(
            {
                MissionProgram.kind: MissionPrograms.mission_program.provider,
                PipelineProgram.kind: PipelinePrograms.pipeline_program.provider,
                ReleaseProgram.kind: DeliveryPrograms.release_program.provider,
                DeploymentProgram.kind: DeliveryPrograms.deployment_program.provider,
                TellingProgram.kind: DeliveryPrograms.telling_program.provider,
                ScenarioProgram.kind: ScenarioPrograms.scenario_program.provider,
                ExperimentProgram.kind: ScenarioPrograms.experiment_program.provider,
                DebriefProgram.kind: ScenarioPrograms.debrief_program.provider,
                ScanProgram.kind: MarketplacePrograms.scan_program.provider,
                VideoProgram.kind: VideoPrograms.video_program.provider,
            }
        ),
        Ground.guests,
        plugins=providers.Object(program_plugins),
    )
    store = providers.ThreadSafeSingleton(
        job_store_at,
        Ground.settings.provided.database_url,
        Ground.database,
        Ground.store_clock,
        providers.Object(
            {
                CreateSession: create_session,
                JoinSession: join_session,
                RememberRequest: remember_request,
                **APPLIERS,
                **DELIVERY_APPLIERS,
                **MARKETPLACE_APPLIERS,
                **VIDEO_APPLIERS,
            }
        ),
        shared=providers.Object({MissionProgram.kind: SHARED}),
        closings=providers.Object({PipelineProgram.kind: closing}),
        endings=providers.Object({ScanProgram.kind: ending}),
        outlet=WebhookDelivery.outlet,
    )
    kernel = providers.ThreadSafeSingleton(
        Kernel,
        store=store,
        artifacts=Ground.artifacts,
        feed=Ground.feed,
        clock=Ground.store_clock,
        ids=Ground.ids,
        probe=Ground.probe,
        throttle=providers.ThreadSafeSingleton(Throttles, programs).provided.of,
        lease=Ground.settings.provided.lease_duration,
    )
    forgetting = providers.ThreadSafeSingleton(
        Forgetting,
        log=Ground.requests,
        clock=Ground.store_clock,
        kept=Ground.settings.provided.idempotency_duration,
    )
    job_stopwatch = providers.ThreadSafeSingleton(
        JobStopwatch,
        Ground.meter,
        on_end=providers.List(MissionPrograms.mission_counter, PipelinePrograms.run_stopwatch),
    )
    player = providers.ThreadSafeSingleton(
        Player, kernel=kernel, programs=programs, tracer=Ground.tracer, on_end=job_stopwatch
    )
    worker = providers.ThreadSafeSingleton(
        Worker,
        name=providers.Callable(lambda host, ids: worker_name(host, ids.new()), Ground.host, Ground.ids),
        store=store,
        queue=Ground.queue,
        feed=Ground.feed,
        roster=Ground.roster,
        player=player,
        recovery=providers.ThreadSafeSingleton(
            Recovery, store=store, queue=Ground.queue, roster=Ground.roster
        ),
        poller=providers.ThreadSafeSingleton(LogPoller, store=store, feed=Ground.feed),
        slots=Ground.settings.provided.workers,
        lease=Ground.settings.provided.lease_duration,
        foreground=Ground.foreground,
        prompted=Ground.prompted,
        grace=Ground.settings.provided.drain_duration,
        chores=providers.List(
            forgetting.provided.keep,
            RetentionParts.retention.provided.keep,
            RetentionParts.log_rules.provided.keep,
            PipelinePrograms.tidying.provided.keep,
            MarketplacePrograms.rescanning.provided.keep,
        ),
        companion=WebhookDelivery.companion,
        lane=providers.Object(LoopThread),
    )
    job_gauges = providers.ThreadSafeSingleton(JobGauges, store=store, worker=worker, meter=Ground.meter)
    settling = providers.ThreadSafeSingleton(Settling, store=store, feed=Ground.feed, worker=worker)
    desk = providers.ThreadSafeSingleton(
        JobDesk,
        store=store,
        queue=Ground.queue,
        feed=Ground.feed,
        worker=worker,
        clock=Ground.store_clock,
        ids=Ground.ids,
        on_end=job_stopwatch,
    )
    readiness = providers.ThreadSafeSingleton(
        Readiness,
        checks=providers.Dict(
            store=store.provided.check,
            migrations=Ground.database.provided.check_schema,
            queue=Ground.queue.provided.check,
            artifacts=Ground.artifacts.provided.check,
            disk=Ground.disk.provided.check,
        ),
        clock=Ground.clock,
    )
    once = providers.ThreadSafeSingleton(Once, log=Ground.requests, clock=Ground.store_clock)
    jobs = providers.ThreadSafeSingleton(
        JobService,
        store=store,
        artifacts=Ground.artifacts,
        feed=Ground.feed,
        desk=desk,
        once=once,
        attendance=providers.ThreadSafeSingleton(Attendance, roster=Ground.roster, clock=Ground.store_clock),
        retention=RetentionParts.retention,
        retries=providers.Dict(
            {
                ScanProgram.kind: MarketplacePrograms.scan_retries,
                VideoProgram.kind: VideoPrograms.video_retries,
            }
        ),
        clock=Ground.clock,
    )


WebhookDelivery.desk_of_tellings.override(KernelParts.desk)
MarketplacePrograms.desk_of_scans.override(KernelParts.desk)
