"""Writing a debrief: its pages in the store, and one of them as a file."""

from collections.abc import Mapping
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.scenarios.schemas import DebriefView, WriteDebrief
from taskforce.cli.delivering import deliver
from taskforce.cli.dependencies import Door
from taskforce.cli.manner import Manner
from taskforce.cli.scenario_pages import show_debrief
from taskforce.cli.simulation_results import content_of, written
from taskforce.cli.terminal import say

FORMATS = (".md", ".html", ".pdf")


def write_debrief(
    ctx: typer.Context, given: Mapping[str, object], *, key: str | None, out: Path | None, manner: Manner
) -> None:
    """Hand a debrief in, wait for it, and write it into a file, in the format of the file's name."""
    if out is not None and out.suffix not in FORMATS:
        raise typer.BadParameter(f"{out} ends in none of {', '.join(FORMATS)}.", param_hint="--out")
    if out is not None and manner.background:
        raise typer.BadParameter("does not go with --background.", param_hint="--out")

    async def handed_in(door: Door) -> JobView:
        asked = checked(WriteDebrief, project_id=door.principal.project, **given)
        return await door.debriefs.create(door.principal, asked, key=key)

    async def settled(door: Door, job: JobView) -> DebriefView:
        made = await door.container.debrief_outcomes().written(door.principal, job)
        if out is not None:
            page = next(one for one in (made, *made.alternates) if one.name.endswith(out.suffix))
            content = await content_of(door, page.artifact_id)
            written(out, content)
            say(f"{out}: {len(content):,} bytes.")
        return made

    deliver(ctx, handed_in, settled, show_debrief, manner)
