"""What is under way in a bucket and not seen yet."""

import re

from taskforce.artifact_address import BucketAddress
from taskforce.infrastructure.artifacts.s3_bucket import BucketRequests
from taskforce.infrastructure.artifacts.s3_signing import Keys
from taskforce.infrastructure.system.clock import SystemClock


def asking(address: BucketAddress) -> BucketRequests:
    """Return what asks a bucket of the tests."""
    assert address.key
    assert address.secret
    assert address.region
    keys = Keys(key=address.key, secret=address.secret)
    return BucketRequests(address, keys=keys, region=address.region, clock=SystemClock())


async def open_uploads(address: BucketAddress) -> list[str]:
    """Return the keys of multipart uploads that were begun below the prefix and are not over."""
    told = (await asking(address).ask("GET", "uploads")).decode()
    return [key for key in re.findall(r"<Key>([^<]*)</Key>", told) if key.startswith(address.prefix)]
