"""Servers of the Model Context Protocol that profiles name: how they are reached, what their tools may."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from taskforce.core.missions.model import Frozen
from taskforce.core.missions.references import checked, without_secrets
from taskforce.core.tools import Risk, ToolEffect


def _named(variables: object) -> object:
    """Return a list of variables as the mapping that hands each on under its own name."""
    if isinstance(variables, list | tuple):
        return {str(name): f"${{{name}}}" for name in variables}
    return variables


def _without_secret_parts(parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        name, _, value = part.rpartition("=")
        without_secrets({name or "an argument": value})
    return parts


def _without_secret(url: str) -> str:
    without_secrets({"the address": url})
    return url


ServerName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$", max_length=32)]
"""No two _ in a row: they part it from the name of a tool."""
Referring = Annotated[str, AfterValidator(checked)]
Words = Annotated[tuple[str, ...], AfterValidator(_without_secret_parts)]
Variables = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], str],
    BeforeValidator(_named),
    AfterValidator(without_secrets),
]
Headers = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")], str], AfterValidator(without_secrets)
]


class ToolTerms(Frozen):
    """What a profile says of one tool of a server."""

    risk: Risk | None = None
    effect: ToolEffect | None = None


class McpServer(Frozen):
    """A server: a command that is started, or an address that is connected to.

    Nothing is known of its tools but what it says itself, which may be wrong. So they are of the careful risk
    and effect, unless the profile says otherwise.
    """

    command: Annotated[str, Field(min_length=1), AfterValidator(checked)] | None = None
    """The program to start, found on PATH or named by its whole path; it speaks on stdin and stdout."""
    args: Words = ()
    """What it is started with; ${NAME} stands for an environment variable."""
    env: Variables = Field(default={})
    """What it finds in its environment, beside the harmless: names, or names with values, with ${NAME}."""
    cwd: Annotated[str, Field(pattern=r"^(/|\$\{)"), AfterValidator(checked)] | None = None
    """The folder it is started in, absolute, with ${NAME}; left out: an empty one of its own."""
    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+"), AfterValidator(_without_secret)] | None = None
    """The address, with ${NAME}; it speaks streamable HTTP."""
    headers: Headers = Field(default={})
    """What goes with each request to it, with ${NAME}; a redirect to another host is not followed."""
    tools: tuple[str, ...] | None = None
    """The tools that missions are offered, by the server's names; left out: all."""
    risk: Risk | None = None
    """Of its tools; left out: execute for a command, network for an address."""
    effect: ToolEffect = ToolEffect.ONCE
    """Of its tools; a pure tool also runs beside other calls of its turn."""
    per_tool: dict[str, ToolTerms] = Field(default={})
    """Risk and effect of single tools, by the server's names."""
    trust_annotations: bool = False
    """Whether the server is believed: a readOnlyHint makes read and pure, an idempotentHint idempotent."""
    seconds: float = Field(default=120, gt=0, le=86_400)
    """The longest that a call may take."""
    start_seconds: float = Field(default=60, gt=0, le=600)
    """The longest that it takes to be there and to list its tools."""

    @model_validator(mode="after")
    def _is_reached_in_one_way(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("say either command or url")
        if self.url is not None and (self.args or self.env or self.cwd):
            raise ValueError("args, env and cwd are for a command")
        if self.command is not None and self.headers:
            raise ValueError("headers are for a url")
        return self

    @property
    def usual_risk(self) -> Risk:
        """Return the risk of tools of which nothing else is said."""
        return self.risk or (Risk.EXECUTE if self.url is None else Risk.NETWORK)
