"""Addresses of logs, signed by HMAC-SHA256 (RFC 2104) under a key of this home."""

import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from urllib.parse import quote, urlencode

from taskforce.core.clock import Clock
from taskforce.core.pipelines.errors import AddressOver
from taskforce.core.pipelines.ports import LogLinks

PATH = "/v1/logs/"
VALID = 3_600
"""Seconds that an address holds at least."""
STEADY = 900
"""Seconds for which the same log has the same address, so that a run that stands still looks the same."""
_BYTES = 32
_READING, _PUTTING = "", "PUT\n"
_PURPOSE = b"addresses of logs"


class SignedLogLinks(LogLinks):
    """Signs with a key that is made on first use, in a file that only its owner reads.

    Doors of several homes sign with one key if they are given the same secret.
    """

    def __init__(
        self, file: Path, clock: Clock, *, new_key: Callable[[int], bytes], secret: str | None = None
    ) -> None:
        self._file = file
        self._clock = clock
        self._new_key = new_key
        self._known = None if secret is None else hmac.digest(secret.encode(), _PURPOSE, sha256)
        self._reading = Lock()

    def link(self, key: str) -> str:
        return self._address(key, _READING)

    def upload(self, key: str) -> str:
        return self._address(key, _PUTTING)

    def _address(self, key: str, purpose: str) -> str:
        expires = (int(self._clock.now().timestamp()) // STEADY + 1) * STEADY + VALID
        said = urlencode({"expires": expires, "signature": self._signature(purpose, key, expires)})
        return f"{PATH}{quote(key)}?{said}"

    def check(self, key: str, *, expires: int, signature: str, is_upload: bool = False) -> None:
        purpose = _PUTTING if is_upload else _READING
        right = hmac.compare_digest(self._signature(purpose, key, expires), signature)
        if not right or self._clock.now().timestamp() >= expires:
            raise AddressOver

    def _signature(self, purpose: str, key: str, expires: int) -> str:
        return hmac.new(self._key(), f"{purpose}{expires}\n{key}".encode(), sha256).hexdigest()

    def _key(self) -> bytes:
        with self._reading:
            if self._known is None:
                self._known = self._read() or self._made()
            return self._known

    def _read(self) -> bytes:
        with suppress(FileNotFoundError):
            return self._file.read_bytes()
        return b""

    def _made(self) -> bytes:
        """Make the key; of two processes that do so at once, both use the first one's."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        own = self._file.with_suffix(f".{os.getpid()}")
        own.touch(mode=0o600)
        own.write_bytes(self._new_key(_BYTES))
        with suppress(FileExistsError):
            os.link(own, self._file)
        own.unlink()
        return self._file.read_bytes()
