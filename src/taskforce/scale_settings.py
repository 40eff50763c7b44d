"""The settings of what lies outside this machine: the database that several machines share."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from taskforce.artifact_address import address_of

_POSTGRESQL = re.compile(r"postgres(ql)?://[^/\s]+/[^/?\s]+(\?\S*)?")
_NATS = re.compile(r"(nats|tls)://([^/\s@]+@)?[^/?#\s@]+/?")
_REDIS = re.compile(r"rediss?://([^/\s@]*@)?[^/?#\s@]+(/\d*)?(\?\S*)?")


def _of_postgresql(url: SecretStr) -> SecretStr:
    """Return the address; what is wrong is told without it, for it may hold a password."""
    if not _POSTGRESQL.fullmatch(url.get_secret_value()):
        raise ValueError("must be postgresql://user:password@host:port/database")
    return url


def _of_nats(url: SecretStr) -> SecretStr:
    """Return the address; what is wrong is told without it, for it may hold a password."""
    if not _NATS.fullmatch(url.get_secret_value()):
        raise ValueError("must be nats://user:password@host:port, or tls://… for TLS")
    return url


def _of_a_queue(url: SecretStr) -> SecretStr:
    """Return the address; what is wrong is told without it, for it may hold a password."""
    words = url.get_secret_value()
    if not _NATS.fullmatch(words) and not _REDIS.fullmatch(words):
        raise ValueError(
            "must be nats://user:password@host:port or redis://:password@host:port/number, "
            "tls://… or rediss://… for TLS"
        )
    return url


Nats = Annotated[SecretStr, AfterValidator(_of_nats)]


def _of_artifacts(url: SecretStr) -> SecretStr:
    """Return the address; what is wrong is told without it, for it may hold a secret."""
    address_of(url.get_secret_value())
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
    queue_url: Annotated[SecretStr, AfterValidator(_of_a_queue)] | None = Field(
        default=None,
        description="The broker that wakes workers, such as nats://user:password@host:4222 (tls:// for TLS; "
        "needs the extra nats) or, for Celery, redis://:password@host:6379/0 (rediss:// for TLS; needs the "
        "extra celery); unset, the database does.",
    )
    feed_url: Nats | None = Field(
        default=None,
        description="The broker that wakes watchers, such as nats://user:password@host:4222; unset, the "
        "database does; needs the extra nats.",
    )
    events_url: Nats | None = Field(
        default=None,
        description="Where all durable events are published by their types, such as "
        "nats://user:password@host:4222; unset, nowhere; needs the extra nats.",
    )
    artifacts_url: Annotated[SecretStr, AfterValidator(_of_artifacts)] | None = Field(
        default=None,
        description="Where artifacts are kept: file:///folder, or a bucket such as "
        "s3://bucket/prefix?endpoint=https://s3.internal&region=eu-central-1, whose keys are those of AWS's "
        "variables or stand before the bucket (key:secret@); unset: in home; a bucket needs the extra s3.",
    )

    @field_validator("queue_url")
    @classmethod
    def _has_a_database_beside_celery(cls, url: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        is_celerys = url is not None and url.get_secret_value().startswith("redis")
        if is_celerys and info.data.get("database_url", url) is None:
            raise ValueError(
                "this is Celery's, so database_url must be set, too: "
                "what workers are woken for is in the PostgreSQL that they share"
            )
        return url
