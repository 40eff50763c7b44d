"""How long a bucket keeps logs: by a label on each object, and by rules that go by the label."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import ParseError

from taskforce.artifact_address import BucketAddress
from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.pipelines.keys import RUNS_PREFIX, run_prefix
from taskforce.core.pipelines.retention import LogKeeping, LogRules, RunEnvironment
from taskforce.infrastructure.artifacts.s3 import LABEL, S3ArtifactStore
from taskforce.infrastructure.artifacts.s3_bucket import BucketRequests
from taskforce.infrastructure.artifacts.s3_client import NotInBucket
from taskforce.infrastructure.artifacts.s3_rules import Rule, lacking, merged

_LIFECYCLE = "lifecycle"
_LEFT = 2
"""Days after which a multipart upload goes that a crash has left."""


class S3LogKeeping(LogKeeping):
    """Stores what a run has stored once more, under the label of whichever environment keeps it longest.

    An object's age counts from then on, so that no rule takes it before its time; pruning is exact.
    """

    def __init__(self, store: S3ArtifactStore, days: Mapping[str, int]) -> None:
        self._store = store
        self._days = days

    async def keep(self, run: JobId, environment: RunEnvironment) -> None:
        def longest(label: str | None) -> str:
            return max(label or "", environment.value, key=lambda name: self._days.get(name, 0))

        await self._store.relabel(run_prefix(run).rstrip("/"), longest)


class S3LogRules(LogRules):
    """Merges our rules into the bucket's by their ids, which hold the prefix: other rules stay."""

    def __init__(
        self, asking: BucketRequests | None, address: BucketAddress, days: Mapping[str, int]
    ) -> None:
        self._asking = asking
        """None: the keys are not told to us, but come from where the bucket's client gets them itself."""
        self._rules = [
            *(
                Rule(
                    id=f"taskforce {address.prefix}logs {environment}",
                    prefix=address.placed(RUNS_PREFIX),
                    days=kept,
                    tag=(LABEL, environment),
                )
                for environment, kept in days.items()
            ),
            Rule(id=f"taskforce {address.prefix}uploads", prefix=address.prefix, days=_LEFT, tag=None),
        ]

    async def missing(self) -> Sequence[str]:
        return [rule.id for rule in self._lacking(await self._document())]

    async def put(self) -> None:
        document = await self._document()
        if not self._lacking(document):
            return
        body = merged(document, self._rules)
        md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode("ascii")
        await self._asked("PUT", body, {"Content-MD5": md5})

    async def _document(self) -> bytes:
        try:
            return await self._asked("GET")
        except NotInBucket:  # NoSuchLifecycleConfiguration
            return b""

    async def _asked(self, method: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        if self._asking is None:
            raise Unavailable("The rules of the bucket are not known: its keys are told to its client alone.")
        return await self._asking.ask(method, _LIFECYCLE, body=body, headers=headers)

    def _lacking(self, document: bytes) -> Sequence[Rule]:
        try:
            return lacking(document, self._rules)
        except (ParseError, ValueError) as strange:
            raise Unavailable("The bucket's rules cannot be read.") from strange
