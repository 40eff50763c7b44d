"""Copying an entry's files into the artifact store: bytes alone, in a folder of their own; nothing is run."""

import asyncio
from collections.abc import Sequence

from taskforce.application.marketplace.reading import EntryFiles
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.marketplace.collection import MEDIA_TYPE, StoredFile, blob_sha, key_of
from taskforce.core.marketplace.errors import CopyWrong

_AT_ONCE = 16
_BYTES_AT_ONCE = 8 * 1024 * 1024
_Content = tuple[str, bytes]


class Copying:
    """Copies files side by side: each is on the disk when it is told of."""

    def __init__(self, artifacts: ArtifactStore) -> None:
        self._artifacts = artifacts

    async def copied(self, files: EntryFiles, *, folder: str) -> tuple[StoredFile, ...]:
        """Store all files of an entry. Raises CopyWrong, FileTooLarge, Unavailable, Invalid for a path."""
        stored: list[StoredFile] = []
        waiting: list[_Content] = []
        async for each in files.contents():
            waiting.append(each)
            if len(waiting) >= _AT_ONCE or sum(len(content) for _, content in waiting) >= _BYTES_AT_ONCE:
                stored += await self._put(waiting, files, folder)
                waiting = []
        stored += await self._put(waiting, files, folder)
        return tuple(sorted(stored, key=lambda file: file.path))

    async def _put(self, contents: Sequence[_Content], files: EntryFiles, folder: str) -> list[StoredFile]:
        """Store some files; when one fails, none is being written any more."""
        done = await asyncio.gather(
            *(self._put_one(path, content, files, folder) for path, content in contents),
            return_exceptions=True,
        )
        for one in done:
            if isinstance(one, BaseException):
                raise one
        return [one for one in done if isinstance(one, StoredFile)]

    async def _put_one(self, path: str, content: bytes, files: EntryFiles, folder: str) -> StoredFile:
        named = files.by_path[path].blob_sha
        if blob_sha(content) != named:
            raise CopyWrong(path)
        put = await self._artifacts.put(key_of(folder, path), content, media_type=MEDIA_TYPE)
        return StoredFile(path=path, blob_sha=named, size=put.size, sha256=put.sha256)
