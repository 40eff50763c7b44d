"""What can be wrong with webhooks."""

from taskforce.core.errors import Conflict, FieldError, Invalid, NotFound


class WebhookNotFound(NotFound):
    """There is no such webhook in the project."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"There is no webhook {webhook_id}. List them with `taskforce webhooks list`.")


class DeliveryNotFound(NotFound):
    """The webhook's log has no such delivery."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__(
            f"There is no delivery {delivery_id} in the log of this webhook. "
            "List them with `taskforce webhooks deliveries`."
        )


class WebhookDisabled(Conflict):
    """A webhook that is disabled gets no deliveries."""

    code = "webhook_disabled"
    title = "Webhook is disabled"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(
            f"The webhook {webhook_id} is disabled. Enable it first: "
            f"`taskforce webhooks update {webhook_id} --enabled`."
        )


class TooManyWebhooks(Conflict):
    """A project has as many webhooks as it may have."""

    code = "too_many_webhooks"
    title = "Too many webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"A project has at most {most} webhooks. Delete one that is not needed.")


class UrlRefused(Invalid):
    """The URL leads where no webhook may lead."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"url: {reason}", errors=[FieldError(pointer="/url", code="url_refused", detail=reason)]
        )
