"""One clip by /videos: an order with its first picture, looks at it, and its content.

The package has the same calls, and marks them as gone with OpenAI's own service; so they are said here.
"""

import re
from datetime import UTC, datetime
from typing import Literal

import httpx2
from pydantic import BaseModel, ValidationError

from taskforce.core.videos.errors import ProviderFailed
from taskforce.core.videos.ports import ClipFailed, ClipOrder, ClipOutcome, ClipPending, ClipRefused
from taskforce.infrastructure.videos.failures import OperationGone, sounds_refused
from taskforce.infrastructure.videos.openai.asking import REFUSALS, asked
from taskforce.infrastructure.videos.prompts import clip_prompt
from taskforce.infrastructure.videos.reach import LOOK_SECONDS, ORDER_SECONDS, Reach
from taskforce.infrastructure.videos.stage import stage_of, staged

OPERATION = re.compile(r"[\w-]{1,200}")
_FORM = {"Content-Type": "multipart/form-data"}


class VideoError(BaseModel):
    """Why there is no clip."""

    code: str = ""
    message: str = ""


class Video(BaseModel):
    """An order as the API tells it (openai.types.Video), as far as it is looked at."""

    id: str
    status: Literal["queued", "in_progress", "completed", "failed"]
    error: VideoError | None = None
    expires_at: int | None = None
    """Seconds since 1970; the content is there until then."""


async def submit(reach: Reach, order: ClipOrder) -> str:
    """Order a clip that begins with a picture, and return the order's id. It takes no last picture."""
    stage = stage_of(order)
    start = await staged(order.start, stage)
    body = {
        "model": reach.offer.model,
        "prompt": clip_prompt(order, tells_end=True),
        "seconds": str(reach.offer.length_for(order.seconds)),
        "size": stage.pixels,
    }
    async with asked(reach, seconds=ORDER_SECONDS) as client:
        answer = await client.post(
            "/videos",
            cast_to=httpx2.Response,
            body=body,
            files=[("input_reference", ("start.png", start, "image/png"))],
            options={"headers": _FORM},
        )
        video = _read(answer)
    if not OPERATION.fullmatch(video.id):
        raise reach.party.malformed("it names no order")
    return video.id


async def look(reach: Reach, operation: str) -> ClipOutcome:
    """Look at an order; what is made is downloaded."""
    if not OPERATION.fullmatch(operation):
        raise ProviderFailed(f"{operation[:100]!r} is no operation of {reach.party.name}.")
    try:
        async with asked(reach, seconds=LOOK_SECONDS, is_look=True) as client:
            video = _read(await client.get(f"/videos/{operation}", cast_to=httpx2.Response))
    except OperationGone as gone:
        return ClipFailed(reason=str(gone))
    if video.id != operation:
        raise reach.party.away("its answer tells of another operation")
    return await _outcome(reach, video)


async def _outcome(reach: Reach, video: Video) -> ClipOutcome:
    match video.status:
        case "queued" | "in_progress":
            return ClipPending()
        case "failed":
            error = video.error or VideoError(message="it told no reason")
            reason = reach.party.plain(error.message or error.code)
            is_refused = error.code in REFUSALS or sounds_refused(reason)
            return ClipRefused(reason=reason) if is_refused else ClipFailed(reason=reason)
        case "completed":
            if video.expires_at is not None and _moment(video.expires_at) <= reach.clock.now():
                return ClipFailed(reason="its clip has expired before it was fetched")
            content = f"{reach.address.rstrip('/')}/videos/{video.id}/content"
            return await reach.clip_at(content, credentials={"Authorization": f"Bearer {reach.party.key}"})


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _read(answer: httpx2.Response) -> Video:
    """Return what an answer tells. Raises ValueError."""
    try:
        return Video.model_validate_json(answer.content)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'answer'}: {first['msg']}") from wrong
