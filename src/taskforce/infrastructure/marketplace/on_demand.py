"""The reader of repositories, loaded when one is read: most processes read none, and httpx takes a while."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from taskforce.core.marketplace.ports import OpenRepository, RepositoryReader, Tell, to_nobody
from taskforce.infrastructure.network.addresses import Network


class RepositoriesOnDemand(RepositoryReader):
    """Reads repositories by way of a folder of ours, under the rules that the settings give."""

    def __init__(
        self,
        folder: Path,
        *,
        allow_local: bool,
        private: tuple[Network, ...],
        credentials: Mapping[str, SecretStr],
        keys: Mapping[str, Path],
    ) -> None:
        self._folder = folder
        self._allow_local = allow_local
        self._private = private
        self._credentials = credentials
        self._keys = keys

    def check(self, url: str, ref: str) -> None:
        self._repositories.check(url, ref)

    def open(
        self, url: str, ref: str, *, commit_sha: str = "", tell: Tell = to_nobody
    ) -> AbstractAsyncContextManager[OpenRepository]:
        return self._repositories.open(url, ref, commit_sha=commit_sha, tell=tell)

    @cached_property
    def _repositories(self) -> RepositoryReader:
        from taskforce.infrastructure.marketplace.remotes import Remotes
        from taskforce.infrastructure.marketplace.repositories import GitRepositories

        remotes = Remotes(
            allow_local=self._allow_local,
            private=self._private,
            credentials={host: login.get_secret_value() for host, login in self._credentials.items()},
            keys=self._keys,
        )
        return GitRepositories(self._folder, remotes=remotes)
