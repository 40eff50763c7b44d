"""What is asked of whole sessions: to go on from one in another, and to be gone."""

from pydantic import Field

from taskforce.application.jobs.schemas import Id, Request, View
from taskforce.core.shapes import ShownId


class MessagePlace(Request):
    """A message of a session's transcript, as the list of its messages names it."""

    job_id: Id
    number: int = Field(ge=1, le=10**12, strict=True)


class GoOnFrom(Request):
    """Where a fork goes on from."""

    message: MessagePlace | None = Field(
        default=None, description="The last message that the fork knows; the session's last if left out."
    )


class ForkSession(GoOnFrom):
    """A session to fork: a new one that begins with what was said in it."""

    session_id: Id


class DeleteSession(Request):
    """A session to delete."""

    session_id: Id


class DeletedView(View):
    """A session that is gone, where an answer must say something."""

    session_id: ShownId
