"""What becomes of artifacts in a bucket: large ones, broken ones, odd keys, and a bucket that is away."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import obstore
import pytest

from taskforce.artifact_address import BucketAddress
from taskforce.core.artifacts import ArtifactNotFound, Content
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.artifacts.s3 import PART, S3ArtifactStore
from taskforce.infrastructure.artifacts.s3_client import client_of
from tests.integration.contracts.test_artifact_store import put
from tests.integration.s3.uploads import open_uploads
from tests.services.relay import relay
from tests.services.s3_server import S3Server
from tests.services.wires import Cut, wire_to

LARGE = 40 * 1024 * 1024
BLOCK = bytes(range(256)) * 4096
ODD = ["a b/c", "100%/%2F", "#/?q=1&x", "~*'()!;:@$,", "ä 🙂/…", '"<>{}|^`[]', "+plus+", "=", "a/.b"]


@pytest.fixture
def store(bucket: BucketAddress) -> S3ArtifactStore:
    return S3ArtifactStore(bucket)


async def stream(size: int, *, broken: bool = False) -> AsyncIterator[bytes]:
    for _ in range(size // len(BLOCK)):
        yield BLOCK
    if broken:
        raise ValueError("cut off")


def begin_peak() -> int:
    """Let the peak begin anew (proc(5)), and return it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()


def peak() -> int:
    """Return how many bytes this process has had in memory at most."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024


@pytest.mark.parametrize("form", ["stream", "path"])
async def test_what_is_large_goes_in_parts_and_never_is_in_memory_as_a_whole(
    store: S3ArtifactStore, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "large"
    with file.open("wb") as written:
        for _ in range(LARGE // len(BLOCK)):
            written.write(BLOCK)
    content: Content = file if form == "path" else stream(LARGE)
    before = begin_peak()
    ref = await put(store, content)
    digest, size = hashlib.sha256(), 0
    async with store.open(ref) as chunks:
        async for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
    assert (size, digest.hexdigest()) == (LARGE, ref.sha256)
    assert peak() - before < LARGE


async def test_an_object_bears_its_media_type_and_its_sha256(
    store: S3ArtifactStore, bucket: BucketAddress
) -> None:
    for size in (5, 2 * PART):
        ref = await put(store, b"x" * size)
        found = await obstore.get_async(client_of(bucket), bucket.placed(ref.key))
        assert found.attributes["sha256"] == ref.sha256
        assert found.attributes["Content-Type"] == "text/markdown"
        assert found.attributes["Content-Disposition"] == "attachment"


async def test_of_a_stream_that_breaks_nothing_is_left(store: S3ArtifactStore, bucket: BucketAddress) -> None:
    with pytest.raises(ValueError, match="cut off"):
        await put(store, stream(LARGE, broken=True))
    assert await obstore.list(client_of(bucket), prefix=bucket.prefix).collect_async() == []
    assert await open_uploads(bucket) == []


async def test_of_an_upload_that_is_cancelled_nothing_is_left(
    store: S3ArtifactStore, bucket: BucketAddress, tmp_path: Path
) -> None:
    file = tmp_path / "large"
    file.write_bytes(BLOCK * (LARGE // len(BLOCK)))
    storing = asyncio.create_task(put(store, file))
    seen: list[str] = []
    while not seen and not storing.done():
        seen = await open_uploads(bucket)
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    assert await open_uploads(bucket) == []
    assert await obstore.list(client_of(bucket), prefix=bucket.prefix).collect_async() == []


@pytest.mark.parametrize("key", ODD)
async def test_an_odd_key_is_the_key_in_the_bucket_too(
    store: S3ArtifactStore, bucket: BucketAddress, key: str
) -> None:
    ref = await put(store, key.encode(), key)
    assert await store.read(ref) == key.encode()
    listed = await obstore.list(client_of(bucket), prefix=bucket.prefix).collect_async()
    assert [found["path"] for found in listed] == [bucket.placed(key)]
    await store.clear(key.partition("/")[0])
    await store.delete(key)
    with pytest.raises(ArtifactNotFound):
        await store.read(ref)


async def test_of_two_writers_of_one_key_one_is_whole(store: S3ArtifactStore) -> None:
    refs = await asyncio.gather(put(store, b"a" * LARGE), put(store, b"b" * LARGE), put(store, b"c"))
    whole = []
    for ref in refs:
        try:
            whole.append(await store.read(ref))
        except Unavailable:  # damaged: it is another's
            continue
    assert len(whole) == 1


async def test_more_than_a_page_of_keys_is_cleared(store: S3ArtifactStore, bucket: BucketAddress) -> None:
    client = client_of(bucket)
    keys = [bucket.placed(f"default/job/{number}") for number in range(1_005)]
    for start in range(0, len(keys), 50):
        await asyncio.gather(*(obstore.put_async(client, key, b"") for key in keys[start : start + 50]))
    kept = await put(store, b"x", "default/job2")
    await store.clear("default/job")
    listed = await obstore.list(client, prefix=bucket.prefix).collect_async()
    assert [found["path"] for found in listed] == [bucket.placed(kept.key)]


async def test_a_bucket_that_is_not_there_and_keys_that_are_wrong_are_told(
    s3: S3Server, shared_bucket: str, store: S3ArtifactStore
) -> None:
    ref = await put(store, b"x")
    for address, reason in (
        (s3.address("no-such-bucket"), "there is no such bucket"),
        (s3.address(shared_bucket, secret="wrong"), r"it refuses the keys \(SignatureDoesNotMatch\)"),
    ):
        other = S3ArtifactStore(address)
        for work in (
            other.put("a", b"x", media_type="text/plain"),
            other.put("a", b"x" * 2 * PART, media_type="text/plain"),
            other.read(ref),
            other.delete("a"),
            other.clear("a"),
        ):
            with pytest.raises(Unavailable, match=reason) as told:
                await work
            assert "s3cr3t" not in str(told.value)
            assert told.value.code == "unavailable"  # and not artifact_damaged
        with pytest.raises(Unavailable, match=r"refuses the keys|no such bucket"):
            await other.check()


async def test_a_bucket_that_takes_bytes_bears_a_mark_of_it(
    store: S3ArtifactStore, bucket: BucketAddress
) -> None:
    await store.check()
    await store.check()
    listed = await obstore.list(client_of(bucket), prefix=bucket.prefix).collect_async()
    assert [found["path"] for found in listed] == [bucket.placed(".taskforce")]


async def test_while_the_server_is_away_it_is_told_and_afterwards_all_is_there(
    s3: S3Server, store: S3ArtifactStore
) -> None:
    ref = await put(store, b"x")
    await asyncio.to_thread(s3.stop)
    try:
        for work in (put(store, b"y"), store.read(ref), store.check(), store.clear("default")):
            with pytest.raises(Unavailable, match="not reached"):
                await work
    finally:
        await asyncio.to_thread(s3.start)
    assert await store.read(ref) == b"x"
    assert await store.read(await put(store, b"y")) == b"y"


async def test_an_answer_that_breaks_off_is_asked_for_again(
    s3: S3Server, shared_bucket: str, bucket: BucketAddress
) -> None:
    async with relay(s3.port) as wire:
        address = BucketAddress(
            bucket=shared_bucket,
            prefix=bucket.prefix,
            endpoint=f"http://127.0.0.1:{wire.port}",
            region=bucket.region,
            key=bucket.key,
            secret=bucket.secret,
        )
        store = S3ArtifactStore(address)
        wire.break_off_after(b"PUT /")
        ref = await put(store, b"hello")
        wire.break_off_after(b"GET /")
        assert await store.read(ref) == b"hello"


async def test_who_has_it_already_is_told_so_and_a_part_is_given(
    store: S3ArtifactStore, bucket: BucketAddress
) -> None:
    ref = await put(store, b"0123456789")
    url = obstore.sign(client_of(bucket), "GET", bucket.placed(ref.key), timedelta(minutes=1))
    async with httpx2.AsyncClient() as client:
        first = await client.get(url)
        again = await client.get(url, headers={"If-None-Match": first.headers["ETag"]})
        part = await client.get(url, headers={"Range": "bytes=2-4"})
    assert (first.status_code, again.status_code) == (200, 304)
    assert (part.status_code, part.content) == (206, b"234")


async def test_who_reads_for_longer_than_the_bucket_may_be_silent_has_it_whole(
    store: S3ArtifactStore, bucket: BucketAddress
) -> None:
    silence = 2.0
    patient = S3ArtifactStore(bucket, silence=timedelta(seconds=silence))
    ref = await put(store, stream(LARGE))
    read = 0
    async with patient.open(ref) as chunks:
        async for chunk in chunks:
            if not read:
                await asyncio.sleep(1.5 * silence)
            read += len(chunk)
    assert read == LARGE


async def test_a_bucket_that_says_nothing_is_away_for_its_readers_before_long(
    s3: S3Server, store: S3ArtifactStore, bucket: BucketAddress
) -> None:
    ref = await put(store, b"x")
    with wire_to(s3.port) as wire:
        wire.cut(Cut.SILENT)
        endpoint = f"http://127.0.0.1:{wire.port}"
        silent = S3ArtifactStore(replace(bucket, endpoint=endpoint), silence=timedelta(seconds=0.1))
        with pytest.raises(Unavailable, match="not reached"):
            await silent.read(ref)
