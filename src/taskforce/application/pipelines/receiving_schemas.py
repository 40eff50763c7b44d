"""What GitHub's webhooks bring, and how they are answered."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, RootModel

from taskforce.application.jobs.schemas import Request, View
from taskforce.core.shapes import Prose, ShownId

GithubEvent = Annotated[str, Field(pattern=r"^[a-z_]{1,100}$", max_length=100)]
GithubDelivery = Annotated[str, Field(pattern=r"^[!#-~]{1,255}$", max_length=255)]


class GithubPayload(RootModel[dict[str, JsonValue]]):
    """The event, as GitHub tells it; most of it is not looked at."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"maxProperties": 1_000})


class GithubHook(Request):
    """A webhook, and what its headers say of it."""

    event: GithubEvent
    delivery: GithubDelivery
    payload: GithubPayload


class ReceivedView(View):
    """What came of a webhook."""

    outcome: Literal["started", "known", "under_way", "ignored"]
    """A run was started; this delivery has started one before; the commit's run goes on; there is none."""
    run_id: ShownId | None
    reason: Prose
    """Why there is no new run."""
