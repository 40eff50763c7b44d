"""The secret of key digests: a file of the home, or what the settings say."""

import os
import tempfile
from pathlib import Path
from threading import Lock

from taskforce.core.access.ports import Chance, Pepper
from taskforce.core.errors import Unavailable

LENGTH = 32
"""Bytes; in the file they are hex."""


class FilePepper(Pepper):
    """A file that its owner alone can read, made on first use; of two processes that make it, one wins."""

    def __init__(self, file: Path, chance: Chance) -> None:
        self._file = file
        self._chance = chance
        self._lock = Lock()
        self._known: bytes | None = None

    def get(self) -> bytes:
        known = self._known
        if known is None:
            with self._lock:
                known = self._known = self._read()
        return known

    def _read(self) -> bytes:
        try:
            if not self._file.exists():
                self._make()
            text = self._file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as wrong:
            raise Unavailable(f"{self._file} cannot be read or made: {wrong}.") from wrong
        if len(text) < LENGTH:
            raise Unavailable(
                f"{self._file} is not whole. Bring it back from a backup; without it every API key is lost."
            )
        return text.encode("ascii")

    def _make(self) -> None:
        """Write it whole under another name first, so that nobody reads half of it."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=".pepper-")  # 0600
        made = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(self._chance.take(LENGTH).hex())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(made, self._file)
            except FileExistsError:  # another process was faster
                return
            self._sync_folder()
        finally:
            made.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        """Put the file's name on the disk too: keys that are stored after it are nothing without it."""
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class GivenPepper(Pepper):
    """What the settings say."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def get(self) -> bytes:
        return self._secret
