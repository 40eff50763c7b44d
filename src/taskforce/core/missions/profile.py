"""A profile: which model, tools, policy and limits a mission runs with."""

from enum import StrEnum

from pydantic import Field

from taskforce.core.jobs.budget import Limits
from taskforce.core.missions.model import Frozen
from taskforce.core.tools import Risk


class Decision(StrEnum):
    """What is done about a call of some risk."""

    AUTO = "auto"
    ASK = "ask"
    DENY = "deny"


class Approval(Frozen):
    """The policy: a decision a risk."""

    read: Decision = Decision.AUTO
    write: Decision = Decision.ASK
    execute: Decision = Decision.ASK
    network: Decision = Decision.ASK

    def about(self, risk: Risk) -> Decision:
        """Return the decision about calls of this risk."""
        decisions = {
            Risk.READ: self.read,
            Risk.WRITE: self.write,
            Risk.EXECUTE: self.execute,
            Risk.NETWORK: self.network,
        }
        return decisions[risk]


class Profile(Frozen):
    """What a mission runs with; snapshotted into its job when it is accepted."""

    name: str
    description: str = ""
    model: str | None = None
    """None: settled by the order in which models are looked for."""
    system_prompt: str = ""
    tools: tuple[str, ...] = ()
    approval: Approval = Approval()
    limits: Limits = Limits()
    history: int = Field(default=20, ge=0, le=200)
    """How many earlier exchanges of the session the model is shown."""
