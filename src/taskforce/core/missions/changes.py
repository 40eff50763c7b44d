"""What a mission's job writes beside itself, in the same transaction."""

from dataclasses import dataclass

from taskforce.core.identity import SessionId
from taskforce.core.missions.model import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSession:
    """Create the session that a mission opens."""

    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSession:
    """See that the session is there that a mission is to belong to.

    Its applier raises SessionNotFound when the session is gone, or is being removed.
    """

    session_id: SessionId
