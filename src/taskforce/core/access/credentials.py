"""What a request shows of itself."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request shows to be let in. Its secrets are in no repr."""

    keys: tuple[str, ...] = field(default=(), repr=False)
    """Each X-API-Key."""
    bearers: tuple[str, ...] = field(default=(), repr=False)
    """The token of each Authorization header; of another scheme than Bearer, the empty one."""

    @property
    def count(self) -> int:
        """Return how many were shown."""
        return len(self.keys) + len(self.bearers)


NOTHING = Credentials()
