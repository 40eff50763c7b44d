"""The command line in a process that sends itself a signal at a place.

Arguments: the signal, such as SIGKILL, the place, then the command's.
"""

import os
import signal
import sys

from dependency_injector import providers

from taskforce.__main__ import main
from taskforce.application.factory import Container
from taskforce.core.jobs.ports import Probe


class Trap(Probe):
    """Is sprung once."""

    def __init__(self, number: signal.Signals, place: str) -> None:
        self._number = number
        self._place = place

    def reach(self, place: str) -> None:
        if place == self._place:
            self._place = ""
            os.kill(os.getpid(), self._number)


if __name__ == "__main__":
    trap = Trap(signal.Signals[sys.argv.pop(1)], sys.argv.pop(1))
    Container.probe.override(providers.Object(trap))
    main()
