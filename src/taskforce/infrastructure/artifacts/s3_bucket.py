"""What is asked of a bucket itself, and not of an object in it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

from taskforce.artifact_address import BucketAddress
from taskforce.core.clock import Clock
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.artifacts.s3_client import NotInBucket, reason, status_and_code
from taskforce.infrastructure.artifacts.s3_signing import Keys, signed

_PATIENCE = 30.0
_MISSING, _WRONG = 404, 300


class BucketRequests:
    """Asks a bucket, by requests that its client does not know."""

    def __init__(self, address: BucketAddress, *, keys: Keys, region: str, clock: Clock) -> None:
        self._address = address
        self._keys = keys
        self._region = region
        self._clock = clock
        self._base = address.endpoint or f"https://s3.{region}.amazonaws.com"

    async def ask(
        self, method: str, query: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Return what the bucket says to a sub-resource. Raises NotInBucket, Unavailable."""
        parts = urlsplit(self._base)
        path = f"{parts.path}/{self._address.bucket}"
        said = signed(
            self._keys,
            method,
            host=parts.netloc,
            path=path,
            query={query: ""},
            headers=headers or {},
            body=body,
            region=self._region,
            at=self._clock.now(),
        )
        url = f"{parts.scheme}://{parts.netloc}{path}?{query}="
        try:
            async with httpx2.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
                answer = await client.request(method, url, content=body, headers=said)
        except httpx2.HTTPError as error:
            raise Unavailable(self._told("it is not reached")) from error
        if answer.status_code < _WRONG:
            return answer.content
        status, code = status_and_code(f"status code: {answer.status_code} {answer.text}")
        if answer.status_code == _MISSING and code != "NoSuchBucket":
            raise NotInBucket
        raise Unavailable(self._told(reason(status, code)))

    def _told(self, why: str) -> str:
        return f"The bucket {self._address.bucket} cannot be used: {why}."
