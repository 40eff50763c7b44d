"""The settings of pipelines: where repositories are, what becomes of them, and what GitHub is told."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from taskforce.setting_tables import pairs

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _private(url: str) -> str:
    """Return an address to which a token may go: by TLS, or to this machine."""
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
        raise ValueError("must begin with https://, for a token goes there")
    return url


HookSecret = Annotated[SecretStr, Field(min_length=16)]
ApiUrl = Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$"), AfterValidator(_private)]


class PipelineSettings(BaseModel):
    """A part of the settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    repositories: Annotated[dict[str, str], BeforeValidator(pairs)] = Field(
        default={}, description="Where repositories are that git_url does not lead to, by name."
    )
    git_url: str = Field(
        default="https://github.com/{repository}.git",
        pattern=r"\{repository",
        description="Where others are.",
    )
    git_allow_local: bool = Field(
        default=False, description="Whether they and sources may lie on this machine."
    )
    registry_url: SecretStr | None = Field(default=None, description="The OCI registry for releases.")
    gitops_url: SecretStr | None = Field(default=None, description="The repository to deploy to.")
    gitops_branch: str = Field(default="main", min_length=1, description="The branch of it.")
    own_approvals: bool = Field(default=False, description="Whether who approved may deploy to production.")
    github_webhook_secret: tuple[HookSecret, ...] = Field(
        default=(),
        description="What webhooks of GitHub are signed with; of several each counts. Unset, none is taken.",
    )
    github_project: str = Field(
        default="default", min_length=1, max_length=128, description="The project of the runs they start."
    )
    github_forks: bool = Field(
        default=False,
        description="Whether pull requests from forks are run: their authors need no right to push.",
    )
    github_token: SecretStr | None = Field(
        default=None, min_length=1, description="With it GitHub is told how runs and deployments stand."
    )
    github_url: ApiUrl = Field(default="https://api.github.com", description="Where GitHub's REST API is.")
    github_tags: bool = Field(
        default=False, description="Whether GitHub is told of releases, too: a tag names each."
    )
