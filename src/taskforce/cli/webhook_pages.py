"""What webhooks and their deliveries look like."""

from collections.abc import Iterable, Sequence

from taskforce.application.jobs.schemas import ListView
from taskforce.application.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    ReplayedView,
    WebhookSecretView,
    WebhookView,
)
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.pages import show_part
from taskforce.cli.render import Column, print_facts, print_json, print_text
from taskforce.cli.terminal import say

WEBHOOKS: Sequence[Column[WebhookView]] = (
    Column(head="WEBHOOK", show=lambda view: view.id, whole=True),
    Column(head="STATUS", show=lambda view: view.disabled_because or view.status, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="FAILURES", show=lambda view: view.failures, whole=True),
    Column(head="URL", show=lambda view: view.url),
)
DELIVERIES: Sequence[Column[DeliveryView]] = (
    Column(head="DELIVERY", show=lambda view: view.id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="TRIES", show=lambda view: view.tries, whole=True),
    Column(head="AGE", show=lambda view: view.timestamp, whole=True),
    Column(head="EVENT", show=lambda view: view.event_type),
    Column(head="CAME TO", show=lambda view: came_to(view.attempts[-1]) if view.attempts else ""),
)


def came_to(attempt: AttemptView) -> str:
    """Return what an attempt came to, in a word."""
    return str(attempt.status_code) if attempt.error is None else attempt.error


def show_webhooks(asked: Asked[ListView[WebhookView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of webhooks."""
    show_part(asked, WEBHOOKS, flags, as_json=as_json)


def show_deliveries(asked: Asked[ListView[DeliveryView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of deliveries."""
    show_part(asked, DELIVERIES, flags, as_json=as_json)


def show_webhook(asked: Asked[WebhookView], flags: Flags, *, as_json: bool) -> None:
    """Print a webhook."""
    if as_json:
        print_json(asked.answer)
    else:
        print_facts(_facts(asked.answer), color=flags.color)


def show_secret(asked: Asked[WebhookSecretView], flags: Flags, *, as_json: bool) -> None:
    """Print a webhook with its secret, and say that it is shown once."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    print_facts([*_facts(view), ("secret", view.secret)], color=flags.color)
    if view.secret is not None:
        say("Keep the secret: it is not shown again. `taskforce webhooks rotate` makes another.")


def show_attempt(asked: Asked[AttemptView], flags: Flags, *, as_json: bool) -> None:
    """Print what a ping came to."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    facts = [("answer", came_to(view)), ("seconds", view.seconds), ("body", view.answer or None)]
    print_facts(facts, color=flags.color)


def show_replayed(asked: Asked[ReplayedView], *, as_json: bool) -> None:
    """Print how much is sent again."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    print_text(f"{view.replayed} deliver{'y is' if view.replayed == 1 else 'ies are'} sent again.")
    if view.is_more:
        say("There are more in the range; ask again for the next.")


def _facts(view: WebhookView) -> Iterable[tuple[str, object]]:
    yield "webhook", view.id
    yield "url", view.url
    yield "status", f"{view.status} ({view.disabled_because})" if view.disabled_because else view.status
    yield "events", " ".join(view.event_types)
    yield "format", view.format.value
    yield "at once", view.concurrency
    yield "about", view.description or None
    yield "failures", f"{view.failures} in a row" if view.failures else None
    yield "failing since", view.failing_since
    yield "created", view.created_at
