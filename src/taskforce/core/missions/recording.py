"""Recordings: what a model was asked and what it said, kept so that it can be said again."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from taskforce.core.documents import digest
from taskforce.core.missions.model import Frozen, ModelReply, ModelRequest
from taskforce.core.missions.redaction import Redaction


class Recording(Frozen):
    """A request and its reply; one a line of a cassette, as JSON."""

    request: ModelRequest
    reply: ModelReply

    @property
    def key(self) -> str:
        """Return what the recording is found by."""
        return key_of(self.request)

    def without_secrets(self, redaction: Redaction) -> "Recording":
        """Return it as it may be given to others."""
        return Recording.model_validate(redaction.document(self.model_dump(mode="json")))


def key_of(request: ModelRequest) -> str:
    """Return the digest of the canonical request."""
    return digest(request.model_dump(mode="json"))


def bare(request: ModelRequest, redaction: Redaction) -> ModelRequest:
    """Return a request without secrets, as a cassette holds it."""
    return ModelRequest.model_validate(redaction.document(request.model_dump(mode="json")))


class Cassettes(Protocol):
    """Keeps recordings in files."""

    @abstractmethod
    def check(self, file: Path) -> None:
        """Return when a cassette can be written there; raise Invalid when not, or when it is another file."""

    @abstractmethod
    async def write(self, file: Path, recordings: Sequence[Recording]) -> None:
        """Write a cassette, without secrets, in place of one that is there."""
