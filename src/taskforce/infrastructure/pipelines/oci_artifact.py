"""A release as an OCI artifact: its blobs and manifest (image spec 1.1, guidelines for artifact usage)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from taskforce.core.pipelines.delivery import Product
from taskforce.core.pipelines.packing import RELEASE_MEDIA_TYPE

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
REF_NAME = "org.opencontainers.image.ref.name"
_EMPTY = "application/vnd.oci.empty.v1+json"
_NOTHING = b"{}"
_FILE = "release.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OciArtifact:
    """What is written: the blobs by their digests, and the manifest, which is one of them in a layout."""

    blobs: Mapping[str, bytes]
    manifest: bytes

    @property
    def digest(self) -> str:
        """Return the manifest's digest."""
        return digest_of(self.manifest)


def oci_artifact(document: bytes, product: Product) -> OciArtifact:
    """Return the artifact that holds a release's document; the same document gives the same bytes."""
    blobs = {digest_of(content): content for content in (_NOTHING, document)}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": RELEASE_MEDIA_TYPE,
        "config": described(_NOTHING, _EMPTY),
        "layers": [
            described(document, RELEASE_MEDIA_TYPE)
            | {"annotations": {"org.opencontainers.image.title": _FILE}}
        ],
        "annotations": {"org.opencontainers.image.title": f"{product.repository}/{product.name}"},
    }
    return OciArtifact(blobs=blobs, manifest=json.dumps(manifest, indent=2).encode())


def described(content: bytes, media_type: str) -> dict[str, object]:
    """Return the descriptor of a blob."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def digest_of(content: bytes) -> str:
    """Return the digest of bytes as OCI writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
