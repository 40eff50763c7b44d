"""Logs of runs in a bucket: their addresses, and the rules by which the bucket removes them by itself."""

import asyncio
import base64
import hashlib
import time
from datetime import timedelta

import httpx2
import obstore
import pytest

from taskforce.artifact_address import BucketAddress
from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.pipelines.errors import AddressOver
from taskforce.core.pipelines.keys import RUNS_PREFIX, log_key
from taskforce.core.pipelines.retention import LogRules, RunEnvironment
from taskforce.infrastructure.artifacts.s3 import PART, S3ArtifactStore
from taskforce.infrastructure.artifacts.s3_client import client_of
from taskforce.infrastructure.pipelines.bucket_logs import log_keeping_in, log_rules_in
from taskforce.infrastructure.pipelines.presigned_urls import PresignedLogLinks
from taskforce.infrastructure.system.clock import SetClock, SystemClock
from tests.builders import ids
from tests.integration.contracts.test_artifact_store import put
from tests.integration.s3.uploads import asking
from tests.services.s3_server import S3Server

DAYS = {"development": 1, "staging": 30, "production": 90}
FOREIGN = b"""<?xml version="1.0" encoding="UTF-8"?>
<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>theirs</ID>
<Prefix>else/</Prefix><Status>Enabled</Status><Expiration><Days>400</Days></Expiration></Rule>
</LifecycleConfiguration>"""


@pytest.fixture
def run() -> JobId:
    return JobId(ids.new())


@pytest.fixture
def store(bucket: BucketAddress) -> S3ArtifactStore:
    return S3ArtifactStore(bucket, labels={RUNS_PREFIX: "development"})


@pytest.fixture
def links(bucket: BucketAddress) -> PresignedLogLinks:
    return links_of(bucket)


def links_of(bucket: BucketAddress, *, seconds: int = 60) -> PresignedLogLinks:
    half = timedelta(seconds=seconds / 2)
    return PresignedLogLinks(bucket, SystemClock(), valid=half, steady=half)


def rules_of(bucket: BucketAddress | None) -> LogRules:
    rules = log_rules_in(bucket, DAYS, SystemClock(), variable=lambda _: None)
    assert rules
    return rules


async def test_a_log_is_had_from_the_bucket_by_its_address(
    store: S3ArtifactStore, links: PresignedLogLinks, run: JobId
) -> None:
    key = log_key(run, "build", "my app", "ünit test")
    ref = await put(store, b"it works", key)
    url = links.link(key)
    assert url == links.link(key)
    answer = httpx2.get(url)
    assert (answer.status_code, answer.content) == (200, b"it works")
    assert answer.headers["x-amz-meta-sha256"] == ref.sha256
    assert answer.headers["Content-Disposition"] == "attachment"


async def test_another_key_method_end_or_signature_is_refused(
    store: S3ArtifactStore, links: PresignedLogLinks, run: JobId
) -> None:
    key, other = (log_key(run, "build", "app", step) for step in ("one", "two"))
    await put(store, b"1", key)
    await put(store, b"2", other)
    url = links.link(key)
    end = url.index("X-Amz-Expires=") + len("X-Amz-Expires=")
    wrong = [
        url.replace("/one.log", "/two.log"),
        f"{url[:end]}9{url[end:]}",
        f"{url[:-1]}{'0' if url[-1] != '0' else '1'}",
        url.partition("?")[0],
    ]
    assert [httpx2.get(address).status_code for address in wrong] == [403] * len(wrong)
    assert httpx2.put(url, content=b"mine").status_code == 403
    assert httpx2.delete(url).status_code == 403
    assert httpx2.get(url).content == b"1"
    with pytest.raises(AddressOver):
        links.check(key, expires=2**40, signature="0" * 64)


async def test_an_address_that_is_over_is_refused(
    store: S3ArtifactStore, bucket: BucketAddress, run: JobId
) -> None:
    key = log_key(run, "build", "app", "one")
    await put(store, b"1", key)
    url = links_of(bucket, seconds=2).link(key)
    deadline = time.monotonic() + 30
    status = 200
    while status == 200 and time.monotonic() < deadline:
        status = (await asyncio.to_thread(httpx2.get, url)).status_code
    assert status == 403


async def test_addresses_are_made_anew_after_a_while(bucket: BucketAddress) -> None:
    clock = SetClock(SystemClock().now())
    links = PresignedLogLinks(bucket, clock, valid=timedelta(hours=1), steady=timedelta(minutes=15))
    links.link("a")
    clock.pass_(seconds=900)
    links.link("b")
    assert set(links._made) == {"b"}  # noqa: SLF001 - what was made before is let go


async def test_rules_are_put_beside_those_of_others_and_once(s3: S3Server) -> None:
    bucket = s3.address(s3.create(), prefix="ours/")
    rules = rules_of(bucket)
    assert len(await rules.missing()) == 4
    await asking(bucket).ask("PUT", "lifecycle", body=FOREIGN, headers=md5_of(FOREIGN))
    await rules.put()
    assert await rules.missing() == []
    second = rules_of(s3.address(bucket.bucket, prefix="others/"))
    await second.put()
    told = (await asking(bucket).ask("GET", "lifecycle")).decode()
    assert told.count("<Rule>") == 9
    assert "<ID>theirs</ID>" in told
    assert "<Days>400</Days>" in told
    await rules.put()
    assert (await asking(bucket).ask("GET", "lifecycle")).decode() == told


async def test_the_bucket_removes_logs_by_their_labels(
    store: S3ArtifactStore, bucket: BucketAddress, run: JobId
) -> None:
    log = await put(store, b"a log", log_key(run, "build", "app", "one"))
    other = JobId(ids.new())
    await put(store, b"a kept log", log_key(other, "build", "app", "one"))
    large = await put(store, b"x" * 2 * PART, log_key(other, "build", "app", "two"))
    keeping = log_keeping_in(store, DAYS)
    assert keeping
    await keeping.keep(other, RunEnvironment.PRODUCTION)
    await keeping.keep(other, RunEnvironment.STAGING)  # the longest holds
    report = await put(store, b"no log", "default/report")
    await rules_of(bucket).put()
    client = client_of(bucket)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and await _is_there(client, bucket.placed(log.key)):  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    found = await obstore.list(client, prefix=bucket.prefix).collect_async()
    kept = {log_key(other, "build", "app", step) for step in ("one", "two")} | {report.key}
    assert {meta["path"] for meta in found} == {bucket.placed(key) for key in kept}
    assert len(await store.read(large)) == 2 * PART
    head = await obstore.get_async(client, bucket.placed(large.key))
    assert head.attributes["taskforce-keep"] == "production"
    assert head.attributes["sha256"] == large.sha256


async def _is_there(client: obstore.store.S3Store, place: str) -> bool:
    try:
        await obstore.head_async(client, place)
    except FileNotFoundError:
        return False
    return True


async def test_what_is_damaged_is_not_made_to_look_right(
    store: S3ArtifactStore, bucket: BucketAddress, run: JobId
) -> None:
    key = log_key(run, "build", "app", "one")
    await put(store, b"a log", key)
    told = {"Content-Type": "text/plain", "sha256": "0" * 64}
    await obstore.put_async(client_of(bucket), bucket.placed(key), b"other", attributes=told)
    keeping = log_keeping_in(store, DAYS)
    assert keeping
    await keeping.keep(run, RunEnvironment.PRODUCTION)
    found = await obstore.get_async(client_of(bucket), bucket.placed(key))
    assert dict(found.attributes) == told


async def test_rules_need_keys_that_are_known_and_right(s3: S3Server, shared_bucket: str) -> None:
    nobody = BucketAddress(
        bucket=shared_bucket, prefix="", endpoint=s3.endpoint, region=None, key=None, secret=None
    )
    with pytest.raises(Unavailable, match="its keys are told to its client alone"):
        await rules_of(nobody).missing()
    with pytest.raises(Unavailable, match=r"it refuses the keys \(SignatureDoesNotMatch\)"):
        await rules_of(s3.address(shared_bucket, secret="wrong")).put()
    with pytest.raises(Unavailable, match="there is no such bucket"):
        await rules_of(s3.address("no-such-bucket")).put()
    away = BucketAddress(
        bucket="abc", prefix="", endpoint="http://127.0.0.1:1", region="r", key="k", secret="s"
    )
    with pytest.raises(Unavailable, match="not reached"):
        await rules_of(away).missing()
    told = {"AWS_ACCESS_KEY_ID": "taskforce", "AWS_SECRET_ACCESS_KEY": "s3cr3t/of+the=tests"}
    rules = log_rules_in(nobody, DAYS, SystemClock(), variable=told.get)
    assert rules
    assert len(await rules.missing()) == 4


def md5_of(body: bytes) -> dict[str, str]:
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {"Content-MD5": base64.b64encode(digest).decode("ascii")}
