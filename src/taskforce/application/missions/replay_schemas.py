"""What is asked of replays, and how they are shown; the same through every door."""

from typing import Annotated

from pydantic import Field, JsonValue

from taskforce.application.jobs.schemas import Id, Request, View
from taskforce.core.missions.divergence import LONGEST_LINE, MOST_LINES, Divergence, Part
from taskforce.core.shapes import Count, Prose, ShownId, shape, unlimited


class ReplayOf(Request):
    """Which of a session's missions to play again."""

    job_id: Id | None = Field(default=None, description="The mission's job; the newest one if left out.")


class ReplaySession(ReplayOf):
    """A past mission to play again: over what it recorded, without doing anything."""

    session_id: Id


class DivergenceView(View):
    """The first place where a mission would go another way today."""

    turn: Count
    part: Part
    place: Annotated[str, unlimited("the key of a step is as long as the program makes it")]
    """The key of the step, or the type of the event."""
    message: Prose
    recorded: JsonValue
    today: JsonValue
    difference: Annotated[
        tuple[Annotated[str, shape(maxLength=LONGEST_LINE + 1)], ...], shape(maxItems=MOST_LINES + 1)
    ]
    """How the two differ, line by line."""

    @classmethod
    def of(cls, found: Divergence) -> "DivergenceView":
        """Show a divergence."""
        return cls(
            turn=found.turn,
            part=found.part,
            place=found.place,
            message=found.sentence,
            recorded=found.recorded,
            today=found.today,
            difference=found.difference,
        )


class ReplayView(View):
    """What a past mission came to when it was played again."""

    session_id: ShownId
    job_id: ShownId
    same: bool
    turns: Count
    """How many went the same way."""
    divergence: DivergenceView | None
