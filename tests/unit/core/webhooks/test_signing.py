"""Signatures that the public package verifies, and secrets that show nowhere."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from taskforce.core.webhooks.bodies import MEDIA_TYPES, Format, body_of
from taskforce.core.webhooks.events import is_wanted
from taskforce.core.webhooks.model import Secrets
from taskforce.core.webhooks.signing import Secret, signing_headers
from tests.webhook_builders import KEY, a_webhook, an_outgoing

FORMER, NEW = Secret.of(KEY), Secret.of(KEY[::-1])


def now() -> datetime:
    return datetime.now(UTC)  # the package looks at the real clock


@given(text=st.text(max_size=200), key=st.binary(min_size=24, max_size=64))
def test_the_public_package_verifies_what_is_signed(text: str, key: bytes) -> None:
    body = text.encode()
    secret = Secret.of(key)
    headers = signing_headers([secret], message_id="job/1", at=now(), body=body)
    Webhook(secret.text).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret.text).verify(body + b"x", headers, json_parse=False)


@pytest.mark.parametrize("secret", [FORMER, NEW])
def test_during_a_rotation_either_secret_verifies(secret: Secret) -> None:
    secrets = Secrets(current=FORMER).rotate(NEW, now=now())
    headers = signing_headers(secrets.valid(now()), message_id="job/1", at=now(), body=b"{}")
    assert Webhook(secret.text).verify(b"{}", headers) == {}
    assert headers["webhook-signature"].count("v1,") == 2


def test_a_day_after_the_rotation_the_new_secret_alone_signs() -> None:
    secrets = Secrets(current=FORMER).rotate(NEW, now=now())
    assert secrets.valid(now() + timedelta(hours=23)) == (NEW, FORMER)
    assert secrets.valid(now() + timedelta(hours=24)) == (NEW,)


def test_of_two_rotations_in_a_day_the_first_secret_is_out() -> None:
    third = Secret.of(KEY[1:] + KEY[:1])
    secrets = Secrets(current=FORMER).rotate(NEW, now=now()).rotate(third, now=now())
    assert secrets.valid(now()) == (third, NEW)


def test_a_secret_shows_in_no_repr() -> None:
    webhook = a_webhook(secrets=Secrets(current=FORMER).rotate(NEW, now=now()))
    for shown in (repr(webhook), str(webhook), repr(FORMER), f"{webhook.secrets}"):
        assert FORMER.text not in shown
        assert NEW.text not in shown
        assert "whsec_" not in shown


def test_the_formats_are_what_they_are_called() -> None:
    event = an_outgoing("0" * 36, 3, request_id="r-1", traceparent="00-ab-cd-01")
    shown = {format: json.loads(body_of(event, format)) for format in Format}
    data = shown[Format.STANDARD]["data"]
    assert data["details"] == {"n": 3}
    cloud = shown[Format.CLOUDEVENTS]
    assert {name: cloud[name] for name in ("specversion", "id", "source", "type", "subject", "time")} == {
        "specversion": "1.0",
        "id": f"{'0' * 36}/3",
        "source": "/projects/default",
        "type": "taskforce.echo.said.v1",
        "subject": "0" * 36,
        "time": "2026-01-01T12:00:00.000000Z",
    }
    assert (cloud["sequence"], cloud["requestid"], cloud["traceparent"]) == ("3", "r-1", "00-ab-cd-01")
    assert all(name.isalnum() and name == name.lower() for name in cloud)
    assert shown[Format.STANDARD] == {"type": event.type, "timestamp": cloud["time"], "data": data}
    assert shown[Format.SEED] == {"event_type": "said", "timestamp": cloud["time"], "data": {"n": 3}}
    assert MEDIA_TYPES[Format.CLOUDEVENTS] == "application/cloudevents+json"


def test_what_is_too_long_to_leave_says_where_it_is_read() -> None:
    event, place = an_outgoing("j", 7, details=None), "/api/v1/jobs/j/events?after=6"
    data = json.loads(body_of(event, Format.STANDARD))["data"]
    assert (data["details"], data["details_url"]) == (None, place)
    assert json.loads(body_of(event, Format.SEED))["data"] == {"details_url": place}


@pytest.mark.parametrize(
    ("patterns", "is_there"),
    [
        (("*",), True),
        (("taskforce.echo.*",), True),
        (("taskforce.echo.said.v1",), True),
        (("taskforce.echo.said",), False),
        (("taskforce.mission.*", "taskforce.echo.s*"), True),
        (("taskforce.*.v1",), False),
        ((), False),
    ],
)
def test_a_pattern_names_a_type_or_its_beginning(patterns: tuple[str, ...], is_there: bool) -> None:
    assert is_wanted("taskforce.echo.said.v1", patterns) is is_there
