"""What everything stands on: settings, time, the database, the stores beside it, telemetry."""

from taskforce.application.injection import containers, providers
from taskforce.core.jobs.figures import FIGURES
from taskforce.core.missions.counters import COUNTERS
from taskforce.core.missions.redaction import Redaction
from taskforce.core.pipelines.figures import OF_PIPELINES
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog
from taskforce.infrastructure.limits.limiters import limiter_at
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.infrastructure.system.disk import FreeSpace
from taskforce.infrastructure.system.ids import UuidSource
from taskforce.infrastructure.system.probe import SilentProbe
from taskforce.infrastructure.system.roster import FlockRoster
from taskforce.infrastructure.telemetry.prometheus import PrometheusMeter
from taskforce.infrastructure.telemetry.tracers import tracer_to
from taskforce.settings import Settings, known_secrets, model_access


class Ground(containers.DeclarativeContainer):
    """What every other part stands on."""

    settings = providers.Dependency(instance_of=Settings)
    foreground = providers.Dependency(instance_of=bool, default=False)
    guests = providers.Dependency(instance_of=tuple, default=())
    given_tools = providers.Dependency(instance_of=tuple, default=())
    home = providers.Callable(lambda settings: settings.home.absolute(), settings)
    clock = providers.ThreadSafeSingleton(SystemClock)
    ids = providers.ThreadSafeSingleton(UuidSource)
    probe = providers.ThreadSafeSingleton(SilentProbe)
    roster = providers.ThreadSafeSingleton(FlockRoster, home)
    database = providers.ThreadSafeSingleton(
        SqliteDatabase,
        providers.Callable(lambda home: home / "taskforce.db", home),
        synchronous=settings.provided.synchronous,
    )
    disk = providers.ThreadSafeSingleton(FreeSpace, home, least_mb=settings.provided.disk_free_mb)
    requests = providers.ThreadSafeSingleton(SqlRequestLog, database)
    artifacts = providers.ThreadSafeSingleton(
        LocalArtifactStore, providers.Callable(lambda home: home / "artifacts", home), clock
    )
    queue = providers.ThreadSafeSingleton(InProcessQueue)
    feed = providers.ThreadSafeSingleton(InProcessFeed)
    rate_limiter = providers.ThreadSafeSingleton(limiter_at, settings.provided.rate_limit_url, clock)
    tracer = providers.ThreadSafeSingleton(tracer_to, settings.provided.otlp_endpoint)
    meter = providers.ThreadSafeSingleton(PrometheusMeter, (*FIGURES, *COUNTERS, *OF_PIPELINES))
    redaction = providers.ThreadSafeSingleton(lambda: Redaction(known_secrets(model_access())))
