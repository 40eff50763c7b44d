"""The bus to a forge: what is news for it is handed in, each matter once a batch, and the rest goes by."""

from collections.abc import Sequence
from typing import Any

from taskforce.application.pipelines.telling import Matter, Teller
from taskforce.application.wiring.forge import ForgeBus
from taskforce.core.pipelines.telling import Topic
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.ports import EventBus
from tests.webhook_builders import an_outgoing


class Following(EventBus):
    """Notes what goes on."""

    def __init__(self) -> None:
        self.took: list[str] = []

    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        self.took += [event.type for event in events]


class Noting(Teller):
    """Notes what is to be told."""

    def __init__(self) -> None:
        self.matters: list[Matter] = []

    async def tell(self, matter: Matter) -> None:
        self.matters.append(matter)


def event(type_: str, subject: str, repository: str | None = "acme/shop") -> OutgoingEvent:
    details: dict[str, Any] | None = None if repository is None else {"repository": repository}
    return an_outgoing(subject, type=f"taskforce.{type_}.v1", details=details)


EVENTS = [
    event("pipeline.pipeline.run.created", "run"),
    event("pipeline.phase.started", "run"),
    event("pipeline.pipeline.run.completed", "run"),
    event("pipeline.pipeline.run.created", "folder", "/srv/shop"),
    event("release.release.created", "release"),
    event("deployment.deployment.started", "deployment", None),
    event("deployment.complete", "deployment", None),
    event("forge.complete", "telling", None),
    event("mission.complete", "mission", None),
]


async def published(*, is_on: bool) -> tuple[Following, Noting]:
    following, noting = Following(), Noting()
    await ForgeBus(following, noting, is_on=is_on).publish(EVENTS)
    return following, noting


async def test_what_is_news_is_told_once_and_everything_goes_on() -> None:
    following, noting = await published(is_on=True)
    assert following.took == [one.type for one in EVENTS]
    assert [(one.topic, one.about) for one in noting.matters] == [
        (Topic.RUN, "run"),
        (Topic.RELEASE, "release"),
        (Topic.DEPLOYMENT, "deployment"),
    ]
    assert {one.project for one in noting.matters} == {DEFAULT_PROJECT}


async def test_without_a_forge_everything_goes_on_and_nothing_is_told() -> None:
    following, noting = await published(is_on=False)
    assert following.took == [one.type for one in EVENTS]
    assert noting.matters == []
