"""What an address of artifacts says, and which are refused."""

from pathlib import Path

import pytest

from taskforce.artifact_address import BucketAddress, address_of
from taskforce.settings import SettingsInvalid, load_settings


def test_a_folder() -> None:
    assert address_of("file:///srv/task%20force/") == Path("/srv/task force")


def test_a_bucket_with_all_that_can_be_said() -> None:
    found = address_of("s3://KEY:a%2Fb%2B=@my-bucket/a/b/?endpoint=http://127.0.0.1:9000/&region=eu-1")
    assert found == BucketAddress(
        bucket="my-bucket",
        prefix="a/b/",
        endpoint="http://127.0.0.1:9000",
        region="eu-1",
        key="KEY",
        secret="a/b+=",
    )
    assert "a/b+=" not in repr(found)
    assert found.placed("x") == "a/b/x"


def test_a_bucket_alone() -> None:
    found = address_of("s3://my-bucket")
    assert found == BucketAddress(bucket="my-bucket", prefix="", endpoint=None, region=None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bucket",
        "http://host/bucket",
        "file://host/folder",
        "file:folder",
        "file:///folder?x=1",
        "s3://",
        "s3://a",
        "s3://bu_/x y",
        "s3://key@bucket",
        "s3://key:@bucket",
        "s3://:secret@bucket",
        "s3://bucket/a//b",
        "s3://bucket/../b",
        "s3://bucket/ä",
        "s3://bucket#x",
        "s3://bucket?endpoint=",
        "s3://bucket?endpoint=host:80",
        "s3://bucket?endpoint=http://host/path",
        "s3://bucket?region=a&region=b",
        "s3://bucket?regoin=a",
        "s3://[bucket",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|has|may) "):
        address_of(url)


def test_a_setting_that_is_wrong_is_told_without_its_secret() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(flags={"artifacts_url": "s3://key:s3cr3t@bucket?regoin=a"})
    told = str(refused.value) + str([error.detail for error in refused.value.errors])
    assert "artifacts_url" in told or any("artifacts_url" in error.pointer for error in refused.value.errors)
    assert "s3cr3t" not in told
