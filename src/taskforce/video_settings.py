"""The settings of videos: how much is made at once, and who makes films whose request names nobody."""

from pydantic import BaseModel, ConfigDict, Field

_NAMES = "as in `models` of a request: offline, or PROVIDER:MODEL."


class VideoSettings(BaseModel):
    """A part of the settings; in a file it may stand in a section `[video]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    video_gen_concurrency: int = Field(
        default=3, ge=1, le=15, description="Clips of one film that are made side by side."
    )
    video_script: str = Field(
        default="offline", min_length=1, max_length=100, description=f"Who writes storyboards, {_NAMES}"
    )
    video_frames: str = Field(
        default="offline", min_length=1, max_length=100, description=f"Who makes pictures, {_NAMES}"
    )
    video_clips: str = Field(
        default="offline", min_length=1, max_length=100, description=f"Who makes clips, {_NAMES}"
    )
