"""Handing in a release or a deployment, and waiting for it: it is played here, unless in the background."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from taskforce.application.jobs.schemas import JobView, View
from taskforce.cli.dependencies import Door, call
from taskforce.cli.manner import Manner
from taskforce.cli.playing import told_handed_in
from taskforce.cli.render import print_json
from taskforce.core.identity import JobId

V = TypeVar("V", bound=View)
Accept = Callable[[Door], Awaitable[JobView]]
Settle = Callable[[Door, JobView], Awaitable[V]]


def deliver(
    ctx: typer.Context, accept: Accept, settle: Settle[V], show: Callable[[V], None], manner: Manner
) -> None:
    """Hand a job in, wait for what it makes, and print that."""

    async def run(door: Door) -> None:
        job = await accept(door)
        if manner.background:
            told_handed_in(door, job.id, job, as_json=manner.as_json)
            return
        door.worker.foster(JobId(job.id))
        made = await settle(door, job)
        if manner.as_json:
            print_json(made)
        else:
            show(made)

    call(ctx, run, manner.opening)
