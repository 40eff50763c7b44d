"""What the marketplace needs from outside."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from taskforce.core.marketplace.model import TreeFile

Tell = Callable[[float, str], object]
"""Is told how much of a fetch is done, from 0 to 1, and with what it is busy."""


def to_nobody(share: float, doing: str, /) -> None:
    """Tell nobody how far a fetch is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTree:
    """A commit's tree, as far as a scan may see it."""

    commit_sha: str
    files: tuple[TreeFile, ...]
    """Regular files alone: no links, no submodules; in the order of their paths."""
    left_out: tuple[str, ...]
    """What was left out and why, a line each, for people."""


class OpenRepository(Protocol):
    """A repository at a commit; nothing of it is checked out, and nothing is run."""

    @abstractmethod
    async def tree(self) -> OpenTree:
        """Return all files at the commit. Raises TreeTooLarge for one with more entries than are read."""

    @abstractmethod
    def read(self, files: Sequence[TreeFile]) -> AsyncIterator[tuple[TreeFile, bytes]]:
        """Give the contents of files of the tree, in their order; a few MB are held at a time.

        Raises FileTooLarge for one over 10 MB, before any is read; SourceUnreachable when one is not there.
        """


class RepositoryReader(Protocol):
    """Reads git repositories over the git protocol: one commit, without the files that are over the limit."""

    @abstractmethod
    def check(self, url: str, ref: str) -> None:
        """Return when such an address may be asked at all; no name is resolved. Raises RepositoryRefused."""

    @abstractmethod
    def open(
        self, url: str, ref: str, *, commit_sha: str = "", tell: Tell = to_nobody
    ) -> AbstractAsyncContextManager[OpenRepository]:
        """Resolve a branch, tag or commit and fetch its tree; leaving removes what was fetched.

        With a commit it is that one, and the ref is not asked for. Raises RepositoryRefused for an address
        that may not be asked, RepositoryNotFound and RefNotFound for what is not there, RepositoryTooLarge,
        SourceUnreachable when trying again may help.
        """


class FrontMatterReader(Protocol):
    """Reads what files say of themselves; believes nothing of it, and runs none of it."""

    @abstractmethod
    def fields(self, path: str, content: bytes) -> Mapping[str, object]:
        """Return the fields of a Markdown file's head, or of a YAML or JSON file; none when it has no head.

        A value is a text, a list or a mapping; of JSON also true, false and null. Raises FrontMatterInvalid
        with the line, for what is not UTF-8, too large, nested too deep, or uses aliases or tags.
        """
