"""Reading an entry's files: the same ones that the scan found, or none."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from taskforce.core.marketplace.digest import digest_of, files_by_artifact, within
from taskforce.core.marketplace.errors import EntryChanged, EntryFileNotFound
from taskforce.core.marketplace.limits import check_artifact
from taskforce.core.marketplace.model import Entry, EntryStatus, Source, TreeFile
from taskforce.core.marketplace.paths import sound_paths
from taskforce.core.marketplace.ports import OpenRepository, OpenTree, RepositoryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFiles:
    """The files of an entry, in an open repository."""

    commit_sha: str
    """The commit that they are read at."""
    by_path: Mapping[str, TreeFile]
    """By their paths in the artifact, sorted; the single file of one is its name."""
    repository: OpenRepository

    async def content(self, path: str) -> bytes:
        """Return the content of one file. Raises EntryFileNotFound, FileTooLarge."""
        file = self.by_path.get(path)
        if file is None:
            raise EntryFileNotFound(path)
        async for _, content in self.repository.read([file]):
            return content
        raise EntryFileNotFound(path)

    async def contents(self) -> AsyncIterator[tuple[str, bytes]]:
        """Give all files by their paths in the artifact, a few MB at a time. Raises FileTooLarge."""
        paths = {file.path: path for path, file in self.by_path.items()}
        async for file, content in self.repository.read(tuple(self.by_path.values())):
            yield paths[file.path], content


class EntryReading:
    """Opens repositories at the content that the catalogue tells of."""

    def __init__(self, repositories: RepositoryReader) -> None:
        self._repositories = repositories

    @asynccontextmanager
    async def open(self, source: Source, entry: Entry) -> AsyncIterator[EntryFiles]:
        """Open an entry's files; leaving removes what was fetched.

        Raises EntryChanged when the repository holds other content than the scan found, ArtifactTooLarge,
        and as `RepositoryReader.open` does.
        """
        is_gone = entry.status is EntryStatus.REMOVED
        commit = entry.commit_sha if is_gone or not source.commit_sha else source.commit_sha
        async with self._repositories.open(source.repo_url, source.branch, commit_sha=commit) as repository:
            tree = await repository.tree()
            files = await asyncio.to_thread(_files_of, entry, tree)
            yield EntryFiles(
                commit_sha=tree.commit_sha,
                by_path={within(file.path, entry.found.path): file for file in files},
                repository=repository,
            )


def _files_of(entry: Entry, tree: OpenTree) -> Sequence[TreeFile]:
    path = entry.found.path
    sound = frozenset(sound_paths([file.path for file in tree.files]).kept)
    files = files_by_artifact([entry.found], (file for file in tree.files if file.path in sound))[path]
    check_artifact(path, files)
    if digest_of(files, path=path) != entry.digest:
        raise EntryChanged(path)
    return sorted(files)
