"""The disk: whether there is room for what is yet to be written."""

import asyncio
import shutil
from pathlib import Path

from taskforce.core.errors import Unavailable

MIB = 2**20


class FreeSpace:
    """Looks at the disk of a folder, which may yet be to be made."""

    def __init__(self, folder: Path, *, least_mb: int) -> None:
        self._folder = folder
        self._least_mb = least_mb

    async def check(self) -> None:
        """Return when enough is free; raise Unavailable with how much is not."""
        free = await asyncio.to_thread(self._free) // MIB
        if free < self._least_mb:
            raise Unavailable(
                f"The disk has {free} MiB free, and {self._least_mb} must be (setting disk_free_mb). "
                "Free some space: taskforce prune removes what ended long ago."
            )

    def _free(self) -> int:
        try:
            there = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
            return shutil.disk_usage(there).free
        except OSError as error:
            raise Unavailable(f"The disk of the home cannot be looked at: {error.strerror}.") from error
