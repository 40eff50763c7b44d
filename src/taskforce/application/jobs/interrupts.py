"""Why a play stops before its program has ended."""

from enum import StrEnum


class Stop(StrEnum):
    """The reasons."""

    PARKED = "parked"
    LOST = "lost"
    UNSTORED = "unstored"
    """What the job stands on is away: it is put off, or where that cannot be written its lease runs out."""
    DRAINED = "drained"
    CANCELLED = "cancelled"


class Interrupted(BaseException):
    """Goes through a program from a checkpoint to the player; no `except Exception` holds it up."""

    def __init__(self, reason: Stop) -> None:
        super().__init__(reason.value)
        self.reason = reason
