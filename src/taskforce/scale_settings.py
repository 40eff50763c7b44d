"""The settings of what lies outside this machine: the database that several machines share."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

_POSTGRESQL = re.compile(r"postgres(ql)?://[^/\s]+/[^/?\s]+(\?\S*)?")


def _of_postgresql(url: SecretStr) -> SecretStr:
    """Return the address; what is wrong is told without it, for it may hold a password."""
    if not _POSTGRESQL.fullmatch(url.get_secret_value()):
        raise ValueError("must be postgresql://user:password@host:port/database")
    return url


class ScaleSettings(BaseModel):
    """A part of the settings: unset, everything is embedded and lives in `home`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    database_url: Annotated[SecretStr, AfterValidator(_of_postgresql)] | None = Field(
        default=None,
        description="The PostgreSQL that keeps everything but files, such as "
        "postgresql://user:password@host:5432/taskforce; unset: SQLite in home; needs the extra postgres.",
    )
    database_pool: int = Field(
        default=8,
        ge=2,
        le=200,
        description="Connections to PostgreSQL for transactions; a process opens three more at most.",
    )
