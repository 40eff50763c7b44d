"""Folders that last as long as they are open; what a killed process left, the next one removes."""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from taskforce.infrastructure.git.locks import locked

_LOCK = ".lock"


@asynccontextmanager
async def passing_folder(parent: Path) -> AsyncIterator[Path]:
    """Make a folder that nobody else has, and remove it with all that is in it."""
    async with locked(parent / "making"):
        await asyncio.to_thread(_remove_what_is_left, parent)
        folder, held = _made(parent)
    try:
        yield folder
    finally:
        await asyncio.to_thread(_removed, folder, held)


def _made(parent: Path) -> tuple[Path, int]:
    """Make a folder, and beside it a lock, which the process holds until it dies."""
    held, name = tempfile.mkstemp(suffix=_LOCK, dir=parent)
    fcntl.flock(held, fcntl.LOCK_EX)
    folder = Path(name).with_suffix("")
    folder.mkdir(mode=0o700)
    return folder, held


def _remove_what_is_left(parent: Path) -> None:
    """Remove the folders whose process is no more."""
    for lock in parent.glob(f"*{_LOCK}"):
        with suppress(FileNotFoundError, BlockingIOError):
            held = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)
                raise
            _removed(lock.with_suffix(""), held)


def _removed(folder: Path, held: int) -> None:
    """Remove a folder, and the lock at last: a crash in between leaves both."""
    try:
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
        folder.with_suffix(_LOCK).unlink(missing_ok=True)
    finally:
        os.close(held)
