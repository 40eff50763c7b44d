"""Requests about a bucket that its client does not know, signed by AWS Signature Version 4.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who asks."""

    key: str
    secret: str
    token: str | None = None


def signed(
    keys: Keys,
    method: str,
    *,
    host: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    region: str,
    at: datetime,
) -> dict[str, str]:
    """Return the headers of a request with its signature. The path is encoded, the query is not."""
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    said = {
        **{name.lower(): value.strip() for name, value in headers.items()},
        "host": host,
        "x-amz-content-sha256": sha256(body).hexdigest(),
        "x-amz-date": moment,
        **({"x-amz-security-token": keys.token} if keys.token else {}),
    }
    names = ";".join(sorted(said))
    asked = "&".join(
        f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query)
    )
    told = "".join(f"{name}:{said[name]}\n" for name in sorted(said))
    request = "\n".join([method, path, asked, told, names, said["x-amz-content-sha256"]])
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, sha256(request.encode()).hexdigest()])
    signature = _hmac(_key(keys.secret, scope), text).hex()
    authorization = f"{_ALGORITHM} Credential={keys.key}/{scope},SignedHeaders={names},Signature={signature}"
    return {**said, "Authorization": authorization}


def _key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), sha256).digest()
