"""What an agent may that a mission calls: never more than its caller may, and no more than is left."""

from collections.abc import Collection, Iterator

from taskforce.core.jobs.budget import Limits
from taskforce.core.missions.allowed_tools import ALWAYS
from taskforce.core.missions.controls import CALL_AGENT, CallAgent
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.profile import Approval, Decision, OnCrash, Profile, SessionLimits
from taskforce.core.missions.routing import ChosenModel
from taskforce.core.missions.served import BETWEEN, served_name
from taskforce.core.missions.task import MissionTask, suited
from taskforce.core.tools import Risk, Sandbox

MOST_DEPTH = 3
"""How many agents deep a mission goes, itself not counted."""
_FROM_LAX_TO_STRICT = (Decision.AUTO, Decision.AUTO_IN_SANDBOX, Decision.ASK, Decision.DENY)
_FROM_BOLD_TO_CAREFUL = (OnCrash.REPEAT, OnCrash.SKIP, OnCrash.ASK)


def narrowed(profile: Profile, caller: Profile) -> Profile:
    """Return a profile without what the caller's does not allow."""
    skills = caller.skills
    if profile.skills is not None:
        skills = tuple(name for name in profile.skills if skills is None or name in skills)
    return profile.model_copy(
        update={
            "tools": tuple(name for name in profile.tools if name in caller.tools),
            "mcp_servers": dict(_shared_servers(profile, caller)),
            "skills": skills,
            "approval": _stricter(profile.approval, caller.approval),
            "sandbox": Sandbox(
                network=profile.sandbox.network and caller.sandbox.network,
                required=profile.sandbox.required or caller.sandbox.required,
                readable=tuple(path for path in profile.sandbox.readable if path in caller.sandbox.readable),
            ),
            "crash": max(profile.crash, caller.crash, key=_FROM_BOLD_TO_CAREFUL.index),
        }
    )


def kept_to(caller: MissionTask, allowed: Collection[str] | None) -> MissionTask:
    """Return a mission as one that has but the tools that its active skill allows; None: it says nothing."""
    if allowed is None:
        return caller
    profile = caller.profile
    kept = {
        "tools": tuple(name for name in profile.tools if name in allowed or name in ALWAYS),
        "mcp_servers": dict(_allowed_servers(profile, allowed)),
    }
    return caller.model_copy(update={"profile": profile.model_copy(update=kept)})


def delegated(
    caller: MissionTask, asked: CallAgent, profile: Profile, *, model: ChosenModel, left: Limits
) -> MissionTask:
    """Return the task of an agent that a mission calls."""
    allowed = narrowed(profile, caller.profile)
    # What its session has left is in its own limits already.
    allowed = allowed.model_copy(update={"session_limits": SessionLimits()})
    if caller.depth + 1 == MOST_DEPTH:
        allowed = allowed.model_copy(
            update={"tools": tuple(name for name in allowed.tools if name != CALL_AGENT)}
        )
    return MissionTask(
        session_id=caller.session_id,
        mission=asked.mission,
        model=model.name,
        model_from=model.chosen_by,
        profile=suited(allowed, model=model.name),
        workspace=caller.workspace,
        limits=profile.limits.stricter(left),
        depth=caller.depth + 1,
        skills=tuple(card for card in caller.skills if allowed.skills is None or card.name in allowed.skills),
    )


def _allowed_servers(profile: Profile, allowed: Collection[str]) -> Iterator[tuple[str, McpServer]]:
    """Yield the servers of which a tool is allowed, under its name here, each with those tools."""
    for name, server in profile.mcp_servers.items():
        named = server.tools
        if named is None:
            own = f"{name}{BETWEEN}"
            named = tuple(sorted(tool.removeprefix(own) for tool in allowed if tool.startswith(own)))
        tools = tuple(tool for tool in named if served_name(name, tool) in allowed)
        if tools:
            yield name, server.model_copy(update={"tools": tools})


def _shared_servers(profile: Profile, caller: Profile) -> Iterator[tuple[str, McpServer]]:
    """Yield the servers that both have on the same terms, each with the tools that both name."""
    for name, server in profile.mcp_servers.items():
        known = caller.mcp_servers.get(name)
        if known is None or known.model_copy(update={"tools": server.tools}) != server:
            continue
        allowed = known.tools
        if server.tools is not None:
            allowed = tuple(tool for tool in server.tools if known.tools is None or tool in known.tools)
        yield name, server.model_copy(update={"tools": allowed})


def _stricter(one: Approval, other: Approval) -> Approval:
    decisions = {
        risk.value: max(one.about(risk), other.about(risk), key=_FROM_LAX_TO_STRICT.index) for risk in Risk
    }
    return Approval.model_validate(decisions)
