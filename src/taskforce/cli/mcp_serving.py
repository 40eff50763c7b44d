"""Serving the MCP client that started this process: another door, which this one only opens."""

from taskforce.cli.dependencies import Door
from taskforce.mcp.loading import loaded
from taskforce.mcp.services import NoStop, Services


async def serve_client(door: Door) -> None:
    """Serve until the client closes stdin; play what is due meanwhile. Raises McpMissing."""
    stdio = loaded("stdio")
    if door.settings.workers:
        door.worker.start()
    services = Services(
        missions=door.missions,
        sessions=door.sessions,
        jobs=door.jobs,
        runs=door.runs,
        releases=door.releases,
        deployments=door.deployments,
        approvals=door.approvals,
        scenario_runs=door.scenario_runs,
        experiments=door.experiments,
        debriefs=door.debriefs,
        executor=door.executor,
        principal=door.principal,
        stop=NoStop(),
    )
    await stdio.serve(services)
