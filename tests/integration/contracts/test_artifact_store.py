"""The artifact store keeps bytes under keys, and tells when they are not what they were."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taskforce.core.artifacts import (
    ArtifactDamaged,
    ArtifactNotFound,
    ArtifactRef,
    ArtifactStore,
    Content,
    StoredBytes,
)
from taskforce.core.errors import Invalid, Unavailable
from taskforce.core.identity import ArtifactId
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.system.clock import SetClock, SystemClock
from tests.builders import ids

KEY = "default/reports/summary.md"
LONG = os.urandom(3_000_000)


def a_ref(stored: StoredBytes, key: str = KEY) -> ArtifactRef:
    return ArtifactRef(
        id=ArtifactId(ids.new()),
        key=key,
        kind="report",
        media_type="text/markdown",
        size=stored.size,
        sha256=stored.sha256,
    )


async def put(store: ArtifactStore, content: Content, key: str = KEY) -> ArtifactRef:
    return a_ref(await store.put(key, content, media_type="text/markdown"), key)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("content", [b"", b"hello", LONG], ids=["empty", "short", "long"])
@pytest.mark.parametrize("form", ["bytes", "path", "stream"])
async def test_bytes_come_back_as_they_were_put(
    artifact_store: ArtifactStore, tmp_path: Path, content: bytes, form: str
) -> None:
    file = tmp_path / "content"
    file.write_bytes(content)
    forms: dict[str, Content] = {
        "bytes": content,
        "path": file,
        "stream": pieces(content[:2], b"", content[2:]),
    }
    ref = await put(artifact_store, forms[form])
    assert (ref.size, ref.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert await artifact_store.read(ref) == content


async def test_what_is_put_again_replaces_what_was_there(artifact_store: ArtifactStore) -> None:
    await put(artifact_store, b"first, and longer")
    assert await artifact_store.read(await put(artifact_store, b"second")) == b"second"


async def test_nothing_replaces_what_was_there_too(artifact_store: ArtifactStore) -> None:
    await put(artifact_store, b"first, and longer")
    nothing = await put(artifact_store, b"")
    assert await artifact_store.read(nothing) == b""
    assert await artifact_store.read(await put(artifact_store, b"second")) == b"second"


async def test_a_stream_that_breaks_leaves_what_was_there(artifact_store: ArtifactStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError("cut off")

    ref = await put(artifact_store, b"whole")
    with pytest.raises(ValueError, match="cut off"):
        await put(artifact_store, broken())
    assert await artifact_store.read(ref) == b"whole"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "..",
        "a/../../b",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "a\x00b",
        "a\nb",
        "\ud800",
        "x" * 300,
        "y/" * 600,
    ],
)
async def test_a_key_that_leaves_the_store_is_refused(artifact_store: ArtifactStore, key: str) -> None:
    with pytest.raises(Invalid):
        await artifact_store.put(key, b"x", media_type="text/plain")
    with pytest.raises(Invalid):
        await artifact_store.delete(key)
    with pytest.raises(Invalid):
        await artifact_store.clear(key)


@pytest.mark.parametrize("key", ["a", "default/ä 🙂/…b", "a/.b", "a/..b", "a/b.tar.gz"])
async def test_any_plain_path_is_a_key(artifact_store: ArtifactStore, key: str) -> None:
    assert await artifact_store.read(await put(artifact_store, b"x", key)) == b"x"


async def test_all_below_a_part_of_the_key_is_cleared(artifact_store: ArtifactStore) -> None:
    gone = [await put(artifact_store, b"x", f"default/job/{name}") for name in ("a.txt", "deep/er/b", "c")]
    kept = [await put(artifact_store, b"y", key) for key in ("default/job2/a", "other/job/a", "default/jo")]
    for _ in range(2):
        await artifact_store.clear("default/job")
    for ref in gone:
        with pytest.raises(ArtifactNotFound):
            await artifact_store.read(ref)
    assert [await artifact_store.read(ref) for ref in kept] == [b"y"] * 3
    await artifact_store.clear("default/jo")
    assert await artifact_store.read(kept[-1]) == b"y"


async def test_what_somebody_else_has_put_is_opened_as_it_is(artifact_store: ArtifactStore) -> None:
    await put(artifact_store, LONG)
    async with artifact_store.arrived(KEY) as chunks:
        assert b"".join([chunk async for chunk in chunks]) == LONG
    await artifact_store.delete(KEY)
    with pytest.raises(ArtifactNotFound):
        async with artifact_store.arrived(KEY):
            pass


async def test_what_is_not_there_is_not_found(artifact_store: ArtifactStore) -> None:
    ref = await put(artifact_store, b"x")
    await artifact_store.delete(ref.key)
    with pytest.raises(ArtifactNotFound):
        await artifact_store.read(ref)


async def test_nothing_is_deleted_without_complaint(artifact_store: ArtifactStore) -> None:
    await put(artifact_store, b"x", "a/b")
    await artifact_store.delete("a/c")
    await artifact_store.delete("a/b/c")
    await artifact_store.delete("a")
    await artifact_store.delete("never/was")


@pytest.mark.parametrize("others", [b"jello", b"hell", b"hello!", b"", LONG], ids=len)
async def test_other_bytes_than_were_put_are_told(artifact_store: ArtifactStore, others: bytes) -> None:
    ref = await put(artifact_store, b"hello")
    await put(artifact_store, others)
    with pytest.raises(ArtifactDamaged):
        await artifact_store.read(ref)


async def test_a_store_that_takes_bytes_says_so(artifact_store: ArtifactStore) -> None:
    await artifact_store.check()


async def test_a_link_out_of_the_local_store_is_not_followed(tmp_path: Path) -> None:
    store = LocalArtifactStore(tmp_path / "store", SystemClock())
    await put(store, b"x", "default/a")
    (tmp_path / "store" / "out").symlink_to(tmp_path)
    with pytest.raises(Invalid):
        await store.put("out/a", b"x", media_type="text/plain")


async def test_a_local_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    with pytest.raises(Unavailable):
        await LocalArtifactStore(tmp_path / "store", SystemClock()).check()


async def test_a_file_that_opens_too_late_is_closed_again(tmp_path: Path) -> None:
    store = LocalArtifactStore(tmp_path / "store", SystemClock())
    ref = await put(store, b"hello")
    file = tmp_path / "store" / KEY
    file.unlink()
    os.mkfifo(file)  # opens for reading once somebody opens it for writing
    reading = asyncio.create_task(_read(store, ref))
    await asyncio.sleep(0.1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    with file.open("wb"):
        pass
    await asyncio.sleep(0.1)
    with pytest.raises(OSError, match="No such device"):  # nobody reads
        os.open(file, os.O_WRONLY | os.O_NONBLOCK)


async def _read(store: ArtifactStore, ref: ArtifactRef) -> bytes:
    async with store.open(ref) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_the_local_store_leaves_no_half_files(tmp_path: Path) -> None:
    store = LocalArtifactStore(tmp_path / "store", SystemClock())
    await put(store, b"x", "default/a")
    await store.check()
    assert [file.name for file in (tmp_path / "store").rglob("*") if file.is_file()] == ["a"]


async def test_what_a_crash_left_half_written_is_removed_when_it_is_old(tmp_path: Path) -> None:
    incoming = tmp_path / "store" / ".incoming"
    incoming.mkdir(parents=True)
    moment = datetime.now(UTC)
    for name, age in {"old": 3_601, "young": 3_599}.items():
        (incoming / name).write_bytes(b"half")
        os.utime(incoming / name, times=(moment.timestamp() - age,) * 2)

    await LocalArtifactStore(tmp_path / "store", SetClock(moment)).check()

    assert [file.name for file in incoming.iterdir()] == ["young"]


async def test_a_file_that_is_being_written_is_not_removed_however_old_it_is(tmp_path: Path) -> None:
    clock = SetClock(datetime.now(UTC))
    store = LocalArtifactStore(tmp_path / "store", clock)
    others = LocalArtifactStore(tmp_path / "store", clock)

    async def slow() -> AsyncIterator[bytes]:
        yield b"one"
        clock.pass_(seconds=7_200)
        await others.check()
        await store.check()
        yield b"two"

    ref = await put(store, slow())

    assert await store.read(ref) == b"onetwo"


async def test_a_home_that_the_local_store_is_the_first_to_make_is_its_owners_alone(tmp_path: Path) -> None:
    await put(LocalArtifactStore(tmp_path / "home" / "artifacts", SystemClock()), b"said in confidence")

    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
