"""Webhooks of GitHub: the one door that a signature opens."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from taskforce.api.dependencies import Github, Signer
from taskforce.api.document.headers import with_headers
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import operation
from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.receiving_schemas import (
    GithubDelivery,
    GithubEvent,
    GithubHook,
    GithubPayload,
    ReceivedView,
)
from taskforce.core.pipelines.errors import TooManyRuns
from taskforce.core.pipelines.forge_errors import DeliveryReused, HookClosed, SignatureMissing, SignatureWrong

router = APIRouter(prefix="/v1/webhooks", route_class=StrictRoute, tags=["pipelines"])

Event = Annotated[GithubEvent, Header(alias="X-GitHub-Event", description="What it is an event of.")]
Delivery = Annotated[
    GithubDelivery,
    Header(alias="X-GitHub-Delivery", description="Names the delivery: however often it comes, one run."),
]
REFUSED = (HookClosed, SignatureMissing, SignatureWrong, DeliveryReused, TooManyRuns)
STARTED = {201: {"description": "A run was started.", "model": ReceivedView, **with_headers("Location")}}


@router.post(
    "/github",
    status_code=200,
    **operation(
        "github.receive",
        "Start the run that a webhook of GitHub asks for.",
        *REFUSED,
        responses=STARTED,
    ),
)
async def receive(
    payload: GithubPayload,
    who: Signer,
    github: Github,
    response: Response,
    *,
    event: Event,
    delivery: Delivery,
) -> ReceivedView:
    """X-Hub-Signature-256 is the credential; 201 with Location where a run was started."""
    hook = checked(GithubHook, event=event, delivery=delivery, payload=payload)
    came = await github.receive(who, hook)
    if came.outcome == "started":
        response.status_code = 201
        response.headers["Location"] = f"/v1/runs/{came.run_id}"
    return came
