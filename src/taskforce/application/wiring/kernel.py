"""The kernel: the store of jobs, the worker, and the desk where jobs are handed in."""

from collections import ChainMap
from collections.abc import Callable, Sequence

from taskforce.application.injection import providers
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
from taskforce.core.marketplace.kinds import SCAN
from taskforce.core.missions.kinds import MISSION
from taskforce.core.pipelines.kinds import DEPLOYMENT, FORGE, PIPELINE, RELEASE
from taskforce.core.scenarios.kinds import DEBRIEF, EXPERIMENT, SCENARIO
from taskforce.core.videos.kinds import VIDEO
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.attendance import Attendance
    from taskforce.application.jobs.checkpoints import Kernel
    from taskforce.application.jobs.desk import JobDesk
    from taskforce.application.jobs.duties import Chore
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
    from taskforce.application.jobs.staffing import Staffing
    from taskforce.application.jobs.throttles import Throttles
    from taskforce.application.jobs.worker import Worker
    from taskforce.core.marketplace.ending import ending
    from taskforce.core.missions.task import SHARED
    from taskforce.core.pipelines.closing import closing
    from taskforce.infrastructure.jobs.sql_requests import remember_request
    from taskforce.infrastructure.jobs.stores import job_store_at
    from taskforce.infrastructure.marketplace.sql import APPLIERS as OF_SOURCES
    from taskforce.infrastructure.missions.sql import APPLIERS as OF_SESSIONS
    from taskforce.infrastructure.pipelines.sql_changes import APPLIERS as OF_RUNS
    from taskforce.infrastructure.pipelines.sql_delivery_changes import APPLIERS as OF_DELIVERIES
    from taskforce.infrastructure.system.roster import worker_name
    from taskforce.infrastructure.videos.sql_changes import APPLIERS as OF_VIDEOS
    from taskforce.plugins import program_plugins


def _done_here(workers: int, chores: Callable[[], Sequence[Chore]], *, foreground: bool) -> Sequence[Chore]:
    return () if foreground or workers == 0 else chores()


class KernelParts(VideoPrograms):
    """What makes programs durable."""

    programs = providers.ThreadSafeSingleton(
        Repertoire,
        providers.Dict(
            {
                MISSION: MissionPrograms.mission_program.provider,
                PIPELINE: PipelinePrograms.pipeline_program.provider,
                RELEASE: DeliveryPrograms.release_program.provider,
                DEPLOYMENT: DeliveryPrograms.deployment_program.provider,
                FORGE: DeliveryPrograms.telling_program.provider,
                SCENARIO: ScenarioPrograms.scenario_program.provider,
                EXPERIMENT: ScenarioPrograms.experiment_program.provider,
                DEBRIEF: ScenarioPrograms.debrief_program.provider,
                SCAN: MarketplacePrograms.scan_program.provider,
                VIDEO: VideoPrograms.video_program.provider,
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
            ChainMap(
                {RememberRequest: remember_request},
                OF_SESSIONS,
                OF_RUNS,
                OF_DELIVERIES,
                OF_SOURCES,
                OF_VIDEOS,
            )
        ),
        shared=providers.Object({MISSION: SHARED}),
        closings=providers.Object({PIPELINE: closing}),
        endings=providers.Object({SCAN: ending}),
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
    chores = providers.List(
        forgetting.provided.keep,
        RetentionParts.retention.provided.keep,
        RetentionParts.log_rules.provided.keep,
        PipelinePrograms.tidying.provided.keep,
        MarketplacePrograms.rescanning.provided.keep,
    )
    new_worker = providers.Factory(
        Worker,
        name=providers.Callable(
            lambda host, ids: worker_name(host, ids.new()), Ground.host, Ground.ids
        ).provider,
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
        chores=providers.Callable(
            _done_here,
            Ground.settings.provided.workers,
            chores.provider,
            foreground=Ground.foreground,
        ),
        companion=WebhookDelivery.companion,
        lane=providers.Object(LoopThread),
    )
    staffing = providers.ThreadSafeSingleton(Staffing, new_worker.provider)
    worker = staffing.provided.worker
    job_gauges = providers.ThreadSafeSingleton(JobGauges, store=store, worker=worker, meter=Ground.meter)
    settling = providers.ThreadSafeSingleton(Settling, store=store, feed=Ground.feed, staffing=staffing)
    desk = providers.ThreadSafeSingleton(
        JobDesk,
        store=store,
        queue=Ground.queue,
        feed=Ground.feed,
        staffing=staffing,
        clock=Ground.store_clock,
        ids=Ground.ids,
        on_end=job_stopwatch.provider,
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
        retention=RetentionParts.retention.provider,
        retries=providers.Dict(
            {
                SCAN: MarketplacePrograms.scan_retries.provider,
                VIDEO: VideoPrograms.video_retries.provider,
            }
        ),
        clock=Ground.clock,
    )


WebhookDelivery.desk_of_tellings.override(KernelParts.desk)
MarketplacePrograms.desk_of_scans.override(KernelParts.desk)
