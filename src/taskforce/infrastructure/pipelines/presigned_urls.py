"""Addresses of logs in a bucket, presigned by its client: whoever has one is sent there, not to us."""

from datetime import timedelta
from threading import Lock

import obstore

from taskforce.artifact_address import BucketAddress
from taskforce.core.clock import Clock
from taskforce.core.pipelines.errors import AddressOver
from taskforce.core.pipelines.ports import LogLinks
from taskforce.infrastructure.artifacts.s3_client import client_of

_MOST = 10_000
"""Addresses that are held at once."""


class PresignedLogLinks(LogLinks):
    """An address holds for `valid` at least; for `steady` the same log has the same one."""

    def __init__(self, address: BucketAddress, clock: Clock, *, valid: timedelta, steady: timedelta) -> None:
        self._address = address
        self._clock = clock
        self._valid = valid
        self._steady = steady
        self._client = client_of(address)
        self._made: dict[str, str] = {}
        self._period = 0
        self._making = Lock()

    def link(self, key: str) -> str:
        period = int(self._clock.now().timestamp() // self._steady.total_seconds())
        with self._making:
            if period != self._period or len(self._made) >= _MOST:
                self._made.clear()
                self._period = period
            if key not in self._made:
                place = self._address.placed(key)
                self._made[key] = obstore.sign(self._client, "GET", place, self._valid + self._steady)
            return self._made[key]

    def upload(self, key: str) -> str:
        return obstore.sign(self._client, "PUT", self._address.placed(key), self._valid)

    def check(self, key: str, *, expires: int, signature: str, is_upload: bool = False) -> None:
        """Refuse it: no address of the bucket leads to us."""
        raise AddressOver
