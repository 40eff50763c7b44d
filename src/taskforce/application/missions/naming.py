"""What of this machine a request may name: with a key or token no file or folder, unless that is set."""

from taskforce.core.missions.errors import PathNotAllowed
from taskforce.core.missions.ports import ModelSource
from taskforce.core.principals import Credential, Principal


class NamedPaths:
    """Refuses requests that name files or folders: whether they are there is no business of a client.

    Whoever sits at this machine may name what they can read anyway.
    """

    def __init__(self, models: ModelSource, *, is_allowed: bool) -> None:
        self._models = models
        self._is_allowed = is_allowed

    def check(self, principal: Principal, *, model: str | None = None, workspace: str | None = None) -> None:
        """Return when the principal may name these. Raises PathNotAllowed."""
        if self._is_allowed or principal.credential is Credential.NONE:
            return
        if workspace is not None:
            raise PathNotAllowed("workspace")
        if model is not None and self._models.is_file(model):
            raise PathNotAllowed("model")
