"""What everybody says who needs git."""

from taskforce.core.errors import Unavailable


class GitMissing(Unavailable):
    """There is no git on this machine."""

    code = "git_missing"
    title = "git is missing"

    def __init__(self) -> None:
        super().__init__("git is needed to read repositories, and it is not there. Install it.")
