"""What is refused before any use case begins."""

from collections.abc import Iterable

from taskforce.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from taskforce.core.principals import Role


class CredentialsMissing(Unauthenticated):
    """Access is not open, and nothing was shown."""

    def __init__(self) -> None:
        super().__init__("This needs a credential: an API key in X-API-Key, or a bearer token.")


class CredentialsRefused(Unauthenticated):
    """What was shown is no credential, or not any more. The reason is for the log."""

    def __init__(self, reason: str, message: str = "The credential is not valid.") -> None:
        super().__init__(message)
        self.reason = reason


class TwoCredentials(Invalid):
    """Two credentials were shown, which may be of two principals."""

    def __init__(self) -> None:
        super().__init__("The request shows more than one credential. Show one of them.")


class TwoProjects(NotFound):
    """The path names one project, the header another one, in which the first is not."""

    def __init__(self) -> None:
        super().__init__("X-Project-ID names another project than the path. Leave it out.")


class NotAllowed(Forbidden):
    """None of the principal's roles may do this."""

    def __init__(self, use_case: str, *, held: Iterable[Role], may: Iterable[Role]) -> None:
        needed = ", ".join(sorted(may)) or "that there is not"
        has = ", ".join(sorted(held)) or "none"
        super().__init__(
            f"{use_case} needs a role: {needed}. Held in this project: {has}. Ask an admin of the project."
        )


class ProjectNotFound(NotFound):
    """There is no such project, or none that the principal is a member of; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("There is no such project, or it is not yours. Name none for your own one.")


class KeyNotFound(NotFound):
    """There is no such API key in the project."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no API key {key_id} in this project. `taskforce keys list` shows them.")


class KeyIdTaken(Conflict):
    """Two keys drew the same id; nothing was made."""

    def __init__(self) -> None:
        super().__init__("Another key has this id by chance. Ask again.")


class MemberNotFound(NotFound):
    """The principal is no member of the project."""

    def __init__(self, principal: str) -> None:
        super().__init__(
            f"{principal} is no member of this project. `taskforce members list` shows who is one."
        )
