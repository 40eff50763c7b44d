"""A worker that keeps every slice of its simulations: `keeper.py`, until it is killed."""

import time

from dependency_injector import providers

from taskforce.application.factory import open_container
from taskforce.infrastructure.scenarios.computed import ComputedSimulator
from taskforce.settings import load_settings


def main() -> None:
    container = open_container(load_settings().settings)
    container.simulator.override(
        providers.ThreadSafeSingleton(ComputedSimulator, container.computing, container.clock, keeping=0.0)
    )
    container.worker().start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
