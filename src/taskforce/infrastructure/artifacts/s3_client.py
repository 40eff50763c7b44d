"""The client of a bucket, and what its errors mean."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from obstore.exceptions import BaseError
from obstore.store import S3Store

from taskforce.artifact_address import BucketAddress
from taskforce.core.errors import Unavailable

CONNECTED = timedelta(seconds=3)
ANSWERED = timedelta(seconds=30)
"""A request that sends something sends one part at most."""
SILENCE = timedelta(seconds=10)
"""Who reads takes its time, but is not left waiting."""
_READ = timedelta(days=1)
TRIES = 3
"""How often a request is made again that was not answered, or with 5xx …"""
TRIED = timedelta(seconds=10)
"""… while it is not older than this."""
_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
"""https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html."""
_STATUS = re.compile(r"status code: (\d{3})")
_NO_BUCKET = "NoSuchBucket"
_REFUSED = re.compile(r"401|403")


class NotInBucket(Exception):
    """The bucket has nothing under this key."""


def client_of(address: BucketAddress) -> S3Store:
    """Return a client; it reaches nothing before it is used. Each request is over before long."""
    return _client(address, {"timeout": ANSWERED}, tried=TRIED)


def reader_of(address: BucketAddress, *, silence: timedelta) -> S3Store:
    """Return a client that reads for as long as something comes, and waits for it no longer than this."""
    return _client(address, {"timeout": _READ, "read_timeout": silence}, tried=silence)


def _client(address: BucketAddress, patience: Mapping[str, timedelta], *, tried: timedelta) -> S3Store:
    said = {
        "endpoint": address.endpoint,
        "region": address.region,
        "access_key_id": address.key,
        "secret_access_key": address.secret,
    }
    return S3Store(
        address.bucket,
        config={name: value for name, value in said.items() if value is not None},  # type: ignore[arg-type]
        client_options={  # type: ignore[arg-type] # the names of options are known to its stub alone
            "allow_http": (address.endpoint or "").startswith("http:"),
            "connect_timeout": CONNECTED,
            **patience,
        },
        retry_config={
            "max_retries": TRIES,
            "retry_timeout": tried,
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=2),
                "base": 2,
            },
        },
    )


@contextmanager
def told(bucket: str) -> Iterator[None]:
    """Tell in our words what the client says: it prints whole requests. Raises NotInBucket, Unavailable."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        status, code = status_and_code(str(error))
        if status == "404" and code != _NO_BUCKET:
            raise NotInBucket from error
        raise Unavailable(f"The bucket {bucket} cannot be used: {reason(status, code)}.") from error


def status_and_code(said: str) -> tuple[str, str]:
    """Return which status an answer had, and which code of an error; empty where it has none."""
    return _first(_STATUS, said), _first(_CODE, said)


def reason(status: str, code: str) -> str:
    """Return in words why a request was not done."""
    if code == _NO_BUCKET:
        return "there is no such bucket"
    if _REFUSED.fullmatch(status):
        return f"it refuses the keys{f' ({code})' if code else ''}"
    if status:
        return f"it answers {status}{f' ({code})' if code else ''}"
    return "it is not reached, or its keys are not"


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
