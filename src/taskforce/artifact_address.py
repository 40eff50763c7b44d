"""Addresses of where artifacts are: `file:///folder`, or `s3://key:password@bucket/prefix?endpoint=…&region=…`."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

FORM = "must be file:///folder or s3://bucket/prefix?endpoint=https://host&region=name"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, older ones too."""
_ENDPOINT = re.compile(r"https?://[^/?#@\s]+")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]*")
"""Characters that need no care, by https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html."""
_KNOWN = frozenset({"endpoint", "region"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """A bucket, and what of it is ours. What is None is told by the usual variables of AWS, or by AWS."""

    bucket: str
    prefix: str
    """What all keys begin with: empty, or a path that ends with a slash."""
    endpoint: str | None
    region: str | None
    key: str | None = None
    secret: str | None = field(default=None, repr=False)

    def placed(self, key: str) -> str:
        """Return where a key of the store is in the bucket."""
        return f"{self.prefix}{key}"


def address_of(url: str) -> Path | BucketAddress:
    """Return the folder or the bucket that an address names.

    Raises ValueError that says what is wrong without the address, for it may hold a secret.
    """
    try:
        parts = urlsplit(url)
    except ValueError as broken:
        raise ValueError(FORM) from broken
    if parts.scheme == "file":
        return _folder(parts)
    if parts.scheme == "s3":
        return _bucket(parts)
    raise ValueError(FORM)


def _folder(parts: SplitResult) -> Path:
    path = Path(unquote(parts.path))
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or not path.is_absolute():
        raise ValueError("must be file:/// and the whole path of a folder")
    return path


def _bucket(parts: SplitResult) -> BucketAddress:
    who, at, bucket = parts.netloc.rpartition("@")
    key, colon, secret = who.partition(":")
    if at and not (key and colon and secret):
        raise ValueError("must name a key and its secret before @, with %XX for what is special, or none")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError("must name a bucket after s3://")
    if parts.fragment:
        raise ValueError("has a #, which must be written as %23")
    prefix = parts.path.strip("/")
    if not _PREFIX.fullmatch(prefix) or not {"", ".", ".."}.isdisjoint(prefix.split("/") if prefix else ()):
        raise ValueError("has a prefix that is no plain path")
    said = _said(parts.query)
    return BucketAddress(
        bucket=bucket,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=said.get("endpoint"),
        region=said.get("region"),
        key=unquote(key) or None,
        secret=unquote(secret) or None,
    )


def _said(query: str) -> dict[str, str]:
    """Return what is told behind the question mark."""
    pairs = parse_qsl(query, keep_blank_values=True)
    said = dict(pairs)
    if len(said) != len(pairs) or not said.keys() <= _KNOWN or not all(said.values()):
        raise ValueError("may say endpoint and region behind ?, each once, and nothing else")
    endpoint = said.get("endpoint", "").rstrip("/")
    if endpoint and not _ENDPOINT.fullmatch(endpoint):
        raise ValueError("has an endpoint that is not http:// or https:// and a host")
    return said | ({"endpoint": endpoint} if endpoint else {})
