"""How events leave: the outbox, the bus, and the lane that delivers webhooks beside the worker."""

from collections.abc import Callable
from datetime import timedelta

from pydantic import SecretStr

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.retention import RetentionParts
from taskforce.core.webhooks.events import ALL
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.companion import Companion, Nobody
    from taskforce.application.jobs.desk import JobDesk
    from taskforce.application.jobs.loop import LoopThread
    from taskforce.application.pipelines.telling import Teller
    from taskforce.application.webhooks.courier import Courier
    from taskforce.application.webhooks.lane import WebhookLane
    from taskforce.application.webhooks.messages import Messages
    from taskforce.application.webhooks.relay import Relay, WebhookBus
    from taskforce.application.wiring.forge import TOLD, ForgeBus
    from taskforce.infrastructure.network.addresses import AddressRules, Network
    from taskforce.infrastructure.system.clock import SystemClock
    from taskforce.infrastructure.system.roster import worker_name
    from taskforce.infrastructure.webhooks.buses import bus_over
    from taskforce.infrastructure.webhooks.on_demand import SenderOnDemand
    from taskforce.infrastructure.webhooks.secrets import SystemSecrets
    from taskforce.infrastructure.webhooks.sql import SqlDeliveryStore, SqlOutbox, SqlWebhookStore
    from taskforce.infrastructure.webhooks.sql_outlet import SqlOutlet


def _sender(private: tuple[Network, ...], clock: SystemClock) -> SenderOnDemand:
    return SenderOnDemand(AddressRules(private), clock)


def _leaving(token: SecretStr | None, events_url: SecretStr | None) -> tuple[str, ...]:
    """Return what leaves although no webhook wants it: all for a broker, else what a forge is told."""
    if events_url is not None:
        return (ALL,)
    return () if token is None else tuple(TOLD)


def _beside(workers: int, lane: Callable[[], Companion], *, foreground: bool) -> Companion:
    return Nobody() if foreground or workers == 0 else lane()


class WebhookDelivery(RetentionParts):
    """What carries events out of the house."""

    desk_of_tellings = providers.Dependency(instance_of=JobDesk)
    """It stands on the kernel, which stands on this: `kernel` gives it."""
    outlet = providers.ThreadSafeSingleton(
        SqlOutlet,
        providers.Callable(
            _leaving, Ground.settings.provided.github_token, Ground.settings.provided.events_url
        ),
    )
    outbox = providers.ThreadSafeSingleton(SqlOutbox, Ground.database)
    webhook_store = providers.ThreadSafeSingleton(SqlWebhookStore, Ground.database)
    delivery_store = providers.ThreadSafeSingleton(SqlDeliveryStore, Ground.database, Ground.store_clock)
    webhook_secrets = providers.ThreadSafeSingleton(SystemSecrets)
    webhook_sender = providers.ThreadSafeSingleton(
        _sender, Ground.settings.provided.private_networks, Ground.clock
    )
    messages = providers.ThreadSafeSingleton(Messages, sender=webhook_sender, clock=Ground.clock)
    bus = providers.ThreadSafeSingleton(
        ForgeBus,
        providers.ThreadSafeSingleton(
            bus_over,
            Ground.settings.provided.events_url,
            providers.ThreadSafeSingleton(WebhookBus, delivery_store),
            Ground.nats_links,
        ),
        providers.Factory(Teller, desk_of_tellings.provider),
        is_on=providers.Callable(bool, Ground.settings.provided.github_token),
    )
    courier = providers.ThreadSafeSingleton(
        Courier,
        name=providers.Callable(
            lambda host, ids: worker_name(host, ids.new()), Ground.host, Ground.ids
        ).provider,
        deliveries=delivery_store,
        messages=messages,
        roster=Ground.roster,
        probe=Ground.probe,
        keep=providers.Callable(lambda days: timedelta(days=days), Ground.settings.provided.webhook_log_days),
    )
    webhook_lane = providers.ThreadSafeSingleton(
        WebhookLane,
        outbox=outbox,
        deliveries=delivery_store,
        relay=providers.ThreadSafeSingleton(Relay, outbox=outbox, bus=bus, probe=Ground.probe),
        courier=courier,
        roster=Ground.roster,
        lane=providers.Object(LoopThread),
    )
    companion = providers.ThreadSafeSingleton(
        _beside,
        Ground.settings.provided.workers,
        webhook_lane.provider,
        foreground=Ground.foreground,
    )
