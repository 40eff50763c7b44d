"""Models in line for one answer: who is asked next, and when nobody is left."""

from collections.abc import Sequence

from taskforce.core.missions.errors import ModelQuotaSpent, ModelUnavailable, NoModelLeft


class Lineup:
    """Each model is tried so often; then the next one stands in, at once."""

    def __init__(self, names: Sequence[str], *, tries: int) -> None:
        self._names = names
        self._tries = tries
        self._place = 0
        self._failed = 0

    @property
    def name(self) -> str:
        """Return who is asked now."""
        return self._names[self._place]

    def is_to_try_again(self, away: ModelUnavailable) -> bool:
        """Tell whether the same model is asked again, after a pause; if not, the next one is, without.

        Raises NoModelLeft when there is no next one.
        """
        self._failed += 1
        if self._failed < self._tries and not isinstance(away, ModelQuotaSpent):
            return True
        if self._place + 1 == len(self._names):
            raise NoModelLeft(away) from away
        self._place += 1
        self._failed = 0
        return False
