"""The address that the API is served on."""

import socket

from taskforce.api.access import is_loopback
from taskforce.settings import Settings, SettingsInvalid


def check_address(settings: Settings, host: str, port: int) -> None:
    """Check that the API may listen on an address, and that nobody else does.

    Raises:
        SettingsInvalid: access is open, and the host is reached from other machines; the address is taken, or
            is none of this machine's.
    """
    if settings.is_open and not is_loopback(host):
        raise SettingsInvalid(
            f"Access is open, so the API listens on loopback alone; {host} is not. Try 127.0.0.1, or set "
            "auth to keys or oidc."
        )
    try:
        for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            socket.create_server(address[:2], family=family).close()
    except OSError as taken:
        why = str(taken.strerror).partition(" (")[0]  # the address follows, as Python writes it
        raise SettingsInvalid(
            f"The API cannot listen on {host}, port {port}: {why}. Name another."
        ) from taken
