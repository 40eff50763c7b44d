"""Releases in a registry that speaks the OCI distribution protocol, by `oras`."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import oras.container
import oras.provider
import requests
from oras.auth import AuthenticationException, get_auth_backend
from requests.adapters import HTTPAdapter

from taskforce.core.pipelines.delivery import Product
from taskforce.core.pipelines.errors import RegistryUnreachable
from taskforce.core.pipelines.ports import Packed, ReleaseRegistry
from taskforce.infrastructure.pipelines.oci_artifact import MANIFEST, OciArtifact, oci_artifact

_SECONDS = 20.0
"""That the registry has for each answer."""
_DONE = frozenset({200, 201, 202})
_CHALLENGE = "WWW-Authenticate"


class OciRegistry(ReleaseRegistry):
    """A registry at an URL, with user and password in it if it wants them; its path begins all names."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._host = f"{host}:{parts.port}" if parts.port else host
        self._scheme = parts.scheme
        self._prefix = parts.path.strip("/")
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    async def pack(self, release_document: bytes, *, product: Product, tag: str) -> Packed:
        artifact = oci_artifact(release_document, product)
        name = "/".join(filter(None, (self._prefix, product.repository.lower(), product.name)))
        place = f"{self._host}/{name}:{tag}"
        try:
            await asyncio.to_thread(self._push, artifact, place)
        except (requests.RequestException, AuthenticationException, ValueError) as wrong:
            raise RegistryUnreachable(
                f"The registry {self._host} did not take the release: {_told(wrong)}."
            ) from wrong
        return Packed(uri=f"oci://{place}", digest=artifact.digest)

    def _push(self, artifact: OciArtifact, place: str) -> None:
        """Push the blobs and then the manifest that names them."""
        client = self._client()
        container = oras.container.Container(place, self._host)
        for digest, content in artifact.blobs.items():
            with tempfile.TemporaryDirectory() as folder:
                blob = Path(folder) / "blob"
                blob.write_bytes(content)
                layer = {"digest": digest, "size": len(content)}
                _check(client.upload_blob(str(blob), container, layer))
        url = f"{client.prefix}://{container.manifest_url()}"
        _check(client.do_request(url, "PUT", data=artifact.manifest, headers={"Content-Type": MANIFEST}))

    def _client(self) -> "_Client":
        """Return a client that proves who it is in the way that the registry asks for."""
        client = _Client(self._host, insecure=self._scheme == "http")
        if self._user:
            asked = client.session.get(f"{client.prefix}://{self._host}/v2/").headers.get(_CHALLENGE, "")
            way = "basic" if asked.lower().startswith("basic") else "token"
            client.auth = get_auth_backend(way, client.session, self._scheme == "http")
            client.auth.set_basic_auth(self._user, self._password)
        return client


class _Client(oras.provider.Registry):  # type: ignore[misc] # it has no types
    """oras, with an end to each request, and without its own retries, which take two minutes."""

    def __init__(self, host: str, *, insecure: bool) -> None:
        super().__init__(host, insecure=insecure)
        self.session.trust_env = False
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Timed())

    def do_request(self, *args: Any, **words: Any) -> requests.Response:  # noqa: ANN401 - as oras has them
        """Ask once."""
        once = oras.provider.Registry.do_request.__wrapped__
        answer: requests.Response = once(self, *args, **words)
        return answer


class _Timed(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, **words: Any) -> requests.Response:  # type: ignore[override] # noqa: ANN401 - all of them are passed on
        """Wait for an answer, but not for ever."""
        return super().send(request, **{**words, "timeout": words.get("timeout") or _SECONDS})


def _check(answer: requests.Response) -> None:
    if answer.status_code not in _DONE:
        raise ValueError(f"it answered {answer.status_code} {answer.reason}")


def _told(wrong: Exception) -> str:
    """Return what went wrong, without addresses, which may bear a password."""
    if isinstance(wrong, requests.Timeout):
        return f"no answer within {_SECONDS:g} s"
    return type(wrong).__name__ if isinstance(wrong, requests.RequestException) else str(wrong)
