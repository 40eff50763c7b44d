"""Settings: the only reader of environment and files."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    model_validator,
)

from taskforce.core.errors import FieldError, Invalid
from taskforce.marketplace_settings import MarketplaceSettings
from taskforce.pipeline_settings import PipelineSettings
from taskforce.retention_settings import RetentionSettings
from taskforce.scale_settings import ScaleSettings
from taskforce.video_settings import VideoSettings

PREFIX = "TASKFORCE_"
FILE = "taskforce.toml"
FLAG = "flag"
ENVIRONMENT = "environment"
DEFAULT = "default"


class SettingsInvalid(Invalid):
    """A setting that is unknown or not right."""

    code = "invalid_settings"
    title = "Invalid settings"


def _named(path: object) -> object:
    if isinstance(path, str) and not path.strip():
        raise ValueError("must name a folder")
    return path


def _absolute(path: Path) -> Path:
    """Return the path from the working folder of this moment on, so that leaving it changes nothing."""
    try:
        return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links
    except RuntimeError as unknown:
        raise ValueError("begins with ~, and whose home that is cannot be told") from unknown


def _access(modes: tuple[str, ...]) -> tuple[str, ...]:
    if not modes:
        raise ValueError("must say none, keys, oidc, or keys and oidc")
    if "none" in modes and len(set(modes)) > 1:
        raise ValueError("none cannot be combined: access is open, or it is not")
    return modes


Access = Annotated[tuple[Literal["none", "keys", "oidc"], ...], AfterValidator(_access)]
Folder = Annotated[Path, BeforeValidator(_named), AfterValidator(_absolute)]


class HouseSettings(BaseModel):
    """The settings of the kernel, of missions, and of the doors."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    home: Folder = Field(default=Path(".taskforce"), description="Where everything embedded lives.")
    model: str | None = Field(
        default=None,
        min_length=1,
        description="The model of missions that name none; unset, a provider's key or a server settles it.",
    )
    model_probe: bool = Field(
        default=True, description="Whether to look for an OpenAI-compatible server on this machine."
    )
    profile: str = Field(
        default="dev", min_length=1, description="The profile of missions that name none; over HTTP dev."
    )
    workers: int = Field(
        default=4, ge=0, le=256, description="Jobs at once in this process; 0: only the doors."
    )
    lease: float = Field(
        default=30.0, ge=0.5, le=3_600, description="Seconds that a silent worker keeps its jobs."
    )
    synchronous: Literal["FULL", "NORMAL"] = Field(
        default="FULL", description="SQLite: NORMAL is faster and may lose the last commits at power loss."
    )
    drain: float = Field(
        default=2.0,
        ge=0,
        le=3_600,
        description="Seconds that running steps have to end when the process stops.",
    )
    disk_free_mb: int = Field(
        default=100, ge=0, le=10**9, description="MiB that must be free for the service to be ready; 0: any."
    )
    workspace_roots: tuple[Folder, ...] = Field(
        default=(Path(),), description="The folders within which a mission may be given its workspace."
    )
    auth: Access = Field(
        default=("none",),
        description="Who is let in: none (whoever sits at this machine), keys, oidc, or both of these.",
    )
    pepper: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What digests of API keys are made with; unset, a file of the home keeps one.",
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        description="Whose tokens are taken, such as https://id.example/realms/main; needs the extra oidc.",
    )
    oidc_audience: str | None = Field(
        default=None, min_length=1, description="The audience that a token must name; its own roles count."
    )
    oidc_clients: tuple[str, ...] = Field(
        default=(), description="The clients (azp) whose tokens are taken; unset, all that the issuer knows."
    )
    oidc_algorithms: tuple[Literal["RS256", "ES256"], ...] = Field(
        default=("RS256", "ES256"), min_length=1, description="How a token may be signed."
    )
    oidc_role_prefix: str = Field(
        default="", description="What the roles of a token begin with here, such as taskforce-."
    )
    request_paths: bool = Field(
        default=False,
        description="Whether requests with a key or token may name files and folders of this machine.",
    )
    cors_origins: tuple[str, ...] = Field(default=(), description="Web origins that may call the API.")
    trusted_hosts: tuple[str, ...] = Field(
        default=("localhost", "127.0.0.1", "[::1]", "testserver"),
        description="Host names the API answers to.",
    )
    rate_limit: int = Field(
        default=1_000, ge=0, le=1_000_000, description="Requests a minute and principal; 0: any number."
    )
    rate_limit_url: SecretStr | None = Field(
        default=None,
        description="The Redis that counts them for several processes, such as redis://127.0.0.1:6379/0; "
        "needs the extra redis.",
    )
    streams_per_principal: int = Field(
        default=100, ge=1, le=1_000_000, description="Streams that one principal may keep open."
    )
    streams: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Streams that this process keeps open."
    )
    private_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Networks that http_fetch, webhooks and sources may reach although they are not public, "
        "such as 10.1.0.0/16; webhooks there may use plain http.",
    )
    webhook_log_days: int = Field(
        default=14, ge=4, le=3_650, description="Days that a webhook's deliveries stay in its log."
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+[^\s?#/]$",
        description="Where others reach this server, such as https://ci.example; links to it begin so.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="Lowest level told."
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+",
        description="Where traces go by OTLP over HTTP, such as http://127.0.0.1:4318; needs the extra otel.",
    )
    trace_content: bool = Field(
        default=False, description="Whether traces tell what was said and done, without secrets."
    )

    @model_validator(mode="after")
    def _tells_the_issuer(self) -> Self:
        if "oidc" in self.auth and not (self.oidc_issuer and self.oidc_audience):
            raise ValueError("auth is oidc, so oidc_issuer and oidc_audience must be set")
        return self

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is asked of whoever sits at this machine."""
        return "none" in self.auth

    @property
    def lease_duration(self) -> timedelta:
        """Return the lease as a duration."""
        return timedelta(seconds=self.lease)

    @property
    def drain_duration(self) -> timedelta:
        """Return the time for running steps as a duration."""
        return timedelta(seconds=self.drain)


class Settings(
    VideoSettings, RetentionSettings, ScaleSettings, MarketplaceSettings, PipelineSettings, HouseSettings
):
    """What this process runs with. Few, typed, frozen. Relative folders begin at the working folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings and where each came from."""

    settings: Settings
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What the environment says of the terminal."""

    no_color: bool
    force_color: bool
    is_dumb: bool


def terminal() -> Terminal:
    """Read NO_COLOR and FORCE_COLOR, which count when they are not empty, and TERM."""
    return Terminal(
        no_color=bool(os.environ.get("NO_COLOR")),
        force_color=bool(os.environ.get("FORCE_COLOR")),
        is_dumb=os.environ.get("TERM", "").lower() in {"dumb", "unknown"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAccess:
    """What the environment says of a provider of models; no file says it, and nothing shows the key."""

    variable: str
    """The variable that holds the key, or would."""
    key: SecretStr | None = field(default=None, repr=False)
    base_url: str | None = None
    """None: the provider's own address."""


_PROVIDERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "openai": (("OPENAI_API_KEY",), "OPENAI_BASE_URL"),
    "anthropic": (("ANTHROPIC_API_KEY",), "ANTHROPIC_BASE_URL"),
    "google": (("GOOGLE_API_KEY", "GEMINI_API_KEY"), "GOOGLE_GEMINI_BASE_URL"),
    "openai-compatible": (("OPENAI_COMPATIBLE_API_KEY",), "OPENAI_COMPATIBLE_BASE_URL"),
}


PROVIDER_VARIABLES = tuple(name for keys, address in _PROVIDERS.values() for name in (*keys, address))


def model_access() -> Mapping[str, ModelAccess]:
    """Read the keys and addresses of the providers of models, under their usual names."""
    found = {}
    for provider, (variables, address) in _PROVIDERS.items():
        keys = {name: text for name in variables if (text := os.environ.get(name, "").strip())}
        variable, key = next(iter(keys.items()), (variables[0], None))
        found[provider] = ModelAccess(
            variable=variable,
            key=SecretStr(key) if key else None,
            base_url=os.environ.get(address, "").strip().rstrip("/") or None,
        )
    return found


def known_secrets(access: Mapping[str, ModelAccess]) -> tuple[str, ...]:
    """Return the keys, to be taken out of what is written for others."""
    return tuple(one.key.get_secret_value() for one in access.values() if one.key is not None)


def variable(name: str) -> str | None:
    """Read a variable that a profile refers to as ${NAME}; None when it is not set."""
    return os.environ.get(name)


def load_settings(*, flags: Mapping[str, object] | None = None, config_file: Path | None = None) -> Loaded:
    """Read the settings: flag, then TASKFORCE_*, then config file, ./taskforce.toml, the user's, the default.

    An empty variable counts as none.

    Raises:
        SettingsInvalid: a name is unknown or a value is not right; the error tells its source.
    """
    layers = [
        *_files(config_file),
        (ENVIRONMENT, _environment(os.environ)),
        (FLAG, {name: value for name, value in (flags or {}).items() if value is not None}),
    ]
    values: dict[str, object] = {}
    origins = dict.fromkeys(Settings.model_fields, DEFAULT)
    for origin, layer in layers:
        values |= layer
        origins |= dict.fromkeys(layer, origin)
    try:
        return Loaded(settings=Settings.model_validate(values), origins=origins)
    except ValidationError as wrong:
        raise _invalid(wrong, origins) from wrong


def _files(config_file: Path | None) -> list[tuple[str, dict[str, object]]]:
    if config_file is not None and not config_file.is_file():
        raise SettingsInvalid(
            f"There is no settings file {config_file}. Give --config-file one that is there."
        )
    own = [folder / "config.toml" for folder in user_folders()]
    wanted = [*own, Path(FILE), *([config_file] if config_file else [])]
    return [(str(path), _toml(path)) for path in wanted if path.is_file()]


def user_folders() -> tuple[Path, ...]:
    """Return the folder in which this user keeps what is for all projects; none for a user without a home."""
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path("~/.config")
    try:
        return (folder.expanduser() / "taskforce",)
    except RuntimeError:
        return ()


def _toml(path: Path) -> dict[str, object]:
    try:
        return _without_sections(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsInvalid(f"{path}: {wrong}") from wrong
    except OSError as wrong:
        raise SettingsInvalid(f"{path} cannot be read: {wrong.strerror}.") from wrong


def _without_sections(given: Mapping[str, object]) -> dict[str, object]:
    """Return a file's settings by their names: `days` in a section `[retention]` is `retention_days`."""
    found: dict[str, object] = {}
    for name, value in given.items():
        is_section = isinstance(value, dict) and name not in Settings.model_fields
        found |= {f"{name}_{key}": inner for key, inner in value.items()} if is_section else {name: value}  # type: ignore[attr-defined] # it is a table
    return found


def _environment(environment: Mapping[str, str]) -> dict[str, object]:
    found = {name: text for name, text in environment.items() if name.startswith(PREFIX) and text.strip()}
    return {_field_of(name): _value(_field_of(name), text) for name, text in found.items()}


def _field_of(variable: str) -> str:
    """Return the field that a variable sets; a variable in other letters than capitals sets none."""
    name = variable.removeprefix(PREFIX)
    return name.lower() if name == name.upper() else variable


def _value(name: str, text: str) -> object:
    field = Settings.model_fields.get(name)
    is_list = field is not None and isinstance(field.default, tuple)
    return [part.strip() for part in text.split(",") if part.strip()] if is_list else text


def _invalid(wrong: ValidationError, origins: Mapping[str, str]) -> SettingsInvalid:
    errors = []
    places = []
    for error in wrong.errors(include_url=False, include_input=False, include_context=False):
        name = str(error["loc"][0]) if error["loc"] else "auth"  # the one rule over several settings
        unknown = error["type"] == "extra_forbidden"
        detail = _unknown(name, origins[name]) if unknown else error["msg"].removeprefix("Value error, ")
        errors.append(FieldError(pointer=f"/{name}", code=error["type"], detail=detail))
        places.append(f"{_written(name, origins[name])} ({origins[name]}): {detail}")
    return SettingsInvalid("; ".join(places), errors=errors)


def _written(name: str, origin: str) -> str:
    """Return the setting's name as the one who set it wrote it."""
    if origin == ENVIRONMENT:
        return name if name.startswith(PREFIX) else f"{PREFIX}{name.upper()}"
    return f"--{name.replace('_', '-')}" if origin == FLAG else name


def _unknown(name: str, origin: str) -> str:
    near = get_close_matches(name.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
    if near:
        return f"unknown setting; did you mean {_written(near[0], origin)}?"
    return f"unknown setting; known are {', '.join(_written(each, origin) for each in Settings.model_fields)}"
