"""What goes wrong with a provider of pictures and clips, as our errors, without anything of the key."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from taskforce.core.errors import Exhausted, TaskforceError, Unavailable
from taskforce.core.videos.errors import ContentRefused, ProviderFailed

LONGEST_REASON = 300
_FAILING = 500
_LATER = frozenset((408, 425, 429))
_KEY = frozenset((401, 403))
NOT_FOUND = 404
_RULES = re.compile(
    r"usage guidelines|safety|responsible ai|moderation|content polic|usage polic|prohibited|sensitive words",
    re.IGNORECASE,
)


class OperationGone(Exception):
    """Raised when a provider knows an operation no more."""

    def __init__(self) -> None:
        super().__init__("its provider knows the operation no more")


def sounds_refused(message: str) -> bool:
    """Tell whether an error of a provider is about content; some say so in words alone."""
    return _RULES.search(message) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who is asked, for messages."""

    name: str
    """The model, by our name for it."""
    variable: str
    """Where its key is from."""
    key: str = field(repr=False)

    def plain(self, reason: object) -> str:
        """Return a reason in one line without the key, and without its last full stop."""
        text = " ".join(str(reason).split()).replace(self.key, "…")
        return text[:LONGEST_REASON].rstrip(".")

    def away(self, reason: object) -> Unavailable:
        """Return the error for what may go better later."""
        return Unavailable(f"{self.name} did not answer: {self.plain(reason)}.", retry_after=timedelta())

    def failed(self, reason: object, advice: str) -> ProviderFailed:
        """Return the error for what no further try mends."""
        return ProviderFailed(f"{self.name} failed: {self.plain(reason)}. {advice}")

    def refused(self, reason: object) -> ContentRefused:
        """Return the error for content that its rules forbid."""
        return ContentRefused(f"{self.name} refuses this content: {self.plain(reason)}.")

    def malformed(self, problem: object) -> ProviderFailed:
        """Return the error for an answer that cannot be read; it may be paid for, so nobody asks again."""
        advice = "Resume to ask again; if it stays so, check the address of the server."
        return self.failed(f"its answer cannot be read: {problem}", advice)

    def answered(self, status: int, reason: object, *, wait: timedelta = timedelta()) -> TaskforceError:
        """Return the error for a status of HTTP, and how long the provider asks to wait."""
        told = f"{status}, {self.plain(reason)}"
        if status in _LATER:
            return Exhausted(f"{self.name} is busy: {told}.", retry_after=wait)
        if status >= _FAILING:
            return Unavailable(f"{self.name} did not answer: {told}.", retry_after=wait)
        if status in _KEY:
            return self.wrong_key(status)
        if status == NOT_FOUND:
            return self.failed(told, "Check the model's name and the address of its server.")
        return self.failed(told, "Change what is asked, or the model, and resume.")

    def wrong_key(self, status: int) -> ProviderFailed:
        """Return the error for a key that is not taken."""
        advice = f"Check the key in {self.variable} and whether it may use this model, then resume."
        return self.failed(f"{status}, its key is missing or wrong", advice)

    def spent(self, reason: object) -> ProviderFailed:
        """Return the error for an account that is used up: waiting does not fill it."""
        return self.failed(f"its account is used up: {self.plain(reason)}", "Top it up, then resume.")
