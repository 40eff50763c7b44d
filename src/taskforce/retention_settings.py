"""The settings of retention: how long what has ended is kept."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=1, le=36_500)]


class RetentionSettings(BaseModel):
    """A part of the settings; in a file they may stand in a section `[retention]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    retention_days: Days | None = Field(
        default=None,
        description="Days after which ended jobs and unused sessions are removed; unset: they are kept.",
    )
    retention_environment: Literal["development", "staging", "production"] = Field(
        default="development", description="Where pipeline runs belong, which says how long logs are kept."
    )
    retention_log_days: tuple[Days, Days, Days] = Field(
        default=(7, 30, 90),
        description="Days that logs of runs are kept in development, in staging and in production.",
    )
    retention_run_days: Days = Field(
        default=90, description="Days after which ended pipeline runs are removed, with all that is theirs."
    )
    retention_bucket_rules: bool = Field(
        default=True,
        description="Whether workers put rules into the bucket of artifacts by which it removes logs itself.",
    )

    idempotency_hours: int = Field(
        default=24,
        ge=1,
        le=8_760,
        description="Hours that requests under a key are remembered, at least.",
    )

    @property
    def log_days(self) -> dict[str, int]:
        """Return how many days logs are kept, by environment."""
        return dict(zip(("development", "staging", "production"), self.retention_log_days, strict=True))

    @property
    def idempotency_duration(self) -> timedelta:
        """Return how long requests under a key are remembered, as a duration."""
        return timedelta(hours=self.idempotency_hours)
