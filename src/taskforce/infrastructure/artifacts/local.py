"""Artifacts as files under one folder."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import IO

from taskforce.core.artifacts import (
    ArtifactDamaged,
    ArtifactNotFound,
    ArtifactRef,
    ArtifactStore,
    Content,
    StoredBytes,
)
from taskforce.core.clock import Clock
from taskforce.core.errors import Invalid, Unavailable
from taskforce.infrastructure.artifacts.chunks import CHUNK, chunks_of
from taskforce.infrastructure.artifacts.keys import checked_key
from taskforce.infrastructure.artifacts.opened import opened

_INCOMING = ".incoming"
_STALE = timedelta(hours=1)
"""How old a file has to be before it is taken for one that a crash left."""
_NOTHING = StoredBytes(size=0, sha256=hashlib.sha256().hexdigest())


class LocalArtifactStore(ArtifactStore):
    """A key is a path under the root. A file bears its name once it is complete and on the disk.

    Of no bytes no file is needed: whoever holds a reference that says so is given none.

    What a crash left of files that were not complete is removed before something new is written.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._swept: datetime | None = None

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        if content == b"" and not self._path(key).exists():
            return _NOTHING
        if isinstance(content, bytes | Path):
            stored = await asyncio.to_thread(self._put_small, key, content)
            if stored is not None:
                return stored
        return await self._put_chunks(key, content)

    def _put_small(self, key: str, content: bytes | Path) -> StoredBytes | None:
        """Store one chunk at most, all of it in the calling thread; None, and nothing done, if it is more.

        Most content is: to hand that over piece by piece would cost more than to write it.
        """
        target = self._path(key)
        whole = content if isinstance(content, bytes) else _beginning(content)
        if len(whole) > CHUNK:
            return None
        with _unavailable_if_broken():
            file = self._begin()
            try:
                file.write(whole)
                self._finish(file, target)
            finally:
                _discard(file)
        return StoredBytes(size=len(whole), sha256=hashlib.sha256(whole).hexdigest())

    async def _put_chunks(self, key: str, content: Content) -> StoredBytes:
        target = self._path(key)
        digest = hashlib.sha256()
        size = 0
        async with opened(self._begin, _discard) as file:
            async for chunk in chunks_of(content):
                digest.update(chunk)
                size += len(chunk)
                with _unavailable_if_broken():
                    await asyncio.to_thread(file.write, chunk)
            with _unavailable_if_broken():
                await asyncio.to_thread(self._finish, file, target)
        return StoredBytes(size=size, sha256=digest.hexdigest())

    @asynccontextmanager
    async def open(self, ref: ArtifactRef) -> AsyncIterator[AsyncIterator[bytes]]:
        path = self._path(ref.key)
        if (ref.size, ref.sha256) == (_NOTHING.size, _NOTHING.sha256):
            yield _no_chunks()
            return
        async with opened(partial(_found, path, ref)) as file, aclosing(_checked(file, ref)) as chunks:
            yield chunks

    @asynccontextmanager
    async def arrived(self, key: str) -> AsyncIterator[AsyncIterator[bytes]]:
        path = self._path(key)
        if not await asyncio.to_thread(path.is_file):
            raise ArtifactNotFound(key)
        async with aclosing(chunks_of(path)) as chunks:
            yield chunks

    async def delete(self, key: str) -> None:
        path = self._path(key)
        with _unavailable_if_broken():
            await asyncio.to_thread(_remove, path)

    async def clear(self, prefix: str) -> None:
        folder = self._path(prefix)
        with _unavailable_if_broken():
            await asyncio.to_thread(_remove_folder, folder)

    async def check(self) -> None:
        async with opened(self._begin, _discard):
            pass

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        if key.startswith(_INCOMING) or self._is_led_out(path):
            raise Invalid("An artifact's key must stay inside the store.")
        return path

    def _is_led_out(self, path: Path) -> bool:
        """Tell whether a link inside the store leads out of it on the way to a file."""
        inside = takewhile(lambda folder: folder != self._root, path.parents)
        if not any(folder.is_symlink() for folder in inside):
            return False
        return not path.parent.resolve().is_relative_to(self._root.resolve())

    def _begin(self) -> IO[bytes]:
        folder = self._root / _INCOMING
        with _unavailable_if_broken():
            self._root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what missions said is in it
            folder.mkdir(parents=True, exist_ok=True)
            self._sweep(folder)
            file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - _discard closes it
        fcntl.flock(file, fcntl.LOCK_EX)  # until the process ends, in whatever way
        return file

    def _sweep(self, folder: Path) -> None:
        now = self._clock.now()
        if self._swept is not None and now - self._swept < _STALE:
            return
        self._swept = now
        for file in folder.iterdir():
            with suppress(FileNotFoundError):  # complete by now, or removed by another process
                if now - datetime.fromtimestamp(file.stat().st_mtime, UTC) >= _STALE:
                    _remove_unheld(file)

    def _finish(self, file: IO[bytes], target: Path) -> None:
        file.flush()
        if os.fstat(
            file.fileno()
        ).st_size:  # of an empty file there is but its name, which the folder's sync holds
            os.fsync(file.fileno())
        fresh = list(takewhile(lambda folder: not folder.exists(), target.parents))
        if fresh:
            target.parent.mkdir(parents=True, exist_ok=True)
        Path(file.name).replace(target)
        for folder in {target.parent, *(folder.parent for folder in fresh)}:
            _sync_folder(folder)


async def _no_chunks() -> AsyncGenerator[bytes, None]:
    none: tuple[bytes, ...] = ()
    for chunk in none:
        yield chunk


async def _checked(file: IO[bytes], ref: ArtifactRef) -> AsyncGenerator[bytes, None]:
    """Yield the file in chunks; the last one only when all of it proved right."""
    digest = hashlib.sha256()
    size = 0
    chunk = await asyncio.to_thread(file.read, CHUNK)
    while chunk:
        digest.update(chunk)
        size += len(chunk)
        following = await asyncio.to_thread(file.read, CHUNK)
        if size > ref.size or (not following and (size, digest.hexdigest()) != (ref.size, ref.sha256)):
            raise ArtifactDamaged(ref.key)
        yield chunk
        chunk = following
    if (size, digest.hexdigest()) != (ref.size, ref.sha256):
        raise ArtifactDamaged(ref.key)


@contextmanager
def _unavailable_if_broken() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The artifact store cannot be written: {error.strerror}.") from error


def _found(path: Path, ref: ArtifactRef) -> IO[bytes]:
    try:
        return path.open("rb")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise ArtifactNotFound(ref.id) from error


def _beginning(path: Path) -> bytes:
    """Return a file's first chunk, and a byte more if there is one."""
    with path.open("rb") as file:
        return file.read(CHUNK + 1)


def _discard(file: IO[bytes]) -> None:
    file.close()
    Path(file.name).unlink(missing_ok=True)


def _remove_unheld(path: Path) -> None:
    """Remove a file that nobody writes."""
    with path.open("rb") as file, suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        path.unlink()
        _sync_folder(path.parent)


def _remove_folder(path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        return
    while path.is_dir():
        with suppress(FileNotFoundError):  # another process removes the same
            shutil.rmtree(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
