"""A probe that lets everything pass."""

from taskforce.core.jobs.ports import Probe


class SilentProbe(Probe):
    def reach(self, place: str) -> None:
        pass
