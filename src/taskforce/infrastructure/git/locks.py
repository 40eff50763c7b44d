"""Locks around folders that git works in: ours, and those that a killed git leaves behind."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LOOK = 0.05


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    """Hold a lock that only one process and task has; it is let go when the process dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_LOOK)
        yield
    finally:
        os.close(held)


def broken_off(repository: Path) -> None:
    """Remove the locks that git left in a bare repository; only whoever holds our lock on it may."""
    for place in (repository, repository / "refs"):
        for left in place.rglob("*.lock") if place.name == "refs" else place.glob("*.lock"):
            with suppress(FileNotFoundError):
                left.unlink()
