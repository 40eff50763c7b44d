"""The command line in a process that sends itself a signal at a place, or waits there to be stopped.

Arguments: the signal, such as SIGKILL, the place, then the command's.
"""

import os
import signal
import sys
import time
from pathlib import Path

from dependency_injector import providers

from taskforce.__main__ import main
from taskforce.application.factory import Container
from taskforce.core.jobs.ports import Probe

HERE = "here"


class Trap(Probe):
    """Is sprung once."""

    def __init__(self, number: signal.Signals, place: str) -> None:
        self._number = number
        self._place = place

    def reach(self, place: str) -> None:
        if place == self._place:
            self._place = ""
            if self._number == signal.SIGSTOP:
                wait_to_be_stopped()
            else:
                os.kill(os.getpid(), self._number)


def wait_to_be_stopped() -> None:
    """Say where we are, and wait until the test has stopped us and let us go on again."""
    here = Path(os.environ["TASKFORCE_HOME"], HERE)
    here.touch()
    while here.exists():
        time.sleep(0.01)


if __name__ == "__main__":
    trap = Trap(signal.Signals[sys.argv.pop(1)], sys.argv.pop(1))
    Container.probe.override(providers.Object(trap))
    main()
