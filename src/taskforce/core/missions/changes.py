"""What a mission's first job writes beside itself, in the same transaction."""

from dataclasses import dataclass

from taskforce.core.missions.model import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSession:
    """Create the session that a mission opens."""

    session: Session
