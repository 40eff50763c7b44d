"""The input of a mission's job: the mission and everything it depends on, as it was when it was accepted."""

import re
from collections.abc import Collection, Container

from pydantic import Field

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import JobId, SessionId
from taskforce.core.jobs.budget import Limits, Spent, overdrawn
from taskforce.core.jobs.model import Job
from taskforce.core.missions.controls import PLANNER
from taskforce.core.missions.kinds import MISSION
from taskforce.core.missions.model import Frozen, MissionResult
from taskforce.core.missions.profile import Profile, StrategyName
from taskforce.core.missions.routing import Role, in_order
from taskforce.core.skills import SkillCard

KIND = MISSION
VERSION = 1
LOCAL = "local:"
"""How the names of models begin that are rules and no language models."""
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class MissionTask(Frozen):
    """What is played: no later change of a profile, a folder or a default touches it."""

    version: int = VERSION
    session_id: SessionId
    mission: str
    model: str
    model_from: str = ""
    """What settled the model, see `ChosenModel`."""
    profile: Profile
    workspace: str
    limits: Limits
    has_opening: bool = False
    """Whether its session begins with what was said in another one."""
    first_job: JobId | None = None
    """The first of the jobs that continue one another; None in the first itself."""
    resumed: int = 0
    """How often it was bidden to go on after it had given up."""
    params: dict[str, str] = Field(default={})
    spent_before: Spent = Spent()
    """What the session's earlier missions took, if its profile limits them together."""
    window: int | None = None
    """The fewest tokens that one of its models takes in at once, where that is known."""
    depth: int = 0
    """How many missions above it called it, one the other."""
    skills: tuple[SkillCard, ...] = ()
    """The skills that the model is told of."""

    def again(self, last: Job) -> "MissionTask":
        """Return it for a job that goes on with its ended one."""
        result = last.outcome.result if last.outcome else None
        gave_up = result is not None and MissionResult.model_validate(result).gave_up
        changes = {"first_job": self.first_job or last.id, "resumed": self.resumed + gave_up}
        return self.model_copy(update=changes)

    @property
    def is_timed(self) -> bool:
        """Tell whether a limit wants its time measured."""
        return self.limits.seconds is not None or self.profile.session_limits.seconds is not None

    def overdrawn(self, spent: Spent) -> tuple[str, Limits] | None:
        """Return the code of a limit that is used up, its own or its session's, and those limits."""
        together = self.profile.session_limits
        pairs = ((spent, self.limits), (self.spent_before.plus(spent), together))
        found = ((overdrawn(taken, limits), limits) for taken, limits in pairs)
        return next(((code, limits) for code, limits in found if code is not None), None)

    def left_after(self, spent: Spent) -> Limits | None:
        """Return what is left of its limits and its session's; None when one is used up."""
        own = self.limits.left_after(spent)
        together = self.profile.session_limits.left_after(self.spent_before.plus(spent))
        return None if own is None or together is None else own.stricter(together)

    def freed(self, named: Collection[str]) -> "MissionTask":
        """Return it without the limits of its session in place of which somebody named other ones."""
        changes = {"session_limits": self.profile.session_limits.model_copy(update=dict.fromkeys(named))}
        return self.model_copy(update={"profile": self.profile.model_copy(update=changes)})

    @property
    def context_tokens(self) -> int | None:
        """Return the most tokens that a request may take; None when nothing says so.

        A model on the spot reads all, at no price. A window holds the reply too.
        """
        if self.model.startswith(LOCAL):
            return None
        if self.profile.context.tokens is not None or self.window is None:
            return self.profile.context.tokens
        return self.window - min(self.profile.model_settings.max_tokens, self.window // 2)

    def models(self, role: Role) -> tuple[str, ...]:
        """Return the models to ask in a role, in order."""
        return in_order(role, model=self.model, roles=self.profile.roles, fallbacks=self.profile.fallbacks)


SHARED = frozenset(MissionTask.model_fields) - {"mission", "first_job", "params", "spent_before"}
"""The members of the input in which the missions of a session are mostly alike."""


def suited(profile: Profile, *, model: str) -> Profile:
    """Return a profile with the strategy that its missions can follow: others go step by step.

    Rules make a plan of their own and take no other task than the mission; and who has no planner plans not.
    """
    plans = profile.strategy == StrategyName.PLAN_AND_EXECUTE
    if model.startswith(LOCAL) or (plans and PLANNER not in profile.tools):
        return profile.model_copy(update={"strategy": StrategyName.REACT.value})
    return profile


def subject_of(session_id: SessionId) -> str:
    """Return what the jobs of a session are about, and the lock that lets only one run."""
    return f"session/{session_id}"


def session_of(subject: str | None) -> SessionId:
    """Return the session that a mission's job is about."""
    return SessionId((subject or "").removeprefix("session/"))


def filled(mission: str, params: dict[str, str], *, elsewhere: Container[str] = frozenset()) -> str:
    """Return the mission with its `{{name}}` places filled in; values may also be for places elsewhere.

    Raises:
        Invalid: a place has no value, or a value no place.
    """
    places = {match.group(1) for match in _PLACE.finditer(mission)} if params else set()
    errors = [
        FieldError(
            pointer=f"/params/{name}", code="unused", detail=f"the mission has no place {{{{{name}}}}}"
        )
        for name in sorted(params.keys() - places)
        if name not in elsewhere
    ] + [
        FieldError(pointer="/mission", code="missing_param", detail=f"{{{{{name}}}}} has no value in params")
        for name in sorted(places - params.keys())
    ]
    if errors:
        raise Invalid("The params do not fit the mission.", errors=errors)
    return _PLACE.sub(lambda match: params[match.group(1)], mission) if params else mission
