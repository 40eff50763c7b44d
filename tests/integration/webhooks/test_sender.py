"""What becomes of a message to a receiver that is slow, huge, gone, busy, broken, or somewhere else."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from taskforce.core.webhooks.deliveries import Attempt
from taskforce.core.webhooks.errors import UrlRefused
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.connecting import Connector, Patience
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.network.resolving import Resolve, resolve
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.infrastructure.webhooks.http_sender import MOST_READ, HttpSender
from tests.integration.network.web import LOOPBACK, pointing
from tests.services.certificates import certified
from tests.services.receiver import Behaviour, Receiver, drops, endless, receiver, slow, status

HEADERS = {"Content-Type": "application/json", "webhook-id": "a/1"}
NOWHERE = AddressRules()


def a_sender(
    *,
    rules: AddressRules = LOOPBACK,
    resolve: Resolve = resolve,
    trust: ssl.SSLContext | None = None,
    timeout: float = 2.0,
) -> HttpSender:
    connector = Connector(patience=Patience(connect=1.0, silence=1.0), trust=trust)
    destinations = Destinations(rules=rules, resolve=resolve)
    return HttpSender(destinations, SystemClock(), connector=connector, timeout=timeout)


async def sent(url: str, sender: HttpSender | None = None) -> Attempt:
    return await (sender or a_sender()).send(url, headers=HEADERS, body=b'{"a": 1}')


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


async def test_a_message_comes_as_it_was_written(there: Receiver) -> None:
    attempt = await sent(there.url("/in?x=1"))
    (got,) = there.on("/in?x=1")
    assert (attempt.status_code, attempt.is_success, attempt.error) == (204, True, None)
    assert got.body == b'{"a": 1}'
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{there.port}"
    assert "authorization" not in got.headers


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
async def test_only_2xx_is_success(there: Receiver, code: int) -> None:
    assert (await sent(there.url("/", behaves=status(code)))).is_success


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(there: Receiver, code: int) -> None:
    there.url("/other")
    attempt = await sent(there.url("/", behaves=status(code, Location="/other")))
    assert (attempt.status_code, attempt.is_success) == (code, False)
    assert there.on("/other") == []


@pytest.mark.parametrize("code", [400, 401, 404, 410, 429, 500, 502, 503])
async def test_everything_else_is_a_failure(there: Receiver, code: int) -> None:
    attempt = await sent(there.url("/", behaves=status(code)))
    assert (attempt.status_code, attempt.is_success, attempt.is_gone) == (code, False, code == 410)


async def test_what_a_receiver_asks_to_wait_is_read_in_seconds_and_as_a_date(there: Receiver) -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    for text, least, most in (
        ("120", 120, 120),
        (format_datetime(later, usegmt=True), 590, 600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 0),
        ("9" * 400, 1e8, 1e9),
    ):
        asked = (await sent(there.url("/", behaves=status(429, Retry_After=text)))).retry_after
        assert asked is not None
        assert least <= asked.total_seconds() <= most


@pytest.mark.parametrize("text", ["soon", "-5", "1.5", "", "²", "1e3"])
async def test_a_wait_that_is_none_is_left_out(there: Receiver, text: str) -> None:
    attempt = await sent(there.url("/", behaves=status(503, Retry_After=text.encode().decode("latin-1"))))
    assert attempt.retry_after is None


async def test_one_that_is_slow_is_left_when_the_time_is_over(there: Receiver) -> None:
    began = time.monotonic()
    attempt = await sent(there.url("/", behaves=slow(3, status(204))), a_sender(timeout=0.5))
    assert time.monotonic() - began < 2
    assert (attempt.status_code, attempt.error) == (None, "no answer within 0.5 s")


async def test_of_a_gigabyte_64_kib_are_read_and_the_status_counts(there: Receiver) -> None:
    began = time.monotonic()
    attempt = await sent(there.url("/", behaves=endless(there)))
    assert attempt.is_success
    assert attempt.answer == "x" * 1_000
    assert time.monotonic() - began < 2
    assert there.written < 64 * MOST_READ  # the rest of it fits into the buffers between


@pytest.mark.parametrize("behaviour", [drops])
async def test_a_dropped_connection_is_a_failure(there: Receiver, behaviour: Behaviour) -> None:
    attempt = await sent(there.url("/", behaves=behaviour))
    assert attempt.status_code is None
    assert attempt.error


async def test_nobody_listening_is_a_failure() -> None:
    with receiver() as gone:
        url = gone.url("/")
    attempt = await sent(url)
    assert (attempt.status_code, bool(attempt.error)) == (None, True)


async def test_tls_must_be_right_for_the_name(tmp_path: Path) -> None:
    served, trusted = certified(tmp_path, "hooks.test")
    with receiver(tls=served) as there:
        there.behaviours["/"] = status(200)
        sender = a_sender(resolve=pointing("127.0.0.1"), trust=trusted)
        assert (await sent(f"https://hooks.test:{there.port}/", sender)).is_success
        wrong = await sent(f"https://other.test:{there.port}/", sender)
        unknown = await sent(f"https://hooks.test:{there.port}/", a_sender(resolve=pointing("127.0.0.1")))
    for attempt in (wrong, unknown):
        assert attempt.status_code is None
        assert "certificate" in (attempt.error or "")
    assert len(there.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/in",
        "https://127.0.0.1/in",
        "https://localhost/in",
        "https://10.0.0.1/in",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/in",
        "https://[::ffff:127.0.0.1]/in",
        "https://[64:ff9b::a9fe:a9fe]/in",
        "https://2130706433/in",
        "https://0x7f.1/in",
        "https://user:secret@hooks.example/in",
        "https://hooks.example:22/in",
        "https://metadata.google.internal/in",
        "ftp://hooks.example/in",
    ],
)
async def test_where_nobody_is_to_go_is_refused_at_the_door_and_at_every_attempt(url: str) -> None:
    sender = a_sender(rules=NOWHERE, resolve=pointing("93.184.216.34"))
    with pytest.raises(UrlRefused) as refused:
        await sender.check(url)
    assert refused.value.errors[0].pointer == "/url"
    assert "secret" not in refused.value.message
    attempt = await sent(url, sender)
    assert attempt.status_code is None
    assert attempt.error


async def test_a_name_that_turns_to_loopback_later_is_refused_then(there: Receiver) -> None:
    addresses = ["93.184.216.34"]

    async def turning(_: str, __: int) -> list[str]:
        return addresses

    sender = a_sender(rules=NOWHERE, resolve=turning)
    url = f"https://hooks.test:{there.port}/"
    await sender.check(url)
    addresses[:] = ["127.0.0.1"]
    assert "not on the public internet" in ((await sent(url, sender)).error or "")
    assert there.got == []


async def test_plain_http_is_for_networks_that_an_operator_allows(there: Receiver) -> None:
    await a_sender().check(there.url("/"))
    mixed = a_sender(resolve=pointing("127.0.0.1", "93.184.216.34"))
    with pytest.raises(UrlRefused, match="https://"):
        await mixed.check("http://mixed.test/")


async def test_a_name_that_is_not_known_yet_is_taken_over_https_alone() -> None:
    async def unknown(name: str, _: int) -> list[str]:
        raise OSError(name)

    sender = a_sender(resolve=unknown)
    await sender.check("https://later.example/in")
    with pytest.raises(UrlRefused):
        await sender.check("http://later.example/in")
    assert "no address" in ((await sent("https://later.example/in", sender)).error or "")
