"""Releases as OCI artifacts: a layout on disk, and a real registry, with the same digests."""

import asyncio
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from taskforce.core.pipelines.delivery import Product
from taskforce.core.pipelines.errors import RegistryUnreachable
from taskforce.core.pipelines.packing import RELEASE_MEDIA_TYPE
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.pipelines.oci_artifact import MANIFEST, REF_NAME
from taskforce.infrastructure.pipelines.oci_layout import OciLayouts
from taskforce.infrastructure.pipelines.oci_registry import OciRegistry
from taskforce.infrastructure.pipelines.registries import registry_at
from tests.services.oci_registry import PASSWORD, USER, oci_registry

SHOP = Product(project=DEFAULT_PROJECT, repository="acme/Shop", name="app")
DOCUMENT = b'{"release_number": 1}\n'


def layout_of(folder: Path) -> Path:
    return folder / "releases" / "default" / "acme%2FShop" / "app"


def read(path: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(path.read_bytes())


def inspected(source: str) -> bytes:
    return subprocess.check_output(["skopeo", "inspect", "--raw", source])


def blob(layout: Path, digest: str) -> bytes:
    return (layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()


async def test_a_layout_is_one_by_the_image_spec(tmp_path: Path) -> None:
    packed = await OciLayouts(tmp_path / "releases").pack(DOCUMENT, product=SHOP, tag="1-abc")
    assert packed.uri == "oci-layout://releases/default/acme%2FShop/app:1-abc"
    layout = layout_of(tmp_path)
    assert read(layout / "oci-layout") == {"imageLayoutVersion": "1.0.0"}
    (entry,) = read(layout / "index.json")["manifests"]
    assert (entry["mediaType"], entry["digest"]) == (MANIFEST, packed.digest)
    assert entry["annotations"] == {REF_NAME: "1-abc"}
    manifest = json.loads(blob(layout, packed.digest))
    assert manifest["artifactType"] == RELEASE_MEDIA_TYPE
    (layer,) = manifest["layers"]
    assert blob(layout, layer["digest"]) == DOCUMENT
    for described in (entry, layer, manifest["config"]):
        content = blob(layout, described["digest"])
        assert described["size"] == len(content)
        assert described["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


async def test_the_same_content_is_written_once_and_a_tag_names_one_manifest(tmp_path: Path) -> None:
    layouts = OciLayouts(tmp_path / "releases")
    first = await layouts.pack(DOCUMENT, product=SHOP, tag="1-abc")
    assert await layouts.pack(DOCUMENT, product=SHOP, tag="1-abc") == first
    second = await layouts.pack(b"{}\n", product=SHOP, tag="1-abc")
    index = read(layout_of(tmp_path) / "index.json")
    assert [one["digest"] for one in index["manifests"]] == [second.digest] != [first.digest]


async def test_releases_packed_side_by_side_are_all_in_the_index(tmp_path: Path) -> None:
    layouts = OciLayouts(tmp_path / "releases")
    packs = [layouts.pack(b"%d\n" % n, product=SHOP, tag=f"{n}-abc") for n in range(12)]
    packed = await asyncio.gather(*packs)
    index = read(layout_of(tmp_path) / "index.json")
    assert {one["digest"] for one in index["manifests"]} == {one.digest for one in packed}
    assert not list(layout_of(tmp_path).rglob(".incoming-*"))


async def test_a_layout_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("a file")
    with pytest.raises(RegistryUnreachable, match="could not be written"):
        await OciLayouts(tmp_path / "releases").pack(DOCUMENT, product=SHOP, tag="1-abc")
    assert isinstance(registry_at(None, folder=tmp_path), OciLayouts)


@pytest.mark.services
@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed: scripts/services.sh")
async def test_another_client_reads_the_layout(tmp_path: Path) -> None:
    packed = await OciLayouts(tmp_path / "releases").pack(DOCUMENT, product=SHOP, tag="1-abc")
    manifest = await asyncio.to_thread(inspected, f"oci:{layout_of(tmp_path)}:1-abc")
    assert f"sha256:{hashlib.sha256(manifest).hexdigest()}" == packed.digest


@pytest.mark.services
async def test_a_registry_has_what_the_layout_has(tmp_path: Path) -> None:
    with oci_registry(tmp_path) as host:
        registry = registry_at(f"http://{host}/releases", folder=tmp_path)
        packed = await registry.pack(DOCUMENT, product=SHOP, tag="1-abc")
        assert await registry.pack(DOCUMENT, product=SHOP, tag="1-abc") == packed
        assert packed.uri == f"oci://{host}/releases/acme/shop/app:1-abc"
        url = f"http://{host}/v2/releases/acme/shop/app"
        answer = httpx2.get(f"{url}/manifests/1-abc", headers={"Accept": MANIFEST})
        assert answer.headers["Docker-Content-Digest"] == packed.digest
        assert f"sha256:{hashlib.sha256(answer.content).hexdigest()}" == packed.digest
        (layer,) = answer.json()["layers"]
        assert httpx2.get(f"{url}/blobs/{layer['digest']}").content == DOCUMENT
    on_disk = await OciLayouts(tmp_path / "releases").pack(DOCUMENT, product=SHOP, tag="1-abc")
    assert on_disk.digest == packed.digest


@pytest.mark.services
async def test_a_closed_registry_wants_user_and_password(tmp_path: Path) -> None:
    with oci_registry(tmp_path, closed=True) as host:
        packed = await OciRegistry(f"http://{USER}:{PASSWORD}@{host}").pack(DOCUMENT, product=SHOP, tag="1")
        assert packed.uri == f"oci://{host}/acme/shop/app:1"
        for credentials in ("", f"{USER}:wrong@"):
            with pytest.raises(RegistryUnreachable, match="did not take") as refused:
                await OciRegistry(f"http://{credentials}{host}").pack(DOCUMENT, product=SHOP, tag="2")
            assert "wrong" not in refused.value.message


async def test_a_registry_that_is_away_is_told_at_once() -> None:
    with pytest.raises(RegistryUnreachable, match="ConnectionError"):
        await OciRegistry("http://127.0.0.1:9").pack(DOCUMENT, product=SHOP, tag="1")
