"""The use cases of webhooks."""

from taskforce.application.injection import providers
from taskforce.application.wiring.access import AccessParts
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.webhook_delivery import WebhookDelivery
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.webhooks.service import WebhookService


class WebhookServices(AccessParts):
    """What the doors ask about webhooks."""

    webhooks = providers.ThreadSafeSingleton(
        WebhookService,
        webhooks=WebhookDelivery.webhook_store,
        deliveries=WebhookDelivery.delivery_store,
        sender=WebhookDelivery.webhook_sender,
        messages=WebhookDelivery.messages,
        secrets=WebhookDelivery.webhook_secrets,
        clock=Ground.clock,
        ids=Ground.ids,
        once=KernelParts.once,
    )
