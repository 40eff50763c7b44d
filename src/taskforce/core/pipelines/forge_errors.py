"""What can go wrong between Taskforce and a forge."""

from datetime import timedelta

from taskforce.core.errors import Conflict, NotFound, Unauthenticated, Unavailable


class ForgeAway(Unavailable):
    """A forge that does not answer, or asks to come later."""

    def __init__(self, why: str, *, retry_after: timedelta = timedelta(seconds=1)) -> None:
        super().__init__(f"GitHub takes nothing now: {why}. It is told again later.", retry_after=retry_after)


class ForgeRefused(Conflict):
    """A forge that says no, and would again."""

    code = "forge_refused"
    title = "Forge refused"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"GitHub did not take {what}: {why}")


class TagTaken(ForgeRefused):
    """A tag of this name that names another commit."""

    def __init__(self, name: str, *, names: str) -> None:
        super().__init__(
            f"the tag {name}", f"it names {names} already. Tags are not moved: look at what made it."
        )


class NoForgeSet(ForgeRefused):
    """Nobody to tell."""

    def __init__(self) -> None:
        super().__init__("this", "no token is set here. Set TASKFORCE_GITHUB_TOKEN for every worker.")


class HookClosed(NotFound):
    """Webhooks of a forge that are not taken, for nobody could sign them."""

    def __init__(self) -> None:
        super().__init__(
            "Webhooks of GitHub are not taken here: no secret is set. Set TASKFORCE_GITHUB_WEBHOOK_SECRET."
        )


class SignatureMissing(Unauthenticated):
    """A webhook that nobody signed."""

    def __init__(self) -> None:
        super().__init__(
            "The header X-Hub-Signature-256 is missing. Give GitHub's webhook the secret that is set here."
        )


class SignatureWrong(Unauthenticated):
    """A webhook that somebody else signed, or changed."""

    def __init__(self) -> None:
        super().__init__(
            "X-Hub-Signature-256 is not the signature of this body under a secret that is set here."
        )


class DeliveryReused(Conflict):
    """A webhook of GitHub under the id of another one."""

    code = "delivery_reused"
    title = "Delivery reused"

    def __init__(self) -> None:
        super().__init__("X-GitHub-Delivery was the id of another webhook. Each delivery has its own.")
