"""One S3 server for all tests of a process: a bucket, and in it a place of each test's own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from taskforce.artifact_address import BucketAddress
from tests.services.s3_server import S3Server, s3_server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Give a server."""
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def shared_bucket(s3: S3Server) -> str:
    """Give the name of the bucket that the tests of a process share."""
    return s3.create()


@pytest.fixture
def bucket(s3: S3Server, shared_bucket: str) -> BucketAddress:
    """Give the address of a place of the test's own."""
    return s3.address(shared_bucket, prefix=f"{uuid4().hex}/")
