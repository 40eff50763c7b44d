"""The commands of docs/how-to/run-on-celery.md, on servers."""

import asyncio
import sys

from tests.integration.celery.conftest import APP, Cluster
from tests.integration.postgresql.test_served import MISSION, address, ask
from tests.integration.processes import ROOT, Process, environment, taskforce

PAGE = (ROOT / "docs" / "how-to" / "run-on-celery.md").read_text(encoding="utf-8")
LINES = (
    "TASKFORCE_WORKERS=0 taskforce serve --port 8000",
    f"celery -A {APP} worker --concurrency=2",
    """curl -s http://127.0.0.1:8000/api/v1/execute --json '{"mission": "List the files"}'""",
    f"celery -A {APP} inspect registered",
    f"celery -A {APP} worker --queues=taskforce.mission",
    "taskforce worker --kinds mission",
)


async def test_the_commands_of_the_page_say_what_it_shows(cluster: Cluster) -> None:
    for line in LINES:
        assert f"$ {line}\n" in PAGE
    env = environment(cluster.folder / "asks", **cluster.told())
    inspect = ("-m", "celery", "-A", APP, "inspect", "registered")
    serve = taskforce(cluster.folder / "api", "serve", "--port", "0", **cluster.told(workers=0))
    with serve, await asyncio.to_thread(cluster.celery, "one", "--concurrency=2"):
        at = await asyncio.to_thread(address, serve)
        status, document, _ = await asyncio.to_thread(ask, f"{at}/api/v1/execute", MISSION)
        assert (status, document["status"]) == (200, "completed")
        with Process(sys.executable, *inspect, env=env) as asked:
            told = await asyncio.to_thread(asked.wait)
    assert told.code == 0, told.err
    assert "* taskforce.play" in told.out
