"""Releases as OCI image layouts on disk (image spec 1.1): one layout a product, one tag a release.

Blobs bear the names of their digests, and are there before the index names them; so a crash leaves at most
a blob that nothing refers to.
"""

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from taskforce.core.pipelines.delivery import Product
from taskforce.core.pipelines.errors import RegistryUnreachable
from taskforce.core.pipelines.ports import Packed, ReleaseRegistry
from taskforce.infrastructure.pipelines.oci_artifact import (
    INDEX,
    MANIFEST,
    REF_NAME,
    OciArtifact,
    described,
    oci_artifact,
)

_LAYOUT = b'{"imageLayoutVersion": "1.0.0"}'
_NEW_INDEX = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}


class OciLayouts(ReleaseRegistry):
    """Layouts under a folder of ours, at `project/repository/name`, a slash in the repository as %2F."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def pack(self, release_document: bytes, *, product: Product, tag: str) -> Packed:
        artifact = oci_artifact(release_document, product)
        place = Path(product.project, quote(product.repository, safe=""), product.name)
        try:
            await asyncio.to_thread(_write, self._folder / place, artifact, tag)
        except OSError as broken:
            raise RegistryUnreachable(f"The release could not be written: {broken.strerror}.") from broken
        return Packed(uri=f"oci-layout://{self._folder.name}/{place}:{tag}", digest=artifact.digest)


def _write(layout: Path, artifact: OciArtifact, tag: str) -> None:
    blobs = layout / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    for digest, content in (*artifact.blobs.items(), (artifact.digest, artifact.manifest)):
        blob = blobs / digest.removeprefix("sha256:")
        if not blob.exists():
            _replace(blob, content)
    if not (layout / "oci-layout").exists():
        _replace(layout / "oci-layout", _LAYOUT)
    with _locked(layout / ".lock"):
        _replace(layout / "index.json", _tagged(layout / "index.json", artifact, tag))


def _tagged(index: Path, artifact: OciArtifact, tag: str) -> bytes:
    """Return the index with the artifact under its tag, which no other manifest bears any more."""
    found: dict[str, Any] = json.loads(index.read_bytes()) if index.exists() else dict(_NEW_INDEX)
    others = [one for one in found["manifests"] if one.get("annotations", {}).get(REF_NAME) != tag]
    own = described(artifact.manifest, MANIFEST) | {"annotations": {REF_NAME: tag}}
    return json.dumps({**found, "manifests": [*others, own]}, indent=2).encode()


def _replace(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also after the power failed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that one process has at a time; it is let go when the process dies."""
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
