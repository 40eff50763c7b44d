"""A thousand runs of one repository for a server to list: of two branches, every tenth still to be played."""

import asyncio
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.ours.stage import CROWD
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.pipelines.schemas import CancelRun, CreateRun
from taskforce.core.pipelines.model import TriggerType
from taskforce.core.principals import local_principal
from taskforce.settings import Settings

RUNS = 1_000
WAITING = 50
BRANCHES = ("main", "release")


async def prepare(container: Container, repository: str) -> None:
    """Hand in the runs, and cancel all but the newest."""
    service = container.runs()
    for number in range(RUNS):
        asked = CreateRun(
            repository=repository,
            branch=BRANCHES[number % len(BRANCHES)],
            commit_sha=f"{number:040x}",
            triggered_by="bench",
            trigger_type=TriggerType.PUSH,
        )
        made = await service.create(local_principal(), asked)
        if number < RUNS - WAITING:
            await service.cancel(local_principal(), CancelRun(run_id=made.id))


def main() -> None:
    """Do what is told."""
    asked = told()
    home = Path(asked["folder"])
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, workers=0, log_level="error", rate_limit=CROWD)
    container = open_container(settings)
    try:
        asyncio.run(prepare(container, asked["repository"]))
    finally:
        close_container(container)
    tell(runs=RUNS)


if __name__ == "__main__":
    main()
