"""What is sent to a bucket: signatures by AWS's own example, and rules among those of others."""

from datetime import UTC, datetime

from taskforce.infrastructure.artifacts.s3_rules import Rule, lacking, merged
from taskforce.infrastructure.artifacts.s3_signing import Keys, signed

LOGS = Rule(id="taskforce logs development", prefix="pipeline-runs/", days=7, tag=("keep", "development"))
UPLOADS = Rule(id="taskforce uploads", prefix="", days=2, tag=None)
THEIRS = b"""<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>theirs</ID>
<Filter><Prefix>x/</Prefix></Filter><Status>Enabled</Status><Transition><Days>30</Days>
<StorageClass>GLACIER</StorageClass></Transition></Rule><Rule><ID>off</ID><Prefix/><Status>Disabled</Status>
<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>"""


def test_a_request_is_signed_as_aws_shows() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, GET Bucket Lifecycle."""
    headers = signed(
        Keys(key="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        "GET",
        host="examplebucket.s3.amazonaws.com",
        path="/",
        query={"lifecycle": ""},
        headers={},
        body=b"",
        region="us-east-1",
        at=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
        "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    )


def test_a_token_is_signed_with_the_rest() -> None:
    headers = signed(
        Keys(key="k", secret="s", token="t"),
        "GET",
        host="h",
        path="/",
        query={},
        headers={"Content-MD5": " m "},
        body=b"",
        region="r",
        at=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert (headers["x-amz-security-token"], headers["content-md5"]) == ("t", "m")
    assert "content-md5;host;x-amz-content-sha256;x-amz-date;x-amz-security-token" in headers["Authorization"]


def test_rules_join_those_of_others_and_take_the_place_of_their_own() -> None:
    assert lacking(b"", [LOGS, UPLOADS]) == [LOGS, UPLOADS]
    first = merged(THEIRS, [LOGS, UPLOADS])
    assert lacking(first, [LOGS, UPLOADS]) == []
    for part in (b"GLACIER", b"<ID>off</ID>", b"<Status>Disabled</Status>"):
        assert first.count(part) == 1
    longer = Rule(id=LOGS.id, prefix=LOGS.prefix, days=30, tag=LOGS.tag)
    assert lacking(first, [longer, UPLOADS]) == [longer]
    second = merged(first, [longer, UPLOADS])
    assert lacking(second, [longer, UPLOADS]) == []
    assert second.count(b"<Rule>") == first.count(b"<Rule>") == 4


def test_a_rule_that_is_switched_off_is_missing() -> None:
    document = merged(b"", [LOGS]).replace(b"Enabled", b"Disabled")
    assert lacking(document, [LOGS]) == [LOGS]
