"""Logs in a bucket: what keeps them, its own rules, their addresses; each only where there is a bucket."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from taskforce.artifact_address import BucketAddress
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.pipelines.ports import LogLinks
from taskforce.core.pipelines.retention import LogKeeping, LogRules
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.pipelines.signed_urls import STEADY, VALID, SignedLogLinks

_DEFAULT_REGION = "us-east-1"


def log_keeping_in(store: ArtifactStore, days: Mapping[str, int]) -> LogKeeping | None:
    """Return what keeps logs longer; None where only we remove them."""
    if isinstance(store, LocalArtifactStore):
        return None
    from taskforce.infrastructure.artifacts.s3 import S3ArtifactStore  # noqa: PLC0415 - the extra s3
    from taskforce.infrastructure.pipelines.bucket_log_rules import S3LogKeeping  # noqa: PLC0415 - the same

    return S3LogKeeping(store, days) if isinstance(store, S3ArtifactStore) else None


def log_rules_in(
    bucket: BucketAddress | None,
    days: Mapping[str, int],
    clock: Clock,
    *,
    variable: Callable[[str], str | None],
) -> LogRules | None:
    """Return the rules of a bucket, None where there is none. Variables tell what the address does not."""
    if bucket is None:
        return None
    from taskforce.infrastructure.artifacts.s3_bucket import BucketRequests  # noqa: PLC0415 - the extra s3
    from taskforce.infrastructure.artifacts.s3_signing import Keys  # noqa: PLC0415 - the same
    from taskforce.infrastructure.pipelines.bucket_log_rules import S3LogRules  # noqa: PLC0415 - the same

    key, secret, token = bucket.key, bucket.secret, None
    if key is None:
        key, secret = variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")
        token = variable("AWS_SESSION_TOKEN")
    region = bucket.region or variable("AWS_REGION") or variable("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    asking = None
    if key and secret:
        keys = Keys(key=key, secret=secret, token=token)
        asking = BucketRequests(bucket, keys=keys, region=region, clock=clock)
    return S3LogRules(asking, bucket, days)


def log_links_at(
    bucket: BucketAddress | None,
    file: Path,
    clock: Clock,
    *,
    new_key: Callable[[int], bytes],
    secret: SecretStr | None,
) -> LogLinks:
    """Return what makes addresses: of the bucket that logs are in, or of our own route."""
    if bucket is None:
        given = None if secret is None else secret.get_secret_value()
        return SignedLogLinks(file, clock, new_key=new_key, secret=given)
    from taskforce.infrastructure.pipelines.presigned_urls import PresignedLogLinks  # noqa: PLC0415 - the extra s3

    valid, steady = timedelta(seconds=VALID), timedelta(seconds=STEADY)
    return PresignedLogLinks(bucket, clock, valid=valid, steady=steady)
