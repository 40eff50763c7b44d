"""A profile: which model, tools, policy and limits a mission runs with."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.steps import Ruling
from taskforce.core.missions.mcp_servers import McpServer, ServerName
from taskforce.core.missions.model import Frozen
from taskforce.core.missions.routing import Role
from taskforce.core.skills import SkillName
from taskforce.core.tools import Risk, Sandbox


class Decision(StrEnum):
    """What is done about a call of some risk."""

    AUTO = "auto"
    AUTO_IN_SANDBOX = "auto_in_sandbox"
    """The call is made where walls hold what it starts, and a person is asked where there are none."""
    ASK = "ask"
    DENY = "deny"


def _without_walls(decision: Decision) -> Decision:
    if decision is Decision.AUTO_IN_SANDBOX:
        raise ValueError("auto_in_sandbox is for execute alone: a sandbox holds what programs do")
    return decision


PlainDecision = Annotated[
    Decision,
    AfterValidator(_without_walls),
    WithJsonSchema({"enum": ["auto", "ask", "deny"], "type": "string"}),
]


class Approval(Frozen):
    """What is done about calls of each risk: auto calls, ask waits for a person, deny refuses."""

    read: PlainDecision = Decision.AUTO
    """About tools that look and change nothing."""
    write: PlainDecision = Decision.ASK
    """About tools that change files of the workspace."""
    execute: Decision = Decision.ASK
    """About tools that start programs or are unknown; auto_in_sandbox asks where no walls hold them."""
    network: PlainDecision = Decision.ASK
    """About tools that reach out of this machine."""

    def about(self, risk: Risk) -> Decision:
        """Return the decision about calls of this risk."""
        decisions = {
            Risk.READ: self.read,
            Risk.WRITE: self.write,
            Risk.EXECUTE: self.execute,
            Risk.NETWORK: self.network,
        }
        return decisions[risk]


class Price(Frozen):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    """For tokens in."""
    output: float = Field(ge=0)
    """For tokens out."""
    cached: float | None = Field(default=None, ge=0)
    """For tokens in that the provider had kept; left out: the price of all others."""


class ModelSettings(Frozen):
    """How models are asked."""

    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+")
    """The server of models named openai-compatible:MODEL."""
    max_tokens: int = Field(default=16_384, ge=1, le=1_000_000)
    """The most that a model may say in one turn, what it thinks included."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """How freely a model chooses its words; left out, as its provider has it."""
    seconds: float = Field(default=600, gt=0, le=86_400)
    """The longest that one answer may take."""
    idle_seconds: float = Field(default=120, gt=0, le=86_400)
    """The longest silence within an answer."""
    prices: dict[str, Price] = Field(default={})
    """Prices by model, in place of the list of public ones."""


class SessionLimits(Limits):
    """Limits of which none is set by itself."""

    steps: int | None = Field(default=None, ge=1, le=10_000_000, strict=True)
    """Turns of the loop."""


class StrategyName(StrEnum):
    """The strategies that come with Taskforce."""

    REACT = "react"
    PLAN_AND_EXECUTE = "plan_and_execute"


class OnCrash(StrEnum):
    """What is done about a `once` tool that was under way when its process died."""

    ASK = "ask"
    REPEAT = "repeat"
    SKIP = "skip"


class ContextSettings(Frozen):
    """How much of a mission its model is shown at once."""

    tokens: int | None = Field(default=None, ge=1_000, le=100_000_000, strict=True)
    """The most that one request may take, estimated; left out: the model's window, where that is known."""


class Profile(Frozen):
    """What a mission runs with; snapshotted into its job when it is accepted."""

    name: str
    description: str = ""
    """One line, for lists."""
    model: str | None = None
    """The model's name; left out: settled by the order in which models are looked for."""
    fallbacks: tuple[str, ...] = Field(default=(), max_length=10)
    """Models that stand in, in this order, when one does not answer."""
    roles: dict[Role, str] = Field(default={})
    """Models for planning, acting or summarising; the others are the mission's."""
    model_settings: ModelSettings = ModelSettings()
    """How models are asked."""
    system_prompt: str = ""
    """What the model is told first."""
    strategy: str = Field(default=StrategyName.REACT.value, min_length=1, max_length=200)
    """How missions go about it: react step by step, plan_and_execute by a plan, or one of a plugin's."""
    context: ContextSettings = ContextSettings()
    """How much of a mission its model is shown at once; older turns make room."""
    tools: tuple[str, ...] = ()
    """The tools that missions may use, by name, in the order they are offered; no others."""
    mcp_servers: dict[ServerName, McpServer] = Field(default={}, max_length=20)
    """Servers of the Model Context Protocol, by name; their tools are offered as `NAME__TOOL`."""
    skills: tuple[SkillName, ...] | None = None
    """The skills that missions are told of; left out: all that are found."""
    approval: Approval = Approval()
    """What is done about calls of each risk."""
    crash: OnCrash = OnCrash.ASK
    """What is done about a once tool that was under way when its process died."""
    workspace: str | None = Field(default=None, min_length=1, max_length=4_096)
    """The folder of sessions that are given none (a command gives its own); left out, each has its own."""
    sandbox: Sandbox = Sandbox()
    """What the walls around programs let through."""
    limits: Limits = Limits()
    """The most that a mission may take."""
    session_limits: SessionLimits = SessionLimits()
    """The most that all missions of a session may take together; a mission begins with what is left."""
    history: int = Field(default=20, ge=0, le=200)
    """How many earlier exchanges of the session the model is shown."""

    @property
    def ruling(self) -> Ruling | None:
        """Return what it rules about a `once` tool that was under way when its process died."""
        if self.crash is OnCrash.ASK:
            return None
        decision: Literal["repeat", "skip"] = "repeat" if self.crash is OnCrash.REPEAT else "skip"
        return Ruling(decision=decision, by=f"profile {self.name}")
