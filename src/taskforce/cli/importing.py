"""How commands import: files of this machine, asked about as one request."""

from pathlib import Path

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.import_schemas import ImportPlant, ProjectSnapshot, ValidationReport
from taskforce.cli.dependencies import Door
from taskforce.cli.scenario_pages import show_problems
from taskforce.cli.terminal import say
from taskforce.core.scenarios.report import place


async def looked_at(door: Door, plant: Path) -> ValidationReport:
    """Return what is wrong with the data of a folder or zip."""
    return await door.scenario_imports.validate(door.principal, await _request(door, plant))


async def taken_in(door: Door, plant: Path, *, key: str | None, quiet: bool) -> ProjectSnapshot:
    """Return the snapshot of a folder or zip; what is wrong with it is shown first, unless quiet."""
    request = await _request(door, plant)
    if not quiet:
        report = await door.scenario_imports.validate(door.principal, request)
        show_problems(report, door.flags)
    return await door.scenario_imports.commit(door.principal, request, key=key)


async def taken_in_by_the_way(door: Door, plant: Path, *, quiet: bool) -> None:
    """Take in the data of a folder or zip; what is wrong with it is told on stderr, unless quiet."""
    request = await _request(door, plant)
    if not quiet:
        report = await door.scenario_imports.validate(door.principal, request)
        for one in report.problems:
            say(f"{one.severity.value}: {place(one.file, one.row, one.column)}: {one.message}")
    await door.scenario_imports.commit(door.principal, request)


async def _request(door: Door, plant: Path) -> ImportPlant:
    files = await door.container.plant_folders().read(plant)
    return checked(ImportPlant, project_id=door.principal.project, files=files)
