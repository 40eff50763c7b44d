"""What everybody says who needs git."""

from taskforce.core.errors import Unavailable


class GitMissing(Unavailable):
    """There is no git on this machine."""

    code = "git_missing"
    title = "git is missing"

    def __init__(self) -> None:
        super().__init__("git is needed to read repositories, and it is not there. Install it.")


class GitTooOld(Unavailable):
    """The git of this machine lacks what is needed to use it safely."""

    code = "git_too_old"
    title = "git is too old"

    def __init__(self, said: str, oldest: str) -> None:
        super().__init__(f"{said} is too old to read repositories of strangers. Install {oldest} or newer.")
