"""The settings of the marketplace: as whom git reads sources."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from taskforce.setting_tables import pairs

_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f]*:[0-9a-f:]+)(?::\d{1,5})?")
_LOGIN = re.compile(r"[^\s:,@]+:[^\s:,@]+")


class MarketplaceSettings(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    marketplace_credentials: Annotated[dict[str, SecretStr], BeforeValidator(pairs)] = Field(
        default={},
        description="What sources at a host are read with, such as git.example=reader:word, percent-encoded; "
        "whoever may add a source reads with it.",
    )
    marketplace_ssh_keys: Annotated[dict[str, Path], BeforeValidator(pairs)] = Field(
        default={}, description="The private keys that ssh offers to hosts; others are offered none."
    )

    @field_validator("marketplace_credentials", "marketplace_ssh_keys")
    @classmethod
    def _by_host(cls, table: dict[str, object]) -> dict[str, object]:
        _check(table, _HOST, "must name hosts in small letters, such as git.example or git.example:8443")
        return table

    @field_validator("marketplace_credentials")
    @classmethod
    def _logins(cls, table: dict[str, SecretStr]) -> dict[str, SecretStr]:
        said = (login.get_secret_value() for login in table.values())
        _check(said, _LOGIN, "must be host=user:password, with what is special in them percent-encoded")
        return table

    @field_validator("marketplace_ssh_keys")
    @classmethod
    def _absolute(cls, table: dict[str, Path]) -> dict[str, Path]:
        said = map(str, table.values())
        _check(said, re.compile(r"/[^\s\"%]+"), "must be absolute paths without blanks, quotes and %")
        return table


def _check(texts: Iterable[str], pattern: re.Pattern[str], what: str) -> None:
    """Refuse texts of which one does not fit; the error shows none."""
    if not all(map(pattern.fullmatch, texts)):
        raise ValueError(what)
