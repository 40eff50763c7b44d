"""What everything stands on: settings, time, the database, the stores beside it, telemetry."""

from taskforce.application.injection import containers, providers
from taskforce.core.pipelines.keys import RUNS_PREFIX
from taskforce.core.pipelines.subjects import OF_RUNS
from taskforce.on_demand import on_demand
from taskforce.settings import Settings, known_secrets, model_access

with on_demand(__name__):
    from taskforce.core.jobs.figures import FIGURES
    from taskforce.core.missions.counters import COUNTERS
    from taskforce.core.missions.redaction import Redaction
    from taskforce.core.pipelines.figures import OF_PIPELINES
    from taskforce.infrastructure.artifacts.stores import artifacts_at, bucket_at
    from taskforce.infrastructure.database.databases import database_at, notices_at
    from taskforce.infrastructure.feeds.feeds import feed_over
    from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog
    from taskforce.infrastructure.limits.limiters import limiter_at
    from taskforce.infrastructure.nats.links import NatsLinks
    from taskforce.infrastructure.queues.queues import queue_over
    from taskforce.infrastructure.system.clock import SystemClock
    from taskforce.infrastructure.system.disk import FreeSpace
    from taskforce.infrastructure.system.ids import UuidSource
    from taskforce.infrastructure.system.probe import SilentProbe
    from taskforce.infrastructure.system.roster import FlockRoster, host_of
    from taskforce.infrastructure.system.server_clock import ServerClock
    from taskforce.infrastructure.telemetry.prometheus import PrometheusMeter
    from taskforce.infrastructure.telemetry.tracers import tracer_to


class Ground(containers.DeclarativeContainer):
    """What every other part stands on."""

    settings = providers.Dependency(instance_of=Settings)
    foreground = providers.Dependency(instance_of=bool, default=False)
    prompted = providers.Dependency(instance_of=bool, default=False)
    guests = providers.Dependency(instance_of=tuple, default=())
    given_tools = providers.Dependency(instance_of=tuple, default=())
    home = providers.Callable(lambda settings: settings.home.absolute(), settings)
    clock = providers.ThreadSafeSingleton(SystemClock)
    store_clock = providers.ThreadSafeSingleton(ServerClock, clock)
    """By which leases begin and end and all that several machines wait for is due: that of the database's
    server, where there is one."""
    ids = providers.ThreadSafeSingleton(UuidSource)
    probe = providers.ThreadSafeSingleton(SilentProbe)
    host = providers.ThreadSafeSingleton(
        lambda home, url: host_of(home, is_shared=url is not None), home, settings.provided.database_url
    )
    roster = providers.ThreadSafeSingleton(FlockRoster, home, host=host.provider)
    database = providers.ThreadSafeSingleton(
        database_at,
        settings.provided.database_url,
        home,
        synchronous=settings.provided.synchronous,
        pool=settings.provided.database_pool,
        clock=store_clock,
    )
    disk = providers.ThreadSafeSingleton(FreeSpace, home, least_mb=settings.provided.disk_free_mb)
    requests = providers.ThreadSafeSingleton(SqlRequestLog, database)
    artifacts = providers.ThreadSafeSingleton(
        artifacts_at,
        settings.provided.artifacts_url,
        home,
        clock,
        labels=providers.Dict({RUNS_PREFIX: settings.provided.retention_environment}),
    )
    bucket = providers.ThreadSafeSingleton(bucket_at, settings.provided.artifacts_url)
    notices = providers.ThreadSafeSingleton(notices_at, settings.provided.database_url)
    nats_links = providers.ThreadSafeSingleton(NatsLinks)
    queue = providers.ThreadSafeSingleton(
        queue_over,
        settings.provided.queue_url,
        notices,
        nats_links,
        of_runs=providers.Object(OF_RUNS),
        lease=settings.provided.lease_duration,
        foreground=foreground,
    )
    feed = providers.ThreadSafeSingleton(feed_over, settings.provided.feed_url, notices, nats_links)
    rate_limiter = providers.ThreadSafeSingleton(limiter_at, settings.provided.rate_limit_url, clock)
    tracer = providers.ThreadSafeSingleton(tracer_to, settings.provided.otlp_endpoint)
    meter = providers.ThreadSafeSingleton(lambda: PrometheusMeter((*FIGURES, *COUNTERS, *OF_PIPELINES)))
    redaction = providers.ThreadSafeSingleton(lambda: Redaction(known_secrets(model_access())))
