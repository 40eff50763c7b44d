"""What an issuer publishes is fetched in two seconds, from there alone, and believed if it fits."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from taskforce.infrastructure.identity.documents import CONFIGURATION, IssuerSilent, published_keys
from taskforce.infrastructure.system.clock import SystemClock

CLOCK = SystemClock()
Answer = tuple[int, dict[str, str], bytes]
KEYS = [{"kid": "a", "kty": "RSA"}]


@contextmanager
def issuer(answer: Callable[[str, str], Answer], *, pause: float = 0.0) -> Iterator[tuple[str, list[str]]]:
    """An issuer that answers what the function says of its own address and a path; and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = answer(address, self.path)
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            try:
                for place in range(0, len(body), 65_536):
                    self.wfile.write(body[place : place + 65_536])
                    time.sleep(pause)
            except OSError:
                return  # the reader has seen enough

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}/realms/taskforce"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address, asked
    finally:
        server.shutdown()
        server.server_close()


def as_json(said: object) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


def well(address: str, path: str) -> Answer:
    if path.endswith(CONFIGURATION):
        return as_json({"issuer": address, "jwks_uri": f"{address}/certs"})
    return as_json({"keys": [*KEYS, "no key"]})


def test_keys_are_where_the_configuration_says() -> None:
    with issuer(well) as (address, asked):
        assert published_keys(address, CLOCK) == KEYS
    assert asked == [f"/realms/taskforce{CONFIGURATION}", "/realms/taskforce/certs"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _address, _path: (500, {}, b""),
        lambda _address, _path: (302, {"Location": "http://127.0.0.1:9/"}, b""),
        lambda _address, _path: (200, {}, b"no JSON"),
        lambda _address, _path: as_json([]),
        lambda _address, _path: (200, {}, b"[" * 100_000),
        lambda address, _path: as_json({"issuer": f"{address}/other", "jwks_uri": f"{address}/certs"}),
        lambda address, _path: as_json({"issuer": address}),
        lambda address, _path: as_json({"issuer": address, "jwks_uri": "file:///etc/passwd"}),
        lambda address, _path: as_json({"issuer": address, "jwks_uri": "http://"}),
        lambda address, path: (
            well(address, path) if path.endswith(CONFIGURATION) else as_json({"keys": "none"})
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_as_good_as_none(answer: Callable[[str, str], Answer]) -> None:
    with issuer(answer) as (address, _), pytest.raises(IssuerSilent):
        published_keys(address, CLOCK)


def test_an_issuer_that_is_not_there_is_silent() -> None:
    with pytest.raises(IssuerSilent):
        published_keys("http://127.0.0.1:9/realms/taskforce", CLOCK)


def test_an_endless_answer_is_read_to_its_limit() -> None:
    endless = issuer(lambda _address, _path: (200, {}, b" " * 5 * 2**20))
    with endless as (address, _), pytest.raises(IssuerSilent, match="too long"):
        published_keys(address, CLOCK)


def test_an_answer_that_drips_is_given_up_after_two_seconds() -> None:
    begun = time.monotonic()
    dripping = issuer(lambda _address, _path: (200, {}, b" " * 2**20), pause=0.5)
    with dripping as (address, _), pytest.raises(IssuerSilent, match="too slow"):
        published_keys(address, CLOCK)
    assert time.monotonic() - begun < 8
