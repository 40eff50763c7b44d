"""One clip by a Veo model: predictLongRunning, and looks at its operation."""

import re

from google.genai.types import (
    GeneratedVideo,
    GenerateVideosConfig,
    GenerateVideosOperation,
    GenerateVideosSource,
    Image,
)

from taskforce.core.videos.errors import ProviderFailed
from taskforce.core.videos.ports import (
    ClipFailed,
    ClipMade,
    ClipOrder,
    ClipOutcome,
    ClipPending,
    ClipRefused,
)
from taskforce.infrastructure.videos.containers import mp4_problem
from taskforce.infrastructure.videos.failures import OperationGone, sounds_refused
from taskforce.infrastructure.videos.google.asking import asked
from taskforce.infrastructure.videos.prompts import clip_prompt
from taskforce.infrastructure.videos.reach import LOOK_SECONDS, ORDER_SECONDS, Reach
from taskforce.infrastructure.videos.stage import stage_of, staged

RESOLUTION = "720p"
OPERATION = re.compile(r"models/[\w.-]{1,200}/operations/[\w.-]{1,200}")


async def submit(reach: Reach, order: ClipOrder) -> str:
    """Order a clip between two pictures, and return the operation's name."""
    stage = stage_of(order)
    start, end = await staged(order.start, stage), await staged(order.end, stage)
    async with asked(reach, seconds=ORDER_SECONDS) as client:
        operation = await client.models.generate_videos(
            model=reach.offer.model,
            source=GenerateVideosSource(prompt=clip_prompt(order, tells_end=False), image=_image(start)),
            config=GenerateVideosConfig(
                number_of_videos=1,
                aspect_ratio=stage.ratio,
                resolution=RESOLUTION,
                duration_seconds=reach.offer.length_for(order.seconds),
                last_frame=_image(end),
            ),
        )
    if not operation.name or not OPERATION.fullmatch(operation.name):
        raise reach.party.malformed("it names no operation")
    return operation.name


async def look(reach: Reach, operation: str) -> ClipOutcome:
    """Look at an operation; what is made is downloaded from where it says now."""
    if not OPERATION.fullmatch(operation):
        raise ProviderFailed(f"{operation[:100]!r} is no operation of {reach.party.name}.")
    try:
        async with asked(reach, seconds=LOOK_SECONDS, is_look=True) as client:
            found = await client.operations.get(GenerateVideosOperation.model_validate({"name": operation}))
    except OperationGone as gone:
        return ClipFailed(reason=str(gone))
    if found.name != operation:
        raise reach.party.away("its answer tells of no such operation")
    return await _outcome(reach, found) if found.done else ClipPending()


async def _outcome(reach: Reach, operation: GenerateVideosOperation) -> ClipOutcome:
    if operation.error:
        reason = reach.party.plain(operation.error.get("message") or operation.error)
        return ClipRefused(reason=reason) if sounds_refused(reason) else ClipFailed(reason=reason)
    response = operation.response
    video = next(iter((response.generated_videos if response else None) or ()), None)
    if video is not None:
        return await _clip(reach, video)
    reasons = (response.rai_media_filtered_reasons if response else None) or ()
    if response is not None and (response.rai_media_filtered_count or reasons):
        return ClipRefused(reason=reach.party.plain("; ".join(reasons) or "no reason was told"))
    return ClipFailed(reason="the operation is done, and there is no clip")


async def _clip(reach: Reach, made: GeneratedVideo) -> ClipOutcome:
    video = made.video
    if video is not None and video.video_bytes and mp4_problem(video.video_bytes) is None:
        return ClipMade(content=video.video_bytes)
    if video is None or not video.uri:
        return ClipFailed(reason="the operation is done, and tells no address of its clip")
    return await reach.clip_at(video.uri, credentials={"x-goog-api-key": reach.party.key})


def _image(png: bytes) -> Image:
    return Image(image_bytes=png, mime_type="image/png")
