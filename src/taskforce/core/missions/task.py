"""The input of a mission's job: the mission and everything it depends on, as it was when it was accepted."""

import re

from pydantic import Field

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import JobId, SessionId
from taskforce.core.jobs.budget import Limits
from taskforce.core.missions.model import Frozen
from taskforce.core.missions.profile import Profile

KIND = "mission"
VERSION = 1
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class MissionTask(Frozen):
    """What is played: no later change of a profile, a folder or a default touches it."""

    version: int = VERSION
    session_id: SessionId
    mission: str
    model: str
    profile: Profile
    workspace: str
    limits: Limits
    first_job: JobId | None = None
    """The first of the jobs that continue one another; None in the first itself."""
    params: dict[str, str] = Field(default={})


def subject_of(session_id: SessionId) -> str:
    """Return what the jobs of a session are about, and the lock that lets only one run."""
    return f"session/{session_id}"


def session_of(subject: str | None) -> SessionId:
    """Return the session that a mission's job is about."""
    return SessionId((subject or "").removeprefix("session/"))


def filled(mission: str, params: dict[str, str]) -> str:
    """Return the mission with its `{{name}}` places filled in.

    Raises:
        Invalid: a place has no value, or a value no place.
    """
    places = {match.group(1) for match in _PLACE.finditer(mission)} if params else set()
    errors = [
        FieldError(
            pointer=f"/params/{name}", code="unused", detail=f"the mission has no place {{{{{name}}}}}"
        )
        for name in sorted(params.keys() - places)
    ] + [
        FieldError(pointer="/mission", code="missing_param", detail=f"{{{{{name}}}}} has no value in params")
        for name in sorted(places - params.keys())
    ]
    if errors:
        raise Invalid("The params do not fit the mission.", errors=errors)
    return _PLACE.sub(lambda match: params[match.group(1)], mission) if params else mission
