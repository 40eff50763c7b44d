"""Who is let in by the server, and what is told of passwords and certificates."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.queues.nats import NatsQueue
from taskforce.settings import SettingsInvalid, load_settings
from tests.integration.nats.two_processes import a_queue
from tests.services.certificates import certified
from tests.services.nats_server import nats_server


async def told_why(queue: NatsQueue) -> None:
    """Ask until the server has answered."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await queue.check()
            except Unavailable as error:
                if "is not reached" not in error.message:
                    raise


async def test_a_wrong_password_is_told_and_never_shown() -> None:
    with nats_server("--user", "me", "--pass", "right one") as server, capture_logs() as lines:
        at = server.url.removeprefix("nats://")
        async with a_queue(f"nats://me:right%20one@{at}") as queue:
            await queue.check()
        async with a_queue(f"nats://me:wrong-one@{at}") as queue:
            with pytest.raises(Unavailable, match="Authorization Violation") as refused:
                await told_why(queue)
    assert "wrong-one" not in refused.value.message + str(lines)
    assert [line["event"] for line in lines] == ["nats_away"], "once, however often it is tried"


async def test_a_token_is_a_name_alone() -> None:
    with nats_server("--auth", "a-token") as server:
        async with a_queue(server.url.replace("//", "//a-token@")) as queue:
            await queue.check()


async def test_tls_is_spoken_to_who_is_trusted_and_nothing_is_said_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certified(tmp_path, "localhost")
    file = str(tmp_path / "server.pem")
    with nats_server("--tls", "--tlscert", file, "--tlskey", file) as server:
        url = f"tls://me:secret@localhost:{server.port}"
        async with a_queue(url) as queue:
            with pytest.raises(Unavailable, match="certificate verify failed"):
                await told_why(queue)
        monkeypatch.setenv("SSL_CERT_FILE", file)
        async with a_queue(url) as queue:
            await queue.check()
    with nats_server() as server:
        async with a_queue(f"tls://me:secret@localhost:{server.port}") as queue:
            with pytest.raises(Unavailable, match="it speaks no TLS"):
                await told_why(queue)


@pytest.mark.parametrize(
    "url", ["redis", "nats://", "nats://me:secret@host:4222/path", "http://me:secret@host", "nats://a b"]
)
def test_an_address_that_is_none_is_refused_without_what_it_holds(url: str) -> None:
    for name in ("queue_url", "feed_url", "events_url"):
        with pytest.raises(SettingsInvalid, match="must be nats://user:password@host:port") as refused:
            load_settings(flags={name: url})
        assert "secret" not in refused.value.message
