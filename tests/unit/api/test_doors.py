"""What the app stands on is built once, however many threads ask at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from taskforce.api.doors import Doors
from taskforce.application.factory import open_container
from taskforce.settings import Settings


def test_requests_of_many_threads_find_the_same_services(tmp_path: Path) -> None:
    for round_ in range(20):
        doors = Doors(open_container(Settings(home=tmp_path / str(round_))))
        gate = Barrier(8)

        def ask(doors: Doors = doors, gate: Barrier = gate) -> tuple[object, ...]:
            gate.wait()
            services = doors.services
            return services.worker(), services.store(), services.jobs(), services.missions()

        with ThreadPoolExecutor(8) as threads:
            found = {asked.result() for asked in [threads.submit(ask) for _ in range(8)]}
        assert len(found) == 1
