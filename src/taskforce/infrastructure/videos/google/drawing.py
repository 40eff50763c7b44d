"""One picture by generateContent of a Gemini model that draws."""

from google.genai.types import (
    BlockedReason,
    Candidate,
    Content,
    FinishReason,
    GenerateContentConfig,
    GenerateContentResponse,
    ImageConfig,
    Modality,
    Part,
)

from taskforce.core.videos.ports import FrameOrder
from taskforce.infrastructure.videos.google.asking import asked
from taskforce.infrastructure.videos.prompts import frame_prompt
from taskforce.infrastructure.videos.reach import PICTURE_SECONDS, Reach

REFUSALS = frozenset(
    {
        FinishReason.SAFETY,
        FinishReason.RECITATION,
        FinishReason.BLOCKLIST,
        FinishReason.PROHIBITED_CONTENT,
        FinishReason.SPII,
        FinishReason.IMAGE_SAFETY,
        FinishReason.IMAGE_PROHIBITED_CONTENT,
        FinishReason.IMAGE_RECITATION,
    }
)
SIZE = "1K"
"""The smallest that all its models draw, and larger than ours in each format."""
_MOST_SEED = 0x7FFF_FFFF


async def draw(reach: Reach, order: FrameOrder) -> bytes:
    """Return the picture as the model gave it: PNG, JPEG or WebP."""
    async with asked(reach, seconds=PICTURE_SECONDS) as client:
        response = await client.models.generate_content(
            model=reach.offer.model,
            contents=Content(role="user", parts=_parts(order)),
            config=GenerateContentConfig(
                response_modalities=[Modality.IMAGE],
                image_config=ImageConfig(aspect_ratio=order.aspect_ratio.value, image_size=SIZE),
                seed=order.seed & _MOST_SEED,
            ),
        )
    return _picture(reach, response)


def _parts(order: FrameOrder) -> list[Part]:
    words = Part.from_text(text=frame_prompt(order))
    if order.earlier is None:
        return [words]
    return [Part.from_bytes(data=order.earlier, mime_type="image/png"), words]


def _picture(reach: Reach, response: GenerateContentResponse) -> bytes:
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason not in {None, BlockedReason.BLOCKED_REASON_UNSPECIFIED}:
        raise reach.party.refused(feedback.block_reason_message or _said(feedback.block_reason))
    candidate = next(iter(response.candidates or ()), None)
    if candidate is None:
        raise reach.party.malformed("it holds no candidate")
    if candidate.finish_reason in REFUSALS:
        raise reach.party.refused(candidate.finish_message or _said(candidate.finish_reason))
    picture = _data(candidate)
    if not picture:  # it answers in words now and then, and draws when it is asked again
        raise reach.party.away(f"it gave no picture ({_said(candidate.finish_reason)})")
    return picture


def _data(candidate: Candidate) -> bytes | None:
    parts = (candidate.content.parts if candidate.content else None) or ()
    return next((part.inline_data.data for part in parts if part.inline_data), None)


def _said(reason: FinishReason | BlockedReason | None) -> str:
    return "no reason was told" if reason is None else reason.value
