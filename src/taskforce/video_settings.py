"""The settings of videos: how much is made at once."""

from pydantic import BaseModel, ConfigDict, Field


class VideoSettings(BaseModel):
    """A part of the settings; in a file it may stand in a section `[video]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    video_gen_concurrency: int = Field(
        default=3, ge=1, le=15, description="Clips of one film that are made side by side."
    )
