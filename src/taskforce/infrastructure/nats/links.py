"""The connections to NATS of a process, closed together; the client itself is loaded by who needs it."""

from collections.abc import Callable

from taskforce.settings import SettingsInvalid


class NatsLinks:
    """Knows how to close what was opened."""

    def __init__(self) -> None:
        self._closings: list[Callable[[], None]] = []

    def add(self, closing: Callable[[], None]) -> None:
        """Take note of how to close a connection."""
        self._closings.append(closing)

    def close(self) -> None:
        """Say what waits, and end all of them."""
        while self._closings:
            self._closings.pop()()


def require_the_client(setting: str) -> None:
    """Raise SettingsInvalid when the extra is missing that a setting needs."""
    try:
        import nats  # noqa: F401, PLC0415
    except ImportError as missing:
        raise SettingsInvalid(
            f"{setting} is set, and the client of NATS is not installed. Run: pip install 'taskforce[nats]'"
        ) from missing
