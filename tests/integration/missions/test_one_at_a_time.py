"""Missions that come to one session at the same instant: one is taken in, each other is told which."""

import asyncio
from pathlib import Path

from taskforce import Taskforce
from taskforce.application.missions.schemas import MissionJobView
from taskforce.core.missions.errors import SessionBusy
from taskforce.settings import Settings
from tests.integration.doors.cli_process import Cli, call, say

AT_ONCE = 12


async def test_of_missions_at_once_one_is_taken_in_and_the_others_name_it(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    model = Cli(folder=tmp_path / "work").script(call("ask_user", question="Which?"), say("Done."))
    async with Taskforce.open(Settings(home=tmp_path / "home")) as tf:
        session = await tf.sessions.create()
        told = await asyncio.gather(
            *(
                tf.missions.execute(f"mission {number}", session_id=session.session_id, model=model)
                for number in range(AT_ONCE)
            ),
            return_exceptions=True,
        )
        taken = [one for one in told if isinstance(one, MissionJobView)]
        refused = [one for one in told if isinstance(one, SessionBusy)]
        assert (len(taken), len(refused)) == (1, AT_ONCE - 1)
        assert {str(one.details["job_id"]) for one in refused} == {taken[0].id}
