"""The command line in a process that dies by SIGKILL at a place: the first argument, then the command's."""

import os
import signal
import sys

from dependency_injector import providers

from taskforce.__main__ import main
from taskforce.application.factory import Container
from taskforce.core.jobs.ports import Probe


class Trap(Probe):
    """Dies at one place."""

    def __init__(self, place: str) -> None:
        self._place = place

    def reach(self, place: str) -> None:
        if place == self._place:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


if __name__ == "__main__":
    Container.probe.override(providers.Object(Trap(sys.argv.pop(1))))
    main()
